"""Coverage-guided fuzzing of bytes → Message → Reading → Decision (atheris).

    python tests/fuzz/fuzz_message.py .fuzz tests/fuzz/corpus -max_total_time=60

New inputs that reach new code are kept in the first folder; those worth keeping for good are
`found-...` in the second. Needs the `fuzz` dependency group, but
only when it runs: `read_one` is what the tests import.
"""

from __future__ import annotations

import dataclasses
import re
import sys
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triage.policy.model import Policy
    from triage.understanding.judge import Judge

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

UNCLEAN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


class UncleanTextError(AssertionError):
    """A text in a message holds what no text may hold."""


class MisplacedEvidenceError(AssertionError):
    """The words that a finding names do not stand in the mail."""


def read_one(raw: bytes) -> None:
    """Read one input: nothing may be raised, and every text must come out clean.

    What is claimed of a mail must stand where its evidence says.
    """
    from triage.decision import History, decide
    from triage.message.identity import fingerprint
    from triage.message.reader import read_message
    from triage.understanding.model import Source
    from triage.understanding.read import understand

    policies, judge = _rules()
    policy = policies["alektum-pl" if len(raw) % 2 else "alektum-nl"]
    message = read_message(raw, home_country=policy.calendar.country)
    fingerprint(raw)
    reading = understand(message, policy, message.date or NOW, judge)
    decision = decide(message, reading, policy, History(), NOW)
    for text in _texts((message, reading, decision)):
        if UNCLEAN.search(text) is not None:
            raise UncleanTextError(repr(text[:200]))
    for words in _of_kind(reading, "words"):
        named = {Source.TYPED: message.typed, Source.SUBJECT: message.subject}.get(words.source)
        if named is not None and words.end and words.words not in named:
            raise MisplacedEvidenceError(repr(words))


@cache
def _rules() -> tuple[dict[str, Policy], Judge]:
    from triage import resources
    from triage.policy.load import load_policies
    from triage.understanding.judge import load_judge

    return load_policies(resources.policies()), load_judge()


def _of_kind(value: object, name: str) -> Iterator[Any]:
    """Yield every part of a value that has an attribute of this name."""
    if isinstance(value, tuple):
        for each in value:
            yield from _of_kind(each, name)
    elif dataclasses.is_dataclass(value):
        if hasattr(value, name):
            yield value
        for field in dataclasses.fields(value):
            yield from _of_kind(getattr(value, field.name), name)


def _texts(value: object) -> Iterator[str]:
    """Yield every text inside a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _texts(each)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _texts(getattr(value, field.name))


def main() -> None:
    """Run the fuzzer with the arguments of the command line."""
    import atheris

    with atheris.instrument_imports(include=["triage.message", "triage.understanding"]):
        import triage.message.reader
        import triage.understanding.read  # noqa: F401 - instrumented by being imported here
    atheris.Setup(sys.argv, read_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
