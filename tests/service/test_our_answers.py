"""Handlers work in their mail client: their answers and the folders they file mail in are heard."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from post_office import letter, reply

from triage.register.case_commands import reopen
from triage.register.cases import case_of
from triage.register.corrections import corrections
from triage.register.states import CaseState, EntryState, Outcome
from triage.register.worklist import CLAIM_HOLDS
from triage.understanding.model import Fields, Finding, Kind, Reading

if TYPE_CHECKING:
    from email.message import EmailMessage

    from agency import Agency

    from triage.message.model import Message
    from triage.register.tables import Case

FOLDERS = ("answered", "not_a_complaint", "spam", "complaint", "interim")


class Desk:
    """A handler with a mail client, and a sender whose complaint has been acknowledged."""

    def __init__(self, agency: Agency) -> None:
        self.agency = agency
        agency.set("mailbox", sent_folder="Sent", **{f"folders.{name}": name for name in FOLDERS})
        self.client = agency.office.account(agency.mailbox)
        with self.client.client() as imap:
            for name in ("Sent", "Archive", *FOLDERS):
                if not imap.folder_exists(name):
                    imap.create_folder(name)
        agency.once()  # the first start
        self.jan = agency.office.open("jan")
        self.mail = letter(f"Jan Jansen <{self.jan}>", agency.mailbox)

    def complain(self) -> None:
        self.agency.office.send(self.mail, envelope_from=self.jan)
        self.agency.once()

    def answer(self, subject: str = "Re: Klacht", to: str = "", **headers: str) -> EmailMessage:
        """Return what the handler's mail client makes of an answer to the complaint."""
        thread = {"In_Reply_To": str(self.mail["Message-ID"])} | headers
        mail = letter(
            self.agency.mailbox, to or self.jan, subject, "Wij lossen het op.\n", **thread
        )
        mail.replace_header("From", f"Anna <{self.agency.mailbox}>")
        return mail

    def keep(self, mail: EmailMessage, folder: str = "Sent") -> None:
        self.client.append(mail.as_bytes(), folder=folder)
        self.agency.once()

    def move(self, source: str, folder: str) -> None:
        with self.client.client() as imap:
            imap.select_folder(source)
            imap.move(imap.search(), folder)
        self.agency.once()

    def mark(self, folder: str, keyword: str) -> None:
        with self.client.client() as imap:
            imap.select_folder(folder)
            imap.add_flags(imap.search(), [keyword])
        self.agency.once()

    @property
    def case(self) -> Case:
        (case,) = self.agency.cases()
        return case


@pytest.fixture(scope="session")
def judge() -> None:
    """Give none: the subjects say what the mails are."""


@pytest.fixture
def desk(dovecot_agency: Agency, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Give a desk at the server that can move mail."""
    monkeypatch.setattr("triage.processing.understand", as_its_subject_says)
    return Desk(dovecot_agency)


def as_its_subject_says(message: Message, *_: object) -> Reading:
    """Read a mail: what follows from a reading is tested here, not how it is made."""
    kind = Kind.COMPLAINT if "Klacht" in message.subject else Kind.QUESTION
    return Reading(
        language=Finding("nl", 0.99),
        kind=Finding(kind, 0.99),
        also=(),
        marker=Finding(kind is Kind.COMPLAINT, 0.99),
        fields=Fields(),
        webform=False,
    )


def test_an_answer_in_the_sent_folder_ends_the_term_and_collection_goes_on(desk: Desk):
    desk.complain()
    assert desk.case.collection_paused
    desk.keep(desk.answer())
    assert desk.case.state is CaseState.ANSWERED
    assert not desk.case.collection_paused
    (event,) = desk.agency.events("answered")
    assert event.ledger_id is not None
    assert len(desk.agency.outbox()) == 1


def test_an_interim_answer_does_not(desk: Desk):
    desk.complain()
    desk.keep(desk.answer("Re: Klacht [tussenbericht]"))
    assert desk.case.state is CaseState.OPEN
    assert desk.case.collection_paused
    assert len(desk.agency.events("interim")) == 1


def test_an_interim_answer_that_another_machine_took_over_meanwhile_is_noted_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    desk.complain()
    slow: list[Message] = []

    def slowly(message: Message, *_: object) -> Reading:
        if not slow:
            slow.append(message)
            desk.agency.clock.forward(CLAIM_HOLDS)
            asyncio.run(desk.agency.service("two").once())
        return as_its_subject_says(message)

    monkeypatch.setattr("triage.processing.understand", slowly)
    desk.keep(desk.answer("Re: Klacht [tussenbericht]"))
    assert slow
    assert len(desk.agency.events("interim")) == 1


def test_an_answer_that_is_then_marked_with_the_keyword_was_not_the_answer_yet(desk: Desk):
    desk.complain()
    desk.keep(desk.answer())
    assert desk.case.state is CaseState.ANSWERED
    desk.mark("Sent", "$Interim")
    assert desk.case.state is CaseState.OPEN
    assert desk.case.collection_paused
    desk.agency.once()
    assert len(desk.agency.events("interim")) == 1


def test_an_answer_that_bears_the_keyword_when_it_is_first_seen_ends_nothing(desk: Desk):
    desk.complain()
    desk.client.append(desk.answer().as_bytes(), folder="Sent")
    desk.mark("Sent", "$Interim")
    desk.agency.once()
    assert desk.case.state is CaseState.OPEN
    assert len(desk.agency.events("interim")) == 1
    assert not desk.agency.events("answered")


def test_the_answer_after_a_marked_one_ends_the_term(desk: Desk):
    desk.complain()
    desk.client.append(desk.answer().as_bytes(), folder="Sent")
    desk.mark("Sent", "$Interim")
    desk.keep(desk.answer())
    assert desk.case.state is CaseState.ANSWERED


def test_a_forged_answer_in_the_inbox_does_not(desk: Desk):
    desk.complain()
    forged = desk.answer()
    forged["Bcc"] = ""
    desk.agency.office.send(forged, envelope_from="forger@evil.example", to=[desk.agency.mailbox])
    desk.agency.once()
    assert desk.case.state is CaseState.OPEN
    assert desk.agency.events("answered") == []


def test_the_copy_in_the_sent_folder_proves_what_came_to_the_inbox_before(desk: Desk):
    desk.complain()
    answer = desk.answer()
    desk.agency.office.send(answer, to=[desk.agency.mailbox])
    desk.agency.once()
    assert desk.case.state is CaseState.OPEN
    desk.keep(answer)
    assert desk.case.state is CaseState.ANSWERED
    assert len(desk.agency.events("answered")) == 1


def test_a_copy_of_our_acknowledgement_in_the_sent_folder_is_no_answer(desk: Desk):
    desk.complain()
    desk.keep(desk.agency.office.answer(desk.jan))
    assert desk.case.state is CaseState.OPEN


def test_an_answer_of_no_case_is_a_task_and_opens_none(desk: Desk):
    desk.keep(desk.answer())
    assert desk.agency.cases() == []
    assert len(desk.agency.tasks("stray_answer")) == 1


def test_an_answer_to_our_acknowledgements_token_ends_the_term(desk: Desk):
    desk.complain()
    subject = f"Re: {desk.agency.office.answer(desk.jan)['Subject']}"
    desk.keep(desk.answer(subject, In_Reply_To="<unknown@elsewhere.example>"))
    assert desk.case.state is CaseState.ANSWERED


def test_moving_the_complaint_to_answered_ends_the_term(desk: Desk):
    desk.complain()
    desk.move("INBOX", "answered")
    assert desk.case.state is CaseState.ANSWERED
    assert len(desk.agency.outbox()) == 1


def test_a_folder_that_is_numbered_anew_says_nothing_again(desk: Desk):
    desk.complain()
    desk.move("INBOX", "answered")
    with desk.agency.register.transaction() as session:
        now = desk.agency.clock.now()
        reopen(session, desk.case.number, "not yet", by="anna", now=now)
        case_of(session, desk.case.number).answered_at = None
    with desk.client.client("answered") as imap:
        imap.create_folder("other")
        imap.move(imap.search(), "other")
        imap.select_folder("INBOX")
        imap.delete_folder("answered")
        imap.rename_folder("other", "answered")
    desk.agency.once()
    assert desk.case.state is CaseState.OPEN


def test_moving_an_answer_to_interim_lets_the_term_run_on(desk: Desk):
    desk.complain()
    desk.keep(desk.answer())
    desk.move("Sent", "interim")
    assert desk.case.state is CaseState.OPEN
    assert desk.case.answered_at is None
    assert desk.case.collection_paused


@pytest.mark.parametrize(
    ("folder", "kind"), [("not_a_complaint", Kind.QUESTION), ("spam", Kind.SPAM)]
)
def test_a_wrong_classification_is_corrected_and_remembered(desk: Desk, folder: str, kind: Kind):
    desk.complain()
    desk.move("INBOX", folder)
    assert (desk.case.state, desk.case.outcome) == (CaseState.SETTLED, Outcome.NOT_A_COMPLAINT)
    with desk.agency.register.reading() as session:
        (learnt,) = corrections(session)
    assert (learnt.kind, learnt.was) == (kind, "complaint")
    assert b"schreeuwde" in learnt.raw


def test_a_further_mail_that_is_moved_settles_nothing(desk: Desk):
    desk.complain()
    further = reply(desk.agency.office.answer(desk.jan), "Dank u wel.\n")
    desk.move("INBOX", "Archive")
    desk.agency.office.send(further, envelope_from=desk.jan)
    desk.agency.once()
    desk.move("INBOX", "not_a_complaint")
    assert desk.case.state is CaseState.OPEN


def test_moving_a_question_to_complaints_starts_a_term_from_its_receipt(desk: Desk):
    question = "Kunt u mij zeggen wanneer uw kantoor open is? Ik hoor het graag van u.\n"
    desk.mail = letter(desk.jan, desk.agency.mailbox, "Vraag", question)
    desk.complain()
    assert (desk.case.kind, desk.case.due) == (Kind.QUESTION, None)
    received = desk.case.received_at
    desk.move("INBOX", "complaint")
    assert desk.case.kind is Kind.COMPLAINT
    assert desk.case.due is not None
    assert desk.case.received_at == received
    with desk.agency.register.reading() as session:
        assert [learnt.kind for learnt in corrections(session)] == [Kind.COMPLAINT]


def test_a_spam_mail_that_is_a_complaint_after_all_gets_its_case(desk: Desk):
    desk.complain()
    desk.move("INBOX", "spam")
    desk.move("spam", "complaint")
    assert desk.case.state is CaseState.OPEN


def test_mail_that_the_server_itself_filed_as_spam_opens_no_case(desk: Desk):
    desk.keep(desk.mail, "spam")
    assert desk.agency.cases() == []
    assert [entry.state for entry in desk.agency.entries()] == [EntryState.DONE]
    assert desk.agency.outbox() == []


def test_a_mail_that_was_filed_before_it_was_seen_is_registered_and_not_acknowledged(desk: Desk):
    desk.keep(desk.mail, "answered")
    assert desk.case.state is CaseState.ANSWERED
    assert desk.agency.outbox() == []
