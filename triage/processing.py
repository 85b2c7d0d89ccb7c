"""From a mail in the ledger to its decision in the register: the pure rooms between two ends.

A mail that breaks a step stays in the ledger with the reason, is tried again after a pause, and
delays no other. One that cannot be read is set aside at once: reading depends on nothing but the
mail, so it would fail again.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import structlog

from triage.acknowledging import Reason
from triage.answering import FolderSign, Found, as_ours, filed_by_hand, said_by_us
from triage.bounds import MailBounds, bounded
from triage.decision import decide
from triage.errors import MailUnreadable, RegisterUnavailable, SettingsError, TriageError
from triage.masking import mask
from triage.message.reader import read_message
from triage.outbox.compose import CaseName, Envelope, Occasion, acknowledgement
from triage.register import worklist
from triage.register.apply import Handled, apply
from triage.register.cases import addresses_of
from triage.register.history import history_for
from triage.register.ledger import entry_of, raw_of
from triage.register.queued import QueuedMail
from triage.register.states import EntryState
from triage.register.tasks import raise_alarm
from triage.signals import hear, note_said, obey
from triage.understanding.model import Finding, Kind
from triage.understanding.read import understand
from triage.warm_up import warm_up

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlmodel import Session

    from triage.decision import Caps, History
    from triage.message.model import Message
    from triage.outbox.render import Templates
    from triage.policy.model import Policy
    from triage.register.database import Register
    from triage.register.queued import CaseReference
    from triage.register.tables import LedgerEntry
    from triage.understanding.judge import Judge
    from triage.understanding.model import Reading

log = structlog.get_logger(__name__)

_ERROR_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Rules:
    """What a decision needs beside the mail: the settings of this installation, as values."""

    policies: Mapping[str, Policy]
    caps: Caps
    own_addresses: frozenset[str]
    envelopes: Mapping[str, Envelope]
    """Watched mailbox → who answers for it."""
    trusted_authserv_ids: Mapping[str, frozenset[str]]
    """Watched mailbox → whose Authentication-Results are believed."""
    instance: str
    """Id of this installation, in the loop header of all its mails."""
    folder_signs: Mapping[tuple[str, str], FolderSign] = field(default_factory=dict)
    """Watched mailbox and folder → what that folder says of the mails in it."""
    bounds: MailBounds = field(default_factory=MailBounds)
    """What reading one mail may cost."""


class Processor:
    """Takes waiting mails to their decisions, one after the other."""

    def __init__(
        self, register: Register, rules: Rules, judge: Judge, templates: Templates, worker: str
    ) -> None:
        self._register = register
        self._rules = rules
        self._judge = judge
        self._templates = templates
        self._worker = worker

    def warm_up(self) -> None:
        """Make ready what the first real mail would wait for."""
        now = self._register.clock.now()
        warm_up(self._rules.policies.values(), self._judge, self._templates, now)

    def note_end(self) -> None:
        """Take back what this worker held when its process last ended; to be called at the start.

        A mail that was in hand twice in a row is set aside.
        """
        with self._register.transaction() as session:
            in_hand = worklist.note_end(session, self._worker, self._register.clock.now())
        for entry in in_hand:
            state = entry.state.value
            log.warning("service had ended with this mail in hand", entry=entry.id, state=state)

    def void_claims(self) -> None:
        """Take back what this worker holds and does not process."""
        with self._register.transaction() as session:
            worklist.void_claims(session, self._worker)

    def claim(self, limit: int) -> tuple[LedgerEntry, ...]:
        """Return mails that this worker is to process next."""
        with self._register.transaction() as session:
            now = self._register.clock.now()
            return worklist.claim_entries(session, self._worker, now, limit)

    def give_back(self, entries: tuple[LedgerEntry, ...]) -> None:
        """Return claimed mails that were not begun."""
        with self._register.transaction() as session:
            worklist.give_back(session, [entry.id for entry in entries], self._worker)

    def process(self, claimed: LedgerEntry) -> None:
        """Decide upon one claimed mail and store it, or note why that failed.

        Raises RegisterUnavailable when not even that could be noted; the claim then expires.
        """
        try:
            self._decide(claimed)
        except RegisterUnavailable:
            raise
        except MailUnreadable as error:
            reason = _reason(error)
            log.exception(
                "mail set aside", entry=claimed.id, error=reason, exc_info=error.__cause__
            )
            with self._register.transaction() as session:
                worklist.set_aside(session, claimed.id, reason, self._register.clock.now())
        except Exception as error:  # whatever is wrong with one mail, the others go on
            reason = _reason(error)
            # Where the fault is ours alone, the log says where in the code.
            unforeseen = None if isinstance(error, TriageError) else error
            log.exception("mail failed", entry=claimed.id, error=reason, exc_info=unforeseen)
            with self._register.transaction() as session:
                worklist.fail_entry(session, claimed.id, reason, self._register.clock.now())

    def _decide(self, entry: LedgerEntry) -> None:
        rules = self._rules
        sign = rules.folder_signs.get((entry.mailbox, entry.folder))
        if entry.duplicate_of is not None and self._heard(entry.id, sign):
            return
        with self._register.reading() as session:
            raw = raw_of(session, entry)
        policy = rules.policies.get(entry.policy)
        if policy is None or entry.mailbox not in rules.envelopes:
            raise SettingsError(
                f"{entry.mailbox} ({entry.policy}) is no longer in the settings",
                remedy="Add it again, or answer by hand",
            )
        message, reading = self._read(raw, entry, policy)
        if sign is FolderSign.COMPLAINT and not reading.kind.value.is_complaint:
            reading = replace(reading, kind=Finding(Kind.COMPLAINT, 1.0))
        with self._register.transaction() as session:
            now = self._register.clock.now()
            entry = entry_of(session, entry.id, lock=True)
            if entry.state is EntryState.DONE:
                return  # another worker was quicker: our claim had expired meanwhile
            own = set(rules.own_addresses)
            if sign is not None and sign.is_ours and message.sender is not None:
                own.add(message.sender.address.lower())
            history = history_for(
                session,
                message,
                reading,
                policy,
                entry,
                caps=rules.caps,
                own_addresses=frozenset(own),
                now=now,
            )
            decision = decide(message, reading, policy, history, now)
            found = self._found(session, policy, entry, history)
            said = said_by_us(message, reading, history, found)
            if said is not None:
                decision = as_ours(decision, history, said, found)
            elif sign is not None and sign is not FolderSign.COMPLAINT:
                decision = filed_by_hand(decision, sign)
            occasion = Occasion(message, reading, policy, decision, entry.received_at)
            number = apply(
                session,
                entry.id,
                Handled(message, reading, policy, decision, history.joined),
                lambda case: self._answers(occasion, entry, case, now),
                now,
            )
            if Reason.RATE in decision.reasons and history.breaker_is_open:
                _alarm(session, history.caps, now)
            note_said(session, entry, number, said, now)
            if sign is not None and said is None:
                obey(session, entry, sign, now)
        log.info(
            "mail handled",
            entry=entry.id,
            mailbox=entry.mailbox,
            case=number,
            kind=decision.kind.value,
            language=decision.language,
            acknowledged=decision.acknowledge,
            reasons=[reason.value for reason in decision.reasons],
        )

    def _read(self, raw: bytes, entry: LedgerEntry, policy: Policy) -> tuple[Message, Reading]:
        """Return what stands in a mail. Raises MailUnreadable."""
        rules = self._rules
        with bounded(rules.bounds):
            try:
                message = read_message(
                    raw,
                    home_country=policy.calendar.country,
                    trusted_authserv_ids=rules.trusted_authserv_ids.get(entry.mailbox, frozenset()),
                    loop_ids=frozenset({rules.instance}),
                )
                said_on = message.date or entry.received_at
                return message, understand(message, policy, said_on, self._judge)
            except Exception as error:  # noqa: BLE001 - told below, where memory is to be had again
                broke = error
        if isinstance(broke, MemoryError):
            reason = f"needs more memory than {rules.bounds.megabytes} MB"
        else:
            reason = f"broke off: {_reason(broke)}"
        raise MailUnreadable(f"Reading it {reason}") from broke

    def _heard(self, entry_id: int, sign: FolderSign | None) -> bool:
        with self._register.transaction() as session:
            entry = entry_of(session, entry_id)
            return hear(session, entry, sign, self._register.clock.now())

    def _found(
        self,
        session: Session,
        policy: Policy,
        entry: LedgerEntry,
        history: History,
    ) -> Found:
        signs = self._rules.folder_signs
        trusted = self._rules.trusted_authserv_ids.get(entry.mailbox, frozenset())
        return Found(
            sign=signs.get((entry.mailbox, entry.folder)),
            authserv_ids=frozenset(each.lower() for each in trusted),
            own_domains=policy.agency.domains,
            contacts=frozenset(addresses_of(session, history.case.number))
            if history.case
            else frozenset(),
            sent_is_watched=any(
                mailbox == entry.mailbox and each is FolderSign.SENT
                for (mailbox, _), each in signs.items()
            ),
        )

    def _answers(
        self, occasion: Occasion, entry: LedgerEntry, case: CaseReference | None, now: datetime
    ) -> tuple[QueuedMail, ...]:
        """Return the acknowledgement of this mail, if there is to be one."""
        if case is None or not occasion.decision.acknowledge:
            return ()
        envelope = self._rules.envelopes[entry.mailbox]
        domain = envelope.sender.rpartition("@")[2]
        message_id = f"{case.number.lower()}.{secrets.token_hex(12)}@{domain}"
        mail = acknowledgement(
            self._templates,
            envelope,
            occasion,
            CaseName(case.number, case.tag),
            message_id=message_id,
            now=now,
        )
        return (
            QueuedMail(
                message_id=mail.message_id,
                purpose=occasion.decision.purpose,
                recipient=mail.recipient,
                occasion=f"entry {entry.id}",
                envelope_from=mail.envelope_from,
                content=mail.raw,
            ),
        )


def _alarm(session: Session, caps: Caps, now: datetime) -> None:
    text = (
        f"{caps.service_hour} automatic answers within an hour: no more are given until it is over."
        " Look for a loop or a flood; raise limits.service_hour if there is none"
    )
    if raise_alarm(session, now, "breaker", text):
        log.error("breaker open", answers=caps.service_hour)


def _reason(error: Exception) -> str:
    """Return why a mail failed, one masked line for a person; of a bug, its kind as well."""
    text = str(error) if isinstance(error, TriageError) else f"{type(error).__name__}: {error}"
    return mask(" ".join(text.split()))[:_ERROR_LENGTH]
