"""Measure how fast mail comes from a private Dovecot into SQLite, and how soon after its delivery.

    PYTHONPATH=tests python tests/mailbox/measure_intake.py [MAILS] [BATCH]

Prints mails per second for a full mailbox, then the delay from delivery to commit at ten mails a
second. 200-word mails; Dovecot and SQLite sync as they do in life.
"""

# ruff: noqa: T201, S311 - a script prints; the mails are made up

from __future__ import annotations

import logging
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from mailbox_bench import Bench
from servers.dovecot import DovecotServer, start_dovecot
from servers.imap_account import ImapAccount
from servers.waiting import wait_until

from triage.clock import SystemClock
from triage.message.identity import identify
from triage.register.database import Register, open_engine
from triage.register.migrate import upgrade

if TYPE_CHECKING:
    from triage.mailbox.watcher import Watcher

LIVE_MAILS = 200
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def letter(number: int, chance: random.Random) -> bytes:
    words = ("".join(chance.choices(LETTERS, k=chance.randint(2, 10))) for _ in range(200))
    text = " ".join(words).replace(" t", "\r\nt")
    return (
        f"From: Eva <eva{number}@example.org>\r\nTo: info@agency.example\r\n"
        f"Subject: Klacht {number}\r\nMessage-ID: <{number}@example.org>\r\n"
        f"Date: Mon, 02 Nov 2026 09:00:00 +0100\r\n\r\n{text}\r\n"
    ).encode()


def full_mailbox(bench: Bench, mails: int, batch: int) -> None:
    chance = random.Random(1)
    with bench.account.client() as client:
        for start in range(0, mails, 100):
            client.multiappend("INBOX", [letter(start + n, chance) for n in range(100)])
    watcher = bench.watcher(identify=identify, batch=batch)
    began = time.perf_counter()
    watcher.once()
    seconds = time.perf_counter() - began
    taken = watcher.status.taken_in
    print(f"taken in: {taken} mails, {taken / seconds:.0f} a second, in batches of {batch}")
    began = time.perf_counter()
    watcher.once()
    print(f"a look that finds nothing among them: {1000 * (time.perf_counter() - began):.0f} ms")


def live(bench: Bench) -> None:
    committed: list[float] = []

    def note() -> None:
        committed.extend([time.monotonic()] * (watcher.status.taken_in - len(committed)))

    watcher: Watcher = bench.watcher(identify=identify, on_new=note)
    watcher.start()
    wait_until(lambda: watcher.status.last_scan_at)
    delivered: list[float] = []
    tick = threading.Event()
    with bench.account.client() as client:
        for number in range(LIVE_MAILS):
            client.append("INBOX", letter(10**9 + number, random.Random(number)))
            delivered.append(time.monotonic())
            tick.wait(0.1)
    wait_until(lambda: len(committed) == LIVE_MAILS)
    watcher.close()
    delays = sorted(1000 * (end - begin) for begin, end in zip(delivered, committed, strict=True))
    half, nearly_all = delays[LIVE_MAILS // 2], delays[LIVE_MAILS * 99 // 100]
    print(
        f"at 10 mails a second, from delivery to commit: p50 {half:.0f} ms, p99 {nearly_all:.0f} ms"
    )


def main(mails: int = 3000, batch: int = 50) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    folder = Path(tempfile.mkdtemp(prefix="triage-measure-"))
    process, server = start_dovecot(folder, fsync="optimized")
    try:
        engine = open_engine(f"sqlite:///{folder}/triage.db")
        upgrade(engine)
        register = Register(engine, SystemClock())
        full_mailbox(_bench(server, register, "full@agency.example"), mails, batch)
        live(_bench(server, register, "live@agency.example"))
        engine.dispose()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _bench(server: DovecotServer, register: Register, user: str) -> Bench:
    return Bench(ImapAccount("dovecot", server.port, user, server.password), register)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
