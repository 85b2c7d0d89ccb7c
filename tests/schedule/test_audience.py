"""Who is told what."""

from __future__ import annotations

import pytest
from schedule_samples import ANNA, BRAM, LEAD, MANAGEMENT, NL, PL, settings

from triage.schedule.audience import Level, Reader, readers, reminded


def reader(address: str, **sections: object) -> Reader:
    return next(each for each in readers(settings(**sections)) if each.address == address)


def test_digests_go_to_the_named_to_handlers_and_to_leads_but_not_to_the_management() -> None:
    assert [each.address for each in readers(settings())] == [
        "all@office.example",
        LEAD,
        ANNA,
        BRAM,
    ]


def test_the_lead_sees_the_whole_team_and_a_handler_not_the_colleagues_own() -> None:
    assert reader(LEAD).sees(NL, BRAM)
    assert not reader(ANNA).sees(NL, BRAM)
    assert reader(ANNA).sees(NL, ANNA.upper())
    assert reader(ANNA).sees(NL, "")
    assert not reader(LEAD).sees(PL)


def test_somebody_of_two_teams_gets_one_digest_of_both() -> None:
    teams = [{"policy": NL, "handlers": [ANNA, BRAM]}, {"policy": PL, "lead": ANNA}]
    both = reader(ANNA, team=teams)
    assert (both.sees(NL, BRAM), both.sees(PL, BRAM)) == (False, True)
    assert len(readers(settings(team=teams))) == 3


def test_a_reader_of_everything_is_told_once_of_everything() -> None:
    one = reader(ANNA, digest={"to": [ANNA]})
    assert one.sees(NL, BRAM)
    assert one.sees(None)
    assert sum(each.address == ANNA for each in readers(settings(digest={"to": [ANNA]}))) == 1


def test_what_belongs_to_no_policy_is_told_to_the_teams_where_nobody_sees_everything() -> None:
    # The alarm of the breaker, or a collection system that takes no calls.
    assert [each.sees(None) for each in readers(settings(digest={"to": []}))] == [True] * 3
    assert not reader(LEAD).sees(None)


@pytest.mark.parametrize(
    ("owner", "level", "told"),
    [
        ("", Level.HANDLER, (ANNA, BRAM)),
        (ANNA, Level.HANDLER, (ANNA,)),
        ("Anna@Office.example ", Level.HANDLER, (ANNA,)),
        ("somebody who left", Level.HANDLER, (ANNA, BRAM)),
        (ANNA, Level.LEAD, (ANNA, LEAD)),
        (ANNA, Level.MANAGEMENT, (ANNA, LEAD, MANAGEMENT)),
    ],
)
def test_a_reminder_rises_from_the_handler_to_the_management(
    owner: str, level: Level, told: tuple[str, ...]
) -> None:
    assert reminded(settings(), NL, owner, level) == told


@pytest.mark.parametrize(
    ("team", "level", "told"),
    [
        ({"handlers": [ANNA]}, Level.LEAD, (ANNA, "all@office.example")),
        ({"handlers": [ANNA], "management": MANAGEMENT}, Level.LEAD, (ANNA, MANAGEMENT)),
        ({"lead": LEAD}, Level.HANDLER, (LEAD,)),
        ({"lead": LEAD}, Level.MANAGEMENT, (LEAD, "all@office.example")),
    ],
)
def test_who_is_not_named_is_stood_in_for_by_the_next_one_up(
    team: dict[str, object], level: Level, told: tuple[str, ...]
) -> None:
    assert reminded(settings(team=[{"policy": NL, **team}]), NL, "", level) == told


def test_without_a_team_the_readers_of_everything_are_reminded() -> None:
    assert reminded(settings(), PL, "", Level.HANDLER) == ("all@office.example",)


def test_where_nobody_else_is_named_the_team_itself_is_told() -> None:
    lonely = settings(digest={"to": []}, team=[{"policy": NL, "handlers": [ANNA]}])
    assert reminded(lonely, NL, "", Level.MANAGEMENT) == (ANNA,)
    assert reminded(lonely, PL, "", Level.HANDLER) == ()
