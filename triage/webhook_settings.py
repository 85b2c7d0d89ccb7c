"""The settings of what we call over the web: nothing of ours goes there in the clear."""

from __future__ import annotations

import ipaddress
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from triage.toml_file import Section


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_private_url(url: str) -> bool:
    """Return whether nobody can read what is sent to a URL: https, or http on this machine."""
    parts = urlsplit(url)
    local = parts.scheme == "http" and is_loopback(parts.hostname or "")
    return bool(parts.hostname) and (parts.scheme == "https" or local)


class Webhook(Section):
    """The collection system, told when collection is paused and when it may go on."""

    url: str = ""
    """https, or http on this machine; empty for none."""
    secret_file: str = ""
    """File holding the key of the calls' signatures."""
    timeout_seconds: float = Field(default=10, gt=0, le=60)

    @model_validator(mode="after")
    def _signed_and_not_in_the_clear(self) -> Self:
        if not self.url:
            return self
        if not is_private_url(self.url):
            raise ValueError("url must be https")
        if not self.secret_file:
            raise ValueError("url needs a secret_file, by which the calls are signed")
        return self
