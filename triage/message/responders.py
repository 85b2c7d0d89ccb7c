"""Out-of-office programs, read receipts and mailing machines, by `data/responders.toml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from triage.message.vocabulary import load

if TYPE_CHECKING:
    from triage.message.headers import Headers

_LONGEST: Final = 200
_BEFORE_COLON: Final = re.compile(r"\s*[:：]\s*")


@dataclass(frozen=True, slots=True)
class Responders:
    """The words and fields by which machines are known; all lower case."""

    answers: tuple[str, ...]
    receipts: tuple[str, ...]
    programs: tuple[str, ...]
    mailings: tuple[str, ...]

    def is_answer(self, subject: str) -> bool:
        """Whether a subject begins as an out-of-office program writes it."""
        plain = _plain(subject)
        # Notes writes "AUTO: Jan is out of the office"; in four languages an auto is a car.
        notes = plain.startswith("auto: ") and "out of" in plain
        return notes or plain.startswith(self.answers)

    def is_receipt(self, subject: str) -> bool:
        """Whether a subject begins as a read receipt's."""
        return _plain(subject).startswith(self.receipts)

    def programs_in(self, headers: Headers) -> tuple[str, ...]:
        """Return the fields in a mail that only programs write."""
        return tuple(name for name in self.programs if headers.has(name))

    def mailings_in(self, headers: Headers) -> tuple[str, ...]:
        """Return the fields in a mail that mailing services write."""
        return tuple(name for name in self.mailings if headers.has(name))


def _plain(subject: str) -> str:
    """Return a subject's beginning in lower case, without blanks before its colon."""
    words = subject[:_LONGEST].replace("\u2019", "'").lower().strip()
    return _BEFORE_COLON.sub(": ", words, count=1)


@cache
def responders() -> Responders:
    """Return the words, loaded once."""
    data = load("responders")
    return Responders(
        *(tuple(data[key]) for key in ("answers", "receipts", "programs", "mailings"))
    )
