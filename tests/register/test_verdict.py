"""What a policy demands of a verdict: Pro Actief says why, and how an upheld complaint is solved."""

from __future__ import annotations

import pytest
from sample_mails import shipped

from triage.errors import BadInput
from triage.register.states import Outcome
from triage.register.verdict import Ending, check_verdict

WHY, HOW = "the letter was wrong", "the costs are waived"


def refusal(policy: str, outcome: Outcome, reason: str = "", remedy: str = "") -> str:
    try:
        check_verdict(shipped()[policy], "PA26-00001", Ending(outcome, reason, remedy))
    except BadInput as fault:
        return str(fault)
    return ""


@pytest.mark.parametrize(
    "outcome", [Outcome.UPHELD, Outcome.PARTLY_UPHELD, Outcome.REJECTED, Outcome.INADMISSIBLE]
)
@pytest.mark.parametrize("reason", ["", "  "])
def test_a_verdict_without_reasons_is_refused_where_they_are_promised(
    outcome: Outcome, reason: str
) -> None:
    words = outcome.value.replace("_", " ")
    assert refusal("pro-actief", outcome, reason, HOW) == (
        f"PA26-00001: pro-actief promises the reasons of a verdict, and none are given for {words!r}. "
        'Say why with --reason "..."'
    )


@pytest.mark.parametrize("outcome", [Outcome.UPHELD, Outcome.PARTLY_UPHELD])
def test_a_complaint_is_not_upheld_without_how_it_is_solved(outcome: Outcome) -> None:
    assert "how a complaint that is" in refusal("pro-actief", outcome, WHY)
    assert refusal("pro-actief", outcome, WHY, HOW) == ""


@pytest.mark.parametrize("outcome", [Outcome.REJECTED, Outcome.INADMISSIBLE])
def test_a_rejection_needs_no_remedy(outcome: Outcome) -> None:
    assert refusal("pro-actief", outcome, WHY) == ""


@pytest.mark.parametrize(
    "outcome", [Outcome.WITHDRAWN, Outcome.ANSWERED, Outcome.NOT_A_COMPLAINT, Outcome.MERGED]
)
def test_what_is_no_verdict_needs_none(outcome: Outcome) -> None:
    assert refusal("pro-actief", outcome) == ""


@pytest.mark.parametrize("policy", ["alektum-nl", "alektum-nl-service", "alektum-pl", "alektum-no"])
def test_other_procedures_promise_no_reasons(policy: str) -> None:
    assert refusal(policy, Outcome.REJECTED) == ""
