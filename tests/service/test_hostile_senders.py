"""Whoever writes with ill intent: injections, look-alike addresses, fishing for what a case says."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

import pytest
from post_office import COMPLAINT, REST, letter, parsed, text_of
from servers.waiting import wait_until

from triage.assembly import policies_of
from triage.register.states import EntryState
from triage.register.tables import HandledMail
from triage.schedule.mailing import preview

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import EmailMessage

    from agency import Agency
    from post_office import PostOffice

OURS = {
    *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"),
    *("Auto-Submitted", "X-Auto-Response-Suppress", "X-Triage-Loop"),
    *("MIME-Version", "Content-Type", "Content-Language"),
}
BY_DELIVERY = {"Return-Path", "Delivered-To"}


def raw(
    sender: str, to: str, number: int, *, name: str = "Jan", subject: str = "Klacht", more: str = ""
) -> str:
    """Return a mail as its bytes go over the wire, nothing encoded or checked."""
    return (
        f"From: {name} <{sender}>\r\nTo: {to}\r\nSubject: {subject}\r\n{more}"
        f"Message-ID: <hostile-{number}@people.example>\r\nMIME-Version: 1.0\r\n"
    )


def word(text: str) -> str:
    """Return a text as an RFC 2047 word, whatever is in it."""
    return f"=?utf-8?b?{base64.b64encode(text.encode()).decode()}?="


BCC = "Jan\r\nBcc: evil@evil.example"
SQL = "'); DROP TABLE cases; DELETE FROM ledger WHERE ('1'='1"
TEMPLATE = "{{ 7 * 191 }}{% include '/etc/passwd' %}{{ ''.__class__.__mro__ }}"
SCRIPT = "<script>alert(1)</script><img src=https://evil.example/x>"
PATH = "../../../../../../tmp/evil"
ATTACKS: dict[str, dict[str, str]] = {
    **{f"name {text}": {"name": word(text)} for text in (BCC, SQL, TEMPLATE, SCRIPT, PATH)},
    **{f"subject {text}": {"subject": word(text)} for text in (BCC, SQL, TEMPLATE, SCRIPT, PATH)},
    "bare line ends": {"subject": "Klacht\rBcc: evil@evil.example"},
    "references": {"more": "References: <a@b>\rBcc: evil@evil.example <c'd\"e@f>\r\n"},
    "in reply to": {"more": f"In-Reply-To: <{SQL}@evil.example>\r\n"},
    "reply to": {"more": "Reply-To: evil@evil.example\r\nReturn-Receipt-To: evil@evil.example\r\n"},
    "right to left": {
        "name": word("Jan \u202egro.live@live\u202c"),
        "subject": word("\u202eKlacht"),
    },
}
FILE = f"""\
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/plain; charset=utf-8

{COMPLAINT.replace("schreeuwde", f"schreeuwde {SCRIPT}")}
{SQL}
{TEMPLATE}
{SCRIPT}
Dossiernummer: {PATH}

--x
Content-Type: application/octet-stream
Content-Disposition: attachment; filename="{PATH}"

evil
--x
Content-Type: application/octet-stream; name="/etc/cron.d/evil"
Content-Disposition: attachment; filename*=utf-8''..%2F..%2Fevil%00.txt

evil
--x--
""".replace("\n", "\r\n")


def test_no_injection_reaches_headers_texts_tables_or_files(
    office: PostOffice, any_store: str, found_agency: Callable[[PostOffice, str], Agency]
):
    agency = found_agency(office, any_store)
    agency.set("mailbox", first_start="acknowledge")
    senders = {office.open("sender"): attack for attack in ATTACKS.values()}
    account = office.account(agency.mailbox)
    for number, (sender, attack) in enumerate(senders.items()):
        account.append((raw(sender, agency.mailbox, number, **attack) + FILE).encode())
    assert agency.config.exists()
    before = {path for path in agency.folder.rglob("*") if "triage.db" not in path.name}
    agency.once()

    assert {entry.state for entry in agency.entries()} == {EntryState.DONE}
    assert len(agency.cases()) == len(senders)
    assert sorted(mail.recipients for mail in office.sink.mails) == sorted(
        (sender,) for sender in senders
    ), "nobody else was written to"
    for sender in senders:
        (answer,) = office.inbox(sender)
        assert set(answer.keys()) <= OURS | BY_DELIVERY
        assert answer["To"] == sender
        page = answer.get_body(("html",))
        assert page is not None
        sent = f"{answer.as_string()}{text_of(answer)}{page.get_content()}".lower()
        for trace in ("evil", "drop table", "1337", "script", "passwd", "__class__"):
            assert trace not in sent
    after = {path for path in agency.folder.rglob("*") if "triage.db" not in path.name}
    assert after == before, "nothing was written where a mail chose"
    now = agency.clock.now()
    shown, _ = preview(agency.register, policies_of(agency.settings), agency.settings, now)
    assert "&lt;script&gt;alert(1)" in shown, "what people wrote is shown, as text"
    assert "<script" not in shown
    assert "<img" not in shown
    assert "\u202e" not in shown


# --- addresses


@pytest.mark.parametrize(
    ("sender", "written_to"),
    [
        ("jan@b\u00fccher.example", "jan@xn--bcher-kva.example"),
        ("jan@xn--bcher-kva.example", "jan@xn--bcher-kva.example"),
        ("j\u00fcrgen@mail.example", "j\u00fcrgen@mail.example"),
        (
            "\u0438\u0432\u0430\u043d@\u043f\u043e\u0447\u0442\u0430.example",
            "\u0438\u0432\u0430\u043d@xn--80a1acny.example",
        ),
    ],
)
def test_addresses_beyond_ascii_are_answered_where_they_are(
    agency: Agency, sender: str, written_to: str
):
    agency.set("mailbox", first_start="acknowledge")
    mail = (
        raw(sender, agency.mailbox, 1)
        + f"Content-Type: text/plain; charset=utf-8\r\n\r\n{COMPLAINT}"
    )
    agency.office.account(agency.mailbox).append(mail.encode())
    agency.once()
    assert [sent.recipients for sent in agency.office.sink.mails] == [(written_to,)]
    assert len(agency.cases()) == 1


def test_an_address_beyond_ascii_is_one_sender_to_the_caps(agency: Agency):
    agency.set("mailbox", first_start="acknowledge")
    for number in range(3):
        mail = (
            raw("jan@b\u00fccher.example", agency.mailbox, number)
            + f"Content-Type: text/plain; charset=utf-8\r\n\r\n{COMPLAINT}"
        )
        agency.office.account(agency.mailbox).append(mail.encode())
    agency.once()
    assert len(agency.office.sink.mails) == 1


@pytest.mark.parametrize(
    "look_alike",
    [
        pytest.param(lambda own: own.replace("c", "\u0441", 1), id="a Cyrillic letter"),
        pytest.param(lambda own: own.replace("example", "ex\u0430mple"), id="a Cyrillic domain"),
        pytest.param(lambda own: own.replace("m", "rn", 1), id="rn for m"),
    ],
)
def test_a_look_alike_of_our_own_address_is_somebody_else(
    agency: Agency, look_alike: Callable[[str], str]
):
    """It has no rights of ours: it is a sender as any other, and is answered itself or not at all."""
    agency.set("mailbox", first_start="acknowledge")
    mail = raw(look_alike(agency.mailbox), agency.mailbox, 1) + f"\r\n{COMPLAINT}"
    agency.office.account(agency.mailbox).append(mail.encode())
    agency.once()
    (handled,) = agency.rows(HandledMail)
    assert handled.direction.value == "in"
    assert "own_address" not in handled.reasons
    assert len(agency.cases()) == 1
    recipients = {address for sent in agency.office.sink.mails for address in sent.recipients}
    assert agency.mailbox not in recipients


@pytest.mark.parametrize(
    "sender", ["jan\u202egro.live@evil.example", "jan\u200b@mail.example", "jan@mail\u2066.example"]
)
def test_an_address_with_marks_that_nobody_sees_is_not_answered(agency: Agency, sender: str):
    agency.set("mailbox", first_start="acknowledge")
    mail = raw(sender, agency.mailbox, 1) + f"\r\n{COMPLAINT}"
    agency.office.account(agency.mailbox).append(mail.encode())
    agency.once()
    assert agency.office.sink.mails == ()
    assert len(agency.cases()) == 1, "it is a case and a task all the same"
    assert len(agency.tasks("confirm_by_hand")) == 1


# --- what an answer tells


def told(agency: Agency, answer: EmailMessage) -> str:
    """Return all of an answer but what is each mail's own: numbers, ids, addresses, moments."""
    case = next(each for each in agency.cases() if each.number in str(answer["Subject"]))
    text = answer.as_string()
    for header in ("To", "Delivered-To", "Date", "Message-ID", "In-Reply-To", "References"):
        text = text.replace(str(answer[header]), header)
    boundary = answer.get_boundary()
    assert boundary is not None
    text = text.replace(boundary, "boundary")
    text = re.sub(rf"{case.number}(-\w{{8}})?", "NUMBER", text)
    return re.sub(r"\d\d:\d\d", "TIME", text)


def test_no_answer_confirms_that_a_dossier_exists(agency: Agency):
    """A forger who tries dossier numbers gets the same answer to each."""
    office = agency.office
    known = REST.partition("\n")[0]
    unknown = known.replace("40718253", "40718254")
    assert unknown != known
    jan, eve, mallory = (office.open(name) for name in ("sender", "sender", "sender"))
    with agency.running():
        office.send(letter(jan, agency.mailbox, text=COMPLAINT + REST))
        office.answer(jan)
        office.send(letter(eve, agency.mailbox, text=COMPLAINT + known))
        office.send(letter(mallory, agency.mailbox, text=COMPLAINT + unknown))
        answers = [office.answer(address) for address in (eve, mallory)]
        wait_until(agency.is_idle, "all sent")
    assert len(agency.cases()) == 3, "the forger's mail joined nothing"
    first, second = (told(agency, parsed(answer.as_bytes())) for answer in answers)
    assert first == second
    for secret in ("40718253", "Lindelaan", "28417733", jan):
        assert secret not in first
