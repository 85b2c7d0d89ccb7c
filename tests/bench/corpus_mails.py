"""Mails as they come: the corpus, rendered, each copy by another sender."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

from corpus_renderer import CORPUS, renderer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage


@cache
def records() -> tuple[dict[str, Any], ...]:
    """Return the corpus' mails that a person wrote, all languages mixed."""
    found = [
        json.loads(line)
        for path in sorted((CORPUS / "dev").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    # In a fixed order in which languages and kinds are mixed.
    found.sort(key=lambda record: sha256(record["id"].encode()).digest())
    return tuple(record for record in found if record["gold"]["acknowledge"])


def mails(count: int, name: str) -> Iterator[tuple[str, bytes]]:
    """Yield mails, each with its policy; `name` makes senders and ids unlike those of other calls.

    They are to the address `policy@agency.example`.
    """
    for number, record in enumerate(islice(cycle(records()), count)):
        mail: EmailMessage = renderer()(record)
        for header in ("From", "To", "Message-ID"):
            del mail[header]
        mail["From"] = f"{name}-{number}@people.example"
        mail["To"] = f"{record['policy']}@agency.example"
        mail["Message-ID"] = f"<{name}-{number}@people.example>"
        yield record["policy"], mail.as_bytes()
