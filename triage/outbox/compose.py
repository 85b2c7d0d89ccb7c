"""A finished mail from a decision: headers by RFC 3834 and RFC 5230, plain text and HTML.

Pure: the Message-ID and the moment are passed in. Nothing that the sender wrote is in it but the
Message-IDs that thread it, which are checked for form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC
from email import policy as email_policy
from email.headerregistry import Address as HeaderAddress
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from triage.outbox import wording
from triage.policy.opening import next_opening
from triage.understanding.model import Channel, Kind

if TYPE_CHECKING:
    from datetime import datetime
    from email.policy import Policy as MailPolicy

    from triage.decision import Decision
    from triage.message.model import Message
    from triage.outbox.render import Templates, Text
    from triage.policy.model import Policy
    from triage.understanding.model import Reading

LOOP_HEADER = "X-Triage-Loop"
_MESSAGE_ID = re.compile(r"[!-;=?-~]{1,240}@[!-;=?-~]{1,240}")
_MOST_REFERENCES = 10
"""RFC 5322 sets no limit; a header of ten ids stays well below every server's."""


class _MessageIds(UnstructuredHeader, BaseHeader):
    """Message-IDs, one a line and never cut: Exchange's are longer than a line should be.

    The library would make encoded words of those, which no mail client can thread by.
    """

    def fold(self, *, policy: MailPolicy) -> str:
        """Return the field in its wire form."""
        ids = f"{policy.linesep} ".join(self.split())
        return f"{self.name}: {ids}{policy.linesep}"


class _Registry(HeaderRegistry):
    """The library makes a class anew for each header that is set; here each is made once."""

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[str, type] = {}

    def __getitem__(self, name: str) -> type:
        """Return the class of a header."""
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = super().__getitem__(name)
        return made


def _header_registry() -> HeaderRegistry:
    registry = _Registry()
    for name in ("message-id", "in-reply-to", "references"):
        registry.map_to_type(name, _MessageIds)
    return registry


WIRE = email_policy.SMTP.clone(max_line_length=76, header_factory=_header_registry())
"""How our mails are written: lines of at most 76 characters where they can be cut."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends: the addresses that do not depend on the mail's text."""

    sender: str
    """From address, read by people."""
    bounce_address: str | None
    """Envelope sender; None: the From address; "" the null path."""
    instance: str
    """Id of this installation, in the loop header."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail ready for the queue."""

    message_id: str
    recipient: str
    envelope_from: str
    subject: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Occasion:
    """The mail that is answered, and what was decided about it."""

    message: Message
    reading: Reading
    policy: Policy
    decision: Decision
    received: datetime
    """When the server received it, aware UTC."""


@dataclass(frozen=True, slots=True)
class CaseName:
    """How the case is called: in texts, and with its token in subjects."""

    number: str
    tag: str


def values_for(occasion: Occasion, case_number: str, language: str) -> dict[str, Any]:
    """Return the variables of a template in one language; see `templates/README.md`."""
    decision, reading, policy = occasion.decision, occasion.reading, occasion.policy
    promises = policy.promises
    wish = reading.fields.reply_channel
    form = wish.value.value if wish and wish.value in {Channel.LETTER, Channel.EMAIL} else ""
    signature = policy.agency.signature
    where = policy.dossier.where
    term = policy.second_instance if decision.second_instance else policy.answer
    if decision.kind is Kind.DATA_REQUEST:
        term = policy.privacy
    return {
        "case_number": case_number,
        "agency": policy.agency.name,
        "country": policy.calendar.country,
        "kind": decision.kind.value,
        "received": wording.moment(occasion.received, language, policy),
        "due": wording.day(decision.due, language) if decision.due else "",
        "term": wording.term(term, language),
        "missing": list(decision.missing),
        "dossier_where": where.get(language) or where.get("en") or policy.dossier.example,
        "dossier_example": policy.dossier.example,
        "answer_aimed": promises.answer_aimed,
        "collection_paused": decision.pauses_collection,
        "independent_handler": promises.independent_handler,
        "identity_check": promises.identity_check,
        "phone_first": promises.phone_first,
        "answer_form": (form or "as_received") if promises.answer_form_as_asked else "",
        "verdict": promises.verdict,
        "directieklacht_first": decision.kind is Kind.MANAGEMENT_COMPLAINT
        and not decision.second_instance
        and policy.directieklacht_after_answer,
        "service_phone": policy.agency.service_phone,
        "office_hours": wording.office_hours(
            policy.office, language, next_opening(policy, occasion.received)[0].date()
        ),
        "payment_days": promises.payment_days,
        "proxy_contents": promises.proxy_contents,
        "proxy_sent": bool(decision.proxy.items),
        "proxy_missing": [each.value for each in decision.proxy.missing],
        "customer_pages": policy.agency.customer_pages,
        "signature": signature.get(language) or signature.get("en") or policy.agency.name,
    }


def acknowledgement(
    templates: Templates,
    envelope: Envelope,
    occasion: Occasion,
    case: CaseName,
    *,
    message_id: str,
    now: datetime,
) -> Outgoing:
    """Return the automatic answer to a mail; `message_id` is without brackets.

    Raises TemplateError; ValueError when the decision names no recipient.
    """
    decision, policy = occasion.decision, occasion.policy
    if decision.recipient is None:
        raise ValueError("a decision to acknowledge names its recipient")
    languages = wording.languages_for(decision.language, policy)
    values = {each: values_for(occasion, case.number, each) for each in languages}
    text = templates.render(decision.purpose, languages, values)
    mail = EmailMessage(policy=WIRE)
    mail["From"] = header_address(policy.agency.name, envelope.sender)
    mail["To"] = header_address("", decision.recipient)
    mail["Subject"] = one_line(f"{text.subject} {case.tag}")
    mail["Date"] = format_datetime(now.astimezone(UTC))
    mail["Message-ID"] = f"<{message_id}>"
    thread(mail, occasion.message)
    # RFC 3834 section 5.2: an answer to a message is auto-replied.
    mail["Auto-Submitted"] = "auto-replied"
    mail["X-Auto-Response-Suppress"] = "All"
    mail[LOOP_HEADER] = envelope.instance
    put_text(mail, text, languages)
    return outgoing(mail, message_id, decision.recipient, envelope)


def put_text(mail: EmailMessage, text: Text, languages: tuple[str, ...]) -> None:
    """Give the mail its two forms, plain text first, and say in which languages they are."""
    mail.set_content(text.plain, cte="quoted-printable")
    mail.add_alternative(text.html, subtype="html", cte="quoted-printable")
    # After the content, which takes all Content- fields with it into its parts.
    mail["Content-Language"] = ", ".join(languages)


def thread(mail: EmailMessage, message: Message) -> None:
    """Set In-Reply-To and References (RFC 5322 section 3.6.4); ids of a wrong form are left out."""
    if not _MESSAGE_ID.fullmatch(message.message_id):
        return
    older = message.references or message.in_reply_to[:1]
    ids = [each for each in older if _MESSAGE_ID.fullmatch(each) and each != message.message_id]
    if len(ids) >= _MOST_REFERENCES:
        # RFC 5537 section 3.4.4 keeps the first and the latest.
        ids = [ids[0], *ids[-(_MOST_REFERENCES - 2) :]]
    mail["In-Reply-To"] = f"<{message.message_id}>"
    mail["References"] = " ".join(f"<{each}>" for each in (*ids, message.message_id))


def outgoing(mail: EmailMessage, message_id: str, recipient: str, envelope: Envelope) -> Outgoing:
    """Return the mail in its wire form with its envelope."""
    bounce = envelope.bounce_address
    to = _wire_address(recipient)
    # RFC 6532: an address beyond ASCII cannot be encoded, it stands in UTF-8 as it is (SMTPUTF8).
    wire = WIRE if to.isascii() else WIRE.clone(utf8=True)
    return Outgoing(
        message_id=message_id,
        recipient=to,
        envelope_from=envelope.sender if bounce is None else bounce,
        subject=str(mail["Subject"]),
        raw=mail.as_bytes(policy=wire),
    )


def one_line(text: str) -> str:
    """Return the text fit for a header: one line, no control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def header_address(name: str, address: str) -> HeaderAddress:
    """Return an address for From or To, of whatever form a sender has; its domain in ASCII."""
    local, _, domain = _wire_address(address).rpartition("@")
    return HeaderAddress(one_line(name), local, domain)


def _wire_address(address: str) -> str:
    """Return the address with its domain in ASCII (IDNA), as SMTP without SMTPUTF8 wants it."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return address
