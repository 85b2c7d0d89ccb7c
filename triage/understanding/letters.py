"""How likely letters follow one another in each of our languages: the voice for short texts.

For every run of up to five letters inside a word, a table says how often its last letter follows
the others in Bokmål, Nynorsk, Danish and so on. Where the table has no such run, the shorter one
without its first letter speaks. The table is that of the library lingua, made smaller
(`nlp_models/letters/README.md`).
"""

from __future__ import annotations

import zipfile
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from triage import resources
from triage.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LONGEST_RUN: Final = 5
STEP: Final = 1 / 18
"""What one unit of a stored value stands for, in natural logarithms; 0 says "no such run"."""
_BITS: Final = 8
_LONGEST_WORD: Final = 24


class Letters:
    """The table, and the sums that it gives for words."""

    def __init__(
        self, variants: tuple[str, ...], alphabet: str, runs: np.ndarray, values: np.ndarray
    ) -> None:
        """Take the table: `runs` sorted, each packed into a number; `values` a row per run."""
        self.variants = variants
        self._codes = {letter: code for code, letter in enumerate(alphabet, start=1)}
        self._runs = runs
        self._values = values

    def log_probabilities(self, words: Iterable[str]) -> dict[str, float]:
        """Return for each variant how well the words look like it, the best one having 0."""
        text = " ".join(word[:_LONGEST_WORD] for word in words)
        codes = np.array([self._codes.get(letter, 0) for letter in text], dtype=np.uint64)
        packed, inside = codes, codes > 0
        shorter = np.zeros((len(codes) + 1, len(self.variants)), dtype=np.float32)
        sums = np.zeros(len(self.variants))
        for length in range(1, min(LONGEST_RUN, len(codes)) + 1):
            if length > 1:
                last = codes[length - 1 :]
                packed = (packed[:-1] << np.uint64(_BITS)) | last
                inside = inside[:-1] & (last > 0)
            own = self._looked_up(packed)
            shorter = np.where(own > 0, own, shorter[1:])
            sums -= shorter[inside].sum(axis=0) * STEP
        best = sums.max()
        return dict(zip(self.variants, (sums - best).tolist(), strict=True))

    def _looked_up(self, packed: np.ndarray) -> np.ndarray:
        places = np.minimum(np.searchsorted(self._runs, packed), len(self._runs) - 1)
        known = self._runs[places] == packed
        return np.where(known[:, None], self._values[places], 0).astype(np.float32)


def pack(run: str, alphabet: str) -> int:
    """Return a run of letters as the number under which the table has it."""
    packed = 0
    for letter in run:
        packed = packed << _BITS | (alphabet.index(letter) + 1)
    return packed


@cache
def letters(file: Path | None = None) -> Letters:
    """Load the shipped table, or another file. Raises BadInput."""
    place = file or resources.letters()
    try:
        with np.load(place, allow_pickle=False) as arrays:
            runs = np.cumsum(arrays["steps"], dtype=np.uint64)
            variants = tuple(str(arrays["variants"]).split())
            return Letters(variants, str(arrays["alphabet"]), runs, arrays["values"])
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise BadInput(
            "no table of letters that can be read",
            where=str(place),
            remedy="Install the wheel anew",
        ) from error
