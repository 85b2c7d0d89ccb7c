"""The settings file: TOML, every key with a default but the few that only the operator can know."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from typing import Literal, Self

from pydantic import (
    Field,
    PrivateAttr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from triage.errors import SettingsError
from triage.team_settings import Address, Chase, Digest, OptionalAddress, Report, Team
from triage.toml_file import Section, place, read_toml
from triage.webhook_settings import Webhook, is_loopback, is_private_url

TlsMode = Literal["none", "starttls", "tls"]


class Store(Section):
    """Where the register is."""

    url: str
    """`sqlite:////path/triage.db` or `postgresql+psycopg://user@host/name`."""
    password_file: str = ""
    """File holding the PostgreSQL password, so that it need not stand in the URL."""

    @field_validator("url")
    @classmethod
    def _known(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must start with sqlite:/// or postgresql+psycopg://")
        return url


class OAuth2(Section):
    """How to get an access token (RFC 6749): client credentials, or a refresh token."""

    token_url: str
    client_id: str
    client_secret_file: str = ""
    refresh_token_file: str = ""
    """Rewritten whenever the server rotates the token; without it, client credentials are used."""
    scope: str = ""

    @field_validator("token_url")
    @classmethod
    def _https(cls, url: str) -> str:
        if not is_private_url(url):
            raise ValueError("must be https")
        return url


class _Server(Section):
    host: str
    port: int = Field(ge=1, le=65535)
    tls: TlsMode
    allow_plaintext: bool = False
    """Allow `tls = "none"` to a server that is not on this machine."""
    ca_file: str = ""
    """Certificates to trust instead of the system's."""
    username: str = ""
    password_file: str = ""
    auth: Literal["password", "oauth2"] = "password"
    oauth2: OAuth2 | None = None

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this machine, where plaintext stays inside."""
        return is_loopback(self.host)

    @model_validator(mode="after")
    def _no_silent_plaintext(self) -> Self:
        if self.tls == "none" and not self.is_loopback and not self.allow_plaintext:
            raise ValueError(
                f'tls = "none" to {self.host} would send mail and passwords in the clear: '
                "use starttls or tls, or say allow_plaintext = true"
            )
        return self

    @model_validator(mode="after")
    def _knows_how_to_log_in(self) -> Self:
        if self.auth == "oauth2" and self.oauth2 is None:
            raise ValueError('auth = "oauth2" needs a table oauth2 with token_url and client_id')
        return self


class Smtp(_Server):
    """The server that takes our mail."""

    connections: int = Field(default=2, ge=1, le=16)
    timeout_seconds: float = Field(default=30, gt=0, le=300)
    sender: OptionalAddress = ""
    """From address of acknowledgements; default: the mailbox that the mail came to."""
    bounce_address: OptionalAddress | None = None
    """Envelope sender of automatic mail; default: the From address; "" for the null path `<>`."""


class Http(Section):
    """Where /health and /metrics are served."""

    listen: str = "127.0.0.1:9464"
    """`host:port`; empty for none."""

    @field_validator("listen")
    @classmethod
    def _host_and_port(cls, listen: str) -> str:
        host_and_port = re.fullmatch(r"(?:\[[0-9a-fA-F:]+\]|[^:\s]+):(\d{1,5})", listen)
        if listen and not (host_and_port and int(host_and_port.group(1)) <= 65535):
            raise ValueError("must be host:port such as 127.0.0.1:9464")
        return listen


class Folders(Section):
    """Folders by which people tell the service what a mail is; watched when set."""

    answered: str = ""
    not_a_complaint: str = ""
    spam: str = ""
    complaint: str = ""
    interim: str = ""
    """For mails of ours that are not the answer yet."""


class Mailbox(_Server):
    """One watched mailbox."""

    address: Address
    policy: str
    folder: str = "INBOX"
    sent_folder: str = ""
    """Where handlers' answers are kept; watched when set."""
    interim_keyword: str = "$Interim"
    """IMAP keyword that people set on a mail of ours in the Sent folder that is not the answer yet;
    empty for none."""
    folders: Folders = Folders()
    """Where a mail is moved to tell the service what it is."""
    move_to: str = ""
    """Folder that handled mail is moved to; empty: it stays."""
    keyword: str = "$Triaged"
    """IMAP keyword set on handled mail; empty for none."""
    first_start: Literal["list", "acknowledge"] = "list"
    """What happens to mail that was there before the first start."""
    scan_seconds: float = Field(default=60, gt=0, le=3600)
    """A whole UID scan at least this often, whatever IDLE says."""
    idle: bool = True
    idle_renew_seconds: float = Field(default=240, ge=5, le=290)
    timeout_seconds: float = Field(default=60, gt=0, le=600)
    batch: int = Field(default=50, ge=1, le=500)
    max_mail_mb: float = Field(default=35, gt=0, le=200)
    """Larger mails are taken in without their attachments' content: headers and the first part."""
    trusted_authserv_ids: tuple[str, ...] = ()
    """Whose Authentication-Results are believed (RFC 8601): the receiving server's own id."""

    @property
    def login(self) -> str:
        """The name to log in with."""
        return self.username or self.address

    @property
    def telling(self) -> dict[str, str]:
        """The folders that say something of the mails in them, and what: `sent`, `answered` ...

        What bears the interim keyword counts as a folder of its own (`marked_folder`), which stands
        before the Sent folder: so it is known as interim before it can be taken for the answer.
        """
        signs = {self.marked_folder: "interim", self.sent_folder: "sent"}
        signs |= {folder: sign for sign, folder in self.folders.model_dump().items()}
        return {folder: sign for folder, sign in signs.items() if folder}

    @property
    def marked_folder(self) -> str:
        """Name in the ledger for the Sent folder's mails with the interim keyword; empty: none."""
        both = self.sent_folder and self.interim_keyword
        return f"{self.sent_folder} {self.interim_keyword}" if both else ""

    @model_validator(mode="after")
    def _one_meaning_a_folder(self) -> Self:
        named = [self.folder, self.move_to, self.sent_folder, *self.folders.model_dump().values()]
        for name in filter(None, named):
            if named.count(name) > 1:
                raise ValueError(f"folder {name!r} cannot be used for two things")
        return self


class Limits(Section):
    """Caps on automatic answers, and on what reading one mail may cost.

    Beyond them, an acknowledgement becomes a person's task, and a mail is set aside.
    """

    per_sender_minute: int = Field(default=1, ge=1)
    per_sender_hour: int = Field(default=3, ge=1)
    per_sender_day: int = Field(default=10, ge=1)
    per_case: int = Field(default=5, ge=1)
    service_hour: int = Field(default=1000, ge=1)
    mail_seconds: int = Field(default=60, ge=1, le=600)
    mail_megabytes: int = Field(default=512, ge=256)


class Retention(Section):
    """How long mails and personal data are kept once a case is settled."""

    months: int = Field(default=0, ge=0, le=240)
    """0: for ever."""


class Overrides(Section):
    """The operator's own files, which replace shipped ones of the same name."""

    policies: str = ""
    templates: str = ""


class Log(Section):
    """How the service speaks."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "json", "text"] = "auto"


class Settings(Section):
    """The whole settings file."""

    store: Store
    smtp: Smtp
    http: Http = Http()
    mailbox: tuple[Mailbox, ...] = Field(min_length=1)
    limits: Limits = Limits()
    digest: Digest = Digest()
    chase: Chase = Chase()
    report: Report = Report()
    retention: Retention = Retention()
    webhook: Webhook = Webhook()
    team: tuple[Team, ...] = ()
    overrides: Overrides = Overrides()
    log: Log = Log()
    closing_days: dict[str, tuple[date, ...]] = Field(default_factory=dict)
    """Policy name → extra days on which the agency is closed."""
    _file: Path = PrivateAttr(default=Path())

    @field_validator("mailbox")
    @classmethod
    def _no_mailbox_twice(cls, mailboxes: tuple[Mailbox, ...]) -> tuple[Mailbox, ...]:
        seen: set[tuple[str, str]] = set()
        for mailbox in mailboxes:
            key = (mailbox.address, mailbox.folder)
            if key in seen:
                raise ValueError(f"{mailbox.address} ({mailbox.folder}) stands twice")
            seen.add(key)
        return mailboxes

    @field_validator("team")
    @classmethod
    def _one_team_a_policy(cls, teams: tuple[Team, ...], info: ValidationInfo) -> tuple[Team, ...]:
        watched = {mailbox.policy for mailbox in info.data.get("mailbox", ())}
        names = [team.policy for team in teams]
        for name in names:
            if watched and name not in watched:
                raise ValueError(f"{name!r} is no mailbox's policy")
            if names.count(name) > 1:
                raise ValueError(f"policy {name!r} has two teams")
        return teams

    @model_validator(mode="after")
    def _digests_go_to_people(self) -> Self:
        watched = {mailbox.address for mailbox in self.mailbox}
        people = (address for team in self.team for address in team.people)
        for address in (*self.digest.to, *self.report.to, *people):
            if address in watched:
                # It would come back to us as mail, every day.
                raise ValueError(f"{address} is a watched mailbox: digests go to people")
        return self

    def place(self, *loc: int | str) -> str:
        """Return `file:line` of a key, such as `place("mailbox", 0, "policy")`, for a message."""
        return place(self._file, *loc)

    def path(self, name: str) -> Path:
        """Return a path of the settings file: relative to that file's folder."""
        return self._file.parent / Path(name).expanduser()

    @property
    def register_url(self) -> str:
        """The URL of the register; the path of an SQLite file is relative as any other."""
        kind, _, file = self.store.url.partition("sqlite:///")
        if kind or file in {"", ":memory:"}:
            return self.store.url
        return f"sqlite:///{self.path(file)}"

    def secret(self, name: str) -> str:
        """Return the first line of a secret file.

        Looks in systemd's credentials folder first (`LoadCredential=`), then beside the settings.
        Raises SettingsError, which never holds the secret.
        """
        credentials = os.environ.get("CREDENTIALS_DIRECTORY", "")
        places = [Path(credentials) / name] if credentials and "/" not in name else []
        for file in (*places, self.path(name)):
            try:
                lines = file.read_text(encoding="utf-8").splitlines()
            except (OSError, UnicodeDecodeError) as error:
                fault = error
                continue
            if lines and lines[0]:
                return lines[0]
            raise SettingsError("is empty", where=str(file), remedy="Put the secret on line 1")
        raise SettingsError(
            f"cannot be read: {getattr(fault, 'strerror', None) or fault}",
            where=str(self.path(name)),
            remedy="Create it, readable by the service only",
        )


def load_settings(path: Path) -> Settings:
    """Return the settings in the file.

    Raises SettingsError, one line with file, line and remedy.
    """
    settings = read_toml(path, Settings, SettingsError)
    settings._file = path.resolve()  # noqa: SLF001 - the loader completes its own value
    return settings
