"""Occasions to answer, and answers as a mail client reads them."""

from __future__ import annotations

import email
from datetime import timedelta
from email import policy as email_policy
from typing import TYPE_CHECKING, Any

from sample_mails import MONDAY, message, reading, shipped

from triage import resources
from triage.decision import History, decide
from triage.outbox.compose import CaseName, Envelope, Occasion, Outgoing, acknowledgement
from triage.outbox.render import Templates

if TYPE_CHECKING:
    from email.message import EmailMessage

    from triage.message.model import Message
    from triage.understanding.model import Reading

NOW = MONDAY + timedelta(seconds=2)
CASE = CaseName("NL26-00042", "[NL26-00042-K7QFX2M9]")
ENVELOPE = Envelope("compliance@alektumgroup.nl", "bounces@alektumgroup.nl", "agency-1")
TEMPLATES = Templates(resources.templates())


def occasion(
    policy: str = "alektum-nl",
    read: Reading | None = None,
    mail: Message | None = None,
    history: History | None = None,
) -> Occasion:
    """Return a mail with what was decided about it."""
    chosen = shipped()[policy]
    mail = mail or message(chosen)
    read = read or reading()
    decision = decide(mail, read, chosen, history or History(received_at=MONDAY), NOW)
    return Occasion(mail, read, chosen, decision, MONDAY)


def answered(found: Occasion | None = None, **changes: Any) -> Outgoing:
    """Return the acknowledgement of an occasion."""
    given: dict[str, Any] = {
        "templates": TEMPLATES,
        "envelope": ENVELOPE,
        "occasion": found or occasion(),
        "case": CASE,
        "message_id": "nl26-00042.1f2e3d4c@alektumgroup.nl",
        "now": NOW,
    } | changes
    return acknowledgement(**given)


def parsed(mail: Outgoing) -> EmailMessage:
    """Return the mail as its reader's mail client sees it; a defect is an error."""
    return email.message_from_bytes(mail.raw, policy=email_policy.SMTP.clone(raise_on_defect=True))


def plain(mail: Outgoing) -> str:
    """Return the text that a reader without HTML sees."""
    part = parsed(mail).get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html(mail: Outgoing) -> str:
    """Return the HTML part."""
    part = parsed(mail).get_body(("html",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")
