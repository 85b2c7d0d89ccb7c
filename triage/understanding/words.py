"""The words and sentences of a text, folded for look-up, with their places in the text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 20_000
"""Characters of a mail that are read; nobody writes more, hostile mail does."""

_WORD = re.compile(r"e-?(?:mail|post|mejl)[^\W_]{0,30}|[^\W_]+(?:['’][^\W_]+)?", re.IGNORECASE)
_END = re.compile(
    r"[.!?؟…]+[\"'”»)\]]{0,3}(?=\s|$)|\n\s*\n|\n(?=[ \t]*(?:[-*•–·>]|\(?\d{1,2}[.)]|[a-z]\)))"
)
_SHORT_BEFORE = re.compile(
    r"(?:^|[\s(/,])(\d{1,4}|[^\W\d_]{1,3}|[^\W\d_]{1,2}(?:\.[^\W\d_]{1,2}){1,3})$"
)
_LINE = re.compile(r"\n")
_SHORT_LINE = 45
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "’": "'"}
    # Arabic letters that many write for one another, and the stroke that only stretches a word.
    | {"ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك", "ـ": ""}
)
_ARABIC_ARTICLE = re.compile(r"^(?!والد)(?:و(?=[اأإآتيلن]))?(?:[فبك]?ال|لل)?(?=\w{3})")
"""What Arabic writes together with the word behind it: the article, "and", "with the"."""


def fold(word: str) -> str:
    """Return the word in lower case without diacritics: `Żądam` becomes `zadam`.

    Of an Arabic word the article goes too: `الشكوى` and `شكوى` are one word.
    """
    lower = word.lower()
    if lower.isascii():
        return lower
    lower = _ARABIC_ARTICLE.sub("", lower)
    plain = unicodedata.normalize("NFKD", lower.translate(_LETTERS))
    return "".join(char for char in plain if not unicodedata.combining(char))


@dataclass(frozen=True, slots=True)
class Words:
    """A text cut into words and sentences; the indices of all tuples of words agree."""

    text: str
    forms: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sentences: tuple[tuple[int, int], ...]
    """First word and the word after the last, for each sentence that has words."""

    def sentence_text(self, number: int) -> str:
        """Return the sentence as written, up to the beginning of the next."""
        begin, _ = self.sentences[number]
        after = number + 1
        end = (
            self.starts[self.sentences[after][0]] if after < len(self.sentences) else len(self.text)
        )
        return self.text[self.starts[begin] : end]


@lru_cache(maxsize=16)
def read_words(text: str) -> Words:
    """Cut a text into words and sentences; linear in its length.

    The last few are kept: several readers look at the same text of a mail.
    """
    text = text[:LONGEST]
    forms, starts, ends = [], [], []
    for match in _WORD.finditer(text):
        form = fold(match.group())
        if form[:2] == "e-":
            form = "e" + form[2:]
        if form:
            forms.append(form)
            starts.append(match.start())
            ends.append(match.end())
    return Words(text, tuple(forms), tuple(starts), tuple(ends), _sentences(text, starts))


def _ends(text: str, match: re.Match[str]) -> bool:
    """Whether a sentence ends here: not after "1." or "nr.", unless a capital follows a digit."""
    if match.group() != ".":
        return True
    short = _SHORT_BEFORE.search(text, max(0, match.start() - 8), match.start())
    if not short:
        return True
    following = text[match.end() : match.end() + 2].strip()
    if not following:
        return text[match.end() : match.end() + 1] in {"", "\n"}
    return short[1].isdigit() and len(short[1]) > 2 and following[0].isupper()


def _sentences(text: str, starts: list[int]) -> tuple[tuple[int, int], ...]:
    breaks = {match.end() for match in _END.finditer(text) if _ends(text, match)}
    line_start = 0
    for match in _LINE.finditer(text):
        if match.start() - line_start < _SHORT_LINE:
            breaks.add(match.end())
        line_start = match.end()
    found = []
    begin = 0
    ordered = sorted(breaks)
    upcoming = 0
    for number, start in enumerate(starts):
        crossed = False
        while upcoming < len(ordered) and ordered[upcoming] <= start:
            upcoming += 1
            crossed = True
        if crossed and number > begin:
            found.append((begin, number))
            begin = number
    if begin < len(starts):
        found.append((begin, len(starts)))
    return tuple(found)
