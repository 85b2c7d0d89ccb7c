"""Nothing is queued twice, nothing is lost, and what is unclear is sent again and said so."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from register_samples import DEBTOR, START, open_case, queued

from triage.errors import NotInRegister, RegisterError
from triage.register.bounces import bounced_among
from triage.register.cases import case_of
from triage.register.events import events_of
from triage.register.outbox_desk import (
    count_mails,
    mails_in,
    oldest_due,
    retry_mail,
    withhold_mail,
)
from triage.register.outbox_queue import (
    CLAIM_HOLDS,
    GIVE_UP,
    claim,
    mark_deferred,
    mark_failed,
    mark_sent,
    next_attempt,
    queue,
    void_sender_claims,
)
from triage.register.states import OutboxState
from triage.register.tasks import open_tasks


def put(register, mail=None, **about):
    with register.transaction() as session:
        return queue(session, mail or queued(), register.clock.now(), **about)


def take_up(register, worker="one", limit=10):
    with register.transaction() as session:
        return claim(session, limit, worker, register.clock.now())


def say(register, report, *args, **options):
    with register.transaction() as session:
        report(session, *args, register.clock.now(), **options)


def only(register):
    with register.reading() as session:
        (mail,) = mails_in(session, OutboxState)
        return mail


def test_a_queued_mail_is_due_at_once(register):
    put(register, queued(content=b"\x00\xff bytes"))
    (mail,) = take_up(register)
    assert (mail.message_id, mail.recipient) == ("ack-1@agency.example", DEBTOR)
    assert (mail.content, mail.resent) == (b"\x00\xff bytes", False)


def test_recipients_are_kept_in_lower_case(register):
    put(register, queued(recipient="Debtor@Mail.Example"))
    assert only(register).recipient == DEBTOR


def test_the_same_case_purpose_recipient_and_occasion_are_queued_once(register):
    assert put(register) is not None
    assert put(register, queued(message_id="other@agency.example")) is None
    assert only(register).message_id == "ack-1@agency.example"


@pytest.mark.parametrize(
    "other",
    [
        {"purpose": "reminder"},
        {"recipient": "lawyer@mail.example"},
        {"occasion": "2"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_purpose_recipient_or_occasion_is_another_mail(register, other):
    put(register)
    assert put(register, queued(message_id="other@agency.example", **other)) is not None


def test_another_case_is_another_mail(register):
    first, second = open_case(register, 1), open_case(register, 2)
    for number in (first, second):
        mail = queued("x", message_id=f"{number}@agency.example")
        assert put(register, mail, case_number=number) is not None


def test_a_message_id_belongs_to_one_mail(register):
    put(register)
    with pytest.raises(RegisterError, match="Message-ID"):
        put(register, queued(occasion="2", message_id="ack-1@agency.example"))


def test_senders_that_claim_at_the_same_moment_share_the_mails(register):
    for occasion in range(30):
        put(register, queued(str(occasion)))
    start = Barrier(4)
    claims = []

    def send(name):
        start.wait()
        while got := take_up(register, name, limit=3):
            claims.extend(mail.id for mail in got)

    threads = [Thread(target=send, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claims) == len(set(claims)) == 30


def test_a_sent_mail_keeps_the_servers_reply_and_is_not_sent_again(register, clock):
    put(register)
    (mail,) = take_up(register)
    say(register, mark_sent, mail.id, "250 2.0.0 OK queued as 4F1")
    sent = only(register)
    assert (sent.state, sent.smtp_reply) == (OutboxState.SENT, "250 2.0.0 OK queued as 4F1")
    assert sent.sent_at == START
    clock.time += CLAIM_HOLDS
    assert take_up(register) == ()


def test_the_case_is_acknowledged_when_the_server_took_the_first_answer(register, clock):
    number = open_case(register)
    (mail,) = take_up(register)
    with register.reading() as session:
        assert case_of(session, number).acknowledged_at is None
    clock.advance(seconds=1)
    say(register, mark_sent, mail.id, "250 OK")
    with register.reading() as session:
        assert case_of(session, number).acknowledged_at == clock.now()
        assert "sent" in [event.code for event in events_of(session, number)]


def test_a_reminder_to_a_handler_does_not_acknowledge_a_case(register):
    number = open_case(register)
    put(register, queued("r", purpose="warning", recipient="h@a.example"), case_number=number)
    for mail in take_up(register):
        if mail.purpose == "warning":
            say(register, mark_sent, mail.id, "250 OK")
    with register.reading() as session:
        assert case_of(session, number).acknowledged_at is None


def test_a_deferred_mail_is_tried_again_after_a_growing_pause(register, clock):
    put(register)
    for attempt in range(1, 6):
        (mail,) = take_up(register)
        say(register, mark_deferred, mail.id, "451 greylisted", worker="one")
        clock.time += next_attempt(attempt) - timedelta(seconds=1)
        assert take_up(register) == ()
        clock.advance(seconds=1)
    assert only(register).last_error == "451 greylisted"


def test_pauses_double_from_ten_seconds_to_an_hour():
    seconds = [next_attempt(attempts).total_seconds() for attempts in range(1, 12)]
    assert seconds[:4] == [10, 20, 40, 80]
    assert seconds[-1] == next_attempt(10**6).total_seconds() == 3600


def test_a_mail_deferred_for_five_days_has_failed(register, clock):
    put(register)
    clock.time += GIVE_UP
    (mail,) = take_up(register)
    say(register, mark_deferred, mail.id, "451 still busy", worker="one")
    assert only(register).state is OutboxState.FAILED


def test_a_refused_mail_becomes_a_persons_task(register):
    number = open_case(register)
    (mail,) = take_up(register)
    say(register, mark_failed, mail.id, "550 no such user", worker="one")
    with register.reading() as session:
        (task,) = open_tasks(session, number)
        assert (task.code, task.outbox_id) == ("not_sent", mail.id)
        assert bounced_among(session, [DEBTOR], START) == frozenset()
    assert only(register).state is OutboxState.FAILED


def test_an_address_that_the_server_refused_is_not_written_to_again(register):
    put(register)
    (mail,) = take_up(register)
    say(register, mark_failed, mail.id, "550 5.1.1", worker="one", address_refused=True)
    with register.reading() as session:
        assert bounced_among(session, [DEBTOR], START) == {DEBTOR}


def test_a_mail_whose_sender_vanished_is_sent_again_with_its_message_id(register, clock):
    number = open_case(register)
    (first,) = take_up(register, "dead")
    clock.time += CLAIM_HOLDS
    (again,) = take_up(register, "alive")
    assert (again.message_id, again.resent) == (first.message_id, True)
    with register.reading() as session:
        assert [e.code for e in events_of(session, number)][-1] == "sent_again"


def test_a_sender_that_starts_again_need_not_wait_for_its_own_claims(register):
    put(register, queued("1"))
    put(register, queued("2"))
    (mine,) = take_up(register, "me", limit=1)
    take_up(register, "you", limit=1)
    say(register, lambda session, now: void_sender_claims(session, "me", now))
    (again,) = take_up(register, "me")
    assert (again.id, again.resent) == (mine.id, True)


def test_a_mail_that_the_server_took_is_sent_whoever_holds_the_claim_by_now(register, clock):
    put(register)
    (mail,) = take_up(register, "slow")
    clock.time += CLAIM_HOLDS
    take_up(register, "quick")
    say(register, mark_sent, mail.id, "250 OK")
    say(register, mark_deferred, mail.id, "451", worker="quick")
    say(register, mark_failed, mail.id, "550", worker="quick")
    assert only(register).state is OutboxState.SENT


@pytest.mark.parametrize("report", [mark_deferred, mark_failed])
def test_a_sender_that_lost_its_claim_has_no_say(register, clock, report):
    put(register)
    (mail,) = take_up(register, "slow")
    clock.time += CLAIM_HOLDS
    take_up(register, "quick")
    say(register, report, mail.id, "421", worker="slow")
    assert (only(register).state, only(register).claimed_by) == (OutboxState.SENDING, "quick")


def test_a_deferred_mail_is_not_taken_for_one_that_may_have_arrived(register, clock):
    put(register)
    (mail,) = take_up(register)
    say(register, mark_deferred, mail.id, "451", worker="one")
    clock.advance(hours=1)
    assert take_up(register)[0].resent is False


def test_a_person_can_retry_a_failed_mail(register):
    put(register)
    (mail,) = take_up(register)
    say(register, mark_failed, mail.id, "550", worker="one")
    say(register, retry_mail, mail.id)
    assert [again.id for again in take_up(register)] == [mail.id]


def test_a_mail_that_went_out_after_all_ends_its_task(register):
    put(register)
    (mail,) = take_up(register)
    say(register, mark_failed, mail.id, "550", worker="one")
    say(register, retry_mail, mail.id)
    take_up(register)
    with register.reading() as session:
        assert len(open_tasks(session)) == 1
    say(register, mark_sent, mail.id, "250 OK")
    with register.reading() as session:
        assert open_tasks(session) == ()


def test_an_address_that_a_person_writes_to_again_may_be_written_to(register):
    put(register)
    (mail,) = take_up(register)
    say(register, mark_failed, mail.id, "550", worker="one", address_refused=True)
    say(register, retry_mail, mail.id)
    with register.reading() as session:
        assert bounced_among(session, [DEBTOR], START) == frozenset()


def test_a_person_can_withhold_a_waiting_mail(register):
    outbox_id = put(register)
    say(register, lambda session, now: withhold_mail(session, outbox_id, "phoned instead", now))
    assert take_up(register) == ()
    assert only(register).state is OutboxState.WITHHELD


def test_what_is_under_way_can_be_neither_retried_nor_withheld(register):
    outbox_id = put(register)
    take_up(register)
    with pytest.raises(NotInRegister, match="sending"):
        say(register, retry_mail, outbox_id)
    with pytest.raises(NotInRegister, match="sending"):
        say(register, lambda session, now: withhold_mail(session, outbox_id, "", now))


def test_an_unknown_mail_is_not_in_the_register(register):
    with pytest.raises(NotInRegister):
        say(register, mark_sent, 99, "250 OK")


def test_health_sees_what_waits_and_since_when(register, clock):
    with register.reading() as session:
        assert oldest_due(session) is None
    put(register, queued("1"))
    clock.advance(minutes=1)
    put(register, queued("2"))
    with register.reading() as session:
        assert oldest_due(session) == START
        assert count_mails(session)[OutboxState.DUE] == 2
        assert count_mails(session)[OutboxState.FAILED] == 0
