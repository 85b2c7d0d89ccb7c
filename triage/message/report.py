"""Delivery reports: what a bounce says, by RFC 3464 or in the free forms of mail servers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from triage.message.addresses import parse_addresses
from triage.message.clean import clean_line
from triage.message.headers import Headers, message_ids, split_headers
from triage.message.machine import return_path
from triage.message.model import DeliveryReport
from triage.message.subjects import is_taken_over
from triage.message.vocabulary import load, mentions

if TYPE_CHECKING:
    from triage.message.parts import Part

_MAX_STATUS: Final = 100_000
_MAX_TEXT: Final = 20_000
_MAX_GROUPS: Final = 200
_STATUS: Final = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY: Final = re.compile(r"(?<![\d.-])([45]\d\d)[ -](?=\S)")
_ADDRESS: Final = re.compile(
    r"[<'\"(\[]?([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,255}\.[A-Za-z]{2,24})"
)
_ID_LINE: Final = re.compile(
    r"^[>\s]{0,6}message-id:\s{0,20}(<[^<>\s]{1,500}>)", re.IGNORECASE | re.MULTILINE
)
_MAILER: Final = re.compile(
    r"mailer-?daemon|postmaster|mail delivery|mail-daemon|mdaemon|mail administrator"
    r"|microsoft ?outlook|mail system|mail deliver|system administrator|smtp_mail_service"
    r"|post office|mail server|mail ?gateway|\bndr@",
    re.IGNORECASE,
)
_RETURNED: Final = frozenset(
    ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers")
)
_RETURNED_LINE: Final = re.compile(
    r"^[>\s]{0,6}(?:received: from|message-id:|return-path:)\s", re.IGNORECASE | re.MULTILINE
)
_RECIPIENT_FIELDS: Final = ("final-recipient", "original-recipient", "action")
_ACTIONS: Final = frozenset(("failed", "delayed", "delivered", "relayed", "expanded"))


@dataclass(frozen=True, slots=True)
class _Words:
    subjects: tuple[str, ...]
    failures: tuple[str, ...]
    temporary: tuple[str, ...]
    openings: tuple[str, ...]


def read_report(headers: Headers, root: Part, text: str) -> DeliveryReport | None:
    """Return what a bounce says; None when the mail is none. `text` is its readable text."""
    parts = list(_own_parts(root))
    for part in parts:
        if part.content_type in {"message/delivery-status", "message/global-delivery-status"}:
            return _by_standard(part, parts, text)
    if any(
        part.content_type in {"message/disposition-notification", "message/feedback-report"}
        for part in parts
    ):
        return None
    return _by_free_form(headers, parts, text[:_MAX_TEXT])


def _own_parts(root: Part) -> list[Part]:
    """Return the parts of the report itself, not those inside the returned mail."""
    out: list[Part] = []
    pending = [root]
    while pending:
        part = pending.pop(0)
        out.append(part)
        if part.content_type != "message/rfc822":
            pending.extend(part.children)
    return out


def _by_standard(status: Part, parts: list[Part], text: str) -> DeliveryReport:
    """Read message/delivery-status (RFC 3464): its first failed recipient, else the first.

    Failed for good is Action `failed`; with a 4.x.x status the server gave up on a passing failure.
    """
    groups = [group for group in _groups(status) if any(map(group.has, _RECIPIENT_FIELDS))]
    failed = [group for group in groups if _keyword(group.first("action")) == "failed"]
    chosen = next(iter(failed or groups), Headers(()))
    addresses = (_typed_address(chosen.first(name)) for name in _RECIPIENT_FIELDS[:2])
    found = _STATUS.search(chosen.first("status") or chosen.first("diagnostic-code"))
    code = found.group(1) if found else ""
    action = _keyword(chosen.first("action"))
    gave_up = action == "failed" if action in _ACTIONS else code.startswith("5")
    return DeliveryReport(
        recipient=next(filter(None, addresses), ""),
        status=code,
        permanent=gave_up and not code.startswith("4"),
        original_message_id=_original_id(parts, text),
    )


def _keyword(value: str) -> str:
    """Return a field's first word, lower case."""
    return re.split(r"[\s(;]", value.strip().lower(), maxsplit=1)[0]


def _groups(status: Part) -> list[Headers]:
    """Cut a delivery-status part into its groups of fields."""
    data = status.content[:_MAX_STATUS].replace(b"\r\n", b"\n")
    groups = re.split(rb"\n[ \t]*\n+", data)[:_MAX_GROUPS]
    return [split_headers(group + b"\n").headers for group in groups if group.strip()]


def _typed_address(value: str) -> str:
    """Return the address of `rfc822; a@b`."""
    address = value.rpartition(";")[2].strip() if ";" in value else value.strip()
    found = parse_addresses(address)
    return found[0].address if found else ""


def _by_free_form(headers: Headers, parts: list[Part], text: str) -> DeliveryReport | None:
    """Read qmail, Exim, Exchange, Gmail and other free forms.

    Taken for a bounce only when sender or return path is a mail server's and the text says that a
    mail was not delivered, or when a mail server named the failed recipients in a header, or when
    subject, text and what is returned all say so (gateways send under any name).
    """
    named = headers.first("x-failed-recipients")
    senders = " ".join(headers.all("from"))
    words = _words()
    subject = headers.first("subject").lower()
    said = text.lower()
    if (
        not named
        and return_path(headers) != ""
        and _MAILER.search(senders) is None
        and not (subject.startswith(words.openings) and _is_told(parts, text, said, words))
    ):
        return None
    about = mentions(subject, words.subjects) and not is_taken_over(subject)
    if not named and not about and not (mentions(said, words.failures) and _has_code(text)):
        return None
    code = _STATUS.search(text)
    reply = _REPLY.search(text)
    status = code.group(1) if code else ""
    first = status[:1] or (reply.group(1)[:1] if reply else "")
    passing = first == "4" or (first != "5" and mentions(f"{subject}\n{said}", words.temporary))
    return DeliveryReport(
        recipient=_failed_recipient(headers, named, text),
        status=status,
        permanent=not passing,
        original_message_id=_original_id(parts, text),
    )


def _is_told(parts: list[Part], text: str, said: str, words: _Words) -> bool:
    """Whether a text tells of a failure and returns the mail, its headers or the server's code."""
    returned = any(part.content_type in _RETURNED for part in parts)
    shown = returned or _has_code(text) or _RETURNED_LINE.search(text) is not None
    return shown and mentions(said, words.failures)


def _has_code(text: str) -> bool:
    return _STATUS.search(text) is not None or _REPLY.search(text) is not None


def _failed_recipient(headers: Headers, named: str, text: str) -> str:
    """Return the first address of the header or the text that is not the one the report went to."""
    if named and (found := parse_addresses(named)):
        return found[0].address
    own = {
        entry.address.lower()
        for value in headers.raw("to") + headers.raw("from")
        for entry in parse_addresses(value)
    }
    for match in _ADDRESS.finditer(text):
        address = match.group(1)
        if address.lower() not in own and not _MAILER.match(address):
            return clean_line(address, 320)
    return ""


def _original_id(parts: list[Part], text: str) -> str:
    """Return the returned mail's Message-ID: it or its headers are attached, or in the text."""
    for part in parts:
        headers: Headers | None = None
        if part.content_type == "message/rfc822" and part.children:
            headers = part.children[0].headers
        elif part.content_type in _RETURNED:
            headers = split_headers(part.content[:_MAX_STATUS]).headers
        if headers is not None and (ids := message_ids(headers.first("message-id"))):
            return ids[0]
    found = _ID_LINE.search(text)
    return message_ids(found.group(1))[0] if found else ""


@cache
def _words() -> _Words:
    data = load("bounces")
    return _Words(*(tuple(data[key]) for key in ("subjects", "failures", "temporary", "openings")))
