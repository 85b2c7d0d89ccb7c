"""The corpus' own renderer, which is a script: a record of the corpus → the mail as it would come."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parent / "corpus"


@cache
def renderer() -> Any:
    """Return the function that renders a record."""
    spec = importlib.util.spec_from_file_location("corpus_render", CORPUS / "render.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.render
