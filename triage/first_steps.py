"""What a procedure wants of a handler first, before the answer to a mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from triage.policy.opening import next_opening
from triage.understanding.model import Channel, Kind

if TYPE_CHECKING:
    from datetime import datetime

    from triage.policy.model import Policy
    from triage.understanding.model import Reading


@dataclass(frozen=True, slots=True)
class Task:
    """Something that a person must do."""

    code: str
    """`confirm_by_hand`, `check_reading`, `read_whole`, `bounced`, `look_again`, `explain`, or what
    the procedure wants first: `phone_first`, `independent_handler`, `dossier_handler` ..."""
    text: str
    """One line for the handler, ids masked."""


_AS_RECEIVED = "Answer in the form in which it came; by e-mail only to a verified address"
_ANSWER_FORMS: dict[Channel | None, str] = {
    Channel.LETTER: "Answer by letter, as the sender asks",
    Channel.EMAIL: "Answer by e-mail, as the sender asks, once the address is verified",
}


def _hours(policy: Policy, received: datetime) -> str:
    """Return the next hours in which senders are told that they are called back."""
    if not policy.office.published:
        return ""
    opens, closes = next_opening(policy, received)
    return f", {opens:%a} {opens.day} {opens:%b} from {opens:%H:%M} to {closes:%H:%M}"


def first_steps(reading: Reading, policy: Policy, received: datetime) -> list[Task]:
    """Return what the procedure wants of a handler first."""
    kind, promises = reading.kind.value, policy.promises
    wish = reading.fields.reply_channel
    complaint = kind.is_complaint
    objection = kind is Kind.DISPUTE and not policy.objections_are_complaints
    steps: tuple[tuple[bool, str, str], ...] = (
        (complaint and promises.phone_first, "phone_first", "Phone the sender before answering"),
        (
            complaint and promises.independent_handler,
            "independent_handler",
            "Assign to someone who was not involved in the dossier",
        ),
        (
            complaint and promises.identity_check,
            "identity_check",
            "Check the sender's identity before saying anything of a case",
        ),
        (
            complaint and promises.answer_form_as_asked,
            "answer_form",
            _ANSWER_FORMS.get(wish.value if wish else None, _AS_RECEIVED),
        ),
        (kind is Kind.COMPLIMENT, "pass_on", "Pass the compliment on"),
        (objection, "dossier_handler", "Objection to a dossier: to the dossier's handler"),
        (kind is Kind.CALLBACK, "call_back", f"Call the sender back{_hours(policy, received)}"),
    )
    return [Task(code, text) for wanted, code, text in steps if wanted]
