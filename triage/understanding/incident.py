"""When it happened: which of the mail's dates is that of the incident.

Each date is weighed by what the words around it say (the agency rang or wrote; the sender paid,
wrote before, was born; a term that runs; somebody else's invoice), by how it is written and by its
place. The dates of one mail vie with each other and with "none of them" (a conditional logit; its
weights are fitted on corpus mails by `tests/corpus/fit_incident.py`).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from triage.understanding.dates import Found, dates
from triage.understanding.model import Finding, Kind, Source
from triage.understanding.parts import evidence
from triage.understanding.phrases import phrase_file
from triage.understanding.tokens import Token, plain, tokens_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from triage.understanding.layout import Layout
    from triage.understanding.parts import Mail

FORM = 0.96
LIKELY = 0.4
SURE_SHARE = 0.99
"""Share of the chance from which on a date is marked sure."""
NEAR = 8
"""Words on each side of a date that are near to it."""
_SENTENCE_END = frozenset({".", "!", "?"})


def incident_candidates(mail: Mail, layout: Layout, kind: Kind) -> list[Finding[str]]:
    """Return the dates that may be the incident's, each with its confidence and evidence.

    `kind` is what the mail mainly is: someone who takes a complaint to the management tells of the
    complaint and its answer first, someone who contests a claim often names no incident at all.
    """
    stated = _stated(mail)
    if stated:
        return [stated]
    described = described_dates(mail, layout, kind)
    result = []
    for (_, found, source), share in zip(
        described, shares([features for features, _, _ in described]), strict=True
    ):
        text = mail.typed if source is Source.TYPED else mail.subject
        words = evidence(text, found.start, found.end, f"date, {found.form.value}", source)
        result.append(Finding(found.iso, share, (words,)))
    return result


def incident_date(candidates: list[Finding[str]]) -> Finding[str] | None:
    """Return the likeliest incident; the shares of a date that the mail names twice add up."""
    merged: dict[str, Finding[str]] = {}
    for each in candidates:
        known = merged.get(each.value)
        confidence = each.confidence + (known.confidence if known else 0.0)
        words = (*(known.evidence if known else ()), *each.evidence)
        merged[each.value] = Finding(each.value, min(1.0, confidence), words)
    best = max(merged.values(), key=lambda each: each.confidence, default=None)
    if best is None or best.confidence < LIKELY:
        return None
    return Finding(best.value, _calibrated(best.confidence), best.evidence)


def _calibrated(share: float) -> float:
    """Return the confidence for a share: 0.9 where 99 in 100 were right in cross-validation."""
    if share < SURE_SHARE:
        return share * 0.9 / SURE_SHARE - 0.001
    return 0.9 + 0.1 * (share - SURE_SHARE) / (1 - SURE_SHARE)


def shares(described: list[dict[str, float]]) -> list[float]:
    """Return each date's share of the chance, the rest being that none is the incident."""
    weights = _weights()
    sums = [
        sum(weights.get(name, 0.0) * value for name, value in features.items())
        for features in described
    ]
    top = max([0.0, *sums])
    odds = [math.exp(each - top) for each in sums]
    total = math.exp(-top) + sum(odds)
    return [each / total for each in odds]


def described_dates(
    mail: Mail, layout: Layout, kind: Kind
) -> list[tuple[dict[str, float], Found, Source]]:
    """Return every date of subject and typed text with its features."""
    described = []
    for source, text in ((Source.TYPED, mail.typed), (Source.SUBJECT, mail.subject)):
        found = [
            each
            for each in dates(text, mail.date, mail.language)
            if source is Source.SUBJECT or not mail.form or mail.in_prose(each.start)
        ]
        if not found:
            continue
        reading = _Reading(text, tokens_of(text))
        recent = [each.day for each in found if 0 <= (mail.date - each.day).days <= 300]
        for order, each in enumerate(found):
            features = reading.features(each, mail)
            features["first"] = float(order == 0)
            features["second"] = float(order == 1)
            features["alone"] = float(len(found) == 1)
            features["last"] = float(order == len(found) - 1)
            features["earliest"] = float(bool(recent) and each.day == min(recent))
            features["latest"] = float(bool(recent) and each.day == max(recent))
            features["goes on"] = float(order > 0 and reading.lists(found[order - 1], each))
            features["heads a list"] = float(
                order + 1 < len(found) and reading.lists(each, found[order + 1])
            )
            features["subject"] = float(source is Source.SUBJECT)
            features["signature"] = float(
                source is Source.TYPED and layout.in_signature(each.start)
            )
            _cross(features, kind)
            described.append((features, each, source))
    return described


def _cross(features: dict[str, float], kind: Kind) -> None:
    """Add what the features mean in a mail of this kind, where that differs."""
    if kind not in {Kind.MANAGEMENT_COMPLAINT, Kind.DISPUTE}:
        return
    for name in [name for name, value in features.items() if value]:
        if name.split(" ")[0] in _CROSSED:
            features[f"{kind}: {name}"] = 1.0
    features[str(kind)] = 1.0


@dataclass(frozen=True, slots=True)
class _Reading:
    text: str
    tokens: tuple[Token, ...]

    def features(self, found: Found, mail: Mail) -> dict[str, float]:
        """Return what the words around a date, its form and its distance say."""
        first = next(at for at, token in enumerate(self.tokens) if token.end > found.start)
        last = max(at for at, token in enumerate(self.tokens) if token.start < found.end)
        features: dict[str, float] = {"bias": 1.0, f"form {found.form.value}": 1.0}
        self._words_around(first, last, features, mail)
        age = (mail.date - found.day).days
        features["today"] = float(age == 0)
        features["week"] = float(0 < age <= 7)
        features["month"] = float(7 < age <= 31)
        features["quarter"] = float(31 < age <= 100)
        features["year"] = float(100 < age <= 300)
        features["older"] = float(age > 300)
        features["ahead"] = float(age < 0)
        features["year given"] = float(found.year_given)
        features["letter date"] = float(self._is_letters_date(found, age))
        quoted = self.text[found.end : found.end + 160]
        features["speech"] = float(bool(re.search(r"[\"„“«‘]|''", quoted)))
        return features

    def lists(self, left: Found, right: Found) -> bool:
        """Whether the two dates are parts of one list: `30 July, 3 August and today`."""
        between = self.text[left.end : right.start]
        return len(between) <= 14 and not re.search(r"[.!?:;]\s|\d", between)

    def _words_around(self, first: int, last: int, features: dict[str, float], mail: Mail) -> None:
        kinds: set[str] = set()
        for step, edge, side in ((-1, first, "before"), (1, last, "after")):
            at, distance = edge + step, 1
            while 0 <= at < len(self.tokens) and distance <= 18:
                token = self.tokens[at]
                if token.text in _SENTENCE_END and self._ends(at):
                    break
                if not token.number and token.text[0].isalpha():
                    for kind in _classes(plain(token.text), mail.language):
                        if kind in _DIRECT and not (side == "before" and distance <= 2):
                            continue
                        reach = "near" if distance <= NEAR else "far"
                        name = kind if kind in _DIRECT else f"{kind} {side} {reach}"
                        features[name] = 1.0
                        kinds.add(kind)
                    distance += 1
                at += step
        for left, right in _PAIRS:
            if left in kinds and right in kinds:
                features[f"{left} and {right}"] = 1.0

    def _ends(self, at: int) -> bool:
        """Whether the sign at this place ends a sentence: a capital or a new line follows."""
        rest = self.text[self.tokens[at].end : self.tokens[at].end + 3]
        return not rest or "\n" in rest or (rest[0].isspace() and not rest.strip()[:1].islower())

    def _is_letters_date(self, found: Found, age: int) -> bool:
        """Whether it is the letter's own: `Øyer, 12. november 2025` on a line of its own."""
        start = self.text.rfind("\n", 0, found.start) + 1
        end = self.text.find("\n", found.end)
        line = self.text[start : end if end >= 0 else len(self.text)]
        return 0 <= age <= 1 and found.year_given and len(line) - (found.end - found.start) < 24


_POLISH_PAST = (
    ("i did", re.compile(r"(?:[aeiy]l[ea]m|lismy|lysmy)$")),
    ("they did", re.compile(r"(?:[aeiyo]l[aoiy]?|[zd]l|szla|szlo|szli|szedl)$")),
)
"""Endings of the past tense, by who did it (diacritics left out)."""
_PAIRS = (
    ("call", "you"),
    ("call", "me"),
    ("call", "agent"),
    ("message", "you"),
    ("receive", "message"),
    ("send", "me"),
    ("send", "you"),
    ("message", "paid"),
    ("message", "elsewhere"),
    ("own_message", "me"),
    ("own_message", "answer"),
)
"""Kinds of words that say more together, in one sentence."""
_CROSSED = frozenset(
    {
        *(
            "answer",
            "own_message",
            "paid",
            "elsewhere",
            "message",
            "agent",
            "call",
            "first",
            "last",
        ),
        *("earliest", "latest", "alone", "today", "week", "month", "quarter", "year", "older"),
    }
)
"""First words of the features that mean something else when a complaint goes to the management, or
when a claim is contested."""
_DIRECT = frozenset({"term", "since", "dated"})
"""Kinds of words that count only directly before a date."""


def _stated(mail: Mail) -> Finding[str] | None:
    """Return the date from a form's own field."""
    for item in mail.fields("incident_date"):
        for found in dates(item.value, mail.date, mail.language):
            start = item.start + found.start
            words = evidence(mail.typed, start, item.start + found.end, "form field")
            return Finding(found.iso, FORM, (words,))
    return None


@cache
def _weights() -> Mapping[str, float]:
    return dict(phrase_file("incident_weights")["weights"])


@lru_cache(maxsize=16384)
def _classes(word: str, language: str) -> tuple[str, ...]:
    """Return what a word says of a date near it."""
    exact, beginnings = _lists()
    kinds = set(exact.get(word, ()))
    for size in range(2, len(word) + 1):
        kinds.update(beginnings.get(word[:size], ()))
    if language == "pl" and len(word) > 4:
        kinds.update(kind for kind, ending in _POLISH_PAST if ending.search(word))
    return tuple(sorted(kinds))


@cache
def _lists() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[str, ...]]]:
    exact: dict[str, tuple[str, ...]] = {}
    beginnings: dict[str, tuple[str, ...]] = {}
    for kind, forms in phrase_file("incident")["words"].items():
        for form in forms:
            table = beginnings if form.endswith("*") else exact
            key = plain(form.rstrip("*"))
            table[key] = (*table.get(key, ()), kind)
    return exact, beginnings
