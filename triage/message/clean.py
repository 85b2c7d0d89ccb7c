"""Clean text: what may reach a `Message`.

No NUL, no control characters but line feed and tab, no lone surrogates, no carriage returns, no
invisible or direction-changing characters (they hide or forge what a person sees). Accents are
composed. Everything here is linear in the length of the text.
"""

from __future__ import annotations

import re
import unicodedata

ELLIPSIS = "…"

_DROPPED = {
    codepoint: None
    for first, last in (
        (0x00, 0x08),  # C0 controls
        (0x0E, 0x1F),
        (0x7F, 0x84),  # DEL and C1 controls but NEL
        (0x86, 0x9F),
        (0xAD, 0xAD),  # soft hyphen
        (0x34F, 0x34F),  # combining grapheme joiner, the filler of newsletter preheaders
        (0x61C, 0x61C),
        (0x180E, 0x180E),
        (0x200B, 0x200C),  # zero-width space and non-joiner
        (0x200E, 0x200F),  # direction marks
        (0x202A, 0x202E),  # direction embeddings and overrides
        (0x2060, 0x206F),  # word joiner, isolates, deprecated format characters
        (0xD800, 0xDFFF),  # lone surrogates
        (0xFE00, 0xFE0D),  # variation selectors but the two of emoji
        (0xFEFF, 0xFEFF),  # byte order mark
        (0xFFF9, 0xFFFC),  # annotations, object replacement
        (0xFFFE, 0xFFFF),
        (0xE0000, 0xE007F),  # tags
    )
    for codepoint in range(first, last + 1)
}
_SPACES = dict.fromkeys((0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " ")
_BREAKS = dict.fromkeys((0x0B, 0x0C, 0x85, 0x2028, 0x2029), "\n")
_TABLE = _DROPPED | _SPACES | _BREAKS

_UNCLEAN = re.compile(
    "[^\\t\\n -~¡-¬®-\u02ff\u0370-\u05ff\u2010-\u2027\u2030-\u205e\u2070-\u2fff\u3001-\ud7ff]"
)
_LINE_ENDS = re.compile("\r\n?")
_COMPOSABLE = re.compile("[A-Za-zÀ-\u024f][\u0300-\u036f]{1,3}")
_BLANK = re.compile(r"\s+")
_PATH_OR_CONTROL = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


def clean_text(text: str, limit: int) -> str:
    """Return text of several lines, clean, at most `limit` characters."""
    text = text[:limit]
    if "\r" in text:
        text = _LINE_ENDS.sub("\n", text)
    if _UNCLEAN.search(text):
        text = text.translate(_TABLE)
        text = _COMPOSABLE.sub(_compose, text)
    return text


def clean_line(text: str, limit: int) -> str:
    """Return text on one line, clean, runs of blanks as one space, at most `limit` characters.

    What is cut ends in an ellipsis.
    """
    shown = _BLANK.sub(" ", clean_text(text, 4 * limit + 64)).strip()
    return shown if len(shown) <= limit else shown[: limit - 1] + ELLIPSIS


def clean_filename(name: str, limit: int = 120) -> str:
    """Return a file name for display: no folders, no control characters, never a path."""
    last = re.split(r"[/\\]", clean_line(name, 4 * limit))[-1]
    shown = _PATH_OR_CONTROL.sub("_", last).strip(" .")
    if len(shown) <= limit:
        return shown
    stem, dot, ending = shown.rpartition(".")
    if dot and len(ending) <= 8:
        return stem[: limit - len(ending) - 2] + ELLIPSIS + dot + ending
    return shown[: limit - 1] + ELLIPSIS


def _compose(match: re.Match[str]) -> str:
    """Compose one letter with its accents; a handful of characters, so no quadratic sorting."""
    return unicodedata.normalize("NFC", match.group())
