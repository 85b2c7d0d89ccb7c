"""`triage task`: what people must do, and what they have done."""

from __future__ import annotations

from typing import Annotated

import typer

from triage.cli import table
from triage.cli.options import ByOption, JsonOption, SettingsOption, register_from, zone_from

app = typer.Typer(no_args_is_help=True, help="Tasks for people: list, done.")


@app.command("list")
def list_tasks(
    config: SettingsOption,
    case: Annotated[str | None, typer.Option(help="Only of this case.")] = None,
    code: Annotated[str | None, typer.Option(help="Only of this kind, such as call_back.")] = None,
    policy: Annotated[str | None, typer.Option(help="Only of cases of this policy.")] = None,
    owner: Annotated[str | None, typer.Option(help="Only of cases of this owner.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List what is still to be done, the oldest first."""
    from triage.register.cases import find_cases
    from triage.register.states import CaseState
    from triage.register.tasks import open_tasks

    with register_from(config).reading() as session:
        mine: frozenset[str] | None = None
        if policy is not None or owner is not None:
            found = find_cases(session, states=tuple(CaseState), policy=policy, owner=owner)
            mine = frozenset(each.number for each in found)
        rows = [
            {
                "task": task.id,
                "case": task.case_number,
                "since": task.created_at,
                "code": task.code,
                "what": task.text,
            }
            for task in open_tasks(session, case)
            if (code is None or task.code == code) and (mine is None or task.case_number in mine)
        ]
    table.show(rows, zone=zone_from(config), as_json=as_json, empty="Nothing to do.")


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
