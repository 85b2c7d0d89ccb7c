"""Delivery reports: RFC 3464, and the free forms of mail servers in several languages."""

from __future__ import annotations

import pytest
from golden_mails import mail

from triage.message.model import DeliveryReport, MachineSign
from triage.message.reader import read_message

DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.example>"


def standard(
    *fields: str,
    original: str = "Content-Type: message/rfc822\n\nMessage-ID: <own-1@triage.example>\nSubject: x\n\ntekst",
) -> bytes:
    status = "\n".join(fields)
    text = (
        "--b\nContent-Type: text/plain\n\nIt failed.\n--b\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx.example\n\n{status}\n--b\n{original}\n--b--\n"
    )
    return mail(
        text,
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        sender=DAEMON,
    )


def report(raw: bytes) -> DeliveryReport | None:
    return read_message(raw).report


def test_a_failure_for_good():
    raw = standard("Final-Recipient: rfc822; jan@x.nl", "Action: failed", "Status: 5.1.1")
    assert report(raw) == DeliveryReport(
        "jan@x.nl", "5.1.1", permanent=True, original_message_id="own-1@triage.example"
    )


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            ("Final-Recipient: rfc822;jan@x.nl", "Action: delayed", "Status: 4.4.1"),
            ("jan@x.nl", "4.4.1", False),
        ),
        (
            ("Final-Recipient: rfc822;jan@x.nl", "Action: failed", "Status: 4.2.2"),
            ("jan@x.nl", "4.2.2", False),
        ),
        (
            (
                "Final-Recipient: RFC822; <jan@x.nl>",
                "Action: FAILED (user unknown)",
                "Status: 5.0.0 (undefined)",
            ),
            ("jan@x.nl", "5.0.0", True),
        ),
        (
            (
                "Original-Recipient: rfc822; jan@x.nl",
                "Action: failed",
                "Diagnostic-Code: smtp; 550 5.1.1 unknown",
            ),
            ("jan@x.nl", "5.1.1", True),
        ),
        (("Action: failed",), ("", "", True)),
        (("Final-Recipient: rfc822; jan@x.nl", "Status: 5.1.1"), ("jan@x.nl", "5.1.1", True)),
        (
            ("Final-Recipient: rfc822; jan@x.nl", "Action: delivered", "Status: 2.0.0"),
            ("jan@x.nl", "2.0.0", False),
        ),
        (("nonsense",), ("", "", False)),
    ],
)
def test_fields_of_a_delivery_status(fields: tuple[str, ...], expected: tuple[str, str, bool]):
    found = report(standard(*fields))
    assert found is not None
    assert (found.recipient, found.status, found.permanent) == expected


def test_of_several_recipients_the_first_that_failed_is_told():
    found = report(
        standard(
            "Final-Recipient: rfc822; a@x.nl",
            "Action: delivered",
            "",
            "Final-Recipient: rfc822; b@x.nl",
            "Action: failed",
            "Status: 5.7.1",
        )
    )
    assert found is not None
    assert found.recipient == "b@x.nl"


@pytest.mark.parametrize(
    "original",
    [
        "Content-Type: text/rfc822-headers\n\nMessage-ID: <own-1@triage.example>\nSubject: x",
        "Content-Type: message/rfc822\n\nMessage-ID: <own-1@triage.example>\n\ntekst",
        "Content-Type: message/rfc822-headers\n\nMessage-ID: <own-1@triage.example>",
    ],
)
def test_the_original_message_id_is_found(original: str):
    found = report(standard("Final-Recipient: rfc822; a@x.nl", "Action: failed", original=original))
    assert found is not None
    assert found.original_message_id == "own-1@triage.example"


QMAIL = """Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<jan@x.nl>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <info@alektum.example>
Message-ID: <own-1@triage.example>
Subject: Ontvangstbevestiging
"""
EXIM = """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.
The following address(es) failed:

  jan@x.nl
    host mx.x.nl [192.0.2.1]: 550 unknown user

------ This is a copy of the message, including all the headers. ------

Message-Id: <own-1@triage.example>
"""
EXCHANGE = """Your message

  To:      jan@x.nl
  Subject: Ontvangstbevestiging

did not reach the following recipient(s):

jan@x.nl on Thu, 7 Aug 2025 10:00:00 +0200
    The recipient name is not recognized
"""
GMAIL = """Delivery to the following recipient failed permanently:

     jan@x.nl

Technical details of permanent failure:
The error that the other server returned was: 550 5.1.1 The email account that you tried to reach does not exist.
"""
DUTCH = "Uw bericht aan jan@x.nl kon niet worden afgeleverd. De geadresseerde bestaat niet (550 5.1.10)."
NORWEGIAN = "Meldingen kunne ikke leveres til følgende mottaker:\n\n    jan@x.nl\n\nÅrsak: 550 5.1.1 Postboksen finnes ikke"
POLISH = "Wiadomość nie mogła zostać dostarczona do jan@x.nl. Skrzynka nie istnieje. 550 5.1.1"
GERMAN = "Ihre Nachricht an jan@x.nl konnte nicht zugestellt werden: 550 5.1.1 Empfänger unbekannt"
DELAYED = "This is a warning message only. YOU DO NOT NEED TO RESEND. Delivery to jan@x.nl has been delayed; the server will continue to try."


@pytest.mark.parametrize(
    ("subject", "text", "status", "permanent", "original"),
    [
        ("failure notice", QMAIL, "5.1.1", True, "own-1@triage.example"),
        (
            "Mail delivery failed: returning message to sender",
            EXIM,
            "",
            True,
            "own-1@triage.example",
        ),
        ("Undeliverable: Ontvangstbevestiging", EXCHANGE, "", True, ""),
        ("Delivery Status Notification (Failure)", GMAIL, "5.1.1", True, ""),
        ("Niet bezorgd: Ontvangstbevestiging", DUTCH, "5.1.10", True, ""),
        ("Kan ikke leveres: Kvittering", NORWEGIAN, "5.1.1", True, ""),
        ("Niedostarczona wiadomość", POLISH, "5.1.1", True, ""),
        ("Unzustellbar: Eingangsbestätigung", GERMAN, "5.1.1", True, ""),
        ("Warning: message delayed", DELAYED, "", False, ""),
        ("Mailbox full", "The mailbox of jan@x.nl is over quota. 452 4.2.2", "4.2.2", False, ""),
    ],
)
def test_free_forms(subject: str, text: str, status: str, permanent: bool, original: str):
    raw = f"From: {DAEMON}\nTo: info@alektum.example\nReturn-Path: <>\nSubject: {subject}\n\n{text}".encode()
    message = read_message(raw)
    assert message.report == DeliveryReport("jan@x.nl", status, permanent, original)
    assert MachineSign.REPORT in {sign.code for sign in message.signs}


def test_failed_recipients_named_in_a_header():
    found = report(mail("x", "X-Failed-Recipients: jan@x.nl", sender=DAEMON))
    assert found is not None
    assert found.recipient == "jan@x.nl"


@pytest.mark.parametrize(
    "raw",
    [
        mail("Ik kreeg uw mail niet: mijn mailbox was vol. 550 euro is te veel."),
        mail("Uw brief is niet bezorgd.", sender="Jan <jan@x.nl>"),
        mail("Could you resend it?", sender="Postmaster <postmaster@bedrijf.example>"),
        b"From: Postmaster <postmaster@x.nl>\nTo: info@alektum.example\nSubject: Re: delivery problem\n\nHi, we fixed it.",
    ],
)
def test_a_persons_mail_is_no_report(raw: bytes):
    assert report(raw) is None


def test_a_read_receipt_is_a_report_but_no_failure():
    text = "--b\n\nYour message was read.\n--b\nContent-Type: message/disposition-notification\n\nDisposition: manual-action; displayed\n--b--"
    message = read_message(
        mail(
            text, "Content-Type: multipart/report; report-type=disposition-notification; boundary=b"
        )
    )
    assert message.report is None
    assert MachineSign.REPORT in {sign.code for sign in message.signs}


def test_a_report_that_comes_inside_a_returned_mail_is_not_this_ones():
    inner = "--b\nContent-Type: text/plain\n\nZie bijlage\n--b\nContent-Type: message/rfc822\n\nContent-Type: multipart/report; boundary=c\n\n--c\nContent-Type: message/delivery-status\n\nAction: failed\n--c--\n--b--"
    assert report(mail(inner, "Content-Type: multipart/mixed; boundary=b")) is None


def test_the_text_of_a_report_is_typed_whole_but_for_what_follows_a_rule():
    text = "Van: Alektum <info@alektum.example>\nOnderwerp: Ontvangst\nDatum: Wed, 18 Jun 2025 15:20:44 +0000\nkon niet worden afgeleverd\n\n----- Original message -----\nSubject: Ontvangst"
    raw = mail(text, "Return-Path: <>", "X-Failed-Recipients: jan@x.nl", sender=DAEMON)
    message = read_message(raw)
    assert message.typed.startswith("Van: Alektum")
    assert message.quoted.startswith("----- Original message -----")


GATEWAY = "Your message with Subject: Kvittering\ncould not be delivered to the following recipients:\n\njan@x.nl\n\n550 5.1.1 User unknown\n"


@pytest.mark.parametrize(
    "sender", ["Antivirus_for_SMTP_Gateways@x.example", "System Administrator", "ndr@x.example"]
)
def test_a_gateways_failure_under_any_name(sender: str):
    raw = f"From: {sender}\nTo: info@alektum.example\nReturn-Path: <gateway@x.example>\nSubject: Delivery failure notification\n\n{GATEWAY}".encode()
    found = read_message(raw).report
    assert found is not None
    assert (found.recipient, found.status, found.permanent) == ("jan@x.nl", "5.1.1", True)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Delivery failed", "My parcel was not delivered and you still want money for it."),
        ("Fwd: Undelivered Mail Returned to Sender", GATEWAY),
        ("Niet bezorgd", "De brief is niet bezorgd. Ik heb nooit iets ontvangen."),
    ],
)
def test_a_person_who_writes_of_a_delivery_sends_no_report(subject: str, text: str):
    raw = f"From: Jan <jan@x.nl>\nTo: info@alektum.example\nReturn-Path: <jan@x.nl>\nSubject: {subject}\n\n{text}".encode()
    assert report(raw) is None
