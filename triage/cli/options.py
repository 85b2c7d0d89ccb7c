"""Options that several commands share, and what they stand for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from triage import resources
from triage.clock import SystemClock
from triage.errors import BadInput

if TYPE_CHECKING:
    from triage.policy.model import Policy
    from triage.register.database import Register

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", help="Settings file; without it, the shipped policies.", metavar="FILE"
    ),
]

SettingsOption = Annotated[
    Path,
    typer.Option("--config", help="Settings file.", metavar="FILE", envvar="TRIAGE_CONFIG"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
ByOption = Annotated[
    str, typer.Option("--by", help="Who does this; stands in the history.", envvar="USER")
]


def register_from(config: Path) -> Register:
    """Return the register of a settings file. Raises RegisterError, SettingsError."""
    from triage.assembly import register_of
    from triage.settings import load_settings

    return register_of(load_settings(config), SystemClock())


def policies_from(config: Path | None) -> dict[str, Policy]:
    """Return the policies of a settings file, or the shipped ones without one."""
    if config is None:
        from triage.policy.load import load_policies

        return load_policies(resources.policies())
    from triage.assembly import policies_of
    from triage.settings import load_settings

    return policies_of(load_settings(config))


def zone_from(config: Path) -> ZoneInfo:
    """Return the zone in which the people of a settings file read days. Raises SettingsError."""
    from triage.settings import load_settings

    return ZoneInfo(load_settings(config).digest.zone)


def policy_named(policies: dict[str, Policy], name: str) -> Policy:
    """Return the policy of that name. Raises BadInput."""
    if name not in policies:
        raise BadInput(f"unknown policy {name!r}", remedy=f"Known: {', '.join(policies)}")
    return policies[name]
