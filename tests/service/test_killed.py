"""`kill -9` at any point, then a restart: nothing is lost, nothing is doubled."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

from post_office import letter
from servers.waiting import wait_until
from triage_process import TriageRun

from triage.register.states import EntryState, OutboxState

if TYPE_CHECKING:
    from collections.abc import Callable

    from agency import Agency

MAILS = 40
KILLS = 3


def progress(agency: Agency) -> int:
    """Return how far the mails have come: taken in, decided upon, handed over."""
    done = sum(entry.state is EntryState.DONE for entry in agency.entries())
    sent = sum(mail.state is OutboxState.SENT for mail in agency.outbox())
    return len(agency.entries()) + done + sent


def reached(agency: Agency, steps: int) -> Callable[[], bool]:
    return lambda: progress(agency) >= steps


def test_a_killed_service_loses_nothing_and_doubles_nothing(dovecot_agency: Agency):
    agency, office = dovecot_agency, dovecot_agency.office
    agency.set("mailbox", first_start="acknowledge", batch=7)
    people = [office.open("person") for _ in range(MAILS)]
    office.send(*(letter(person, agency.mailbox, f"Klacht van {person}") for person in people))
    for kill_at in sorted(random.sample(range(1, 3 * MAILS), KILLS)):
        with TriageRun(agency.config) as run:
            wait_until(reached(agency, kill_at), f"step {kill_at}", 60)
            run.kill()
    with TriageRun(agency.config) as run:
        wait_until(reached(agency, 3 * MAILS), "the last mail", 60)
        run.terminate()
        assert run.ended() == 0, run.log

    assert len(agency.entries()) == MAILS
    assert len(agency.cases()) == MAILS
    assert len({entry.case_number for entry in agency.entries()}) == MAILS
    assert Counter(mail.recipient for mail in agency.outbox()) == Counter(people)
    # What was in an SMTP server's hands at the kill is sent again: the same mail, and recorded.
    ids = [[str(mail["Message-ID"]) for mail in office.inbox(person)] for person in people]
    assert all(len(set(received)) == 1 for received in ids)
    copies = sum(len(received) - 1 for received in ids)
    assert copies <= len(agency.events("sent_again"))
