"""E-mail addresses in the text at which the sender can be reached, beside the From header's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from triage.understanding.model import Finding
from triage.understanding.parts import evidence
from triage.understanding.phrases import compiled

if TYPE_CHECKING:
    from triage.understanding.parts import Mail

FORM = 0.99
LABELLED = 0.96
BARE = 0.85
"""Nothing says whose it is, as in a signature."""

_ADDRESS = re.compile(
    r"(?<![\w.+-])[A-Za-z0-9_][\w.+'-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}"
)
_LIST_COMMAND = re.compile(
    r"(?:[+-](?:unsubscribe|leave|subscribe|request|afmelden|owner|bounces?|help))$"
    r"|^(?:unsubscribe|leave|afmelden|noreply|no-reply|nie-odpowiadac|ikke-svar|avmeld)\b"
)
"""Mailboxes of machines: a list's commands, senders that nobody reads."""
_FROM_NOW = re.compile(
    r"\b(?:fra nå av|frå no av|fra nu af|från och med nu|från nu|vanaf nu|vanaf vandaag|from now on"
    r"|od teraz|od dziś|od dzisiaj|ab jetzt|ab sofort)\b",
    re.IGNORECASE,
)
"""Whose "from" is no sender: `ny e-post fra nå av`."""
_SENTENCE = re.compile(r"[.!?;]\s|\n")


def emails(mail: Mail) -> tuple[Finding[str], ...]:
    """Return other contact addresses that the sender gives, in lower case, each once."""
    sender = mail.message.sender.address.lower() if mail.message.sender else ""
    found: dict[str, Finding[str]] = {}
    for match in _ADDRESS.finditer(mail.typed):
        address = match.group().lower()
        if _LIST_COMMAND.search(address.partition("@")[0]):
            continue
        if address == sender or _agencys(address, mail) or address in found:
            continue
        confidence = _confidence(mail, match.start(), match.end())
        if confidence:
            words = evidence(mail.typed, match.start(), match.end(), "e-mail address")
            found[address] = Finding(address, confidence, (words,))
    return tuple(found.values())


def _agencys(address: str, mail: Mail) -> bool:
    domain = address.rpartition("@")[2]
    ours = mail.policy.agency.domains
    return any(domain == own or domain.endswith("." + own) for own in ours)


def _confidence(mail: Mail, start: int, end: int) -> float:
    for item in mail.form:
        if item.key == "email" and item.start <= start < item.end:
            return FORM
    before = _SENTENCE.split(mail.typed[max(0, start - 60) : start])[-1]
    after = _SENTENCE.split(mail.typed[end : end + 50])[0].split("@")[0]
    before = _FROM_NOW.sub(" ", before)
    gone = _last("gone_before", before)
    foreign = _last("foreign_before", before)
    reach = _last("reach", before)
    if max(gone, foreign) >= max(reach, 0):
        return 0.0
    if any(compiled("emails", key).search(after) for key in ("gone_after", "foreign_after")):
        return 0.0
    return LABELLED if reach >= 0 else BARE


def _last(key: str, text: str) -> int:
    """Return where the last phrase of this list ends in the text, or -1."""
    return max((match.end() for match in compiled("emails", key).finditer(text)), default=-1)
