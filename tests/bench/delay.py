"""Ten mails a second: how long each takes from its delivery until its answer is handed over."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.corpus_mails import mails
from bench.floor import Floor
from bench.report import quantile, table

from triage.assembly import register_of
from triage.clock import SystemClock
from triage.register.mailboxes import watched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.town import Place, Town

_PER_SECOND = 10
_POLICY = "alektum-nl"
_FLOOR_ASKS_EVERY = 0.05


def measure_delay(town: Town, seconds: int) -> None:
    """Print p50 and p99 of both, in milliseconds."""
    found = {}
    with _floor(town) as place:
        found["floor"] = _delays(place, seconds, "floor")
    with _service(town) as place:
        found["service"] = _delays(place, seconds, "service")
    rows = [
        [name, f"{1000 * quantile(times, 0.5):.0f}", f"{1000 * quantile(times, 0.99):.0f}"]
        for name, times in found.items()
    ]
    table(
        f"{seconds * _PER_SECOND} mails at {_PER_SECOND} a second, ms from delivery to the answer",
        ["", "p50", "p99"],
        rows,
    )


def _delays(place: Place, seconds: int, name: str) -> list[float]:
    delivered: dict[str, float] = {}
    client = place.client(place.users[_POLICY])
    start = time.monotonic()
    for number, (_, raw) in enumerate(mails(seconds * _PER_SECOND, name)):
        # So many a second is what is measured.
        time.sleep(max(0.0, start + number / _PER_SECOND - time.monotonic()))
        client.append("INBOX", raw)
        delivered[f"{name}-{number}@people.example"] = time.monotonic()
    client.logout()
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        taken = {address: at for address, at in place.town.sink.taken if address in delivered}
        if len(taken) == len(delivered):
            break
        time.sleep(0.1)  # the sink keeps the times; looking seldom costs it nothing
    return [at - delivered[address] for address, at in taken.items()]


@contextmanager
def _floor(town: Town) -> Iterator[Place]:
    """Ask the server every 50 ms and answer at once."""
    place = town.new_place()
    end = threading.Event()

    def live() -> None:
        floor = Floor(place.folder, town.sink.port)
        client = place.client(place.users[_POLICY])
        highest = 0
        while not end.wait(_FLOOR_ASKS_EVERY):
            client.noop()
            highest = floor.answer_all(client, highest)
        client.logout()
        floor.close()

    thread = threading.Thread(target=live)
    thread.start()
    try:
        yield place
    finally:
        end.set()
        thread.join()


@contextmanager
def _service(town: Town) -> Iterator[Place]:
    """Run the installed command, all five mailboxes watched."""
    place = town.new_place()
    register = register_of(place.settings("list"), SystemClock())
    command = [sys.executable, "-m", "triage", "run", "--config", place.folder / "triage.toml"]
    log = (place.folder / "log").open("wb")
    process = subprocess.Popen(command, stderr=log)  # noqa: S603 - the service under measurement
    try:
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up:
            with register.reading() as session:
                if sum(state.last_scan_at is not None for state in watched(session)) == 5:
                    break
            time.sleep(0.1)  # another process, which tells by the register alone
        yield place
    finally:
        process.terminate()
        process.wait()
        log.close()
        register.engine.dispose()
