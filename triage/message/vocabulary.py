"""The words of `data/quoting.toml` and `data/footers.toml`, loaded once.

Long lists are kept as plain words and looked up with string methods: a regular expression with
hundreds of alternatives tries each of them at each character.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class QuotingWords:
    """By what older mail is recognised."""

    wrote: re.Pattern[str]
    """Finds a form of "wrote"."""
    wrote_endings: tuple[str, ...]
    """The same, lower case, for a look at the end of a line."""
    starter: re.Pattern[str]
    """Matches at the start of a line on which an attribution may begin."""
    personal: frozenset[str]
    """Words that no attribution has."""
    separators: frozenset[str]
    """What stands between the rules of `-----Original Message-----`, lower case."""
    introductions: frozenset[str]
    """What stands before the colon of `Begin forwarded message:`, lower case."""
    labels: Mapping[str, str]
    """Header label, lower case → what it labels: from date to copy subject other."""


@dataclass(frozen=True, slots=True)
class FooterWords:
    """By what footers are recognised; all in lower case."""

    app_starts: tuple[str, ...]
    app_endings: frozenset[str]
    devices: tuple[str, ...]
    device: re.Pattern[str]
    """Finds one of them at the start of a word."""
    scanners: tuple[str, ...]
    lists: tuple[str, ...]
    banners: tuple[str, ...]
    outside: tuple[str, ...]
    openings: tuple[str, ...]
    legal: tuple[tuple[str, ...], ...]
    """The words of each thing that disclaimers speak of."""
    paper: tuple[str, ...]


@cache
def quoting_words() -> QuotingWords:
    """Return the words by which older mail is recognised."""
    data = load("quoting")
    wrote = rf"(?<![\w(])(?:{_any_of(data['wrote'])})(?![\w(])|{_any_of(data['wrote_unspaced'])}"
    begins = rf"(?:{_any_of(data['starters'])})(?!\w)|\d{{1,4}}(?:[./:年-]|\s)"
    return QuotingWords(
        wrote=re.compile(wrote, re.IGNORECASE),
        wrote_endings=(*data["wrote"], *data["wrote_unspaced"]),
        starter=re.compile(rf"[\s>*_-]{{0,20}}(?:{begins})", re.IGNORECASE),
        personal=frozenset(data["personal"]),
        separators=frozenset(data["separators"]),
        introductions=frozenset(data["introductions"]),
        labels={label: role for role, labels in data["labels"].items() for label in labels},
    )


@cache
def footer_words() -> FooterWords:
    """Return the words by which footers are recognised."""
    data = load("footers")
    return FooterWords(
        app_starts=tuple(data["app_starts"]),
        app_endings=frozenset(data["app_endings"]),
        devices=tuple(data["devices"]),
        device=re.compile(rf"(?<![a-zà-ž])(?:{_any_of(data['devices'])})"),
        scanners=tuple(data["scanners"]),
        lists=tuple(data["lists"]),
        banners=tuple(data["banners"]),
        outside=tuple(data["outside"]),
        openings=tuple(data["openings"]),
        legal=tuple(tuple(words) for words in data["legal"].values()),
        paper=tuple(data["legal"]["paper"]),
    )


def mentions(text: str, words: Iterable[str]) -> bool:
    """Whether any of the words occurs in the text; both in lower case."""
    return any(map(text.__contains__, words))


def load(name: str) -> dict[str, Any]:
    """Read one of this package's data files."""
    text = resources.files("triage.message").joinpath(f"data/{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


def _any_of(words: Iterable[str]) -> str:
    """Return a pattern that matches any of the words, longer ones first, blanks in any number."""
    ordered = sorted(set(words), key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s{1,3}") for word in ordered)
