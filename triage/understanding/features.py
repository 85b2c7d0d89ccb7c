"""A mail as numbers: what its sentences speak for, which ideas are in it, how it looks.

The last step before the heads (`heads.py`) weigh it all. Pure, the same in training and in use.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from triage.understanding.label_places import Use
from triage.understanding.model import Source
from triage.understanding.words import fold, read_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triage.message.model import Address
    from triage.understanding.parts import Mail
    from triage.understanding.sentences import Sentence

_FREEMAIL = (
    *("gmail", "hotmail", "outlook", "live.", "yahoo", "icloud", "ziggo", "kpn", "wp.", "o2."),
    *("onet", "interia", "online.no", "home.nl", "planet", "xs4all", "protonmail", "telenet"),
)
_ROLES = frozenset(
    (
        *("info", "support", "service", "nieuwsbrief", "kontakt", "post", "biuro", "redactie"),
        *("kundeservice", "sales", "hello", "hallo", "noreply", "no-reply", "newsletter"),
    )
)
_WAYS = frozenset(
    (
        *("letter", "got_letter", "email", "calls", "called_us", "i_called", "sms", "website"),
        *("in_person", "by_letter", "by_email"),
    )
)
_BESIDE = frozenset(
    (
        *("you", "self", "answer", "no_answer", "repeated", "promise_broken", "rude", "threat"),
        *("mistake", "third_party", "please", "demand", "remedy", "paid_already", "waiting"),
        *("i_called", "outrage", "not_mine", "by_email", "by_letter", "postcode", "mail_address"),
        *("not_phone", "question"),
    )
)
_SAID = ("letter", "email")
"""Ways of which the lexica know how people ask for them: ideas `say_letter`, `say_email`."""
_WISHES = frozenset(("by_email", "by_letter", "call_me", "please", "question"))
_ASKS = frozenset(("answer", "please", "demand", "remedy"))
_PAST = frozenset(("got_letter", "called_us", "i_called", "no_answer"))
_MOST_TOLD = 3.0
"""Sentences beyond which more of the same adds nothing."""
_LAST = 6
"""Sentences at a mail's end, where most say how they want the answer."""
_LOOKED_AT = 4000
_LONG_NUMBER = re.compile(r"(?<!\d)(?:[Pp]\s?)?\d(?:[ .-]?\d){6,8}(?!\d)")
_AMOUNT = re.compile(r"[€£]\s?\d|\d\s?(?:€|eur|zł|zl|pln|kr|,-)", re.IGNORECASE)
_ADVERTISING = "✔✓➤►★•"
_LEAST = 1e-3
_LETTERS = re.compile(r"[^\W\d_]+")


def _logits(shares: np.ndarray) -> np.ndarray:
    """Return halved log-odds, bounded."""
    bounded = np.clip(shares, _LEAST, 1 - _LEAST)
    return np.asarray(np.log(bounded / (1 - bounded)) / 2)


def features(
    mail: Mail,
    uses: frozenset[Use],
    sentences: Sequence[Sentence],
    scores: np.ndarray,
    labels: Sequence[str],
) -> dict[str, float]:
    """Return the mail's features by name.

    `uses` is what the words that could be the label do; `scores` has a row per sentence, a column
    per label.
    """
    found: dict[str, float] = {}
    body = [row for row, each in enumerate(sentences) if each.source is Source.TYPED]
    subject = [row for row, each in enumerate(sentences) if each.source is Source.SUBJECT]
    _add_scores(found, scores, body, subject, labels)
    _add_ways(found, sentences, scores, body, labels)
    ideas = Counter(idea for row in body for idea in sentences[row].ideas)
    for idea, count in ideas.items():
        found[f"idea:{idea}"] = min(math.log1p(count), 1.6)
    for row in subject:
        for idea in sentences[row].ideas:
            found[f"subject idea:{idea}"] = 1.0
    words = sum(len(sentences[row].words) for row in body)
    found["length"] = math.log1p(words) / 5
    found["long"] = float(words > 250)
    found["short"] = float(words < 12)
    _add_looks(found, mail, uses)
    return found


def _add_scores(
    found: dict[str, float],
    scores: np.ndarray,
    body: list[int],
    subject: list[int],
    labels: Sequence[str],
) -> None:
    size = len(labels)
    typed = scores[body] if body else np.full((1, size), 0.01)
    head = scores[subject].max(axis=0) if subject else np.full(size, 0.01)
    ordered = np.sort(typed, axis=0)[::-1]
    second = ordered[1] if len(ordered) > 1 else np.zeros(size)
    told = {
        "best": _logits(ordered[0]),
        "second": _logits(second),
        "subject": _logits(head),
        "mean": typed.mean(axis=0) * 4,
        "first": _logits(typed[:3].max(axis=0)),
        "sum": np.minimum(typed.sum(axis=0), _MOST_TOLD),
    }
    for what, values in told.items():
        for label, value in zip(labels, values.tolist(), strict=True):
            found[f"{what}:{label}"] = value


def _add_ways(
    found: dict[str, float],
    sentences: Sequence[Sentence],
    scores: np.ndarray,
    body: list[int],
    labels: Sequence[str],
) -> None:
    """Add what is said of letters, calls, mails in one breath: wished for, or told of the past."""
    said = {way for row in body for way in _SAID if f"say_{way}" in sentences[row].ideas}
    if said:
        found[f"said:{'+'.join(sorted(said))}"] = 1.0
    for row in body:
        ideas = set(sentences[row].ideas)
        for way in ideas & _WAYS:
            for other in ideas & _BESIDE - {way}:
                found[f"both:{way}+{other}"] = 1.0
            if not ideas & _WISHES:
                found[f"told:{way}"] = 1.0
        for way in ideas & {"by_letter", "by_email"}:
            if not ideas & _PAST:
                found[f"wish:{way}"] = 1.0 + bool(ideas & _ASKS)
    for label in ("reply:letter", "reply:email"):
        if label in labels and body:
            last = scores[body[-_LAST:], labels.index(label)].max()
            found[f"last:{label}"] = float(_logits(last))


def _add_looks(found: dict[str, float], mail: Mail, uses: frozenset[Use]) -> None:
    message = mail.message
    for sign in message.signs:
        found[f"sign:{sign.code.value}"] = 1.0
    found["any sign"] = 2.0 * bool(message.signs)
    for use in uses:
        found[f"label:{use.value}"] = 1.0
    found["labelled"] = 2.0 * (Use.LABEL in uses)
    found["form"] = float(bool(mail.form))
    found["quoted"] = float(bool(message.quoted))
    subject = message.subject.lower()
    found["reply"] = float(subject[:3] in {"re:", "sv:", "aw:", "odp", "fw:", "vs:", "ant"})
    found["number"] = float(bool(_LONG_NUMBER.search(mail.typed[:_LOOKED_AT])))
    found["amount"] = float(bool(_AMOUNT.search(mail.typed[:_LOOKED_AT])))
    found["links"] = min(mail.typed.lower().count("http") + mail.typed.count("www."), 3) / 2
    found["advertising"] = float(any(mark in mail.typed for mark in _ADVERTISING))
    sender = message.sender
    if sender is not None:
        found["no reply"] = float("repl" in sender.local or sender.local == "mailer-daemon")
        found["own"] = float(sender.address.lower() in mail.policy.mailboxes)
        found["agency"] = float(sender.domain in mail.policy.agency.domains)
        found["freemail"] = float(any(name in sender.domain for name in _FREEMAIL))
        found["role"] = float(sender.local.split(".")[0] in _ROLES)
        if not mail.form and not found["own"]:
            found |= _sender_looks(sender, mail.typed, number=bool(found["number"]))


def _sender_looks(sender: Address, typed: str, *, number: bool) -> dict[str, float]:
    """Return whether the sender looks like a firm or a person, by what name and address share.

    `Knipperij Zuid <afspraak@knipperijzuid.example>` and `Sylvana <s.rog@...>`: machines and
    sellers write as firms, and seldom name a case.
    """
    names, local = _name_words(sender.name), _name_words(sender.local)
    domain = [word for word in _name_words(sender.domain.rpartition(".")[0]) if len(word) >= 4]
    firm = any(_share(word, name) for word in domain for name in names)
    person = any(word in name for word in local if len(word) >= 3 for name in names)
    text = set(read_words(typed).forms)
    return {
        "from: firm": float(firm),
        "from: person": float(person),
        "from: firm in text": float(any(word in text for word in domain)),
        "from: firm only": float(firm and not person),
        "from: person only": float(person and not firm),
        "from: firm, no number": float(firm and not number),
        "from: no name": float(not names),
    }


def _name_words(text: str) -> list[str]:
    return [fold(word) for word in _LETTERS.findall(text)]


def _share(word: str, name: str) -> bool:
    """Whether a word of the domain holds a word of the name, or the other way round."""
    return len(name) > 3 and (word in name or name in word)
