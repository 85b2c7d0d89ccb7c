"""Training the learned model from the texts in `nlp_models/training`, reproducibly.

    sentences/*.jsonl   labelled sentences                       ──► the model that scores sentences
    mails/*.jsonl       whole mails with a careful reader's gold ─┐
    short/*.jsonl       short labelled mails                     ─┴► the whole-mail model, the heads

What the whole-mail model says of a training mail is asked of one that has not seen it (folds), so
that the heads learn how far it can be trusted. Calibration and figures come from folds, too.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from triage.message.reader import read_message
from triage.understanding.features import features
from triage.understanding.form import read_form
from triage.understanding.heads import (
    Head,
    Heads,
    best_least,
    calibration,
    common_features,
    fit_each,
    shares,
)
from triage.understanding.judge import as_features, as_one
from triage.understanding.language import language_of
from triage.understanding.learned import train_scorer
from triage.understanding.marker import occurrences
from triage.understanding.model import Channel, Kind
from triage.understanding.parts import Mail
from triage.understanding.sentences import read_sentence, read_sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from triage.policy.model import Policy
    from triage.understanding.learned import SentenceScorer
    from triage.understanding.sentences import Sentence

FOLDS: Final = 5
WHOLE_EPOCHS: Final = 12
WHOLE_ROWS: Final = 32_768
PENALTY: Final = 8.0
_WAYS: Final = ("both:", "told:", "wish:", "last:")
_LOOKS_AT: Final = {
    "reply": (
        *("reply", "by_letter", "by_email", "channel:letter", "channel:email", "none", "form"),
        *("idea:answer", "idea:letter", "idea:email", "idea:please", "idea:demand", "length"),
        *("idea:mail_address", "idea:postcode", "idea:not_phone", "idea:got_letter", "last:"),
    ),
    "channel": (
        *("channel", "both:", "told:", "idea:letter", "idea:got_letter", "idea:calls", "form"),
        *("idea:called_us", "idea:i_called", "idea:waiting", "idea:email", "idea:sms", "length"),
        *("idea:website", "idea:in_person", "idea:by_", "idea:rude", "idea:no_answer", "fault"),
        *("idea:repeated", "idea:third_party", "idea:answer", "idea:call_me", "idea:not_phone"),
        *("k:complaint", "k:dispute", "k:management", "quoted"),
    ),
}
"""What a question's head looks at: features with one of these in their name. With everything it
would learn the accidents of the training mails. Other questions look at all but the ways."""
_SPARSE: Final = frozenset({"also", "channel", "reply"})
_NOTHING: Final = (np.zeros(0), np.zeros(0))
_HOME: Final = {"pl": "alektum-pl", "no": "alektum-no", "uk": "alektum-pl", "ru": "alektum-pl"}
_PEOPLE: Final = tuple(kind for kind in Kind if not kind.is_machine)


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

    @property
    def kinds(self) -> frozenset[str]:
        """The main kind and the others."""
        return self.also | {self.kind.value}


@dataclass(frozen=True, slots=True)
class TrainingFigures:
    """What training found."""

    mails: int
    sentences: int
    right: Mapping[str, float]
    """Question → share of right answers on mails that the model had not seen (folds)."""


def train(
    data: Path,
    out: Path,
    policies: Mapping[str, Policy],
    *,
    seed: int = 0,
    report: Callable[[str], None] = lambda _line: None,
) -> TrainingFigures:
    """Train all parts from the texts in `data` and write them to `out`."""
    examples = list(_sentence_examples(data))
    labels = sorted({label for _, known in examples for label in known})
    report(f"{len(examples)} sentences, {len(labels)} labels")
    scorer = train_scorer(examples, labels, seed)
    mails = [_gold(record, policies) for record in _records(data)]
    report(f"{len(mails)} mails")
    whole = [as_one(gold.sentences) for gold in mails]
    folds = np.random.default_rng(seed).integers(0, FOLDS, len(mails))
    unseen = _unseen(mails, whole, examples, folds, seed, report)
    found = [
        features(
            gold.mail,
            frozenset(each.use for each in occurrences(gold.mail)),
            gold.sentences,
            scorer.score(gold.sentences),
            scorer.labels,
        )
        | extra
        for gold, extra in zip(mails, unseen, strict=True)
    ]
    names = common_features(found)
    blank = Heads(names, {})
    vectors = np.stack([blank.vector(each) for each in found])
    heads: dict[str, Head] = {}
    right: dict[str, float] = {}
    for question, answers, rows, truth in _questions(mails):
        asks = question.partition(":")[0]
        seen = np.array([*(_looks_at(asks, name) for name in names), True])
        head, share = _head(
            vectors[rows] * seen, truth, answers, folds[rows], sparse=asks in _SPARSE
        )
        heads[question], right[question] = head, share
    for question in ("kind", "fault", "reason", "wish", "reply"):
        report(f"{question}: {right[question]:.3f} right on unseen mails")
    out.mkdir(parents=True, exist_ok=True)
    scorer.save(out / "sentences")
    _whole_model(mails, whole, examples, seed).save(out / "whole")
    Heads(names, heads).save(out / "heads.npz")
    return TrainingFigures(len(mails), len(examples), right)


def _looks_at(asks: str, feature: str) -> bool:
    """Whether the head of such a question looks at the feature."""
    parts = _LOOKS_AT.get(asks)
    if parts is None:
        return not feature.startswith(_WAYS)
    return any(part in feature for part in parts)


def _lines(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield json.loads(line)


def _sentence_examples(data: Path) -> Iterator[tuple[Sentence, dict[str, float]]]:
    """Yield each sentence with what is known of it; some tell of the ways alone."""
    records = list(_lines(data / "sentences"))
    kinds = sorted({kind for record in records for kind in record.get("kinds", ())})
    matters = [*(f"k:{kind}" for kind in kinds), "fault", "wish", "reason", "none"]
    ways = ["reply:letter", "reply:email", *(f"channel:{channel.value}" for channel in Channel)]
    for record in records:
        known = {f"channel:{channel}" for channel in record["channels"]}
        known |= {f"reply:{record['reply']}"} if record["reply"] else set()
        labels = ways
        if "kinds" in record:
            labels = [*matters, *ways]
            known |= {f"k:{kind}" for kind in record["kinds"]} or {"none"}
            known |= {name for name in ("fault", "wish", "reason") if record[name]}
        sentence = read_sentence(record["text"], record["language"])
        yield sentence, {label: float(label in known) for label in labels}


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


def _gold(record: dict[str, Any], policies: Mapping[str, Policy]) -> Gold:
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


def _whole_labels(gold: Gold) -> set[str]:
    found = {f"k:{kind}" for kind in gold.kinds}
    found |= {name for name in ("fault", "reason", "wish") if getattr(gold, name)}
    found |= {f"channel:{channel}" for channel in gold.channels}
    return found | ({f"reply:{gold.reply}"} if gold.reply != "none" else set())


def _whole_model(
    mails: Sequence[Gold],
    whole: Sequence[Sentence],
    sentences: Sequence[tuple[Sentence, dict[str, float]]],
    seed: int,
) -> SentenceScorer:
    labels = [f"k:{kind.value}" for kind in Kind] + ["fault", "reason", "wish"]
    labels += [f"channel:{channel.value}" for channel in Channel] + ["reply:letter", "reply:email"]
    examples: list[tuple[Sentence, dict[str, float]]] = []
    for gold, one in zip(mails, whole, strict=True):
        known = _whole_labels(gold)
        examples.append((one, {label: float(label in known) for label in labels}))
    # A sentence knows of its kinds only; what it does not name is unknown, not false.
    for sentence, known_labels in sentences[::3]:
        kinds = {label: share for label, share in known_labels.items() if label in labels[:16]}
        if kinds:
            examples.append((sentence, kinds))
    return train_scorer(examples, labels, seed, epochs=WHOLE_EPOCHS, rows=WHOLE_ROWS)


def _unseen(
    mails: Sequence[Gold],
    whole: Sequence[Sentence],
    sentences: Sequence[tuple[Sentence, dict[str, float]]],
    folds: np.ndarray,
    seed: int,
    report: Callable[[str], None],
) -> list[dict[str, float]]:
    """Return, for each mail, the features of a whole-mail model that has not seen it."""
    found: list[dict[str, float]] = [{} for _ in mails]
    for fold in range(FOLDS):
        seen = [place for place in range(len(mails)) if folds[place] != fold]
        held = [place for place in range(len(mails)) if folds[place] == fold]
        model = _whole_model([mails[p] for p in seen], [whole[p] for p in seen], sentences, seed)
        for place, row in zip(held, model.score([whole[p] for p in held]), strict=True):
            found[place] = as_features(model.labels, row)
        report(f"whole-mail model: fold {fold + 1} of {FOLDS}")
    return found


Question = tuple[str, tuple[str, ...], np.ndarray, np.ndarray]


def _questions(mails: Sequence[Gold]) -> Iterator[Question]:
    """Yield each question with its answers, the mails that it is asked of, and the truth."""
    everyone = np.arange(len(mails))
    kinds = tuple(kind.value for kind in Kind)
    yield "kind", kinds, everyone, _columns([gold.kind.value for gold in mails], kinds)
    people = np.array([p for p, gold in enumerate(mails) if not gold.kind.is_machine])
    for kind in _PEOPLE:
        yield _yes_no(f"also:{kind.value}", people, [kind.value in mails[p].kinds for p in people])
    complaints = np.array([p for p, gold in enumerate(mails) if gold.kind.is_complaint])
    yield _yes_no("reason", complaints, [mails[p].reason for p in complaints])
    yield _yes_no("fault", complaints, [mails[p].fault for p in complaints])
    yield _yes_no("wish", complaints, [mails[p].wish for p in complaints])
    contests = {Kind.COMPLAINT.value, Kind.MANAGEMENT_COMPLAINT.value, Kind.DISPUTE.value}
    grieved = np.array([p for p, gold in enumerate(mails) if gold.kinds & contests])
    for channel in Channel:
        truth = [channel.value in mails[p].channels for p in grieved]
        yield _yes_no(f"channel:{channel.value}", grieved, truth)
    ways = ("none", "letter", "email")
    yield "reply", ways, people, _columns([mails[p].reply for p in people], ways)


def _yes_no(question: str, rows: np.ndarray, truth: Sequence[bool]) -> Question:
    answers = ("no", "yes")
    return question, answers, rows, _columns([answers[value] for value in truth], answers)


def _columns(values: Sequence[str], answers: tuple[str, ...]) -> np.ndarray:
    return np.array([[float(value == answer) for answer in answers] for value in values])


def _head(
    vectors: np.ndarray,
    truth: np.ndarray,
    answers: tuple[str, ...],
    folds: np.ndarray,
    *,
    sparse: bool,
) -> tuple[Head, float]:
    """Return the head fitted on all mails, calibrated and measured on folds.

    `sparse` says that most mails say nothing of the question.
    """
    stated = np.zeros_like(truth)
    takes = np.stack([*(folds != fold for fold in range(FOLDS)), folds >= 0], axis=1)
    *without, weights = fit_each(vectors, truth, PENALTY, takes)
    for fold, learnt in enumerate(without):
        held = folds == fold
        stated[held] = shares(vectors[held], learnt)
    head = Head(answers, weights, *_NOTHING, best_least(stated, truth) if sparse else 0.0)
    chosen = np.array([head.choose(row) for row in stated])
    right = chosen == truth.argmax(axis=1)
    # "Nothing said" is no value: where most mails say nothing it would vouch for the others.
    shown = np.flatnonzero(chosen > 0) if sparse else np.arange(len(stated))
    known, curve = calibration(stated[shown, chosen[shown]], right[shown])
    return replace(head, known=known, right=curve), float(right.mean())


def by_language(mails: Sequence[Gold]) -> dict[str, int]:
    """Return how many training mails there are per language."""
    counts: dict[str, int] = defaultdict(int)
    for gold in mails:
        counts[gold.mail.language] += 1
    return dict(sorted(counts.items()))
