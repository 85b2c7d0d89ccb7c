"""Where the shipped templates, policies and models lie: in the wheel, or in the checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def root() -> Path:
    """Return the folder that holds `templates/`, `config/` and `nlp_models/`."""
    packaged = Path(__file__).parent / "_data"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent


def policies() -> Path:
    """Return the folder of the shipped policies."""
    return root() / "config" / "policies"


def templates() -> Path:
    """Return the folder of the shipped templates."""
    return root() / "templates"


def model() -> Path:
    """Return the folder of the shipped language model."""
    return root() / "nlp_models" / "model"


def letters() -> Path:
    """Return the file of the shipped table of letters."""
    return root() / "nlp_models" / "letters" / "letters.npz"
