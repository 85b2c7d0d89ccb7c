"""How a case ends, and what a policy demands to be known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from triage.errors import BadInput
from triage.register.states import Outcome

if TYPE_CHECKING:
    from triage.policy.model import Policy

_VERDICTS = frozenset(
    {Outcome.UPHELD, Outcome.PARTLY_UPHELD, Outcome.REJECTED, Outcome.INADMISSIBLE}
)
_SOLVED = frozenset({Outcome.UPHELD, Outcome.PARTLY_UPHELD})


@dataclass(frozen=True, slots=True)
class Ending:
    """How a case ends, as the complaint register tells it."""

    outcome: Outcome
    reason: str = ""
    """Why it ended so."""
    remedy: str = ""
    """What was or will be done for the sender."""
    improvement: str = ""
    """What the agency will do better."""


def check_verdict(policy: Policy, number: str, ending: Ending) -> None:
    """Refuse a verdict without what its procedure promises the sender.

    Pro Actief: "In onze reactie leest u of uw klacht is toegewezen of afgewezen en waarom. Als uw
    klacht is toegewezen, dan leest u ook hoe wij de klacht hebben opgelost of nog zullen oplossen."
    Raises BadInput.
    """
    if not policy.promises.verdict_reasons or ending.outcome not in _VERDICTS:
        return
    words = ending.outcome.value.replace("_", " ")
    if not ending.reason.strip():
        raise BadInput(
            f"{policy.name} promises the reasons of a verdict, and none are given for {words!r}",
            where=number,
            remedy='Say why with --reason "..."',
        )
    if ending.outcome in _SOLVED and not ending.remedy.strip():
        raise BadInput(
            f"{policy.name} promises to say how a complaint that is {words} was or will be solved",
            where=number,
            remedy='Say how with --remedy "..."',
        )
