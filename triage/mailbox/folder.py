"""A folder and its mails as an IMAP server tells of them: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Folder:
    """A selected folder."""

    name: str
    uidvalidity: int
    uidnext: int
    """0 when the server does not say."""
    exists: int
    permanent_flags: frozenset[str]
    """Lower case; holds `\\*` when new keywords may be made."""
    writable: bool

    def takes(self, keyword: str) -> bool:
        """Return whether a keyword that is set will stay (RFC 3501 section 7.1)."""
        return self.writable and not self.permanent_flags.isdisjoint({keyword.lower(), r"\*"})


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail as the server gave it."""

    uid: int
    raw: bytes
    received_at: datetime | None
    """INTERNALDATE in UTC; None when it cannot be read."""
    whole: bool = True
    """False when only the beginning was fetched."""
