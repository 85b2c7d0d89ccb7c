"""What may be spent on one mail: work is counted, not timed, so the outcome is always the same.

Handed along while one mail is read, and used up; together the amounts keep any mail under a second.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Allowance:
    """What is left to spend on one mail."""

    characters: int = 1_200_000
    """Characters of text, of all texts and attachments together."""
    parsed_tags: int = 20_000
    """HTML tags in texts that are parsed; further HTML is stripped of its tags."""
    stripped_tags: int = 80_000
    """HTML tags that are stripped; further ones stay in the text."""
    detections: int = 4
    """Texts whose charset is detected, milliseconds each."""
    texts: int = 40
    """Text parts, in attached mails too."""
    documents: int = 6
    """PDF and DOCX files."""
    envelopes: int = 8
    """S/MIME envelopes that are opened, one within another, too."""
    winmails: int = 5
    """TNEF files that are opened."""
    pages: int = 5
    fonts: int = 60
    """Fonts of PDF pages, one that maps all of Unicode counted as 17; a letter has up to ten."""
    operators: int = 10_000
    """Drawing instructions of PDF pages; a page of text has about 2,000."""
