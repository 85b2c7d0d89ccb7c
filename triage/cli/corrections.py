"""`triage models corrections`: what people corrected, as texts to train from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

from triage.cli.options import SettingsOption, policies_from, register_from

if TYPE_CHECKING:
    from triage.policy.model import Policy
    from triage.register.corrections import Correction


def command(config: SettingsOption) -> None:
    """Print the mails whose kind people corrected, as JSON lines like those of the corpus."""
    from triage.register.corrections import corrections

    policies = policies_from(config)
    with register_from(config).reading() as session:
        for correction in corrections(session):
            line = _line(correction, policies.get(correction.entry.policy))
            typer.echo(json.dumps(line, ensure_ascii=False))


def _line(correction: Correction, policy: Policy | None) -> dict[str, Any]:
    from triage.message.reader import read_message

    entry = correction.entry
    country = policy.calendar.country if policy else "NL"
    message = read_message(
        correction.raw,
        home_country=country,
        trusted_authserv_ids=frozenset(),
        loop_ids=frozenset(),
    )
    return {
        "id": f"corrected-{entry.id}",
        "policy": entry.policy,
        "to": entry.mailbox,
        "from_name": message.sender.name if message.sender else "",
        "from_addr": message.sender.address if message.sender else "",
        "date": entry.received_at.isoformat(),
        "subject": message.subject,
        "body": message.typed,
        "was": correction.was,
        "gold": {"kind": correction.kind.value},
    }
