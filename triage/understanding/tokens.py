"""The words, numbers and signs of a text, and words without their diacritics."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Token(NamedTuple):
    """A word, number or sign of a text; offsets in it."""

    text: str
    start: int
    end: int
    number: bool


_TOKEN = re.compile(r"\d+|[^\W\d_]+(?:[.'’-](?=[^\W\d_])[^\W\d_]+)*|[^\w\s]")
_MARKS = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "đ": "d", "ı": "i", "’": "'"})


@lru_cache(maxsize=16384)
def plain(word: str) -> str:
    """Return the word in lower case without diacritics."""
    lowered = word.casefold().translate(_MARKS)
    if lowered.isascii():
        return lowered
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKD", lowered)
        if not unicodedata.combining(letter)
    )


@lru_cache(maxsize=8)
def tokens_of(text: str) -> tuple[Token, ...]:
    """Return the words, numbers and signs of a text, in lower case."""
    return tuple(
        Token((word := match.group()).casefold(), match.start(), match.end(), word[0].isdecimal())
        for match in _TOKEN.finditer(text)
    )


@lru_cache(maxsize=8)
def starts_of(text: str) -> Mapping[str, list[int]]:
    """Return where each word, number or sign of a text begins, by the token's text."""
    starts: dict[str, list[int]] = {}
    for token in tokens_of(text):
        starts.setdefault(token.text, []).append(token.start)
    return starts
