"""The settings file: TOML, every key with a default but the few that only the operator can know."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field, PrivateAttr, field_validator, model_validator

from triage.errors import SettingsError
from triage.toml_file import Section, read_toml

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
        if not url.startswith("https://") and not re.match(
            r"http://(127\.|localhost|\[::1\])", url
        ):
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

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this machine, where plaintext stays inside."""
        return self.host in {"127.0.0.1", "::1", "localhost"}


class Smtp(_Server):
    """The server that takes our mail."""

    username: str = ""
    password_file: str = ""
    auth: Literal["password", "oauth2"] = "password"
    oauth2: OAuth2 | None = None
    connections: int = Field(default=2, ge=1, le=16)
    timeout_seconds: float = Field(default=30, gt=0, le=300)
    sender: str = ""
    """From address of acknowledgements; default: the mailbox that the mail came to."""
    bounce_address: str | None = None
    """Envelope sender of automatic mail; default: the From address; "" for the null path `<>`."""


class Http(Section):
    """Where /health and /metrics are served."""

    listen: str = "127.0.0.1:9464"
    """`host:port`; empty for none."""

    @field_validator("listen")
    @classmethod
    def _host_and_port(cls, listen: str) -> str:
        if listen and not re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}", listen):
            raise ValueError("must be host:port such as 127.0.0.1:9464")
        return listen


class Mailbox(_Server):
    """One watched mailbox."""

    address: str
    policy: str
    username: str = ""
    """Default: the address."""
    password_file: str = ""
    auth: Literal["password", "oauth2"] = "password"
    oauth2: OAuth2 | None = None
    folder: str = "INBOX"
    sent_folder: str = ""
    """Where handlers' answers are kept; watched when set."""
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

    @field_validator("address")
    @classmethod
    def _address(cls, address: str) -> str:
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
            raise ValueError("is not an e-mail address")
        return address.lower()

    @property
    def login(self) -> str:
        """The name to log in with."""
        return self.username or self.address


class Limits(Section):
    """Caps on automatic answers; beyond them, an acknowledgement becomes a person's task."""

    per_sender_hour: int = Field(default=3, ge=1)
    per_sender_day: int = Field(default=10, ge=1)
    per_case: int = Field(default=5, ge=1)
    service_hour: int = Field(default=1000, ge=1)


class Digest(Section):
    """Who gets the digest, and when."""

    to: tuple[str, ...] = ()
    sender: str = ""
    at: str = "07:30"
    """Local time of `zone` on working days."""
    zone: str = "Europe/Amsterdam"
    when_empty: Literal["brief", "silent"] = "brief"

    @field_validator("at")
    @classmethod
    def _time(cls, at: str) -> str:
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", at):
            raise ValueError("must be HH:MM")
        return at


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
    overrides: Overrides = Overrides()
    log: Log = Log()
    closing_days: dict[str, tuple[date, ...]] = Field(default_factory=dict)
    """Policy name → extra days on which the agency is closed."""
    _folder: Path = PrivateAttr(default=Path())

    @model_validator(mode="after")
    def _no_mailbox_twice(self) -> Settings:
        seen: set[tuple[str, str]] = set()
        for mailbox in self.mailbox:
            key = (mailbox.address, mailbox.folder)
            if key in seen:
                raise ValueError(f"mailbox {mailbox.address} ({mailbox.folder}) stands twice")
            seen.add(key)
        return self

    @model_validator(mode="after")
    def _no_silent_plaintext(self) -> Settings:
        for server in (self.smtp, *self.mailbox):
            if server.tls == "none" and not server.is_loopback and not server.allow_plaintext:
                raise ValueError(
                    f'tls = "none" to {server.host} would send mail and passwords in the clear: '
                    "use starttls or tls, or say allow_plaintext = true"
                )
        return self

    def path(self, name: str) -> Path:
        """Return a path of the settings file: relative to that file's folder."""
        return self._folder / Path(name).expanduser()

    def secret(self, name: str) -> str:
        """Return the first line of a secret file.

        Looks in systemd's credentials folder first (`LoadCredential=`), then beside the settings.
        Raises SettingsError, which never holds the secret.
        """
        credentials = os.environ.get("CREDENTIALS_DIRECTORY", "")
        places = [Path(credentials) / name] if credentials and "/" not in name else []
        for place in (*places, self.path(name)):
            try:
                lines = place.read_text(encoding="utf-8").splitlines()
            except (OSError, UnicodeDecodeError) as error:
                fault = error
                continue
            if lines and lines[0]:
                return lines[0]
            raise SettingsError("is empty", where=str(place), remedy="Put the secret on line 1")
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
    settings._folder = path.resolve().parent  # noqa: SLF001 - the loader completes its own value
    return settings
