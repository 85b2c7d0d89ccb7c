"""Two machines, one PostgreSQL: one watches a mailbox, both work, either can die."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from post_office import letter
from servers.waiting import wait_until
from sqlalchemy import text
from triage_process import TriageRun

from triage.register import outbox_queue, worklist
from triage.register.tables import Lease
from triage.service import LEASE_TERM

if TYPE_CHECKING:
    from collections.abc import Callable

    from agency import Agency
    from post_office import PostOffice

    from triage.demo.servers import SunkMail


def founded(
    office: PostOffice, store: str, found_agency: Callable[[PostOffice, str], Agency]
) -> Agency:
    agency = found_agency(office, store)
    agency.set("http", listen="127.0.0.1:0")
    agency.set("log", level="info")
    return agency


def holder(agency: Agency) -> str:
    """Return who watches the mailbox."""
    found = [lease for lease in agency.rows(Lease) if lease.name.startswith("mailbox ")]
    assert len(found) <= 1
    return found[0].holder if found else ""


def standing_by(run: TriageRun) -> bool:
    return "another process watches" in run.log


def let_time_pass(agency: Agency) -> None:
    """Have all that a dead machine held run out, without waiting for it."""
    longest = max(LEASE_TERM, worklist.CLAIM_HOLDS, outbox_queue.CLAIM_HOLDS)
    past = agency.clock.now() - longest - timedelta(seconds=1)
    with agency.register.transaction() as session:
        for table, column in (
            ("leases", "expires_at"),
            ("ledger", "claimed_at"),
            ("outbox", "claimed_at"),
        ):
            statement = f"UPDATE {table} SET {column} = :past WHERE {column} IS NOT NULL"  # noqa: S608 - both names are literals of this test
            session.connection().execute(text(statement), {"past": past})


def test_both_run_one_watches_and_each_mail_is_answered_once(
    office: PostOffice, postgresql_store: str, found_agency: Callable[[PostOffice, str], Agency]
):
    agency = founded(office, postgresql_store, found_agency)
    senders = [office.open("sender") for _ in range(20)]
    with TriageRun(agency.config) as first:
        wait_until(agency.is_watched, "the first look")
        with TriageRun(agency.config) as second:
            wait_until(lambda: standing_by(second), "the second stands by")
            watching = holder(agency)
            office.send(*(letter(sender, agency.mailbox) for sender in senders))
            for sender in senders:
                office.answer(sender)
            wait_until(agency.is_idle, "all noted as sent")
            assert holder(agency) == watching
            first.terminate()
            assert first.ended() == 0
            # A machine that is stopped gives its mailboxes up at once.
            wait_until(lambda: holder(agency) not in {"", watching}, "the second takes over")
            late = office.open("late")
            office.send(letter(late, agency.mailbox))
            office.answer(late)
    assert [len(office.inbox(sender)) for sender in senders] == [1] * len(senders)
    assert len(agency.cases()) == len(senders) + 1


def test_when_one_dies_with_a_mail_in_hand_the_other_watches_on_and_sends_that_mail(
    office: PostOffice, postgresql_store: str, found_agency: Callable[[PostOffice, str], Agency]
):
    agency = founded(office, postgresql_store, found_agency)
    # The mail server holds the answer for as long as the second takes to start, on any machine.
    agency.set("smtp", timeout_seconds=300)
    jan, eva = office.open("jan"), office.open("eva")
    in_hand, go_on = threading.Event(), threading.Event()

    def hold(mail: SunkMail) -> None:
        if jan in mail.recipients and not in_hand.is_set():
            in_hand.set()
            go_on.wait()

    with TriageRun(agency.config) as first:
        wait_until(agency.is_watched, "the first look")
        office.on_delivery = hold
        try:
            office.send(letter(jan, agency.mailbox))
            wait_until(in_hand.is_set, "the answer at the mail server")
            dead = {holder(agency), *(mail.claimed_by for mail in agency.outbox())}
            with TriageRun(agency.config) as second:
                wait_until(lambda: standing_by(second), "the second stands by")
                first.kill()
                let_time_pass(agency)
                wait_until(lambda: holder(agency) not in dead, "the second watches")
                office.send(letter(eva, agency.mailbox))
                office.answer(eva)
                wait_until(agency.is_idle, "the mail in hand sent by the other")
        finally:
            go_on.set()
    wait_until(lambda: len(office.inbox(jan)) == 2, "what the first had handed over")
    assert len({answer["Message-ID"] for answer in office.inbox(jan)}) == 1
    assert len(agency.events("sent_again")) == 1
    assert len(office.inbox(eva)) == 1
    assert len(agency.cases()) == 2
