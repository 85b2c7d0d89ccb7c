"""Options that several commands share, and what they stand for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from triage import resources
from triage.errors import BadInput
from triage.policy.load import load_policies

if TYPE_CHECKING:
    from triage.policy.model import Policy
    from triage.settings import Settings

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", help="Settings file; without it, the shipped policies.", metavar="FILE"
    ),
]


def policies_of(settings: Settings) -> dict[str, Policy]:
    """Return the shipped policies, replaced and added to by the operator's own.

    Raises PolicyError.
    """
    folders = [resources.policies()]
    if settings.overrides.policies:
        folders.append(settings.path(settings.overrides.policies))
    policies = load_policies(*folders, closed=settings.closing_days)
    for mailbox in settings.mailbox:
        policy_named(policies, mailbox.policy)
    return policies


def policies_from(config: Path | None) -> dict[str, Policy]:
    """Return the policies of a settings file, or the shipped ones without one."""
    if config is None:
        return load_policies(resources.policies())
    from triage.settings import load_settings

    return policies_of(load_settings(config))


def policy_named(policies: dict[str, Policy], name: str) -> Policy:
    """Return the policy of that name. Raises BadInput."""
    if name not in policies:
        raise BadInput(f"unknown policy {name!r}", remedy=f"Known: {', '.join(policies)}")
    return policies[name]
