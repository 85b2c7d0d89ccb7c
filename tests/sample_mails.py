"""Plain values that the tests of several rooms are made of: policies, mails, readings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from triage import resources
from triage.message.model import Address, MachineSign, Message, Sign
from triage.policy.load import load_policies
from triage.understanding.model import Channel, Fields, Finding, Kind, Reading

if TYPE_CHECKING:
    from triage.policy.model import Policy

SENDER = "jan@example.org"
MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
"""Monday 2 March 2026, 10:30 in Amsterdam, Warsaw and Oslo; an ordinary week follows."""
POLICY_NAMES = ("alektum-nl", "alektum-nl-service", "alektum-no", "alektum-pl", "pro-actief")


@cache
def shipped() -> dict[str, Policy]:
    """Return the shipped policies by name."""
    return load_policies(resources.policies())


def message(policy: Policy, *signs: MachineSign, **changes: Any) -> Message:
    """Return a person's mail to the policy's first mailbox, with these changes."""
    plain = Message(
        sender=Address("Jan Jansen", SENDER),
        reply_to=(),
        return_path=SENDER,
        to=(Address("", policy.mailboxes[0]),),
        cc=(),
        delivered_to=(),
        subject="Klacht",
        message_id="first@example.org",
        in_reply_to=(),
        references=(),
        date=MONDAY,
        typed="Ik heb een klacht.",
        quoted="",
        footer="",
        attachments=(),
        signs=tuple(Sign(code, "Header: value") for code in signs),
        report=None,
        headers=(),
        size=1000,
        sha256="ab" * 32,
        damage=(),
    )
    return replace(plain, **changes)


def sure(value: Any) -> Finding[Any]:
    """Return a value that needs no person's look."""
    return Finding(value, 0.99)


def unsure(value: Any) -> Finding[Any]:
    """Return a value that a person should look at."""
    return Finding(value, 0.5)


EVERYTHING = Fields(
    name=sure("Jan Jansen"),
    street=sure("Kerkstraat 12"),
    postcode=sure("1234 AB"),
    city=sure("Utrecht"),
    phones=(sure("+31612345678"),),
    dossier_numbers=(sure("12345678"),),
    incident_date=sure("2026-02-14"),
    incident_channel=(sure(Channel.LETTER),),
    desired_resolution=sure(value=True),
    reason=sure(value=True),
    fault=sure(value=True),
)
"""What no policy misses anything in."""
NOTHING = Fields(
    desired_resolution=sure(value=False), reason=sure(value=False), fault=sure(value=False)
)


def reading(kind: Kind = Kind.COMPLAINT, fields: Fields = EVERYTHING, **changes: Any) -> Reading:
    """Return what was understood of a mail, all of it sure, with these changes."""
    plain = Reading(
        language=sure("nl"),
        kind=sure(kind),
        also=(),
        marker=sure(kind.is_complaint),
        fields=fields,
        webform=False,
    )
    return replace(plain, **changes)
