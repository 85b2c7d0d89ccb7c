"""The sentences of a mail as the judging half reads them: words, ideas, and where each stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from triage.understanding.lexicon import Lexicon
from triage.understanding.model import Evidence, Source
from triage.understanding.words import read_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triage.understanding.parts import Mail
    from triage.understanding.words import Words

MOST = 120
"""Sentences of a mail that are read; a mail of two thousand words has about a hundred."""
SIGNS = {"?": "question_mark", "؟": "question_mark", "!": "exclamation_mark", "@": "mail_address"}
_POSTCODE = re.compile(
    r"(?<![\w-])(?:\d{4}\s?[A-Z]{2}|\d{2}-\d{3}|\d{3}\s\d{2}|\d{4,5}\s[A-ZÆØÅÄÖÜ][a-zæøåäöü]{2,})(?!\w)"
)
_SAME = {"ru": "uk", "bg": "uk", "nb": "no", "nn": "no", "sk": "cs"}
_LEXICA = frozenset(
    {
        *("nl", "pl", "no", "sv", "da", "de", "en", "fr", "uk"),
        *("es", "it", "pt", "ro"),
        *("tr", "lt", "cs", "ar"),
    }
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence; offsets count characters in the text that `source` names."""

    source: Source
    start: int
    end: int
    text: str
    words: tuple[str, ...]
    ideas: tuple[str, ...]

    def evidence(self, rule: str) -> Evidence:
        """Return the sentence as evidence for what was read from it."""
        return Evidence(self.source, self.start, self.end, self.text.strip(), rule)


def read_sentences(mail: Mail) -> tuple[Sentence, ...]:
    """Return the subject, then the sentences that the sender typed freely, in reading order."""
    lexicon = lexicon_of(mail.language)
    found = list(_cut(mail.subject, Source.SUBJECT, 0, lexicon, whole=True))
    # What was chosen from a form's list is in the language of the website, not in the sender's.
    chosen = lexicon_of(mail.policy.home_language)
    for field in mail.fields("subject"):
        found += _cut(field.value, Source.SUBJECT, 0, lexicon, whole=True)
        if chosen is not lexicon:
            found += _cut(field.value, Source.SUBJECT, 0, chosen, whole=True)
    for start, end in mail.prose:
        found += _cut(mail.typed[start:end], Source.TYPED, start, lexicon, whole=False)
    return tuple(found[:MOST])


def read_sentence(text: str, language: str) -> Sentence:
    """Return a text that is one sentence, such as those that the model is trained on."""
    whole = tuple(_cut(text, Source.TYPED, 0, lexicon_of(language), whole=True))
    return whole[0] if whole else Sentence(Source.TYPED, 0, len(text), text, (), ())


@cache
def lexicon_of(language: str) -> Lexicon | None:
    """Return the ideas of a language; None for a language without a lexicon."""
    name = _SAME.get(language, language)
    if name not in _LEXICA:
        return None
    file = resources.files("triage.understanding") / "ideas" / f"{name}.txt"
    return Lexicon(file.read_text(encoding="utf-8").splitlines())


def _cut(
    text: str, source: Source, shift: int, lexicon: Lexicon | None, *, whole: bool
) -> Iterator[Sentence]:
    words = read_words(text)
    if not words.forms:
        return
    hits = lexicon.find(words) if lexicon else []
    spans = ((0, len(words.forms)),) if whole else words.sentences
    position = 0
    for begin, end in spans:
        ideas = set()
        while position < len(hits) and hits[position].first < end:
            ideas.add(hits[position].idea)
            position += 1
        start, stop = words.starts[begin], _end(words, end)
        sentence = words.text[start:stop]
        ideas |= {name for sign, name in SIGNS.items() if sign in sentence}
        if _POSTCODE.search(sentence):
            ideas.add("postcode")
        yield Sentence(
            source,
            shift + start,
            shift + stop,
            sentence,
            words.forms[begin:end],
            tuple(sorted(ideas)),
        )


def _end(words: Words, end: int) -> int:
    """Return where the sentence ends: before the next word, without the space between."""
    following = words.starts[end] if end < len(words.starts) else len(words.text)
    return words.ends[end - 1] + len(words.text[words.ends[end - 1] : following].rstrip())
