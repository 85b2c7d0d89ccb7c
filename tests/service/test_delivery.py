"""The outbox on a real SMTP server: what goes now, what goes later, and what a person must do."""

from __future__ import annotations

import ssl
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import trustme
from aiosmtpd.smtp import SMTP
from post_office import letter
from servers.waiting import wait_until

from triage.demo.servers import SmtpSink
from triage.errors import RegisterUnavailable
from triage.health import findings
from triage.outbox.delivery import Delivery
from triage.register import outbox_queue
from triage.register.queued import QueuedMail
from triage.register.states import OutboxState

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from agency import Agency

    from triage.register.tables import OutboxMail


def complain(agency: Agency, person: str) -> None:
    """Put a complaint into the mailbox, past the SMTP server, which answers as a test tells it to."""
    mail = letter(person, agency.mailbox).as_bytes()
    agency.office.account(agency.mailbox).append(mail)


def one_answer(agency: Agency, holds: Callable[[OutboxMail], object]) -> OutboxMail:
    """Wait until there is an answer of which something is true, and return it."""
    wait_until(lambda: any(holds(mail) for mail in agency.outbox()), "the answer")
    (mail,) = agency.outbox()
    return mail


def test_a_4xx_is_noted_and_tried_again_until_the_server_takes_it(agency: Agency):
    jan = agency.office.open("jan")
    with agency.running():
        agency.office.sink.refuse_next("451 4.3.0 greylisted", "421 4.3.2 shutting down")
        complain(agency, jan)
        first = one_answer(agency, lambda mail: mail.last_error == "451 4.3.0 greylisted")
        assert first.state is OutboxState.DUE
        agency.clock.forward(outbox_queue.next_attempt(1))
        one_answer(agency, lambda mail: mail.last_error == "421 4.3.2 shutting down")
        agency.clock.forward(outbox_queue.next_attempt(2))
        mail = one_answer(agency, lambda mail: mail.state is OutboxState.SENT)
    assert mail.smtp_reply == "2.0.0 taken"
    assert len(agency.office.inbox(jan)) == 1
    assert agency.tasks("not_sent") == []


def test_a_5xx_is_a_visible_failure_and_a_persons_task(agency: Agency):
    jan = agency.office.open("jan")
    with agency.running():
        agency.office.sink.refuse_next("554 5.7.1 looks like spam")
        complain(agency, jan)
        mail = one_answer(agency, lambda mail: mail.state is OutboxState.FAILED)
    assert mail.last_error == "554 5.7.1 looks like spam"
    (task,) = agency.tasks("not_sent")
    assert task.case_number == agency.cases()[0].number
    assert task.text == (
        f"The acknowledgement to {jan} could not be sent; reach them another way: "
        "554 5.7.1 looks like spam"
    )
    assert agency.cases()[0].acknowledged_at is None


def test_one_refused_mail_holds_up_no_other(agency: Agency):
    people = [agency.office.open("person") for _ in range(6)]
    agency.set("smtp", connections=1)
    with agency.running():
        agency.office.sink.refuse_next("554 5.7.1 no", "451 4.3.0 later")
        for person in people:
            complain(agency, person)
        wait_until(lambda: len(agency.office.sink.mails) == len(people) - 2, "the others")
    states = sorted(mail.state.value for mail in agency.outbox())
    assert states == ["due", "failed", *["sent"] * 4]


def test_while_the_server_is_down_mail_waits_and_goes_when_it_is_back(agency: Agency):
    jan = agency.office.open("jan")
    with SmtpSink() as gone:
        port = gone.port
    agency.set("smtp", port=port)
    with agency.running() as service:
        complain(agency, jan)
        mail = one_answer(agency, lambda mail: mail.last_error)
        assert mail.state is OutboxState.DUE
        agency.clock.forward(timedelta(hours=1))
        wait_until(lambda: _is_told(findings(service.look())), "the finding")
        with _Sink(port) as back:
            agency.clock.forward(timedelta(hours=1))
            wait_until(lambda: back.mails, "the answer")
            one_answer(agency, lambda mail: mail.state is OutboxState.SENT)
    assert len(back.mails) == 1
    assert back.mails[0].recipients == (jan,)


def _is_told(found: tuple[str, ...]) -> bool:
    return any("is not delivered yet" in finding for finding in found)


class _Sink(SmtpSink):
    """Listens on a port that is given, perhaps with STARTTLS."""

    def __init__(self, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        super().__init__()
        self._port = port
        self._tls = tls

    async def _open(self) -> asyncio.Server:
        def session() -> SMTP:
            return SMTP(self, hostname="sink.invalid", loop=self._loop, tls_context=self._tls)

        return await self._loop.create_server(session, "127.0.0.1", self._port)


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def test_with_starttls_mail_goes_over_tls_to_a_server_whose_certificate_is_trusted(
    agency: Agency, authority: trustme.CA, tls: ssl.SSLContext
):
    authority.cert_pem.write_to_path(agency.folder / "ca.pem")
    jan = agency.office.open("jan")
    with _Sink(tls=tls) as sink:
        agency.set("smtp", port=sink.port, tls="starttls", ca_file="ca.pem")
        with agency.running():
            complain(agency, jan)
            wait_until(lambda: sink.mails, "the answer")


def test_with_starttls_nothing_goes_to_a_server_whose_certificate_is_not_trusted(
    agency: Agency, tls: ssl.SSLContext
):
    with _Sink(tls=tls) as sink:
        agency.set("smtp", port=sink.port, tls="starttls")
        with agency.running():
            complain(agency, agency.office.open("jan"))
            mail = one_answer(agency, lambda mail: mail.last_error)
    assert "certificate" in mail.last_error
    assert sink.mails == ()


def test_with_starttls_nothing_goes_to_a_server_that_does_not_offer_it(agency: Agency):
    agency.set("smtp", tls="starttls")
    jan = agency.office.open("jan")
    with agency.running():
        complain(agency, jan)
        mail = one_answer(agency, lambda mail: mail.last_error)
    assert "STARTTLS" in mail.last_error
    assert agency.office.taken_for(jan) == []


class _Session:
    """A connection that takes mail, or breaks as no SMTP connection should."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault
        self.taken: list[str] = []
        self.while_sending: Callable[[], object] = lambda: None

    async def send(self, raw: bytes, *, envelope_from: str, recipient: str) -> str:
        if self.fault is not None:
            raise self.fault
        self.while_sending()
        self.taken.append(recipient)
        return "250 taken"

    async def close(self) -> None:
        pass


class _Stopping(_Session):
    """A connection during whose first mail the delivery is told to stop."""

    delivery: Delivery

    async def send(self, raw: bytes, *, envelope_from: str, recipient: str) -> str:
        self.delivery.stop()
        return await super().send(raw, envelope_from=envelope_from, recipient=recipient)


def _delivering(agency: Agency, session: _Session) -> Delivery:
    return Delivery(agency.register, (session,), "one")  # type: ignore[arg-type]  # acts as one


def _is_away_twice(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Let the register be away for two tries of a step, and waiting for it be short."""
    really, faults = getattr(outbox_queue, step), [RegisterUnavailable("away")] * 2

    def fragile(*arguments: object) -> None:
        if faults:
            raise faults.pop()
        really(*arguments)

    monkeypatch.setattr(outbox_queue, step, fragile)
    monkeypatch.setattr("triage.outbox.delivery._AFTER_FAULT_SECONDS", 0.01)


def queue(agency: Agency, *recipients: str) -> None:
    with agency.register.transaction() as session:
        for recipient in recipients:
            mail = QueuedMail(
                message_id=f"for-{recipient}",
                purpose="digest",
                recipient=recipient,
                occasion="today",
                envelope_from="",
                content=b"Subject: Digest\r\n\r\n",
            )
            outbox_queue.queue(session, mail, agency.clock.now())


async def test_an_outcome_that_cannot_be_stored_is_stored_later_and_nothing_goes_twice(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
):
    queue(agency, "jan@people.example")
    session = _Session()
    delivery = _delivering(agency, session)
    _is_away_twice(monkeypatch, "mark_sent")
    await delivery.once()
    assert session.taken == ["jan@people.example"]
    assert [mail.state for mail in agency.outbox()] == [OutboxState.SENT]


async def test_a_fault_that_nobody_foresaw_is_that_mails_and_it_is_tried_again(agency: Agency):
    queue(agency, "jan@people.example", "eva@people.example")
    session = _Session(ValueError("a bug"))
    delivery = _delivering(agency, session)
    await delivery.once()
    assert {mail.last_error for mail in agency.outbox()} == {"ValueError: a bug"}
    session.fault = None
    agency.clock.forward(timedelta(hours=1))
    await delivery.once()
    assert sorted(session.taken) == ["eva@people.example", "jan@people.example"]


async def test_at_a_stop_only_the_mail_in_hand_is_sent_and_the_others_are_given_back(
    agency: Agency,
):
    queue(agency, "jan@people.example", "eva@people.example", "ola@people.example")

    session = _Stopping()
    session.delivery = delivery = _delivering(agency, session)
    await delivery.run()
    assert session.taken == ["jan@people.example"]
    waiting = [mail for mail in agency.outbox() if mail.state is OutboxState.DUE]
    assert [(mail.claimed_at, mail.attempts) for mail in waiting] == [(None, 0)] * 2
    next_life = _Session()
    await _delivering(agency, next_life).once()
    assert next_life.taken == ["eva@people.example", "ola@people.example"]
    assert agency.events("sent_again") == []


async def test_what_has_waited_long_since_it_was_claimed_is_given_back_not_sent(agency: Agency):
    queue(agency, "jan@people.example", "eva@people.example")
    session = _Session()
    delivery = _delivering(agency, session)
    session.while_sending = lambda: agency.clock.forward(outbox_queue.CLAIM_HOLDS)
    assert await delivery.deliver_due() == 2
    assert session.taken == ["jan@people.example"]
    waiting = [mail for mail in agency.outbox() if mail.state is OutboxState.DUE]
    assert [(mail.claimed_at, mail.attempts) for mail in waiting] == [(None, 0)]


async def test_a_register_that_is_away_at_the_start_is_waited_for(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
):
    queue(agency, "jan@people.example")
    _is_away_twice(monkeypatch, "void_sender_claims")
    session = _Stopping()
    session.delivery = delivery = _delivering(agency, session)
    await delivery.run()
    assert session.taken == ["jan@people.example"]


async def test_what_a_dead_process_had_in_hand_is_sent_again_with_a_note(agency: Agency):
    queue(agency, "jan@people.example")
    with agency.register.transaction() as session:
        outbox_queue.claim(session, 1, "one", agency.clock.now())
    next_life = _Session()
    await _delivering(agency, next_life).once()
    assert next_life.taken == ["jan@people.example"]
    assert len(agency.events("sent_again")) == 1


async def test_what_another_process_has_in_hand_is_left_to_it(agency: Agency):
    queue(agency, "jan@people.example")
    with agency.register.transaction() as session:
        outbox_queue.claim(session, 1, "another", agency.clock.now())
    session = _Session()
    await _delivering(agency, session).once()
    assert session.taken == []
