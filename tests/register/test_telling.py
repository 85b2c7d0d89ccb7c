"""A known mail in a folder that tells something comes to be heard; anywhere else it is a copy."""

from __future__ import annotations

import pytest
from register_samples import arrival

from triage.register.ledger import entry_of, take_in
from triage.register.states import EntryState

FIRST = arrival(1)


def taken(register, *arrivals):
    """Take mails in one after the other; return their states, and of which each is a copy."""
    with register.transaction() as session:
        entries = [
            entry_of(session, take_in(session, [each], register.clock.now())[0].entry_id)
            for each in arrivals
        ]
        return [(entry.state, entry.duplicate_of == entries[0].id) for entry in entries]


def copy(**changes):
    """The same mail in another folder."""
    return arrival(9, folder="Answered", raw=b"Subject: Klacht\r\n\r\nmail 1\r\n", **changes)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"telling": True}, EntryState.WAITING),
        ({"telling": False}, EntryState.DUPLICATE),
        ({"telling": True, "backlog": True}, EntryState.DUPLICATE),
    ],
)
def test_a_copy_waits_to_be_heard_where_its_folder_tells_something(register, changes, state):
    assert taken(register, FIRST, copy(**changes))[1] == (state, True)


@pytest.mark.parametrize(
    ("telling", "state"), [(True, EntryState.LISTED), (False, EntryState.WAITING)]
)
def test_filing_older_mail_does_not_have_it_answered(register, telling, state):
    older = arrival(1, backlog=True)
    with register.transaction() as session:
        (first,) = take_in(session, [older], register.clock.now())
        take_in(session, [copy(telling=telling)], register.clock.now())
        assert entry_of(session, first.entry_id).state is state
