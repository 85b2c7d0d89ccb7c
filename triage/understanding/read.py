"""The whole reading of a mail: each part's rules and the learned model, in their order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from triage.understanding.fields import read_fields
from triage.understanding.form import read_form, way_of
from triage.understanding.language import language_of
from triage.understanding.marker import Use, Weight, is_labelled, occurrences
from triage.understanding.model import Channel, Evidence, Finding, Kind, Reading, Source
from triage.understanding.parts import Mail, evidence

if TYPE_CHECKING:
    from datetime import datetime

    from triage.message.model import Message
    from triage.policy.model import Policy
    from triage.understanding.judge import Judge, Judgement
    from triage.understanding.marker import Occurrence

COMPLAINTS: Final = frozenset({Kind.COMPLAINT.value, Kind.MANAGEMENT_COMPLAINT.value})
MACHINES: Final = frozenset({Kind.AUTOMATIC.value, Kind.SPAM.value})
PEOPLE: Final = frozenset(kind.value for kind in Kind) - MACHINES
LEAST_BY_TALK: Final = 0.6
LEAST_BY_TEXT: Final = 0.85
LEAST_AGAINST_LABEL: Final = 0.8
"""People who complain in so many words are hardly ever taken for machines: less doubt will do."""
TALKS_LIKE_ONE: Final = 2
"""Things a mail says as machines do, from which on its text speaks plainly enough."""
LABEL_SURE: Final = 0.97
BARE_LABEL: Final = 0.88
"""Only a bare word deep in the text, or an earlier complaint taken up again."""
NO_LABEL_SURE: Final = 0.98
NO_LABEL: Final = 0.89
"""Complaints are spoken of, but none is made, as it seems."""
UNSURE: Final = 0.89
"""The most that is said of a complaint's parts where it is unsure whether it is one."""
FORM_SURE: Final = 0.97
_ANSWERED_BY: Final = frozenset({Channel.LETTER, Channel.EMAIL})


def understand(message: Message, policy: Policy, received: datetime, judge: Judge) -> Reading:
    """Return what a careful reader concludes from the mail.

    `received` (aware) is when the mail was written: relative dates count from that day in the
    policy's zone.
    """
    written = received.astimezone(policy.zone).date()
    form = read_form(message, policy)
    mail = Mail(message, policy, written, policy.home_language, form)
    language = language_of(mail)
    mail = replace(mail, language=language.value)
    labels = occurrences(mail)
    judgement = judge.judge(mail, frozenset(each.use for each in labels))
    kind = _kind(judgement, labels, mail)
    also = _also(judgement, kind.value)
    fields = read_fields(mail, kind=kind.value, also=tuple(each.value for each in also))
    contests = any(k.is_complaint or k is Kind.DISPUTE for k in (kind.value, *_values(also)))
    machine = kind.value.is_machine
    return Reading(
        language=language,
        kind=kind,
        also=also,
        marker=_marker(labels, kind.value),
        fields=replace(
            fields,
            incident_channel=_channels(judgement, mail) if contests else (),
            desired_resolution=_flag(judgement, "wish", kind),
            reply_channel=None if machine else _reply(judgement, mail),
            reason=_flag(judgement, "reason", kind),
            fault=_flag(judgement, "fault", kind),
        ),
        webform=bool(form),
    )


def _values(found: tuple[Finding[Kind], ...]) -> tuple[Kind, ...]:
    return tuple(each.value for each in found)


def _kind(judgement: Judgement, labels: tuple[Occurrence, ...], mail: Mail) -> Finding[Kind]:
    """Return the main kind.

    Someone who calls it a complaint has made a complaint (corpus conventions), unless a machine
    wrote it.
    """
    shares = judgement.shares["kind"]
    machine = sum(shares[name] for name in MACHINES)
    among: frozenset[str] | None = None
    if mail.message.report is not None:
        among = frozenset({Kind.AUTOMATIC.value})
    elif machine < _least(judgement, labels, mail) or (
        _is_our_form(mail) and shares[Kind.SPAM.value] < 0.5
    ):
        among = COMPLAINTS if is_labelled(labels, grieved=False) else PEOPLE
    verdict = judgement.verdict("kind", among)
    told = tuple(each.evidence for each in labels if each.use is Use.LABEL)
    learned = judgement.telling.get(f"k:{verdict.answer}")
    words = (*told[:1], learned) if learned else told[:1]
    if among == COMPLAINTS:
        both = sum(shares[name] for name in COMPLAINTS)
        return Finding(Kind(verdict.answer), max(verdict.confidence, min(0.95, both + 0.3)), words)
    return Finding(Kind(verdict.answer), verdict.confidence, words)


def _least(judgement: Judgement, labels: tuple[Occurrence, ...], mail: Mail) -> float:
    """Return how likely a machine must be before the mail is taken for its work.

    A person who gets no answer is worse than a robot who gets one, so the text alone must speak
    plainly: say what only machines say, or several things that they say, or leave hardly a doubt.
    """
    if mail.message.signs:
        return 0.5
    if is_labelled(labels, grieved=False):
        return LEAST_AGAINST_LABEL
    plainly = judgement.machine_words or judgement.machine_talk >= TALKS_LIKE_ONE
    return LEAST_BY_TALK if plainly else LEAST_BY_TEXT


def _is_our_form(mail: Mail) -> bool:
    """Whether the agency's own website hands on what somebody typed into its form."""
    sender, policy = mail.message.sender, mail.policy
    if not mail.form or sender is None:
        return False
    return sender.address.lower() in policy.form_senders or sender.domain in policy.agency.domains


def _are_complaints(one: Kind, other: Kind) -> bool:
    return one.is_complaint and other.is_complaint


def _also(judgement: Judgement, kind: Kind) -> tuple[Finding[Kind], ...]:
    if kind.is_machine:
        return ()
    found = []
    for each in Kind:
        if each in {kind, Kind.QUESTION} or each.is_machine or _are_complaints(each, kind):
            continue
        verdict = judgement.is_so(f"also:{each.value}")
        if verdict.answer == "yes":
            words = judgement.telling.get(f"k:{each.value}")
            found.append(Finding(each, verdict.confidence, (words,) if words else ()))
    return tuple(found)


def _marker(labels: tuple[Occurrence, ...], kind: Kind) -> Finding[bool]:
    marked = not kind.is_machine and is_labelled(labels, grieved=kind.is_complaint)
    words = tuple(each.evidence for each in labels if each.use in {Use.LABEL, Use.EARLIER})
    if not marked:
        spoken_of = any(each.use in {Use.EARLIER, Use.ELSEWHERE, Use.THREAT} for each in labels)
        return Finding(value=False, confidence=NO_LABEL if spoken_of else NO_LABEL_SURE)
    plain = any(
        each.use is Use.LABEL
        and (each.weight > Weight.BARE or each.evidence.source is Source.SUBJECT)
        for each in labels
    )
    return Finding(value=True, confidence=LABEL_SURE if plain else BARE_LABEL, evidence=words[:3])


def _channels(judgement: Judgement, mail: Mail) -> tuple[Finding[Channel], ...]:
    """Return what the form's field says, which was asked for just that; else what was judged."""
    for field in mail.fields("channel"):
        chosen = way_of(field.value)
        if chosen is not None:
            stated = evidence(mail.typed, field.start, field.end, "form: channel")
            return (Finding(chosen, FORM_SURE, (stated,)),)
    found = []
    for channel in Channel:
        verdict = judgement.is_so(f"channel:{channel.value}")
        if verdict.answer == "yes":
            words = judgement.telling.get(f"channel:{channel.value}")
            found.append(Finding(channel, verdict.confidence, (words,) if words else ()))
    return tuple(found)


def _flag(judgement: Judgement, question: str, kind: Finding[Kind]) -> Finding[bool]:
    if kind.value.is_machine:
        return Finding(value=False, confidence=1.0)
    verdict = judgement.is_so(question)
    so = verdict.answer == "yes"
    words = judgement.telling.get(question) if so else None
    sure = verdict.confidence if kind.sure else min(verdict.confidence, UNSURE)
    return Finding(so, sure, (words,) if words else ())


def _reply(judgement: Judgement, mail: Mail) -> Finding[Channel] | None:
    for field in mail.fields("reply_channel"):
        chosen = way_of(field.value)
        if chosen in _ANSWERED_BY:
            words: Evidence = evidence(mail.typed, field.start, field.end, "form: reply channel")
            return Finding(chosen, FORM_SURE, (words,))
    verdict = judgement.verdict("reply")
    if verdict.answer == "none":
        return None
    found = judgement.telling.get(f"reply:{verdict.answer}")
    return Finding(Channel(verdict.answer), verdict.confidence, (found,) if found else ())
