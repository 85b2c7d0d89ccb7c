"""The learned model's voice."""

from __future__ import annotations


class Judge:
    """What the learned model says of a mail."""


def load_judge() -> Judge:
    """Return the shipped model."""
    return Judge()
