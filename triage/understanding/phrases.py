"""The phrase lists of the field rules: TOML files beside the code, turned into patterns.

In a list a trailing `*` stands for any ending (of an inflected or compounded word), a leading `*`
for any beginning, a space for any short gap between words. Nothing else is special, so that whoever
speaks the language can mend a list.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from triage.understanding.tokens import starts_of, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ANY = r"\w{0,24}"
GAP = r"[\s.:'’-]{1,3}"


@cache
def phrase_file(name: str) -> Mapping[str, Any]:
    """Return the file `lists/NAME.toml`."""
    text = (files("triage.understanding") / "lists" / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def phrases(name: str, key: str) -> tuple[str, ...]:
    """Return the phrases under a key."""
    return tuple(phrase_file(name)[key])


class PhrasePattern:
    """A pattern in lower case, looked for in texts of any case.

    The text is lowered, not the comparison made blind to case: with hundreds of alternatives that
    is several times quicker. Offsets are those of the text.
    """

    def __init__(self, pattern: str) -> None:
        self._pattern = re.compile(pattern)

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first match anywhere."""
        return self._pattern.search(lowered(text))

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """Return the match at this place."""
        return self._pattern.match(lowered(text), start)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """Return the match of the whole text."""
        return self._pattern.fullmatch(lowered(text))

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield all matches."""
        return self._pattern.finditer(lowered(text))


@lru_cache(maxsize=64)
def lowered(text: str) -> str:
    """Return the text in lower case, every letter in its place."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)


def alternation(items: Iterable[str]) -> str:
    """Return a pattern for any of the phrases, the longest first, matching whole words."""
    ordered = sorted({item.lower() for item in items}, key=lambda item: (-len(item), item))
    return rf"(?<!\w)(?:{'|'.join(_pattern(item) for item in ordered)})(?!\w)"


@cache
def compiled(name: str, *keys: str) -> PhrasePattern:
    """Return the pattern of the phrases under these keys."""
    return PhrasePattern(alternation(phrase for key in keys for phrase in phrases(name, key)))


@cache
def grouped(name: str, *keys: str) -> PhrasePattern:
    """Return one pattern with a named group per key; the earlier key wins where both match."""
    groups = (f"(?P<{key}>{alternation(phrases(name, key))})" for key in keys)
    return PhrasePattern("|".join(groups))


def occurrences(name: str, key: str, text: str) -> Iterator[re.Match[str]]:
    """Yield where phrases of a list stand in a text, the longest at each place.

    Quicker than a search: only where the first word of a phrase stands is one looked for. For lists
    whose first words have no `*`.
    """
    first_words, pattern = _by_first_word(name, key)
    starts = starts_of(text)
    for start in sorted(start for word in first_words & starts.keys() for start in starts[word]):
        match = pattern.match(text, start)
        if match:
            yield match


@cache
def _by_first_word(name: str, key: str) -> tuple[frozenset[str], PhrasePattern]:
    firsts = {tokens_of(phrase)[0].text for phrase in phrases(name, key)}
    return frozenset(firsts), compiled(name, key)


def _pattern(phrase: str) -> str:
    return GAP.join(_word(word) for word in phrase.split())


def _word(word: str) -> str:
    begin = ANY if word.startswith("*") else ""
    end = ANY if word.endswith("*") else ""
    return begin + re.escape(word.strip("*")) + end
