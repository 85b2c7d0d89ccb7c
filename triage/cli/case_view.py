"""One case as `triage case show` tells it: pure functions from rows to lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triage.policy.deadline import deadline
from triage.proxy_check import FACT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from triage.policy.model import Policy
    from triage.register.tables import Case


def facts_lines(case: Case) -> Iterator[str]:
    """Yield what the mails of the case say, and the check of a power of attorney."""
    for key, value in case.facts.items():
        if key != FACT:
            yield f"  {key}: {_fact(value)}"
    if case.facts.get(FACT):
        yield "\nPower of attorney"
        yield from (f"  {row['value']}" for row in case.facts[FACT])


def _fact(value: object) -> str:
    """Return a stored fact in a few words, whatever its form."""
    if isinstance(value, dict):
        return str(value.get("value", ""))
    if isinstance(value, list):
        return ", ".join(_fact(each) for each in value)
    return str(value)


def end_lines(case: Case) -> Iterator[str]:
    """Yield how a settled case ended, as it stands in the complaint register."""
    if case.outcome is None:
        return
    yield f"\nEnded: {case.outcome.value.replace('_', ' ')}"
    for name, text in (
        ("because", case.outcome_reason),
        ("solved", case.remedy),
        ("improved", case.improvement),
        ("merged into", case.merged_into),
    ):
        if text:
            yield f"  {name}: {text}"


def clock_lines(case: Case, policies: Mapping[str, Policy]) -> Iterator[str]:
    """Yield the clocks of a case, apart from each other: by when, and when it was done."""
    policy = policies.get(case.policy)
    if policy is None:
        return
    yield "\nClocks"
    by = deadline(policy, case.received_at, "acknowledged").due
    done = _done(case.acknowledged_at, policy) or ", not yet"
    yield f"  acknowledged: by {by}{done}"
    if case.first_due is not None:
        yield f"  answer: by {case.first_due}{_done(case.answered_at, policy)}"
    if case.extended_at is not None:
        yield f"  extended answer: by {case.due}, because: {case.extension_reason}"


def _done(moment: datetime | None, policy: Policy) -> str:
    return f", done {moment.astimezone(policy.zone):%Y-%m-%d %H:%M}" if moment else ""
