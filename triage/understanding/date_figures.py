"""Dates in figures: `14-03-2026`, `2026-03-14`, `14.3.`, `14/3`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from triage.understanding.date_model import Form, Found, day_of, full_year, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

_YEAR_MONTH_DAY = re.compile(r"(?<![\d.,/:-])((?:19|20)\d\d)([-./])(\d{1,2})\2(\d{1,2})(?![\d-])")
_DAY_MONTH_YEAR = re.compile(
    r"(?<![\d.,/:€-])(\d{1,2})\s?([./-])\s?(\d{1,2})(?:\s?\2\s?|(?<=/\d)\s|(?<=/\d\d)\s)"
    r"((?:19|20)\d\d|\d\d)(?!\d|[-/]\d)"
)
_SLASHED = re.compile(
    r"(?<![\d.,/:€-])(\d{1,2})(/)(\d{1,2})\s?[-–]\s?((?:19|20)\d\d|\d\d)(?![\d/-])"
)
"""`5/2-26`, as Scandinavians write."""
_SHORT_YEAR = re.compile(
    r"(?<![\d.,/:€-])(\d{1,2})\s?([./-])\s?(\d{1,2})(?:[./-]\s?['’‘´]|\.\s?[-–](?=[4-9]))"
    r"(\d\d)(?!\d|[./-]\d)"
)
"""`3-7-'51`, `4.8.-56`: a year of two figures with a sign before it."""
_ROMAN = re.compile(
    r"(?<![\d.,/:€-])(\d{1,2})([./ -]) ?(I{1,3}|I?V|VI{1,3}|I?X|XI{1,2})[./ -] ?"
    r"((?:19|20)\d\d|(?<! )\d\d)(?!\d|[-/.]\d| ?[A-Z]{2}\b)"
)
"""`17.V.1983`, with the month in Roman figures."""
_MONTHS = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9}
_MONTHS |= {"X": 10, "XI": 11, "XII": 12}
_DAY_MONTH = re.compile(
    r"(?<![\d.,/:€+-])(\d{1,2})([./])(\d{1,2})(?![\d%/]|[.,:-]\d|\s?(?:uur|u\b|h\b|kr\b|z[łl]|euro|€"
    r"|%|km\b|kg\b|rano|wiecz|am\b|pm\b|NOK|PLN|EUR|procent|prosent))"
)
_NO_DATE_BEFORE = re.compile(
    r"(?:\b(?:kl|klokken|klokka|om|rond|godz|godzinie|o|at|around|ca|circa|około|art|artikel|pkt"
    r"|punt|punkt|§|nr|v|ver|versie|wersja|um|gegen|à|vers|tel|tlf|mob|maal|x|ul|al)\.?|[€$£§:])\s*$",
    re.IGNORECASE,
)
"""A time, an article of law, an amount."""
_DATE_BEFORE = re.compile(
    r"(?:\b(?:op|van|d\.d|dd|na|z|ze|dnia|dn|den|d|on|fra|frå|av|i|am|vom|le|du|od|do|per|pr|sinds"
    r"|vanaf|dated|dat|og|en|oraz|of|w|before|voor|til|innen|betalte|kom)\.?|\()\s*$",
    re.IGNORECASE,
)
"""What must stand before `14/3`, which may also be a house number or a file's."""
_LOOK_BACK = 14


def in_figures(text: str, today: date) -> Iterator[Found]:
    """Yield the dates in figures; without a year, the nearest that is not in the future."""
    taken: list[tuple[int, int]] = []
    for year, month, day, pattern in (
        (1, 3, 4, _YEAR_MONTH_DAY),
        (4, 3, 1, _DAY_MONTH_YEAR),
        (4, 3, 1, _SLASHED),
        (4, 3, 1, _SHORT_YEAR),
        (4, 3, 1, _ROMAN),
    ):
        for match in pattern.finditer(text):
            written = int(match[year])
            full = written if written > 99 else full_year(written, today)
            number = _MONTHS.get(match[month]) or int(match[month])
            found = day_of(full, number, int(match[day]))
            if found and not overlaps(match.span(), taken):
                taken.append(match.span())
                yield Found(*match.span(), found, Form.NUMERIC, year_given=True)
    for match in _DAY_MONTH.finditer(text):
        before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
        sure = match[2] == "." or bool(_DATE_BEFORE.search(before))
        if sure and not overlaps(match.span(), taken) and not _NO_DATE_BEFORE.search(before):
            day_found = nearest(today, int(match[3]), int(match[1]))
            if day_found:
                yield Found(*match.span(), day_found, Form.NUMERIC)


def overlaps(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    """Whether the stretch has a place in common with one of those taken."""
    return any(start < span[1] and span[0] < end for start, end in taken)
