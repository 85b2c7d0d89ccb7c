"""The settings of whom the service tells, and when: teams, digests, chasing, reports."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, field_validator, model_validator

from triage.toml_file import Section


def _address(text: str) -> str:
    if not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", text):
        raise ValueError("is not an e-mail address")
    return text.lower()


def _address_or_none(text: str) -> str:
    return _address(text) if text else text


Address = Annotated[str, AfterValidator(_address)]
"""An e-mail address, in lower case."""
OptionalAddress = Annotated[str, AfterValidator(_address_or_none)]
"""An e-mail address, or an empty text for none."""


class Digest(Section):
    """Who gets the digest beside the teams, and when."""

    to: tuple[Address, ...] = ()
    """Who gets the digest of all mailboxes."""
    sender: OptionalAddress = ""
    """From address of digests and handlers' reminders; default: `smtp.sender`, else the first
    mailbox."""
    at: str = "07:30"
    """Local time of `zone` on working days."""
    zone: str = "Europe/Amsterdam"
    when_empty: Literal["brief", "silent"] = "brief"
    soon: int = Field(default=2, ge=0, le=30)
    """Working days before the end of its term from which a case is listed as due soon."""
    rows: int = Field(default=25, ge=1, le=500)
    """How many cases of a section are shown in full; the others are listed in short."""

    @field_validator("at")
    @classmethod
    def _time(cls, at: str) -> str:
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", at):
            raise ValueError("must be HH:MM")
        return at

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("is not a time zone such as Europe/Amsterdam") from error
        return zone


class Chase(Section):
    """When handlers, their lead and the management are told that a term has passed.

    The warnings before the term are the policy's (`warn_before`). Counted in working days after the
    last day of the term.
    """

    handler_after: int = Field(default=1, ge=1, le=60)
    lead_after: int = Field(default=2, ge=1, le=60)
    management_after: int = Field(default=4, ge=1, le=60)
    repeat_every: int = Field(default=5, ge=1, le=60)
    """After the management was told, all are told again this often until the case is answered."""

    @model_validator(mode="after")
    def _rises(self) -> Chase:
        if not self.handler_after <= self.lead_after <= self.management_after:
            raise ValueError("must rise: handler_after, lead_after, management_after")
        return self


class Team(Section):
    """Who handles the cases of a policy; each of them gets the digest of what is theirs."""

    policy: str
    handlers: tuple[Address, ...] = ()
    """Addresses; a case's owner is one of them, and what nobody owns is everybody's."""
    lead: OptionalAddress = ""
    """Gets the digest of the whole team, and is told of terms that passed."""
    management: OptionalAddress = ""
    """Is told when a term has passed for longer."""

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody of the team, each once."""
        named = (*self.handlers, self.lead, self.management)
        return tuple(dict.fromkeys(each for each in named if each))


class Report(Section):
    """Who gets the weekly and the monthly report, with the complaint register as CSV."""

    to: tuple[Address, ...] = ()
    weekly: bool = True
    monthly: bool = True
