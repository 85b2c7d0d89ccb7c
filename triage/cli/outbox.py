"""`triage outbox`: mails of ours that wait, failed or were withheld."""

from __future__ import annotations

from typing import Annotated

import typer

from triage.cli import table
from triage.cli.options import JsonOption, SettingsOption, register_from, zone_from
from triage.errors import BadInput

app = typer.Typer(no_args_is_help=True, help="Mails of ours: list, retry, withhold.")
OutboxId = Annotated[int, typer.Argument(help="Number as listed by `triage outbox list`.")]


@app.command("list")
def list_mails(
    config: SettingsOption,
    state: Annotated[
        str,
        typer.Option(help="due, sending, failed, withheld, sent, or all.", metavar="STATE"),
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """List mails, the oldest first; without --state those that wait or failed."""
    from triage.register.outbox_desk import mails_in
    from triage.register.states import OutboxState

    names = [each.value for each in OutboxState]
    if state and state not in {*names, "all"}:
        raise BadInput(f"unknown state {state!r}", remedy=f"Known: {', '.join(names)}, all")
    match state:
        case "":
            wanted = set(OutboxState) - {OutboxState.SENT, OutboxState.WITHHELD}
        case "all":
            wanted = set(OutboxState)
        case _:
            wanted = {OutboxState(state)}
    with register_from(config).reading() as session:
        rows = [
            {
                "mail": mail.id,
                "state": mail.state,
                "purpose": mail.purpose,
                "case": mail.case_number,
                "to": mail.recipient,
                "queued": mail.queued_at,
                "attempts": mail.attempts,
                "reason": mail.last_error,
            }
            for mail in mails_in(session, wanted, table.MOST)
        ]
    table.show(rows, zone=zone_from(config), as_json=as_json, empty="None.")
    table.tell_cut(rows)


@app.command()
def retry(config: SettingsOption, mail: OutboxId) -> None:
    """Send a failed or withheld mail again."""
    from triage.register.outbox_desk import retry_mail

    register = register_from(config)
    with register.transaction() as session:
        retry_mail(session, mail, register.clock.now())
    typer.echo(f"Mail {mail} will be sent.")


@app.command()
def withhold(
    config: SettingsOption,
    mail: OutboxId,
    reason: Annotated[str, typer.Option(help="Why.")],
) -> None:
    """Keep a mail that has not gone out from going."""
    from triage.register.outbox_desk import withhold_mail

    register = register_from(config)
    with register.transaction() as session:
        withhold_mail(session, mail, reason, register.clock.now())
    typer.echo(f"Mail {mail} will not be sent.")
