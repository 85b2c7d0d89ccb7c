"""Rows for a person as a table, or for a program as JSON lines."""

from __future__ import annotations

import json
import os
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo


MOST = 1000
"""How many rows of the ledger or the outbox are shown; there may be years of them."""
_UNBOUNDED = 1000


def show(rows: Sequence[Mapping[str, Any]], *, zone: ZoneInfo, as_json: bool, empty: str) -> None:
    """Print the rows; their keys are the columns. `empty` is said where there are none.

    Times are shown in the zone, in JSON with their offset.
    """
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row, ensure_ascii=False, default=_plain))
        return
    if not rows:
        typer.echo(empty)
        return
    table = Table(box=None, header_style="dim", pad_edge=False)
    for name in rows[0]:
        # A cut number or address is of no use, and a day over two lines is none.
        days = any(isinstance(row[name], date) for row in rows)
        table.add_column(name, overflow="fold", no_wrap=days)
    for row in rows:
        table.add_row(*(Text(_words(value, zone)) for value in row.values()))
    console = Console(highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _UNBOUNDED  # a pipe has no edge to break lines at
    console.print(table)


def tell_cut(rows: Sequence[object]) -> None:
    """Say on stderr that there may be more rows than the `MOST` that were asked for."""
    if len(rows) >= MOST:
        typer.echo(f"Only the first {MOST} are shown.", err=True)


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else str(value)


def _words(value: object, zone: ZoneInfo) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
    if isinstance(value, list | tuple):
        return ", ".join(_words(each, zone) for each in value) or "-"
    return str(value.value if isinstance(value, Enum) else value)
