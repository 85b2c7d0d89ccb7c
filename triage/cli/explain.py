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
    from collections.abc import Callable, Iterator

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
    from triage.understanding.judge import load_judge

    policies = policies_from(config)
    chosen = policy_named(policies, policy) if policy else None
    judge, clock = load_judge(), SystemClock()
    unread: list[str] = []

    def explained(raw: bytes) -> Explanation:
        return explain(raw, policies, judge, clock.now(), policy=chosen)

    mails = _explained(paths, explained, unread)
    if as_html:
        for piece in explain_view.page(mails):
            typer.echo(piece, nl=False)
    elif as_json:
        for file, mail in mails:
            shown = as_error(file, mail) if isinstance(mail, str) else to_json(mail, file)
            typer.echo(json.dumps(shown, ensure_ascii=False))
            sys.stdout.flush()
    else:
        for file, mail in mails:
            explain_view.show(mail, file)
    if unread:
        raise typer.Exit(1)


def _explained(
    paths: list[str], explained: Callable[[bytes], Explanation], unread: list[str]
) -> Iterator[tuple[str, Explanation | str]]:
    """Yield each mail with what follows from it, or with why that cannot be said."""
    for file, raw in _mails(paths):
        if isinstance(raw, OSError):
            unread.append(file)
            yield file, f"cannot be read: {raw.strerror or raw}"
            continue
        try:
            mail: Explanation | str = explained(raw)
        except Exception as error:  # noqa: BLE001 - whatever bytes come in, an object comes out
            mail = f"{type(error).__name__}: {error}"
        yield file, mail


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
    single = name.lower().endswith(".eml") and b"\nFrom " not in raw
    if single or not raw.startswith(b"From "):
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
