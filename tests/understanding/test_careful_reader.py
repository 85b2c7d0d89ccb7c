"""The whole chain against mails that took part in no training: how often it agrees with a reader.

The mails of `nlp_models/heldout` are rendered, explained and scored as the corpus' README says. The
figures are those of the model card, rounded down: a change that reads mails worse fails here.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from triage import resources
from triage.explanation import as_json, explain
from triage.policy.load import load_policies
from triage.understanding.judge import load_judge

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests" / "corpus"
NOW = datetime(2026, 12, 31, tzinfo=UTC)
AT_LEAST = {
    "language": 0.99,
    "kind": 0.92,
    "is a complaint": 0.96,
    "marker": 0.98,
    "acknowledge": 0.99,
    "name": 0.97,
    "street": 0.98,
    "postcode": 0.99,
    "city": 0.96,
    "national_id": 0.99,
    "birth_date": 0.99,
    "incident_date": 0.92,
    "phones": 0.97,
    "emails": 0.98,
    "dossier_numbers": 0.98,
    "incident_channel": 0.83,
    "reply_channel": 0.87,
    "reason": 0.99,
    "fault": 0.98,
    "desired_resolution": 0.98,
    "missing, exactly": 0.92,
}


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, float | None]:
    sys.path.insert(0, str(CORPUS))
    try:
        import render
        import score
    finally:
        sys.path.remove(str(CORPUS))
    out = tmp_path_factory.mktemp("heldout")
    files = sorted((ROOT / "nlp_models" / "heldout").glob("*.jsonl"))
    render.main(str(out), [str(path) for path in files])
    policies, judge = load_policies(resources.policies()), load_judge()
    rows: dict[str, Any] = defaultdict(score.Tally)
    for gold in score.read(str(out / "gold.jsonl")):
        raw = (out / gold["file"]).read_bytes()
        found = as_json(explain(raw, policies, judge, NOW), gold["file"])
        score.score(gold, json.loads(json.dumps(found)), rows)
    return {name: tally.figure() for name, tally in rows.items()}


@pytest.mark.parametrize(("row", "least"), AT_LEAST.items())
def test_it_agrees_with_a_careful_reader(
    figures: Mapping[str, float | None], row: str, least: float
):
    figure = figures[row]
    assert figure is not None
    assert figure >= least
