"""Stretches of a text that a rule has taken for itself, so that no number is used twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from triage.understanding.model import Evidence, Source


@dataclass(frozen=True, slots=True)
class Claims:
    """Which stretches of the mail's texts are spoken for."""

    taken: tuple[tuple[Source, int, int], ...] = ()

    def holds(self, source: Source, start: int, end: int) -> bool:
        """Whether any of this stretch is taken."""
        return any(text is source and low < end and start < high for text, low, high in self.taken)

    def with_evidence(self, items: Iterable[Evidence]) -> Claims:
        """Return the claims with the stretches of this evidence added."""
        return Claims((*self.taken, *((item.source, item.start, item.end) for item in items)))
