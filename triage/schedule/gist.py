"""What a mail is about, in the sender's own words: the first sentence that tells something."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from triage.masking import mask

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 180
"""Characters of a gist; two lines on a phone."""
_READ = 6_000
"""Characters of a mail that are looked at: what it is about stands near its beginning."""
_NUMBER = 100
"""More characters than a number has, that may stand where the reading ends."""
_MOST_SENTENCES = 60
_FEWEST_WORDS = 5
_INTRODUCTION_WORDS = 12
"""An opening such as "Hierbij dien ik een klacht in" is passed over when no more follows it."""
_NEAR = 8
"""Among so many telling sentences, the first that speaks to us is taken: it says what we did."""

_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_END = re.compile(r"[.!?\u2026]{1,9}[)\"'\u2019\u201d]{0,2}(?=\s)")
_WORD_BEFORE = re.compile(r"\w{1,20}\Z")
_GREETING_ENDS = re.compile(r"[^,!.\n]{0,40}[,!.\n]{1,9}")
_WORD = re.compile(r"\w+")
_LETTER = re.compile(r"[^\W\d_]")
_LABEL = re.compile(r"[^\s:][^:\n]{0,40}:\s*\S")


@cache
def _phrases(key: str) -> tuple[str, ...]:
    text = (files("triage.schedule") / "lists" / "gist.toml").read_text(encoding="utf-8")
    return tuple(sorted(tomllib.loads(text)[key], key=len, reverse=True))


@cache
def _starts_with(key: str) -> re.Pattern[str]:
    return re.compile(
        rf"\W{{0,3}}(?:{'|'.join(map(re.escape, _phrases(key)))})(?!\w)", re.IGNORECASE
    )


@cache
def _anywhere(key: str) -> re.Pattern[str]:
    words = "|".join(map(re.escape, _phrases(key)))
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


def gist(typed: str, subject: str = "") -> str:
    """Return the first telling sentence of a mail's typed text, bounded, on one line, ids masked.

    A mail of no sentences gives its first words; an empty one its subject.
    """
    # Masked before it is cut: half a number has no check digit by which it could be known.
    sentences = list(_sentences(mask(typed[: _READ + _NUMBER])[:_READ]))
    telling = [each for each in sentences if _tells(each)]
    said_to_us = (each for each in telling[:_NEAR] if _anywhere("us").search(each))
    told = next(said_to_us, telling[0] if telling else max(sentences, key=len, default=""))
    # Masked again: of a number on two lines there is one now.
    return _bounded(mask(told or subject))


def _sentences(text: str) -> Iterator[str]:
    count = 0
    for paragraph in _PARAGRAPH.split(text):
        rest = _without_greeting(paragraph.strip())
        start = 0
        for end in _END.finditer(rest):
            if _is_abbreviation(rest, end.start()):
                continue
            yield _line(rest[start : end.end()])
            start = end.end()
            count += 1
            if count >= _MOST_SENTENCES:
                return
        if rest[start:].strip():
            yield _line(rest[start:])
            count += 1


def _is_abbreviation(text: str, stop: int) -> bool:
    """Whether the full stop there ends a word such as "dhr." or an initial, and no sentence."""
    word = _WORD_BEFORE.search(text, max(0, stop - 20), stop)
    if text[stop] != "." or word is None:
        return False
    return len(word.group()) == 1 or word.group().casefold() in _phrases("abbreviations")


def _line(text: str) -> str:
    return " ".join(text.split())


def _without_greeting(paragraph: str) -> str:
    """Return a paragraph from where its greeting ends; "Hoi, ik weet ..." begins at "ik"."""
    greeting = _starts_with("greetings").match(paragraph)
    if not greeting:
        return paragraph
    end = _GREETING_ENDS.match(paragraph, greeting.end())
    return paragraph[end.end() if end else greeting.end() :].strip()


def _tells(sentence: str) -> bool:
    words = len(_WORD.findall(sentence))
    if words < _FEWEST_WORDS or len(_LETTER.findall(sentence)) < len(sentence) // 2:
        return False
    if _LABEL.match(sentence) and words < _INTRODUCTION_WORDS:
        return False
    return words > _INTRODUCTION_WORDS or not _starts_with("openings").match(sentence)


def _bounded(text: str) -> str:
    line = _line("".join(char if char.isprintable() else " " for char in text))
    if len(line) <= LONGEST:
        return line
    cut = line[:LONGEST]
    return (cut[: cut.rfind(" ")] if " " in cut[LONGEST // 2 :] else cut).rstrip(" ,;:-") + "…"
