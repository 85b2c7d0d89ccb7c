"""A mail's text as lines, each with what is known of whose it is."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Mark(IntEnum):
    """What the form of a line says about it, before its words are looked at."""

    TYPED = 0
    INDENTED = 1
    """In an HTML blockquote that nothing marks as a quotation: older mail after an attribution."""
    QUOTED = 2
    """Behind `>`, or in an HTML container that mail programs use for the older mail."""
    DIVIDED = 3
    """The first line after an HTML divider that mail programs put above the older mail."""


class Line(NamedTuple):
    """One line without its line end, and without quotation signs."""

    text: str
    mark: Mark = Mark.TYPED
    signs: str = ""
    """The quotation signs that stood before it, as they stood; empty in HTML."""
