"""N mails wait in Dovecot: how long the floor takes over them, and how long the service."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from contextlib import redirect_stderr
from pathlib import Path
from typing import TYPE_CHECKING

from bench.corpus_mails import mails
from bench.floor import Floor
from bench.report import table

from triage.clock import SystemClock
from triage.logs import configure
from triage.service import build
from triage.understanding.judge import load_judge

if TYPE_CHECKING:
    from bench.town import Town

    from triage.understanding.judge import Judge


_WARM_UP_MAILS = 40


def measure_throughput(town: Town, count: int, rounds: int) -> None:
    """Print mails a second of both, round by round in turn, and the median of their ratios."""
    judge = load_judge()
    _service(town, _WARM_UP_MAILS, "warm", judge)  # word lists are loaded once in a process' life
    pairs = []
    for number in range(rounds):
        floor = _floor(town, count, f"f{number}")
        service = _service(town, count, f"s{number}", judge)
        pairs.append((floor, service))
    rows = [
        [
            f"round {number}",
            f"{count / floor:.0f}",
            f"{count / service:.0f}",
            f"{service / floor:.2f}",
        ]
        for number, (floor, service) in enumerate(pairs, 1)
    ]
    ratio = statistics.median(service / floor for floor, service in pairs)
    rows.append(["median ratio", "", "", f"{ratio:.2f}"])
    table(
        f"{count} mails waiting in Dovecot, mails a second",
        ["", "floor", "service", "service takes x times the floor"],
        rows,
    )


def _floor(town: Town, count: int, name: str) -> float:
    place = town.new_place()
    place.fill(mails(count, name))
    before = len(town.sink.taken)
    floor = Floor(place.folder, town.sink.port)
    start = time.perf_counter()
    for user in place.users.values():
        client = place.client(user)
        floor.answer_all(client)
        client.logout()
    taken = time.perf_counter() - start
    floor.close()
    _check(town, before + count)
    return taken


def _service(town: Town, count: int, name: str, judge: Judge) -> float:
    place = town.new_place()
    place.fill(mails(count, name))
    before = len(town.sink.taken)
    settings = place.settings()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stderr(nowhere):
        configure(settings.log)
        service = build(settings, judge, SystemClock(), "bench")
        start = time.perf_counter()
        asyncio.run(service.once())
        taken = time.perf_counter() - start
    _check(town, before + count)
    return taken


def _check(town: Town, wanted: int) -> None:
    taken = len(town.sink.taken)
    if taken != wanted:
        print(f"note: {wanted - taken} mails of this round were not answered")  # noqa: T201 - a bench prints
