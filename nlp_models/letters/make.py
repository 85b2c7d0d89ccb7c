"""Make `letters.npz` from the tables of the library lingua (see README.md).

pip download --no-deps lingua-language-detector==1.3.5 && unzip lingua_*.whl -d lingua
pip install brotli
python nlp_models/letters/make.py lingua/lingua/language-models
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import brotli
import numpy as np

from triage.understanding.letters import STEP, pack

VARIANTS = ("nl", "pl", "nb", "nn", "sv", "da", "de", "en")
ORDERS = ("uni", "bi", "tri", "quadri", "five")
KEPT = {"tri": 25_000, "quadri": 100_000, "five": 100_000}
"""Most frequent runs of a length that are kept of a variant; all of the shorter ones are."""


def frequent(folder: Path) -> dict[str, float]:
    """Return a variant's runs with the logarithm of the last letter's share after the others."""
    kept: dict[str, float] = {}
    whole: dict[str, float] = {}
    for order in ORDERS:
        table = json.loads(brotli.decompress((folder / f"{order}grams.json.br").read_bytes()))
        shares: dict[str, float] = {}
        for fraction, runs in table["ngrams"].items():
            of, among = map(int, fraction.split("/"))
            shares |= dict.fromkeys(runs.split(" "), math.log(of / among))
        for run, share in shares.items():
            whole[run] = share + whole.get(run[:-1], 0.0)
        most = KEPT.get(order, len(shares))
        for run in sorted(shares, key=lambda run: (-whole[run], run))[:most]:
            kept[run] = shares[run]
    return kept


def main(models: Path, out: Path) -> None:
    """Write the table."""
    tables = [frequent(models / variant) for variant in VARIANTS]
    alphabet = "".join(sorted({letter for table in tables for run in table for letter in run}))
    packed = sorted((pack(run, alphabet), run) for run in {run for t in tables for run in t})
    values = np.zeros((len(packed), len(VARIANTS)), dtype=np.uint8)
    for column, table in enumerate(tables):
        for row, (_, run) in enumerate(packed):
            if run in table:
                values[row, column] = min(255, max(1, round(-table[run] / STEP)))
    runs = np.array([number for number, _ in packed], dtype=np.uint64)
    steps = np.diff(runs, prepend=np.uint64(0))
    np.savez_compressed(
        out, variants=" ".join(VARIANTS), alphabet=alphabet, steps=steps, values=values
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(__file__).parent / "letters.npz")
