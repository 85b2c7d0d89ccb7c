"""A case may rest, and an answer may turn out to be an interim one."""

from __future__ import annotations

import pytest
from register_samples import DEBTOR, decision, handled, message, open_case, reading, silent, take

from triage.errors import BadInput
from triage.register.apply import apply
from triage.register.case_commands import answer, merge, only_interim, pause, resume, settle
from triage.register.cases import case_file
from triage.register.corrections import (
    corrections,
    remember_correction,
    remember_no_complaint,
)
from triage.register.ledger import entry_of
from triage.register.states import CaseState, Outcome
from triage.register.verdict import Ending
from triage.understanding.model import Kind


@pytest.fixture
def do(register):
    def do(command, *args, **options):
        with register.transaction() as session:
            command(session, *args, by="anna", now=register.clock.now(), **options)

    return do


@pytest.fixture
def number(register):
    return open_case(register, decided=decision(pauses_collection=True))


def events(register, number):
    with register.reading() as session:
        return [event.code for event in case_file(session, number).events]


def case(register, number):
    with register.reading() as session:
        return case_file(session, number).case


def opening_mail(register, number):
    with register.reading() as session:
        return case_file(session, number).mails[0].ledger_id


def collection(register, number):
    return [code for code in events(register, number) if code.startswith("collection")]


def test_a_case_rests_and_is_taken_up_again(do, register, number):
    do(pause, number, "the court decides first")
    do(resume, number)
    assert events(register, number)[-2:] == ["paused", "resumed"]


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_rest_needs_a_reason(do, number, reason):
    with pytest.raises(BadInput, match="reason"):
        do(pause, number, reason)


def test_a_settled_case_cannot_rest(do, number):
    do(settle, number, Ending(Outcome.UPHELD))
    with pytest.raises(BadInput, match="settled"):
        do(pause, number, "later")


def test_an_interim_answer_lets_the_term_run_on_and_collection_rest_again(do, register, number):
    mail = opening_mail(register, number)
    do(answer, number, ledger_id=mail)
    do(only_interim, number, ledger_id=mail)
    found = case(register, number)
    assert (found.state, found.answered_at) == (CaseState.OPEN, None)
    assert found.collection_paused
    assert collection(register, number) == [
        "collection_paused",
        "collection_resumed",
        "collection_paused",
    ]


def test_what_a_person_said_was_the_answer_stays_one(do, register, number):
    do(answer, number)
    do(only_interim, number, ledger_id=opening_mail(register, number))
    assert case(register, number).state is CaseState.ANSWERED


def test_the_dossiers_of_merged_cases_rest_because_of_the_one_that_stays(do, register, number):
    gone = open_case(register, 2, decided=decision(pauses_collection=True))
    do(merge, gone, number)
    assert collection(register, gone) == ["collection_paused", "collection_resumed"]
    assert collection(register, number) == ["collection_paused", "collection_paused"]


@pytest.mark.parametrize(("dossiers", "told"), [(("40718253",), 2), ((), 1)])
def test_a_dossier_that_is_named_later_rests_too(register, number, dossiers, told):
    entry_id = take(register, 2)
    mail = handled(
        message(DEBTOR),
        reading(dossiers=dossiers),
        decision(opens_case=False, joins=number, acknowledge=False),
    )
    with register.transaction() as session:
        apply(session, entry_id, mail, silent, register.clock.now())
    assert len(collection(register, number)) == told


def test_the_last_word_on_a_mails_kind_counts(register):
    entry_id = take(register)
    with register.transaction() as session:
        entry = entry_of(session, entry_id)
        for kind in (Kind.SPAM, Kind.COMPLAINT):
            remember_correction(session, entry, Kind.QUESTION, kind, register.clock.now())
    with register.reading() as session:
        (found,) = corrections(session)
    assert (found.kind, found.was) == (Kind.COMPLAINT, "question")
    assert found.raw.startswith(b"Subject:")


@pytest.mark.parametrize(("kind", "was"), [(Kind.COMPLAINT, ["complaint"]), (Kind.QUESTION, [])])
def test_a_case_that_is_no_complaint_corrects_the_mail_that_opened_it(register, kind, was):
    number = open_case(register, 7, decided=decision(kind))
    with register.transaction() as session:
        remember_no_complaint(session, number, register.clock.now())
    with register.reading() as session:
        found = list(corrections(session))
    assert [each.was for each in found] == was
    assert {each.kind for each in found} <= {Kind.QUESTION}
