"""What a handler is told of a power of attorney, and how a further mail completes it: pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from triage.masking import mask
from triage.understanding.proxy import Content, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from triage.understanding.proxy import Item

FACT = "power_of_attorney"
"""Key of a case's facts under which the check stands."""
CHECK = "check_proxy"
"""Code of the task."""
_NAMES = {
    Content.DEBTOR_NAME: "debtor's name",
    Content.DEBTOR_BIRTH: "debtor's birth date",
    Content.PROXY_NAME: "proxy's name",
    Content.PROXY_BIRTH: "proxy's birth date",
    Content.PROXY_CONTACT: "proxy's contact details",
    Content.SCOPE: "scope and limits",
    Content.DURATION: "how long it holds",
    Content.DATED: "date",
    Content.SIGNED: "signature of the debtor",
}
_SHORT = 60
"""Characters of the words, and of a document's name, that are shown."""
_ORDER = {Status.FOUND: 0, Status.LOOK: 1, Status.NOT_FOUND: 2}
_ALL = (
    "Check the power of attorney: names and birth dates of both, contact details of the proxy, "
    "scope and limits, how long it holds, dated and signed by who gives it"
)


def task_text(items: Iterable[Item]) -> str:
    """Return the handler's task: what was found and where, what to look at, what is not there."""
    rows = facts_of_items(items, None)
    return text_of(rows) if rows else _ALL


def text_of(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the task of a check as it is stored in a case."""
    parts = []
    for status, words in (
        (Status.FOUND, "found"),
        (Status.LOOK, "look yourself"),
        (Status.NOT_FOUND, "not found"),
    ):
        names = [_name(row) for row in rows if row["status"] == status]
        if names:
            parts.append(f"{words}: {', '.join(names)}")
    where = sorted({str(row["where"]) for row in rows if row["where"]})
    seen = f" (read: {', '.join(where)})" if where else ""
    return f"Check the power of attorney{seen}; {'; '.join(parts)}"


def facts_of_items(items: Iterable[Item], ledger_id: int | None) -> list[dict[str, Any]]:
    """Return the items as a case's facts keep them; `value` is the line that a person reads."""
    return [
        {
            "value": _line(item),
            "content": item.content.value,
            "status": item.status.value,
            "words": _shown(item.words),
            "where": _shown(item.where),
            "mail": ledger_id,
        }
        for item in items
    ]


def completed(
    known: Iterable[Mapping[str, Any]], more: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return the check of a case with what a further mail brought: what was found stays found."""
    rows: dict[str, dict[str, Any]] = {}
    for row in (*known, *more):
        before = rows.get(row["content"])
        if before is None or _rank(row) < _rank(before):
            rows[row["content"]] = dict(row)
    return [rows[each.value] for each in Content if each.value in rows]


def _rank(row: Mapping[str, Any]) -> int:
    return _ORDER[Status(row["status"])]


def _name(row: Mapping[str, Any]) -> str:
    return _NAMES[Content(row["content"])]


def _line(item: Item) -> str:
    how = {Status.FOUND: "found", Status.LOOK: "look yourself", Status.NOT_FOUND: "not found"}
    seen = f', "{_shown(item.words)}" in {_shown(item.where)}' if item.words else ""
    return f"{_NAMES[item.content]}: {how[item.status]}{seen}"


def _shown(text: str) -> str:
    """Return what a sender wrote as a handler is shown it: masked, and not longer than a line."""
    line = mask(text)
    return line if len(line) <= _SHORT else line[: _SHORT - 1] + "…"
