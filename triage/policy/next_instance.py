"""Where a sender can go next, and when that is named: data of the policy, pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from triage.policy.model import Policy


class Moment(StrEnum):
    """Where a complaint stands, as far as the next instance depends on it."""

    OPEN = "open"
    """It waits for its answer."""
    OVERDUE = "overdue"
    """Its term has passed without an answer."""
    ANSWERED = "answered"
    SECOND_ANSWERED = "second_answered"
    """The management has answered, too."""


@dataclass(frozen=True, slots=True)
class NextInstance:
    """One place to go next."""

    key: str
    """`kifid`, `rzecznik_finansowy` ...; names it in `--json`."""
    moments: frozenset[Moment]
    """When the sender may be told of it."""
    text: Mapping[str, str]
    """Language → the sentences for the sender."""

    def told(self, language: str, home: str) -> str:
        """Return the text in the sender's language, else in English, else in the home language."""
        return self.text.get(language) or self.text.get("en") or self.text[home]


def moment_of(*, answered: bool, overdue: bool, second: bool) -> Moment:
    """Return where a complaint stands; `second` for one of the second instance."""
    if answered:
        return Moment.SECOND_ANSWERED if second else Moment.ANSWERED
    return Moment.OVERDUE if overdue else Moment.OPEN


def next_instances(policy: Policy, moment: Moment) -> tuple[NextInstance, ...]:
    """Return where the sender can go at that moment, in the policy's order."""
    return tuple(each for each in policy.next_instances if moment in each.moments)
