"""One simulated year, lived once for all tests that look at it."""

from __future__ import annotations

import gc
import logging
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from sqlalchemy import event
from year_life import Course, Life

import triage.processing
import triage.schedule.words
from triage.register.database import open_engine
from triage.register.migrate import upgrade
from triage.understanding.judge import load_judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy.engine import Engine

    from triage.message.model import Message
    from triage.policy.model import Policy
    from triage.understanding.judge import Judge

YEAR = Course(
    first=date(2025, 11, 1),
    last=date(2026, 10, 31),
    seed=20260302,
    mails_a_day=2.2,
    kill_every=400,
    # A Tuesday and Wednesday; the weekend, Easter Monday and the day after; a Thursday and Friday.
    service_down=frozenset(
        date(2026, month, day)
        for month, day in ((2, 10), (2, 11), (4, 4), (4, 5), (4, 6), (4, 7), (9, 17), (9, 18))
    ),
    smtp_down=frozenset({date(2025, 12, 17), date(2026, 6, 9)}),
)


@pytest.fixture(scope="session")
def judge() -> Judge:
    return load_judge()


@pytest.fixture(scope="session")
def once_a_text() -> Iterator[None]:
    """Read each mail, and understand each text, only once: both follow from nothing else."""
    with pytest.MonkeyPatch.context() as patch:
        read = _remembered(
            triage.processing.read_message, lambda raw, **more: (raw, *more.values())
        )
        patch.setattr("triage.processing.read_message", read)
        patch.setattr("triage.schedule.words.read_message", read)
        words = _remembered(triage.schedule.words._words, lambda raw, policy: (raw, policy.name))
        patch.setattr("triage.schedule.words._words", words)
        understand = _remembered(triage.processing.understand, _what_is_read)
        patch.setattr("triage.processing.understand", understand)
        yield


def _remembered(function: Callable[..., Any], key: Callable[..., Any]) -> Callable[..., Any]:
    known: dict[Any, Any] = {}

    def remembering(*values: Any, **named: Any) -> Any:
        name = key(*values, **named)
        if name not in known:
            known[name] = function(*values, **named)
        return known[name]

    return remembering


def _what_is_read(message: Message, policy: Policy, *_: object) -> tuple[object, ...]:
    """What a reading follows from; of the time of writing only that relative dates count from it."""
    sender = message.sender.name if message.sender else ""
    signs = tuple(sign.code for sign in message.signs)
    texts = (message.subject, message.typed, message.quoted, message.footer, sender)
    return (policy.name, *texts, signs, message.report is None, message.attachments)


@pytest.fixture(scope="session")
def empty_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Engine]]:
    """Give what makes an empty register; the disk need not keep up: nobody cuts the power here."""
    engines: list[Engine] = []

    def make() -> Engine:
        path: Path = tmp_path_factory.mktemp("year") / "register.db"
        engines.append(open_engine(f"sqlite:///{path}"))
        event.listen(engines[-1], "connect", lambda c, _: c.execute("PRAGMA synchronous=OFF"))
        upgrade(engines[-1])
        return engines[-1]

    yield make
    for engine in engines:
        engine.dispose()


@pytest.fixture(scope="session")
def life(empty_engine: Callable[[], Engine], judge: Judge, once_a_text: None) -> Life:
    """The year, lived to its end."""
    life = Life(empty_engine(), judge, YEAR)
    with silence(), seldom_collected():
        life.run()
    return life


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Let the collector look seldom, and never at what stays: models and modules."""
    usual = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, *usual[1:])
    yield
    gc.set_threshold(*usual)
    gc.unfreeze()


@contextmanager
def silence() -> Iterator[None]:
    """Let the service's log go nowhere: a line for each of thousands of mails helps nobody."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()
