"""Personal names as such: where one ends, what is a title, what a firm.

A name may be typed in any of our languages' ways: initials, particles, double names, capitals
throughout, or in lower case, where only From and the address can tell that it is a name.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from triage.understanding.phrases import PhrasePattern, alternation, compiled, phrases
from triage.understanding.towns import is_town

if TYPE_CHECKING:
    from triage.message.model import Address

MOST_WORDS = 8
"""Words that are looked at for one name."""

_INITIALS = re.compile(r"(?:[A-ZÀ-ÞĀ-Ž](?:[a-zà-þ](?=\.))?\.?-?){1,6}")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*\.?")
_GLUED = re.compile(r"^((?:[A-ZÀ-ÞĀ-Ž]\.){1,5})(?=[A-ZÀ-ÞĀ-Ž'’][^\W\d_])")
_LEAD = re.compile(r"^[\s/*_>.,:;!()\"„“”'-]+(?=\S)")
_PLACE_AFTER = re.compile(r"\s(?:uit|te|z|ze|fra|frå|from|från|aus|in)\s(?=[A-ZÀ-ÞĀ-Ž])")
"""`Bram Hoogstrate uit Kapelle`: what follows is a place."""
_HOUSE_NUMBER = re.compile(r"\d{1,4}(?!\d).*")
_PLACE_WORDS = frozenset({"in", "op", "aan", "bij", "uit", "te", "het"})
"""Particles with which no name begins: `in Heerhugowaard`."""
_OF_SURNAMES = frozenset({"van den", "van der", "vd", "v.d.", "v.d", "vdr", "von der"})
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
"""As addresses have them: `jonas.mueller@` for Müller."""
_SHORT_FORMS = frozenset(
    ("chr.", "joh.", "ant.", "alb.", "jac.", "jos.", "wil.", "jun.", "sen.", "edv.", "kaz.")
)
"""`Per Chr. Hansen`: three letters and a full stop within a name."""
_CONJUNCTIONS = frozenset({"en", "i", "og", "och", "und", "and", "&", "et"})


@dataclass(frozen=True, slots=True)
class Known:
    """The words that From and the address show, folded."""

    words: frozenset[str]
    local: str

    @classmethod
    def of(cls, sender: Address | None) -> Known:
        """Return what From and the address show."""
        return _known(sender.name, sender.local) if sender else cls(frozenset(), "")

    @property
    def anything(self) -> bool:
        """Whether they show any word at all."""
        return bool(self.words or self.local)

    def shows(self, word: str) -> bool:
        """Whether the word, or a part of a double name, is among them."""
        parts = re.split(r"[-'’]", word)
        written_out = [part.lower().translate(_WRITTEN_OUT) for part in parts]
        return any(self._shows(fold(part)) for part in (*parts, *written_out))

    def _shows(self, part: str) -> bool:
        if len(part) < 4:
            return len(part) == 3 and part in self.words
        return part in self.words or part in self.local

    def hints(self, word: str) -> bool:
        """Whether one of them begins the word: `bogusia.kret@` hints that "krętowa" is a name."""
        folded = fold(word)
        stems = (known for known in self.words if len(known) >= 4)
        return any(folded.startswith(stem) and len(folded) - len(stem) <= 4 for stem in stems)

    def has(self, name: Name) -> bool:
        """Whether they show one of the name's words."""
        return any(self.shows(word) for word in name.words)


@lru_cache(maxsize=64)
def _known(name: str, local: str) -> Known:
    words = re.split(r"[\W\d_]+", f"{name} {local}")
    return Known(frozenset(fold(word) for word in words if len(word) >= 3), fold(local))


@dataclass(frozen=True, slots=True)
class Name:
    """A personal name as typed, and the words in it."""

    text: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Name:
        """Return the name that is this text."""
        return cls(text, tuple(text.split()))

    @property
    def full(self) -> bool:
        """Whether it has more than a first name: two words, one of them longer than an initial."""
        return len(self.words) >= 2 and not _only_initials(self.words[-1])

    @property
    def surname(self) -> str:
        """The last word, folded."""
        return fold(self.words[-1])

    @property
    def by_initials(self) -> bool:
        """Whether the first name is only an initial."""
        return len(_letters(self.words[0])) == 1 or "." in self.words[0]


def leading_name(text: str, known: Known) -> Name | None:
    """Return the personal name that the text begins with, titles left out, or None.

    A name in lower case counts up to the last of its words that From or the address show.
    """
    rest = without_firm(untitled(_LEAD.sub("", text)))
    rest = _PLACE_AFTER.split(rest, maxsplit=1)[0]
    spaced = _GLUED.sub(r"\1 ", rest)
    words: list[str] = []
    for raw in spaced.split(" ")[:MOST_WORDS]:
        core = raw.strip("\u00a0").rstrip(",;:|/)!?\n").rstrip()
        if _HOUSE_NUMBER.fullmatch(core) and len(words) > 2:
            words.pop()  # a street, before its house number
        if not core or (words and _ends(core)) or not _belongs(core, words, known):
            break
        sentence_end = core.endswith(".") and _ends_sentence(core, words)
        words.append(core.rstrip(".") if sentence_end else core)
        if sentence_end or core != raw.strip("\u00a0"):
            break
    alone = spaced.strip(" .,!") == " ".join(words) and len(words) <= 3
    words = _trimmed(words, known, alone=alone)
    if not words or not _is_name(words, known):
        return None
    joined = " ".join(words)
    return Name(joined if joined in text else joined.replace(". ", ".", 1), tuple(words))


def _ends_sentence(core: str, words: list[str]) -> bool:
    """Whether the full stop ends the sentence, and is not that of "J." or "Chr."."""
    if _INITIALS.fullmatch(core) or len(core) < 4:
        return False
    shortened = core.casefold() in _SHORT_FORMS or _is_particle(core)
    return len(core) > 4 or (bool(words) and not shortened)


def _trimmed(words: list[str], known: Known, *, alone: bool) -> list[str]:
    """Leave out at the end what cannot end a name, and of lower case what nothing else shows."""
    solid = [word for word in words if not _small(word)]
    if solid and (all(word.islower() for word in solid) or (len(solid) > 3 and _shouted(solid))):
        shown = [at for at, word in enumerate(words) if known.shows(word)]
        shown = shown or [at for at, word in enumerate(words) if alone and known.hints(word)] or [9]
        last = _surname_behind(words, shown[-1], alone=alone)
        rest = len(words) - 1 - last
        more = 2 if rest == 1 and len(shown) == 1 and last == shown[-1] else 1
        first = sum(not _small(word) for word in words[: shown[0]])
        words = [] if first > (2 if alone else 1) else words[: last + more]
    if len(words) > 2 and words[-2] in _CONJUNCTIONS:  # "Jan en Anna" without a surname
        words = words[:-2]
    while words and (_small(words[-1]) or _suffix(words[-1])):
        words = words[:-1]
    if not alone and len(words) > 2 and known.shows(words[-2]) and _town_only(words[-1], known):
        words = words[:-1]  # "Roelof Veldkamp Meppel"
    return words


def _surname_behind(words: list[str], last: int, *, alone: bool) -> int:
    """Return the place of a surname with particles behind a known first name, else `last`.

    `danique van den berkmortel` anywhere; `kaylee de groot` only as a piece of its own.
    """
    here = last + 1
    while here < len(words) and _is_particle(words[here]):
        here += 1
    particles = " ".join(words[last + 1 : here])
    told = alone or particles in _OF_SURNAMES
    return here if last == 0 and particles and told and here < len(words) else last


def _town_only(word: str, known: Known) -> bool:
    return is_town(word) and not known.shows(word)


def _shouted(words: list[str]) -> bool:
    return all(word.isupper() for word in words)


def _small(word: str) -> bool:
    return _is_particle(word) or word in _CONJUNCTIONS


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """Return the text's letters only, lower case, without diacritics."""
    plain = unicodedata.normalize("NFKD", text.translate(_UNFOLDED)).casefold()
    return "".join(letter for letter in plain if letter.isalpha())


_UNFOLDED = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "ı": "i", "æ": "ae", "Æ": "AE", "ß": "ss"}
)


def _belongs(token: str, words: list[str], known: Known) -> bool:
    """Whether the token can go on a name that began with these words."""
    if token in _CONJUNCTIONS:
        return bool(words)
    if _is_particle(token):
        return True
    initials = _INITIALS.fullmatch(token) and (token.isupper() or "." in token)
    if initials and (len(_letters(token)) <= 3 or "." in token or not words):
        return True
    if not _WORD.fullmatch(token):
        return False
    if token[0].isupper():
        return all(word[0].isupper() or _small(word) or known.shows(word) for word in words)
    return known.anything and not any(word[0].isupper() for word in words)


def _is_name(words: list[str], known: Known) -> bool:
    solid = [word for word in words if not _small(word)]
    if not solid or all(len(_letters(word)) < 2 for word in solid):
        return False
    first = words[0].rstrip(".")
    common = len(first) > 1 and compiled("names", "not_names").fullmatch(first)
    if common and not known.shows(first):
        return False
    if first in _PLACE_WORDS and not known.shows(first):
        return False
    if any(is_firm(word) for word in solid) and not all(fold(w) in known.local for w in solid):
        return False
    if not all(word[0].islower() for word in solid):
        return True
    return any(known.shows(word) or known.hints(word) for word in solid)


def _only_initials(token: str) -> bool:
    return bool(_INITIALS.fullmatch(token)) and len(_letters(token)) <= 2


def without_firm(text: str) -> str:
    """Leave out a firm's name in capitals before the person's: `TRANS-MAR Jan Lis`."""
    first, _, rest = text.partition(" ")
    capitals = first.isupper() and len(_letters(first)) >= 5 and rest[:1].isupper()
    return rest if capitals and not rest.split(" ")[0].isupper() else text


def _ends(token: str) -> bool:
    """Whether the word says something else of the person: "ur.", "tel", but not the initial F."""
    return token.lower() in _enders() and not _only_initials(token)


@cache
def _enders() -> frozenset[str]:
    return frozenset(phrases("names", "enders"))


@cache
def _particles() -> frozenset[str]:
    return frozenset(phrases("names", "particles"))


def _is_particle(token: str) -> bool:
    return token.lower() in _particles() and not (len(token) <= 2 and token.isupper())


def _suffix(token: str) -> bool:
    return token.rstrip(".").lower() in phrases("names", "suffixes") and token.isupper()


def is_firm(text: str) -> bool:
    """Whether the text names a firm, an office or a mailbox."""
    if "&" in text or any(map(str.isdigit, text)):
        return True
    words = text.lower().split()
    return any(map(_names_firm, words)) or (len(words) > 1 and bool(_firms_of_words().search(text)))


@lru_cache(maxsize=4096)
def _names_firm(word: str) -> bool:
    exact, beginnings, endings, parts = _firms()
    bare = word.strip(".,;:()/|-\"'")
    if bare in exact or bare.startswith(beginnings) or bare.endswith(endings):
        return True
    return any(part in bare for part in parts)


@cache
def _firms() -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the words that name firms: whole, and as beginnings, endings and parts of words."""
    words = [word for word in phrases("names", "firms") if " " not in word]
    exact = frozenset(word for word in words if "*" not in word)
    beginnings = tuple(w[:-1] for w in words if w.endswith("*") and not w.startswith("*"))
    endings = tuple(w[1:] for w in words if w.startswith("*") and not w.endswith("*"))
    parts = tuple(w.strip("*") for w in words if w.startswith("*") and w.endswith("*"))
    return exact, beginnings, endings, parts


@cache
def _firms_of_words() -> PhrasePattern:
    return PhrasePattern(alternation(word for word in phrases("names", "firms") if " " in word))


def _letters(token: str) -> str:
    return "".join(letter for letter in token if letter.isalpha())


def untitled(text: str) -> str:
    """Return the text without the titles it begins with."""
    for _ in range(4):
        match = _title().match(text)
        if not match or not text[match.end() :].strip():
            return text
        text = text[match.end() :].lstrip()
    return text


@cache
def _title() -> PhrasePattern:
    return PhrasePattern(alternation(phrases("names", "titles")) + r"(?:\.\s?|\s)")
