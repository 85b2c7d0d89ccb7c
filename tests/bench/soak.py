"""`make soak`: 20,000 mixed mails through the pure rooms, then some through the register.

Prints the memory at intervals: after the first thousands it must not rise. Mails of people, each
with other words and numbers, so that nothing can be remembered twice; hostile and broken ones in
between.
"""

from __future__ import annotations

import argparse
import gc
import logging
import random
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(1, str(Path(__file__).parent.parent / "message"))

from bench.corpus_mails import mails

from triage import resources
from triage.clock import SystemClock
from triage.decision import Caps
from triage.explanation import explain
from triage.message.identity import fingerprint
from triage.outbox.compose import Envelope
from triage.outbox.render import Templates
from triage.policy.load import load_policies
from triage.processing import Processor, Rules
from triage.register.database import Register, open_engine
from triage.register.ledger import Arrival, pack, take_in
from triage.register.migrate import upgrade
from triage.understanding.judge import load_judge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triage.policy.model import Policy
    from triage.understanding.judge import Judge

_TESTS = Path(__file__).parent.parent
_BATCH = 20
_SYLLABLES = ("ka", "lo", "mi", "ver", "sta", "nek", "dru", "ost", "wy", "hag", "ren", "bjø", "ły")


def mixed(count: int, seed: int = 7) -> Iterator[tuple[str, bytes]]:
    """Yield mails, each with its policy: six in seven a person's, the others hostile or broken."""
    from test_message_hostile import FLOODS

    chance = random.Random(seed)  # noqa: S311 - only the same mails at each run
    broken = [path.read_bytes() for path in sorted((_TESTS / "fuzz" / "corpus").iterdir())]
    floods = [flood(200) for flood in FLOODS.values()]
    for number, (policy, raw) in enumerate(mails(count, "soak")):
        if number % 7 == 3:
            yield policy, chance.choice(floods)
        elif number % 49 == 0:
            damaged = bytearray(chance.choice([*broken, raw]))
            for _ in range(5):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            yield policy, bytes(damaged)
        else:
            words = " ".join(_new_word(chance) for _ in range(12))
            yield policy, raw + f"\n{words} {chance.randrange(10**8):08}\n".encode()


def _new_word(chance: random.Random) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(chance.randrange(2, 6)))


def memory() -> float:
    """Return the megabytes that this process holds now (Linux), else its peak."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * resource.getpagesize() / 1024 / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def soak_rooms(count: int, judge: Judge, policies: dict[str, Policy]) -> None:
    """Explain so many mails; print memory and the slowest mail at each tenth of them."""
    _say("from bytes to decision")
    slowest, now = 0.0, SystemClock().now()
    for number, (policy, raw) in enumerate(mixed(count), 1):
        start = time.process_time()
        explain(raw, policies, judge, now, policy=policies[policy])
        slowest = max(slowest, time.process_time() - start)
        if number % max(count // 10, 1) == 0:
            gc.collect()
            _say(f"{number:>8} mails {memory():>8.1f} MB held, slowest {slowest:.2f} s")
            slowest = 0.0


def soak_register(count: int, judge: Judge, policies: dict[str, Policy]) -> None:
    """Take so many mails into a register in a new folder and decide upon them; print memory."""
    clock = SystemClock()
    _say("with the register (SQLite)")
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/triage.db")
        upgrade(engine)
        register = Register(engine, clock)
        boxes = {name: f"{name}@agency.example" for name in policies}
        rules = Rules(
            policies=policies,
            caps=Caps(service_hour=10**9),
            own_addresses=frozenset(boxes.values()),
            envelopes={
                box: Envelope(sender=box, bounce_address="", instance="soak")
                for box in boxes.values()
            },
            trusted_authserv_ids={},
            instance="soak",
        )
        templates = Templates(resources.templates(), None)
        processor = Processor(register, rules, judge, templates, "soak")
        waiting = 0
        for number, (policy, raw) in enumerate(mixed(count, seed=8), 1):
            arrival = Arrival(
                mailbox=boxes[policy],
                folder="INBOX",
                uidvalidity=1,
                uid=number,
                message_id="",
                fingerprint=fingerprint(raw),
                mail=pack(raw),
                received_at=clock.now(),
                policy=policy,
            )
            with register.transaction() as session:
                take_in(session, [arrival], clock.now())
            waiting += 1
            if waiting == _BATCH or number == count:
                for entry in processor.claim(_BATCH):
                    processor.process(entry)
                waiting = 0
            if number % max(count // 10, 1) == 0:
                gc.collect()
                _say(f"{number:>8} mails {memory():>8.1f} MB held")
        engine.dispose()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Run both."""
    parser = argparse.ArgumentParser(prog="tests/bench/soak.py", description=__doc__)
    parser.add_argument("--mails", type=int, default=20_000, help="default 20000")
    parser.add_argument("--register", type=int, default=2_000, help="of them stored, default 2000")
    chosen = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    judge, policies = load_judge(), load_policies(resources.policies())
    soak_rooms(chosen.mails, judge, policies)
    soak_register(chosen.register, judge, policies)


if __name__ == "__main__":
    main()
