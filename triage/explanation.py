"""What would be done with a mail, and why: the four pure rooms in a row, nothing stored or sent."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from triage.decision import Decision, History, decide
from triage.message.reader import read_message, recipients_of
from triage.policy.load import policy_for
from triage.proxy_check import facts_of_items
from triage.understanding.model import Fields, Finding
from triage.understanding.read import understand

if TYPE_CHECKING:
    from datetime import datetime

    from triage.message.model import Message
    from triage.policy.model import Policy
    from triage.understanding.judge import Judge
    from triage.understanding.model import Reading


@dataclass(frozen=True, slots=True)
class Explanation:
    """One mail, read, understood and decided upon."""

    message: Message
    policy: Policy
    reading: Reading
    decision: Decision


def explain(
    raw: bytes,
    policies: dict[str, Policy],
    judge: Judge,
    now: datetime,
    *,
    policy: Policy | None = None,
) -> Explanation:
    """Return what follows from the raw mail, for a sender of whom nothing is known yet.

    Without a `policy`, the one whose mailbox stands in To, Cc or Delivered-To, else the first.
    """
    chosen = policy or policy_for(policies, recipients_of(raw))
    message = read_message(raw, home_country=chosen.calendar.country)
    reading = understand(message, chosen, message.date or now, judge)
    own = frozenset(address for each in policies.values() for address in each.mailboxes)
    decision = decide(message, reading, chosen, History(own_addresses=own), now)
    return Explanation(message, chosen, reading, decision)


def as_json(explanation: Explanation, file: str) -> dict[str, Any]:
    """Return the object that `triage explain --json` prints for one mail."""
    message, reading, decision = explanation.message, explanation.reading, explanation.decision
    findings: dict[str, Any] = {
        "language": reading.language,
        "kind": reading.kind,
        "also": reading.also,
        "marker": reading.marker,
        **{entry.name: getattr(reading.fields, entry.name) for entry in fields(Fields)},
    }
    return {
        "file": file,
        "from": message.sender.address if message.sender else None,
        "subject": message.subject,
        "policy": explanation.policy.name,
        "language": reading.language.value,
        "kind": reading.kind.value,
        "also": _value(reading.also),
        "marker": reading.marker.value,
        "acknowledge": decision.acknowledge,
        "reasons": [reason.value for reason in decision.reasons],
        "recipient": decision.recipient,
        "fields": {entry.name: _value(findings[entry.name]) for entry in fields(Fields)},
        "missing": list(decision.missing),
        "confidence": {key: _confidence(value) for key, value in findings.items()},
        "unsure": list(decision.unsure),
        "power_of_attorney": [
            {key: row[key] for key in ("content", "status", "words", "where")}
            for row in facts_of_items(decision.proxy.items, None)
        ],
        "due": decision.due.isoformat() if decision.due else None,
        "counted": list(decision.counted),
        "tasks": [{"code": task.code, "text": task.text} for task in decision.tasks],
        "evidence": {key: _evidence(value) for key, value in findings.items()},
        "damage": list(message.damage),
        "error": None,
    }


def as_error(file: str, error: str) -> dict[str, Any]:
    """Return the object for a mail that could not be explained: every key, nothing claimed."""
    return {
        **dict.fromkeys(("from", "policy", "language", "recipient", "due")),
        "file": file,
        "subject": "",
        "kind": "question",
        "also": [],
        "marker": False,
        "acknowledge": False,
        "reasons": ["unreadable"],
        "fields": {},
        "missing": [],
        "confidence": {},
        "unsure": [],
        "power_of_attorney": [],
        "counted": [],
        "tasks": [],
        "evidence": {},
        "damage": [],
        "error": error,
    }


def _value(found: Any) -> Any:
    if isinstance(found, tuple):
        return [finding.value for finding in found]
    return found.value if isinstance(found, Finding) else None


def _confidence(found: Any) -> float | None:
    """Return how sure the value is; of several, the least sure."""
    if isinstance(found, tuple):
        return round(min((finding.confidence for finding in found), default=1.0), 3)
    return round(found.confidence, 3) if isinstance(found, Finding) else None


def _evidence(found: Any) -> list[dict[str, Any]]:
    findings = found if isinstance(found, tuple) else (found,) if found is not None else ()
    return [
        {
            "source": words.source.value,
            "start": words.start,
            "end": words.end,
            "words": words.words,
            "rule": words.rule,
        }
        for finding in findings
        for words in finding.evidence
    ]
