"""A decision is stored whole, once, or not at all."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from register_samples import (
    DEBTOR,
    MAILBOX,
    POLICY,
    START,
    bounce_of,
    decision,
    handled,
    message,
    open_case,
    queued,
    reading,
    silent,
    take,
)

from triage.decision import Joined, Reason, Task
from triage.errors import NotInRegister
from triage.register.apply import apply
from triage.register.bounces import bounced_among
from triage.register.case_commands import settle
from triage.register.case_number import find_tag
from triage.register.cases import addresses_of, case_file, case_of, find_cases
from triage.register.ledger import entry_of
from triage.register.numbering import signing_key
from triage.register.outbox_desk import mails_in
from triage.register.states import CaseState, Direction, EntryState, OutboxState, Outcome
from triage.register.tables import CaseDossier, HandledMail
from triage.register.tasks import add_task, open_tasks
from triage.register.verdict import Ending
from triage.register.worklist import count_entries
from triage.understanding.model import Finding, Kind

MACHINE = decision(
    Kind.AUTOMATIC,
    opens_case=False,
    acknowledge=False,
    reasons=(Reason.AUTO_SUBMITTED,),
    due=None,
    due_at=None,
)


def store(register, mail=None, compose=silent, uid=1, **entry):
    """Take a mail in and apply what was decided about it; return its case's number."""
    entry_id = take(register, uid, **entry)
    with register.transaction() as session:
        return apply(session, entry_id, mail or handled(), compose, register.clock.now())


def file_of(register, number):
    with register.reading() as session:
        return case_file(session, number)


def codes(register, number):
    return [event.code for event in file_of(register, number).events]


def continue_case(register, number, uid=2, joined=Joined.THREAD, read=None, mail=None, **changes):
    changes = {"due": None, "due_at": None, "purpose": "supplement"} | changes
    decided = decision(opens_case=False, joins=number, **changes)
    return store(register, handled(mail, read, decided, joined), uid=uid)


class TestOpening:
    def test_the_case_says_what_was_decided(self, register):
        number = store(
            register,
            handled(
                decided=decision(
                    missing=("phone",), given=("name", "reason"), pauses_collection=True
                )
            ),
        )
        case = file_of(register, number).case
        assert (case.number, case.policy, case.kind) == ("NL26-00001", POLICY.name, Kind.COMPLAINT)
        assert (case.state, case.received_at) == (CaseState.OPEN, START)
        assert (case.due, case.first_due) == (date(2026, 3, 16), date(2026, 3, 16))
        assert case.due_at == datetime(2026, 3, 16, 23, tzinfo=UTC)
        assert case.counted == ["2026-03-03 1", "2026-03-04 2"]
        assert (case.missing, case.given) == (["phone"], ["name", "reason"])
        assert (case.completed_at, case.collection_paused) == (None, True)

    def test_terms_count_from_the_servers_receipt_not_from_processing(self, register, clock):
        clock.advance(days=3)
        assert file_of(register, store(register)).case.received_at == START

    def test_the_mail_is_done_and_names_its_case(self, register):
        number = open_case(register)
        with register.reading() as session:
            (mail,) = case_file(session, number).mails
            entry = entry_of(session, mail.ledger_id)
        assert (entry.state, entry.case_number) == (EntryState.DONE, number)
        assert (mail.direction, mail.sender, mail.joined) == (Direction.IN, DEBTOR, "")

    def test_the_reading_is_kept_with_its_evidence(self, register):
        read = reading(name=Finding("Jan Jansen", 0.9))
        number = store(register, handled(read=read))
        found = file_of(register, number)
        assert found.case.facts["name"][0]["value"] == "Jan Jansen"
        assert found.mails[0].reading["kind"]["value"] == "complaint"

    def test_nothing_missing_is_complete_at_once(self, register, clock):
        assert file_of(register, open_case(register)).case.completed_at == clock.now()

    def test_a_withheld_acknowledgement_leaves_its_reasons_and_never_the_case_out(self, register):
        decided = decision(acknowledge=False, reasons=(Reason.RATE, Reason.NOT_ADDRESSED))
        number = store(register, handled(decided=decided))
        assert file_of(register, number).case.not_acknowledged == ["rate", "not_addressed"]
        assert "not_acknowledged" in codes(register, number)

    def test_tasks_are_stored_masked(self, register):
        task = Task("check_reading", "is 123456782 his BSN?")
        number = store(register, handled(decided=decision(tasks=(task,))))
        (stored,) = file_of(register, number).tasks
        assert stored.code == "check_reading"
        assert "123456782" not in stored.text

    def test_a_subject_is_stored_masked(self, register):
        number = store(register, handled(message(subject="Klacht BSN 123456782")))
        assert "123456782" not in file_of(register, number).mails[0].subject

    def test_the_senders_addresses_and_dossiers_are_noted(self, register):
        read = reading(dossiers=("12345678",), emails=(Finding("Work@Mail.example", 0.9),))
        number = store(register, handled(read=read))
        with register.reading() as session:
            assert addresses_of(session, number) == (DEBTOR, "work@mail.example")
            assert session.get(CaseDossier, (number, "12345678")) is not None

    def test_a_mail_that_opens_a_further_case_did_not_join_the_one_it_answers(self, register):
        open_case(register)
        second = handled(decided=decision(Kind.MANAGEMENT_COMPLAINT), joined=Joined.THREAD)
        number = store(register, second, uid=2)
        assert file_of(register, number).mails[0].joined == ""


class TestNoCase:
    def test_a_machines_mail_opens_none_and_is_done(self, register):
        assert store(register, handled(decided=MACHINE)) is None
        with register.reading() as session:
            assert find_cases(session, states=CaseState) == ()
            assert count_entries(session)[EntryState.DONE] == 1

    def test_what_was_concluded_is_kept_all_the_same(self, register):
        entry_id = take(register)
        with register.transaction() as session:
            apply(session, entry_id, handled(decided=MACHINE), silent, START)
        with register.reading() as session:
            mail = session.get(HandledMail, entry_id)
            assert (mail.case_number, mail.reasons) == (None, ["auto_submitted"])
            assert entry_of(session, entry_id).state is EntryState.DONE

    def test_it_may_be_answered_all_the_same(self, register):
        decided = decision(Kind.BALANCE, opens_case=False, due=None, due_at=None)
        seen = []

        def compose(case):
            seen.append(case)
            return (queued(purpose="service"),)

        assert store(register, handled(decided=decided), compose) is None
        with register.reading() as session:
            (mail,) = mails_in(session, [OutboxState.DUE])
        assert (seen, mail.case_number, mail.purpose) == ([None], None, "service")


class TestComposing:
    def test_the_mail_is_rendered_with_number_token_and_term(self, register):
        seen = []

        def compose(case):
            seen.append(case)
            return (queued(),)

        number = store(register, handled(decided=decision(missing=("phone",))), compose)
        (case,) = seen
        assert (case.number, case.received_at, case.due) == (number, START, date(2026, 3, 16))
        assert case.missing == ("phone",)
        with register.transaction() as session:
            assert find_tag(f"Re: {case.tag}", signing_key(session, START)) == number

    def test_the_mail_is_queued_with_the_case(self, register):
        number = open_case(register)
        (mail,) = file_of(register, number).sent
        assert (mail.state, mail.recipient) == (OutboxState.DUE, DEBTOR)
        assert mail.ledger_id is not None

    def test_a_fault_while_rendering_leaves_nothing_behind(self, register):
        entry_id = take(register)

        def broken(_case):
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError), register.transaction() as session:
            apply(session, entry_id, handled(), broken, START)
        with register.reading() as session:
            assert find_cases(session) == ()
            assert entry_of(session, entry_id).state is EntryState.WAITING


class TestTwice:
    def test_a_second_run_changes_nothing_and_returns_the_case(self, register, clock):
        number = open_case(register)
        before = file_of(register, number)
        entry_id = before.mails[0].ledger_id
        clock.advance(hours=1)
        with register.transaction() as session:
            again = apply(
                session, entry_id, handled(), lambda _case: (queued("other"),), clock.now()
            )
        assert again == number
        after = file_of(register, number)
        for part in ("events", "mails", "sent", "tasks"):
            assert len(getattr(after, part)) == len(getattr(before, part))
        with register.reading() as session:
            assert len(find_cases(session)) == 1

    def test_an_unknown_mail_is_not_in_the_register(self, register):
        with pytest.raises(NotInRegister), register.transaction() as session:
            apply(session, 99, handled(), silent, START)

    def test_nor_is_an_unknown_case(self, register):
        with pytest.raises(NotInRegister):
            continue_case(register, "NL26-00099", uid=1)


def open_codes(register, number):
    with register.reading() as session:
        return [task.code for task in open_tasks(session, number)]


class TestContinuing:
    def test_what_a_mail_supplies_is_no_longer_missing(self, register):
        number = open_case(register, decided=decision(missing=("name", "phone")))
        continue_case(register, number, missing=("name",), given=("phone",))
        case = file_of(register, number).case
        assert (case.missing, case.given, case.completed_at) == (["name"], ["phone"], None)
        assert codes(register, number)[-1] != "complete"

    def test_when_nothing_is_missing_any_more_an_event_says_so(self, register, clock):
        number = open_case(register, decided=decision(missing=("phone",)))
        clock.advance(days=1)
        continue_case(register, number, given=("phone",))
        assert file_of(register, number).case.completed_at == clock.now()
        assert {"supplied", "complete"} <= set(codes(register, number))

    def test_the_task_to_reach_a_sender_who_owes_facts_is_done_with_it(self, register):
        number = open_case(register, decided=decision(missing=("name", "phone")))
        with register.transaction() as session:
            for code in ("incomplete", "phone_first"):
                add_task(session, START, code, "Phone the sender", case_number=number)
        continue_case(register, number, missing=("name",), given=("phone",))
        assert open_codes(register, number) == ["incomplete", "phone_first"]
        continue_case(register, number, uid=3, given=("name",))
        assert open_codes(register, number) == ["phone_first"]

    def test_its_values_are_added_to_the_case(self, register):
        number = open_case(register, read=reading(name=Finding("Jan", 0.6)))
        continue_case(register, number, read=reading(city=Finding("Ede", 0.9)))
        facts = file_of(register, number).case.facts
        assert (facts["name"][0]["value"], facts["city"][0]["value"]) == ("Jan", "Ede")

    def test_its_sender_belongs_to_the_case_from_now_on(self, register):
        number = open_case(register)
        lawyer = message("Lawyer@law.example")
        continue_case(register, number, mail=lawyer, recipient="Lawyer@law.example")
        assert file_of(register, number).addresses == (DEBTOR, "lawyer@law.example")

    def test_the_term_is_not_moved(self, register):
        number = open_case(register)
        continue_case(register, number)
        assert file_of(register, number).case.due == date(2026, 3, 16)

    def test_the_event_says_how_it_was_tied_to_the_case(self, register):
        number = open_case(register)
        continue_case(register, number, joined=Joined.TOKEN)
        found = file_of(register, number)
        assert found.mails[-1].joined == "token"
        assert "token" in found.events[-1].text

    def test_a_machines_mail_supplies_nothing(self, register):
        number = open_case(register, decided=decision(missing=("phone",)))
        store(
            register,
            handled(
                message("mailer-daemon@mail.example"),
                decided=decision(
                    Kind.AUTOMATIC,
                    opens_case=False,
                    joins=number,
                    acknowledge=False,
                    recipient="mailer-daemon@mail.example",
                    due=None,
                    due_at=None,
                ),
            ),
            uid=2,
        )
        found = file_of(register, number)
        assert (found.case.missing, found.addresses) == (["phone"], (DEBTOR,))

    def test_our_own_mail_is_outgoing_and_adds_no_address(self, register):
        number = open_case(register, decided=decision(missing=("phone",)))
        continue_case(
            register,
            number,
            mail=message(MAILBOX),
            acknowledge=False,
            reasons=(Reason.OWN_ADDRESS,),
            recipient=MAILBOX,
        )
        found = file_of(register, number)
        assert found.mails[-1].direction is Direction.OUT
        assert (found.addresses, found.case.missing) == ((DEBTOR,), ["phone"])

    def test_a_question_that_becomes_a_complaint_gets_a_term(self, register):
        number = open_case(register, decided=decision(Kind.BALANCE, due=None, due_at=None))
        due_at = datetime(2026, 3, 17, 23, tzinfo=UTC)
        continue_case(register, number, missing=("name",), due=date(2026, 3, 17), due_at=due_at)
        case = file_of(register, number).case
        assert (case.kind, case.due, case.first_due) == (
            Kind.COMPLAINT,
            date(2026, 3, 17),
            date(2026, 3, 17),
        )
        assert (case.missing, case.completed_at) == (["name"], None)

    def test_a_second_complaint_does_not_move_the_first_ones_term(self, register):
        number = open_case(register)
        due_at = datetime(2026, 4, 1, 22, tzinfo=UTC)
        continue_case(register, number, due=date(2026, 4, 1), due_at=due_at)
        assert file_of(register, number).case.due == date(2026, 3, 16)

    def test_collection_is_paused_when_a_further_mail_asks_for_it(self, register):
        number = open_case(register)
        continue_case(register, number, pauses_collection=True)
        assert file_of(register, number).case.collection_paused

    def test_a_settled_case_does_not_pause_collection_again(self, register):
        number = open_case(register, decided=decision(pauses_collection=True))
        with register.transaction() as session:
            settle(session, number, Ending(Outcome.REJECTED), by="anna", now=START)
        continue_case(register, number, pauses_collection=True)
        assert not file_of(register, number).case.collection_paused


class TestBounces:
    def bounce(self, register, message_id, *, permanent=True):
        report = bounce_of(message_id, permanent=permanent)
        store(register, handled(report, decided=MACHINE), uid=2)
        with register.reading() as session:
            return bounced_among(session, [DEBTOR], START)

    def test_the_address_of_a_mail_that_came_back_is_not_written_to_again(self, register):
        open_case(register)
        assert self.bounce(register, "ack-1@agency.example") == {DEBTOR}

    def test_a_delay_is_no_bounce(self, register):
        open_case(register)
        assert self.bounce(register, "ack-1@agency.example", permanent=False) == frozenset()

    @pytest.mark.parametrize("message_id", ["", "never-sent@agency.example"])
    def test_a_report_about_no_mail_of_ours_proves_nothing(self, register, message_id):
        open_case(register)
        assert self.bounce(register, message_id) == frozenset()


def test_a_case_is_found_by_its_number_in_any_case(register):
    number = open_case(register)
    with register.reading() as session:
        assert case_of(session, f" {number.lower()} ").number == number


def test_tasks_of_a_mail_without_a_case_are_kept(register):
    task = Task("check_reading", "look")
    entry_id = take(register)
    decided = decision(Kind.SPAM, opens_case=False, acknowledge=False, tasks=(task,))
    with register.transaction() as session:
        apply(session, entry_id, handled(decided=decided), silent, START)
    with register.reading() as session:
        (stored,) = open_tasks(session)
        assert (stored.ledger_id, stored.case_number) == (entry_id, None)
