"""The last weighing: from a mail's features to probabilities, one linear head a question.

A head is a softmax over its answers with weights per feature; `fit` finds them by Adam with an L2
penalty, deterministically. Stored as plain arrays (`.npz`), never pickled.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from triage.understanding.model import SURE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_STEPS: Final = 400
_RATE: Final = 0.05
_LEAST_SHARES: Final = tuple(round(0.4 + 0.02 * step, 2) for step in range(11))
_RIGHT_OF_SURE: Final = 0.99
_UNSURE: Final = SURE - 0.01
_LEAST_MAILS: Final = 4
"""A feature that fewer training mails have is left out."""


@dataclass(frozen=True, slots=True)
class Head:
    """One question: its answers, and a weight per feature (a row; the last is the bias) of each."""

    answers: tuple[str, ...]
    weights: np.ndarray
    known: np.ndarray
    """Probabilities as stated, ascending ..."""
    right: np.ndarray
    """... and how often an answer stated so surely was right, in cross-validation."""
    least: float = 0.0
    """The probability from which an answer is preferred to the first one, which means "nothing
    said"; 0 where the likeliest is taken, whichever it is."""

    def choose(self, stated: np.ndarray) -> int:
        """Return the place of the answer that these probabilities speak for."""
        if not self.least:
            return int(stated.argmax())
        best = 1 + int(stated[1:].argmax())
        return best if stated[best] >= self.least else 0


@dataclass(frozen=True)
class Heads:
    """All heads over one list of features."""

    names: tuple[str, ...]
    heads: Mapping[str, Head]

    def vector(self, found: Mapping[str, float]) -> np.ndarray:
        """Return the features in the heads' order, with the bias; unknown ones are dropped."""
        vector = np.zeros(len(self.names) + 1)
        vector[-1] = 1.0
        for name, value in found.items():
            place = self._places.get(name)
            if place is not None:
                vector[place] = value
        return vector

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {name: place for place, name in enumerate(self.names)}

    @cached_property
    def _all_weights(self) -> np.ndarray:
        """The weights of all heads side by side, so that one product answers every question."""
        return np.concatenate([head.weights for head in self.heads.values()], axis=1)

    @cached_property
    def _starts(self) -> np.ndarray:
        """Where each head's answers begin among those of all."""
        sizes = [len(head.answers) for head in self.heads.values()]
        return np.cumsum([0, *sizes[:-1]])

    def answers(self, vector: np.ndarray) -> dict[str, dict[str, float]]:
        """Return question → answer → probability."""
        scores, starts = vector @ self._all_weights, self._starts
        sizes = np.diff(starts, append=len(scores))
        shifted = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), sizes))
        shares = (shifted / np.repeat(np.add.reduceat(shifted, starts), sizes)).tolist()
        return {
            question: dict(zip(head.answers, shares[start:], strict=False))
            for (question, head), start in zip(self.heads.items(), starts.tolist(), strict=True)
        }

    def choice(self, question: str, shares: Mapping[str, float]) -> str:
        """Return the answer that these probabilities speak for."""
        head = self.heads[question]
        return head.answers[head.choose(np.array([shares[answer] for answer in head.answers]))]

    def confidence(self, question: str, share: float) -> float:
        """Return how often an answer with that probability was right in cross-validation."""
        head = self.heads[question]
        return float(np.interp(share, head.known, head.right)) if len(head.known) else share

    def save(self, path: Path) -> None:
        """Write all arrays to one file."""
        arrays: dict[str, np.ndarray] = {"names": np.array(self.names)}
        for question, head in self.heads.items():
            arrays[f"{question}/answers"] = np.array(head.answers)
            arrays[f"{question}/weights"] = head.weights.astype("f4")
            arrays[f"{question}/known"] = head.known.astype("f4")
            arrays[f"{question}/right"] = head.right.astype("f4")
            arrays[f"{question}/least"] = np.array(head.least, dtype="f4")
        np.savez(path, allow_pickle=False, **arrays)


def load_heads(path: Path) -> Heads:
    """Read what `Heads.save` wrote. Raises OSError, ValueError, KeyError."""
    with np.load(path, allow_pickle=False) as arrays:
        questions = [key.removesuffix("/answers") for key in arrays if key.endswith("/answers")]
        heads = {
            question: Head(
                tuple(map(str, arrays[f"{question}/answers"])),
                arrays[f"{question}/weights"].astype("f8"),
                arrays[f"{question}/known"].astype("f8"),
                arrays[f"{question}/right"].astype("f8"),
                float(arrays[f"{question}/least"]),
            )
            for question in questions
        }
        return Heads(tuple(map(str, arrays["names"])), heads)


def common_features(mails: Sequence[Mapping[str, float]]) -> tuple[str, ...]:
    """Return the features that enough mails have, sorted."""
    counts: dict[str, int] = {}
    for found in mails:
        for name in found:
            counts[name] = counts.get(name, 0) + 1
    return tuple(sorted(name for name, count in counts.items() if count >= _LEAST_MAILS))


def fit(vectors: np.ndarray, truth: np.ndarray, penalty: float) -> np.ndarray:
    """Return the weights of a softmax head; `truth` has a column per answer, rows summing to 1."""
    return fit_each(vectors, truth, penalty, np.ones((len(vectors), 1), dtype=bool))[0]


def fit_each(
    vectors: np.ndarray, truth: np.ndarray, penalty: float, takes: np.ndarray
) -> list[np.ndarray]:
    """Return the weights of several heads on the same question, each fitted on some of the rows.

    `takes` has a column per head: which rows it learns from. All are fitted side by side, so that
    the vectors are gone through once a step and not once a head.
    """
    vectors, truth = vectors.astype("f4"), truth.astype("f4")
    heads, answers = takes.shape[1], truth.shape[1]
    mask = takes[:, :, None].astype("f4")
    weights = np.zeros((vectors.shape[1], heads * answers), dtype="f4")
    first = np.zeros_like(weights)
    second = np.zeros_like(weights)
    shrink = np.full((vectors.shape[1], 1), penalty, dtype="f4")
    shrink[-1] = 1e-4
    for step in range(1, _STEPS + 1):
        rate = _RATE if step <= _STEPS * 0.7 else _RATE / 5
        scores = (vectors @ weights).reshape(len(vectors), heads, answers)
        wrong = (_softmax(scores) - truth[:, None]) * mask
        gradient = vectors.T @ wrong.reshape(len(vectors), -1) + shrink * weights
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient * gradient
        move = (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        weights -= rate * move
    parts = weights.astype("f8").reshape(-1, heads, answers)
    return [parts[:, head] for head in range(heads)]


def shares(vectors: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the probabilities that a head with these weights gives each row."""
    return _softmax(vectors @ weights)


def best_least(stated: np.ndarray, truth: np.ndarray) -> float:
    """Return the `least` with which the answers found agree best (F1) with those given.

    Rows are mails, columns answers, the first of which means "nothing said".
    """
    best, chosen = stated[:, 1:].argmax(axis=1) + 1, truth.argmax(axis=1)
    share = stated[np.arange(len(stated)), best]

    def agreement(least: float) -> float:
        found = np.where(share >= least, best, 0)
        hits = int(((found == chosen) & (found > 0)).sum())
        return 2 * hits / max(int((found > 0).sum() + (chosen > 0).sum()), 1)

    return float(max(_LEAST_SHARES, key=agreement))


def calibration(stated: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return points of the curve from stated probability to how often that was right.

    Isotonic regression (pool adjacent violators); a block of n answers that were all right counts
    as (n + 1) / (n + 2) by Laplace's rule, so that nothing is ever called certain. Sure is
    said only from the probability on from which 99 in 100 answers were right.
    """
    order = np.argsort(stated, kind="stable")
    blocks: list[list[float]] = []
    for place in order:
        blocks.append([float(right[place]), 1.0, float(stated[place])])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] >= blocks[-1][0] / blocks[-1][1]:
            hits, count, total = blocks.pop()
            blocks[-1] = [blocks[-1][0] + hits, blocks[-1][1] + count, blocks[-1][2] + total]
    known = np.array([total / count for _, count, total in blocks])
    share = np.array([(hits + 1) / (count + 2) for hits, count, _ in blocks])
    unsure = known < _sure_from(stated, right)
    share = np.where(unsure, np.minimum(share, _UNSURE), share)
    return known, np.maximum.accumulate(share)


def _sure_from(stated: np.ndarray, right: np.ndarray) -> float:
    """Return the probability from which on so many answers were right that they count as sure."""
    order = np.argsort(-stated, kind="stable")
    rates = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(rates >= _RIGHT_OF_SURE)
    return float(stated[order][good[-1]]) if len(good) else np.inf


def _softmax(scores: np.ndarray) -> np.ndarray:
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))
