"""The words of `data/quoting.toml` and `data/footers.toml`, loaded once, as linear patterns."""

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
    starter: re.Pattern[str]
    """Matches at the start of a line on which an attribution may begin."""
    personal: frozenset[str]
    """Words that no attribution has."""
    separator: re.Pattern[str]
    """Matches a whole line such as `-----Original Message-----`."""
    introduction: re.Pattern[str]
    """Matches a whole line such as `Begin forwarded message:`."""
    labels: Mapping[str, str]
    """Header label, lower case → what it labels: from date to copy subject other."""


@dataclass(frozen=True, slots=True)
class FooterWords:
    """By what footers are recognised."""

    app: re.Pattern[str]
    device: re.Pattern[str]
    scanner: re.Pattern[str]
    mailing_list: re.Pattern[str]
    banner: re.Pattern[str]
    outside: re.Pattern[str]
    opening: re.Pattern[str]
    legal: tuple[re.Pattern[str], ...]
    """One pattern for each thing that disclaimers speak of."""


@cache
def quoting_words() -> QuotingWords:
    """Return the words by which older mail is recognised."""
    data = _load("quoting")
    wrote = rf"(?<![\w(])(?:{_any_of(data['wrote'])})(?![\w(])|{_any_of(data['wrote_unspaced'])}"
    rule = r"[\s>*]{0,20}[-_=~–—*]{2,60}\s{0,3}"
    return QuotingWords(
        wrote=re.compile(wrote, re.IGNORECASE),
        starter=re.compile(
            rf"[\s>*_-]{{0,20}}(?:(?:{_any_of(data['starters'])})(?!\w)|\d{{1,4}}(?:[./:年-]|\s))",
            re.IGNORECASE,
        ),
        personal=frozenset(data["personal"]),
        separator=re.compile(
            rf"{rule}(?:{_any_of(data['separators'])})\s{{0,3}}[-_=~–—*:]{{0,60}}\s*", re.IGNORECASE
        ),
        introduction=re.compile(
            rf"[\s>*]{{0,20}}(?:{_any_of(data['introductions'])})\s?:[\s*]*", re.IGNORECASE
        ),
        labels={label: role for role, labels in data["labels"].items() for label in labels},
    )


@cache
def footer_words() -> FooterWords:
    """Return the words by which footers are recognised."""
    data = _load("footers")
    return FooterWords(
        app=re.compile(rf"\W{{0,4}}(?:{_any_of(data['app_starts'])})", re.IGNORECASE),
        device=re.compile(rf"(?<![^\W\d])(?:{_any_of(data['devices'])})", re.IGNORECASE),
        scanner=re.compile(_any_of(data["scanners"]), re.IGNORECASE),
        mailing_list=re.compile(_any_of(data["lists"]), re.IGNORECASE),
        banner=re.compile(rf"\W{{0,6}}(?:{_any_of(data['banners'])})", re.IGNORECASE),
        outside=re.compile(_any_of(data["outside"]), re.IGNORECASE),
        opening=re.compile(rf"\W{{0,6}}(?:{_any_of(data['openings']['words'])})", re.IGNORECASE),
        legal=tuple(re.compile(_any_of(words), re.IGNORECASE) for words in data["legal"].values()),
    )


def _load(name: str) -> dict[str, Any]:
    text = resources.files("triage.message").joinpath(f"data/{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


def _any_of(words: Iterable[str]) -> str:
    """Return a pattern that matches any of the words, longer ones first, blanks in any number."""
    ordered = sorted(set(words), key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s{1,3}") for word in ordered)
