"""`triage task`: what people must do, and what they have done."""

from __future__ import annotations

from typing import Annotated

import typer

from triage.cli import table
from triage.cli.options import ByOption, JsonOption, SettingsOption, register_from

app = typer.Typer(no_args_is_help=True, help="Tasks for people: list, done.")


@app.command("list")
def list_tasks(
    config: SettingsOption,
    case: Annotated[str | None, typer.Option(help="Only of this case.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List what is still to be done, the oldest first."""
    from triage.register.tasks import open_tasks

    with register_from(config).reading() as session:
        rows = [
            {
                "task": task.id,
                "case": task.case_number,
                "since": task.created_at,
                "code": task.code,
                "what": task.text,
            }
            for task in open_tasks(session, case)
        ]
    table.show(rows, as_json=as_json, empty="Nothing to do.")


@app.command()
def done(
    config: SettingsOption,
    task: Annotated[int, typer.Argument(help="Number as listed by `triage task list`.")],
    note: Annotated[str, typer.Option(help="How it was done.")] = "",
    by: ByOption = "",
) -> None:
    """Mark a task as done."""
    from triage.register.tasks import finish_task

    register = register_from(config)
    with register.transaction() as session:
        finish_task(session, task, by=by or "somebody", now=register.clock.now(), note=note)
