"""Identity and account numbers made unreadable before anything leaves the house.

Every log line, digest, subject, task and exception passes through `mask`. It errs on the side of
masking: a number that has the form and the check digits of an identity number is masked whoever's
it is, unless the caller names it as a dossier number (`keep`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stdnum import iban, luhn
from stdnum.dk import cpr
from stdnum.nl import bsn
from stdnum.no import fodselsnummer
from stdnum.pl import pesel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# Digits with single separators between them; bounded, so that matching stays linear.
_DIGITS = re.compile(r"(?<![0-9A-Za-z])\d(?:[ .\-+/\u00a0\u2011]?\d){7,13}(?![0-9A-Za-z])")
_IBAN = re.compile(
    r"(?<![0-9A-Za-z])[A-Za-z]{2}\d{2}(?:[ .\-\u00a0]?[0-9A-Za-z]){10,30}(?![0-9A-Za-z])"
)
_LABELLED = re.compile(
    r"(?i)\b(bsn|burgerservicenummer|sofi(?:-?nummer)?|pesel|f[øo]dselsn(?:ummer|r)|personn(?:ummer|r)"
    r"|personnummer|cpr(?:-?n(?:ummer|r))?|fnr|d-nummer)\b[^\d\n]{0,20}(\d(?:[ .\-+/]?\d){4,13})"
)


def _is_personnummer(digits: str) -> bool:
    """Swedish personal identity number: date and Luhn digit over the last ten."""
    short = digits[-10:]
    month, day = int(short[2:4]), int(short[4:6])
    return 1 <= month <= 12 and (1 <= day <= 31 or 61 <= day <= 91) and luhn.is_valid(short)


_CHECKS: dict[int, tuple[Callable[[str], bool], ...]] = {
    8: (lambda digits: bsn.is_valid("0" + digits),),
    9: (bsn.is_valid,),
    10: (_is_personnummer, cpr.is_valid),
    11: (pesel.is_valid, fodselsnummer.is_valid),
    12: (_is_personnummer,),
}


def _stars(number: str) -> str:
    """Replace all but the last two digits by stars; separators stay."""
    total = sum(char.isalnum() for char in number)
    seen = 0
    out = []
    for char in number:
        if char.isalnum():
            seen += 1
            out.append(char if seen > total - 2 else "*")
        else:
            out.append(char)
    return "".join(out)


def _is_identity(number: str) -> bool:
    digits = re.sub(r"\D", "", number)
    # Eight digits are far more often a dossier or phone number than a BSN without its zero.
    return len(digits) > 8 and any(check(digits) for check in _CHECKS.get(len(digits), ()))


def mask(text: str, *, keep: Iterable[str] = ()) -> str:
    """Return `text` with BSN, PESEL, fødselsnummer, personnummer, CPR and IBAN starred out.

    `keep` names dossier numbers (separators removed) that stay readable although they happen to
    pass a check digit. The last two digits stay, so that a handler can tell two numbers apart.
    """
    kept = frozenset(keep)

    def starred(match: re.Match[str]) -> str:
        number = match.group()
        if re.sub(r"\D", "", number) in kept:
            return number
        return _stars(number) if _is_identity(number) else number

    def account(match: re.Match[str]) -> str:
        """Star an IBAN; the match may have swallowed words after it, so try shorter ones."""
        words = match.group()
        for end in range(len(words), 14, -1):
            if words[end - 1].isalnum() and iban.is_valid(words[:end]):
                return _stars(words[:end]) + words[end:]
        return words

    def labelled(match: re.Match[str]) -> str:
        number = match.group(2)
        return match.group()[: match.start(2) - match.start()] + _stars(number)

    return _DIGITS.sub(starred, _LABELLED.sub(labelled, _IBAN.sub(account, text)))
