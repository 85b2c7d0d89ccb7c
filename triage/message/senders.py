"""Senders behind whom no person reads, by the words of `data/senders.toml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from triage.message.vocabulary import load

_SEPARATORS: Final = re.compile(r"[-_.]+")
_TAIL: Final = re.compile(r"(?:\+.*|[-_.]?\d+)$")


def is_system_local(local: str) -> bool:
    """Whether no person reads behind a local part (lower case)."""
    senders = _senders()
    bare = _TAIL.sub("", local) or local
    if {local, bare} & senders.exact or is_list_local(local):
        return True
    padded = f"-{_SEPARATORS.sub('-', local)}-"
    squashed = padded.replace("-", "")
    return any(
        f"-{name}-" in padded or squashed.startswith(squeezed) or squashed.endswith(squeezed)
        for name, squeezed in senders.no_reply
        if squeezed in squashed
    )


def is_list_local(local: str) -> bool:
    """Whether a local part is one that list software and mail servers use."""
    return (
        local.startswith(("owner-", "mailer-daemon", "listserv", "majordomo"))
        or local.endswith(("-request", "-owner", "-bounces", "-bounce"))
        or "-bounces+" in local
    )


def is_system_name(shown: str) -> bool:
    """Whether a display name (lower case) is a mail system's."""
    return any(name in shown for name in _senders().names)


@dataclass(frozen=True, slots=True)
class _Senders:
    exact: frozenset[str]
    no_reply: tuple[tuple[str, str], ...]
    """Each name as written and without separators."""
    names: tuple[str, ...]


@cache
def _senders() -> _Senders:
    data = load("senders")
    no_reply = tuple((name, name.replace("-", "")) for name in data["no_reply"])
    return _Senders(frozenset(data["exact"]), no_reply, tuple(data["names"]))
