"""The phrase lists of the field rules: TOML files beside the code, turned into patterns.

In a list a trailing `*` stands for any ending (of an inflected or compounded word), a leading `*`
for any beginning, a space for any short gap between words. Nothing else is special, so that whoever
speaks the language can mend a list.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from triage.understanding.tokens import tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ENDING = r"\w{0,24}"
GAP = r"[\s.:'’-]{1,3}"


@cache
def phrase_file(name: str) -> Mapping[str, Any]:
    """Return the file `lists/NAME.toml`."""
    text = (files("triage.understanding") / "lists" / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def phrases(name: str, key: str) -> tuple[str, ...]:
    """Return the phrases under a key: a list, or a table of lists by language, taken together."""
    entry = phrase_file(name)[key]
    if isinstance(entry, dict):
        return tuple(dict.fromkeys(phrase for each in entry.values() for phrase in each))
    return tuple(entry)


def alternation(items: Iterable[str]) -> str:
    """Return a pattern for any of the phrases, the longest first, matching whole words."""
    ordered = sorted(set(items), key=lambda item: (-len(item), item))
    return rf"(?<!\w)(?:{'|'.join(_pattern(item) for item in ordered)})(?!\w)"


@cache
def compiled(name: str, *keys: str) -> re.Pattern[str]:
    """Return the compiled alternation of the phrases under these keys, in any case."""
    items = [phrase for key in keys for phrase in phrases(name, key)]
    return re.compile(alternation(items), re.IGNORECASE)


def occurrences(name: str, key: str, text: str) -> Iterator[re.Match[str]]:
    """Yield where phrases of a list stand in a text, the longest at each place.

    Quicker than a search: only where the first word of a phrase stands is one looked for. For lists
    whose first words have no `*`.
    """
    first_words, pattern = _by_first_word(name, key)
    for token in tokens_of(text):
        if token.text in first_words:
            match = pattern.match(text, token.start)
            if match:
                yield match


@cache
def _by_first_word(name: str, key: str) -> tuple[frozenset[str], re.Pattern[str]]:
    firsts = {tokens_of(phrase)[0].text for phrase in phrases(name, key)}
    return frozenset(firsts), compiled(name, key)


@cache
def grouped(name: str, *keys: str) -> re.Pattern[str]:
    """Return one pattern with a named group per key; the earlier key wins where both match."""
    groups = (f"(?P<{key}>{alternation(phrases(name, key))})" for key in keys)
    return re.compile("|".join(groups), re.IGNORECASE)


def _pattern(phrase: str) -> str:
    return GAP.join(_word(word) for word in phrase.split())


def _word(word: str) -> str:
    begin = ENDING if word.startswith("*") else ""
    end = ENDING if word.endswith("*") else ""
    return begin + re.escape(word.strip("*")) + end
