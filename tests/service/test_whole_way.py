"""A mail sent by SMTP arrives in IMAP, is answered, and the answer is read back by its sender."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from post_office import letter, text_of
from servers.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from agency import Agency
    from post_office import PostOffice


def test_a_complaint_is_answered_on_every_server_and_database(
    any_office: PostOffice, any_store: str, found_agency: Callable[[PostOffice, str], Agency]
):
    agency = found_agency(any_office, any_store)
    jan = any_office.open("jan")
    mail = letter(f"Jan Jansen <{jan}>", agency.mailbox)
    with agency.running():
        any_office.send(mail, envelope_from=jan)
        answer = any_office.answer(jan)
        (case,) = agency.cases()
        wait_until(lambda: agency.cases()[0].acknowledged_at, "noted as sent")
    assert case.kind.is_complaint
    assert case.due is not None
    assert case.number in answer["Subject"]
    assert case.number in text_of(answer)
    assert answer["From"].addresses[0].addr_spec == agency.mailbox
    assert answer["To"].addresses[0].addr_spec == jan
    assert answer["In-Reply-To"] == mail["Message-ID"]
    assert answer["Auto-Submitted"] == "auto-replied"
    assert answer["Return-Path"] == f"<{agency.mailbox}>"
    assert [part.get_content_type() for part in answer.iter_parts()] == ["text/plain", "text/html"]


def test_what_is_handled_bears_a_keyword_where_the_server_keeps_keywords(dovecot_agency: Agency):
    office, mailbox = dovecot_agency.office, dovecot_agency.mailbox
    with dovecot_agency.running():
        office.send(letter(office.open("jan"), mailbox))
        account = office.account(mailbox)
        wait_until(lambda: account.flags() == [{"$Triaged"}], "the keyword")


def test_what_is_handled_moves_where_the_settings_say_so(
    any_office: PostOffice, sqlite_store: str, found_agency: Callable[[PostOffice, str], Agency]
):
    agency = found_agency(any_office, sqlite_store)
    agency.set("mailbox", move_to="Handled")
    account = any_office.account(agency.mailbox)
    with agency.running():
        any_office.send(letter(any_office.open("jan"), agency.mailbox, "Klacht"))
        wait_until(lambda: account.subjects("Handled") == ["Klacht"], "the move")
    assert account.subjects() == []
    assert len(agency.entries()) == 1, "a mail that moved is not taken for another"


def test_each_mailbox_answers_in_its_own_name_and_by_its_own_procedure(agency: Agency):
    office = agency.office
    second = office.open("info")
    agency.values["mailbox"].append(agency.watched(second, "pro-actief"))
    jan = office.open("jan")
    with agency.running():
        office.send(letter(jan, agency.mailbox), letter(jan, second, "Klacht over iets anders"))
        answers = [office.answer(jan, number=number) for number in (1, 2)]
    assert {str(answer["Return-Path"]) for answer in answers} == {
        f"<{agency.mailbox}>",
        f"<{second}>",
    }
    assert {case.policy for case in agency.cases()} == {"alektum-nl", "pro-actief"}


def test_the_configured_sender_and_bounce_address_are_used(agency: Agency):
    agency.set("smtp", sender="klachten@agency.example", bounce_address="")
    jan = agency.office.open("jan")
    with agency.running():
        agency.office.send(letter(jan, agency.mailbox))
        answer = agency.office.answer(jan)
    assert answer["From"].addresses[0].addr_spec == "klachten@agency.example"
    assert answer["Return-Path"] == "<>"


@pytest.mark.parametrize("idle", [True, False])
def test_mail_that_comes_while_the_service_runs_is_answered_with_and_without_idle(
    agency: Agency, idle: bool
):
    agency.set("mailbox", idle=idle)
    with agency.running():
        for name in ("jan", "eva", "piet"):
            sender = agency.office.open(name)
            agency.office.send(letter(sender, agency.mailbox))
            agency.office.answer(sender)
    assert len(agency.cases()) == 3


def test_once_takes_in_answers_files_and_ends(dovecot_agency: Agency):
    office, mailbox = dovecot_agency.office, dovecot_agency.mailbox
    dovecot_agency.set("mailbox", first_start="acknowledge")
    jan = office.open("jan")
    office.send(letter(jan, mailbox))
    dovecot_agency.once()
    assert len(office.inbox(jan)) == 1
    assert office.account(mailbox).flags() == [{"$Triaged"}]
    dovecot_agency.once()
    assert len(office.inbox(jan)) == 1
