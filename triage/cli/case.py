"""`triage case`: cases listed, shown, and changed on a person's word."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from triage.cli import table
from triage.cli.options import (
    ByOption,
    JsonOption,
    SettingsOption,
    policies_from,
    policy_named,
    register_from,
    zone_from,
)
from triage.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from triage.policy.model import Policy
    from triage.register.cases import CaseFile
    from triage.register.tables import Case

app = typer.Typer(no_args_is_help=True, help="Cases: list, show, and change.")
_AGAINST_THE_SENDER = frozenset({"partly_upheld", "rejected", "inadmissible"})
"""Outcomes with which the sender may go on."""
Number = Annotated[str, typer.Argument(help="Case number, such as NL26-00042.")]


def _row(case: Case) -> dict[str, Any]:
    return {
        "case": case.number,
        "due": case.due,
        "kind": case.kind,
        "state": case.state,
        "language": case.language,
        "received": case.received_at,
        "owner": case.owner,
        "missing": case.missing,
        "policy": case.policy,
    }


def _listed(case: Case, zone: ZoneInfo) -> dict[str, Any]:
    """Return the row as a person reads it: what fits on a line of a terminal."""
    received = case.received_at.astimezone(zone).date()
    return _row(case) | {"received": received, "owner": case.owner.partition("@")[0]}


@app.command("list")
def list_cases(
    config: SettingsOption,
    state: Annotated[
        str, typer.Option(help="open, answered, settled or all.", metavar="STATE")
    ] = "open",
    policy: Annotated[str | None, typer.Option(help="Only of this policy.")] = None,
    owner: Annotated[str | None, typer.Option(help="Only of this owner.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List cases, the soonest due first."""
    from triage.register.cases import find_cases
    from triage.register.states import CaseState

    names = [each.value for each in CaseState]
    if state not in {*names, "all"}:
        raise BadInput(f"unknown state {state!r}", remedy=f"Known: {', '.join(names)}, all")
    states = tuple(CaseState) if state == "all" else (CaseState(state),)
    zone = zone_from(config)
    with register_from(config).reading() as session:
        cases = find_cases(session, states=states, policy=policy, owner=owner)
        rows = [_row(case) if as_json else _listed(case, zone) for case in cases]
    table.show(rows, zone=zone, as_json=as_json, empty="None.")


@app.command()
def show(config: SettingsOption, number: Number, as_json: JsonOption = False) -> None:
    """Show one case: what is known, its mails, what was sent, its history, what is to be done."""
    from triage.cli.case_view import clock_lines, end_lines, facts_lines
    from triage.register.cases import case_file

    register, policies = register_from(config), policies_from(config)
    zone = zone_from(config)
    with register.reading() as session:
        file = case_file(session, number)
        case = file.case
        if as_json:
            whole = case.model_dump(mode="json") | {
                "addresses": list(file.addresses),
                "events": [event.model_dump(mode="json") for event in file.events],
                "tasks": [task.model_dump(mode="json") for task in file.tasks],
                "next_instances": _next(file, policies, register.clock.now()),
            }
            table.show([whole], zone=zone, as_json=True, empty="")
            return
        table.show([_listed(case, zone)], zone=zone, as_json=False, empty="")
        typer.echo(f"\nFrom {', '.join(file.addresses) or '-'}")
        for line in (*facts_lines(case), *end_lines(case), *clock_lines(case, policies)):
            typer.echo(line)
        typer.echo("\nTo do")
        rows = [
            {"task": task.id, "since": task.created_at, "what": task.text} for task in file.tasks
        ]
        table.show(rows, zone=zone, as_json=False, empty="  nothing")
        typer.echo("\nHistory")
        history = [{"at": event.at, "what": event.text} for event in file.events]
        table.show(history, zone=zone, as_json=False, empty="  nothing")
        if case.counted:
            typer.echo("\nHow the term was counted")
            for line in case.counted:
                typer.echo(f"  {line}")
        _say_next(_next(file, policies, register.clock.now()))


def _next(file: CaseFile, policies: Mapping[str, Policy], now: datetime) -> dict[str, str]:
    """Return where the sender of a complaint can go now: key → the words for them."""
    from triage.policy.next_instance import moment_of, next_instances
    from triage.register.states import CaseState

    case, policy = file.case, policies.get(file.case.policy)
    if policy is None or not case.kind.is_complaint:
        return {}
    moment = moment_of(
        answered=case.state is not CaseState.OPEN,
        overdue=case.due_at is not None and case.due_at <= now,
        second=any(event.data.get("second_instance") for event in file.events),
    )
    return {
        each.key: each.told(case.language, policy.home_language)
        for each in next_instances(policy, moment)
    }


def _say_next(told: Mapping[str, str]) -> None:
    if told:
        typer.echo("\nWhere the sender can go next; put it into your answer")
        for text in told.values():
            typer.echo(f"  {text}")


@app.command()
def assign(config: SettingsOption, number: Number, owner: str, by: ByOption = "") -> None:
    """Give a case to somebody."""
    from triage.register.case_commands import assign as change

    register = register_from(config)
    with register.transaction() as session:
        change(session, number, owner, by=by or "somebody", now=register.clock.now())


@app.command()
def extend(
    config: SettingsOption,
    number: Number,
    reason: Annotated[str, typer.Option(help="Why; the sender is told.")],
    to: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="New due day; default: the policy's ceiling."),
    ] = None,
    by: ByOption = "",
) -> None:
    """Move the answer's term, up to the ceiling of the policy, and tell the sender."""
    from triage.assembly import instance_of, templates_of
    from triage.policy.deadline import deadline
    from triage.register.case_commands import extend as change
    from triage.register.cases import case_of
    from triage.schedule.extension import tell_extension
    from triage.schedule.plan import Plan
    from triage.settings import load_settings

    register = register_from(config)
    policies = policies_from(config)
    settings = load_settings(config)
    instance = instance_of(register, register.clock)
    plan = Plan(settings, policies, templates_of(settings), instance)
    with register.transaction() as session:
        case = case_of(session, number)
        policy = policy_named(policies, case.policy)
        if policy.extended is None:
            raise BadInput(
                f"{policy.name} knows no extension of the answer's term",
                where=case.number,
                remedy="Send an interim answer, or set terms.extended in the policy",
            )
        if not case.kind.is_complaint:
            raise BadInput(
                f"is a {case.kind.value.replace('_', ' ')}: only a complaint's term is extended",
                where=case.number,
                remedy="Send an interim answer",
            )
        ceiling = deadline(policy, case.received_at, "extended")
        day: date = to.date() if to else ceiling.due
        if day > ceiling.due:
            raise BadInput(
                f"{day} is after the last day that {policy.name} allows, {ceiling.due}",
                where=number,
                remedy="Choose an earlier day",
            )
        midnight = datetime.combine(day + timedelta(days=1), time.min, tzinfo=policy.zone)
        change(
            session,
            case.number,
            due=day,
            due_at=midnight,
            counted=[str(each) for each in ceiling.counted if each.day <= day],
            reason=reason,
            by=by or "somebody",
            now=register.clock.now(),
        )
        told = tell_extension(session, plan, case.number, reason, register.clock.now())
    how = "the sender is told" if told else "tell the sender, there is a task"
    typer.echo(f"{case.number} is due {day}; {how}.")


@app.command()
def note(config: SettingsOption, number: Number, text: str, by: ByOption = "") -> None:
    """Add a remark to a case."""
    from triage.register.case_commands import note as change

    register = register_from(config)
    with register.transaction() as session:
        change(session, number, text, by=by or "somebody", now=register.clock.now())


@app.command()
def pause(
    config: SettingsOption,
    number: Number,
    reason: Annotated[str, typer.Option(help="Why, such as: waits for the court.")],
    by: ByOption = "",
) -> None:
    """Let an open case rest: its term runs on, but nobody is reminded of it."""
    from triage.register.case_commands import pause as change

    register = register_from(config)
    with register.transaction() as session:
        change(session, number, reason, by=by or "somebody", now=register.clock.now())


@app.command()
def resume(config: SettingsOption, number: Number, by: ByOption = "") -> None:
    """End the rest of a case; what is due is reminded of again."""
    from triage.register.case_commands import resume as change

    register = register_from(config)
    with register.transaction() as session:
        change(session, number, by=by or "somebody", now=register.clock.now())


@app.command()
def answer(config: SettingsOption, number: Number, by: ByOption = "") -> None:
    """Note that the answer was given, by whatever way: its term ends."""
    from triage.register.case_commands import answer as change

    register = register_from(config)
    with register.transaction() as session:
        change(session, number, by=by or "somebody", now=register.clock.now())


@app.command()
def settle(
    config: SettingsOption,
    number: Number,
    *,
    outcome: Annotated[str, typer.Option(help="How it ended, such as upheld or rejected.")],
    reason: Annotated[
        str, typer.Option("--reason", help="Why it ended so; some policies demand it.")
    ] = "",
    remedy: Annotated[str, typer.Option(help="What was done for the sender.")] = "",
    improvement: Annotated[str, typer.Option(help="What will be done better.")] = "",
    stop_collection: Annotated[
        bool, typer.Option("--stop-collection", help="Collection that was paused does not go on.")
    ] = False,
    by: ByOption = "",
) -> None:
    """Close a case with its outcome."""
    from triage.register.case_commands import settle as change
    from triage.register.cases import case_file, case_of
    from triage.register.corrections import remember_no_complaint
    from triage.register.states import Outcome
    from triage.register.verdict import Ending, check_verdict

    if outcome not in set(Outcome):
        raise BadInput(f"unknown outcome {outcome!r}", remedy=f"Known: {', '.join(Outcome)}")
    ending = Ending(Outcome(outcome), reason, remedy, improvement)
    register, policies = register_from(config), policies_from(config)
    with register.transaction() as session:
        case = case_of(session, number)
        if case.policy in policies:
            check_verdict(policies[case.policy], case.number, ending)
        if ending.outcome is Outcome.NOT_A_COMPLAINT:
            remember_no_complaint(session, case.number, register.clock.now())
        change(
            session,
            number,
            ending,
            by=by or "somebody",
            now=register.clock.now(),
            stop_collection=stop_collection,
        )
        file = case_file(session, number)
    typer.echo(f"{file.case.number} is settled: {outcome}.")
    chosen = policies.get(file.case.policy)
    if improvement and chosen is not None and chosen.promises.improvement_told:
        typer.echo("Tell the sender of the improvement: the procedure promises it.")
    if ending.outcome in _AGAINST_THE_SENDER:
        _say_next(_next(file, policies, register.clock.now()))


@app.command()
def reopen(
    config: SettingsOption,
    number: Number,
    reason: Annotated[str, typer.Option(help="Why.")],
    by: ByOption = "",
) -> None:
    """Take a case up again; its term is the old one."""
    from triage.register.case_commands import reopen as change

    register = register_from(config)
    with register.transaction() as session:
        change(session, number, reason, by=by or "somebody", now=register.clock.now())


@app.command()
def merge(
    config: SettingsOption,
    number: Number,
    into: Annotated[str, typer.Option(help="The case that stays.")],
    by: ByOption = "",
) -> None:
    """Make one case of two."""
    from triage.register.case_commands import merge as change

    register = register_from(config)
    with register.transaction() as session:
        change(session, number, into, by=by or "somebody", now=register.clock.now())
