"""Identity and account numbers made unreadable before anything leaves the house.

Every log line, digest, subject, task and exception passes through `mask`. It errs on the side of
masking: a number that has the form and the check digits of an identity number is masked whoever's
it is, unless the caller names it as a dossier number (`keep`). The last two digits stay, so that a
handler can tell two numbers apart.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import phonenumbers
from stdnum import iban, luhn, numdb
from stdnum.dk import cpr
from stdnum.nl import bsn
from stdnum.no import fodselsnummer
from stdnum.pl import pesel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_BETWEEN = r"[ .\-+/\u00a0\u00ad\u200b-\u200f\u2010-\u2015\u202f\u2060\ufeff]"
"""What people, and those who hide numbers, put between digits."""
# Digits and separators exclude each other, so these match in linear time.
_RUN = re.compile(rf"\d+(?:{_BETWEEN}{{1,3}}\d+)*")
_IBAN = re.compile(
    rf"[A-Za-z]{{2}}{_BETWEEN}{{0,3}}\d{_BETWEEN}?\d(?:{_BETWEEN}{{0,3}}[0-9A-Za-z]){{11,30}}"
)
_IBAN_START = re.compile(rf"(?=([A-Za-z]{{2}}){_BETWEEN}{{0,3}}\d{_BETWEEN}?\d)")
_LABELLED = re.compile(
    r"(?i)(?<![a-z])(?:bsn|burger ?service ?n(?:ummer|r)|sofi(?:-?n(?:ummer|r))?|pesel"
    r"|f[øo]dsels?n(?:ummer|r)|person-?n(?:ummer|r)|cpr(?:-?n(?:ummer|r))?|fnr|d-n(?:ummer|r))"
    rf"(?![a-z])[^\d\n]{{0,20}}(\d(?:{_BETWEEN}{{0,3}}\d){{4,13}})"
)
_AMOUNT = re.compile(r"\d{1,3}(?:\.\d{3})+,\d\d(?!\d)")
_SHAPES = {
    9: {(9,), (3, 3, 3), (4, 2, 3), (2, 2, 2, 3), (4, 5), (5, 4)},
    10: {(10,), (6, 4), (2, 2, 2, 4)},
    11: {(11,), (6, 5), (6, 3, 2), (2, 2, 2, 5), (2, 2, 2, 3, 2)},
    12: {(12,), (8, 4), (4, 2, 2, 4)},
}
"""How identity numbers are grouped where other digits stand beside them."""


def _is_personnummer(digits: str) -> bool:
    """Swedish personal identity number: date and Luhn digit over the last ten."""
    short = digits[-10:]
    month, day = int(short[2:4]), int(short[4:6])
    return 1 <= month <= 12 and (1 <= day <= 31 or 61 <= day <= 91) and luhn.is_valid(short)


def _is_old_cpr(digits: str) -> bool:
    """Danish number with the check digit of old; Dutch mobile numbers look like those without."""
    return cpr.is_valid(digits) and cpr.checksum(digits) == 0


_CHECKS: dict[int, tuple[Callable[[str], bool], ...]] = {
    9: (bsn.is_valid,),
    10: (_is_personnummer, _is_old_cpr),
    11: (pesel.is_valid, fodselsnummer.is_valid),
    12: (_is_personnummer,),
}


def mask(text: str, *, keep: Iterable[str] = ()) -> str:
    """Return `text` with BSN, PESEL, fødselsnummer, personnummer, CPR and IBAN starred out.

    `keep` names dossier numbers (separators removed) that stay readable although they happen to
    pass a check digit.
    """
    kept = frozenset(keep)

    def labelled(match: re.Match[str]) -> str:
        number = match.group(1)
        before = match.group()[: match.start(1) - match.start()]
        return before + (number if _digits(number) in kept else _stars(number))

    text = _LABELLED.sub(labelled, _without_accounts(text))
    amounts = {match.start(): match.end() for match in _AMOUNT.finditer(text)}
    return _RUN.sub(
        lambda run: run.group() if run.start() in amounts else _without_ids(run, kept), text
    )


def _digits(number: str) -> str:
    """Return the digits, those of other scripts as ASCII."""
    return "".join(str(int(char)) for char in number if char.isdecimal())


def _stars(number: str) -> str:
    """Replace all but the last two digits or letters by stars; separators stay."""
    total = sum(char.isalnum() for char in number)
    seen = 0
    out = []
    for char in number:
        seen += char.isalnum()
        out.append("*" if char.isalnum() and seen <= total - 2 else char)
    return "".join(out)


def _without_ids(run: re.Match[str], kept: frozenset[str]) -> str:
    """Return a run of digit groups with the identity numbers in it starred."""
    number = run.group()
    if run.string[max(0, run.start() - 1) : run.start()] == "+" and _is_phone(number):
        return number
    groups = [match.span() for match in re.finditer(r"\d+", number)]
    out, position, first = [], 0, 0
    while first < len(groups):
        last = _id_from(number, groups, first, kept)
        if last is None:
            first += 1
            continue
        start, end = groups[first][0], groups[last][1]
        out += [number[position:start], _stars(number[start:end])]
        position, first = end, last + 1
    return "".join((*out, number[position:]))


def _id_from(
    number: str, groups: list[tuple[int, int]], first: int, kept: frozenset[str]
) -> int | None:
    """Return the last group of the longest identity number from group `first`, or None."""
    shape: tuple[int, ...] = ()
    found: int | None = None
    for last in range(first, len(groups)):
        start, end = groups[last]
        shape = (*shape, end - start)
        total = sum(shape)
        if total > max(_SHAPES):
            return found
        whole = first == 0 and last == len(groups) - 1
        if total not in _SHAPES or not (whole or shape in _SHAPES[total]):
            continue
        digits = _digits(number[groups[first][0] : end])
        if digits not in kept and _is_identity(digits, shape):
            found = last
    return found


def _is_identity(digits: str, shape: tuple[int, ...]) -> bool:
    if shape == (6, 4) and cpr.is_valid(digits):
        return True
    return any(check(digits) for check in _CHECKS.get(len(digits), ()))


def _is_phone(number: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(f"+{_digits(number)}"))
    except phonenumbers.NumberParseException:
        return False


@lru_cache(maxsize=1024)
def _iban_length(country: str) -> int | None:
    """Return how many characters an IBAN of the country has; None where there are none."""
    entry = numdb.get("iban").info(country)[0][1]
    parts = re.findall(r"(\d+)!?[nac]", entry.get("bban", ""))
    return 4 + sum(map(int, parts)) if parts else None


def _without_accounts(text: str) -> str:
    """Return the text with IBANs starred, wherever they begin."""
    out, position = [], 0
    for start in _IBAN_START.finditer(text):
        length = _iban_length(start.group(1).upper())
        if start.start() < position or length is None:
            continue
        found = _IBAN.match(text, start.start())
        if found is None:
            continue
        ends = [end for end, char in enumerate(found.group(), 1) if char.isalnum()]
        account = found.group()[: ends[length - 1]] if len(ends) >= length else ""
        if iban.is_valid(re.sub(r"[^0-9A-Za-z]", "", account), check_country=False):
            out += [text[position : start.start()], _stars(account)]
            position = start.start() + len(account)
    return "".join((*out, text[position:]))
