"""What follows from a mail: a pure function of values.

`decide` looks at the mail, what was understood of it, the policy and what the register knows, and
says which case it opens or continues, when the answer is due, whether it may be acknowledged (and
if not, every reason why), what is still missing, and what a person must do. No I/O, no clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING

from triage.policy.deadline import deadline
from triage.understanding.model import Finding, Kind

if TYPE_CHECKING:
    from datetime import date, datetime

    from triage.message.model import Message
    from triage.policy.deadline import Deadline
    from triage.policy.model import Policy
    from triage.understanding.model import Fields, Reading


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


class Joined(StrEnum):
    """How a mail was tied to its case."""

    THREAD = "thread"
    """In-Reply-To or References name a Message-ID that we sent or registered."""
    TOKEN = "token"  # noqa: S105 - the name of a rule, not a secret
    """The subject or typed text holds the case number with its valid token."""
    SENDER = "sender"
    """The same address wrote before, about the same dossier, and that case is open."""


@dataclass(frozen=True, slots=True)
class KnownCase:
    """What `decide` needs to know of a case in the register."""

    number: str
    kind: Kind
    state: str
    """`open`, `answered` or `settled`."""
    missing: tuple[str, ...]
    answered: bool
    """Whether the ordinary answer has been given (directieklacht is only possible after it)."""
    acknowledged: bool
    acknowledgements: int
    """How many automatic mails this case has cost so far."""
    given: tuple[str, ...] = ()
    """Keys of required fields that earlier mails gave."""
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Caps:
    """How many automatic answers at most; beyond, the acknowledgement becomes a task."""

    per_sender_hour: int = 3
    per_sender_day: int = 10
    per_case: int = 5
    service_hour: int = 1000
    """The breaker for the whole service; reaching it raises an alarm."""


@dataclass(frozen=True, slots=True)
class History:
    """What the register knows that bears on this mail."""

    case: KnownCase | None = None
    joined: Joined | None = None
    answered_before: bool = False
    """This very mail (fingerprint) has been acknowledged already."""
    own_addresses: frozenset[str] = frozenset()
    """Every watched mailbox and every address we send from, lower case."""
    sent_to_sender_hour: int = 0
    sent_to_sender_day: int = 0
    sent_by_service_hour: int = 0
    bounced_addresses: frozenset[str] = frozenset()
    backlog: bool = False
    """The mail was in the mailbox before the first start."""
    caps: Caps = field(default_factory=Caps)
    received_at: datetime | None = None
    """When the server received the mail (INTERNALDATE), aware UTC; None: the Date header's time."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something that a person must do."""

    code: str
    """`confirm_by_hand`, `check_reading`, `bounced`, `incomplete`, `loop_alarm` ..."""
    text: str
    """One line for the handler, ids masked."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with one mail."""

    kind: Kind
    opens_case: bool
    joins: str | None
    """Number of the case it continues."""
    acknowledge: bool
    reasons: tuple[Reason, ...]
    recipient: str | None
    """The one address that an acknowledgement goes to."""
    language: str
    """Language of the sender; the outbox falls back to the home language plus English."""
    missing: tuple[str, ...]
    """Required fields that neither this mail nor its case gives, sorted."""
    given: tuple[str, ...]
    due: date | None
    due_at: datetime | None
    """End of that day in the policy's zone, aware UTC."""
    counted: tuple[str, ...]
    """How the day was counted, one line a day."""
    pauses_collection: bool
    tasks: tuple[Task, ...]
    unsure: tuple[str, ...]
    """Keys of values that a person should look at."""
    purpose: str
    """What the acknowledgement is: `acknowledgement`, `supplement` (facts received), `service`."""


_ADDRESS = re.compile(r"[^@\s<>\"(),:;\\\[\]]{1,64}@[^@\s<>\"(),:;\\\[\]]{1,253}")
_FORM_MAY = frozenset(
    {Reason.AUTO_SUBMITTED, Reason.PRECEDENCE, Reason.SUPPRESS, Reason.SYSTEM_SENDER}
)
"""What a website's form mail may carry: the machine that sent it is ours, the person is in it."""
_FIELD_OF = {"phone": "phones", "dossier_number": "dossier_numbers"}


def given_by(message: Message, values: Fields) -> tuple[str, ...]:
    """Return the keys of required fields that this mail gives, sorted.

    An address is a street and a postcode or city; an e-mail address is given by the From header.
    """
    given = {
        key
        for key in (
            *("name", "phone", "dossier_number", "national_id", "reason", "fault"),
            *("incident_date", "incident_channel", "desired_resolution"),
        )
        if _is_given(getattr(values, _FIELD_OF.get(key, key)))
    }
    if values.street and (values.postcode or values.city):
        given.add("address")
    if message.sender is not None or values.emails:
        given.add("email")
    return tuple(sorted(given))


def _is_given(value: Finding[object] | tuple[Finding[object], ...] | None) -> bool:
    return bool(value.value) if isinstance(value, Finding) else bool(value)


def missing_of(policy: Policy, given: frozenset[str], reply_channel: str | None) -> tuple[str, ...]:
    """Return the keys of what the policy requires of a complaint and nobody gave, sorted."""
    return tuple(
        sorted(
            need.key
            for need in policy.required
            if need.when_reply_channel in {None, reply_channel} and not given & set(need.options)
        )
    )


def recipient_of(message: Message, reading: Reading) -> str | None:
    """Return the one address that an answer goes to.

    The person in a web form, else the From address: the promised receipt is a service response to
    whoever wrote (RFC 3834 section 4 lets a service use From; it advises against Reply-To and
    forbids Sender). None where there is no usable address.
    """
    if reading.webform:
        address = reading.fields.emails[0].value if reading.fields.emails else ""
    else:
        address = message.sender.address if message.sender else ""
    return address if _ADDRESS.fullmatch(address) and address.isprintable() else None


def reasons_against(
    message: Message, reading: Reading, policy: Policy, history: History, recipient: str | None
) -> tuple[Reason, ...]:
    """Return every reason not to answer this mail automatically (RFC 3834, RFC 5230)."""
    found = {Reason(sign.code.value) for sign in message.signs}
    if reading.webform:
        found -= _FORM_MAY
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
            or history.sent_by_service_hour >= caps.service_hour
            or (history.case is not None and history.case.acknowledgements >= caps.per_case),
            Reason.BACKLOG: history.backlog,
            Reason.AUTOMATIC_TEXT: kind is Kind.AUTOMATIC,
            Reason.SPAM: kind is Kind.SPAM,
            Reason.UNREADABLE: not message.typed.strip() and not message.subject.strip(),
            Reason.BOUNCED: (recipient or "").lower() in history.bounced_addresses,
        }.get(reason, False)
    )


def decide(
    message: Message, reading: Reading, policy: Policy, history: History, now: datetime
) -> Decision:
    """Return what to do with one mail; `now` (aware UTC) bounds a receipt time in the future."""
    kind = reading.kind.value
    recipient = recipient_of(message, reading)
    reasons = reasons_against(message, reading, policy, history, recipient)
    case = history.case
    second = kind is Kind.MANAGEMENT_COMPLAINT and case is not None and case.answered
    joins = case.number if case is not None and not second else None
    given = given_by(message, reading.fields)
    missing = _missing(reading, policy, history, frozenset(given))
    supplied = joins is not None and case is not None and bool(set(case.missing) - set(missing))
    if joins is not None and not supplied and Reason.ANSWERED_BEFORE not in reasons:
        # The case has its acknowledgement; an answer to every answer would be a loop.
        reasons = tuple(r for r in Reason if r in {*reasons, Reason.ANSWERED_BEFORE})
    due = None if joins is not None else _due(kind, policy, history, message, now, second=second)
    unsure = _unsure(reading)
    return Decision(
        kind=kind,
        opens_case=joins is None and not kind.is_machine,
        joins=joins,
        acknowledge=not reasons,
        reasons=reasons,
        recipient=recipient,
        language=reading.language.value,
        missing=missing,
        given=given,
        due=due.due if due else None,
        due_at=due.due_at if due else None,
        counted=tuple(map(str, due.counted)) if due else (),
        pauses_collection=kind.is_complaint and policy.promises.collection_paused,
        tasks=_tasks(message, reading, policy, reasons, unsure, joins),
        unsure=unsure,
        purpose=_purpose(kind, joins),
    )


def _missing(
    reading: Reading, policy: Policy, history: History, given: frozenset[str]
) -> tuple[str, ...]:
    """Return what is missing after this mail, of its own complaint or of the case it continues."""
    wish = reading.fields.reply_channel
    channel = wish.value.value if wish else None
    case = history.case
    if case is not None and not (reading.kind.value is Kind.MANAGEMENT_COMPLAINT and case.answered):
        if reading.kind.value.is_machine:
            return case.missing
        options = {need.key: set(need.options) for need in policy.required}
        return tuple(key for key in case.missing if not given & options.get(key, {key}))
    return missing_of(policy, given, channel) if reading.kind.value.is_complaint else ()


def _due(
    kind: Kind, policy: Policy, history: History, message: Message, now: datetime, *, second: bool
) -> Deadline | None:
    clock = {
        Kind.COMPLAINT: "answer",
        # A directieklacht before the ordinary answer is treated as an ordinary complaint.
        Kind.MANAGEMENT_COMPLAINT: "second_instance" if second else "answer",
        Kind.DATA_REQUEST: "privacy",
    }.get(kind)
    received = min(history.received_at or message.date or now, now)
    return deadline(policy, received, clock) if clock else None


def _purpose(kind: Kind, joins: str | None) -> str:
    if joins is not None:
        return "supplement"
    return "acknowledgement" if kind.is_complaint else "service"


def _unsure(reading: Reading) -> tuple[str, ...]:
    """Return the keys of the values that a person should look at, in reading order."""
    unsure = [key for key in ("language", "kind", "marker") if not getattr(reading, key).sure]
    for entry in fields(reading.fields):
        value = getattr(reading.fields, entry.name)
        findings = value if isinstance(value, tuple) else (value,) if value is not None else ()
        if any(not finding.sure for finding in findings):
            unsure.append(entry.name)
    return tuple(unsure)


def _tasks(
    message: Message,
    reading: Reading,
    policy: Policy,
    reasons: tuple[Reason, ...],
    unsure: tuple[str, ...],
    joins: str | None,
) -> tuple[Task, ...]:
    kind = reading.kind.value
    tasks: list[Task] = []
    if message.report is not None and message.report.permanent:
        tasks.append(Task("bounced", "Our mail came back: reach the sender another way"))
    if kind.is_machine:
        if "kind" in unsure and not message.signs:
            tasks.append(Task("check_reading", f"Taken for {kind.value} mail, not surely: look"))
        return tuple(tasks)
    withheld = [r.value for r in reasons if r is not Reason.ANSWERED_BEFORE]
    if withheld:
        tasks.append(Task("confirm_by_hand", f"Not acknowledged ({', '.join(withheld)}): confirm"))
    if "kind" in unsure:
        tasks.append(Task("check_reading", f"Taken for {kind.value}, not surely: look"))
    if joins is None:
        tasks += _first_steps(kind, policy)
    return tuple(tasks)


def _first_steps(kind: Kind, policy: Policy) -> list[Task]:
    """Return what the procedure wants of a handler first."""
    promises = policy.promises
    steps: list[tuple[bool, Task]] = [
        (
            kind.is_complaint and promises.phone_first,
            Task("phone_first", "Try to phone the sender before answering"),
        ),
        (
            kind.is_complaint and promises.independent_handler,
            Task("independent_handler", "Assign to someone who was not involved in the dossier"),
        ),
        (
            kind.is_complaint and promises.identity_check,
            Task("identity_check", "Check the sender's identity before saying anything of a case"),
        ),
        (kind is Kind.COMPLIMENT, Task("pass_on", "Pass the compliment on")),
        (
            kind is Kind.DISPUTE and not policy.objections_are_complaints,
            Task("dossier_handler", "Objection to a dossier: to the dossier's handler"),
        ),
        (kind is Kind.CALLBACK, Task("call_back", "Call the sender back")),
    ]
    return [task for wanted, task in steps if wanted]
