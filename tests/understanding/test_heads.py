"""The last weighing: probabilities, the choice among answers, calibration, storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.understanding.heads import (
    Head,
    Heads,
    best_least,
    calibration,
    common_features,
    fit,
    load_heads,
    shares,
)
from triage.understanding.model import SURE

if TYPE_CHECKING:
    from pathlib import Path

NOTHING = np.zeros(0)
ROUNDING = 1e-9


def head(*answers: str, least: float = 0.0) -> Head:
    return Head(answers, np.zeros((1, len(answers))), NOTHING, NOTHING, least)


def test_a_head_learns_which_answer_a_feature_speaks_for():
    vectors = np.array([[1.0, 0.0, 1.0]] * 20 + [[0.0, 1.0, 1.0]] * 20)
    truth = np.array([[1.0, 0.0]] * 20 + [[0.0, 1.0]] * 20)
    stated = shares(vectors, fit(vectors, truth, 0.5))
    assert (stated.argmax(axis=1) == truth.argmax(axis=1)).all()
    assert stated.sum(axis=1) == pytest.approx(1.0)


def test_where_one_answer_means_nothing_said_another_needs_the_least_probability():
    sparse = head("none", "letter", "email", least=0.3)
    assert sparse.choose(np.array([0.6, 0.32, 0.08])) == 1
    assert sparse.choose(np.array([0.75, 0.15, 0.1])) == 0
    assert head("none", "letter", "email").choose(np.array([0.6, 0.32, 0.08])) == 0


def test_the_least_probability_is_the_one_that_agrees_best():
    stated = np.array([[0.55, 0.45]] * 5 + [[0.9, 0.1]] * 20)
    truth = np.array([[0.0, 1.0]] * 5 + [[1.0, 0.0]] * 20)
    assert best_least(stated, truth) <= 0.45


def test_of_few_answers_that_were_all_right_none_is_called_certain():
    known, right = calibration(np.array([0.9, 0.95, 0.99]), np.array([True, True, True]))
    assert right.max() < 1.0
    assert len(known) == len(right)


def test_sure_is_what_was_right_in_99_of_100_cases():
    stated = np.concatenate([np.full(100, 0.99), np.full(100, 0.8)])
    right = np.concatenate([np.full(100, True), np.full(97, True), np.full(3, False)])
    known, curve = calibration(stated, right)
    assert np.interp(0.99, known, curve) >= SURE
    assert 0.85 < np.interp(0.8, known, curve) < SURE


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_whoever_states_more_is_never_trusted_less(pairs: list[tuple[float, bool]]):
    known, right = calibration(np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs]))
    assert (np.diff(known) >= -ROUNDING).all()
    assert (np.diff(right) >= -ROUNDING).all()
    assert ((right > 0) & (right < 1)).all()


def test_features_of_too_few_mails_are_left_out():
    assert common_features([{"often": 1.0}] * 4 + [{"once": 1.0}]) == ("often",)


def test_heads_come_back_from_disk_as_they_were(tmp_path: Path):
    curve = np.array([0.2, 0.8])
    stored = Head(("no", "yes"), np.ones((3, 2)), curve, curve, 0.25)
    Heads(("one", "two"), {"fault": stored}).save(tmp_path / "heads.npz")
    again = load_heads(tmp_path / "heads.npz")
    assert again.names == ("one", "two")
    assert again.heads["fault"].least == 0.25
    assert again.answers(again.vector({"one": 1.0}))["fault"] == pytest.approx(
        {"no": 0.5, "yes": 0.5}
    )
    assert again.confidence("fault", 0.5) == pytest.approx(0.5)
