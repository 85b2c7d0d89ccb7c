"""Subjects that were taken over by answering a mail or handing it on: their words are another's."""

from __future__ import annotations

import re
from typing import Final

_ANSWER: Final = re.compile(
    r"\s*\[?(?:re|aw|antw|antwort|sv|vs|odp|réf|ref|rif|ant|atb|ynt|y|回复|答复|回覆|r|bls|resp|res)\s?(?:\[\d+\]|\(\d+\)|\^\d+)?\s?[:：]",
    re.IGNORECASE,
)
_HANDED_ON: Final = re.compile(
    r"\s*\[?(?:fwd?|wg|doorst|doorgest|tr|pd|pdl|vb|vs|vl|i|rv|enc|reenv|továbbítás|转发|轉寄|fs|videresendt|weitergeleitet)\s?[:：]",
    re.IGNORECASE,
)


def is_answer(subject: str) -> bool:
    """Whether it begins as mail programs begin the subject of an answer: `Re:`, `Odp:`, `SV:`."""
    return _ANSWER.match(subject) is not None


def is_handed_on(subject: str) -> bool:
    """Whether it begins as that of a forwarded mail: `Fwd:`, `WG:`, `VB:`."""
    return _HANDED_ON.match(subject) is not None


def is_taken_over(subject: str) -> bool:
    """Whether it is that of an answer or of a forwarded mail."""
    return is_answer(subject) or is_handed_on(subject)
