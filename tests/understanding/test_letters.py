"""How likely letters follow one another: the voice for short texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from triage.errors import BadInput
from triage.understanding.letters import LONGEST_RUN, STEP, Letters, letters, pack

if TYPE_CHECKING:
    from pathlib import Path

ALPHABET = "abc"


def table(**shares: tuple[float, float]) -> Letters:
    """Return a table of two variants; `shares` are natural logarithms, 0 for "no such run"."""
    runs = sorted(shares, key=lambda run: pack(run, ALPHABET))
    values = [[round(-share / STEP) for share in shares[run]] for run in runs]
    packed = np.array([pack(run, ALPHABET) for run in runs], dtype=np.uint64)
    return Letters(("one", "two"), ALPHABET, packed, np.array(values, dtype=np.uint8))


@pytest.mark.parametrize(
    ("variant", "words"),
    [
        ("da", "hvornår skylder"),
        ("nb", "hvorfor skjønner"),
        ("nn", "kvifor skuldar"),
        ("sv", "varför skyldig"),
        ("nl", "waarom schuldig"),
        ("de", "warum schulden"),
        ("pl", "dlaczego dłużny"),
        ("en", "why owing"),
    ],
)
def test_two_words_look_like_the_variant_that_they_are_of(variant: str, words: str):
    found = letters().log_probabilities(words.split())
    assert max(found, key=found.__getitem__) == variant
    assert found[variant] == 0


def test_each_run_of_letters_adds_what_the_table_says_of_it():
    found = table(a=(-1.0, -2.0), b=(-1.0, -1.0), ab=(-0.5, -1.0)).log_probabilities(["ab"])
    assert found["one"] == 0
    assert found["two"] == pytest.approx(-1.5, abs=2 * STEP)


def test_where_a_variant_has_no_such_run_the_shorter_one_without_its_first_letter_speaks():
    found = table(a=(-1.0, -1.0), b=(-1.0, -2.0), ab=(-1.5, 0)).log_probabilities(["ab"])
    assert found["two"] == pytest.approx(-1.5, abs=2 * STEP)


@pytest.mark.parametrize("words", [[], ["ж"], [""], ["cж"], ["c" * 10_000]])
def test_letters_that_the_table_does_not_know_say_nothing(words: list[str]):
    found = table(a=(-1.0, -2.0), b=(-1.0, -2.0)).log_probabilities(words)
    assert found == {"one": 0.0, "two": 0.0}


def test_runs_of_different_length_never_share_a_number():
    runs = [run for length in range(1, LONGEST_RUN + 1) for run in ("a" * length, "c" * length)]
    assert len({pack(run, ALPHABET) for run in runs}) == len(runs)


def test_a_table_that_cannot_be_read_is_said_with_its_place(tmp_path: Path):
    file = tmp_path / "letters.npz"
    with pytest.raises(BadInput, match="no table of letters that can be read"):
        letters(file)
    file.write_bytes(b"no archive")
    with pytest.raises(BadInput, match=r"letters\.npz"):
        letters(file)
