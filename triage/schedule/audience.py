"""Who is told what: the readers of digests, and whom a reminder of a case goes to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from triage.team_settings import Team

if TYPE_CHECKING:
    from triage.settings import Settings


class Level(IntEnum):
    """How far up a reminder goes; each level is told together with those below it."""

    HANDLER = 1
    LEAD = 2
    MANAGEMENT = 3


@dataclass(frozen=True, slots=True)
class Reader:
    """One person (or list) who gets a digest, and what of it is theirs."""

    address: str
    policies: frozenset[str | None]
    """Those whose cases this reader sees; with None, also what belongs to no policy."""
    everything: bool = False
    """Sees all, also what belongs to no policy."""
    others: frozenset[tuple[str, str]] = frozenset()
    """Policy and address of colleagues whose cases are theirs alone."""

    def sees(self, policy: str | None, owner: str = "") -> bool:
        """Whether this reader is told of a case, task or mail of that policy and owner.

        What belongs to nobody, or to somebody who is not of the team, is shown to all of the team.
        """
        if self.everything:
            return True
        return policy in self.policies and (policy, owner.strip().lower()) not in self.others


def readers(settings: Settings) -> tuple[Reader, ...]:
    """Return everybody who gets a digest, each once: those of the settings, leads and handlers.

    Where the settings name nobody who sees everything, the teams are told what belongs to no
    policy: an alarm of the service must not be for nobody.
    """
    all_policies = frozenset(mailbox.policy for mailbox in settings.mailbox)
    nobodys = frozenset() if settings.digest.to else frozenset((None,))
    found = {
        address: Reader(address, all_policies, everything=True) for address in settings.digest.to
    }
    for team in settings.team:
        for address in dict.fromkeys(each for each in (team.lead, *team.handlers) if each):
            known = found.get(address, Reader(address, nobodys))
            if known.everything:
                continue
            hidden = set() if address == team.lead else set(team.handlers) - {address}
            found[address] = Reader(
                address,
                known.policies | {team.policy},
                others=known.others | {(team.policy, other) for other in hidden},
            )
    return tuple(found.values())


def reminded(settings: Settings, policy: str, owner: str, level: Level) -> tuple[str, ...]:
    """Return whom a reminder of a case goes to, each once.

    The case's owner if that is one of the team, else all its handlers; from `LEAD` on the lead,
    too, and from `MANAGEMENT` on the management. For a level that nobody is named for stands the
    next one up, and at last the readers of the whole digest.
    """
    team = next((each for each in settings.team if each.policy == policy), Team(policy=policy))
    owner = owner.strip().lower()
    handlers = (owner,) if owner in team.handlers else team.handlers
    ladder = (handlers, _one(team.lead), _one(team.management), settings.digest.to)
    told = [
        address
        for rung in range(level)
        for address in next((people for people in ladder[rung:] if people), ())
    ]
    return tuple(dict.fromkeys(told)) or team.people


def _one(address: str) -> tuple[str, ...]:
    return (address,) if address else ()
