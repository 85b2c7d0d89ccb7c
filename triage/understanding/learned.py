"""spaCy, in this one module: the pipeline that scores sentences, made, trained, saved and loaded.

The rest of the room sees labels and numbers. Labels: `k:complaint` ... for what a sentence speaks
for, `fault`, `wish`, `reason`, `channel:phone` ..., `reply:letter`, `reply:email`, `none`.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import spacy
from spacy.tokens import Doc
from spacy.training import Example
from thinc.api import Adam, fix_random_seed

from triage.errors import BadInput
from triage.understanding import ngrams  # noqa: F401 - registers the architecture
from triage.understanding.ngrams import IDEA_MARK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from spacy.language import Language

    from triage.understanding.sentences import Sentence

ROWS: Final = 65_536
EPOCHS: Final = 8
BATCH: Final = 256
RATE: Final = 0.05
DECAY: Final = 0.0003
_PIPE: Final = "textcat_multilabel"


class SentenceScorer:
    """Scores what sentences speak for; safe to share between threads once loaded."""

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp
        pipe = cast("Any", nlp.get_pipe(_PIPE))
        self._model = pipe.model
        self.labels: tuple[str, ...] = tuple(pipe.labels)

    def score(self, sentences: Sequence[Sentence]) -> np.ndarray:
        """Return a row of probabilities per sentence, in the order of `labels`."""
        if not sentences:
            return np.zeros((0, len(self.labels)), dtype="f")
        scores: np.ndarray = self._model.predict([_tokens(sentence) for sentence in sentences])
        return scores

    def save(self, folder: Path) -> None:
        """Write the pipeline as spaCy does."""
        self._nlp.to_disk(folder)


def load_scorer(folder: Path) -> SentenceScorer:
    """Load a saved pipeline.

    Raises:
        BadInput: the folder holds no model, or one of another version.
    """
    try:
        return SentenceScorer(spacy.load(folder))
    except (OSError, ValueError, KeyError) as fault:
        raise BadInput(
            "no language model that can be read",
            where=str(folder),
            remedy="Run `triage models train`",
        ) from fault


def train_scorer(
    examples: Sequence[tuple[Sentence, Mapping[str, float]]],
    labels: Sequence[str],
    seed: int,
    epochs: int = EPOCHS,
    rows: int = ROWS,
) -> SentenceScorer:
    """Train a pipeline on sentences and what is known of each.

    A label that an example does not name is unknown for it and teaches nothing. The same examples
    and seed give the same weights to the last bit on the same machine.
    """
    fix_random_seed(seed)
    dice = random.Random(seed)  # noqa: S311 - the order of examples, not a secret
    nlp = spacy.blank("xx")
    pipe = nlp.add_pipe(
        _PIPE, config={"model": {"@architectures": "triage.NgramTextCat.v1", "rows": rows}}
    )
    # spaCy types what add_pipe returns as any callable; it is a TrainablePipe.
    for label in labels:
        pipe.add_label(label)  # type: ignore[attr-defined]
    prepared = [_example(nlp, sentence, known) for sentence, known in examples]
    optimiser = Adam(RATE, L2=DECAY, L2_is_weight_decay=False, grad_clip=0.0, use_averages=False)
    nlp.initialize(lambda: prepared[:BATCH], sgd=optimiser)
    for epoch in range(epochs):
        if epoch == epochs * 3 // 4:
            optimiser.learn_rate = RATE / 5
        dice.shuffle(prepared)
        for start in range(0, len(prepared), BATCH):
            # The same TrainablePipe.
            pipe.update(prepared[start : start + BATCH], sgd=optimiser)  # type: ignore[attr-defined]
    return SentenceScorer(nlp)


def _tokens(sentence: Sentence) -> list[str]:
    return [*sentence.words, *(IDEA_MARK + idea for idea in sentence.ideas)] or ["-"]


def _example(nlp: Language, sentence: Sentence, known: Mapping[str, float]) -> Example:
    tokens = _tokens(sentence)
    reference = Doc(nlp.vocab, words=tokens)
    reference.cats = dict(known)
    return Example(Doc(nlp.vocab, words=tokens), reference)
