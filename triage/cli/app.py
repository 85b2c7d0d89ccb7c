"""The command `triage` with all its subcommands."""

from __future__ import annotations

from typing import Annotated

import typer

import triage
from triage.cli import deadline, explain

app = typer.Typer(
    name="triage",
    help="The complaint mailbox that answers at once and forgets nothing.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"triage {triage.__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""


app.command("explain", rich_help_panel="Look")(explain.command)
app.command("deadline", rich_help_panel="Look")(deadline.command)
