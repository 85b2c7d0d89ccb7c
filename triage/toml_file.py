"""TOML files that people write: read, checked against a model, faults named with file and line."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, TypeVar, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from triage.errors import BadInput

M = TypeVar("M", bound=BaseModel)

_HEADER = re.compile(r"^\s*\[(\[)?\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"^\s*(\"[^\"]*\"|'[^']*'|[A-Za-z0-9_\-]+)\s*(?:=|\.)")
_MAX_BYTES = 1_000_000


class Section(BaseModel):
    """A table of a TOML file: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def read_toml(path: Path, model: type[M], fault: type[BadInput]) -> M:
    """Return the file as a `model`.

    Raises `fault` with file, line, key and remedy when the file is absent, is not TOML, or holds
    an unknown key or a wrong value. Only the first fault is told: one clear line.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise fault(
            f"cannot be read: {error.strerror or error}",
            where=str(path),
            remedy="Check the path and its permissions",
        ) from error
    if len(raw) > _MAX_BYTES:
        raise fault("is larger than 1 MB", where=str(path), remedy="Is it the right file?")
    try:
        text = raw.decode("utf-8")
        data = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise fault("is not UTF-8", where=str(path), remedy="Save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        where = f"{path}:{line.group(1)}" if line else str(path)
        what = re.sub(r"\s*\(at .*\)$", "", str(error))
        raise fault(
            f"is not valid TOML: {what[:1].lower()}{what[1:]}",
            where=where,
            remedy="Strings need quotes, keys stand once",
        ) from error
    try:
        return model.model_validate(data)
    except ValidationError as error:
        # A misspelt key is unknown and missing at once; the misspelling is what helps.
        faults = error.errors(include_url=False)
        first = next((each for each in faults if each["type"] == "extra_forbidden"), faults[0])
        raise _told(path, text, first, model, fault) from error


def place(path: Path, *loc: int | str) -> str:
    """Return `file:line` of the key at `loc`, or the file alone where that cannot be said."""
    try:
        line = line_of(path.read_text(encoding="utf-8"), loc)
    except (OSError, UnicodeDecodeError):
        line = None
    return f"{path}:{line}" if line else str(path)


def _told(
    path: Path, text: str, detail: ErrorDetails, model: type[BaseModel], fault: type[BadInput]
) -> BadInput:
    loc = [part for part in detail["loc"] if not (isinstance(part, str) and "[" in part)]
    line = line_of(text, loc)
    where = f"{path}:{line}" if line else str(path)
    key = ".".join(str(part) for part in loc)
    if detail["type"] == "extra_forbidden":
        known = ", ".join(_known_keys(model, loc[:-1]))
        remedy = f"Known here: {known}" if known else "Remove it"
        return fault(f"unknown key '{key}'", where=where, remedy=remedy)
    if detail["type"] == "missing":
        return fault(f"'{key}' is missing", where=where, remedy="Add it")
    message = detail["msg"].removeprefix("Value error, ")
    what = f"'{key}': {message[:1].lower()}{message[1:]}{_shown(key, detail.get('input'))}"
    return fault(what if key else message, where=where, remedy="Mend the value")


def _shown(key: str, value: object) -> str:
    """Return the wrong value for the message; a secret typed into a wrong key is not shown."""
    if isinstance(value, dict | list | tuple) or re.search(r"(?i)password|secret|token", key):
        return ""
    return f", not {re.sub(r'://[^@/]*@', '://***@', repr(value))[:60]}"


def _known_keys(model: type[BaseModel], loc: Sequence[int | str]) -> list[str]:
    """Return the keys that the model allows at `loc`."""
    here: type[BaseModel] | None = model
    named = False  # whether the next part is a table's own name, as in `[closing_days.NAME]`
    for part in loc:
        if named or isinstance(part, int) or here is None:
            named = False
            continue
        field = next((f for n, f in here.model_fields.items() if part in {n, f.alias}), None)
        here = _model_in(field.annotation) if field else None
        named = field is not None and get_origin(field.annotation) is dict
    if here is None:
        return []
    return sorted(field.alias or name for name, field in here.model_fields.items())


def _model_in(annotation: object) -> type[BaseModel] | None:
    """Return the model inside `X`, `X | None`, `tuple[X, ...]` or `dict[str, X]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _model_in(inner)
        if found:
            return found
    return None


def line_of(text: str, loc: Sequence[int | str]) -> int | None:
    """Return the 1-based line of the key at `loc`, else of the nearest table around or below it."""
    counts: dict[str, int] = {}
    table: list[int | str] = []
    best = (0, 0)
    below: int | None = None
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        if header:
            table = _table(header, counts)
            best = max(best, (_common(table, loc), -number))
            if below is None and loc and table[: len(loc)] == list(loc):
                below = number
            continue
        key = _KEY.match(line)
        if key:
            here = [*table, key.group(1).strip("\"'")]
            best = max(best, (_common(here, loc), -number))
    return -best[1] if best[0] else below


def _table(header: re.Match[str], counts: dict[str, int]) -> list[int | str]:
    """Return the path of a table header; `counts` says which entry of each `[[...]]` is open."""
    parts = [part.strip("\"' ") for part in header.group(2).split(".")]
    name = ".".join(parts)
    if header.group(1):
        counts[name] = counts.get(name, -1) + 1
    path: list[int | str] = []
    for depth, part in enumerate(parts, 1):
        path.append(part)
        if (entry := counts.get(".".join(parts[:depth]))) is not None:
            path.append(entry)
    return path


def _common(here: Sequence[int | str], loc: Sequence[int | str]) -> int:
    """Return the length of `here` where it leads to `loc`, else 0."""
    return len(here) if list(loc[: len(here)]) == list(here) else 0
