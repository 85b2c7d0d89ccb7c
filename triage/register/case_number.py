"""Case numbers that a person can read out, with a token that nobody can guess.

`NL26-00042` names the case; `[NL26-00042-K7QFX2M9]`, as it stands in the subject of our mails,
proves that whoever quotes it was sent it: the token is the first 40 bits of an HMAC-SHA256
(RFC 2104) over the number, with a key that never leaves the register.
"""

from __future__ import annotations

import hmac
import re
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from triage.policy.model import Policy

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O (read as 1, 1, 0) and no U."""

_AS_MEANT = str.maketrans("ILO", "110")
_DASH = "\\s{0,4}[-\u2010-\u2015\u2212]\\s{0,4}"
_TAG = re.compile(
    rf"(?<![0-9A-Za-z])([A-Za-z]{{2}}[0-9]{{2}}){_DASH}([0-9]{{5,7}}){_DASH}([0-9A-Za-z]{{8}})"
    r"(?![0-9A-Za-z])"
)
_CANDIDATES = 50
"""How many look-alikes of a tag are tried in one text; ours stands once."""


def prefix(policy: Policy) -> str:
    """Return the letters before a case number's year: the policy's country."""
    return policy.calendar.country[:2].upper()


def number(letters: str, year: int, running: int) -> str:
    """Return a case number such as `NL26-00042`."""
    return f"{letters}{year % 100:02d}-{running:05d}"


def token(case_number: str, key: bytes) -> str:
    """Return the eight characters that prove a case number."""
    digest = hmac.digest(key, case_number.encode(), "sha256")
    bits = int.from_bytes(digest[:5], "big")
    return "".join(ALPHABET[bits >> shift & 31] for shift in range(35, -5, -5))


def tag(case_number: str, key: bytes) -> str:
    """Return what stands in the subject of our mails: `[NL26-00042-K7QFX2M9]`."""
    return f"[{case_number}-{token(case_number, key)}]"


def find_tag(text: str, key: bytes) -> str | None:
    """Return the first case number in `text` that stands with its own token, or None.

    Takes what mail clients and people make of a tag: brackets lost, lower case, folded lines,
    long dashes, O for 0. A number without its token, or with another's, is nothing.
    """
    for found in islice(_TAG.finditer(text), _CANDIDATES):
        letters, running, proof = (part.upper() for part in found.groups())
        case_number = f"{letters}-{running}"
        if hmac.compare_digest(token(case_number, key), proof.translate(_AS_MEANT)):
            return case_number
    return None
