"""A mail as numbers: what its sentences speak for, which ideas are in it, how it looks.

The last step before the heads (`heads.py`) weigh it all. Pure, the same in training and in use.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from triage.understanding.marker import Use, occurrences
from triage.understanding.model import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

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
_ADVERTISING = "✔✓➤►★•"
_LEAST = 1e-3


def _logit(share: float) -> float:
    bounded = min(max(share, _LEAST), 1 - _LEAST)
    return math.log(bounded / (1 - bounded)) / 2


def features(
    mail: Mail, sentences: Sequence[Sentence], scores: np.ndarray, labels: Sequence[str]
) -> dict[str, float]:
    """Return the mail's features by name; `scores` has a row per sentence, a column per label."""
    found: dict[str, float] = {}
    body = [row for row, each in enumerate(sentences) if each.source is Source.TYPED]
    subject = [row for row, each in enumerate(sentences) if each.source is Source.SUBJECT]
    _add_scores(found, scores, body, subject, labels)
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
    _add_looks(found, mail)
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
    for column, label in enumerate(labels):
        second = float(ordered[1][column]) if len(ordered) > 1 else 0.0
        found[f"best:{label}"] = _logit(float(ordered[0][column]))
        found[f"second:{label}"] = _logit(second)
        found[f"subject:{label}"] = _logit(float(head[column]))
        found[f"mean:{label}"] = float(typed[:, column].mean()) * 4
        found[f"first:{label}"] = _logit(float(typed[:3, column].max()))


def _add_looks(found: dict[str, float], mail: Mail) -> None:
    message = mail.message
    for sign in message.signs:
        found[f"sign:{sign.code.value}"] = 1.0
    found["any sign"] = 2.0 * bool(message.signs)
    uses = {each.use for each in occurrences(mail)}
    for use in uses:
        found[f"label:{use.value}"] = 1.0
    found["labelled"] = 2.0 * (Use.LABEL in uses)
    found["form"] = float(bool(mail.form))
    found["quoted"] = float(bool(message.quoted))
    subject = message.subject.lower()
    found["reply"] = float(subject[:3] in {"re:", "sv:", "aw:", "odp", "fw:", "vs:", "ant"})
    found["links"] = min(mail.typed.lower().count("http") + mail.typed.count("www."), 3) / 2
    found["advertising"] = float(any(mark in mail.typed for mark in _ADVERTISING))
    sender = message.sender
    if sender is not None:
        found["no reply"] = float("repl" in sender.local or sender.local == "mailer-daemon")
        found["own"] = float(sender.address.lower() in mail.policy.mailboxes)
        found["agency"] = float(sender.domain in mail.policy.agency.domains)
        found["freemail"] = float(any(name in sender.domain for name in _FREEMAIL))
        found["role"] = float(sender.local.split(".")[0] in _ROLES)
