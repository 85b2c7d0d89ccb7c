"""The debtor's national number: checked by its check digits, and only where the mail says so.

Nine per cent of all eight-digit numbers pass the Dutch check when padded, so a BSN is never taken
without its label. Numbers that hold a birth date and check digits (PESEL, fødselsnummer,
personnummer) may stand alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from stdnum.be import nn
from stdnum.de import idnr
from stdnum.dk import cpr
from stdnum.nl import bsn
from stdnum.no import fodselsnummer
from stdnum.pl import pesel
from stdnum.se import personnummer

from triage.understanding.model import Finding, Source
from triage.understanding.numbers import Number, numbers
from triage.understanding.parts import evidence
from triage.understanding.phrases import compiled

if TYPE_CHECKING:
    from collections.abc import Callable

    from triage.understanding.parts import Mail
    from triage.understanding.spans import Claims

LABELLED = 0.98
ALONE = 0.9
"""No label, but check digits and a birth date within."""
MISTYPED = 0.7
"""Labelled and of the right length, but with wrong check digits: for a person to see."""


_LABEL_BEHIND = re.compile(
    r"\s?(?:\(|(?:,\s)?(?:dat |det |to )?(?:is|er|är|ist|to|=)\s"
    r"(?:(?:mijn|m'n|mn|mój|moj|mitt|min|my|mein\w{0,2})\s)?)"
    r"(?:bsn|burgerservicenummer|sofinummer|pesel|fødselsnummer\w{0,3}|fnr|personnummer|cpr\b)",
    re.IGNORECASE,
)
"""`140 456 181 is mijn bsn`, `140456181 (bsn)`."""


class _Kind(NamedTuple):
    """A national number: its lengths, its check, and its look when it needs no label."""

    name: str
    lengths: frozenset[int]
    valid: Callable[[str], bool]
    alone: re.Pattern[str] | None


_KINDS = (
    _Kind("BSN", frozenset({9}), bsn.is_valid, None),
    _Kind("PESEL", frozenset({11}), pesel.is_valid, re.compile(r"\d{11}")),
    _Kind("fødselsnummer", frozenset({11}), fodselsnummer.is_valid, re.compile(r"\d{6} ?\d{5}")),
    _Kind(
        "rijksregisternummer",
        frozenset({11}),
        nn.is_valid,
        re.compile(r"\d\d\.\d\d\.\d\d-\d{3}\.\d\d"),
    ),
    _Kind(
        "personnummer",
        frozenset({10, 12}),
        personnummer.is_valid,
        re.compile(r"(?:\d\d)?\d{6}-\d{4}"),
    ),
    _Kind("CPR", frozenset({10}), cpr.is_valid, re.compile(r"\d{6}-\d{4}")),
    _Kind("Steuer-ID", frozenset({11}), idnr.is_valid, None),
)
LENGTHS = frozenset(length for kind in _KINDS for length in kind.lengths)


def national_id(mail: Mail, typed: tuple[Number, ...], claims: Claims) -> Finding[str] | None:
    """Return the national number, digits only; `typed` are the numbers of the typed text."""
    found = [
        finding
        for source, items in ((Source.TYPED, typed), (Source.SUBJECT, numbers(mail.subject)))
        for number in items
        if len(number.digits) in LENGTHS
        and not claims.holds(source, number.start, number.end)
        and (finding := _finding(mail, number, source)) is not None
    ]
    return max(found, key=lambda finding: finding.confidence, default=None)


def _finding(mail: Mail, number: Number, source: Source) -> Finding[str] | None:
    if compiled("identity", "not_the_debtors").search(number.before):
        return None
    form = mail.form if source is Source.TYPED else ()
    field = next((item for item in form if item.start <= number.start < item.end), None)
    labelled = number.label == "national_id" or bool(_LABEL_BEHIND.match(number.after))
    labelled = labelled or (field is not None and field.key == "national_id")
    if field is not None and field.key in {"phone", "dossier_number"} and not labelled:
        return None
    valid = [kind for kind in _KINDS if kind.valid(number.digits)]
    if labelled and valid:
        return _as_finding(mail, number, source, valid[0].name, LABELLED)
    if labelled and len(number.digits) >= 9:
        return _as_finding(mail, number, source, "mistyped number", MISTYPED)
    # "f. 09129118021" is born, not fax: the check digits say so.
    if number.label in {"", "generic", "fax"} and not number.money:
        typed = number.text.strip("()")
        for kind in valid:
            if kind.alone and kind.alone.fullmatch(typed):
                return _as_finding(mail, number, source, kind.name, ALONE)
    return None


def _as_finding(
    mail: Mail, number: Number, source: Source, name: str, confidence: float
) -> Finding[str]:
    text = mail.typed if source is Source.TYPED else mail.subject
    words = evidence(text, number.groups[0][0], number.groups[-1][1], name, source)
    return Finding(number.digits, confidence, (words,))
