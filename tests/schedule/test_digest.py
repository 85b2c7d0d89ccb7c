"""What a digest tells, and where."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from schedule_samples import (
    ANNA,
    BRAM,
    LEAD,
    NL,
    NOW,
    PL,
    at,
    case,
    desk,
    entry,
    everything,
    frame,
    outgoing,
    policies,
    task,
)

from triage.register.states import CaseState, EntryState, OutboxState, Outcome
from triage.schedule.audience import Reader
from triage.schedule.digest import Digest, Words, build, with_words
from triage.schedule.lines import Tone
from triage.schedule.rows import Desk, Double
from triage.schedule.sections import Part, Section


def built(told: Desk, reader: Reader | None = None, **changes: object) -> Digest:
    return build(told, policies(), reader or everything(), frame(**changes))


def part(digest: Digest, wanted: Part) -> Section | None:
    return next((section for section in digest.sections if section.part is wanted), None)


def home(digest: Digest, number: str) -> Part:
    """The section in which a case is told."""
    (found,) = (
        section.part
        for section in digest.sections
        for ref in (*(line.ref for line in section.lines), *short(section))
        if ref == number
    )
    return found


def short(section: Section) -> list[str]:
    return [ref.partition(" (")[0] for group in section.short for ref in group.refs]


OLD = at("2026-02-25 09:00")
"""Received before the last digest, its term not near."""

CONFIRM = task("confirm_by_hand", case_number="NL26-00042")
CHECK = task("check_reading", case_number="NL26-00042")


@pytest.mark.parametrize(
    ("told", "where"),
    [
        pytest.param(case(received=at("2026-02-16 09:00")), Part.OVERDUE, id="the term has passed"),
        pytest.param(case(received=at("2026-02-18 09:00")), Part.SOON, id="due today"),
        pytest.param(case(received=at("2026-02-20 09:00")), Part.SOON, id="two working days left"),
        pytest.param(case(received=at("2026-02-23 09:00")), Part.OPEN, id="three left, no haste"),
        pytest.param(
            case(
                received=OLD,
                acknowledged_at=None,
                not_acknowledged=("no_address",),
                tasks=(CONFIRM,),
            ),
            Part.NOT_ACKNOWLEDGED,
            id="the acknowledgement was withheld",
        ),
        pytest.param(
            case(received=OLD, acknowledged_at=None),
            Part.NOT_ACKNOWLEDGED,
            id="the acknowledgement has not gone out for an hour",
        ),
        pytest.param(
            case(received=NOW - timedelta(minutes=5), acknowledged_at=None),
            Part.NEW,
            id="an acknowledgement on its way is no alarm",
        ),
        pytest.param(
            case(received=OLD, acknowledged_at=None, not_acknowledged=("no_address",)),
            Part.OPEN,
            id="confirmed by hand",
        ),
        pytest.param(case(received=OLD, tasks=(task("bounced"),)), Part.BOUNCED, id="bounced"),
        pytest.param(case(received=OLD, tasks=(CHECK,)), Part.UNSURE, id="a reading to check"),
        pytest.param(
            case(received=OLD, unsure=("kind",), unsure_at=NOW - timedelta(hours=1)),
            Part.UNSURE,
            id="unsure since the last digest",
        ),
        pytest.param(
            case(received=OLD, unsure=("kind",), unsure_at=OLD), Part.OPEN, id="unsure, told before"
        ),
        pytest.param(case(received=OLD, tasks=(task(),)), Part.TASKS, id="an open task"),
        pytest.param(case(received=OLD, missing=("phone",)), Part.INCOMPLETE, id="facts missing"),
        pytest.param(case(received=at("2026-03-03 09:00")), Part.NEW, id="opened since"),
        pytest.param(
            case(received=OLD, state=CaseState.ANSWERED, answered_at=NOW),
            Part.ANSWERED,
            id="answered",
        ),
        pytest.param(
            case(received=OLD, state=CaseState.SETTLED, settled_at=NOW, outcome=Outcome.UPHELD),
            Part.ANSWERED,
            id="settled",
        ),
        pytest.param(
            case(received=OLD, due=None, due_at=None), Part.OPEN, id="no term, nothing to do"
        ),
    ],
)
def test_a_case_is_told_where_it_matters_most(told: object, where: Part) -> None:
    assert home(built(desk(told)), "NL26-00042") is where


def test_other_sections_name_a_case_that_is_told_in_full_elsewhere() -> None:
    late = case(received=at("2026-02-16 09:00"), missing=("phone",), tasks=(task(),))
    digest = built(desk(late))
    assert home(digest, late.number) is Part.OVERDUE
    for wanted in (Part.TASKS, Part.INCOMPLETE):
        section = part(digest, wanted)
        assert section is not None
        assert (section.lines, section.elsewhere, section.count) == ((), (late.number,), 1)


def test_sections_stand_in_the_order_of_risk() -> None:
    told = desk(
        case("NL26-00001", received=at("2026-02-16 09:00")),
        case("NL26-00002", received=at("2026-02-18 09:00")),
        case("NL26-00003", received=OLD, acknowledged_at=None),
        case("NL26-00004", received=OLD, tasks=(task("bounced"),)),
        case("NL26-00005", received=OLD, tasks=(CHECK,)),
        case("NL26-00006", received=OLD, tasks=(task(),)),
        case("NL26-00007", received=OLD, missing=("phone",)),
        case("NL26-00008", received=at("2026-03-03 09:00")),
        case("NL26-00009", received=OLD, state=CaseState.ANSWERED, answered_at=NOW),
        case("NL26-00010", received=OLD),
        entries=(entry(), entry(18, state=EntryState.LISTED)),
        outgoing=(outgoing(),),
        doubles=(Double(("NL26-00001", "NL26-00002"), "dossier 12345678"),),
    )
    assert [section.part for section in built(told).sections] == list(Part)


def test_in_a_section_the_soonest_due_stands_first() -> None:
    told = desk(
        case("NL26-00001", received=at("2026-02-13 09:00")),
        case("NL26-00002", received=at("2026-02-10 09:00")),
    )
    section = part(built(told), Part.OVERDUE)
    assert section is not None
    assert [line.ref for line in section.lines] == ["NL26-00002", "NL26-00001"]


def test_the_summary_counts_every_section_that_needs_somebody() -> None:
    told = desk(
        case("NL26-00001", received=at("2026-02-16 09:00")),
        case("NL26-00002", received=at("2026-02-18 09:00"), missing=("phone",)),
        case("NL26-00003", received=OLD),
    )
    digest = built(told)
    assert digest.summary == "1 overdue, 1 due within 2 working days, 1 waiting for the sender"
    assert digest.footer.startswith("3 cases open in all.")


def test_open_cases_that_need_nothing_are_listed_in_short_by_their_time_left() -> None:
    told = desk(
        case("NL26-00001", received=OLD, owner=ANNA),
        case("NL26-00002", received=OLD),
        case("NL26-00003", received=at("2026-03-02 09:00"), opened_at=OLD),
    )
    section = part(built(told), Part.OPEN)
    assert section is not None
    assert [(group.badge.text, group.refs) for group in section.short] == [
        ("5 working days left", (f"NL26-00001 ({ANNA})", "NL26-00002")),
        ("8 working days left", ("NL26-00003",)),
    ]


def test_nothing_to_say_is_said_briefly() -> None:
    digest = built(desk(case(received=OLD)))
    assert digest.empty
    assert digest.summary == "Nothing needs you today"


def test_beyond_the_full_rows_cases_are_listed_in_short_with_the_command_that_shows_all() -> None:
    several = [case(f"NL26-{n:05d}", received=at("2026-02-16 09:00")) for n in range(7)]
    section = part(built(desk(*several), rows=3), Part.OVERDUE)
    assert section is not None
    assert (len(section.lines), len(short(section)), section.count) == (3, 4, 7)
    assert section.command == "triage case list"


def test_mail_from_before_the_first_start_is_told_once_and_then_only_counted() -> None:
    listed = [
        entry(n, state=EntryState.LISTED, error="", taken_at=NOW - timedelta(hours=1))
        for n in range(5)
    ]
    first = part(built(desk(entries=tuple(listed)), rows=3), Part.LISTED)
    assert first is not None
    assert (len(first.lines), first.more, first.count) == (3, 2, 5)
    later = built(desk(entries=tuple(listed)), since=NOW)
    told = part(later, Part.LISTED)
    assert told is not None
    assert (told.lines, told.more) == ((), 5)
    assert later.empty


def test_failed_and_set_aside_mails_say_why_and_what_to_do() -> None:
    told = desk(entries=(entry(17), entry(18, state=EntryState.FAILED)))
    section = part(built(told), Part.FAILED)
    assert section is not None
    aside, failed = section.lines
    assert (aside.badge.text, failed.badge.text) == ("set aside", "tried again by itself")
    assert aside.todo == (
        "Broke off: ValueError: a part of the mail is broken",
        "Read it in compliance@alektumgroup.nl; try it again: triage mail retry 17",
    )


def test_outgoing_mail_says_whether_it_is_still_tried() -> None:
    told = desk(outgoing=(outgoing(5), outgoing(6, state=OutboxState.DUE, case_number=None)))
    section = part(built(told), Part.NOT_SENT)
    assert section is not None
    assert [(line.ref, line.badge.text) for line in section.lines] == [
        ("NL26-00042", "not sent"),
        ("outgoing 6", "still tried"),
    ]


def test_a_task_without_a_case_is_a_line_of_its_own() -> None:
    alone = task("loop_alarm", 31, text="Two machines answer each other", case_number=None)
    section = part(built(desk(tasks=(alone,))), Part.TASKS)
    assert section is not None
    assert section.lines[0].todo == (
        "Two machines answer each other",
        "When it is done: triage task done 31",
    )


@pytest.mark.parametrize(
    ("twin", "row"),
    [
        (task("mail_set_aside", entry=17), {"entries": (entry(17),)}),
        (task("not_sent", outbox=5), {"outgoing": (outgoing(5),)}),
    ],
)
def test_a_task_about_a_mail_that_has_its_line_is_not_told_twice(
    twin: object, row: dict[str, object]
) -> None:
    assert part(built(desk(tasks=(twin,), **row)), Part.TASKS) is None


def test_possible_duplicates_say_how_to_join_them() -> None:
    told = desk(
        case("NL26-00001", received=OLD),
        case("NL26-00002", received=OLD),
        doubles=(Double(("NL26-00001", "NL26-00002"), "dossier 12345678"),),
    )
    section = part(built(told), Part.DOUBLES)
    assert section is not None
    (line,) = section.lines
    assert line.ref == "NL26-00001 and NL26-00002"
    assert line.todo == ("If they are one: triage case merge NL26-00002 --into NL26-00001",)


def test_a_handler_sees_their_own_cases_and_those_of_nobody() -> None:
    anna = Reader(ANNA, frozenset({NL}), others=frozenset({(NL, BRAM)}))
    told = desk(
        case("NL26-00001", owner=ANNA, received=OLD),
        case("NL26-00002", owner="", received=OLD),
        case("NL26-00003", owner=BRAM, received=OLD),
        case("PL26-00001", policy=PL, received=OLD),
        case("NL26-00004", owner="someone who left", received=OLD),
    )
    section = part(built(told, anna), Part.OPEN)
    assert section is not None
    assert sorted(short(section)) == ["NL26-00001", "NL26-00002", "NL26-00004"]


def test_only_readers_of_everything_see_what_belongs_to_no_policy() -> None:
    told = desk(tasks=(task("loop_alarm", policy=None),))
    assert built(told).sections
    assert not built(told, Reader(LEAD, frozenset({NL}))).sections


def test_the_words_of_a_mail_fill_the_lines_in_full() -> None:
    digest = built(desk(case(received=OLD, entry=7, missing=("phone",)), entries=(entry(8),)))
    assert digest.entries == {7, 8}
    words = {7: Words("Somebody else", "U belde"), 8: Words("Piet", "Ook u")}
    told = {line.ref: line for s in with_words(digest, words).sections for line in s.lines}
    assert (told["NL26-00042"].sender, told["NL26-00042"].gist) == (
        "Jan Jansen <jan@mail.example>",
        "U belde",
    )
    assert (told["mail 8"].sender, told["mail 8"].gist) == ("Piet", "Ook u")


def test_a_case_of_a_policy_that_is_gone_is_still_told() -> None:
    assert home(built(desk(case(received=OLD, policy=NL)), rows=1), "NL26-00042")
    orphan = build(desk(case(received=OLD)), {PL: policies()[PL]}, everything(), frame())
    assert home(orphan, "NL26-00042") is Part.OPEN


def test_late_things_are_red_and_calm_things_grey() -> None:
    digest = built(desk(case(received=at("2026-02-16 09:00")), case("NL26-00001", received=OLD)))
    assert {section.part: section.tone for section in digest.sections} == {
        Part.OVERDUE: Tone.LATE,
        Part.OPEN: Tone.CALM,
    }


_MOMENTS = st.datetimes(
    min_value=at("2026-01-01 00:00").replace(tzinfo=None),
    max_value=at("2026-03-04 06:00").replace(tzinfo=None),
).map(lambda naive: naive.replace(tzinfo=NOW.tzinfo))
_CODES = ("confirm_by_hand", "bounced", "check_reading", "phone_first", "call_back")


@st.composite
def _cases(draw: st.DrawFn) -> list[object]:
    return [
        case(
            f"NL26-{number:05d}",
            policy=draw(st.sampled_from(sorted(policies()))),
            received=draw(_MOMENTS),
            missing=draw(st.sampled_from([(), ("phone",)])),
            owner=draw(st.sampled_from(["", ANNA, BRAM])),
            acknowledged_at=draw(st.sampled_from([None, NOW])),
            not_acknowledged=draw(st.sampled_from([(), ("rate",)])),
            unsure=draw(st.sampled_from([(), ("kind",)])),
            unsure_at=draw(st.sampled_from([OLD, NOW])),
            tasks=tuple(map(task, draw(st.lists(st.sampled_from(_CODES), max_size=3)))),
        )
        for number in range(draw(st.integers(0, 12)))
    ]


@settings(max_examples=50)
@given(_cases(), st.integers(1, 5), st.sampled_from([ANNA, BRAM, LEAD]))
def test_every_open_case_is_told_to_everybody_whose_it_is_exactly_once(
    cases: list[object], rows: int, address: str
) -> None:
    others = {ANNA: BRAM, BRAM: ANNA, LEAD: ""}[address]
    hidden = frozenset((name, others) for name in policies())
    reader = Reader(address, frozenset(policies()), others=hidden if others else frozenset())
    digest = built(desk(*cases), reader, rows=rows)
    told = [
        ref
        for section in digest.sections
        for ref in (*(line.ref for line in section.lines), *short(section))
    ]
    theirs = [each.number for each in cases if reader.sees(each.policy, each.owner)]
    assert sorted(told) == sorted(theirs)
    for section in digest.sections:
        assert section.count == len(section.lines) + len(short(section)) + len(section.elsewhere)
