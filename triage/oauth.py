"""Access tokens for XOAUTH2 (RFC 6749): client credentials, or a refresh token that rotates.

A rotated refresh token is stored before the access token is used: written beside the old one and
renamed, so that a crash leaves one of the two whole. One that cannot be stored is used as long as
the service runs, and the log says so.
"""

from __future__ import annotations

import json
import os
import threading
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from triage.errors import LoginRefused, MailboxUnavailable

if TYPE_CHECKING:
    from pathlib import Path

    from triage.clock import Clock
    from triage.settings import OAuth2, Settings

_TIMEOUT_SECONDS = 30
_LARGEST_ANSWER = 100_000
_EARLY = timedelta(seconds=60)
"""A token this close to its end is not used any more."""
_REFUSED = {400, 401, 403}


log = structlog.get_logger(__name__)


class TokenSource:
    """Gives access tokens, asking the server for a new one when the last has run out."""

    def __init__(self, settings: Settings, oauth2: OAuth2, clock: Clock) -> None:
        self._settings = settings
        self._oauth2 = oauth2
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._unstored = ""
        """A rotated refresh token that could not be stored."""
        self._expires_at: datetime | None = None

    def token(self) -> str:
        """Return an access token.

        Raises LoginRefused when the server does not accept our credentials, MailboxUnavailable
        when it cannot be asked, SettingsError when a secret cannot be read. Blocks.
        """
        with self._lock:
            now = self._clock.now()
            if self._expires_at is None or now >= self._expires_at - _EARLY:
                answer = self._ask()
                self._token = str(answer["access_token"])
                self._expires_at = now + timedelta(seconds=_seconds(answer.get("expires_in")))
            return self._token

    def _ask(self) -> dict[str, Any]:
        oauth2 = self._oauth2
        form = {"client_id": oauth2.client_id, "grant_type": "client_credentials"}
        if oauth2.scope:
            form["scope"] = oauth2.scope
        if oauth2.client_secret_file:
            form["client_secret"] = self._settings.secret(oauth2.client_secret_file)
        if oauth2.refresh_token_file:
            form["grant_type"] = "refresh_token"
            form["refresh_token"] = self._unstored or self._settings.secret(
                oauth2.refresh_token_file
            )
        try:
            answer = _post(oauth2.token_url, form)
        except LoginRefused:
            self._unstored = ""  # a person may have put a new one into the file
            raise
        rotated = answer.get("refresh_token")
        if oauth2.refresh_token_file and isinstance(rotated, str) and rotated:
            self._store(self._settings.path(oauth2.refresh_token_file), rotated)
        return answer

    def _store(self, path: Path, rotated: str) -> None:
        try:
            _replace(path, rotated)
        except OSError as error:
            self._unstored = rotated
            log.error(  # noqa: TRY400 - one line says it
                "refresh token not stored: it is lost when the service ends",
                file=str(path),
                error=error.strerror or str(error),
                remedy="Keep the file in a folder that the service can write to",
            )
        else:
            self._unstored = ""


def _post(url: str, form: dict[str, str]) -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310 - the settings allow https only
        url, data=urllib.parse.urlencode(form).encode(), headers={"Accept": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as response:  # noqa: S310 - as above
            body = response.read(_LARGEST_ANSWER)
        answer = json.loads(body)
    except urllib.error.HTTPError as error:
        text = f"the token server {url} answers {error.code}"
        error.close()
        if error.code in _REFUSED:
            raise LoginRefused(f"{text}: renew the client secret or the refresh token") from error
        raise MailboxUnavailable(text) from error
    except (OSError, ValueError) as error:
        raise MailboxUnavailable(f"the token server {url} cannot be asked: {error}") from error
    if not isinstance(answer, dict) or not isinstance(answer.get("access_token"), str):
        raise LoginRefused(f"the token server {url} gives no access token")
    return answer


def _seconds(value: object) -> float:
    """Return the token's life; five minutes where the server does not say (RFC 6749 5.1)."""
    return float(value) if isinstance(value, int | float) and value > 0 else 300.0


def _replace(path: Path, secret: str) -> None:
    """Store a secret readable by us only, atomically."""
    beside = path.with_name(path.name + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secret + "\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
