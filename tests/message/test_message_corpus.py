"""The corpus: what its authors say was typed is typed, and none of it is lost."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from triage.message.reader import read_message

if TYPE_CHECKING:
    from triage.message.model import Message

FOLDER = Path(__file__).parents[1] / "corpus"
COUNTRY = {"alektum-pl": "PL", "alektum-no": "NO"}


@pytest.fixture(scope="module")
def corpus() -> list[tuple[dict[str, Any], Message]]:
    sys.path.insert(0, str(FOLDER))
    import render

    sys.path.pop(0)
    texts = [path.read_text("utf-8") for path in sorted((FOLDER / "dev").glob("*.jsonl"))]
    records = [json.loads(line) for text in texts for line in text.splitlines() if line.strip()]
    return [
        (
            record,
            read_message(
                render.render(record).as_bytes(), home_country=COUNTRY.get(record["policy"], "NL")
            ),
        )
        for record in records
    ]


def squeezed(text: str) -> list[str]:
    """Return the lines without white space."""
    return ["".join(line.split()) for line in text.split("\n") if line.strip()]


def test_no_line_of_the_corpus_that_was_typed_is_lost(corpus: list[tuple[dict[str, Any], Message]]):
    lost = [
        (record["id"], line)
        for record, message in corpus
        for line in squeezed(record["body"])
        if line not in "".join(squeezed(message.typed) + squeezed(message.footer))
    ]
    assert lost == []


def test_what_was_typed_is_told_from_older_mail_in_at_least_99_of_100(
    corpus: list[tuple[dict[str, Any], Message]],
):
    exact = [
        sorted(squeezed(record["body"]))
        == sorted(squeezed(message.typed) + squeezed(message.footer))
        for record, message in corpus
    ]
    assert sum(exact) / len(exact) >= 0.99


def test_older_mail_of_the_corpus_is_found(corpus: list[tuple[dict[str, Any], Message]]):
    missed = [
        record["id"]
        for record, message in corpus
        for line in squeezed(record.get("quoted") or "")
        if line.lstrip(">") not in "".join(squeezed(message.quoted))
    ]
    assert missed == []


def test_the_mails_of_the_corpus_are_sound(corpus: list[tuple[dict[str, Any], Message]]):
    assert [(record["id"], message.damage) for record, message in corpus if message.damage] == []


def test_headers_of_the_corpus_come_out_as_written(corpus: list[tuple[dict[str, Any], Message]]):
    for record, message in corpus:
        headers = record.get("headers") or {}
        assert message.subject == " ".join((headers.get("Subject") or record["subject"]).split())
        if "From" not in headers:
            assert message.sender is not None
            assert message.sender.address == record["from_addr"]
