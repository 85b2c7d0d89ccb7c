"""What the mails of a case say, as JSON with the evidence: pure functions over values.

A case's facts map a field (a name of `triage.understanding.model.Fields`) to what was found, best
first: `{"phones": [{"value": "+31612345678", "confidence": 0.95, "mail": 7, "evidence": [...]}]}`.
Nothing is overwritten: a second name from a later mail stands behind or before the first.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from triage.understanding.model import Finding

if TYPE_CHECKING:
    from triage.understanding.model import Reading

Facts = dict[str, Any]
"""Field → list of findings, each a dict; JSON as it is stored."""


def facts_of(reading: Reading, ledger_id: int) -> Facts:
    """Return what one mail of the ledger says; fields that it does not give are left out."""
    facts: Facts = {}
    for entry in fields(reading.fields):
        given = getattr(reading.fields, entry.name)
        findings = given if isinstance(given, tuple) else (given,)
        found = [
            {**asdict(finding), "mail": ledger_id}
            for finding in findings
            if isinstance(finding, Finding) and finding.value is not False
        ]
        if found:
            facts[entry.name] = found
    return facts


def merged(known: Facts, more: Facts) -> Facts:
    """Return `known` with what a further mail says; a repeated value keeps its surer finding."""
    together = dict(known)
    for field, findings in more.items():
        best: dict[Any, dict[str, Any]] = {}
        for finding in (*together.get(field, ()), *findings):
            value = finding["value"]
            if value not in best or finding["confidence"] > best[value]["confidence"]:
                best[value] = finding
        together[field] = sorted(best.values(), key=lambda f: f["confidence"], reverse=True)
    return together
