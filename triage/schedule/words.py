"""What mails of the ledger say of themselves: read again when a digest tells them."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import structlog

from triage.message.reader import read_message
from triage.register.ledger import packed_of
from triage.schedule.digest import Words
from triage.schedule.gather import sender_words
from triage.schedule.gist import gist
from triage.understanding.form import read_form
from triage.understanding.parts import FREE_TEXT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlmodel import Session

    from triage.policy.model import Policy

log = structlog.get_logger(__name__)


def words_of(
    session: Session, entries: Iterable[int], policies: Mapping[str, Policy]
) -> dict[int, Words]:
    """Return the sender and gist of mails, by their number in the ledger.

    One that was not decided upon, or whose text is no longer kept, is left out: a digest goes out
    whatever is in a mail, and what ended the service once must not do so each morning.
    """
    found = {}
    for number, (name, packed) in sorted(packed_of(session, entries).items()):
        try:
            policy = policies.get(name) or next(iter(policies.values()))
            found[number] = _words(zlib.decompress(packed), policy)
        except Exception:  # one mail that cannot be told must not keep the others from being
            log.exception("a mail cannot be told in the digest", entry=number)
    return found


def _words(raw: bytes, policy: Policy) -> Words:
    message = read_message(raw, home_country=policy.calendar.country)
    free = [field.value for field in read_form(message, policy) if field.key in FREE_TEXT]
    sender = message.sender
    return Words(
        sender=sender_words(sender.name, sender.address) if sender else "",
        gist=gist("\n\n".join(free) or message.typed, message.subject),
    )
