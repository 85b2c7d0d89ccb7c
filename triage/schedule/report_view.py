"""A report as HTML with charts of tables, and its complaint register as CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from triage.outbox.render import Templates
    from triage.schedule.report import Registered, Report

COLUMNS = (
    *("case", "policy", "kind", "language", "received", "acknowledged", "not acknowledged"),
    *("due", "first due", "extended", "extension reason", "answered", "in time", "settled"),
    *("outcome", "reason", "remedy", "improvement", "complained of", "owner"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_html(report: Report, templates: Templates) -> str:
    """Return the report for a mail client. Raises TemplateError."""
    return templates.page("digest/report.html", {"report": report})


def as_text(report: Report) -> str:
    """Return the report's figures as plain text."""
    lines = [report.title, report.days, ""]
    lines += [f"{figure.value} {figure.words}" for figure in report.figures]
    for chart in report.charts:
        lines += ["", chart.title.upper()]
        lines += [f"{bar.number:>6}  {bar.label}" for bar in chart.bars]
    if report.settled:
        lines += ["", "HOW THEY ENDED", *(_ended(case) for case in report.settled)]
    if report.improvements:
        lines += ["", "IMPROVEMENTS", *(f"- {text}" for text in report.improvements)]
    return "\n".join(lines) + "\n"


def _ended(case: Registered) -> str:
    said = (("because", case.outcome_reason), ("solved", case.remedy))
    more = "".join(f"; {name}: {text}" for name, text in said if text)
    return f"- {case.number}, {case.kind_words}: {case.outcome_words}{more}"


def as_csv(report: Report, zone: ZoneInfo) -> str:
    """Return the complaint register as CSV (RFC 4180) with times of the zone.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for case in report.rows:
        writer.writerow([_cell(value) for value in _values(case, zone)])
    return out.getvalue()


def as_rows(report: Report, zone: ZoneInfo) -> list[dict[str, str]]:
    """Return the complaint register's lines by their columns, with times of the zone."""
    return [dict(zip(COLUMNS, _values(case, zone), strict=True)) for case in report.rows]


def _values(case: Registered, zone: ZoneInfo) -> tuple[str, ...]:
    on_time = {True: "yes", False: "no", None: ""}[case.on_time]
    return (
        case.number,
        case.policy,
        case.kind.value,
        case.language,
        _moment(case.received_at, zone),
        _moment(case.acknowledged_at, zone),
        " ".join(case.not_acknowledged),
        _day(case.due),
        _day(case.first_due),
        _moment(case.extended_at, zone),
        case.extension_reason,
        _moment(case.answered_at, zone),
        on_time,
        _moment(case.settled_at, zone),
        case.outcome.value if case.outcome else "",
        case.outcome_reason,
        case.remedy,
        case.improvement,
        " ".join(case.channels),
        case.owner,
    )


def _moment(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else ""


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
