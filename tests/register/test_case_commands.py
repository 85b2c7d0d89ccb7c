"""What people do with cases; each step says who did it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from register_samples import (
    DEBTOR,
    START,
    decision,
    message,
    open_case,
    reading,
)

from triage.errors import BadInput, NotInRegister
from triage.register.case_commands import answer, assign, extend, merge, note, reopen, settle
from triage.register.cases import case_file, case_of, find_cases
from triage.register.states import CaseState, Outcome
from triage.register.tasks import add_task, open_tasks
from triage.register.verdict import Ending
from triage.understanding.model import Finding, Kind

LATER = {
    "due": date(2026, 3, 30),
    "due_at": datetime(2026, 3, 30, 22, tzinfo=UTC),
    "counted": ["2026-03-30 20"],
}


@pytest.fixture
def do(register):
    def do(command, *args, **options):
        with register.transaction() as session:
            command(session, *args, by="anna", now=register.clock.now(), **options)

    return do


@pytest.fixture
def look(register):
    def look(number):
        with register.reading() as session:
            return case_file(session, number)

    return look


@pytest.fixture
def number(register):
    return open_case(register, decided=decision(pauses_collection=True))


def test_a_case_is_assigned(do, look, number):
    do(assign, number, "bert@agency.example")
    found = look(number)
    assert found.case.owner == "bert@agency.example"
    assert "anna" in found.events[-1].text


def test_a_note_is_kept_masked(do, look, number):
    do(note, number, "phoned; BSN 123456782")
    event = look(number).events[-1]
    assert event.code == "note"
    assert "123456782" not in event.text


@pytest.mark.parametrize("command", [answer, lambda *args, **who: note(*args, "text", **who)])
def test_an_unknown_case_is_not_in_the_register(do, command):
    with pytest.raises(NotInRegister, match="NL26-00099"):
        do(command, "NL26-00099")


class TestExtend:
    def test_the_term_moves_and_the_first_one_stays_known(self, do, look, number, clock):
        do(extend, number, reason="expert awaited", **LATER)
        case = look(number).case
        assert (case.due, case.first_due) == (LATER["due"], date(2026, 3, 16))
        assert (case.due_at, case.counted) == (LATER["due_at"], LATER["counted"])
        assert (case.extended_at, case.extension_reason) == (clock.now(), "expert awaited")

    def test_it_needs_a_reason(self, do, number):
        with pytest.raises(BadInput, match="reason"):
            do(extend, number, reason=" ", **LATER)

    def test_it_is_not_to_an_earlier_day(self, do, look, number):
        earlier = LATER | {"due": date(2026, 3, 10), "due_at": datetime(2026, 3, 10, tzinfo=UTC)}
        with pytest.raises(BadInput, match="not after"):
            do(extend, number, reason="why", **earlier)
        assert look(number).case.due == date(2026, 3, 16)

    def test_an_answered_case_has_no_term_to_extend(self, do, number):
        do(answer, number)
        with pytest.raises(BadInput, match="no running term"):
            do(extend, number, reason="why", **LATER)


class TestAnswer:
    def test_the_term_ends_and_collection_goes_on(self, do, look, number, clock):
        clock.advance(days=3)
        do(answer, number)
        case = look(number).case
        assert (case.state, case.answered_at) == (CaseState.ANSWERED, clock.now())
        assert (case.collection_paused, case.collection_resumed_at) == (False, clock.now())

    def test_the_first_answer_counts(self, do, look, number, clock):
        do(answer, number)
        clock.advance(days=1)
        do(answer, number)
        assert look(number).case.answered_at == START


class TestSettle:
    def test_it_ends_with_outcome_remedy_and_improvement(self, do, look, number):
        do(
            settle,
            number,
            Ending(Outcome.UPHELD, remedy="costs waived", improvement="train callers"),
        )
        case = look(number).case
        assert (case.state, case.settled_at) == (CaseState.SETTLED, START)
        assert (case.outcome, case.remedy, case.improvement) == (
            Outcome.UPHELD,
            "costs waived",
            "train callers",
        )
        assert not case.collection_paused

    def test_its_reason_is_kept_masked_and_told_in_the_history(self, do, look, number):
        do(settle, number, Ending(Outcome.REJECTED, reason="the debt of BSN 123456782\nis his"))
        found = look(number)
        assert found.case.outcome_reason == "the debt of BSN *******82 is his"
        assert found.events[-1].text.endswith(
            "settled it: rejected, because: the debt of BSN *******82 is his"
        )

    @pytest.mark.parametrize("answered", [False, True])
    def test_collection_stops_where_that_is_the_outcome(self, do, look, number, answered):
        if answered:
            do(answer, number)
        do(settle, number, Ending(Outcome.UPHELD), stop_collection=True)
        told = [e.code for e in look(number).events if e.code.startswith("collection_")]
        went_on = ["collection_resumed"] if answered else []
        assert told == ["collection_paused", *went_on, "collection_stopped"]
        assert not look(number).case.collection_paused

    def test_collection_that_never_paused_is_not_stopped_by_it(self, register, do, look):
        other = open_case(register, 2, decided=decision(pauses_collection=False))
        with pytest.raises(BadInput, match="never paused"):
            do(settle, other, Ending(Outcome.UPHELD), stop_collection=True)
        assert look(other).case.state is CaseState.OPEN

    def test_its_tasks_end_with_it(self, register, do, number):
        with register.transaction() as session:
            add_task(session, START, "phone_first", "Phone", case_number=number)
            add_task(session, START, "other", "Of no case")
        do(settle, number, Ending(Outcome.WITHDRAWN))
        with register.reading() as session:
            assert [task.code for task in open_tasks(session)] == ["other"]


class TestReopen:
    def test_a_settled_case_is_taken_up_again_with_its_old_term(self, do, look, number):
        do(answer, number)
        do(settle, number, Ending(Outcome.REJECTED, reason="the debt is his"))
        do(reopen, number, "new facts")
        case = look(number).case
        assert (case.state, case.outcome, case.settled_at) == (CaseState.OPEN, None, None)
        assert case.outcome_reason == ""
        assert (case.due, case.answered_at) == (date(2026, 3, 16), START)

    @pytest.mark.parametrize("answered", [False, True])
    def test_collection_rests_again_where_no_answer_was_given(self, do, look, number, answered):
        if answered:
            do(answer, number)
        do(settle, number, Ending(Outcome.NOT_A_COMPLAINT))
        do(reopen, number, "it is one after all")
        found = look(number)
        assert found.case.collection_paused is not answered
        told = [e.code for e in found.events if e.code.startswith("collection_")]
        assert told[-1] == ("collection_resumed" if answered else "collection_paused")

    def test_an_open_case_is_open(self, do, number):
        with pytest.raises(BadInput, match="is open"):
            do(reopen, number, "why")

    def test_it_needs_a_reason(self, do, look, number):
        do(settle, number, Ending(Outcome.REJECTED))
        with pytest.raises(BadInput, match="needs a reason"):
            do(reopen, number, " ")
        assert look(number).case.state is CaseState.SETTLED

    @pytest.mark.parametrize(
        ("command", "word"),
        [(reopen, "why"), (settle, Ending(Outcome.UPHELD)), (answer, None)],
        ids=("reopen", "settle", "answer"),
    )
    def test_a_merged_case_stays_merged(self, register, do, look, number, command, word):
        other = open_case(register, 2)
        do(merge, number, other)
        with pytest.raises(BadInput, match=other):
            do(command, number, *filter(None, [word]))
        assert look(number).case.outcome is Outcome.MERGED


class TestMerge:
    def test_mails_addresses_facts_and_tasks_move(self, register, do, look):
        gone = open_case(
            register,
            1,
            mail=message("work@mail.example"),
            read=reading(city=Finding("Ede", 0.9), dossiers=("12345678",)),
            decided=decision(recipient="work@mail.example", given=("address",)),
        )
        kept = open_case(register, 2, decided=decision(given=("name",)))
        with register.transaction() as session:
            add_task(session, START, "call_back", "Call", case_number=gone)
        do(merge, gone, kept)
        found = look(kept)
        assert set(found.addresses) == {DEBTOR, "work@mail.example"}
        assert (len(found.mails), len(found.sent)) == (2, 2)
        assert [task.code for task in found.tasks] == ["call_back"]
        assert found.case.facts["city"][0]["value"] == "Ede"
        assert found.case.given == ["address", "name"]

    def test_the_other_case_is_settled_as_merged(self, register, do, look):
        gone, kept = open_case(register, 1), open_case(register, 2)
        do(merge, gone, kept)
        case = look(gone).case
        assert (case.state, case.outcome, case.merged_into) == (
            CaseState.SETTLED,
            Outcome.MERGED,
            kept,
        )
        assert [look(number).events[-1].code for number in (gone, kept)] == ["merged", "merged"]

    def test_the_earlier_term_and_receipt_hold(self, register, do, look, clock):
        early = open_case(register, 1)
        late_term = {"due": LATER["due"], "due_at": LATER["due_at"]}
        kept = open_case(register, 2, decided=decision(**late_term))
        do(merge, early, kept)
        assert look(kept).case.due == date(2026, 3, 16)
        assert look(kept).case.received_at == START

    @pytest.mark.parametrize(
        ("gone", "kept", "missing"),
        [
            (decision(missing=("name", "phone")), decision(missing=("phone",)), ["phone"]),
            (decision(missing=("name",)), decision(missing=("phone",)), []),
            (decision(missing=("name",)), decision(Kind.QUESTION), ["name"]),
            (decision(Kind.QUESTION), decision(missing=("name",)), ["name"]),
        ],
    )
    def test_only_what_neither_complaint_gave_is_missing(
        self, register, do, look, gone, kept, missing
    ):
        first, second = open_case(register, 1, decided=gone), open_case(register, 2, decided=kept)
        do(merge, first, second)
        case = look(second).case
        assert (case.missing, case.kind) == (missing, Kind.COMPLAINT)

    def test_collection_stays_paused(self, register, do, look, number):
        kept = open_case(register, 2)
        do(merge, number, kept)
        assert look(kept).case.collection_paused
        assert not look(number).case.collection_paused

    def test_a_case_is_not_merged_into_itself(self, do, number):
        with pytest.raises(BadInput, match="itself"):
            do(merge, number, number)

    def test_nor_into_one_of_another_policy(self, register, do, look, number):
        other = open_case(register, 2)
        with register.transaction() as session:
            case_of(session, other).policy = "another-agency"
        with pytest.raises(BadInput) as refused:
            do(merge, number, other)
        assert str(refused.value) == (
            f"{number}: is a case of agency-nl, {other} one of another-agency. "
            "Only cases of one policy are merged: settle each, and note the other's number"
        )
        assert [look(each).case.state for each in (number, other)] == [CaseState.OPEN] * 2

    def test_nor_twice(self, register, do, number):
        second, third = open_case(register, 2), open_case(register, 3)
        do(merge, number, second)
        for pair in ((number, third), (third, number)):
            with pytest.raises(BadInput, match="before"):
                do(merge, *pair)

    def test_nor_an_open_one_into_a_closed_one(self, register, do, number):
        closed = open_case(register, 2)
        do(settle, closed, Ending(Outcome.REJECTED))
        with pytest.raises(BadInput, match="settled"):
            do(merge, number, closed)


class TestFind:
    def test_the_soonest_due_comes_first_and_those_without_a_term_last(self, register):
        none = open_case(register, 1, decided=decision(Kind.QUESTION, due=None, due_at=None))
        later = open_case(register, 2, decided=decision(due=LATER["due"], due_at=LATER["due_at"]))
        soon = open_case(register, 3)
        with register.reading() as session:
            found = [case.number for case in find_cases(session)]
            due = [case.number for case in find_cases(session, due_before=LATER["due_at"])]
        assert (found, due) == ([soon, later, none], [soon])

    def test_closed_cases_are_found_when_asked_for(self, register, do, number):
        do(settle, number, Ending(Outcome.REJECTED))
        with register.reading() as session:
            assert find_cases(session) == ()
            (found,) = find_cases(session, states=[CaseState.SETTLED])
        assert found.number == number

    @pytest.mark.parametrize(
        ("rule", "found"),
        [
            ({"owner": "bert"}, True),
            ({"owner": " BERT "}, True),
            ({"owner": "ber"}, False),
            ({"owner": "carl"}, False),
            ({"owner": ""}, False),
            ({"policy": "agency-nl"}, True),
            ({"policy": "other"}, False),
            ({"received_from": START}, True),
            ({"received_before": START}, False),
            ({"received_before": START + timedelta(seconds=1)}, True),
        ],
        ids=str,
    )
    def test_by_owner_policy_and_receipt(self, register, do, number, rule, found):
        do(assign, number, "bert")
        with register.reading() as session:
            assert bool(find_cases(session, **rule)) is found

    def test_an_unknown_number_is_not_in_the_register(self, register):
        with register.reading() as session, pytest.raises(NotInRegister):
            case_of(session, "NL26-00001")
