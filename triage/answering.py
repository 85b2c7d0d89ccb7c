"""Whether a mail that we wrote is the answer a case waits for: pure functions of values.

Only what stands in the watched Sent folder, or what the receiving server vouches for, is believed
to be ours: anybody can write our address into a From header, and must not end a term by it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from triage.decision import Task
from triage.message.model import MachineSign
from triage.message.verdicts import trusted_results

if TYPE_CHECKING:
    from collections.abc import Mapping

    from triage.decision import Decision, History
    from triage.message.model import Message
    from triage.understanding.model import Reading


class FolderSign(StrEnum):
    """What a watched folder says of the mails in it."""

    SENT = "sent"
    """We wrote them."""
    ANSWERED = "answered"
    NOT_A_COMPLAINT = "not_a_complaint"
    SPAM = "spam"
    COMPLAINT = "complaint"
    INTERIM = "interim"
    """We wrote them, and they are not the answer yet."""

    @property
    def is_ours(self) -> bool:
        """Whether only we can have put what we wrote there."""
        return self in {FolderSign.SENT, FolderSign.INTERIM}


class Said(StrEnum):
    """What a mail of ours is for its case."""

    ANSWER = "answer"
    INTERIM = "interim"
    NOTHING = "nothing"
    """Neither: our automatic mail, or mail about something else."""
    UNPROVEN = "unproven"
    """It would be an answer, if only it were sure that we wrote it."""
    STRAY = "stray"
    """An answer to somebody, of no case that we know."""
    ELSEWHERE = "elsewhere"
    """It belongs to a case, but goes to none of its people."""


INTERIM_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "en": ("interim",),
    "nl": ("tussenbericht",),
    "pl": ("informacja wstępna",),
    "uk": ("проміжна відповідь",),
    "ru": ("промежуточный ответ",),
    "cs": ("průběžná odpověď",),
    "sk": ("priebežná odpoveď",),
    "lt": ("tarpinis atsakymas",),
    "tr": ("ara yanıt", "ara yanit"),
    "ar": ("رد مؤقت",),
    "no": ("foreløpig",),
    "sv": ("delbesked",),
    "da": ("foreløbig",),
    "de": ("zwischenbescheid",),
    "fr": ("réponse provisoire",),
    "es": ("respuesta provisional",),
    "it": ("risposta provvisoria",),
    "pt": ("resposta provisória",),
    "ro": ("răspuns provizoriu",),
}
"""What stands in square brackets in the subject of a mail that is not the answer yet."""
_INTERIM: Final = re.compile(
    r"\[ {0,3}(?:"
    + "|".join(word for words in INTERIM_WORDS.values() for word in words)
    + r") {0,3}\]"
)
_MACHINE: Final = frozenset(
    {
        MachineSign.AUTO_SUBMITTED,
        MachineSign.NULL_SENDER,
        MachineSign.REPORT,
        MachineSign.LIST,
        MachineSign.PRECEDENCE,
        MachineSign.LOOP,
    }
)
_TASKS: Final = {
    Said.UNPROVEN: Task(
        "unproven_answer",
        "A mail bears our address, but who wrote it is not proven: "
        "if it is our answer, say so with triage case answer",
    ),
    Said.STRAY: Task("stray_answer", "An answer of ours belongs to no case: look which it ends"),
    Said.ELSEWHERE: Task(
        "answer_elsewhere",
        "A mail of ours in this case went to somebody else: "
        "if it was the answer, say so with triage case answer",
    ),
}


@dataclass(frozen=True, slots=True)
class Found:
    """Where and how a mail was found, beside what stands in it."""

    sign: FolderSign | None
    authserv_ids: frozenset[str]
    """Whose Authentication-Results are believed, lower case."""
    own_domains: frozenset[str]
    contacts: frozenset[str]
    """Addresses of the people of its case, lower case."""
    sent_is_watched: bool
    """Whether our own copy will be found in the Sent folder."""


def said_by_us(message: Message, reading: Reading, history: History, found: Found) -> Said | None:
    """Return what a mail of ours is for its case; None for a mail that is handled as any other.

    `history.own_addresses` says who we are.
    """
    sender = message.sender.address.lower() if message.sender else ""
    kept_by_us = found.sign is not None and found.sign.is_ours
    if reading.webform or not (kept_by_us or sender in history.own_addresses):
        return None
    aside = Said.NOTHING if kept_by_us else None
    if history.answered_before or not _MACHINE.isdisjoint(sign.code for sign in message.signs):
        return aside
    sure = kept_by_us or is_proven(message, found.authserv_ids)
    to = frozenset(message.recipients)
    if history.case is not None and not found.contacts.isdisjoint(to):
        if not sure:
            return Said.UNPROVEN
        return Said.INTERIM if is_interim(message.subject, found.sign) else Said.ANSWER
    outside = any(_is_outside(address, history, found) for address in to)
    if outside and sure and (message.in_reply_to or message.references or history.case):
        return Said.ELSEWHERE if history.case else Said.STRAY
    # What one of us passes on to a watched mailbox is mail like any other.
    return aside if outside or to.isdisjoint(history.own_addresses) else None


def _is_outside(address: str, history: History, found: Found) -> bool:
    ours = address in history.own_addresses
    return not ours and address.rpartition("@")[2] not in found.own_domains


def is_interim(subject: str, sign: FolderSign | None) -> bool:
    """Return whether a mail of ours is marked as not being the answer yet."""
    return sign is FolderSign.INTERIM or _INTERIM.search(subject.casefold()) is not None


def is_proven(message: Message, authserv_ids: frozenset[str]) -> bool:
    """Return whether the receiving server vouches that the From header is true: DMARC passed.

    Its own Authentication-Results stands above all others, which anybody may have written (RFC
    8601 section 5), so that only the topmost one counts.
    """
    top = message.header("Authentication-Results")
    return trusted_results(top, authserv_ids).get("dmarc") == {"pass"}


def as_ours(decision: Decision, history: History, said: Said, found: Found) -> Decision:
    """Return the decision for a mail of ours: it opens no case, and nobody is answered."""
    task = _TASKS.get(said)
    if said is Said.UNPROVEN and found.sent_is_watched:
        task = None  # the copy in the Sent folder will say it
    return replace(
        decision,
        opens_case=False,
        joins=history.case.number if history.case else None,
        acknowledge=False,
        due=None,
        due_at=None,
        counted=(),
        pauses_collection=False,
        tasks=(task,) if task else (),
        unsure=(),
    )


def filed_by_hand(decision: Decision, sign: FolderSign) -> Decision:
    """Return the decision for a mail that was filed before the service saw it.

    Somebody has seen it: nobody is answered automatically, and spam opens no case.
    """
    return replace(
        decision,
        opens_case=decision.opens_case and sign is not FolderSign.SPAM,
        acknowledge=False,
        tasks=tuple(task for task in decision.tasks if task.code != "confirm_by_hand"),
    )
