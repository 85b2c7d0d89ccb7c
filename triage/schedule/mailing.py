"""The morning's digests: made from the register, queued once per reader and working day."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from triage import resources
from triage.outbox.render import Templates
from triage.policy.calendar import is_working_day
from triage.register.outbox_desk import withhold_mail
from triage.schedule import digest_view, gather, letters
from triage.schedule.audience import Reader, readers
from triage.schedule.digest import Frame, build, with_words
from triage.schedule.plan import Plan
from triage.schedule.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from triage.policy.model import Policy
    from triage.register.database import Register
    from triage.schedule.digest import Digest
    from triage.settings import Settings

PURPOSE = "digest"
_LONGEST_BREAK = 60
"""Days that are looked back at most for a working day."""


def send_digests(register: Register, plan: Plan, now: datetime) -> int:
    """Queue the digests that are due today and not yet queued; return how many.

    Due from the set time on, on days on which one of the reader's agencies works. Those of days
    gone by are not caught up: today's tells all that is still so.
    """
    today = now.astimezone(plan.zone).date()
    if now < set_time(plan, today):
        return 0
    due = [reader for reader in readers(plan.settings) if _works(plan, reader, today)]
    occasion = today.isoformat()
    addresses = [reader.address for reader in due]
    with register.reading() as session:
        queued = letters.already_queued(session, PURPOSE, occasion, addresses)
    waiting = [reader for reader in due if reader.address not in queued]
    if not waiting:
        return 0
    told = digests_for(register, plan, waiting, now)
    return sum(_send(register, plan, reader, told[reader], occasion, now) for reader in waiting)


def _send(
    register: Register, plan: Plan, reader: Reader, told: Digest, occasion: str, now: datetime
) -> bool:
    letter = letters.Letter(
        purpose=PURPOSE,
        occasion=occasion,
        subject=f"{told.title}: {told.summary}"[:160],
        text=digest_view.as_text(told, plan.templates),
        html=digest_view.as_html(told, plan.templates),
    )
    silent = told.empty and plan.settings.digest.when_empty == "silent"
    with register.transaction() as session:
        outbox_id = letters.post(session, letter, reader.address, plan.envelope(), now)
        if outbox_id is not None and silent:
            # Its row stays, so that this day's digest counts as made.
            withhold_mail(session, outbox_id, "there is nothing to say", now)
    return outbox_id is not None and not silent


def digests_for(
    register: Register, plan: Plan, several: Iterable[Reader], now: datetime
) -> dict[Reader, Digest]:
    """Return each reader's digest: what is so now, and what is new since the last one was sent."""
    settings = plan.settings.digest
    with register.reading() as session:
        since = {
            reader: letters.last_sent(session, PURPOSE, reader.address)
            or _before(plan, reader, now)
            for reader in several
        }
        desk = gather.desk(session, min(since.values()), now)
        told = {
            reader: build(
                desk,
                plan.policies,
                reader,
                Frame(now, last, plan.zone, settings.soon, settings.rows),
            )
            for reader, last in since.items()
        }
        words = words_of(session, set().union(*(d.entries for d in told.values())), plan.policies)
    return {reader: with_words(digest, words) for reader, digest in told.items()}


def preview(
    register: Register, policies: Mapping[str, Policy], settings: Settings, now: datetime
) -> tuple[str, str]:
    """Return the digest of everything as HTML and as plain text; nothing is queued.

    Raises TemplateError, RegisterError.
    """
    own = settings.overrides.templates
    override: Path | None = settings.path(own) if own else None
    plan = Plan(settings, policies, Templates(resources.templates(), override), "")
    address = settings.digest.to[0] if settings.digest.to else ""
    reader = Reader(address, frozenset(), everything=True)
    told = digests_for(register, plan, (reader,), now)[reader]
    return digest_view.as_html(told, plan.templates), digest_view.as_text(told, plan.templates)


def set_time(plan: Plan, day: date) -> datetime:
    """Return when the digest of that day is due; a time that DST skips counts as it was before."""
    at = time.fromisoformat(plan.settings.digest.at)
    return datetime.combine(day, at, tzinfo=plan.zone).astimezone(UTC)


def _works(plan: Plan, reader: Reader, day: date) -> bool:
    """Whether one of the agencies of which the reader is told works on that day."""
    own = [
        policy for name, policy in plan.own.items() if reader.everything or name in reader.policies
    ]
    return any(is_working_day(policy.calendar, day) for policy in own)


def _before(plan: Plan, reader: Reader, now: datetime) -> datetime:
    """Return when the last digest would have been due, for a reader who never got one."""
    day = now.astimezone(plan.zone).date()
    for _ in range(_LONGEST_BREAK):
        day -= timedelta(days=1)
        if _works(plan, reader, day):
            break
    return set_time(plan, day)
