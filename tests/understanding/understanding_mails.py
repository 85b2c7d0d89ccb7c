"""Mails for the tests of this room and for the corpus' evaluation: plain values, nothing parsed."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from triage import resources
from triage.message.model import Address, Message
from triage.policy.load import load_policies
from triage.policy.model import Policy
from triage.understanding.form import read_form
from triage.understanding.parts import Mail

NOON = "2026-03-11T12:00:00+01:00"
"""A Wednesday."""


@cache
def policy(name: str) -> Policy:
    """Return the shipped policy of that name."""
    return load_policies(resources.policies())[name]


def message(
    typed: str = "",
    *,
    subject: str = "",
    sender: str = "",
    address: str = "iemand@voorbeeld.example",
    quoted: str = "",
    date: str = NOON,
) -> Message:
    """Return a message with these texts and nothing else."""
    return Message(
        sender=Address(sender, address),
        reply_to=(),
        return_path=address,
        to=(),
        cc=(),
        delivered_to=(),
        subject=subject,
        message_id="",
        in_reply_to=(),
        references=(),
        date=datetime.fromisoformat(date),
        typed=typed,
        quoted=quoted,
        footer="",
        attachments=(),
        signs=(),
        report=None,
        headers=(),
        size=len(typed),
        sha256="",
        damage=(),
    )


def mail(typed: str = "", *, of: str = "alektum-nl", language: str = "nl", **texts: str) -> Mail:
    """Return what the rules are given for a mail with these texts."""
    written = message(typed, **texts)
    assert written.date is not None
    return Mail(
        message=written,
        policy=policy(of),
        date=written.date.astimezone(policy(of).zone).date(),
        language=language,
        form=read_form(written, policy(of)),
    )


def mail_of(record: dict[str, Any]) -> Mail:
    """Return a corpus record as the mail that the rules are given."""
    return mail(
        record["body"],
        of=record["policy"],
        language=record["gold"]["language"],
        subject=record["subject"],
        sender=record["from_name"],
        address=record["from_addr"],
        quoted=record.get("quoted", ""),
        date=record["date"],
    )
