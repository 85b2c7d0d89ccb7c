"""The fuzzer's corpus, read once each: what was found once stays mended."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

FUZZ = Path(__file__).parents[1] / "fuzz"
SEEDS = sorted((FUZZ / "corpus").iterdir())

spec = importlib.util.spec_from_file_location("fuzz_message", FUZZ / "fuzz_message.py")
assert spec is not None
assert spec.loader is not None
fuzz_message = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fuzz_message)


@pytest.mark.parametrize("seed", SEEDS, ids=[seed.name for seed in SEEDS])
def test_every_kept_input_is_read_clean(seed: Path):
    fuzz_message.read_one(seed.read_bytes())


def test_unclean_text_would_be_noticed():
    assert fuzz_message.UNCLEAN.search("a\u202eb")
    assert not fuzz_message.UNCLEAN.search("een\ntwee\tdrie")
