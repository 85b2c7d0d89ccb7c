"""`triage deadline`: the day on which something is due, and how it was counted."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from triage.cli.options import ConfigOption, policies_from, policy_named
from triage.errors import BadInput
from triage.policy.model import End, Start

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triage.policy.deadline import Deadline
    from triage.policy.model import Policy, Term

_STARTS = {
    Start.NEXT_WORKING_DAY: "received on a day off: counts as received on the next working day",
}
_ENDS = {
    End.PREVIOUS_WORKING_DAY: "ends on a day off: due on the working day before",
    End.NEXT_WORKING_DAY: "ends on a day off: due on the working day after",
}


def command(
    policy: Annotated[str, typer.Option(help="Name of the policy, such as alektum-nl.")],
    received: Annotated[
        str,
        typer.Option(
            help="When the mail was received, ISO 8601. Without an offset: the policy's time zone."
        ),
    ],
    clock: Annotated[str, typer.Option(help="Which clock of the policy, such as privacy.")] = (
        "answer"
    ),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    config: ConfigOption = None,
) -> None:
    """Say when the answer is due, counted day by day."""
    from triage.policy.deadline import deadline, term_of

    chosen = policy_named(policies_from(config), policy)
    moment = _moment(received, chosen)
    result = deadline(chosen, moment, clock)
    if as_json:
        typer.echo(json.dumps(_object(chosen, clock, result), ensure_ascii=False))
        return
    for line in _lines(chosen, clock, term_of(chosen, clock), result):
        typer.echo(line)


def _moment(received: str, policy: Policy) -> datetime:
    try:
        moment = datetime.fromisoformat(received.strip())
    except ValueError as error:
        raise BadInput(
            f"--received {received!r} is not a time", remedy="Write 2026-04-02T10:00:00+02:00"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=policy.zone)


def _lines(policy: Policy, clock: str, term: Term | None, result: Deadline) -> Iterator[str]:
    """Return what a person reads: the day first, then the rule, then the count."""
    local = result.received.astimezone(policy.zone)
    yield f"Due       {result.due:%A %Y-%m-%d}, until midnight ({policy.zone.key})"
    yield f"Received  {local:%A %Y-%m-%d %H:%M}"
    yield f"Policy    {policy.name}: {policy.title}"
    if term is not None:
        yield f"Term      {clock.replace('_', ' ')}: {_worded(term)}"
        rules = (_STARTS.get(term.start), _ENDS.get(term.end))
        yield from (f"          {rule}" for rule in rules if rule)
    yield ""
    for day in result.counted:
        yield f"  {day}"


def _worded(term: Term) -> str:
    unit = term.unit.value.replace("_", " ")
    return f"{term.count} {unit if term.count > 1 else unit.removesuffix('s')}"


def _object(policy: Policy, clock: str, result: Deadline) -> dict[str, object]:
    return {
        "policy": policy.name,
        "clock": clock,
        "received": result.received.isoformat(),
        "received_day": result.received_day.isoformat(),
        "due": result.due.isoformat(),
        "due_at": result.due_at.isoformat(),
        "counted": [
            {"date": day.day.isoformat(), "number": day.number, "why": day.why}
            for day in result.counted
        ],
    }
