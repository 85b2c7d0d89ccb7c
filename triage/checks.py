"""What `triage check` looks at: each thing the service needs, tried for real."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from triage.assembly import (
    mailbox_secret,
    policies_of,
    register_of,
    smtp_server_of,
    templates_of,
)
from triage.errors import TriageError
from triage.mailbox.connection import connect
from triage.outbox.smtp import SmtpSession

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from triage.clock import Clock
    from triage.settings import Mailbox, Settings


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried."""

    what: str
    found: str = ""
    """What was found, when all is well."""
    fault: str | None = None
    """What is wrong and how to mend it."""


def all_checks(settings: Settings, clock: Clock) -> Iterator[Check]:
    """Yield the result of each check; a fault in one does not keep the others from being tried."""
    yield _tried("policies", lambda: ", ".join(policies_of(settings)))
    yield _tried("templates", lambda: _templates(settings))
    yield _tried("language model", _model)
    yield _tried("database", lambda: _database(settings, clock))
    for mailbox in settings.mailbox:
        yield _tried(f"mailbox {mailbox.address}", partial(_mailbox, settings, mailbox, clock))
    yield _tried("smtp", lambda: asyncio.run(_smtp(settings, clock)))


def _tried(what: str, attempt: Callable[[], str]) -> Check:
    try:
        return Check(what, found=attempt())
    except TriageError as error:
        return Check(what, fault=str(error))


def _templates(settings: Settings) -> str:
    templates_of(settings)
    own = settings.overrides.templates
    return f"shipped, replaced by those in {settings.path(own)}" if own else "shipped"


def _model() -> str:
    from triage.understanding.judge import load_judge

    load_judge()
    return "loads"


def _database(settings: Settings, clock: Clock) -> str:
    register_of(settings, clock)
    # The URL may hold a password; the kind of database is enough.
    return settings.store.url.partition(":")[0]


def _mailbox(settings: Settings, mailbox: Mailbox, clock: Clock) -> str:
    ca_file = str(settings.path(mailbox.ca_file)) if mailbox.ca_file else ""
    connection = connect(mailbox, mailbox_secret(settings, mailbox, clock), ca_file)
    try:
        names = [mailbox.folder, *filter(None, (mailbox.sent_folder, mailbox.move_to))]
        folders = [connection.select(name) for name in names]
    finally:
        connection.log_out()
    counted = ", ".join(f"{folder.name} {folder.exists} mails" for folder in folders)
    keyword = mailbox.keyword
    if keyword and not folders[0].takes(keyword):
        return f"{counted}; the server keeps no keywords, so handled mail is not flagged"
    return counted


async def _smtp(settings: Settings, clock: Clock) -> str:
    session = SmtpSession(smtp_server_of(settings, clock))
    try:
        return await session.check()
    finally:
        await session.close()
