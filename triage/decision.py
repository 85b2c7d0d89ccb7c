"""What follows from a mail: a pure function of values.

`decide` looks at the mail, what was understood of it, the policy and what the register knows, and
says which case it opens or continues, when the answer is due, whether it may be acknowledged (and
if not, every reason why), what is still missing, and what a person must do. No I/O, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from triage.acknowledging import Reason, reasons_against, recipient_of
from triage.errors import BadInput
from triage.first_steps import Task, first_steps
from triage.policy.deadline import deadline
from triage.proxy_check import CHECK, task_text
from triage.understanding.model import Finding, Kind
from triage.understanding.proxy import Proxy, read_proxy

if TYPE_CHECKING:
    from datetime import date, datetime

    from triage.message.model import Message
    from triage.policy.deadline import Deadline
    from triage.policy.model import Policy
    from triage.understanding.model import Fields, Reading

__all__ = [
    "Caps",
    "Decision",
    "History",
    "Joined",
    "KnownCase",
    "Reason",
    "Task",
    "decide",
    "given_by",
    "missing_of",
    "reasons_against",
    "recipient_of",
]


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

    per_sender_minute: int = 1
    """To one mailbox, for mails that continue no case, by the time of their receipt: a flood costs
    one answer."""
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
    sent_to_sender_minute: int = 0
    """Answers to mails that the same mailbox received within a minute of this one."""
    sent_to_sender_hour: int = 0
    sent_to_sender_day: int = 0
    sent_by_service_hour: int = 0
    bounced_addresses: frozenset[str] = frozenset()
    backlog: bool = False
    """The mail was in the mailbox before the first start."""
    caps: Caps = field(default_factory=Caps)
    received_at: datetime | None = None
    """When the server received the mail (INTERNALDATE), aware UTC; None: the Date header's time."""

    @property
    def breaker_is_open(self) -> bool:
        """Whether the whole service has given as many automatic answers as it may in an hour."""
        return self.sent_by_service_hour >= self.caps.service_hour


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
    second_instance: bool = False
    """A directieklacht after the ordinary answer."""
    proxy: Proxy = field(default_factory=Proxy)
    """What the mail brings of a power of attorney, where the procedure lists its contents."""


_CAME_BACK = {Reason.OWN_ADDRESS, Reason.LOOP}
_FIELD_OF = {"phone": "phones", "dossier_number": "dossier_numbers"}
_CLOCKS = {
    Kind.COMPLAINT: "answer",
    # A directieklacht before the ordinary answer is treated as an ordinary complaint.
    Kind.MANAGEMENT_COMPLAINT: "answer",
    Kind.DATA_REQUEST: "privacy",
}
"""Which kinds have a term of their own, and the policy's clock for it."""


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


def decide(
    message: Message, reading: Reading, policy: Policy, history: History, now: datetime
) -> Decision:
    """Return what to do with one mail; `now` (aware UTC) bounds a receipt time in the future."""
    reading = _as_answer(message, reading, history)
    kind = reading.kind.value
    recipient = recipient_of(message, reading)
    reasons = reasons_against(message, reading, policy, history, recipient)
    case = _continued(kind, history.case)
    starts_term = kind in _CLOCKS and (case is None or case.kind not in _CLOCKS)
    given = given_by(message, reading.fields)
    if case is None or starts_term:
        missing = _required(reading, policy, {*given, *(case.given if case else ())})
    else:
        missing = _still_missing(reading, policy, case, {*given})
        if not set(case.missing) - set(missing):
            # The case has its acknowledgement; an answer to every answer would be a loop.
            reasons = tuple(r for r in Reason if r in {*reasons, Reason.ANSWERED_BEFORE})
    second = _is_second_instance(kind, history.case)
    clock = "second_instance" if second else _CLOCKS.get(kind)
    received = history.received_at or message.date or now
    due = _due(policy, min(received, now), now, clock) if clock and starts_term else None
    starts = case is None or starts_term
    unsure = _unsure(reading)
    if not starts_term and not _kind_matters(case):
        unsure = tuple(key for key in unsure if key not in {"kind", "marker"})
    proxy = _proxy(message, reading, policy, case, min(received, now))
    return Decision(
        kind=kind,
        # Our own mail that came back is no case, whatever its words are taken for.
        opens_case=case is None and not kind.is_machine and not {*reasons} >= _CAME_BACK,
        joins=case.number if case else None,
        acknowledge=not reasons,
        reasons=reasons,
        recipient=recipient,
        language=reading.language.value,
        missing=missing,
        given=given,
        due=due.due if due else None,
        due_at=due.due_at if due else None,
        counted=tuple(map(str, due.counted)) if due else (),
        # Promised from a complaint's receipt to its answer; of a directieklacht it is not said.
        pauses_collection=kind.is_complaint and policy.promises.collection_paused and not second,
        tasks=(
            *_tasks(message, reading, policy, reasons, case, min(received, now), starts=starts),
            *_proxy_task(reading, policy, proxy, reasons, case),
        ),
        unsure=unsure,
        purpose=_purpose(kind, continues=case is not None and not starts_term),
        second_instance=second,
        proxy=proxy,
    )


def _proxy(
    message: Message,
    reading: Reading,
    policy: Policy,
    case: KnownCase | None,
    received: datetime,
) -> Proxy:
    """Return the check of a power of attorney, of a mail or a case that is about one."""
    kinds = {reading.kind.value, *(each.value for each in reading.also)}
    about = Kind.AUTHORISATION in kinds or (case is not None and case.kind is Kind.AUTHORISATION)
    if not (policy.promises.proxy_contents and about) or reading.kind.value.is_machine:
        return Proxy()
    written = (message.date or received).astimezone(policy.zone).date()
    return read_proxy(message, reading, policy, written)


def _proxy_task(
    reading: Reading,
    policy: Policy,
    proxy: Proxy,
    reasons: tuple[Reason, ...],
    case: KnownCase | None,
) -> tuple[Task, ...]:
    """Return the check for a handler; of a case that has one, `apply` brings it up to date."""
    about = reading.kind.value is Kind.AUTHORISATION and case is None
    ours = {*reasons} >= _CAME_BACK
    if ours or not policy.promises.proxy_contents or not (about or proxy.items):
        return ()
    return (Task(CHECK, task_text(proxy.items)),)


def _as_answer(message: Message, reading: Reading, history: History) -> Reading:
    """Take a bare answer in a known thread for its sender's words, not for a machine's.

    A line of facts ("dossier 40718253, 06 ...") has nothing in it that tells a person; that it
    answers our own mail does, unless a header speaks against it, or a sure reading and it brings
    nothing that was asked.
    """
    case = history.case
    if case is None or history.joined not in {Joined.THREAD, Joined.TOKEN}:
        return reading
    supplies = {*case.missing} & {*given_by(message, reading.fields)}
    doubtful = reading.kind.value.is_machine and (bool(supplies) or not reading.kind.sure)
    if not doubtful or message.signs or message.report is not None:
        return reading
    return replace(reading, kind=Finding(Kind.QUESTION, reading.kind.confidence))


def _is_second_instance(kind: Kind, case: KnownCase | None) -> bool:
    """Say whether this is a directieklacht after the ordinary answer; before it, there is none."""
    answered = case is not None and case.answered and case.kind.is_complaint
    return kind is Kind.MANAGEMENT_COMPLAINT and answered


def _continued(kind: Kind, case: KnownCase | None) -> KnownCase | None:
    """Return the case that a mail of this kind continues; None where it needs one of its own.

    A directieklacht after the answer is a case of the second instance. A complaint and a privacy
    request each have a term, which neither may lose in a case of the other.
    """
    if case is None or _is_second_instance(kind, case):
        return None
    both_have_terms = kind in _CLOCKS and case.kind in _CLOCKS
    return None if both_have_terms and kind.is_complaint != case.kind.is_complaint else case


def _required(reading: Reading, policy: Policy, given: set[str]) -> tuple[str, ...]:
    """Return what the policy requires of a complaint and `given` lacks; of others nothing."""
    wish = reading.fields.reply_channel
    channel = wish.value.value if wish else None
    return missing_of(policy, frozenset(given), channel) if reading.kind.value.is_complaint else ()


def _still_missing(
    reading: Reading, policy: Policy, case: KnownCase, given: set[str]
) -> tuple[str, ...]:
    """Return what the case lacked and this mail does not give either."""
    if reading.kind.value.is_machine:
        return case.missing
    options = {need.key: set(need.options) for need in policy.required}
    return tuple(key for key in case.missing if not given & options.get(key, {key}))


def _due(policy: Policy, received: datetime, now: datetime, clock: str) -> Deadline:
    try:
        return deadline(policy, received, clock)
    except BadInput:
        # A Date header from another century; the mail is here now.
        return deadline(policy, now, clock)


def _purpose(kind: Kind, *, continues: bool) -> str:
    if continues:
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


def _kind_matters(case: KnownCase | None) -> bool:
    """Whether it changes anything what a mail is taken for: not in a case that has its term."""
    return case is None or case.kind not in _CLOCKS


def _tasks(
    message: Message,
    reading: Reading,
    policy: Policy,
    reasons: tuple[Reason, ...],
    case: KnownCase | None,
    received: datetime,
    *,
    starts: bool,
) -> tuple[Task, ...]:
    """Return what people must do; `starts` says that the mail opens a case or starts its term."""
    kind = reading.kind.value
    tasks: list[Task] = []
    if message.report is not None and message.report.permanent:
        tasks.append(Task("bounced", "Our mail came back: reach the sender another way"))
    if kind.is_machine:
        if not reading.kind.sure and not message.signs:
            tasks.append(Task("check_reading", f"Taken for {kind.value} mail, not surely: look"))
        return tuple(tasks)
    ours = {*reasons} >= _CAME_BACK or (case is not None and Reason.OWN_ADDRESS in reasons)
    withheld = [r.value for r in reasons if r is not Reason.ANSWERED_BEFORE]
    if withheld and not ours:
        tasks.append(Task("confirm_by_hand", f"Not acknowledged ({', '.join(withheld)}): confirm"))
    if not reading.kind.sure and (starts or _kind_matters(case)):
        tasks.append(Task("check_reading", f"Taken for {kind.value}, not surely: look"))
    if message.unread and not ours:
        notes = "; ".join(message.unread)
        tasks.append(Task("read_whole", f"Not read whole ({notes}): look at the mail itself"))
    if case is not None and case.state != "open" and not starts and not ours:
        tasks.append(Task("look_again", f"A mail came to a case that is {case.state}: look"))
    if kind is Kind.MANAGEMENT_COMPLAINT and not starts and policy.directieklacht_after_answer:
        text = "Explain that the management looks at a complaint after our answer"
        tasks.append(Task("explain", text))
    if starts and not ours:
        tasks += first_steps(reading, policy, received)
    return tuple(tasks)
