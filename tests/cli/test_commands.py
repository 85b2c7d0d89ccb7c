"""Every command and option says what it is for, and every command and setting stands in the docs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer
from pydantic import BaseModel

from triage.cli.app import app
from triage.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent.parent
DOCS = "\n".join(
    path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
)


def walk(command: Any, name: str = "triage") -> Iterator[tuple[str, Any]]:
    """Yield every command with its whole name; groups come before what is in them."""
    yield name, command
    for child, inner in getattr(command, "commands", {}).items():
        yield from walk(inner, f"{name} {child}")


COMMANDS = dict(walk(typer.main.get_command(app)))
RUNNABLE = [name for name, command in COMMANDS.items() if not hasattr(command, "commands")]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_that_is_a_sentence(name: str):
    said = (COMMANDS[name].help or "").strip()
    assert said, name
    assert said[0].isupper()
    assert said.endswith(".")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_is_for(name: str):
    silent = [
        parameter.name
        for parameter in COMMANDS[name].params
        if parameter.param_type_name == "option" and not parameter.help
    ]
    assert silent == []


@pytest.mark.parametrize("name", RUNNABLE)
def test_every_command_stands_in_the_docs(name: str):
    assert re.search(rf"{re.escape(name)}\b", DOCS), f"{name} is nowhere in README.md or docs/"


def settings_keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield f"{prefix}{name}"
        for inner in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from settings_keys(inner, f"{prefix}{name}.")


@pytest.mark.parametrize("key", list(settings_keys(Settings)))
def test_every_setting_stands_in_the_operators_docs(key: str):
    operators = ROOT / "docs" / "operators.md"
    text = operators.read_text(encoding="utf-8") if operators.exists() else ""
    assert re.search(rf"`[^`]*\b{key.rpartition('.')[2]}\b[^`]*`", text), key
