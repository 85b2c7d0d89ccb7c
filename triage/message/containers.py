"""Which HTML elements mail programs put older mail in, and which text they hide.

The names are those that the programs themselves write; the table is `data/containers.toml`.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import cache
from typing import TYPE_CHECKING, Final

from triage.message.vocabulary import load

if TYPE_CHECKING:
    from collections.abc import Mapping


class Container(Enum):
    """What an element says about the text in it."""

    NONE = auto()
    INDENT = auto()
    """A blockquote that nobody marked as a quotation."""
    QUOTATION = auto()
    """Older mail."""
    THREAD = auto()
    """Holds an attribution and then a quotation; what follows the quotation inside it is typed."""
    ANSWERED = auto()
    """A thread whose quotation has ended."""
    DIVIDER = auto()
    """Older mail starts here and goes on to the end."""


_HIDDEN: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|(?:^|[;\s])font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|!|$)"
    r"|max-height\s*:\s*0(?:px|pt|em)?\s*(?:;|!|$)|(?:^|[;\s])opacity\s*:\s*0\s*(?:;|!|$)"
)
_BORDER_LEFT: Final = re.compile(r"border-left[a-z-]{0,10}\s{0,3}:[^;]{0,60}(?:solid|\dp[xt])")
"""The bar beside a quotation."""
_BORDER_TOP: Final = re.compile(
    r"border\s*:\s*none\s*;\s*border-top\s*:\s*solid\s+#?[0-9a-z]{3,10}\s+1\.0pt"  # Outlook
    r"|border-top-style\s*:\s*solid\s*;[^\"]{0,200}padding-top"  # Windows Mail
    r"|padding-top:\s*5px;\s*border-top-color"
    r"|border-width:\s*(?:1pt|1\.0pt) (?:medium |0\S{0,3} ){1,3}"  # Outlook as browsers rewrite it
    r"|border-top\s*:\s*1(?:\.0)?p[tx] solid (?:rgb\((?:225, ?225, ?225|181, ?196, ?223)\)|#e1e1e1)"
)
"""The line above the header block of the older mail."""


@cache
def _names() -> Mapping[str, frozenset[str]]:
    """Load the table of names, once."""
    return {key: frozenset(values) for key, values in load("containers").items()}


def is_hidden(attributes: Mapping[str, str | None], style: str) -> bool:
    """Whether a person does not see the element; `style` is its style, lower case."""
    return "hidden" in attributes or bool(style and _HIDDEN.search(style))


def container_of(tag: str, attributes: Mapping[str, str | None], style: str) -> Container:
    """Return what an element says about the text in it; `style` is lower case."""
    names = _names()
    classes = (
        frozenset((attributes.get("class") or "").lower().split())
        if attributes.get("class")
        else frozenset()
    )
    ident = (attributes.get("id") or "").lower()
    if ident in names["divider_ids"] or (classes and classes & names["divider_classes"]):
        return Container.DIVIDER
    if tag == "hr" and (
        attributes.get("data-marker") == "__DIVIDER__" or ident in names["divider_hr_ids"]
    ):
        return Container.DIVIDER
    if tag == "blockquote":
        if (
            (attributes.get("type") or "").lower() == "cite"
            or "cite" in attributes
            or classes & names["quotation_classes"]
        ):
            return Container.QUOTATION
        if classes & names["thread_classes"] or _BORDER_LEFT.search(style):
            return Container.QUOTATION
        return Container.INDENT
    if classes & names["thread_classes"]:
        return Container.THREAD
    if ident in names["quotation_ids"] or classes & names["quotation_classes"]:
        return Container.QUOTATION
    name = (attributes.get("name") or attributes.get("data-name") or "").lower()
    if name and name in names["quotation_names"]:
        return Container.QUOTATION
    if tag in {"div", "td", "p"} and "border-top" in style and _BORDER_TOP.search(style):
        return Container.DIVIDER
    return Container.NONE
