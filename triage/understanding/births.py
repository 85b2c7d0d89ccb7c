"""The debtor's date of birth, where the mail writes it out; never derived from an id."""

from __future__ import annotations

import re
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from triage.understanding.dates import Form, Found, dates
from triage.understanding.model import Finding, Source
from triage.understanding.parts import evidence
from triage.understanding.personal_names import Known
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

SHORT_REACH = 3
"""The same behind "f." or "b.", which are other words too."""
YEAR_BEFORE, YEAR_BEHIND = 24, 48
"""Characters before and behind the label where a year may stand apart from its day."""
MOST_DAYS = 31
MOST = 40
"""Places in a text that look like a name and a number."""
LONGEST_DATE, LONGEST_WRITTEN = 40, 64

Dated = tuple[int, int, date]
"""Where a date begins and ends, and which."""

_SHORT = frozenset({"f", "b", "ur", "ben van", "jestem z", "jestem"})
_OF_A_DAY = frozenset({Form.ABSOLUTE, Form.NUMERIC, Form.FEAST})
_AFTER_NAME = re.compile(
    r"(?P<first>[^\W\d_][\w'’.-]{0,24}) (?:(?:van|de|den|der|von|vd|v\.d\.) ){0,2}"
    r"(?P<surname>[^\W\d_][\w'’-]{2,30})"
    r" ?[,;|/–-]? ?\(?(?:\d{6,9} ?[,;|/–-] ?)?(?=\d{1,2}(?:[./ -]|e | [^\W\d]))"
)
_DAY_OF_LETTER = re.compile(r"\s?(?:[:–-]|r\.? (?:zawar|podpis))")
_OPENED = re.compile(r"\(")
_FIGURE_DATE = re.compile(r"(?<![\d.-])\d{1,2}[-./]\d{1,2}[-./](?:19|20)\d\d(?!\d)")
_ID_BEHIND = re.compile(
    r"[\s,;/|)-]{1,4}(?:bsn|fnr|fødselsn|f\.?nr|personn|pnr|pesel|cpr|d-n|id-n)", re.IGNORECASE
)
_ID_BEFORE = re.compile(
    r"(?:bsn|fnr|f\.nr|fødselsn\w*|personn\w*|pnr|pesel|cpr)\.?:?\s[\d .-]{6,16}[\s,;/|(]{1,4}$",
    re.IGNORECASE,
)
_PERSON_BEFORE = re.compile(
    r"(?:[A-ZÀ-ÞĀ-Ž][\w'’-]+|(?:[A-ZÀ-ÞĀ-Ž]\.){1,4})\s(?:(?:van|de|den|der)\s){0,2}"
    r"[A-ZÀ-ÞĀ-Ž][\w'’-]+\s?\($"
)
_SIGNS = re.compile(r"[.:]?")
_OF_AGE = re.compile(
    r"(?:fylte|fyller|fyllte|fylde|blei|ble|blir|blev|werd|word|geworden|skończył\w*|kończ\w*|turned|wurde)\s[^().\n]{0,30}\($",
    re.IGNORECASE,
)
BRACKETED = 0.9
"""In brackets behind a person's name or age, or beside their national number."""

_SAID_BY_ONESELF = frozenset({"ben van", "jestem z"})
"""Against a date that the agency's letter has wrong."""
_TERM = re.compile(r"dat(?:um|o|a|e)|\brok|jaar|år$|year|jahr$", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_SIX_DIGITS = re.compile(r"[\s:(.]{0,3}(\d\d)[ .-]?(\d\d)[ .-]?(\d\d)(?![\d.-])")
_YEAR_IN_TWO = re.compile(r"[\s:(.]{0,3}(\d{1,2})[./-](\d{1,2})[./-](\d\d)(?!\d)")


def birth_date(mail: Mail, layout: Layout) -> Finding[str] | None:
    """Return the date of birth as `1984-05-03`, or None."""
    for item in mail.fields("birth_date"):
        for start, end, day in _dates_in(mail, item.value, 0):
            words = evidence(mail.typed, item.start + start, item.start + end, "form field")
            return Finding(day.isoformat(), FORM, (words,))
    found = [*_labelled(mail), *_beside_id(mail), *_beside_name(mail), *_in_signature(mail, layout)]
    return max(found, key=lambda each: each.confidence, default=None)


def _labelled(mail: Mail) -> Iterator[Finding[str]]:
    for source, text in ((Source.TYPED, mail.typed), (Source.SUBJECT, mail.subject)):
        for label in occurrences("identity", "born", text):
            before = text[max(0, label.start() - 24) : label.start()]
            if compiled("identity", "not_the_debtors").search(before):
                continue
            line_end = text.find("\n", label.end())
            reach = REACH_OF_TERM if _TERM.search(label.group()) else REACH
            stop = min(
                label.end() + reach + LONGEST_WRITTEN, line_end if line_end >= 0 else len(text)
            )
            reach = SHORT_REACH if label.group().lower() in _SHORT else reach
            gap = _SIGNS.match(text, label.end())
            begin = gap.end() if gap else label.end()
            read = list(_dates_in(mail, text[begin:stop], begin))
            if not read:
                yield from _year_apart(mail, text, label, source)
            for start, end, day in _righted(text, read)[:1]:
                if start - label.end() <= reach or read[0][0] < start:
                    words = evidence(text, start, end, "date of birth", source)
                    own = 0.01 if label.group().lower() in _SAID_BY_ONESELF else 0.0
                    yield Finding(day.isoformat(), LABELLED + own, (words,))


def _righted(text: str, read: list[Dated]) -> list[Dated]:
    """Leave out the first of two dates where the words between say that the second is right."""
    if len(read) < 2 or read[0][2] == read[1][2]:
        return read
    between = text[read[0][1] : read[1][0]]
    return read[1:] if compiled("identity", "rather").search(between) else read


def _year_apart(
    mail: Mail, text: str, label: re.Match[str], source: Source
) -> Iterator[Finding[str]]:
    """Yield the day of a year that stands apart: `rocznik 1970 (25 stycznia)`, `i 1999 (24.6.)`.

    A day without a year, or a feast, is read as one of that year.
    """
    low = max(0, label.start() - YEAR_BEFORE)
    low = max(low, text.rfind("\n", low, label.start()) + 1)
    line_end = text.find("\n", label.end())
    stop = min(label.end() + YEAR_BEHIND, line_end if line_end >= 0 else len(text))
    read = [
        (each.start(), each.end(), date(int(each.group()), 12, 31))
        for each in _YEAR.finditer(text, low, stop)
    ]
    years = _righted(text, [each for each in read if _possible(each[2], mail.date)])
    if not years:
        return
    reach = SHORT_REACH if label.group().lower() in _SHORT else YEAR_BEHIND
    days = [
        found
        for found in dates(text[label.end() : stop], years[0][2], mail.language)
        if found.form in _OF_A_DAY and not found.year_given and not found.whole_month
    ]
    days = sorted((each for each in days if each.start <= reach), key=_by_form)
    for found in days[:1]:
        start, end = label.end() + found.start, label.end() + found.end
        words = evidence(text, start, end, "date of birth, year apart", source)
        yield Finding(found.day.isoformat(), LABELLED, (words,))


def _by_form(found: Found) -> int:
    return int(found.form is Form.FEAST)


def _beside_name(mail: Mail) -> Iterator[Finding[str]]:
    """Yield a date of long ago directly behind the sender's name: `Jan Lis, 09.10.1983, 81223344`.

    Only a dossier number may stand between.
    """
    text, known = mail.typed, Known.of(mail.message.sender)
    if mail.form or not known.anything:
        return
    for match in islice(_AFTER_NAME.finditer(text), MOST):
        if not known.shows(match["surname"]):
            continue
        piece = text[match.end() : match.end() + LONGEST_DATE]
        for start, end, day in _dates_in(mail, piece, match.end()):
            named = _is_first_name(match["first"], known) or _ID_BEHIND.match(text, end)
            if start == match.end() and named and not _DAY_OF_LETTER.match(text, end):
                words = evidence(text, start, end, "date behind the name")
                yield Finding(day.isoformat(), BESIDE_NAME, (words,))
            break


def _is_first_name(word: str, known: Known) -> bool:
    return known.shows(word) or word[0].isupper()


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
    if day > MOST_DAYS:  # "600512", as Swedes write
        day, year = year, day
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
