"""Whether the headers say that a machine wrote the mail or that no answer is wanted.

Each rule is a function of its own that names its source (RFC 3834, RFC 5230, or custom). They all
look; none hides another. The text is judged elsewhere (`understanding`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from triage.message.addresses import parse_addresses
from triage.message.clean import clean_line
from triage.message.headers import message_ids
from triage.message.model import MachineSign, Sign
from triage.message.responders import responders
from triage.message.senders import is_list_local, is_system_local, is_system_name
from triage.message.verdicts import spam_verdict, unauthenticated

if TYPE_CHECKING:
    from collections.abc import Callable

    from triage.message.headers import Headers
    from triage.message.parts import Part

LOOP_HEADER: Final = "X-Triage-Loop"
"""The header that every mail of this product carries."""
_SHOWN: Final = 160
_COMMENT: Final = re.compile(r"\([^()]{0,500}\)")
_LISTS: Final = (
    "list-id",
    "list-help",
    "list-subscribe",
    "list-unsubscribe",
    "list-post",
    "list-owner",
    "list-archive",
    "mailing-list",
    "x-mailing-list",
    "x-mailman-version",
    "x-beenthere",
)
_PRECEDENCES: Final = frozenset(("bulk", "list", "junk", "auto_reply", "auto-reply"))
_SUPPRESSED: Final = frozenset(("all", "oof", "autoreply"))
_NO: Final = frozenset(("no", "false", "0", ""))
_REPORT_TYPES: Final = frozenset(
    (
        "multipart/report",
        "message/delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
    )
)
_REPORT_HEADERS: Final = ("x-failed-recipients", "x-ms-exchange-message-is-ndr", "x-ndr-receipt")


@dataclass(frozen=True, slots=True)
class Trusted:
    """What the operator vouches for."""

    authserv_ids: frozenset[str] = frozenset()
    """Whose Authentication-Results are believed (RFC 8601 section 5), lower case."""
    loop_ids: frozenset[str] = frozenset()
    """Our own Message-IDs, or the right-hand side that all of them share, lower case."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the rules look at."""

    headers: Headers
    root: Part
    trusted: Trusted


def machine_signs(headers: Headers, root: Part, trusted: Trusted) -> tuple[Sign, ...]:
    """Return every sign of a machine in headers and structure, in the order of the rules."""
    envelope = Envelope(headers, root, trusted)
    return tuple(sign for rule in RULES for sign in rule(envelope))


def auto_submitted(envelope: Envelope) -> list[Sign]:
    """RFC 3834 sections 2 and 5, RFC 5230 section 4.6: any Auto-Submitted keyword other than `no`.

    Comments and parameters do not count, nor does case; unknown keywords are automatic.
    """
    return [
        _sign(MachineSign.AUTO_SUBMITTED, "Auto-Submitted", value)
        for value in envelope.headers.all("auto-submitted")
        if _keyword(value) not in {"no", ""}
    ]


def auto_reply_flags(envelope: Envelope) -> list[Sign]:
    """RFC 3834 section 2 allows it: X-Autoreply and kin, and the fields of ticket systems."""
    found = (
        (name, envelope.headers.first(name)) for name in responders().programs_in(envelope.headers)
    )
    return [
        _sign(MachineSign.AUTO_SUBMITTED, name, value)
        for name, value in found
        if _keyword(value) not in _NO
    ]


def auto_reply_subject(envelope: Envelope) -> list[Sign]:
    """RFC 3834 section 2 allows it: what out-of-office programs put before the subject.

    Exchange, Notes and others keep them even where a gateway drops Auto-Submitted.
    """
    subject = envelope.headers.first("subject")
    if not responders().is_answer(subject):
        return []
    return [_sign(MachineSign.AUTO_SUBMITTED, "Subject", subject)]


def read_receipt(envelope: Envelope) -> list[Sign]:
    """RFC 8098 without its form: old Exchange and Notes tell of reading by subject alone."""
    subject = envelope.headers.first("subject")
    return (
        [_sign(MachineSign.REPORT, "Subject", subject)] if responders().is_receipt(subject) else []
    )


def null_sender(envelope: Envelope) -> list[Sign]:
    """RFC 3834 section 2: nothing is ever answered whose return path is null (`<>`).

    Some servers write the null path as MAILER-DAEMON (sendmail, EZweb).
    """
    path = return_path(envelope.headers)
    if path is None or not (path == "" or path.lower().startswith("mailer-daemon")):
        return []
    return [_sign(MachineSign.NULL_SENDER, "Return-Path", f"<{path}>")]


def report(envelope: Envelope) -> list[Sign]:
    """RFC 3834 section 2: no delivery or disposition notification is answered (RFC 3464, RFC 8098).

    multipart/report, or one of its machine-readable parts, or the header by which mail servers mark
    their own failures.
    """
    for part in envelope.root.walk():
        if part.content_type in _REPORT_TYPES:
            return [_sign(MachineSign.REPORT, "Content-Type", part.content_type)]
        if part.content_type == "message/rfc822":
            break
    found = (name for name in _REPORT_HEADERS if envelope.headers.has(name))
    return [_sign(MachineSign.REPORT, name, envelope.headers.first(name)) for name in found]


def mailing_list(envelope: Envelope) -> list[Sign]:
    """RFC 5230 section 4.6: any of the seven List-* fields (RFC 2369, RFC 2919), or older ones."""
    for name in _LISTS:
        if envelope.headers.has(name):
            return [_sign(MachineSign.LIST, name, envelope.headers.first(name))]
    return []


def precedence(envelope: Envelope) -> list[Sign]:
    """RFC 3834 section 2 (MAY), RFC 2076: Precedence bulk, list or junk, in any case."""
    return [
        _sign(MachineSign.PRECEDENCE, "Precedence", value)
        for value in envelope.headers.all("precedence")
        if _keyword(value) in _PRECEDENCES
    ]


def mailing_service(envelope: Envelope) -> list[Sign]:
    """RFC 3834 section 2 allows it: fields of bulk mailing services, for want of List-*.

    Website forms may come through such a service, so it counts as Precedence does.
    """
    found = responders().mailings_in(envelope.headers)
    return [_sign(MachineSign.PRECEDENCE, name, envelope.headers.first(name)) for name in found[:1]]


def suppress(envelope: Envelope) -> list[Sign]:
    """MS-OXCMAIL section 2.2.3.2.14: X-Auto-Response-Suppress lists All, OOF or AutoReply."""
    return [
        _sign(MachineSign.SUPPRESS, "X-Auto-Response-Suppress", value)
        for value in envelope.headers.all("x-auto-response-suppress")
        if _SUPPRESSED.intersection(re.split(r"[,;\s]+", value.lower()))
    ]


def system_sender(envelope: Envelope) -> list[Sign]:
    """RFC 5230 section 4.6, RFC 3834 section 2: mailer-daemon, owner-*, *-request, no-reply.

    Looks at From; of the return path only at what lists and mail servers use. Postmaster may be a
    person.
    """
    for value in envelope.headers.raw("from"):
        addresses = parse_addresses(value)
        if any(is_system_local(entry.local) for entry in addresses):
            return [_sign(MachineSign.SYSTEM_SENDER, "From", value)]
        bare = value.strip().strip("<>").lower()
        shown = " ".join([bare, *(entry.name.lower() for entry in addresses)])
        if bare.startswith("mailer-daemon") or is_system_name(shown):
            return [_sign(MachineSign.SYSTEM_SENDER, "From", value)]
    path = (return_path(envelope.headers) or "").rpartition("@")[0].lower()
    if path and is_list_local(path):
        return [_sign(MachineSign.SYSTEM_SENDER, "Return-Path", path)]
    return []


def own_loop(envelope: Envelope) -> list[Sign]:
    """RFC 3834 section 2, 5230 section 4.6: our own mail come back, by our header or Message-ID.

    The loop header comes first, since some providers rewrite Message-IDs. X-Loop is the custom of
    others who guard against loops.
    """
    for name in (LOOP_HEADER, "X-Loop"):
        if envelope.headers.has(name.lower()):
            return [_sign(MachineSign.LOOP, name, envelope.headers.first(name.lower()))]
    for ident in message_ids(envelope.headers.first("message-id")):
        whole = ident.lower()
        if {whole, whole.rpartition("@")[2]} & envelope.trusted.loop_ids:
            return [_sign(MachineSign.LOOP, "Message-ID", ident)]
    return []


def flagged_spam(envelope: Envelope) -> list[Sign]:
    """RFC 3834 sections 2 and 7: what the receiving server took for spam or malware."""
    found = spam_verdict(envelope.headers)
    return [_sign(MachineSign.SPAM, *found)] if found else []


def failed_authentication(envelope: Envelope) -> list[Sign]:
    """RFC 8601: the receiving server's own Authentication-Results say that the sender is forged."""
    found = unauthenticated(envelope.headers, envelope.trusted.authserv_ids)
    return [_sign(MachineSign.UNAUTHENTICATED, "Authentication-Results", found)] if found else []


RULES: Final[tuple[Callable[[Envelope], list[Sign]], ...]] = (
    auto_submitted,
    auto_reply_flags,
    auto_reply_subject,
    null_sender,
    report,
    read_receipt,
    mailing_list,
    precedence,
    mailing_service,
    suppress,
    system_sender,
    own_loop,
    flagged_spam,
    failed_authentication,
)


def return_path(headers: Headers) -> str | None:
    """Return the envelope sender; empty for the null path, None when the header is absent."""
    values = headers.raw("return-path")
    if not values:
        return None
    inner = values[0].strip()
    if inner.startswith("<") or not inner:
        inner = inner.strip("<> \t")
    found = parse_addresses(inner)
    return found[0].address if found else clean_line(inner, 320)


def _keyword(value: str) -> str:
    """Return a field's keyword: without comments and parameters, lower case."""
    return _COMMENT.sub(" ", value).partition(";")[0].strip().lower()


def _sign(code: MachineSign, name: str, value: str) -> Sign:
    return Sign(code, clean_line(f"{name}: {value}", _SHOWN))
