"""The flow: raw bytes → structure → text → whose text → `Message`."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from triage.message import mailparser_adapter
from triage.message.addresses import MAX_HEADER, is_address, parse_addresses
from triage.message.allowance import Allowance
from triage.message.attachments import record
from triage.message.body import read_text, sort_parts
from triage.message.clean import clean_line, clean_text
from triage.message.footers import part_footers
from triage.message.headers import Section, message_ids, parse_date, split_headers
from triage.message.machine import Trusted, machine_signs, return_path
from triage.message.model import Address, DeliveryReport, MachineSign, Message, Sign
from triage.message.quoting import Context, context_of, split_quoted
from triage.message.report import read_report
from triage.message.walk import read_structure

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from triage.message.headers import Headers
    from triage.message.lines import Line
    from triage.message.parts import Part

MAX_MAIL: Final = 64 * 1024 * 1024
"""Bytes of a mail that are read; of a larger one only the beginning."""
MAX_TYPED: Final = 60_000
MAX_QUOTED: Final = 200_000
MAX_FOOTER: Final = 20_000
_MAX_SUBJECT: Final = 1_000
_SAMPLE: Final = 65_536
_DELIVERED: Final = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
_MAX_DELIVERED: Final = 50
_MAX_DAMAGE: Final = 30
_BLANK_AHEAD: Final = re.compile(
    rb"[ \t\r\n]{1,1000}+(?=(?:Received|Return-Path|Delivered-To|From|Date|Subject|To|Message-ID"
    rb"|MIME-Version|X-[\w-]{1,40}):)",
    re.IGNORECASE,
)
"""Empty lines, and a field that stands in any mail's header: a gateway put them before it."""


@dataclass(frozen=True, slots=True)
class _Letter:
    """What either reader makes of the bytes."""

    subject: str
    sender: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    root: Part
    damage: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Words:
    """The mail's text, by whose it is."""

    typed: str
    quoted: str
    footer: str


def read_message(
    raw: bytes,
    *,
    home_country: str = "NL",
    trusted_authserv_ids: frozenset[str] = frozenset(),
    loop_ids: frozenset[str] = frozenset(),
) -> Message:
    """Return what a mail is. Never raises for its content; what can't be read is in `damage`.

    `home_country`: ISO 3166 code of the mailbox's home; its usual charset is tried for undeclared
    bytes. `trusted_authserv_ids`: the servers whose Authentication-Results are believed.
    `loop_ids`: our own Message-IDs, or the right-hand side that they share.
    """
    data, damage = _bounded(raw)
    section = split_headers(data, home_country)
    headers = section.headers
    letter = _read(data, section)
    date = parse_date(next(iter(headers.raw("date")), ""))
    damage += [*section.damage, *letter.damage, *_header_damage(headers, letter, date)]
    allowance = Allowance()
    contents = sort_parts(letter.root, allowance)
    text = read_text(contents, home_country, allowance)
    attachments, unlisted = record(contents.attachments, text.files, home_country, allowance)
    report = read_report(headers, letter.root, _joined(text.lines))
    words = _words(text.lines, text.spare, _context(letter.subject, headers, report))
    if text.footer:
        words = _Words(words.typed, words.quoted, "\n".join([words.footer, *text.footer]).strip())
    signs = machine_signs(headers, letter.root, _trusted(trusted_authserv_ids, loop_ids))
    if report is not None and not any(sign.code is MachineSign.REPORT for sign in signs):
        signs += (Sign(MachineSign.REPORT, clean_line(f"Subject: {letter.subject}", 160)),)
    return Message(
        sender=letter.sender[0] if letter.sender else None,
        reply_to=letter.reply_to,
        return_path=return_path(headers),
        to=letter.to,
        cc=letter.cc,
        delivered_to=_delivered_to(headers),
        subject=clean_line(letter.subject, _MAX_SUBJECT),
        message_id=next(iter(message_ids(headers.first("message-id"))), ""),
        in_reply_to=message_ids(headers.first("in-reply-to")),
        references=message_ids(" ".join(headers.raw("references"))),
        date=date,
        typed=clean_text(words.typed, MAX_TYPED),
        quoted=clean_text(words.quoted, MAX_QUOTED),
        footer=clean_text(words.footer, MAX_FOOTER),
        attachments=attachments,
        signs=signs,
        report=report,
        headers=headers.shown(),
        size=len(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
        damage=_damage([*damage, *text.damage, *unlisted, *_cut(words)]),
    )


def recipients_of(raw: bytes) -> tuple[str, ...]:
    """Return all addresses in To, Cc and the Delivered-To fields, lower case; the body is not read.

    By them a mail's policy, and so its home country, is known before it is read.
    """
    headers = split_headers(_bounded(raw)[0], "NL").headers
    shown = (*_addresses(headers, "to"), *_addresses(headers, "cc"))
    named = (entry.address.lower() for entry in shown)
    return tuple(dict.fromkeys((*named, *_delivered_to(headers))))


def _bounded(raw: bytes) -> tuple[bytes, list[str]]:
    """Cut an oversized mail, drop empty lines before its header, mend lone carriage returns."""
    data, damage = raw, []
    if len(raw) > MAX_MAIL:
        data, damage = (
            raw[:MAX_MAIL],
            [f"larger than {MAX_MAIL // 1024 // 1024} MB, the rest was not read"],
        )
    if b"\r" in data[:_SAMPLE] and b"\n" not in data[:_SAMPLE]:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        damage.append("lines end in lone carriage returns")
    blank = _BLANK_AHEAD.match(data)
    if blank:
        data = data[blank.end() :]
        damage.append("empty lines before the header")
    return data, damage


def _read(data: bytes, section: Section) -> _Letter:
    """Read with mail-parser where it reads well, else by our own walk."""
    headers = section.headers
    if mailparser_adapter.is_ordinary(data, headers, section.body):
        first = mailparser_adapter.read_letter(data, headers)
        if first is not None:
            return _Letter(
                first.subject,
                _clean(first.sender),
                _clean(first.reply_to),
                _clean(first.to),
                _clean(first.cc),
                first.root,
            )
    root, damage = read_structure(data, headers, section.body)
    return _Letter(
        subject=headers.first("subject"),
        sender=_addresses(headers, "from"),
        reply_to=_addresses(headers, "reply-to"),
        to=_addresses(headers, "to"),
        cc=_addresses(headers, "cc"),
        root=root,
        damage=damage,
    )


def _addresses(headers: Headers, name: str) -> tuple[Address, ...]:
    return parse_addresses(", ".join(headers.raw(name)), headers.country)


def _clean(addresses: Iterable[Address]) -> tuple[Address, ...]:
    """Clean what the library gave, and drop what is no address."""
    sound = (entry for entry in addresses if is_address(entry.address))
    return tuple(Address(clean_line(entry.name, 200), entry.address) for entry in sound)


def _header_damage(headers: Headers, letter: _Letter, date: datetime | None) -> list[str]:
    """Say what is missing or doubled in the header."""
    damage: list[str] = []
    if not headers.fields:
        return ["no header"]
    if not headers.has("from"):
        damage.append("no From")
    elif not letter.sender:
        damage.append("no address in From")
    once = ("from", "subject", "date", "content-type")
    damage += [f"more than one {name.title()}" for name in once if len(headers.raw(name)) > 1]
    if any(len(value) > MAX_HEADER for name in ("from", "to", "cc") for value in headers.raw(name)):
        damage.append("an address header is too long, the rest was not read")
    if date is None and headers.has("date"):
        damage.append("unreadable Date")
    if any(not value.isascii() for _, value in headers.fields):
        damage.append("8-bit header")
    return damage


def _context(subject: str, headers: Headers, report: DeliveryReport | None) -> Context:
    threaded = headers.has("in-reply-to") or headers.has("references")
    return context_of(subject, threaded=threaded)._replace(report=report is not None)


def _words(lines: list[Line], spare: list[Line], context: Context) -> _Words:
    """Part the text into what was typed, older mail and footers.

    Where the rendition that was chosen holds nothing typed, the other one is tried.
    """
    shares = split_quoted(lines, context)
    if spare and not any(line.strip() for line in shares.typed):
        second = split_quoted(spare, context)
        shares = second if any(line.strip() for line in second.typed) else shares
    parted = part_footers(shares.typed)
    return _Words("\n".join(parted.typed), "\n".join(shares.quoted), "\n".join(parted.footer))


def _joined(lines: list[Line]) -> str:
    """Return lines as one text, quotation signs included."""
    return "\n".join(line.signs + line.text for line in lines).strip()


def _trusted(authserv_ids: frozenset[str], loop_ids: frozenset[str]) -> Trusted:
    lower = (frozenset(value.lower() for value in values) for values in (authserv_ids, loop_ids))
    return Trusted(*lower)


def _delivered_to(headers: Headers) -> tuple[str, ...]:
    values = [value for name in _DELIVERED for value in headers.raw(name)][:_MAX_DELIVERED]
    found = (entry.address.lower() for value in values for entry in parse_addresses(value)[:5])
    return tuple(dict.fromkeys(found))


def _cut(words: _Words) -> list[str]:
    limits = (("typed", words.typed, MAX_TYPED), ("quoted", words.quoted, MAX_QUOTED))
    return [
        f"more than {limit} characters of {name} text, the rest was not read"
        for name, text, limit in limits
        if len(text) > limit
    ]


def _damage(notes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(notes))[:_MAX_DAMAGE]
