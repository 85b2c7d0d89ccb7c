"""The command `triage` with all its subcommands."""

from __future__ import annotations

from typing import Annotated

import typer

import triage
from triage.cli import (
    case,
    corrections,
    deadline,
    demo,
    digest,
    explain,
    mail,
    models,
    outbox,
    report,
    run,
    task,
)

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


_SERVE, _LOOK, _WORK = "Serve", "Look", "Work"

app.command("run", rich_help_panel=_SERVE)(run.run)
app.command("check", rich_help_panel=_SERVE)(run.check)
app.command("demo", rich_help_panel=_LOOK)(demo.command)
app.command("explain", rich_help_panel=_LOOK)(explain.command)
app.command("deadline", rich_help_panel=_LOOK)(deadline.command)
app.command("digest", rich_help_panel=_LOOK)(digest.command)
app.command("report", rich_help_panel=_LOOK)(report.command)
app.add_typer(case.app, name="case", rich_help_panel=_WORK)
app.add_typer(task.app, name="task", rich_help_panel=_WORK)
app.add_typer(mail.app, name="mail", rich_help_panel=_WORK)
app.add_typer(outbox.app, name="outbox", rich_help_panel=_WORK)
models.app.command("corrections")(corrections.command)
app.add_typer(models.app, name="models", rich_help_panel=_SERVE)
