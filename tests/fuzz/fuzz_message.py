"""Coverage-guided fuzzing of bytes → Message (atheris).

    python tests/fuzz/fuzz_message.py tests/fuzz/corpus -max_total_time=60

New inputs that reach new code are kept in the first folder. Needs the `fuzz` dependency group, but
only when it runs: `read_one` is what the tests import.
"""

from __future__ import annotations

import dataclasses
import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

UNCLEAN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


class UncleanTextError(AssertionError):
    """A text in a message holds what no text may hold."""


def read_one(raw: bytes) -> None:
    """Read one input: nothing may be raised, and every text must come out clean."""
    from triage.message.identity import fingerprint
    from triage.message.reader import read_message

    message = read_message(raw, home_country="PL" if len(raw) % 2 else "NL")
    fingerprint(raw)
    for text in _texts(message):
        if UNCLEAN.search(text) is not None:
            raise UncleanTextError(repr(text[:200]))


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

    with atheris.instrument_imports(include=["triage.message"]):
        import triage.message.reader  # noqa: F401 - instrumented by being imported here
    atheris.Setup(sys.argv, read_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
