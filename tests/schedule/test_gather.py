"""What the register gives to digests and reminders, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from schedule_samples import NOW, PL, at, day, policies, store_case, store_entry, store_mail

from triage.register.events import record
from triage.register.reminders import claim_reminder
from triage.register.states import CaseState, EntryState, OutboxState, Outcome
from triage.register.tables import CaseDossier, Contact
from triage.register.tasks import add_task, finish_task, open_tasks
from triage.schedule import gather
from triage.schedule.rows import Desk, Double
from triage.schedule.words import words_of

if TYPE_CHECKING:
    from triage.register.database import Register
    from triage.schedule.rows import CaseRow


SINCE = at("2026-03-03 06:30")


@pytest.fixture
def register(either_register: Register) -> Register:
    return either_register


def desk(register: Register) -> Desk:
    with register.reading() as session:
        return gather.desk(session, SINCE, NOW)


def only_case(register: Register) -> CaseRow:
    (found,) = desk(register).cases
    return found


def test_a_case_comes_with_its_sender_mail_and_term(register: Register) -> None:
    store_case(register, owner="anna@office.example", facts={"name": [{"value": "Jan Jansen"}]})
    found = only_case(register)
    assert (found.number, found.owner) == ("NL26-00042", "anna@office.example")
    assert found.sender == "Jan Jansen <jan@mail.example>"
    assert (found.due, found.message_id) == (day("2026-03-12"), "nl26-00042@mail.example")
    assert found.asked_at == at("2026-02-26 09:00")


def test_identity_numbers_are_masked_in_a_senders_name(register: Register) -> None:
    store_case(register, facts={"name": [{"value": "Jan 123456782"}]})
    assert only_case(register).sender == "Jan *******82 <jan@mail.example>"


def test_open_cases_and_lately_ended_ones_are_told_and_old_ones_not(register: Register) -> None:
    store_case(register, "NL26-00001")
    store_case(register, "NL26-00002", state=CaseState.ANSWERED, answered_at=at("2026-01-05 09:00"))
    store_case(
        register,
        "NL26-00003",
        state=CaseState.SETTLED,
        settled_at=NOW - timedelta(hours=2),
        outcome=Outcome.UPHELD,
    )
    store_case(
        register,
        "NL26-00004",
        state=CaseState.SETTLED,
        settled_at=SINCE - timedelta(days=9),
        outcome=Outcome.UPHELD,
    )
    # The second still wants its outcome noted.
    assert [case.number for case in desk(register).cases] == [
        "NL26-00001",
        "NL26-00002",
        "NL26-00003",
    ]


def test_an_ended_case_with_an_open_task_is_told(register: Register) -> None:
    ended = {"state": CaseState.SETTLED, "settled_at": at("2026-01-05 09:00")}
    store_case(register, outcome=Outcome.REJECTED, **ended)
    with register.transaction() as session:
        add_task(session, NOW, "call_back", "Call", case_number="NL26-00042")
    found = desk(register)
    assert [task.code for task in found.cases[0].tasks] == ["call_back"]
    assert found.tasks == ()


def test_a_task_belongs_to_the_policy_of_its_case_or_mail(register: Register) -> None:
    with register.transaction() as session:
        number = store_entry(session, b"Subject: x\r\n\r\nx", policy="alektum-pl")
        add_task(session, NOW, "mail_set_aside", "Read it", ledger_id=number)
        add_task(session, NOW, "loop_alarm", "Look")
    of_mail, of_none = desk(register).tasks
    assert (of_mail.policy, of_mail.entry, of_none.policy) == ("alektum-pl", number, None)


def test_unsure_values_are_told_until_a_person_has_looked(register: Register) -> None:
    store_case(register, unsure=["kind", "name"])
    found = only_case(register)
    assert (found.unsure, found.unsure_at) == (("kind", "name"), at("2026-02-26 09:00"))
    with register.transaction() as session:
        add_task(
            session,
            NOW,
            "check_reading",
            "Look",
            case_number=found.number,
            ledger_id=found.entry,
        )
    with register.transaction() as session:
        (task,) = open_tasks(session)
        finish_task(session, task.id, by="anna", now=NOW)
    assert only_case(register).unsure == ()


def test_a_case_rests_from_its_pause_until_it_is_resumed(register: Register) -> None:
    store_case(register)
    for code, rests in ((gather.PAUSED, True), (gather.RESUMED, False), (gather.PAUSED, True)):
        with register.transaction() as session:
            record(session, NOW, code, "by anna", case_number="NL26-00042")
        assert only_case(register).paused is rests


def test_reminders_are_known_by_step_and_day(register: Register) -> None:
    store_case(register)
    with register.transaction() as session:
        assert claim_reminder(session, "NL26-00042", "facts", day("2026-03-03"), NOW)
    with register.reading() as session:
        assert gather.reminded(session) == {"NL26-00042": frozenset({("facts", day("2026-03-03"))})}
    assert only_case(register).reminded_at == NOW


def test_mails_that_failed_were_set_aside_or_listed_are_told_and_others_not(
    register: Register,
) -> None:
    with register.transaction() as session:
        for number, state in enumerate(EntryState):
            store_entry(session, b"mail %d" % number, state=state)
    assert {entry.state for entry in desk(register).entries} == {
        EntryState.FAILED,
        EntryState.SET_ASIDE,
        EntryState.LISTED,
    }


def test_outgoing_mail_is_told_when_it_failed_or_is_late(register: Register) -> None:
    store_case(register)
    with register.transaction() as session:
        changes = {"case_number": "NL26-00042", "sent_at": None}
        store_mail(session, purpose="a", state=OutboxState.FAILED, **changes)
        store_mail(session, purpose="b", state=OutboxState.DUE, **changes)
        late = NOW - timedelta(hours=2)
        store_mail(session, purpose="c", state=OutboxState.DUE, queued_at=late, **changes)
        store_mail(session, purpose="d", state=OutboxState.WITHHELD, **changes)
    told = desk(register).outgoing
    assert sorted(mail.purpose for mail in told) == ["a", "c"]
    assert {mail.policy for mail in told} == {"alektum-nl"}


def test_open_cases_of_one_kind_about_one_dossier_may_be_one(register: Register) -> None:
    for number in ("NL26-00001", "NL26-00002"):
        store_case(register, number, sender=f"{number}@mail.example".lower())
    store_case(register, "NL26-00003", state=CaseState.ANSWERED, answered_at=NOW)
    with register.transaction() as session:
        for number in ("NL26-00001", "NL26-00002", "NL26-00003"):
            session.add(CaseDossier(case_number=number, dossier_number="12345678"))
    assert desk(register).doubles == (Double(("NL26-00001", "NL26-00002"), "dossier 12345678"),)


def test_a_senders_cases_may_be_one_unless_each_names_its_own_dossier(register: Register) -> None:
    for number in ("NL26-00001", "NL26-00002"):
        store_case(register, number)
    with register.transaction() as session:
        session.add(CaseDossier(case_number="NL26-00001", dossier_number="12345678"))
    numbers = ("NL26-00001", "NL26-00002")
    assert desk(register).doubles == (Double(numbers, "sender jan@mail.example"),)
    with register.transaction() as session:
        session.add(CaseDossier(case_number="NL26-00002", dossier_number="87654321"))
    assert desk(register).doubles == ()


def test_cases_of_different_policies_are_not_told_as_one(register: Register) -> None:
    store_case(register, "NL26-00001")
    store_case(register, "PL26-00001", policy=PL)
    assert desk(register).doubles == ()


def test_the_many_cases_of_a_representative_are_no_duplicates(register: Register) -> None:
    for number in range(6):
        store_case(register, f"NL26-0000{number}")
    assert desk(register).doubles == ()


def test_nothing_is_cut_off(register: Register) -> None:
    with register.transaction() as session:
        for number in range(1200):
            store_entry(session, b"mail %d" % number, state=EntryState.LISTED, uid=number + 1)
    assert len(desk(register).entries) == 1200


def test_a_mail_is_told_by_its_sender_and_gist(register: Register) -> None:
    store_case(register)
    found = only_case(register)
    assert found.entry is not None
    with register.reading() as session:
        words = words_of(session, [found.entry, 999], policies())
    assert words[found.entry].sender == "Jan Jansen <jan@mail.example>"
    assert words[found.entry].gist == "Uw medewerker belde gisteren naar mijn werk."
    assert 999 not in words


def test_a_web_form_is_told_by_what_the_person_wrote(register: Register) -> None:
    form = (
        b"From: website@alektumgroup.nl\r\nTo: compliance@alektumgroup.nl\r\nSubject: Formulier\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
        b"Naam: Jan Jansen\r\nE-mail: jan@mail.example\r\nTelefoon: 06-12345678\r\n"
        b"Dossiernummer: 12345678\r\nBericht: Uw brief van mei noemt een heel ander bedrag.\r\n"
    )
    with register.transaction() as session:
        number = store_entry(session, form, state=EntryState.DONE)
    with register.reading() as session:
        words = words_of(session, [number], policies())
    assert words[number].gist == "Uw brief van mei noemt een heel ander bedrag."


@pytest.mark.parametrize("state", [state for state in EntryState if state is not EntryState.DONE])
def test_a_mail_that_was_not_decided_upon_is_not_read_for_the_digest(
    register: Register, monkeypatch: pytest.MonkeyPatch, state: EntryState
) -> None:
    """What ended the service once would do so at every digest."""
    read: list[bytes] = []
    monkeypatch.setattr("triage.schedule.words.read_message", lambda raw, **_: read.append(raw))
    with register.transaction() as session:
        number = store_entry(session, b"deadly", state=state)
    with register.reading() as session:
        assert words_of(session, [number], policies()) == {}
    assert read == []


def test_a_mail_that_breaks_the_reader_does_not_break_the_digest(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("a hostile mail")

    store_case(register)
    monkeypatch.setattr("triage.schedule.words.read_message", broken)
    found = only_case(register)
    with register.reading() as session:
        assert words_of(session, [found.entry or 0], policies()) == {}


def test_the_mail_that_asked_is_the_last_one_that_was_sent(register: Register) -> None:
    store_case(register)
    entry = only_case(register).entry
    with register.transaction() as session:
        for purpose, state in (("supplement", OutboxState.SENT), ("service", OutboxState.FAILED)):
            store_mail(
                session,
                purpose=purpose,
                state=state,
                case_number="NL26-00042",
                ledger_id=entry,
                queued_at=NOW,
            )
    with register.reading() as session:
        asked = gather.asked_of(session, "NL26-00042")
    assert asked is not None
    assert asked.message_id == "nl26-00042-supplement@alektumgroup.nl"
    assert asked.mailbox == "compliance@alektumgroup.nl"


def test_a_second_address_of_a_sender_does_not_double_the_case(register: Register) -> None:
    store_case(register)
    with register.transaction() as session:
        row = Contact(
            case_number="NL26-00042", address="j@mail.example", source="given", added_at=NOW
        )
        session.add(row)
    assert len(desk(register).cases) == 1
    assert desk(register).doubles == ()
