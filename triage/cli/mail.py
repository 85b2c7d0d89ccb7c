"""`triage mail`: the ledger's mails that need a person."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from triage.cli import table
from triage.cli.options import JsonOption, SettingsOption, register_from, zone_from

app = typer.Typer(no_args_is_help=True, help="Mails in the ledger: list, show, retry.")


@app.command("list")
def list_mails(
    config: SettingsOption,
    failed: Annotated[
        bool, typer.Option("--failed", help="Only failed mails and those set aside (default).")
    ] = False,
    backlog: Annotated[
        bool, typer.Option("--backlog", help="Mail that was there before the first start.")
    ] = False,
    waiting: Annotated[bool, typer.Option("--waiting", help="Mail still to be processed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List mails that need a look, with the reason."""
    from triage.register.states import EntryState
    from triage.register.worklist import entries_in

    wanted: set[EntryState] = set()
    if failed or not (backlog or waiting):
        wanted |= {EntryState.FAILED, EntryState.SET_ASIDE}
    if backlog:
        wanted.add(EntryState.LISTED)
    if waiting:
        wanted.add(EntryState.WAITING)
    with register_from(config).reading() as session:
        rows = [
            {
                "id": entry.id,
                "state": entry.state,
                "mailbox": entry.mailbox,
                "received": entry.received_at,
                "message_id": entry.message_id,
                "attempts": entry.attempts,
                "reason": entry.error,
            }
            for entry in entries_in(session, wanted, table.MOST)
        ]
    table.show(rows, zone=zone_from(config), as_json=as_json, empty="None.")
    table.tell_cut(rows)


@app.command()
def retry(
    config: SettingsOption,
    ids: Annotated[list[int], typer.Argument(help="Ids as listed by `triage mail list`.")],
) -> None:
    """Process mails again: failed, set aside or listed ones (older mail is not acknowledged)."""
    from triage.register.worklist import retry_entries

    register = register_from(config)
    with register.transaction() as session:
        retry_entries(session, ids, register.clock.now())
    typer.echo(f"{len(ids)} to be processed again.")


@app.command()
def show(
    config: SettingsOption,
    entry_id: Annotated[int, typer.Argument(help="Id as listed by `triage mail list`.")],
    to: Annotated[
        Path | None, typer.Option("--to", help="Write the raw mail to this file.")
    ] = None,
) -> None:
    """Give the raw mail as it was received."""
    from triage.register.ledger import entry_of, raw_of

    with register_from(config).reading() as session:
        raw = raw_of(session, entry_of(session, entry_id))
    if to is None:
        sys.stdout.buffer.write(raw)
    else:
        to.write_bytes(raw)
