"""Whether a mail may be answered automatically, and to whom: RFC 3834 and RFC 5230, rule by rule.

Apart from whether there is a case: a withheld acknowledgement never suppresses one.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from triage.understanding.model import Kind

if TYPE_CHECKING:
    from triage.decision import History
    from triage.message.model import Message
    from triage.policy.model import Policy
    from triage.understanding.model import Reading


class Reason(StrEnum):
    """Why a mail is not acknowledged; the codes of `triage explain`."""

    AUTO_SUBMITTED = "auto_submitted"
    NULL_SENDER = "null_sender"
    REPORT = "report"
    LIST = "list"
    PRECEDENCE = "precedence"
    SUPPRESS = "suppress"
    SYSTEM_SENDER = "system_sender"
    OWN_ADDRESS = "own_address"
    LOOP = "loop"
    SPAM = "spam"
    UNAUTHENTICATED = "unauthenticated"
    NOT_ADDRESSED = "not_addressed"
    NO_ADDRESS = "no_address"
    ANSWERED_BEFORE = "answered_before"
    RATE = "rate"
    BACKLOG = "backlog"
    AUTOMATIC_TEXT = "automatic_text"
    UNREADABLE = "unreadable"
    BOUNCED = "bounced"
    """Mail to this address came back for good before."""


_ADDRESS = re.compile(r"[^@\s<>\"(),:;\\\[\]]{1,64}@[^@\s<>\"(),:;\\\[\]]{1,253}")
_FORM_MAY = frozenset(
    {Reason.AUTO_SUBMITTED, Reason.PRECEDENCE, Reason.SUPPRESS, Reason.SYSTEM_SENDER}
)
"""What a website's form mail may carry: the machine that sent it is ours, the person is in it."""


def recipient_of(message: Message, reading: Reading) -> str | None:
    """Return the one address that an answer goes to.

    The person in a web form, else the From address: the promised receipt is a service response to
    whoever wrote (RFC 3834 section 4 lets a service use From; it advises against Reply-To and
    forbids Sender). As SMTP takes it: the domain in ASCII (IDNA), however it was written, so that
    it is one address to caps, bounces and cases. None where there is no usable address.
    """
    if reading.webform:
        address = reading.fields.emails[0].value if reading.fields.emails else ""
    else:
        address = message.sender.address if message.sender else ""
    return _as_reached(address)


def _as_reached(address: str) -> str | None:
    if not _ADDRESS.fullmatch(address) or not address.isprintable() or "=?" in address:
        return None
    local, _, domain = address.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError:  # an empty label, or one longer than RFC 1035 allows
        return None
    return f"{local}@{ascii_domain}"


def reasons_against(
    message: Message, reading: Reading, policy: Policy, history: History, recipient: str | None
) -> tuple[Reason, ...]:
    """Return every reason not to answer this mail automatically (RFC 3834, RFC 5230)."""
    found = {Reason(sign.code.value) for sign in message.signs}
    found -= _FORM_MAY if reading.webform else set()
    kind = reading.kind.value
    own = history.own_addresses | set(policy.mailboxes)
    caps = history.caps
    sender = message.sender.address.lower() if message.sender else ""
    return tuple(
        reason
        for reason in Reason
        if reason in found
        or {
            Reason.REPORT: message.report is not None,
            Reason.OWN_ADDRESS: (recipient or "").lower() in own
            or (sender in own and not reading.webform),
            Reason.NOT_ADDRESSED: not own & set(message.recipients),
            Reason.NO_ADDRESS: recipient is None,
            Reason.ANSWERED_BEFORE: history.answered_before,
            Reason.RATE: history.sent_to_sender_hour >= caps.per_sender_hour
            or history.sent_to_sender_day >= caps.per_sender_day
            or history.breaker_is_open
            or (
                history.sent_to_sender_minute >= caps.per_sender_minute
                if history.case is None
                else history.case.acknowledgements >= caps.per_case
            ),
            Reason.BACKLOG: history.backlog,
            Reason.AUTOMATIC_TEXT: kind is Kind.AUTOMATIC,
            Reason.SPAM: kind is Kind.SPAM,
            # A photo of a letter without a word is a person's; nothing at all is nobody's.
            Reason.UNREADABLE: not (
                message.typed.strip() or message.subject.strip() or message.attachments
            ),
            Reason.BOUNCED: (recipient or "").lower() in history.bounced_addresses,
        }.get(reason, False)
    )
