"""How digests and reminders word the codes of the register; in English, as the tasks are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triage.decision import Reason
from triage.policy.calendar import is_working_day

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from triage.policy.model import Calendar
    from triage.understanding.model import Kind

REASONS: dict[str, str] = {
    Reason.AUTO_SUBMITTED: "a machine sent it",
    Reason.NULL_SENDER: "it has no return path",
    Reason.REPORT: "it is a delivery report",
    Reason.LIST: "it came over a mailing list",
    Reason.PRECEDENCE: "it is marked as bulk mail",
    Reason.SUPPRESS: "it asks for no automatic answer",
    Reason.SYSTEM_SENDER: "its address takes no answers",
    Reason.OWN_ADDRESS: "it comes from one of our own addresses",
    Reason.LOOP: "it is one of our own mails",
    Reason.SPAM: "it looks like spam",
    Reason.UNAUTHENTICATED: "its sender may be forged",
    Reason.NOT_ADDRESSED: "our address is not among its recipients",
    Reason.NO_ADDRESS: "it gives no address to answer to",
    Reason.ANSWERED_BEFORE: "it was answered before",
    Reason.RATE: "too many automatic answers in a short time",
    Reason.BACKLOG: "it was there before the first start",
    Reason.AUTOMATIC_TEXT: "it reads like an automatic text",
    Reason.UNREADABLE: "it cannot be read",
    Reason.BOUNCED: "mail to this address came back before",
}
FACTS = {
    "dossier_number": "dossier number",
    "email": "e-mail address",
    "phone": "phone number",
    "reason": "what it is about",
    "fault": "what went wrong",
    "incident_date": "when it happened",
    "incident_channel": "how the contact took place",
    "desired_resolution": "what the sender wants",
}
_LISTED = 4
_LONGEST_COUNT = 400
"""Days that are counted at most: a term that ended longer ago is simply long past."""


def kind_words(kind: Kind) -> str:
    """Return a kind as words: `management complaint`."""
    return kind.value.replace("_", " ")


def reason_words(codes: Iterable[str]) -> str:
    """Return the reasons against an acknowledgement in words."""
    return _together(REASONS.get(code, code.replace("_", " ")) for code in codes)


def fact_words(keys: Iterable[str]) -> str:
    """Return the names of facts in words."""
    return _together(FACTS.get(key, key.replace("_", " ")) for key in keys)


def _together(words: Iterable[str]) -> str:
    several = list(dict.fromkeys(words))
    more = f" and {len(several) - _LISTED} more" if len(several) > _LISTED else ""
    return ", ".join(several[:_LISTED]) + more


def day_words(day: date, today: date) -> str:
    """Return a day as `Tue 3 Mar`, with its year when it is not this one."""
    year = f" {day.year}" if day.year != today.year else ""
    return f"{day:%a} {day.day} {day:%b}{year}"


def counted(number: int, one: str, several: str = "") -> str:
    """Return `1 case`, `2 cases`."""
    return f"{number} {one if number == 1 else several or one + 's'}"


def working_days_until(calendar: Calendar, today: date, day: date) -> int:
    """Return how many working days lie after `today` up to `day`; negative when it has passed.

    For a day that has passed, the working days after it up to and with `today`.
    """
    low, high = sorted((today, day))
    span = min((high - low).days, _LONGEST_COUNT)
    ordinals = range(high.toordinal() - span + 1, high.toordinal() + 1)
    number = sum(is_working_day(calendar, high.fromordinal(each)) for each in ordinals)
    return number if day > today else -number
