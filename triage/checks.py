"""What `triage check` looks at: each thing the service needs, tried for real."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from triage.assembly import (
    ca_file_of,
    mailbox_secret,
    policies_of,
    register_of,
    smtp_server_of,
    templates_of,
)
from triage.errors import (
    DeliveryError,
    LoginRefused,
    MailboxError,
    MailboxUnavailable,
    SettingsError,
    TriageError,
)
from triage.mailbox.connection import connect
from triage.outbox.smtp import SmtpSession
from triage.schedule.audience import readers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from triage.clock import Clock
    from triage.mailbox.connection import Connection
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
    for number, mailbox in enumerate(settings.mailbox):
        check = partial(_mailbox, settings, number, clock)
        yield _tried(f"mailbox {mailbox.address}", check)
    yield _tried("smtp", lambda: asyncio.run(_smtp(settings, clock)))
    yield _tried("digests", lambda: _digests(settings))


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
    register_of(settings, clock).engine.dispose()
    # The URL may hold a password; the kind of database is enough.
    return settings.store.url.partition(":")[0]


def _mailbox(settings: Settings, number: int, clock: Clock) -> str:
    mailbox = settings.mailbox[number]
    secret = mailbox_secret(settings, mailbox, clock)
    try:
        connection = connect(mailbox, secret, ca_file_of(settings, mailbox))
        try:
            return _folders(connection, mailbox)
        finally:
            connection.log_out()
    except MailboxError as error:
        match error:
            case LoginRefused():
                remedy = "Mend username, password_file or auth"
            case MailboxUnavailable():
                remedy = "Mend host, port or tls, or start the server"
            case _:
                remedy = "Mend the folder's name, or create it"
        where = settings.place("mailbox", number)
        raise SettingsError(str(error), where=where, remedy=remedy) from error


def _folders(connection: Connection, mailbox: Mailbox) -> str:
    """Select every folder that is read; say what else matters."""
    watched = connection.select(mailbox.folder)
    found = [f"{watched.name} {watched.exists} mails"]
    # What bears the interim keyword lies in the Sent folder, under whose name it is looked for.
    for name in mailbox.telling:
        if name != mailbox.marked_folder:
            told = connection.select(name)
            found.append(f"{told.name} {told.exists} mails")
    if mailbox.move_to and not connection.folder_exists(mailbox.move_to):
        found.append(f"{mailbox.move_to} will be made")
    if mailbox.keyword and not watched.takes(mailbox.keyword):
        found.append("the server keeps no keywords, so handled mail is not flagged")
    return "; ".join(found)


def _digests(settings: Settings) -> str:
    """Say who is told of cases; a policy whose cases nobody is told of is no fault, but said."""
    told = readers(settings)
    untold = sorted(
        {box.policy for box in settings.mailbox if not any(each.sees(box.policy) for each in told)}
    )
    if untold:
        return f"nobody for {', '.join(untold)}: name readers in [digest] to, or a [[team]]"
    return f"{len(told)} reader{'s' if len(told) > 1 else ''}"


async def _smtp(settings: Settings, clock: Clock) -> str:
    session = SmtpSession(smtp_server_of(settings, clock))
    try:
        return await session.check()
    except DeliveryError as error:
        raise SettingsError(
            str(error),
            where=settings.place("smtp"),
            remedy="Mend host, port, tls or the login, or start the server",
        ) from error
    finally:
        await session.close()
