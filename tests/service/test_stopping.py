"""A stop lets the mail in hand be decided upon; what was not begun is left for the next start."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from post_office import letter
from servers.waiting import wait_until

from triage import processing
from triage.register.states import EntryState

if TYPE_CHECKING:
    from agency import Agency

    from triage.message.model import Message
    from triage.service import Service


@pytest.fixture
def in_hand(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, list[Service]]:
    """Give an event that is set at the first mail, which then takes until the service stops."""
    begun = threading.Event()
    services: list[Service] = []
    understand = processing.understand

    def slow(message: Message, *rest: Any) -> Any:
        if services and not begun.is_set():
            begun.set()
            wait_until(services[0]._stopping.is_set, "the stop")
        return understand(message, *rest)

    monkeypatch.setattr(processing, "understand", slow)
    return begun, services


def test_the_mail_in_hand_is_decided_upon_and_the_others_wait_as_if_untouched(
    agency: Agency, in_hand: tuple[threading.Event, list[Service]]
):
    begun, services = in_hand
    office = agency.office
    people = [office.open("person") for _ in range(3)]
    with agency.running() as service:
        services.append(service)
        office.send(*(letter(person, agency.mailbox) for person in people))
        assert begun.wait(20)
        wait_until(lambda: len(agency.entries()) == 3, "all taken in")
    done, *others = sorted(agency.entries(), key=lambda entry: entry.state is not EntryState.DONE)
    assert done.state is EntryState.DONE
    assert len(others) == 2
    for entry in others:
        assert entry.state is EntryState.WAITING
        assert entry.claimed_by is None
        assert entry.attempts == 0
    # The next start answers all, what was decided upon included.
    agency.once()
    assert [len(office.inbox(person)) for person in people] == [1, 1, 1]
