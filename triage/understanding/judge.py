"""The learned model's voice: what a mail's sentences, and the mail as a whole, speak for.

Two linear n-gram models (one scores sentences, one whole mails) and the heads that weigh their
scores with the ideas and looks of the mail. Everything else of the room sees plain values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from triage import resources
from triage.errors import BadInput
from triage.message.subjects import is_taken_over
from triage.understanding.features import features
from triage.understanding.heads import load_heads
from triage.understanding.learned import load_scorer
from triage.understanding.model import Evidence, Source
from triage.understanding.sentences import Sentence, read_sentences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from triage.understanding.heads import Heads
    from triage.understanding.label_places import Use
    from triage.understanding.learned import SentenceScorer
    from triage.understanding.parts import Mail

LONGEST: Final = 600
"""Words of a mail that the whole-mail model looks at."""
MACHINE_TALK: Final = ("m_", "s_")
MACHINE_WORDS: Final = frozenset({"say_machine", "say_sale"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer with its probability and how often one so sure was right."""

    answer: str
    share: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the model says of one mail."""

    shares: Mapping[str, Mapping[str, float]]
    """Question → answer → probability."""
    telling: Mapping[str, Evidence]
    """Label → the sentence that speaks for it most, however softly."""
    heads: Heads
    machine_talk: int = 0
    """How many things it says that machines and sellers say: ideas `m_...`, `s_...`."""
    machine_words: bool = False
    """Whether it has a wording that only they use: ideas `say_machine`, `say_sale`."""

    def verdict(self, question: str, among: frozenset[str] | None = None) -> Verdict:
        """Return the answer that the mail speaks for, or the likeliest of some."""
        shares = self.shares[question]
        if among is None:
            answer = self.heads.choice(question, shares)
        else:
            answer = max((a for a in shares if a in among), key=shares.__getitem__)
        return Verdict(answer, shares[answer], self.heads.confidence(question, shares[answer]))

    def is_so(self, question: str) -> Verdict:
        """Return the verdict on a question of yes or no."""
        return self.verdict(question)


class Judge:
    """The loaded model; safe to share between threads."""

    def __init__(self, sentences: SentenceScorer, whole: SentenceScorer, heads: Heads) -> None:
        self._sentences = sentences
        self._whole = whole
        self._heads = heads

    def judge(self, mail: Mail, uses: frozenset[Use]) -> Judgement:
        """Return what the model says of a mail; `uses` is what the words for the label do in it."""
        read = read_sentences(mail)
        scores = self._sentences.score(read)
        found = features(mail, uses, read, scores, self._sentences.labels)
        found |= whole_features(self._whole, as_one(read))
        shares = self._heads.answers(self._heads.vector(found))
        talk = {idea for each in read for idea in each.ideas if idea.startswith(MACHINE_TALK)}
        words = any(MACHINE_WORDS.intersection(each.ideas) for each in read if _is_own(each))
        telling = _telling(read, scores, self._sentences.labels)
        return Judgement(shares, telling, self._heads, len(talk), words)


def _is_own(sentence: Sentence) -> bool:
    """Whether the words are the sender's, and no subject that was answered or handed on."""
    return sentence.source is not Source.SUBJECT or not is_taken_over(sentence.text)


def as_one(sentences: Sequence[Sentence]) -> Sentence:
    """Return the mail as one long sentence; ideas of the subject are told apart."""
    words = tuple(word for each in sentences for word in each.words)[:LONGEST]
    ideas = {idea for each in sentences for idea in each.ideas}
    ideas |= {f"S{idea}" for s in sentences if s.source is Source.SUBJECT for idea in s.ideas}
    return Sentence(Source.TYPED, 0, 0, "", words, tuple(sorted(ideas)))


def whole_features(scorer: SentenceScorer, whole: Sentence) -> dict[str, float]:
    """Return what the whole-mail model says, as features."""
    return as_features(scorer.labels, scorer.score([whole])[0])


def as_features(labels: Sequence[str], scores: np.ndarray) -> dict[str, float]:
    """Return the scores of a whole mail as features: halved log-odds, bounded."""
    bounded = np.clip(scores, 1e-3, 1 - 1e-3)
    odds = np.log(bounded / (1 - bounded)) / 2
    return {f"whole:{label}": float(odd) for label, odd in zip(labels, odds, strict=True)}


def _telling(
    sentences: Sequence[Sentence], scores: np.ndarray, labels: Sequence[str]
) -> dict[str, Evidence]:
    if not sentences:
        return {}
    best = scores.argmax(axis=0).tolist()
    return {
        label: sentences[row].evidence(f"learned: {label.removeprefix('k:')}")
        for label, row in zip(labels, best, strict=True)
    }


def load_judge(folder: Path | None = None) -> Judge:
    """Load the shipped model, or one in another folder. Raises BadInput."""
    place = folder or resources.model()
    try:
        heads = load_heads(place / "heads.npz")
    except (OSError, ValueError, KeyError) as error:
        raise BadInput(
            "no language model that can be read",
            where=str(place),
            remedy="Install the wheel anew, or run `triage models train`",
        ) from error
    return Judge(load_scorer(place / "sentences"), load_scorer(place / "whole"), heads)
