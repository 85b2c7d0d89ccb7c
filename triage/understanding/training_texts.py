"""The texts that the model learns from, as the room reads mail: `nlp_models/training`.

sentences/*.jsonl   sentences, and what each speaks for
mails/*.jsonl       whole mails with a careful reader's gold
short/*.jsonl       short mails with a label each
grounds/*.jsonl     of the whole mails: which of their sentences the gold rests on
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Final

from triage.message.reader import read_message
from triage.understanding.form import read_form
from triage.understanding.language import language_of
from triage.understanding.model import Channel, Kind
from triage.understanding.parts import Mail
from triage.understanding.sentences import read_sentence, read_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from triage.policy.model import Policy
    from triage.understanding.sentences import Sentence

_HOME: Final = {"pl": "alektum-pl", "no": "alektum-no", "uk": "alektum-pl", "ru": "alektum-pl"}
MATTERS: Final = (*(f"k:{kind.value}" for kind in Kind), "fault", "wish", "reason", "none")
"""Labels of what a sentence speaks for."""
WAYS: Final = (
    *("reply:letter", "reply:email"),
    *(f"channel:{channel.value}" for channel in Channel),
)
"""Labels of how the answer shall come, and by which channels they were contacted."""

Example = tuple["Sentence", dict[str, float]]
"""A sentence with what is known of it: label → 1 or 0."""


@dataclass(frozen=True, slots=True)
class Gold:
    """A training mail with what a careful reader concluded."""

    mail: Mail
    sentences: tuple[Sentence, ...]
    kind: Kind
    also: frozenset[str]
    fault: bool
    reason: bool
    wish: bool
    channels: frozenset[str]
    reply: str
    grounds: Mapping[str, tuple[str, ...]] | None = None
    """Label → the sentences that it rests on, as a reader marked them; none marked: it is not
    known which. None where nobody looked."""

    @property
    def in_fields(self) -> frozenset[str]:
        """Labels of which a field of the form tells, and of which the words need say nothing."""
        channels = WAYS[2:] if self.mail.fields("channel") else ()
        return frozenset((*channels, *(WAYS[:2] if self.mail.fields("reply_channel") else ())))

    @property
    def kinds(self) -> frozenset[str]:
        """The main kind and the others."""
        return self.also | {self.kind.value}


def _lines(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield json.loads(line)


def sentence_examples(data: Path) -> Iterator[Example]:
    """Yield each sentence with what is known of it; some tell of the ways alone."""
    for record in _lines(data / "sentences"):
        told = {f"channel:{channel}" for channel in record["channels"]}
        told |= {f"reply:{record['reply']}"} if record["reply"] else set()
        labels = WAYS
        if "kinds" in record:
            labels = (*MATTERS, *WAYS)
            told |= {f"k:{kind}" for kind in record["kinds"]} or {"none"}
            told |= {name for name in ("fault", "wish", "reason") if record[name]}
        sentence = read_sentence(record["text"], record["language"])
        yield sentence, {label: float(label in told) for label in labels}


def ground_examples(gold: Gold) -> Iterator[Example]:
    """Yield the sentences of a mail of which a reader marked what its gold rests on.

    A label whose sentence was not found in it is unknown for all of them.
    """
    if gold.grounds is None:
        return
    unknown = {"reason", *(label for label, texts in gold.grounds.items() if not texts)}
    labels = [label for label in (*MATTERS, *WAYS) if label not in unknown]
    for sentence in gold.sentences:
        told = {
            label
            for label, texts in gold.grounds.items()
            if any(_same(text, sentence.text) for text in texts)
        }
        if not any(label.startswith("k:") for label in told):
            told.add("none")
        yield sentence, {label: float(label in told) for label in labels}


def _same(ground: str, text: str) -> bool:
    """Whether a marked sentence is this one, or most of it, should sentences be cut otherwise."""
    one, other = " ".join(ground.split()), " ".join(text.split())
    return one in other or (other in one and 2 * len(other) > len(one))


def read_gold(data: Path, policies: Mapping[str, Policy]) -> list[Gold]:
    """Return the whole mails and the short ones as the room reads them, in the files' order."""
    grounds = {record["id"]: record["grounds"] for record in _lines(data / "grounds")}
    return [_gold(record, policies, grounds.get(record["id"])) for record in _records(data)]


def _records(data: Path) -> Iterator[dict[str, Any]]:
    yield from _lines(data / "mails")
    for number, short in enumerate(_lines(data / "short")):
        yield _from_short(short, number)


def _from_short(short: dict[str, Any], number: int) -> dict[str, Any]:
    """Return a short labelled mail in the form of a whole record."""
    name, _, address = str(short.get("from") or "A. Person <person@mail.example>").partition("<")
    policy = _HOME.get(short["language"], "alektum-nl")
    own = short["kind"] if short.get("webform") else ""
    return {
        "id": f"short-{number}",
        "policy": policy,
        "to": "",
        "from_name": name.strip(),
        "from_addr": address.strip("> ") or "person@mail.example",
        "date": "2026-03-04T12:00:00+01:00",
        "subject": short["subject"],
        "body": short["body"],
        "form": "webform" if own else "plain",
        "gold": {
            "kind": short["kind"],
            "also": short["also"],
            "fields": {
                "fault": short["fault"],
                "reason": short["reason"],
                "desired_resolution": short["wish"],
                "incident_channel": short["channels"],
                "reply_channel": short["reply"],
            },
        },
    }


def _gold(
    record: dict[str, Any],
    policies: Mapping[str, Policy],
    grounds: Mapping[str, list[str]] | None,
) -> Gold:
    policy = policies[record["policy"]]
    message = read_message(_raw(record), home_country=policy.calendar.country)
    written = datetime.fromisoformat(record["date"]).astimezone(policy.zone).date()
    mail = Mail(message, policy, written, policy.home_language, read_form(message, policy))
    mail = Mail(message, policy, written, language_of(mail).value, mail.form)
    gold = record["gold"]
    fields = gold["fields"]
    return Gold(
        mail=mail,
        sentences=read_sentences(mail),
        kind=Kind(gold["kind"]),
        also=frozenset(gold["also"]),
        fault=bool(fields["fault"]),
        reason=bool(fields["reason"]),
        wish=bool(fields["desired_resolution"]),
        channels=frozenset(fields["incident_channel"]),
        reply=fields["reply_channel"] or "none",
        grounds=None if grounds is None else {k: tuple(v) for k, v in grounds.items()},
    )


def _raw(record: dict[str, Any]) -> bytes:
    """Return the mail of a record as it would arrive, in its plainest form."""
    mail = EmailMessage()
    special = {"from", "to", "subject", "date"}
    headers = {k: v for k, v in (record.get("headers") or {}).items() if k.lower() not in special}
    mail["From"] = f'"{record["from_name"]}" <{record["from_addr"]}>'.replace("\n", " ")
    mail["Subject"] = " ".join(record["subject"].split())
    mail["Date"] = format_datetime(datetime.fromisoformat(record["date"]).astimezone(UTC))
    for name, value in headers.items():
        mail[name] = value
    text = record["body"].rstrip() + "\n"
    if record.get("quoted"):
        first, _, rest = record["quoted"].partition("\n")
        text += f"\n{first}\n" + "".join(f"> {line}\n" for line in rest.split("\n"))
    mail.set_content(text, cte="base64")
    return mail.as_bytes()
