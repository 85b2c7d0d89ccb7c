"""From the settings to the parts of the service: what is wrong with them shows here, at the start.

Every function raises SettingsError, PolicyError or TemplateError, one line with file, line and
remedy, before anything is connected to.
"""

from __future__ import annotations

import asyncio
import hmac
from typing import TYPE_CHECKING

from triage import resources
from triage.answering import FolderSign
from triage.bounds import MailBounds
from triage.decision import Caps
from triage.errors import PolicyError, SettingsError
from triage.oauth import TokenSource
from triage.outbox.compose import Envelope
from triage.outbox.render import Templates
from triage.outbox.smtp import SmtpServer
from triage.policy.load import load_policies
from triage.processing import Rules
from triage.register.database import Register, open_engine
from triage.register.migrate import upgrade
from triage.register.numbering import signing_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from triage.clock import Clock
    from triage.policy.model import Policy
    from triage.settings import Mailbox, Settings, Smtp


def policies_of(settings: Settings) -> dict[str, Policy]:
    """Return the shipped policies, replaced and added to by the operator's own.

    Raises PolicyError, also for a mailbox with an unknown policy.
    """
    folders = [resources.policies()]
    if settings.overrides.policies:
        folders.append(settings.path(settings.overrides.policies))
    known = {path.stem for folder in folders for path in folder.glob("*.toml")}
    for number, mailbox in enumerate(settings.mailbox):
        _check_known(mailbox.policy, known, settings.place("mailbox", number, "policy"))
    for name in settings.closing_days:
        _check_known(name, known, settings.place("closing_days", name))
    return load_policies(*folders, closed=settings.closing_days)


def _check_known(name: str, known: set[str], where: str) -> None:
    if name not in known:
        raise PolicyError(
            f"unknown policy {name!r}", where=where, remedy=f"Known: {', '.join(sorted(known))}"
        )


def templates_of(settings: Settings) -> Templates:
    """Return the templates, checked. Raises TemplateError, and SettingsError for no such folder."""
    name = settings.overrides.templates
    folder = settings.path(name) if name else None
    if folder is not None and not folder.is_dir():
        raise SettingsError(
            f"{folder} is not a folder",
            where=settings.place("overrides", "templates"),
            remedy="Create it, or remove the key",
        )
    templates = Templates(resources.templates(), folder)
    templates.check()
    return templates


def register_of(settings: Settings, clock: Clock) -> Register:
    """Return the register, its schema brought up to date. Raises RegisterError, SettingsError."""
    store = settings.store
    password = settings.secret(store.password_file) if store.password_file else ""
    try:
        engine = open_engine(settings.register_url, password=password)
    except SettingsError as error:
        what = error.what if error.where == "store.url" else f"{error.where} {error.what}"
        where = settings.place("store", "url")
        raise SettingsError(what, where=where, remedy=error.remedy) from error
    upgrade(engine)
    return Register(engine, clock)


def smtp_server_of(settings: Settings, clock: Clock) -> SmtpServer:
    """Return where mail is handed over, with its secrets read. Raises SettingsError."""
    smtp = settings.smtp
    token = None
    if smtp.auth == "oauth2" and smtp.oauth2 is not None:
        source = TokenSource(settings, smtp.oauth2, clock)

        async def token() -> str:
            return await asyncio.to_thread(source.token)

    return SmtpServer(
        host=smtp.host,
        port=smtp.port,
        tls=smtp.tls,
        timeout_seconds=smtp.timeout_seconds,
        username=smtp.username,
        password=settings.secret(smtp.password_file) if smtp.password_file else "",
        token=token,
        ca_file=ca_file_of(settings, smtp),
    )


def ca_file_of(settings: Settings, server: Smtp | Mailbox) -> str:
    """Return the file of trusted certificates, or "" for the system's. Raises SettingsError."""
    if not server.ca_file:
        return ""
    path = settings.path(server.ca_file)
    if not path.is_file():
        raise SettingsError(
            "holds no certificates to trust", where=str(path), remedy="Mend ca_file, or remove it"
        )
    return str(path)


def mailbox_secret(settings: Settings, mailbox: Mailbox, clock: Clock) -> Callable[[], str]:
    """Return what gives a mailbox's password, or a fresh access token, at each login.

    Raises SettingsError when the password cannot be read now; a file that is replaced later is
    read anew.
    """
    if mailbox.auth == "oauth2" and mailbox.oauth2 is not None:
        return TokenSource(settings, mailbox.oauth2, clock).token
    name = mailbox.password_file
    if name:
        settings.secret(name)
    return lambda: settings.secret(name) if name else ""


def instance_of(register: Register, clock: Clock) -> str:
    """Return the id of this installation, in the loop header of all its mails."""
    with register.transaction() as session:
        key = signing_key(session, clock.now())
    return hmac.digest(key, b"instance", "sha256").hex()[:16]


def rules_of(settings: Settings, policies: Mapping[str, Policy], instance: str) -> Rules:
    """Return what decisions need of the settings, as values."""
    limits = settings.limits
    smtp = settings.smtp
    own = {mailbox.address for mailbox in settings.mailbox}
    own |= {address.lower() for address in (smtp.sender, smtp.bounce_address) if address}
    return Rules(
        policies=policies,
        caps=Caps(
            limits.per_sender_minute,
            limits.per_sender_hour,
            limits.per_sender_day,
            limits.per_case,
            limits.service_hour,
        ),
        own_addresses=frozenset(own),
        envelopes={
            mailbox.address: Envelope(
                sender=smtp.sender or mailbox.address,
                bounce_address=smtp.bounce_address,
                instance=instance,
            )
            for mailbox in settings.mailbox
        },
        trusted_authserv_ids={
            mailbox.address: frozenset(mailbox.trusted_authserv_ids) for mailbox in settings.mailbox
        },
        instance=instance,
        folder_signs={
            (mailbox.address, folder): FolderSign(sign)
            for mailbox in settings.mailbox
            for folder, sign in mailbox.telling.items()
        },
        bounds=MailBounds(limits.mail_seconds, limits.mail_megabytes),
    )
