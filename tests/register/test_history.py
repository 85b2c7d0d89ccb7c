"""Which case a mail continues, and what else is known that bears on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from register_samples import (
    DEBTOR,
    MAILBOX,
    POLICY,
    START,
    arrival,
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

from triage.decision import Caps, Joined, Reason
from triage.message.model import Address, MachineSign, Sign
from triage.register.apply import apply
from triage.register.bounces import note_bounce
from triage.register.case_commands import answer, merge, settle
from triage.register.case_number import tag
from triage.register.history import history_for
from triage.register.ledger import entry_of, take_in
from triage.register.numbering import signing_key
from triage.register.outbox_desk import withhold_mail
from triage.register.outbox_queue import claim, mark_failed, queue
from triage.register.states import Outcome
from triage.register.verdict import Ending
from triage.understanding.model import Finding, Kind

STRANGER = "stranger@mail.example"
DOSSIER = "12345678"


@pytest.fixture
def history(register):
    """Give what the register knows about a mail that was just taken in."""

    def history(mail=None, read=None, *, caps=None, policy=POLICY, uid=900, **entry):
        entry_id = take(register, uid, **entry)
        with register.transaction() as session:
            return history_for(
                session,
                mail or message(),
                read or reading(),
                policy,
                entry_of(session, entry_id),
                caps=caps or Caps(),
                own_addresses=frozenset({MAILBOX}),
                now=register.clock.now(),
            )

    return history


def tag_of(register, number):
    with register.transaction() as session:
        return tag(number, signing_key(session, START))


def joined(history):
    return (history.case.number if history.case else None, history.joined)


NOT_JOINED = (None, None)


class TestThread:
    def test_a_reply_to_a_mail_of_ours_joins_its_case(self, register, history):
        number = open_case(register)
        reply = message(in_reply_to=("ack-1@agency.example",))
        assert joined(history(reply)) == (number, Joined.THREAD)

    def test_references_alone_will_do(self, register, history):
        number = open_case(register)
        reply = message(references=("unknown@x", "ack-1@agency.example", "later@x"))
        assert joined(history(reply)) == (number, Joined.THREAD)

    def test_a_reply_from_another_address_joins_too(self, register, history):
        number = open_case(register)
        reply = message(STRANGER, in_reply_to=("ack-1@agency.example",))
        assert joined(history(reply)) == (number, Joined.THREAD)

    def test_the_mail_that_is_answered_counts_more_than_those_before(self, register, history):
        older, newer = open_case(register, 1), open_case(register, 2)
        reply = message(in_reply_to=("ack-2@agency.example",), references=("ack-1@agency.example",))
        assert joined(history(reply)) == (newer, Joined.THREAD)
        assert older != newer

    def test_of_the_references_the_last_counts_most(self, register, history):
        open_case(register, 1)
        newer = open_case(register, 2)
        reply = message(references=("ack-1@agency.example", "ack-2@agency.example"))
        assert joined(history(reply, uid=901)) == (newer, Joined.THREAD)

    def test_a_sender_continues_their_own_thread(self, register, history):
        number = open_case(register, mail=message(message_id="first@mail.example"))
        more = message(in_reply_to=("first@mail.example",))
        assert joined(history(more)) == (number, Joined.THREAD)

    def test_a_stranger_does_not_join_by_naming_anothers_mail(self, register, history):
        open_case(register, mail=message(message_id="first@mail.example"))
        more = message(STRANGER, in_reply_to=("first@mail.example",))
        assert joined(history(more)) == NOT_JOINED

    def test_nor_does_one_who_only_claims_to_be_the_sender(self, register, history):
        open_case(register, mail=message(message_id="first@mail.example"))
        forged = (Sign(MachineSign.UNAUTHENTICATED, "dmarc=fail"),)
        more = message(in_reply_to=("first@mail.example",), signs=forged)
        assert joined(history(more)) == NOT_JOINED

    def test_a_handlers_answer_to_the_senders_mail_joins(self, register, history):
        number = open_case(register, mail=message(message_id="first@mail.example"))
        ours = message(MAILBOX, in_reply_to=("first@mail.example",))
        assert joined(history(ours)) == (number, Joined.THREAD)

    def test_a_reply_to_a_handlers_answer_joins_whoever_writes(self, register, history):
        number = open_case(register)
        ours = message(MAILBOX, message_id="answer@agency.example")
        decided = decision(
            opens_case=False, joins=number, acknowledge=False, reasons=(Reason.OWN_ADDRESS,)
        )
        entry_id = take(register, 2)
        with register.transaction() as session:
            apply(session, entry_id, handled(ours, decided=decided), silent, START)
        reply = message(STRANGER, in_reply_to=("answer@agency.example",))
        assert joined(history(reply)) == (number, Joined.THREAD)

    def test_a_bounce_belongs_to_the_case_of_the_mail_that_came_back(self, register, history):
        number = open_case(register)
        bounce = bounce_of("ack-1@agency.example")
        assert joined(history(bounce, reading(Kind.AUTOMATIC))) == (number, Joined.THREAD)

    def test_an_unknown_thread_is_none(self, history):
        assert joined(history(message(in_reply_to=("nobody@knows.example",)))) == NOT_JOINED

    def test_an_endless_thread_is_looked_up_to_a_bound(self, register, history):
        number = open_case(register)
        noise = tuple(f"{n}@x" for n in range(5000))
        near = message(references=("far@x", *noise, "ack-1@agency.example"))
        far = message(references=("ack-1@agency.example", *noise))
        assert joined(history(near, uid=901)) == (number, Joined.THREAD)
        assert joined(history(far, uid=902)) == NOT_JOINED

    def test_replies_follow_a_merged_case(self, register, history):
        gone, kept = open_case(register, 1), open_case(register, 2)
        with register.transaction() as session:
            merge(session, gone, kept, by="anna", now=START)
        reply = message(in_reply_to=("ack-1@agency.example",))
        assert joined(history(reply)) == (kept, Joined.THREAD)

    def test_a_settled_case_is_still_joined(self, register, history):
        number = open_case(register)
        with register.transaction() as session:
            settle(session, number, Ending(Outcome.REJECTED), by="anna", now=START)
        known = history(message(in_reply_to=("ack-1@agency.example",)))
        assert (known.case.number, known.case.state) == (number, "settled")


class TestToken:
    @pytest.mark.parametrize("place", ["subject", "typed"])
    def test_the_number_with_its_token_joins_from_any_address(self, register, history, place):
        number = open_case(register)
        mail = message(STRANGER, **{place: f"over {tag_of(register, number)}"})
        assert joined(history(mail)) == (number, Joined.TOKEN)

    @pytest.mark.parametrize("token", ["", "-00000000"])
    def test_somebody_else_quoting_the_number_does_not_join(self, register, history, token):
        number = open_case(register)
        mail = message(STRANGER, subject=f"Re: [{number}{token}]", typed=f"{number}{token}")
        assert joined(history(mail)) == NOT_JOINED

    def test_a_token_of_a_case_that_is_gone_joins_nothing(self, register, history):
        mail = message(subject=tag_of(register, "NL25-00001"))
        assert joined(history(mail)) == NOT_JOINED

    def test_a_token_follows_a_merged_case(self, register, history):
        gone, kept = open_case(register, 1), open_case(register, 2)
        with register.transaction() as session:
            merge(session, gone, kept, by="anna", now=START)
        mail = message(STRANGER, subject=tag_of(register, gone))
        assert joined(history(mail)) == (kept, Joined.TOKEN)


class TestSender:
    about = reading(dossiers=(DOSSIER,))

    def test_the_same_sender_about_the_same_dossier_joins_the_open_case(self, register, history):
        number = open_case(register, read=self.about)
        mail = message("Debtor@MAIL.example")
        assert joined(history(mail, self.about)) == (number, Joined.SENDER)

    def test_an_address_given_in_the_mail_is_the_senders_too(self, register, history):
        given = reading(dossiers=(DOSSIER,), emails=(Finding("Work@mail.example", 0.9),))
        number = open_case(register, read=given)
        mail = message("work@mail.example")
        assert joined(history(mail, self.about)) == (number, Joined.SENDER)

    @pytest.mark.parametrize(
        ("mail", "read"),
        [
            (message(STRANGER), about),
            (message(), reading(dossiers=("87654321",))),
            (message(), reading()),
            (message(), reading(Kind.AUTOMATIC, dossiers=(DOSSIER,))),
            (message(signs=(Sign(MachineSign.UNAUTHENTICATED, "dmarc=fail"),)), about),
        ],
        ids=["other sender", "other dossier", "no dossier", "a machine", "forged sender"],
    )
    def test_anything_else_does_not_join(self, register, history, mail, read):
        open_case(register, read=self.about)
        assert joined(history(mail, read)) == NOT_JOINED

    def test_an_answered_or_settled_case_is_not_joined_unasked(self, register, history):
        number = open_case(register, read=self.about)
        with register.transaction() as session:
            answer(session, number, by="anna", now=START)
        assert joined(history(read=self.about)) == NOT_JOINED

    @pytest.mark.parametrize(
        ("case", "mail", "joins"),
        [
            (Kind.COMPLAINT, Kind.COMPLAINT, True),
            (Kind.COMPLAINT, Kind.MANAGEMENT_COMPLAINT, True),
            (Kind.COMPLAINT, Kind.QUESTION, True),
            (Kind.COMPLAINT, Kind.DATA_REQUEST, False),
            (Kind.BALANCE, Kind.COMPLAINT, False),
            (Kind.BALANCE, Kind.QUESTION, True),
            (Kind.DATA_REQUEST, Kind.DATA_REQUEST, True),
            (Kind.DATA_REQUEST, Kind.COMPLAINT, False),
        ],
    )
    def test_a_mail_with_a_term_of_its_own_keeps_it(self, register, history, case, mail, joins):
        open_case(register, read=self.about, decided=decision(case))
        known = history(read=reading(mail, dossiers=(DOSSIER,)))
        assert (known.case is not None) is joins

    def test_of_several_cases_a_complaint_before_a_question_then_the_latest(
        self, register, history
    ):
        open_case(register, 1, read=self.about)
        latest_complaint = open_case(register, 2, read=self.about)
        open_case(register, 3, read=self.about, decided=decision(Kind.QUESTION))
        more = reading(Kind.QUESTION, dossiers=(DOSSIER,))
        assert history(read=more).case.number == latest_complaint

    def test_of_several_procedures_the_one_that_was_written_to(self, register, history):
        open_case(register, 1, read=self.about)
        entry_id = take(register, 2)
        other = replace(POLICY, name="agency-service")
        mail = replace(handled(read=self.about), policy=other)
        with register.transaction() as session:
            number = apply(session, entry_id, mail, silent, START)
        assert history(read=self.about, policy=other).case.number == number


class TestKnownCase:
    reply = message(in_reply_to=("ack-1@agency.example",))

    def test_it_says_what_is_given_missing_paused_and_acknowledged(self, register, history):
        decided = decision(missing=("name", "phone"), given=("reason",), pauses_collection=True)
        open_case(register, decided=decided)
        case = history(self.reply).case
        assert (case.kind, case.state) == (Kind.COMPLAINT, "open")
        assert (case.missing, case.given) == (("name", "phone"), ("reason",))
        assert (case.paused, case.answered) == (True, False)
        assert (case.acknowledged, case.acknowledgements) == (True, 1)

    def test_after_the_answer_it_is_answered_and_no_longer_paused(self, register, history):
        number = open_case(register, decided=decision(pauses_collection=True))
        with register.transaction() as session:
            answer(session, number, by="anna", now=START)
        case = history(self.reply).case
        assert (case.state, case.answered, case.paused) == ("answered", True, False)

    def test_mail_to_handlers_costs_the_sender_nothing(self, register, history):
        number = open_case(register)
        with register.transaction() as session:
            warning = queued("w", purpose="warning", recipient="anna@agency.example")
            queue(session, warning, START, case_number=number)
        assert history(self.reply).case.acknowledgements == 1

    def test_a_failed_acknowledgement_is_none(self, register, history):
        open_case(register)
        with register.transaction() as session:
            (mail,) = claim(session, 1, "w", START)
            mark_failed(session, mail.id, "550", START, worker="w")
        assert history(self.reply).case.acknowledged is False

    def test_a_withheld_acknowledgement_is_none(self, register, history):
        open_case(register)
        with register.transaction() as session:
            (mail,) = claim(session, 1, "w", START)
            mark_failed(session, mail.id, "550", START, worker="w")
            withhold_mail(session, mail.id, "phoned", START)
        case = history(self.reply).case
        assert (case.acknowledged, case.acknowledgements) == (False, 0)


class TestCaps:
    def answers(self, register, clock, ages, recipient=DEBTOR, purpose="service"):
        now = clock.now()
        with register.transaction() as session:
            for place, age in enumerate(ages):
                mail = queued(
                    f"{recipient}-{place}",
                    message_id=f"{recipient}-{place}@agency.example",
                    recipient=recipient,
                    purpose=purpose,
                )
                queue(session, mail, now - timedelta(minutes=age))

    def test_answers_of_the_last_hour_and_day_are_counted(self, register, clock, history):
        self.answers(register, clock, [1, 59, 61, 23 * 60, 24 * 60 + 1])
        known = history()
        assert (known.sent_to_sender_hour, known.sent_to_sender_day) == (2, 4)

    @pytest.mark.parametrize(("apart", "counted"), [(0, 1), (60, 1), (-60, 1), (61, 0)])
    def test_answers_to_mails_of_this_minute_are_counted_by_receipt(
        self, register, clock, history, apart, counted
    ):
        with register.transaction() as session:
            queue(session, queued(recipient=DEBTOR, purpose="service"), clock.now(), ledger_id=None)
        assert history().sent_to_sender_minute == 0, "an answer to no mail of the ledger"
        first = take(register, 1)
        with register.transaction() as session:
            answer = queued("2", message_id="2@agency.example", recipient=DEBTOR, purpose="service")
            queue(session, answer, clock.now(), ledger_id=first)
        received = START + timedelta(seconds=apart)
        assert history(uid=901, received_at=received).sent_to_sender_minute == counted
        other = history(uid=902, received_at=received, mailbox="info@agency.example")
        assert other.sent_to_sender_minute == 0, "another mailbox may be another agency"

    def test_only_answers_to_this_sender_count_for_the_sender(self, register, clock, history):
        self.answers(register, clock, [1], STRANGER)
        self.answers(register, clock, [1], purpose="digest")
        known = history()
        assert (known.sent_to_sender_hour, known.sent_to_sender_day) == (0, 0)

    def test_all_answers_of_the_hour_count_for_the_service(self, register, clock, history):
        self.answers(register, clock, [1, 59, 61], STRANGER)
        self.answers(register, clock, [2])
        assert history().sent_by_service_hour == 3

    def test_the_service_is_counted_no_further_than_its_cap(self, register, clock, history):
        self.answers(register, clock, [1] * 5)
        assert history(caps=Caps(service_hour=3)).sent_by_service_hour == 3

    def test_a_web_form_is_counted_for_the_person_in_it(self, register, clock, history):
        self.answers(register, clock, [1])
        form = replace(reading(emails=(Finding(DEBTOR, 0.9),)), webform=True)
        assert history(message("website@agency.example"), form).sent_to_sender_hour == 1

    def test_a_mail_without_a_sender_has_no_counts(self, history):
        known = history(message(""))
        assert (known.sent_to_sender_hour, known.sent_to_sender_day) == (0, 0)


def history_of(register, entry_id, mail=None):
    with register.transaction() as session:
        return history_for(
            session,
            mail or message(),
            reading(),
            POLICY,
            entry_of(session, entry_id),
            caps=Caps(),
            own_addresses=frozenset(),
            now=START,
        )


def test_a_mail_that_was_answered_is_known_by_its_fingerprint(register):
    open_case(register, 1)
    other = take(register, 2)
    with register.transaction() as session:
        copy, original = take_in(session, [arrival(1, uidvalidity=9), arrival(1)], START)
    answered = [
        history_of(register, entry_id).answered_before for entry_id in (original.entry_id, other)
    ]
    assert answered == [True, False]
    assert copy.original_id == original.entry_id


def test_a_mail_whose_answer_could_not_be_sent_was_not_answered(register):
    open_case(register, 1)
    with register.transaction() as session:
        (mail,) = claim(session, 1, "w", START)
        mark_failed(session, mail.id, "550", START, worker="w")
        (seen,) = take_in(session, [arrival(1)], START)
    assert history_of(register, seen.entry_id).answered_before is False


def test_a_mail_of_ours_that_comes_back_is_not_answered(register):
    open_case(register, 1)
    ours = message(message_id="ack-1@agency.example")
    assert history_of(register, take(register, 2), ours).answered_before is True


def test_a_bounced_sender_is_known(register, history):
    with register.transaction() as session:
        note_bounce(session, DEBTOR, "5.1.1", START)
        note_bounce(session, STRANGER, "5.1.1", START)
    assert history().bounced_addresses == {DEBTOR}


def test_backlog_receipt_time_caps_and_own_addresses_are_handed_on(history):
    received = START - timedelta(days=9)
    known = history(backlog=True, received_at=received, caps=Caps(per_case=1))
    assert (known.backlog, known.received_at) == (True, received)
    assert (known.caps.per_case, known.own_addresses) == (1, {MAILBOX})


def test_a_mail_without_any_sender_has_a_history_too(history):
    known = history(message("", reply_to=(Address("", DEBTOR),)))
    assert joined(known) == NOT_JOINED
    assert known.bounced_addresses == frozenset()
