"""Our own mail that comes back: tied to its case, and no further mail to where it cannot arrive."""

from __future__ import annotations

import email
import email.policy
from typing import TYPE_CHECKING, Any

import pytest
from post_office import letter, text_of
from servers.waiting import wait_until

from triage.register.tables import HandledMail

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import EmailMessage

    from agency import Agency

HEAD = """\
From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: {ours}
Message-ID: <bounce-{name}@mx.example>
Date: Mon, 2 Mar 2026 10:00:00 +0100
"""
STANDARD = """\
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_report"

--=_report
Content-Type: text/plain

Your message could not be delivered to one or more recipients.

--=_report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}

--=_report
Content-Type: text/rfc822-headers

Message-ID: {message_id}

--=_report--
"""
QMAIL = """\
Subject: failure notice

Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{recipient}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Message-ID: {message_id}
"""
EXCHANGE = """\
Subject: Undeliverable: {subject}

Your message

  To:      {recipient}
  Subject: {subject}

did not reach the following recipient(s):

{recipient} on Mon, 2 Mar 2026 10:00:00 +0200
    The recipient name is not recognized
"""
"""Returns neither the mail nor its headers."""
FORWARDED = STANDARD.replace("{recipient}", "elsewhere@private.example")
"""The mailbox exists, and forwards to one that does not."""


def bounce(form: str, answer: EmailMessage, **values: str) -> EmailMessage:
    """Return what a mail server makes of a mail of ours that it cannot deliver."""
    ours = str(answer["Return-Path"]).strip("<>")
    filled = (HEAD + form).format(
        name=len(form),
        ours=ours,
        recipient=answer["To"],
        subject=str(answer["Subject"]),
        message_id=answer["Message-ID"],
        **({"action": "failed", "status": "5.1.1"} | values),
    )
    found: Any = email.message_from_string(filled, policy=email.policy.SMTP)
    return found


@pytest.fixture
def acknowledged(agency: Agency) -> Callable[[], tuple[str, EmailMessage]]:
    """Give what has somebody write and be answered: their address and our answer."""
    agency.set("limits", per_sender_minute=100)

    def acknowledged() -> tuple[str, EmailMessage]:
        sender = agency.office.open("sender")
        agency.office.send(letter(sender, agency.mailbox))
        answer = agency.office.answer(sender)
        wait_until(agency.is_idle, "noted as sent")
        return sender, answer

    return acknowledged


def returned(agency: Agency, mail: EmailMessage) -> HandledMail:
    """Have a bounce arrive, and return how it was handled."""
    agency.office.send(mail, envelope_from="", to=[agency.mailbox])
    entry = agency.handled(str(mail["Message-ID"]))
    return next(each for each in agency.rows(HandledMail) if each.ledger_id == entry.id)


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(STANDARD, id="rfc3464"),
        pytest.param(QMAIL, id="qmail"),
        pytest.param(EXCHANGE, id="exchange"),
        pytest.param(FORWARDED, id="forwarded"),
    ],
)
def test_a_hard_bounce_is_its_cases_and_stops_further_mail_to_that_address_alone(
    agency: Agency, acknowledged: Callable[[], tuple[str, EmailMessage]], form: str
):
    with agency.running():
        jan, answer = acknowledged()
        (case,) = agency.cases()
        handled = returned(agency, bounce(form, answer))
        assert handled.case_number == case.number
        assert handled.kind.is_machine
        (event,) = agency.events("bounced")
        assert event.case_number == case.number
        assert "came back for good" in event.text
        (task,) = agency.tasks("bounced")
        assert task.case_number == case.number

        again = letter(jan, agency.mailbox, "Nog een klacht")
        agency.office.send(again)
        entry = agency.handled(str(again["Message-ID"]))
        (second,) = (mail for mail in agency.rows(HandledMail) if mail.ledger_id == entry.id)
        assert second.reasons == ["bounced"]
        assert second.case_number is not None, "the case is opened all the same"
        assert [task.case_number for task in agency.tasks("confirm_by_hand")] == [
            second.case_number
        ]
        acknowledged()  # others are answered
        assert len(agency.office.inbox(jan)) == 1


def test_a_soft_bounce_is_noted_at_its_case_and_waits(
    agency: Agency, acknowledged: Callable[[], tuple[str, EmailMessage]]
):
    with agency.running():
        jan, answer = acknowledged()
        (case,) = agency.cases()
        returned(agency, bounce(STANDARD, answer, action="delayed", status="4.2.2"))
        (event,) = agency.events("bounced")
        assert event.case_number == case.number
        assert "is delayed" in event.text
        agency.office.send(letter(jan, agency.mailbox, "Nog een klacht"))
        agency.office.answer(jan, number=2)
    assert agency.tasks("bounced") == []


def test_a_made_up_bounce_stops_no_mail(
    agency: Agency, acknowledged: Callable[[], tuple[str, EmailMessage]]
):
    """It would be a way to keep somebody from being answered."""
    with agency.running():
        jan, answer = acknowledged()
        made_up = bounce(STANDARD, answer)
        text = made_up.as_string().replace(str(answer["Message-ID"]), "<made-up@agency.example>")
        forged: Any = email.message_from_string(text, policy=email.policy.SMTP)
        assert returned(agency, forged).case_number is None
        agency.office.send(letter(jan, agency.mailbox, "Nog een klacht"))
        assert "Nog een klacht" not in text_of(agency.office.answer(jan, number=2))
    assert agency.events("bounced") == []
