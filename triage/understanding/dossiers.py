"""The agency's dossier numbers in a mail: by the policy's format, and by what stands around them.

What the sender typed and the subject come first; quoted mail counts only when these have none,
attachments only when that has none either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import phonenumbers

from triage.understanding.model import Finding, Source
from triage.understanding.numbers import DENIED, SPACES, Number, numbers
from triage.understanding.parts import FREE_TEXT, evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
BARE_BESIDE = 0.7
"""The same, while another number has a label."""
DOUBTFUL = 0.65
"""No label, and it could be a phone number."""
AS_PHONE = 0.6
"""No label, and it could be a mobile phone number."""
AS_WRITTEN_PHONE = 0.55
"""The same, and it is written in groups, as phone numbers are."""
CALLED_PHONE = 0.55
"""The word before it is "telephone", but it is no phone number."""
DOUBTFUL_BESIDE = 0.2
"""It could be a phone number, while another number is the dossier's."""

_FILE_REFERENCE = re.compile(
    r"(?:\d\d|(?:19|20)\d\d)/\d{3,}|\d{3,}/(?:\d\d|(?:19|20)\d\d)|20[12]\d[-.]\d{4}"
)
"""How courts and offices number their files: `26/40118`, `1184/23`, `2026-0215`."""
_ENDS_IN = re.compile(
    r"\b(?:eindig\w{0,3} op|eindigend op|kończ\w{1,6} się na|końcówk\w{1,3}|slutt?er på"
    r"|sluttar på|slutar på|ender på"
    r"|ending in|ends in|ends with|endet auf|endend auf)\s(?P<end>\d{2,5})(?!\d)",
    re.IGNORECASE,
)
"""A number that is named by its end; the quoted mail has it whole."""
_TWO_THREE_TWO_TWO = re.compile(rf"\(?\d\d\)?[{SPACES}.-]\d{{3}}[{SPACES}.-]\d\d[{SPACES}.-]\d\d")
"""How a fixed line is written in Poland."""
_EXTENSION = re.compile(r"\s?\(?(?:wew|ext|toestel|tst|doorkiesnr|anknytning|dw)\b", re.IGNORECASE)
"""A number with an extension is a telephone's."""
_TIED_BEFORE = re.compile(r"\w[-/_.]$")
_PHONE_WORD = re.compile(r"\b(?:tel|kom|mob|tlf)\b\.?", re.IGNORECASE)
_OF_COURT = re.compile(
    r"\s?/?\s?(?:[A-Z]{2,3}\s)?(?:EXPL|VERZ|RK|INSZ)\b"
    r"|,?\s(?:hos|hjå|bij|w|u|bei|beim|at|in)\s(?:d[etmn]{1,2}\s|het\s|the\s)?"
    r"(?:namsm|tingrett|forliksr|deurwaard|rechtb|kantonr|komornik|sąd|gericht|court|bailiff)",
    re.IGNORECASE,
)
"""A court's roll (`11204488 CV EXPL 24-3310`), or an office behind the number."""
_WHOLE_BEFORE = re.compile(r"(?<!\d[ .-])\d{7,9}\s*[/|,;–-]\s*$")
"""Another number directly before this one, in one piece."""
_TIED_AFTER = re.compile(r"[-/_]\w")
_PREFIX_OF_PHONE = re.compile(r"\(?0\d{1,4}\)?[ -]")
"""`Handy 0176 44120987`: what follows the prefix is the rest of the phone number."""
_STRONG_SEPARATOR = re.compile(r"[/|–-]|\s{2,}")


@dataclass(frozen=True, slots=True)
class _Candidate:
    value: str
    start: int
    end: int
    source: Source
    number: Number | None
    """None for a number with the policy's own prefix: it cannot be anything else."""


@dataclass(frozen=True, slots=True)
class _Rivals:
    """The numbers of a mail that could be its dossier numbers."""

    all: tuple[tuple[str, float], ...]
    labelled: frozenset[str]
    quoted: frozenset[str]
    """Those with a label in the quoted mail."""

    def after(self, value: str) -> list[str]:
        """Return the numbers that come after this one, or have a label."""
        values = [other for other, _ in self.all]
        return [*values[values.index(value) + 1 :], *self.labelled]


def dossier_numbers(mail: Mail, typed: tuple[Number, ...]) -> tuple[Finding[str], ...]:
    """Return the dossier numbers that the mail gives, without separators, each once.

    `typed` are the numbers of the typed text.
    """
    for find in (_typed, _quoted, _attached):
        findings = find(mail, typed)
        kept = _each_once(finding for finding in findings if finding.confidence >= LIKELY)
        if kept:
            return (*kept, *_named_by_end(mail, kept))
    return ()


def _named_by_end(mail: Mail, kept: tuple[Finding[str], ...]) -> Iterator[Finding[str]]:
    """Yield numbers of the quoted mail of which the sender names only the end."""
    known = {finding.value for finding in kept}
    for match in _ENDS_IN.finditer(mail.typed):
        for each in _candidates(mail, mail.message.quoted, Source.QUOTED):
            if each.value.endswith(match["end"]) and each.value not in known:
                known.add(each.value)
                yield _finding(each, BARE, mail)


def _typed(mail: Mail, typed: tuple[Number, ...]) -> list[Finding[str]]:
    found = list(_form_fields(mail))
    if found:
        return found
    candidates = [
        *_candidates(mail, mail.subject, Source.SUBJECT),
        *(
            each
            for each in _candidates(mail, mail.typed, Source.TYPED, typed)
            if _may_hold_ours(mail, each.start)
        ),
    ]
    weights = tuple((each.value, _plain_confidence(each, mail)) for each in candidates)
    rivals = _Rivals(
        all=weights,
        labelled=frozenset(value for value, confidence in weights if confidence >= GENERAL),
        quoted=frozenset(
            each.value
            for each in _candidates(mail, mail.message.quoted, Source.QUOTED)
            if _plain_confidence(each, mail) >= GENERAL
        ),
    )
    return [_finding(each, _weighed(each, rivals, mail), mail) for each in candidates]


def _may_hold_ours(mail: Mail, start: int) -> bool:
    """Whether a dossier number may stand here: of a form, in free text or under a strange label."""
    if not mail.form:
        return True
    keys = [item.key for item in mail.form if item.start <= start < item.end]
    return any(not key or key in FREE_TEXT or key == "subject" for key in keys)


def _quoted(mail: Mail, _typed: tuple[Number, ...]) -> list[Finding[str]]:
    candidates = list(_candidates(mail, mail.message.quoted, Source.QUOTED))
    labelled = any(_plain_confidence(each, mail) >= GENERAL for each in candidates)
    return [
        _finding(each, 0.95 if confidence >= GENERAL else 0.75, mail)
        for each in candidates
        if (confidence := _plain_confidence(each, mail)) >= (GENERAL if labelled else DOUBTFUL)
    ]


def _attached(mail: Mail, _typed: tuple[Number, ...]) -> list[Finding[str]]:
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


def _candidates(
    mail: Mail, text: str, source: Source, found: tuple[Number, ...] | None = None
) -> Iterator[_Candidate]:
    form = mail.policy.dossier
    if form.prefix:
        for match in _prefixed(form.prefix, form.digits).finditer(text):
            value = form.normalise(match.group())
            if value:
                yield _Candidate(value, match.start(), match.end(), source, None)
        return
    for number in numbers(text) if found is None else found:
        for start, end in _stretches(number, mail):
            value = form.normalise(text[start:end])
            if value:
                yield _Candidate(value, start, end, source, number)


@cache
def _prefixed(prefix: str, digits: int) -> re.Pattern[str]:
    separator = rf"[{SPACES}./:_–-]{{0,3}}"
    return re.compile(
        rf"(?<![\w-]){re.escape(prefix)}{separator}\d(?:{separator}\d){{{digits - 1}}}(?!\w)",
        re.IGNORECASE,
    )


def _stretches(number: Number, mail: Mail) -> Iterator[tuple[int, int]]:
    """Yield the parts of a run of digit groups that have as many digits as a dossier number."""
    groups, digits = number.groups, mail.policy.dossier.digits
    if len(number.digits) == digits:
        yield groups[0][0], groups[-1][1]
        return
    if _phone_type(number.digits, mail.policy.calendar.country) is not None:
        return
    offset, text = number.start, number.text
    gaps = [
        "  ",
        *(text[left[1] - offset : right[0] - offset] for left, right in pairwise(groups)),
        "  ",
    ]
    uniform = len(groups) > 2 and len({end - start for start, end in groups[:-1]}) == 1
    for first in range(len(groups)):
        for last in range(first, len(groups)):
            sizes = [end - start for start, end in groups[first : last + 1]]
            if sum(sizes) != digits or sizes.count(1) > 1:
                continue
            left, right = gaps[first], gaps[last + 1]
            if number.label == "phone" and _PREFIX_OF_PHONE.fullmatch(
                text[: groups[first][0] - offset]
            ):
                continue
            single = first == last and not uniform
            apart = _STRONG_SEPARATOR.search(left) and _STRONG_SEPARATOR.search(right)
            if " " in left and " " in right and (single or apart):
                yield groups[first][0], groups[last][1]


def _plain_confidence(each: _Candidate, mail: Mail) -> float:
    """How sure the words around the number make us, whatever else the mail gives."""
    number = each.number
    if number is None:
        return LABELLED
    labelled = number.label == "dossier"
    if number.money or number.date or _tied(number, labelled=labelled):
        return 0.0
    if DENIED.search(number.before) or _OF_COURT.match(number.after):
        return 0.0
    if labelled:
        return DOUBTFUL if _a_phones_too(each, number, mail) else LABELLED
    if number.after_label == "dossier" and number.label != "other":
        return FOLLOWED
    return (
        0.0 if number.label in {"other", "fax", "national_id"} else _unlabelled(each, number, mail)
    )


def _a_phones_too(each: _Candidate, number: Number, mail: Mail) -> bool:
    """Whether words of both kinds stand before it: "tel., którego dotyczy sprawa: 510...".

    Or the label is that of the number before, which is written otherwise: "sprawa 458448432 /
    781 604 559".
    """
    phone = _phone_type(each.value, mail.policy.calendar.country)
    clause = re.split(r"\d{5}", number.before)[-1]
    lead = number.before + number.text[: each.start - number.start]
    in_groups = each.end - each.start > len(each.value) and _WHOLE_BEFORE.search(lead)
    return phone is not None and bool(_PHONE_WORD.search(clause) or in_groups)


def _unlabelled(each: _Candidate, number: Number, mail: Mail) -> float:
    """How sure we are without a label of its own: it could be a phone number."""
    phone = _phone_type(each.value, mail.policy.calendar.country)
    if phone is not None and (number.label == "phone" or _EXTENSION.match(number.after)):
        return 0.0
    if number.label == "phone" and number.distance < 4:
        return CALLED_PHONE
    if each.source is Source.SUBJECT:
        return BY_SUBJECT
    if phone == phonenumbers.PhoneNumberType.MOBILE:
        return AS_WRITTEN_PHONE if each.end - each.start > len(each.value) else AS_PHONE
    if phone is not None:
        return AS_WRITTEN_PHONE if _TWO_THREE_TWO_TWO.fullmatch(number.text) else DOUBTFUL
    return GENERAL if number.label == "generic" else BARE


def _tied(number: Number, *, labelled: bool) -> bool:
    """Whether the number is only part of something longer: `ALK-NL-2026-7781`, `1234567/26`."""
    if _TIED_AFTER.match(number.after) or _FILE_REFERENCE.fullmatch(number.text):
        return True
    near = labelled and number.distance <= 2
    return bool(_TIED_BEFORE.search(number.before)) and not (near or number.label == "generic")


def _weighed(each: _Candidate, rivals: _Rivals, mail: Mail) -> float:
    """How sure we are, given the other numbers of the mail."""
    confidence = _plain_confidence(each, mail)
    if not 0 < confidence < GENERAL:
        return confidence
    if each.value in rivals.labelled or each.value in rivals.quoted:
        return LABELLED
    if any(_changed_over(each.value, other) for other in rivals.after(each.value)):
        return 0.0  # "I wrote 53793710, it must be 53793701"
    if confidence == BARE:
        return BARE_BESIDE if rivals.labelled else BARE
    better = any(value > confidence for other, value in rivals.all if other != each.value)
    return DOUBTFUL_BESIDE if better or rivals.quoted else confidence


def _changed_over(one: str, other: str) -> bool:
    """Whether two numbers have the same digits in another order: one is a slip of the other."""
    return one != other and sorted(one) == sorted(other)


def _finding(each: _Candidate, confidence: float, mail: Mail, text: str = "") -> Finding[str]:
    texts = {
        Source.SUBJECT: mail.subject,
        Source.TYPED: mail.typed,
        Source.QUOTED: mail.message.quoted,
    }
    whole = texts.get(each.source, text)
    rule = f"dossier number, {each.number.label or 'no'} label" if each.number else "dossier prefix"
    words = evidence(whole, each.start, each.end, rule, each.source)
    return Finding(each.value, confidence, (words,))


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


@lru_cache(maxsize=4096)
def _phone_type(digits: str, country: str) -> int | None:
    """Return what kind of phone number of the country the digits could be, None for none."""
    try:
        parsed = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.number_type(parsed) if phonenumbers.is_valid_number(parsed) else None
