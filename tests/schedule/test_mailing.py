"""The morning's digests: when, to whom, and once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from schedule_samples import (
    ANNA,
    BRAM,
    LEAD,
    NL,
    NOW,
    at,
    body,
    outbox,
    parsed,
    plan,
    policies,
    store_case,
)
from schedule_samples import settings as some_settings

from triage.register.outbox_queue import claim, mark_failed, mark_sent
from triage.register.states import OutboxState
from triage.schedule.mailing import preview, send_digests, set_time

if TYPE_CHECKING:
    from datetime import datetime

    from triage.register.database import Register

ALL = "all@office.example"
PLAN = plan()
ONE = plan(team=[])
"""One reader only."""


def told(register: Register) -> list[tuple[str, str]]:
    """Who was sent a digest, and of which day."""
    return [tuple(mail.unique_key.split("/")[2:]) for mail in outbox(register, "digest")]


def test_each_reader_gets_one_digest_a_day_whatever_restarts(register: Register) -> None:
    assert send_digests(register, PLAN, NOW) == 4
    for minutes in (0, 1, 5, 600):
        assert send_digests(register, plan(), NOW + timedelta(minutes=minutes)) == 0
    assert told(register) == [(who, "2026-03-04") for who in (ALL, LEAD, ANNA, BRAM)]


@pytest.mark.parametrize(
    ("now", "due"),
    [
        pytest.param("2026-03-04 06:29", False, id="a minute before the set time"),
        pytest.param("2026-03-04 06:30", True, id="at the set time"),
        pytest.param("2026-03-04 19:00", True, id="late, because it was missed"),
        pytest.param("2026-03-07 06:30", False, id="Saturday"),
        pytest.param("2026-03-08 06:30", False, id="Sunday"),
        pytest.param("2026-03-30 05:30", True, id="summer time has begun"),
        pytest.param("2026-03-30 05:29", False, id="summer time, a minute before"),
        pytest.param("2026-10-26 06:30", True, id="winter time has begun"),
        pytest.param("2026-10-26 06:29", False, id="winter time, a minute before"),
        pytest.param("2026-04-06 05:30", False, id="Easter Monday, free in all countries"),
        pytest.param("2026-04-27 05:30", True, id="King's Day: the Poles work"),
        pytest.param("2026-12-25 06:30", False, id="Christmas"),
    ],
)
def test_digests_are_due_from_the_set_time_on_working_days(
    register: Register, now: str, due: bool
) -> None:
    assert send_digests(register, ONE, at(now)) == due


def test_a_team_gets_none_on_a_day_on_which_its_agency_is_closed(register: Register) -> None:
    # King's Day is free in the Netherlands and not in Poland, whose digests only `to` gets.
    send_digests(register, PLAN, at("2026-04-27 05:30"))
    assert told(register) == [(ALL, "2026-04-27")]


def test_after_a_stop_of_days_one_digest_tells_it_all(register: Register) -> None:
    send_digests(register, ONE, at("2026-03-02 06:30"))
    assert send_digests(register, ONE, at("2026-03-06 10:00")) == 1
    assert told(register) == [(ALL, "2026-03-02"), (ALL, "2026-03-06")]


def test_a_time_that_the_clock_change_skips_or_repeats_gives_one_digest(
    register: Register,
) -> None:
    # 02:30 does not exist on 29 March 2026 and exists twice on 25 October, both Sundays; so ask
    # for the days themselves.
    night = plan(team=[], digest={"to": [ALL], "at": "02:30"})
    march, october = at("2026-03-29 12:00").date(), at("2026-10-25 12:00").date()
    assert set_time(night, march) == at("2026-03-29 01:30")
    assert set_time(night, october) == at("2026-10-25 00:30")


def test_new_is_what_came_since_the_last_digest_that_the_mail_server_took(
    register: Register,
) -> None:
    store_case(register, "NL26-00001", received=at("2026-02-27 09:00"))
    send_digests(register, ONE, at("2026-03-02 06:30"))
    store_case(register, "NL26-00002", received=at("2026-03-02 09:00"), sender="b@mail.example")
    _deliver(register, at("2026-03-02 06:31"))
    send_digests(register, ONE, at("2026-03-03 06:30"))
    _refuse(register, at("2026-03-03 06:31"))
    store_case(register, "NL26-00003", received=at("2026-03-03 09:00"), sender="c@mail.example")
    send_digests(register, ONE, at("2026-03-04 06:30"))
    newest = body(outbox(register, "digest")[-1])
    new = newest[newest.index("NEW SINCE") : newest.index("ALSO OPEN")]
    # The digest of the 3rd was refused: what it told is told again.
    assert [number in new for number in ("NL26-00001", "NL26-00002", "NL26-00003")] == [
        False,
        True,
        True,
    ]


def _deliver(register: Register, now: datetime) -> None:
    with register.transaction() as session:
        (mail,) = claim(session, 1, "worker", now)
        mark_sent(session, mail.id, "250 ok", now)


def _refuse(register: Register, now: datetime) -> None:
    with register.transaction() as session:
        (mail,) = claim(session, 1, "worker", now)
        mark_failed(session, mail.id, "550 no", now, worker="worker")


def test_a_queued_digest_does_not_count_as_sent(register: Register) -> None:
    send_digests(register, ONE, NOW)
    (mail,) = outbox(register, "digest")
    assert (mail.state, mail.sent_at) == (OutboxState.DUE, None)


def test_with_nothing_to_say_it_says_so_briefly(register: Register) -> None:
    assert send_digests(register, ONE, NOW) == 1
    (mail,) = outbox(register, "digest")
    assert "Nothing needs you today." in body(mail)


def test_or_stays_silent_all_day_by_setting(register: Register) -> None:
    silent = plan(team=[], digest={"to": [ALL], "when_empty": "silent"})
    assert send_digests(register, silent, NOW) == 0
    store_case(register, received=NOW)
    assert send_digests(register, silent, NOW + timedelta(hours=3)) == 0
    assert {mail.state for mail in outbox(register, "digest")} == {OutboxState.WITHHELD}
    assert send_digests(register, silent, NOW + timedelta(days=1)) == 1


def test_a_digest_is_a_machines_mail_that_answers_nothing(register: Register) -> None:
    store_case(register, received=at("2026-02-16 09:00"))
    send_digests(register, ONE, NOW)
    (queued,) = outbox(register, "digest")
    mail = parsed(queued)
    # RFC 3834 section 5.2.
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["In-Reply-To"] is None
    assert mail["X-Triage-Loop"] == "instance"
    assert mail["Message-ID"] == f"<{queued.message_id}>"
    assert mail["Subject"] == "Complaint digest: 1 overdue"
    assert (mail["To"], queued.recipient) == (ALL, ALL)
    assert queued.envelope_from == "compliance@alektumgroup.nl"
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def test_each_mail_has_its_own_unguessable_message_id(register: Register) -> None:
    send_digests(register, PLAN, NOW)
    ids = {mail.message_id for mail in outbox(register, "digest")}
    assert len(ids) == 4
    assert all(len(each.split(".")[1].split("@")[0]) == 24 for each in ids)


def test_no_identity_number_leaves_the_house(register: Register) -> None:
    raw = (
        "From: Jan <jan@mail.example>\r\nTo: compliance@alektumgroup.nl\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\n"
        "U hebt mijn BSN 123456782 en PESEL 44051401359 aan mijn buurman gegeven.\r\n"
    )
    store_case(register, received=at("2026-02-16 09:00"), raw=raw.encode())
    send_digests(register, ONE, NOW)
    (mail,) = outbox(register, "digest")
    for form in ("plain", "html"):
        assert "aan mijn buurman gegeven" in body(mail, form)
        assert "123456782" not in body(mail, form)
        assert "44051401359" not in body(mail, form)


def test_the_preview_shows_everything_and_sends_nothing(register: Register) -> None:
    store_case(register, received=at("2026-02-16 09:00"), owner=BRAM)
    html, text = preview(register, policies(), some_settings(), NOW)
    assert "NL26-00042" in html
    assert text.startswith("Complaint digest, Wednesday 4 March 2026\n1 overdue.")
    assert outbox(register, "digest") == []


def test_the_preview_needs_no_reader(register: Register) -> None:
    nobody = some_settings(digest={"to": []}, team=[])
    store_case(register, received=at("2026-02-16 09:00"), policy=NL)
    assert "NL26-00042" in preview(register, policies(), nobody, NOW)[0]


@settings(max_examples=40)
@given(
    st.lists(
        st.datetimes(
            at("2026-03-20 00:00").replace(tzinfo=None),
            at("2026-04-10 00:00").replace(tzinfo=None),
        ),
        max_size=60,
    ).map(sorted)
)
def test_a_day_has_its_digest_when_it_is_looked_for_after_the_set_time(moments: list) -> None:
    """A pure check of the rule, over the clock change and Easter."""
    looks = [moment.replace(tzinfo=NOW.tzinfo) for moment in moments]
    zone = PLAN.zone
    for now in looks:
        local = now.astimezone(zone)
        after = (local.hour, local.minute) >= (7, 30)
        assert (now >= set_time(PLAN, local.date())) is after
