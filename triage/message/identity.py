"""Which mails are one mail: a Message-ID, and a fingerprint that delivery does not change."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from triage.message.headers import message_ids, split_headers

_IDENTIFYING: Final = ("message-id", "from", "date", "subject")
_BLANKS: Final = re.compile(rb"[ \t\r\n]+")


@dataclass(frozen=True, slots=True)
class Identity:
    """By what a mail is known again."""

    message_id: str
    """Without angle brackets; empty when the mail has none."""
    fingerprint: str


def identify(raw: bytes) -> Identity:
    """Return what the ledger knows a mail by. Never raises."""
    headers = split_headers(raw).headers
    own = next(iter(message_ids(headers.first("message-id"))), "")
    return Identity(own, fingerprint(raw))


def fingerprint(raw: bytes) -> str:
    """Return a hash (hex sha256) over what stays equal when one mail is delivered twice.

    Counts: Message-ID, From, Date, Subject and the body, its line ends and outer blanks apart. Does
    not count: what servers add or change on the way (Received, Delivered-To, Return-Path,
    Authentication-Results, X-headers, the order of headers). One pass; never raises.
    """
    section = split_headers(raw)
    digest = hashlib.sha256()
    for name in _IDENTIFYING:
        for value in sorted(each for key, each in section.headers.fields if key.lower() == name):
            digest.update(name.encode() + b":" + _BLANKS.sub(b" ", value).strip() + b"\n")
    digest.update(b"\n")
    body = raw[section.body :].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    digest.update(body.strip(b" \t\n"))
    return digest.hexdigest()
