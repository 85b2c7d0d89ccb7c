"""Training the learned model from the texts in `nlp_models/training`, reproducibly.

    sentences, and sentences of mails with marked grounds ──► the model that scores sentences
    whole mails and short ones                             ──► the whole-mail model, the heads

What the two models say of a training mail is asked of ones that have not seen it (folds), so that
the heads learn how far they can be trusted. Calibration and figures come from folds, too.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from triage.understanding.features import features
from triage.understanding.heads import (
    Head,
    Heads,
    best_least,
    calibration,
    common_features,
    fit_each,
    shares,
)
from triage.understanding.judge import as_one, whole_features
from triage.understanding.learned import train_scorer
from triage.understanding.marker import occurrences
from triage.understanding.model import Channel, Kind
from triage.understanding.training_texts import (
    MATTERS,
    WAYS,
    ground_examples,
    read_gold,
    sentence_examples,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from triage.policy.model import Policy
    from triage.understanding.learned import SentenceScorer
    from triage.understanding.sentences import Sentence
    from triage.understanding.training_texts import Example, Gold

FOLDS: Final = 5
WHOLE_EPOCHS: Final = 12
WHOLE_ROWS: Final = 32_768
PENALTY: Final = 8.0
_WAYS: Final = ("both:", "told:", "wish:", "last:", "said:", "idea:say_", "subject idea:say_")
_LOOKS_AT: Final = {
    "reply": (
        *("reply", "by_letter", "by_email", "channel:letter", "channel:email", "none", "form"),
        *("idea:say_", "said:"),
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
_PEOPLE: Final = tuple(kind for kind in Kind if not kind.is_machine)


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
    examples = list(sentence_examples(data))
    mails = read_gold(data, policies)
    whole = [as_one(gold.sentences) for gold in mails]
    marked = [list(ground_examples(gold)) for gold in mails]
    folds = np.random.default_rng(seed).integers(0, FOLDS, len(mails))
    sentences = len(examples) + sum(map(len, marked))
    report(f"{sentences} sentences, {len(mails)} mails")
    found: list[dict[str, float]] = [{} for _ in mails]
    for fold in range(FOLDS):
        scorer, model = _models(mails, whole, examples, marked, folds != fold, seed)
        for place in np.flatnonzero(folds == fold).tolist():
            found[place] = _found(mails[place], whole[place], scorer, model)
        report(f"models without fold {fold + 1} of {FOLDS}")
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
    scorer, model = _models(mails, whole, examples, marked, folds >= 0, seed)
    scorer.save(out / "sentences")
    model.save(out / "whole")
    Heads(names, heads).save(out / "heads.npz")
    return TrainingFigures(len(mails), sentences, right)


def _models(
    mails: Sequence[Gold],
    whole: Sequence[Sentence],
    examples: Sequence[Example],
    marked: Sequence[Sequence[Example]],
    seen: np.ndarray,
    seed: int,
) -> tuple[SentenceScorer, SentenceScorer]:
    """Return the model of sentences and that of whole mails, from the mails that they may see."""
    places = np.flatnonzero(seen).tolist()
    of_mails = [example for place in places for example in marked[place]]
    scorer = train_scorer([*examples, *of_mails], (*MATTERS, *WAYS), seed)
    return scorer, _whole_model(
        [mails[place] for place in places], [whole[place] for place in places], examples, seed
    )


def _found(
    gold: Gold, whole: Sentence, scorer: SentenceScorer, model: SentenceScorer
) -> dict[str, float]:
    uses = frozenset(each.use for each in occurrences(gold.mail))
    scores = scorer.score(gold.sentences)
    found = features(gold.mail, uses, gold.sentences, scores, scorer.labels)
    return found | whole_features(model, whole)


def _looks_at(asks: str, feature: str) -> bool:
    """Whether the head of such a question looks at the feature."""
    parts = _LOOKS_AT.get(asks)
    if parts is None:
        return not feature.startswith(_WAYS)
    return any(part in feature for part in parts)


def _whole_labels(gold: Gold) -> set[str]:
    found = {f"k:{kind}" for kind in gold.kinds}
    found |= {name for name in ("fault", "reason", "wish") if getattr(gold, name)}
    found |= {f"channel:{channel}" for channel in gold.channels}
    return found | ({f"reply:{gold.reply}"} if gold.reply != "none" else set())


def _whole_model(
    mails: Sequence[Gold],
    whole: Sequence[Sentence],
    sentences: Sequence[Example],
    seed: int,
) -> SentenceScorer:
    labels = [f"k:{kind.value}" for kind in Kind] + ["fault", "reason", "wish"]
    labels += [f"channel:{channel.value}" for channel in Channel] + ["reply:letter", "reply:email"]
    examples: list[Example] = []
    for gold, one in zip(mails, whole, strict=True):
        known = _whole_labels(gold)
        told = [label for label in labels if label not in gold.in_fields]
        examples.append((one, {label: float(label in known) for label in told}))
    # A sentence knows of its kinds only; what it does not name is unknown, not false.
    for sentence, known_labels in sentences[::3]:
        kinds = {label: share for label, share in known_labels.items() if label in labels[:16]}
        if kinds:
            examples.append((sentence, kinds))
    return train_scorer(examples, labels, seed, epochs=WHOLE_EPOCHS, rows=WHOLE_ROWS)


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
    grieved = np.array([p for p in grieved if not mails[p].mail.fields("channel")])
    for channel in Channel:
        truth = [channel.value in mails[p].channels for p in grieved]
        yield _yes_no(f"channel:{channel.value}", grieved, truth)
    ways = ("none", "letter", "email")
    people = np.array([p for p in people if not mails[p].mail.fields("reply_channel")])
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
