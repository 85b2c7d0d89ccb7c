"""`triage explain`: what would be done with these mails, and why; stores and sends nothing."""

from __future__ import annotations

import json
import mailbox
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from triage.cli.options import ConfigOption, policies_from, policy_named
from triage.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triage.explanation import Explanation

_MAIL_SUFFIXES = {".eml", ".mbox", ".mime", ".email"}


def command(
    paths: Annotated[
        list[str],
        typer.Argument(help="An .eml file, a folder of them, an mbox, or - for standard input."),
    ],
    config: ConfigOption = None,
    policy: Annotated[
        str | None, typer.Option(help="Policy; default: the one whose mailbox the mail names.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a mail.")] = False,
    as_html: Annotated[bool, typer.Option("--html", help="A page on standard output.")] = False,
) -> None:
    """Show what a mail says and what would follow from it."""
    from triage.cli import explain_view
    from triage.explanation import as_error, explain
    from triage.explanation import as_json as to_json
    from triage.understanding.model_spacy import load_judge

    policies = policies_from(config)
    chosen = policy_named(policies, policy) if policy else None
    judge = load_judge()
    clock = SystemClock()
    failed = False
    if as_html:
        typer.echo(explain_view.page_head())
    for file, raw in _mails(paths):
        if isinstance(raw, OSError):
            failed = True
            problem = f"cannot be read: {raw.strerror or raw}"
            sys.stderr.write(f"triage: {file}: {problem}\n")
            if as_json:
                typer.echo(json.dumps(as_error(file, problem)))
            continue
        found: Explanation | None = None
        try:
            found = explain(raw, policies, judge, clock.now(), policy=chosen)
            shown = to_json(found, file)
        except Exception as error:  # noqa: BLE001 - whatever bytes come in, an object comes out
            shown = as_error(file, f"{type(error).__name__}: {error}")
        if as_json:
            typer.echo(json.dumps(shown, ensure_ascii=False))
        elif found is None:
            typer.echo(f"{file}: {shown['error']}")
        elif as_html:
            typer.echo(explain_view.section(found, file))
        else:
            explain_view.show(found, file)
    if as_html:
        typer.echo(explain_view.page_foot())
    if failed:
        raise typer.Exit(1)


def _mails(paths: list[str]) -> Iterator[tuple[str, bytes | OSError]]:
    """Yield each mail's name and bytes in input order, or why it could not be read."""
    for path in paths:
        try:
            if path == "-":
                yield from _one_or_many("-", sys.stdin.buffer.read())
            elif Path(path).is_dir():
                for file in _files(Path(path)):
                    yield from _one_or_many(str(file), file.read_bytes())
            else:
                yield from _one_or_many(path, Path(path).read_bytes())
        except OSError as error:
            yield path, error


def _files(folder: Path) -> list[Path]:
    """Return the mails of a folder; in one without any `.eml`, such as a Maildir, every file."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    named = [file for file in files if file.suffix.lower() in _MAIL_SUFFIXES]
    return named or [file for file in files if not file.name.startswith(".")]


def _one_or_many(name: str, raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the mail, or each mail of an mbox (which starts with a `From ` line)."""
    if not raw.startswith(b"From ") or (
        name.lower().endswith(".eml") and raw.count(b"\nFrom ") == 0
    ):
        yield name, raw
        return
    with tempfile.NamedTemporaryFile() as copy:
        copy.write(raw)
        copy.flush()
        box = mailbox.mbox(copy.name, create=False)
        try:
            for number, key in enumerate(box.iterkeys(), 1):
                yield f"{name}#{number}", box.get_bytes(key)
        finally:
            box.close()
