"""A simulated year can be lived again: everything in it follows from the seed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from conftest import YEAR, seldom_collected, silence
from year_life import Life

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Engine

    from triage.understanding.judge import Judge


def test_the_same_seed_gives_the_same_weeks(
    empty_engine: Callable[[], Engine], judge: Judge, once_a_text: None
):
    weeks = replace(YEAR, last=YEAR.first + timedelta(days=12), kill_every=60)
    lives = [Life(empty_engine(), judge, weeks) for _ in range(2)]
    with silence(), seldom_collected():
        one, other = (life.run() for life in lives)
    assert one.ticks == other.ticks
    assert one.kills == other.kills > 0
    assert [(m.at, m.to, m.purpose) for m in one.taken] == [
        (m.at, m.to, m.purpose) for m in other.taken
    ]
