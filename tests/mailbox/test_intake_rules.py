"""What goes together in a batch, when a mail counts as received, and how failures are waited out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.mailbox.folder import Fetched, Folder
from triage.mailbox.intake import BATCH_OCTETS, Batch, batches, receipt_time, suspect

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SIZES = st.dictionaries(st.integers(1, 10_000), st.integers(0, 40_000_000), max_size=60)


class TestBatches:
    @given(SIZES, st.integers(1, 20), st.integers(1, 35_000_000))
    def test_each_mail_is_in_one_batch_and_in_order(
        self, sizes: dict[int, int], mails: int, largest: int
    ):
        planned = batches(sizes, sizes, mails=mails, largest=largest)
        assert [uid for batch in planned for uid in batch.uids] == list(sizes)

    @given(SIZES, st.integers(1, 20), st.integers(1, 35_000_000))
    def test_no_batch_is_too_large(self, sizes: dict[int, int], mails: int, largest: int):
        for batch in batches(sizes, sizes, mails=mails, largest=largest):
            assert 1 <= len(batch.uids) <= mails
            if batch.whole and len(batch.uids) > 1:
                assert sum(sizes[uid] for uid in batch.uids) <= BATCH_OCTETS

    @given(SIZES, st.integers(1, 20), st.integers(1, 35_000_000))
    def test_only_oversized_mail_is_cut_and_alone(
        self, sizes: dict[int, int], mails: int, largest: int
    ):
        for batch in batches(sizes, sizes, mails=mails, largest=largest):
            oversized = [uid for uid in batch.uids if sizes[uid] > largest]
            assert batch.whole is not bool(oversized)
            assert batch.whole or len(batch.uids) == 1

    def test_mail_that_is_gone_is_left_out(self):
        assert batches([1, 2, 3], {1: 10, 3: 10}, mails=9, largest=99) == (Batch((1, 3)),)

    def test_nothing_to_fetch_is_no_batch(self):
        assert batches([], {}, mails=9, largest=99) == ()


class TestReceiptTime:
    @pytest.mark.parametrize(
        ("told", "counts"),
        [
            (NOW - timedelta(days=3), NOW - timedelta(days=3)),
            (NOW, NOW),
            (NOW + timedelta(seconds=1), NOW),
            (None, NOW),
        ],
    )
    def test_it_is_what_the_server_says_but_never_later_than_now(
        self, told: datetime | None, counts: datetime
    ):
        assert receipt_time(Fetched(1, b"", told), NOW) == counts


class TestSuspects:
    def test_the_first_failure_costs_no_pause_and_proves_nothing(self):
        known = suspect(None, "hung up", 100)
        assert known.next_try == 100
        assert not known.is_stuck
        assert known.whole

    def test_pauses_double_up_to_an_hour_and_it_is_never_given_up(self):
        known = suspect(None, "hung up", 0)
        waits = []
        for _ in range(40):
            known = suspect(known, "hung up", 0)
            waits.append(known.next_try)
        assert waits[:4] == [60, 120, 240, 480]
        assert max(waits) == waits[-1] == 3600
        assert all(later >= earlier for earlier, later in pairwise(waits))

    def test_after_three_failures_only_its_beginning_is_asked_for(self):
        known = suspect(suspect(None, "", 0), "", 0)
        assert known.whole
        assert not suspect(known, "", 0).whole


@pytest.mark.parametrize(
    ("flags", "writable", "takes"),
    [
        ({r"\seen", r"\*"}, True, True),
        ({r"\seen", "$triaged"}, True, True),
        ({r"\seen"}, True, False),
        ({r"\*"}, False, False),
        (set(), True, False),
    ],
)
def test_a_keyword_stays_where_the_server_says_so(flags: set[str], writable: bool, takes: bool):
    folder = Folder("INBOX", 1, 1, 0, frozenset(flags), writable=writable)
    assert folder.takes("$Triaged") is takes
