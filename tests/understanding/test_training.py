"""Training: from the repository's text alone, the same bytes on every run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from triage import resources
from triage.policy.load import load_policies
from triage.understanding.judge import load_judge
from triage.understanding.training import train

if TYPE_CHECKING:
    from pathlib import Path

COMPLAINTS = (
    "uw medewerker schold mij uit",
    "niemand antwoordt op mijn brieven",
    "ik vind dit schandalig",
)
BALANCES = (
    "hoeveel moet ik nog betalen",
    "wat staat er nog open",
    "graag een overzicht van het saldo",
)
ABSENCES = ("ik ben afwezig tot maandag", "dit is een automatisch antwoord", "ik lees geen mail")


@pytest.fixture
def text(tmp_path: Path) -> Path:
    """Return a folder of training text, small enough to be trained on in seconds."""
    said = {"complaint": COMPLAINTS, "balance": BALANCES, "automatic": ABSENCES}
    shared = {"language": "nl", "reply": None, "channels": []}
    sentences = [
        {**shared, "text": text, "kinds": [kind], "wish": False, "reason": True}
        | {"fault": kind == "complaint"}
        for kind, texts in said.items()
        for text in texts
    ]
    mails = [
        {**shared, "subject": "Dossier", "body": f"{text}. {text}, echt.", "kind": kind, "also": []}
        | {"marker": False, "fault": kind == "complaint", "reason": True, "wish": bool(number % 2)}
        for kind, texts in said.items()
        for number in range(4)
        for text in texts
    ]
    for name, records in (("sentences", sentences), ("short", mails)):
        (tmp_path / name).mkdir()
        lines = "".join(json.dumps(record) + "\n" for record in records)
        (tmp_path / name / "nl.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".npz"
    }


def test_the_same_text_and_seed_give_the_same_model_and_it_can_be_loaded(
    text: Path, tmp_path: Path
):
    policies = load_policies(resources.policies())
    figures = train(text, tmp_path / "one", policies, seed=3)
    train(text, tmp_path / "two", policies, seed=3)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert figures.mails == 36
    one, two = load_judge(tmp_path / "one"), load_judge(tmp_path / "two")
    assert (one._heads.heads["kind"].weights == two._heads.heads["kind"].weights).all()


def test_the_shipped_model_is_small():
    size = sum(path.stat().st_size for path in resources.model().rglob("*") if path.is_file())
    assert size <= 25_000_000
