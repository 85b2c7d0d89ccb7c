"""`triage explain`: what would be done with these mails, and why; stores and sends nothing."""

from __future__ import annotations

import io
import json
import sys
from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from triage.cli.mail_files import mails_of
from triage.cli.options import ConfigOption, policies_from, policy_named
from triage.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from triage.explanation import Explanation


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

    if isinstance(sys.stdout, io.TextIOWrapper):
        # JSON is UTF-8 whatever the locale, and the name of a file may be any bytes.
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
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
    for file, raw in chain.from_iterable(map(mails_of, paths)):
        if isinstance(raw, OSError):
            unread.append(file)
            yield file, f"cannot be read: {raw.strerror or raw}"
            continue
        try:
            mail: Explanation | str = explained(raw)
        except Exception as error:  # noqa: BLE001 - whatever bytes come in, an object comes out
            mail = f"{type(error).__name__}: {error}"
        yield file, mail
