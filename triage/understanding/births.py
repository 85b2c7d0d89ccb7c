"""The debtor's date of birth, where the mail writes it out; never derived from an id."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from triage.understanding.dates import Form, dates
from triage.understanding.model import Finding, Source
from triage.understanding.parts import evidence
from triage.understanding.phrases import compiled, occurrences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triage.understanding.layout import Layout
    from triage.understanding.parts import Mail

FORM = 0.98
LABELLED = 0.97
BESIDE_NAME = 0.85
"""A bare date of long ago in the signature: "Jan Lis 05.03.1981"."""
YOUNGEST = 14
OLDEST = 112
REACH = 34
"""Characters between the label and the date, for "geboren te Edam op"."""
REACH_OF_TERM = 90
"""The same behind a word for "date of birth": "is wrong with you, it must be"."""

_OPENED = re.compile(r"\(")
_FIGURE_DATE = re.compile(r"(?<![\d.-])\d{1,2}[-./]\d{1,2}[-./](?:19|20)\d\d(?!\d)")
_ID_BEHIND = re.compile(
    r"[\s,;/|)-]{1,4}(?:bsn|fnr|fødselsn|f\.?nr|personn|pnr|pesel|cpr|d-n|id-n)", re.IGNORECASE
)
_ID_BEFORE = re.compile(
    r"(?:bsn|fnr|f\.nr|fødselsn\w*|personn\w*|pnr|pesel|cpr)\.?:?\s[\d .-]{6,16}[\s,;/|(]{1,4}$",
    re.IGNORECASE,
)
_PERSON_BEFORE = re.compile(r"[A-ZÀ-ÞĀ-Ž][\w'’-]+\s[A-ZÀ-ÞĀ-Ž][\w'’-]+\s?\($")
_OF_AGE = re.compile(
    r"(?:fylte|fyller|fyllte|fylde|blei|ble|blir|blev|werd|word|geworden|skończył\w*|kończ\w*|turned|wurde)\s[^().\n]{0,30}\($",
    re.IGNORECASE,
)
BRACKETED = 0.9
"""In brackets behind a person's name or age, or beside their national number."""

_SAID_BY_ONESELF = frozenset({"ben van", "jestem z"})
"""Against a date that the agency's letter has wrong."""
_TERM = re.compile(r"dat(?:um|o|a|e)", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_SIX_DIGITS = re.compile(r"[\s:(.]{0,3}(\d\d)[ .-]?(\d\d)[ .-]?(\d\d)(?![\d.-])")
_YEAR_IN_TWO = re.compile(r"[\s:(.]{0,3}(\d{1,2})[./-](\d{1,2})[./-](\d\d)(?!\d)")


def birth_date(mail: Mail, layout: Layout) -> Finding[str] | None:
    """Return the date of birth as `1984-05-03`, or None."""
    for item in mail.fields("birth_date"):
        for start, end, day in _dates_in(mail, item.value, 0):
            words = evidence(mail.typed, item.start + start, item.start + end, "form field")
            return Finding(day.isoformat(), FORM, (words,))
    found = [*_labelled(mail), *_beside_id(mail), *_in_signature(mail, layout)]
    return max(found, key=lambda each: each.confidence, default=None)


def _labelled(mail: Mail) -> Iterator[Finding[str]]:
    for source, text in ((Source.TYPED, mail.typed), (Source.SUBJECT, mail.subject)):
        for label in occurrences("identity", "born", text):
            before = text[max(0, label.start() - 24) : label.start()]
            if compiled("identity", "not_the_debtors").search(before):
                continue
            line_end = text.find("\n", label.end())
            reach = REACH_OF_TERM if _TERM.search(label.group()) else REACH
            stop = min(label.end() + reach + 22, line_end if line_end >= 0 else len(text))
            short = label.group().lower() in {"f", "ur", "ben van", "jestem z", "jestem"}
            for start, end, day in _dates_in(mail, text[label.end() : stop], label.end()):
                if start - label.end() <= (3 if short else reach):
                    words = evidence(text, start, end, "date of birth", source)
                    own = 0.01 if label.group().lower() in _SAID_BY_ONESELF else 0.0
                    yield Finding(day.isoformat(), LABELLED + own, (words,))
                break


def _beside_id(mail: Mail) -> Iterator[Finding[str]]:
    """Yield dates of long ago in brackets behind a name or an age, or beside a national number."""
    text = mail.typed
    if not _YEAR.search(text):
        return
    starts = {match.end() for match in _OPENED.finditer(text)}
    starts |= {
        match.start()
        for match in _FIGURE_DATE.finditer(text)
        if _ID_BEFORE.search(text, max(0, match.start() - 40), match.start())
        or _ID_BEHIND.match(text, match.end())
    }
    for at in sorted(starts):
        piece = text[at : at + 24]
        if not _YEAR.search(piece):
            continue
        for start, end, day in _dates_in(mail, piece, at):
            before = text[max(0, at - 50) : at]
            told = (
                _ID_BEHIND.match(text, end)
                or _ID_BEFORE.search(before)
                or _PERSON_BEFORE.search(before)
                or _OF_AGE.search(before)
            )
            if start - at <= 1 and told:
                words = evidence(text, start, end, "date of birth in brackets")
                yield Finding(day.isoformat(), BRACKETED, (words,))
            break


def _dates_in(mail: Mail, text: str, offset: int) -> Iterator[tuple[int, int, date]]:
    """Yield the possible dates of birth of a stretch: with a year, and long enough ago."""
    for pattern in (_SIX_DIGITS, _YEAR_IN_TWO):
        match = pattern.match(text)
        if match:
            day = _of_two_digit_year(mail, int(match[1]), int(match[2]), int(match[3]))
            if day:
                yield offset + match.start(1), offset + match.end(3), day
                return
    for found in dates(text, mail.date, mail.language):
        dated = found.form in {Form.ABSOLUTE, Form.NUMERIC} and not found.whole_month
        if dated and found.year_given and _possible(found.day, mail.date):
            yield offset + found.start, offset + found.end, found.day


def _of_two_digit_year(mail: Mail, day: int, month: int, year: int) -> date | None:
    for century in (2000, 1900):
        try:
            born = date(century + year, month, day)
        except ValueError:
            return None
        if _possible(born, mail.date):
            return born
    return None


def _possible(born: date, today: date) -> bool:
    return YOUNGEST <= today.year - born.year <= OLDEST


def _in_signature(mail: Mail, layout: Layout) -> Iterator[Finding[str]]:
    """Yield a bare date of long ago that stands by the name in the signature."""
    first, last = layout.signature
    for line in layout.lines[first:last]:
        if len(line.text) > 48 or mail.form or not _YEAR.search(line.text):
            continue
        for start, end, day in _dates_in(mail, line.text, line.start):
            rest = line.text.replace(mail.typed[start:end], "")
            if not any(map(str.isdigit, rest)):
                words = evidence(mail.typed, start, end, "date in the signature")
                yield Finding(day.isoformat(), BESIDE_NAME, (words,))
