"""`triage deadline`: the day on which something is due, and how it was counted."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from triage.cli.options import ConfigOption, policies_from, policy_named
from triage.errors import BadInput
from triage.policy.model import End, Start

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from triage.policy.deadline import Deadline
    from triage.policy.model import Policy, Term

_STARTS = {
    Start.NEXT_WORKING_DAY: "received on a day off: counts as received on the next working day",
}
_ENDS = {
    End.PREVIOUS_WORKING_DAY: "ends on a day off: due on the working day before",
    End.NEXT_WORKING_DAY: "ends on a day off: due on the working day after",
}
_FROM = {
    "extended": "the latest day to which the answer may be extended with reasons",
    "second_instance": "for a complaint to the management that is received then",
    "privacy": "for a request about personal data",
    "reminder": "for a sender who is asked then for what is missing",
}
"""What a clock runs for, where its name does not say it."""
_ALL = "all"


def command(
    policy: Annotated[str, typer.Option(help="Name of the policy, such as alektum-nl.")],
    received: Annotated[
        str,
        typer.Option(
            help="When the mail was received, ISO 8601. Without an offset: the policy's time zone."
        ),
    ],
    clock: Annotated[
        str,
        typer.Option(help="Which clock of the policy, such as privacy; `all`: each, day by day."),
    ] = "answer",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    config: ConfigOption = None,
) -> None:
    """Say when the answer is due, counted day by day, and when the policy's other clocks end."""
    from triage.policy.deadline import CLOCKS, deadline, term_of

    chosen = policy_named(policies_from(config), policy)
    moment = _moment(received, chosen)
    told = "answer" if clock == _ALL else clock
    deadline(chosen, moment, told)  # refuses a clock that the policy does not have
    clocks = {name: deadline(chosen, moment, name) for name in CLOCKS if term_of(chosen, name)}
    terms = {name: term for name in clocks if (term := term_of(chosen, name))}
    if as_json:
        typer.echo(json.dumps(_object(chosen, told, clocks, terms), ensure_ascii=False))
        return
    for number, name in enumerate(clocks if clock == _ALL else (told,)):
        lines = _lines(chosen, name, terms[name], clocks[name])
        typer.echo("\n".join(("", *lines) if number else lines))
    if clock != _ALL:
        others = [name for name in clocks if name != told]
        typer.echo("\nOther clocks, counted from the same moment (--clock all: day by day)\n")
        for name in others:
            typer.echo(_in_short(name, terms[name], clocks[name]))


def _moment(received: str, policy: Policy) -> datetime:
    try:
        moment = datetime.fromisoformat(received.strip())
    except ValueError as error:
        raise BadInput(
            f"--received {received!r} is not a time", remedy="Write 2026-04-02T10:00:00+02:00"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=policy.zone)


def _lines(policy: Policy, clock: str, term: Term, result: Deadline) -> Iterator[str]:
    """Return what a person reads: the day first, then the rule, then the count."""
    local = result.received.astimezone(policy.zone)
    yield f"Due       {result.due:%A %Y-%m-%d}, until midnight ({policy.zone.key})"
    yield f"Received  {local:%A %Y-%m-%d %H:%M}"
    yield f"Policy    {policy.name}: {policy.title}"
    yield f"Term      {clock.replace('_', ' ')}: {_worded(term)}"
    rules = (_FROM.get(clock), _STARTS.get(term.start), _ENDS.get(term.end))
    yield from (f"          {rule}" for rule in rules if rule)
    yield ""
    for day in result.counted:
        yield f"  {day}"


def _in_short(clock: str, term: Term, result: Deadline) -> str:
    rules = (_worded(term), _FROM.get(clock), _STARTS.get(term.start), _ENDS.get(term.end))
    how = "; ".join(rule for rule in rules if rule)
    return f"  {clock.replace('_', ' '):<16} {result.due:%a %Y-%m-%d}  {how}"


def _worded(term: Term) -> str:
    if not term.count:
        return "at once, on the day of receipt"
    unit = term.unit.value.replace("_", " ")
    return f"{term.count} {unit if term.count > 1 else unit.removesuffix('s')}"


def _object(
    policy: Policy, clock: str, clocks: Mapping[str, Deadline], terms: Mapping[str, Term]
) -> dict[str, Any]:
    result = clocks[clock]
    return {
        "policy": policy.name,
        "clock": clock,
        "received": result.received.isoformat(),
        **_counted(result),
        "clocks": {
            name: {"term": _worded(terms[name]), **_counted(each)} for name, each in clocks.items()
        },
    }


def _counted(result: Deadline) -> dict[str, Any]:
    return {
        "received_day": result.received_day.isoformat(),
        "due": result.due.isoformat(),
        "due_at": result.due_at.isoformat(),
        "counted": [
            {"date": day.day.isoformat(), "number": day.number, "why": day.why}
            for day in result.counted
        ],
    }
