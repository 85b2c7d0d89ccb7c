"""Rows for a person as a table, or for a program as JSON lines."""

from __future__ import annotations

import json
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def show(rows: Sequence[Mapping[str, Any]], *, as_json: bool, empty: str) -> None:
    """Print the rows; their keys are the columns. `empty` is said where there are none."""
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row, ensure_ascii=False, default=_plain))
        return
    if not rows:
        typer.echo(empty)
        return
    table = Table(*rows[0].keys(), box=None, header_style="dim", pad_edge=False)
    for row in rows:
        table.add_row(*(Text(_words(value)) for value in row.values()))
    Console(highlight=False).print(table)


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else str(value)


def _words(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return f"{value.astimezone():%Y-%m-%d %H:%M}"
    if isinstance(value, list | tuple):
        return ", ".join(map(_words, value)) or "-"
    return str(value.value if isinstance(value, Enum) else value)
