"""Values that the tests of digests, reminders and reports are made of."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from triage import resources
from triage.policy.deadline import deadline
from triage.policy.load import load_policies
from triage.register.states import CaseState, EntryState, OutboxState
from triage.schedule.audience import Reader
from triage.schedule.digest import Frame
from triage.schedule.rows import CaseRow, Desk, EntryRow, OutgoingRow, TaskRow
from triage.settings import Settings
from triage.understanding.model import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from triage.policy.model import Policy

ANNA = "anna@office.example"
BRAM = "bram@office.example"
LEAD = "lead@office.example"
MANAGEMENT = "management@office.example"
NOW = datetime(2026, 3, 4, 6, 30, tzinfo=UTC)
"""Wednesday 4 March 2026, 07:30 in Amsterdam."""


@cache
def policies() -> Mapping[str, Policy]:
    """The five shipped policies, which all tests of this room share."""
    return load_policies(resources.policies())


NL = "alektum-nl"
PL = "alektum-pl"


def at(text: str) -> datetime:
    """A moment in UTC: `2026-03-04 08:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def case(number: str = "NL26-00042", **changes: Any) -> CaseRow:
    """An open complaint, acknowledged and complete, received when `received` says."""
    received = changes.pop("received", at("2026-02-26 09:00"))
    policy = changes.get("policy", NL)
    term = deadline(policies()[policy], received)
    values: dict[str, Any] = {
        "number": number,
        "policy": policy,
        "kind": Kind.COMPLAINT,
        "state": CaseState.OPEN,
        "language": "nl",
        "sender": "Jan Jansen <jan@mail.example>",
        "received_at": received,
        "opened_at": received,
        "message_id": f"{number.lower()}@mail.example",
        "due": term.due,
        "due_at": term.due_at,
        "acknowledged_at": received,
    }
    return CaseRow(**{**values, **changes})


def task(code: str = "phone_first", number: int = 1, **changes: Any) -> TaskRow:
    values: dict[str, Any] = {
        "id": number,
        "code": code,
        "text": "Try to phone the sender before answering",
        "created_at": at("2026-03-03 09:00"),
        "policy": NL,
    }
    return TaskRow(**{**values, **changes})


def entry(number: int = 17, **changes: Any) -> EntryRow:
    values: dict[str, Any] = {
        "id": number,
        "state": EntryState.SET_ASIDE,
        "mailbox": "compliance@alektumgroup.nl",
        "policy": NL,
        "received_at": at("2026-03-03 09:00"),
        "taken_at": at("2026-03-03 09:00"),
        "message_id": f"mail-{number}@mail.example",
        "error": "ValueError: a part of the mail is broken",
    }
    return EntryRow(**{**values, **changes})


def outgoing(number: int = 5, **changes: Any) -> OutgoingRow:
    values: dict[str, Any] = {
        "id": number,
        "state": OutboxState.FAILED,
        "purpose": "acknowledgement",
        "recipient": "jan@mail.example",
        "queued_at": at("2026-03-03 09:00"),
        "error": "550 5.1.1 no such user",
        "case_number": "NL26-00042",
        "policy": NL,
    }
    return OutgoingRow(**{**values, **changes})


def everything() -> Reader:
    return Reader(LEAD, frozenset(policies()), everything=True)


def frame(**changes: Any) -> Frame:
    zone = policies()[NL].zone
    values: dict[str, Any] = {"now": NOW, "since": at("2026-03-03 06:30"), "zone": zone}
    return Frame(**{**values, **changes})


def desk(*cases: CaseRow, **others: Any) -> Desk:
    return Desk(cases=cases, **others)


def settings(**sections: Any) -> Settings:
    """Settings with two mailboxes and a team for the Dutch one."""
    values: dict[str, Any] = {
        "store": {"url": "sqlite:////tmp/triage.db"},
        "smtp": {"host": "127.0.0.1", "port": 25, "tls": "none"},
        "mailbox": [
            _mailbox("compliance@alektumgroup.nl", NL),
            _mailbox("compliance@alektumgroup.pl", PL),
        ],
        "digest": {"to": ["all@office.example"]},
        "team": [
            {"policy": NL, "handlers": [ANNA, BRAM], "lead": LEAD, "management": MANAGEMENT},
        ],
    }
    return Settings.model_validate({**values, **sections})


def _mailbox(address: str, policy: str) -> dict[str, object]:
    server = {"host": "127.0.0.1", "port": 143, "tls": "none"}
    return {"address": address, "policy": policy, **server}


def day(text: str) -> date:
    return date.fromisoformat(text)
