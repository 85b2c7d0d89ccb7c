"""The linear text classifier as a spaCy architecture: hashed n-grams of words, letters and ideas.

A `Doc` here is one sentence: its folded words, then the ideas that the lexicon found in it, each as
a token that begins with `+`. In use the tokens themselves are given, because making a `Doc` costs
more than scoring it. Ideas carry what a speaker of the language knows (that "al voldaan"
and "already paid" are the same thing), n-grams carry the rest; a few thousand sentences are too few
for a network to learn either from scratch. spaCy trains it, saves it and loads it like its own.
"""

from __future__ import annotations

import zlib
from functools import lru_cache
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from spacy.util import registry
from thinc.api import Logistic, Model, chain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from spacy.tokens import Doc

IDEA_MARK = "+"
_LETTERS = (3, 4, 5)
_LETTER_WEIGHT = 0.4
_IDEA_WEIGHT = 2.0
_LONGEST_WORD = 24

Features = tuple[np.ndarray, np.ndarray]


@registry.architectures("triage.NgramTextCat.v1")  # type: ignore[untyped-decorator]  # spaCy's
def ngram_text_classifier(rows: int = 65_536, nO: int | None = None) -> Model[Any, Any]:  # noqa: N803 - spaCy passes the number of labels by this name
    """Build the classifier: one weight per hashed n-gram and label, then a logistic per label."""
    linear: Model[Any, Any] = Model(
        "triage_ngrams",
        _forward,
        init=_initialise,
        params={"W": None, "b": None},
        dims={"nO": nO, "nR": rows},
    )
    model: Model[Any, Any] = chain(linear, Logistic())
    model.set_ref("output_layer", linear)
    model.attrs["multi_label"] = True
    return model


def _initialise(model: Model[Any, Any], X: Any = None, Y: Any = None) -> Model[Any, Any]:  # noqa: ARG001, N803 - the signature that thinc calls
    if Y is not None:
        model.set_dim("nO", Y.shape[1])
    weights: Any = np.zeros((model.get_dim("nR"), model.get_dim("nO")), dtype="f")
    bias: Any = np.full((model.get_dim("nO"),), -2.0, dtype="f")
    model.set_param("W", weights)
    model.set_param("b", bias)
    return model


def _forward(
    model: Model[Any, Any],
    docs: list[Doc] | list[list[str]],
    is_train: bool,  # noqa: ARG001, FBT001 - the signature that thinc calls
) -> tuple[np.ndarray, Callable[[np.ndarray], list[Doc]]]:
    rows, values, lengths = _features(docs, model.get_dim("nR"))
    weights: Any = model.get_param("W")
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    scores: Any = np.add.reduceat(weights[rows] * values[:, None], starts, axis=0)
    scores = (scores + model.get_param("b")).astype("f")

    def backprop(gradient: np.ndarray) -> list[Doc]:
        spread = np.repeat(gradient, lengths, axis=0) * values[:, None]
        collected: Any = np.empty_like(weights)
        for label in range(weights.shape[1]):
            collected[:, label] = np.bincount(
                rows, weights=spread[:, label], minlength=len(weights)
            )
        model.inc_grad("W", collected)
        total: Any = gradient.sum(axis=0)
        model.inc_grad("b", total)
        return []

    return scores, backprop


def _features(docs: list[Doc] | list[list[str]], size: int) -> tuple[np.ndarray, ...]:
    """Return the rows and values of all sentences, one after the other, and how many each has."""
    if isinstance(docs[0], list):
        return _weighed(docs, size)
    parts = [_kept(doc, size) for doc in docs]
    lengths = np.fromiter((len(part[0]) for part in parts), dtype=np.int64, count=len(parts))
    return *(np.concatenate(each) for each in zip(*parts, strict=True)), lengths


def _kept(doc: Doc, size: int) -> Features:
    """Return the rows and values of one sentence that training asks for again in each epoch."""
    kept: dict[int, Features] = doc.user_data.setdefault("ngrams", {})
    if size not in kept:
        kept[size] = _weighed([[token.text for token in doc]], size)[:2]
    return kept[size]


def _weighed(
    sentences: Sequence[Sequence[str]], size: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return each row of a sentence once, with the greatest of its weights, at length one."""
    parts = [list(_weights(tokens)) for tokens in sentences]
    counts = [sum(len(hashes) for hashes, _ in each) for each in parts]
    hashes = np.concatenate([hashes for each in parts for hashes, _ in each])
    values = np.concatenate([weights for each in parts for _, weights in each])
    places = hashes % size + np.repeat(np.arange(len(parts)) * size, counts)
    order = np.argsort(places, kind="stable")
    places = places[order]
    first = np.flatnonzero(np.concatenate(([True], places[1:] != places[:-1])))
    places, values = places[first], np.maximum.reduceat(values[order], first)
    lengths = np.bincount(places // size, minlength=len(parts))
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    norms = np.sqrt(np.add.reduceat(values * values, starts))
    return places % size, values / np.repeat(norms, lengths), lengths


def _weights(tokens: Sequence[str]) -> Iterator[Features]:
    """Yield the hashes of a sentence's n-grams with their weights, part by part."""
    words = ["0" if token[0].isdigit() else token for token in tokens if token[0] != IDEA_MARK]
    ideas = sorted({token for token in tokens if token[0] == IDEA_MARK})
    for word in words:
        yield _word_weights(word)
    loose = [("bias", 0.1), *((idea, _IDEA_WEIGHT) for idea in ideas)]
    loose += [(f"b{one}_{two}", 1.0) for one, two in pairwise(words)]
    loose += [(one + two, 1.0) for one, two in combinations(ideas, 2)]
    yield _as_features(loose)


@lru_cache(maxsize=16_384)
def _word_weights(word: str) -> Features:
    """Return the hashes and weights of a word and of the letters in it: most words come again."""
    framed = f"_{word[:_LONGEST_WORD]}_"
    letters = {
        framed[start : start + length]
        for length in _LETTERS
        for start in range(len(framed) - length + 1)
    }
    return _as_features(
        [("w" + word, 1.0), *(("l" + each, _LETTER_WEIGHT) for each in sorted(letters))]
    )


def _as_features(weighed: list[tuple[str, float]]) -> Features:
    hashes = [zlib.crc32(key.encode()) for key, _ in weighed]
    return np.array(hashes, dtype=np.int64), np.array([weight for _, weight in weighed], dtype="f")
