"""The agency's dossier numbers in a mail: by the policy's format, and by what stands around them.

What the sender typed and the subject come first; quoted mail counts only when these have none,
attachments only when that has none either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import phonenumbers

from triage.understanding.model import Finding, Source
from triage.understanding.numbers import SPACES, Number, numbers
from triage.understanding.parts import evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from triage.policy.model import DossierFormat
    from triage.understanding.parts import Mail

LIKELY = 0.5
"""A number below this confidence is not taken."""

FORM = 0.98
LABELLED = 0.98
BY_SUBJECT = 0.97
"""Stands in the subject with no other meaning."""
FOLLOWED = 0.95
"""Words after it say so: "... to nr akt"."""
GENERAL = 0.93
"""Only "nr" or "number" before it."""
BARE = 0.85
"""No label, and nothing else that it could be."""
DOUBTFUL = 0.55
"""No label, and it could be a phone number."""
BESIDE = 0.3
"""No label, while another number has one."""

_TIED_BEFORE = re.compile(r"\w[-/_.]$")
_TIED_AFTER = re.compile(r"[-/_]\w")
_STRONG_SEPARATOR = re.compile(r"[/|–-]|\s{2,}")


@dataclass(frozen=True, slots=True)
class _Candidate:
    value: str
    start: int
    end: int
    source: Source
    number: Number | None
    """None for a number with the policy's own prefix: it cannot be anything else."""


def dossier_numbers(mail: Mail) -> tuple[Finding[str], ...]:
    """Return the dossier numbers that the mail gives, without separators, each once."""
    for findings in (_typed(mail), _quoted(mail), _attached(mail)):
        kept = _each_once(finding for finding in findings if finding.confidence >= LIKELY)
        if kept:
            return kept
    return ()


def _typed(mail: Mail) -> list[Finding[str]]:
    found = list(_form_fields(mail))
    if found:
        return found
    typed = [each for each in _candidates(mail, mail.typed, Source.TYPED) if mail.in_prose(each.start)]
    subject = list(_candidates(mail, mail.subject, Source.SUBJECT))
    candidates = [*subject, *typed]
    sure = {each.value for each in candidates if _plain_confidence(each, mail) >= GENERAL}
    return [_finding(each, _weighed(each, sure, candidates, mail), mail) for each in candidates]


def _quoted(mail: Mail) -> list[Finding[str]]:
    text = mail.message.quoted
    candidates = list(_candidates(mail, text, Source.QUOTED))
    labelled = any(_plain_confidence(each, mail) >= GENERAL for each in candidates)
    return [
        _finding(each, 0.95 if confidence >= GENERAL else 0.75, mail)
        for each in candidates
        if (confidence := _plain_confidence(each, mail)) >= (GENERAL if labelled else BARE)
    ]


def _attached(mail: Mail) -> list[Finding[str]]:
    return [
        _finding(each, 0.8, mail, text=attachment.text)
        for attachment in mail.message.attachments
        for each in _candidates(mail, attachment.text, Source.ATTACHMENT)
        if _plain_confidence(each, mail) >= LABELLED
    ]


def _form_fields(mail: Mail) -> Iterator[Finding[str]]:
    for item in mail.fields("dossier_number"):
        for each in _candidates(mail, item.value, Source.TYPED):
            start, end = item.start + each.start, item.start + each.end
            words = evidence(mail.typed, start, end, "form field")
            yield Finding(each.value, FORM, (words,))


def _candidates(mail: Mail, text: str, source: Source) -> Iterator[_Candidate]:
    form = mail.policy.dossier
    if form.prefix:
        for match in _prefixed(form.prefix, form.digits).finditer(text):
            value = form.normalise(match.group())
            if value:
                yield _Candidate(value, match.start(), match.end(), source, None)
        return
    for number in numbers(text):
        for start, end in _stretches(number, form.digits):
            value = form.normalise(text[start:end])
            if value:
                yield _Candidate(value, start, end, source, number)


@cache
def _prefixed(prefix: str, digits: int) -> re.Pattern[str]:
    separator = rf"[{SPACES}./:_–-]{{0,2}}"
    return re.compile(
        rf"(?<![\w-]){re.escape(prefix)}{separator}\d(?:{separator}\d){{{digits - 1}}}(?!\w)",
        re.IGNORECASE,
    )


def _stretches(number: Number, digits: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a run of digit groups that have as many digits as a dossier number."""
    groups = number.groups
    if len(number.digits) == digits:
        yield groups[0][0], groups[-1][1]
        return
    offset, text = number.start, number.text
    uniform = len(groups) > 2 and len({end - start for start, end in groups[:-1]}) == 1
    for first in range(len(groups)):
        for last in range(first, len(groups)):
            if sum(end - start for start, end in groups[first : last + 1]) != digits:
                continue
            left = text[groups[first - 1][1] - offset : groups[first][0] - offset] if first else "  "
            right = (
                text[groups[last][1] - offset : groups[last + 1][0] - offset]
                if last + 1 < len(groups)
                else "  "
            )
            single = first == last and not uniform and " " in left and " " in right
            apart = _STRONG_SEPARATOR.search(left) and _STRONG_SEPARATOR.search(right)
            if single or (apart and " " in left and " " in right):
                yield groups[first][0], groups[last][1]


def _plain_confidence(each: _Candidate, mail: Mail) -> float:
    """How sure the words around the number make us, whatever else the mail gives."""
    number = each.number
    if number is None:
        return LABELLED
    labelled = number.label == "dossier"
    if number.money or (number.date and number.text == number.text.strip()):
        return 0.0
    if _tied(number, labelled=labelled):
        return 0.0
    if labelled:
        return LABELLED
    if number.after_label == "dossier" and number.label in {"", "generic"}:
        return FOLLOWED
    if number.label in {"other", "fax", "national_id"}:
        return 0.0
    could_be_phone = _phone(each.value, mail.policy.calendar.country)
    if number.label == "phone" and (could_be_phone or number.distance < 4):
        return 0.0
    if each.source is Source.SUBJECT:
        return BY_SUBJECT
    if number.label == "generic":
        return GENERAL
    return DOUBTFUL if could_be_phone else BARE


def _tied(number: Number, *, labelled: bool) -> bool:
    """Whether the number is only part of something longer: `ALK-NL-2026-7781`, `1234567/26`."""
    if _TIED_AFTER.match(number.after):
        return True
    near = labelled and number.distance <= 2
    return bool(_TIED_BEFORE.search(number.before)) and not (near or number.label == "generic")


def _weighed(
    each: _Candidate, sure: set[str], candidates: list[_Candidate], mail: Mail
) -> float:
    """How sure we are, given the other numbers of the mail."""
    confidence = _plain_confidence(each, mail)
    if confidence in {BARE, DOUBTFUL}:
        if each.value in sure or each.value in _digits(mail.message.quoted):
            return LABELLED
        if sure:
            return BESIDE
        rivals = {other.value for other in candidates if _plain_confidence(other, mail) > 0}
        if len(rivals) > 1 and confidence == DOUBTFUL:
            return _by_layout(each, mail)
    return confidence


def _by_layout(each: _Candidate, mail: Mail) -> float:
    """Of two bare numbers that both could be phone numbers, the one inside a sentence is ours."""
    line = mail.typed[mail.typed.rfind("\n", 0, each.start) + 1 :].split("\n", 1)[0]
    alone = len(line.strip()) <= (each.end - each.start) + 4
    return 0.4 if alone else 0.6


def _finding(each: _Candidate, confidence: float, mail: Mail, text: str = "") -> Finding[str]:
    texts = {
        Source.SUBJECT: mail.subject,
        Source.TYPED: mail.typed,
        Source.QUOTED: mail.message.quoted,
    }
    whole = texts.get(each.source, text)
    rule = f"dossier number, {each.number.label or 'no'} label" if each.number else "dossier prefix"
    return Finding(each.value, confidence, (evidence(whole, each.start, each.end, rule, each.source),))


def _each_once(findings: Iterable[Finding[str]]) -> tuple[Finding[str], ...]:
    best: dict[str, Finding[str]] = {}
    for finding in findings:
        known = best.get(finding.value)
        if known is None:
            best[finding.value] = finding
        else:
            best[finding.value] = Finding(
                finding.value,
                max(known.confidence, finding.confidence),
                (*known.evidence, *finding.evidence),
            )
    return tuple(best.values())


def _digits(text: str) -> str:
    return re.sub(rf"(?<=\d)[{SPACES}./-](?=\d)", "", text)


def _phone(digits: str, country: str) -> bool:
    """Whether the number is a valid phone number of the country."""
    try:
        parsed = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(parsed)


