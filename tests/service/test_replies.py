"""An answer to an acknowledgement joins its case; somebody else who quotes a number does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from post_office import REST, letter, reply, text_of
from servers.waiting import wait_until

if TYPE_CHECKING:
    from email.message import EmailMessage

    from agency import Agency


def first_answer(agency: Agency, person: str) -> EmailMessage:
    """Send a complaint that lacks something and return the acknowledgement, which asks for it."""
    agency.office.send(letter(f"Jan Jansen <{person}>", agency.mailbox), envelope_from=person)
    return agency.office.answer(person)


def joined(agency: Agency, mail: EmailMessage) -> str | None:
    """Send a mail and return the case that it came to."""
    agency.office.send(mail)
    return agency.handled(mail["Message-ID"]).case_number


def test_a_reply_joins_and_what_it_supplies_is_not_asked_for_again(any_agency: Agency):
    agency = any_agency
    jan = agency.office.open("jan")
    with agency.running():
        answer = first_answer(agency, jan)
        (case,) = agency.cases()
        assert set(case.missing) == {"address", "dossier_number", "phone"}
        assert joined(agency, reply(answer, REST)) == case.number
        thanks = agency.office.answer(jan, number=2)
        wait_until(agency.is_idle, "all sent")
    (case,) = agency.cases()
    assert case.missing == []
    assert case.completed_at is not None
    assert [event.text for event in agency.events("supplied")] == [
        "Supplied: address, dossier_number, phone"
    ]
    assert case.number in thanks["Subject"]
    assert "dossiernummer" not in text_of(thanks)
    assert thanks["In-Reply-To"] != answer["In-Reply-To"]


def test_what_is_still_missing_after_a_reply_is_asked_for_and_no_more(agency: Agency):
    jan = agency.office.open("jan")
    with agency.running():
        answer = first_answer(agency, jan)
        joined(agency, reply(answer, "Mijn dossiernummer is 40718253.\n"))
        asked = text_of(agency.office.answer(jan, number=2))
    (case,) = agency.cases()
    assert case.missing == ["address", "phone"]
    assert "telefoonnummer" in asked
    assert "dossiernummer" not in asked.lower()


def test_a_reply_that_supplies_nothing_joins_and_costs_no_answer(agency: Agency):
    jan = agency.office.open("jan")
    with agency.running():
        answer = first_answer(agency, jan)
        (case,) = agency.cases()
        assert joined(agency, reply(answer, "Dank u wel, ik wacht het af.\n")) == case.number
        wait_until(agency.is_idle, "all sent")
    assert len(agency.outbox()) == 1


@pytest.mark.parametrize("threading", ["In-Reply-To", "References"])
def test_one_header_of_the_thread_is_enough(agency: Agency, threading: str):
    jan = agency.office.open("jan")
    with agency.running():
        answer = first_answer(agency, jan)
        mail = letter(jan, agency.mailbox, "iets anders", "Mijn dossiernummer is 40718253.\n")
        mail[threading] = f"<unknown@elsewhere.example> {answer['Message-ID']}"
        assert joined(agency, mail) == agency.cases()[0].number
    assert len(agency.cases()) == 1


def test_the_token_in_the_subject_is_enough(agency: Agency):
    jan = agency.office.open("jan")
    with agency.running():
        answer = first_answer(agency, jan)
        mail = letter(jan, agency.mailbox, f"Antw: {answer['Subject']}", REST)
        assert joined(agency, mail) == agency.cases()[0].number
    assert agency.cases()[0].missing == []


def test_the_token_joins_from_another_address_too(agency: Agency):
    jan, work = agency.office.open("jan"), agency.office.open("jan-at-work")
    with agency.running():
        answer = first_answer(agency, jan)
        mail = letter(work, agency.mailbox, f"Re: {answer['Subject']}", REST)
        assert joined(agency, mail) == agency.cases()[0].number
        assert agency.office.answer(work)["To"] == work
    assert len(agency.office.inbox(jan)) == 1


def test_somebody_else_who_quotes_the_bare_number_gets_a_case_of_their_own(agency: Agency):
    jan, other = agency.office.open("jan"), agency.office.open("other")
    with agency.running():
        first_answer(agency, jan)
        number = agency.cases()[0].number
        mail = letter(other, agency.mailbox, f"Re: {number}", f"Klacht over zaak {number}.\n")
        assert joined(agency, mail) not in {None, number}
        agency.office.answer(other)
    assert len(agency.cases()) == 2
    assert len(agency.office.inbox(jan)) == 1


def test_a_made_up_token_proves_nothing(agency: Agency):
    jan, other = agency.office.open("jan"), agency.office.open("other")
    with agency.running():
        first_answer(agency, jan)
        number = agency.cases()[0].number
        mail = letter(other, agency.mailbox, f"Re: [{number}-ABCD2345]")
        assert joined(agency, mail) not in {None, number}


def test_somebody_else_who_names_a_senders_message_id_does_not_join(agency: Agency):
    jan, other = agency.office.open("jan"), agency.office.open("other")
    first = letter(jan, agency.mailbox)
    with agency.running():
        agency.office.send(first)
        agency.office.answer(jan)
        mail = letter(other, agency.mailbox, In_Reply_To=str(first["Message-ID"]))
        assert joined(agency, mail) not in {None, agency.cases()[0].number}


def test_the_senders_next_mail_about_the_same_dossier_joins(agency: Agency):
    jan = agency.office.open("jan")
    with agency.running():
        answer = first_answer(agency, jan)
        joined(agency, reply(answer, "Mijn dossiernummer is 40718253.\n"))
        text = "Mijn klacht over dossier 40718253: ik woon aan de Lindelaan 14, 3571 AB Utrecht.\n"
        assert joined(agency, letter(jan, agency.mailbox, "aanvulling", text)) is not None
    assert len(agency.cases()) == 1
