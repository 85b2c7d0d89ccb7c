"""Phone numbers on which the sender can be reached, in E.164.

Every number is read with `phonenumbers`, valid ones only, as a number of the policy's country or,
where the language or the sender's domain points there, of a neighbour. Not taken: what is already
a dossier number, the agency's own numbers, fax, and numbers that the mail says are not (or no
longer) the sender's.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import phonenumbers

from triage.understanding.model import Finding, Source
from triage.understanding.numbers import DENIED, Number, numbers
from triage.understanding.parts import evidence
from triage.understanding.phrases import PhrasePattern, compiled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triage.understanding.parts import Mail
    from triage.understanding.spans import Claims

FORM = 0.99
LABELLED = 0.98
PLAIN = 0.95
"""No label, but written as nothing else is: a country code, a leading zero."""
BARE = 0.85
"""No label, and a form that other numbers have too (eight or nine digits)."""

POLISH_WITH_ZERO = 10
LEAST_OF_TWO = 14
"""Digits of a run that may be two phone numbers."""
TRUNK_ZERO = frozenset({"NL", "BE", "DE", "SE", "FR", "GB", "UA", "AT", "IE", "FI", "RO", "TR"})
"""Countries in which a number without country code begins with 0."""
SERVICES = frozenset(
    {
        phonenumbers.PhoneNumberType.TOLL_FREE,
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.SHARED_COST,
    }
)
"""Numbers of firms: nobody is reached personally at a free or a paid line."""
BY_LANGUAGE = {
    "nl": ("NL", "BE"),
    "pl": ("PL",),
    "no": ("NO",),
    "sv": ("SE",),
    "da": ("DK",),
    "de": ("DE",),
    "fr": ("BE", "FR"),
    "en": ("GB", "IE"),
    "uk": ("UA",),
    "ro": ("RO",),
    "tr": ("TR",),
    "es": ("ES",),
    "it": ("IT",),
    "pt": ("PT",),
}
NEIGHBOURS = {
    "NL": ("BE", "DE"),
    "PL": ("DE", "GB"),
    "NO": ("SE", "DK"),
}

_FILE_OF_A_YEAR = re.compile(r"(?:19|20)\d\d/\d{3,}|\d{3,}/(?:19|20)\d\d")
"""How offices number their files: `2026/1177`."""
_DUTCH_MOBILE = re.compile(r"06\d{8}")
"""A Dutch mobile number, whichever blocks are given out today; no neighbour's that is valid."""
_BRITISH_MOBILE = re.compile(r"07\d{9}")
"""The same, for those who write English."""
_NORWEGIAN_MOBILE = re.compile(r"[49]\d{7}")
"""The same: the blocks are handed out one by one, and the library is told of them late."""
_ZERO_IN_BRACKETS = re.compile(r"^(\(?(?:\+|00)[\s(]?\d{1,3}\)?)\s?\(0\)")
_CODE_APART = re.compile(r"\(?00[ -]?[1-9]\d{0,2}\)?[ -]")
"""`00 353 69 ...`: nothing but a phone number has its country code set apart."""
_OLD_TRUNK_ZERO = re.compile(r"\(?0[- ]?\(?\d\d")
"""Polish numbers until 2009: `(0-12) 410 22 67`, `0 68 320 55 19`."""
_ANOTHER_NUMBER = re.compile(r"\d[\d -]{5,}\d")
"""Whose a number is, is said of the next one only."""
_SLASH = re.compile(r"\s*/\s*|\s[–-]\s|\s{2,}")
_NORWEGIAN_STREET = re.compile(r"(?:veien|vegen|gata|gate|svingen)\s+\d", re.IGNORECASE)
_OF_ANOTHER = re.compile(
    r"\b(?:bij|u|hos|bei|at)\s(?:de|die|den|der|the)?\s?[A-ZÀ-ÞŁŚŻŹĆ][\w&.'’-]{1,30}\s?\($|"
    r"\b(?:heer|mevrouw|dhr\.?|mevr\.?|mw\.?|pan|pani|pana|pan[aą]|herr|frau|[Mm]rs?\.?)\s[A-ZÀ-ÞŁŚŻŹĆ]"
    r"[^\n().;:]{0,40}\($"
)
"""A person's title and name, or with whom something is, and the number in brackets."""
_BELONGS = re.compile(
    r"\b(?:należ\w{1,4}(?: już)? do|tilhører|tilhøyrer|tillhör|belongs to|hoort bij|gehört)"
    r" (?!mnie|nas\b|meg|mig|oss|os\b|me\b|us\b|mij|ons|mir|uns)",
    re.IGNORECASE,
)
_NEXT_NUMBER = re.compile(r"(?<!\d)(?!(?:19|20)\d\d(?!\d))\d{3}")
_OLD_ONE = re.compile(
    r"(?:[,;–-]|\s(?:en|og|och|i|a|and|und))\s(?:het|mijn|de|den|det|the|die|das|min|mitt|my|mój)?\s?"
    r"(?:oude?|vorige?|gamle|gammelt|gamla|old|previous|alte|stary|poprzedni|dotychczasowy)\b",
    re.IGNORECASE,
)
"""`mijn nieuwe nummer is ..., het oude vervalt`: what follows is said of another number."""
_BECOMES = re.compile(
    r"\d\)?,?\s(?:wordt|werd|naar|is nu|na|zmieniam na|zmienia się na|zmienił się na|blir|er blitt"
    r"|til|till|becomes|to|is now|wird|ist jetzt|->|→)(?:\s(?:nu|nå|teraz|now|jetzt))?\s*:?\s*$",
    re.IGNORECASE,
)
"""`mijn oude nummer 06... wordt 06...`: the second is the new one."""
_FROM = re.compile(r"\b(?:van|vanaf|ze|z|fra|frå|från|from|von)\s*$", re.IGNORECASE)
_TO = re.compile(r"^\)?,?\s*(?:naar|na|til|till|to|auf|zu|nach)\b", re.IGNORECASE)


def phones(
    mail: Mail,
    typed: tuple[Number, ...],
    claims: Claims,
    *,
    dossiers: frozenset[str] = frozenset(),
    country: str | None = None,
) -> tuple[Finding[str], ...]:
    """Return the sender's phone numbers in E.164, each once.

    `typed` are the numbers of the typed text, `dossiers` the mail's dossier numbers: the same
    digits elsewhere, even with two of them changed over, are not a phone number. `country` is
    that of the sender's address, where it is known.
    """
    regions = _regions(mail, country)
    best: dict[str, Finding[str]] = {}
    ours = {"".join(sorted(dossier)) for dossier in dossiers}
    for source, found in ((Source.TYPED, typed), (Source.SUBJECT, numbers(mail.subject))):
        text = mail.typed if source is Source.TYPED else mail.subject
        for number in found:
            if source is Source.SUBJECT and number.label != "phone":
                continue
            taken: list[tuple[int, int]] = []
            for start, end in _stretches(number, claims, source, text):
                if any(low < end and start < high for low, high in taken):
                    continue
                value = _e164(text[start:end], number, regions)
                if value is None or value in mail.policy.agency.phones:
                    continue
                confidence = _confidence(mail, number, text, start, end, country)
                if "".join(sorted(re.sub(r"\D", "", text[start:end]))) in ours:
                    confidence = 0.0
                if confidence > (best[value].confidence if value in best else 0.0):
                    rule = f"phone number, {number.label or 'no'} label"
                    words = evidence(text, start, end, rule, source)
                    best[value] = Finding(value, confidence, (words,))
                taken.append((start, end))
                if len(number.digits) < LEAST_OF_TWO:
                    break
    return tuple(best.values())


def _stretches(
    number: Number, claims: Claims, source: Source, text: str
) -> Iterator[tuple[int, int]]:
    """Yield the free parts of a run of digit groups that may be one phone number, longest first.

    A part of a longer run is one only where it is set off: by a slash, a dash or wide space, by a
    number that is spoken for, or as a single group. Groups of a meter's or an account's number
    are none.
    """
    free = [each for each in number.groups if not claims.holds(source, *each)]
    if not free:
        return
    first = number.start if free[0] == number.groups[0] else free[0][0]
    if len(free) < len(number.groups) or len(number.digits) < LEAST_OF_TWO:
        apart = [True] * (len(free) + 1)
    else:
        gaps = [text[left[1] : right[0]] for left, right in pairwise(free)]
        apart = [True, *(bool(_SLASH.fullmatch(gap)) for gap in gaps), True]
    for size in range(len(free), 0, -1):
        for at in range(len(free) - size + 1):
            if size == 1 or (apart[at] and apart[at + size]):
                begin = first if at == 0 else free[at][0]
                yield begin, free[at + size - 1][1]


def _regions(mail: Mail, country: str | None) -> tuple[str, ...]:
    """Return the countries whose national numbers the sender may write, the likeliest first."""
    home = mail.policy.calendar.country
    spoken = BY_LANGUAGE.get(mail.language, ())
    domain = mail.message.sender.domain.rpartition(".")[2].upper() if mail.message.sender else ""
    order = [home, *spoken, *NEIGHBOURS.get(home, ())]
    if mail.language == "da" and not _NORWEGIAN_STREET.search(mail.typed):
        order.insert(0, "DK")
    if mail.language == "fr" and home == "NL":
        order.insert(0, "BE")  # 0478 is a mobile number there, a town here
    if domain in {"BE", "SE", "DK", "DE"}:
        order.insert(0, domain)
    if country in TRUNK_ZERO:
        order.insert(0, country)
    return tuple(dict.fromkeys(order))


def _e164(typed: str, number: Number, regions: tuple[str, ...]) -> str | None:
    """Return the number in E.164: with a country code, or valid in one of these countries."""
    text = _ZERO_IN_BRACKETS.sub(r"\1 ", typed.strip())
    digits = re.sub(r"\D", "", text)
    labelled = number.label == "phone"
    of_file = _FILE_OF_A_YEAR.fullmatch(text) and not labelled
    if not 7 <= len(digits) <= 15 or number.date or of_file:
        return None
    if text.lstrip("(").startswith("+"):
        return _valid("+" + digits, None, possible=True)
    if digits.startswith("00"):
        return _valid("+" + digits[2:], None, possible=labelled or bool(_CODE_APART.match(text)))
    for region, mobile in (("NL", _DUTCH_MOBILE), ("NO", _NORWEGIAN_MOBILE)):
        if regions[0] == region and mobile.fullmatch(digits):
            return _valid(digits, region, possible=True)
    if "GB" in regions[:2] and _BRITISH_MOBILE.fullmatch(digits):
        return _valid(digits, "GB", possible=True)
    for region in regions:
        old = region == "PL" and len(digits) == POLISH_WITH_ZERO and _OLD_TRUNK_ZERO.match(text)
        national = digits[1:] if old else digits
        found = _valid(national, region) if _national(digits, region, labelled=labelled) else None
        if found:
            return found
    codes = tuple(str(phonenumbers.country_code_for_region(region)) for region in regions)
    if labelled and len(digits) >= 10 and digits.startswith(codes):
        return _valid("+" + digits, None)
    return None


def _national(digits: str, region: str, *, labelled: bool) -> bool:
    """Whether the digits may be a national number as people there write it."""
    if region not in TRUNK_ZERO or digits.startswith("0"):
        return True
    return region == "NL" and labelled and digits.startswith("6")


def _valid(text: str, region: str | None, *, possible: bool = False) -> str | None:
    """Return a valid number in E.164; one with label and country code need only be possible."""
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    sound = phonenumbers.is_possible_number if possible else phonenumbers.is_valid_number
    if phonenumbers.number_type(parsed) in SERVICES or not sound(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _confidence(
    mail: Mail, number: Number, text: str, start: int, end: int, country: str | None
) -> float:
    """How sure we are that the sender can be reached there; 0 when they cannot."""
    if number.money or number.label == "fax":
        return 0.0
    for item in mail.form:
        if text is mail.typed and item.start <= start < item.end:
            if item.key == "phone":
                return FORM
            if item.key in {"dossier_number", "national_id"}:
                return 0.0
    strange = number.label in {"other", "national_id"}
    if strange and not (number.international and "+" in number.text):
        return 0.0
    if _not_theirs(number, text, start, end):
        return 0.0
    if _country_guessed(mail, text[start:end], country):
        return BARE
    if number.label == "phone":
        return LABELLED
    return PLAIN if text[start:end].lstrip("(").startswith(("+", "0")) else BARE


def _country_guessed(mail: Mail, typed: str, country: str | None) -> bool:
    """Whether it is a national number, and nothing but the language tells of which country."""
    if country is not None or mail.language == mail.policy.home_language:
        return False
    mobile = _DUTCH_MOBILE.fullmatch(re.sub(r"\D", "", typed))
    return not mobile and not typed.lstrip("(").startswith(("+", "00"))


def _not_theirs(number: Number, text: str, start: int, end: int) -> bool:
    """Whether the words around the number say that it is not, or no longer, the sender's."""
    before = number.before[-40:]
    after = number.after if end == number.end else text[end : number.end]
    after = _of_this(after)
    current = max((match.end() for match in _words("current").finditer(before)), default=-1)
    after = _OLD_ONE.split(after, maxsplit=1)[0] if current >= 0 else after
    if DENIED.search(before) or _BELONGS.search(after):
        return True
    gone = any(match.end() > current for match in _words("gone_before").finditer(before))
    if gone and not _BECOMES.search(before):
        return True
    if any(len(before) - match.end() <= 3 for match in _words("gone_at").finditer(before)):
        return True
    nearest = _ANOTHER_NUMBER.split(before)[-1]
    if _words("foreign_before").search(nearest) or _OF_ANOTHER.search(
        text[max(0, start - 60) : start + 1]
    ):
        return True
    if _words("gone_after").search(after) or _words("foreign_after").search(after):
        return True
    return bool(_FROM.search(before) and _TO.search(after))


def _of_this(after: str) -> str:
    """Return the words that are said of this number: `..., niet meer 06...` is of the next."""
    piece, *more = _NEXT_NUMBER.split(after, maxsplit=1)
    clause, comma, last = piece.rpartition(",")
    of_next = more and comma and _words("gone_at").search(last)
    return clause if of_next else piece


def _words(key: str) -> PhrasePattern:
    return compiled("phones", key)
