"""`kill -9` at any moment: nothing is lost, nothing is answered twice but as the outbox' rule says."""

from __future__ import annotations

import threading
from random import Random
from typing import TYPE_CHECKING

from post_office import letter
from servers.waiting import wait_until
from triage_process import TriageRun, triage

from triage.register.states import EntryState, OutboxState

if TYPE_CHECKING:
    from agency import Agency

    from triage.demo.servers import SunkMail

MAILS = 12
KILLS = 3


def progress(agency: Agency) -> int:
    """Count the steps that are committed: taken in, decided upon, sent."""
    decided = sum(entry.state is EntryState.DONE for entry in agency.entries())
    sent = sum(mail.state is OutboxState.SENT for mail in agency.outbox())
    return len(agency.entries()) + decided + sent


def set_aside(agency: Agency) -> list[str]:
    """Return the numbers of the mails that wait for a person, and for their last two steps."""
    return [str(e.id) for e in agency.entries() if e.state is EntryState.SET_ASIDE]


def test_killed_at_random_moments_it_loses_no_mail_and_answers_each_once(any_agency: Agency):
    """Each kill comes at the moment some random number of steps is committed: mid-batch, mid-mail.

    A mail that happens to be in hand at two of them is a person's task, who has it processed again.
    """
    agency, office = any_agency, any_agency.office
    agency.set("mailbox", first_start="acknowledge", batch=3)
    agency.set("limits", service_hour=1000)
    senders = [office.open("sender") for _ in range(MAILS)]
    sent = [letter(sender, agency.mailbox) for sender in senders]
    office.send(*sent)
    moments = sorted(Random(office.kind).sample(range(1, 3 * MAILS), KILLS))  # noqa: S311 - not a secret
    for moment in moments:
        with TriageRun(agency.config) as run:
            wait_until(lambda wanted=moment: progress(agency) >= wanted, f"{moment} steps")
            run.kill()
    with TriageRun(agency.config) as run:
        wait_until(lambda: progress(agency) + 2 * len(set_aside(agency)) == 3 * MAILS, "the rest")
        for entry in set_aside(agency):
            assert triage("mail", "retry", "--config", agency.config, entry).returncode == 0
        wait_until(lambda: progress(agency) == 3 * MAILS, "all steps")
        run.terminate()
        assert run.ended() == 0

    entries, cases = agency.entries(), agency.cases()
    assert sorted(entry.message_id for entry in entries) == sorted(
        str(mail["Message-ID"]).strip("<>") for mail in sent
    )
    assert len(cases) == MAILS
    assert all(case.acknowledged_at for case in cases)
    copies = [office.inbox(sender) for sender in senders]
    assert all(copies), "everybody has an answer"
    for answers in copies:
        assert len({answer["Message-ID"] for answer in answers}) == 1
    second_copies = sum(len(answers) - 1 for answers in copies)
    assert second_copies <= len(agency.events("sent_again"))


def test_killed_while_the_mail_server_has_the_answer_it_sends_the_same_mail_again(agency: Agency):
    """Whether the server took it can't be known; the Message-ID tells that it is one mail."""
    office = agency.office
    agency.set("mailbox", first_start="acknowledge")
    jan = office.open("jan")
    office.send(letter(jan, agency.mailbox))
    in_hand, go_on = threading.Event(), threading.Event()

    def hold(mail: SunkMail) -> None:
        if jan in mail.recipients:
            in_hand.set()
            go_on.wait()

    office.on_delivery = hold
    try:
        with TriageRun(agency.config) as run:
            wait_until(in_hand.is_set, "the answer at the mail server")
            run.kill()
        (mail,) = agency.outbox()
        assert mail.state is OutboxState.SENDING
    finally:
        go_on.set()
    first = office.answer(jan)
    office.on_delivery = None
    with TriageRun(agency.config):
        second = office.answer(jan, number=2)
        wait_until(agency.is_idle, "noted as sent")
    assert second["Message-ID"] == first["Message-ID"]
    assert second.as_bytes() == first.as_bytes()
    (event,) = agency.events("sent_again")
    assert event.text.endswith("sent again with the same Message-ID")
    assert len(agency.cases()) == 1
