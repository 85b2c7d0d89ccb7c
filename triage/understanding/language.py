"""The language that the sender typed in.

Three voices. The script of the letters settles most languages that are not written in Latin ones.
`langdetect`, with the profiles of the languages that matter, is right on nearly every text of a few
sentences. Known words, and for a few lines the letters inside words, are the second voice: they
tell Norwegian from Danish, Dutch from Afrikaans and a text without diacritics from another one.
What is left undecided follows the language of the mailbox.

Nothing here is random: the detector is seeded anew for every text, so the same text gives the same
answer to the last bit, in any thread.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory
from langdetect.lang_detect_exception import LangDetectException

from triage.understanding.letters import letters
from triage.understanding.model import Evidence, Finding, Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from triage.understanding.parts import Mail

LATIN: Final = (
    *("nl", "pl", "no", "sv", "da", "de", "en", "fr", "es", "it", "pt", "ro", "tr", "cs", "sk"),
    *("hu", "fi", "lt"),
)
CYRILLIC: Final = ("uk", "ru", "bg")
ARABIC: Final = ("ar", "fa", "ur")
READ: Final = 400
"""Characters of a text that the detector is given; more do not make it surer."""
_ENOUGH: Final = 25
"""Letters below which the subject is read too."""
_MOST_WORDS: Final = 120
_SHORT: Final = 40
"""Words up to which the letters inside words are weighed too."""

_WORD = re.compile(r"[^\W\d_]+")
_NOT_PROSE = re.compile(r"\S{0,200}@\S{1,200}|https?://\S{1,500}|www\.\S{1,300}")
_SCRIPTS = (
    ("cyrillic", "Ѐ", "ӿ"),
    ("arabic", "؀", "ۿ"),
    ("el", "Ͱ", "Ͽ"),
    ("he", "֐", "׿"),
    ("ka", "Ⴀ", "ჿ"),
    ("hy", "԰", "֏"),
    ("hi", "ऀ", "ॿ"),
    ("th", "฀", "๿"),
    ("ko", "가", "힣"),
    ("ja", "぀", "ヿ"),
    ("zh", "一", "鿿"),
    ("am", "ሀ", "፿"),
)
_OURS: Final = ("nl", "pl", "no", "sv", "da", "de", "en")
"""Languages that the mailboxes see daily; a line or two is taken for one of these."""
_FOREIGN: Final = -2.0
_FEW: Final = 5
_CERTAIN: Final = 0.999
_PRIOR = 1.0
_DECIDED: Final = 7.0
"""Log-odds between the first and the second language from which nothing else is asked."""
_WORD_WEIGHT = 0.5
_LETTER_WEIGHT = 0.5
_KNOWN_WEIGHT = 1.0
_LEAST_LETTERS = -5.0
_DETECTOR_WEIGHT = 0.3
_LEAST = 1e-4


def read_language(typed: str, subject: str, home: str) -> Finding[str]:
    """Return the language of what was typed, of the subject only when that is too short.

    `home` is the language of the mailbox, which settles what the text leaves open.
    """
    text = _prose(typed)
    source = Source.TYPED
    if len(_letters(text)) < _ENOUGH:
        text = f"{text}\n{_prose(subject)}"
        source = Source.SUBJECT if len(_letters(text)) > 2 * len(_letters(typed)) else source
    language, confidence = _language_of(text, home)
    shown = " ".join(text.split())[:60]
    return Finding(language, confidence, (Evidence(source, 0, 0, shown, "language"),))


def _prose(text: str) -> str:
    return _NOT_PROSE.sub(" ", text[:20_000])


def _letters(text: str) -> str:
    return "".join(char for char in text[:2000] if char.isalpha())


def _language_of(text: str, home: str) -> tuple[str, float]:
    script = _script(text)
    if script == "cyrillic":
        return _by_detector(text, CYRILLIC)
    if script == "arabic":
        return _by_detector(text, ARABIC)
    if script != "latin":
        return script, 0.99
    words = [word.lower() for word in _WORD.findall(text)][:_MOST_WORDS]
    if not words:
        return home, 0.5
    scores = {language: 0.0 if language in _OURS else _FOREIGN for language in LATIN}
    if home in scores:
        scores[home] += _PRIOR
    _add_known_words(scores, words)
    if _margin(scores) < _DECIDED:
        detected = _detected(text, LATIN)
        if len(words) <= _SHORT and not _is_foreign(detected, words):
            _add_letters(scores, words)
        for language in scores:
            scores[language] += math.log(detected.get(language, 0.0) + _LEAST) * _DETECTOR_WEIGHT
    best = max(scores, key=lambda language: (scores[language], language))
    total = sum(math.exp(score - scores[best]) for score in scores.values())
    return best, round(1.0 / total, 4)


def _is_foreign(detected: Mapping[str, float], words: Sequence[str]) -> bool:
    """Whether the detector is certain of a language for which we have no letters to weigh."""
    certain = {name for name, share in detected.items() if share > _CERTAIN}
    return len(words) >= _FEW and bool(certain) and certain.isdisjoint(_OURS)


def _margin(scores: Mapping[str, float]) -> float:
    first, second = sorted(scores.values())[:-3:-1]
    return first - second


def _script(text: str) -> str:
    beginning = text[:2000]
    if beginning.isascii():
        return "latin"
    counts: Counter[str] = Counter()
    for char in beginning:
        if "a" <= char <= "z" or "A" <= char <= "Z" or "À" <= char <= "ɏ":
            counts["latin"] += 1
        elif char > "ɏ":
            for name, low, high in _SCRIPTS:
                if low <= char <= high:
                    counts[name] += 1 if name not in {"zh", "ja", "ko"} else 3
                    break
    if counts["ja"] and counts["zh"]:
        return "ja"
    return max(counts, key=lambda name: (counts[name], name)) if counts else "latin"


@cache
def _factory(languages: tuple[str, ...]) -> DetectorFactory:
    factory = DetectorFactory()
    factory.set_seed(0)
    factory.load_json_profile([_profile(language) for language in languages])
    return factory


def _profile(language: str) -> str:
    with open(f"{PROFILES_DIRECTORY}/{language}", encoding="utf-8") as file:  # noqa: PTH123 - the library names its folder as a string
        return file.read()


def _detected(text: str, languages: tuple[str, ...]) -> Mapping[str, float]:
    """Return langdetect's probabilities; none for a text without letters."""
    detector = _factory(languages).create()
    detector.append(" ".join(text.split())[:READ])
    try:
        return {found.lang: found.prob for found in detector.get_probabilities()}
    except LangDetectException:
        return {}


def _by_detector(text: str, languages: tuple[str, ...]) -> tuple[str, float]:
    if languages == CYRILLIC:
        found = set(text[:2000].lower())
        if found & set("іїєґ"):
            return "uk", 0.99
        if found & set("ыэё"):
            return "ru", 0.99
    detected = _detected(text, languages)
    best = max(languages, key=lambda language: detected.get(language, 0.0))
    return best, max(0.5, detected.get(best, 0.5))


def _add_known_words(scores: dict[str, float], words: Iterable[str]) -> None:
    known = _known_words()
    for word in words:
        of = known.get(word)
        if of:
            weight = _WORD_WEIGHT * math.log(len(LATIN) / len(of))
            for language in of:
                scores[language] += weight


@cache
def _known_words() -> Mapping[str, tuple[str, ...]]:
    """Return the languages of every known word: our vocabulary and spaCy's lists of stop words."""
    found: dict[str, set[str]] = {}
    for language in LATIN:
        for variant in ("nb", "nn") if language == "no" else (language,):
            for word in _vocabulary(variant):
                found.setdefault(word, set()).add(language)
    return {word: tuple(sorted(languages)) for word, languages in found.items()}


@cache
def _vocabulary(variant: str) -> frozenset[str]:
    """Return the words of a language that we wrote down, with spaCy's stop words.

    Those are kept as files: importing a language of spaCy compiles its tokenizer, for seconds.
    """
    words: set[str] = set()
    for folder in ("vocabulary", "stop_words"):
        file = resources.files("triage.understanding") / folder / f"{variant}.txt"
        if file.is_file():
            words.update(file.read_text(encoding="utf-8").split())
    return frozenset(words)


def _add_letters(scores: dict[str, float], words: Sequence[str]) -> None:
    """Weigh how the words are built, and which of them we wrote down for a variant."""
    found = letters().log_probabilities(words)
    best: dict[str, float] = {}
    for variant, value in found.items():
        language = "no" if variant in {"nb", "nn"} else variant
        known = sum(word in _vocabulary(variant) for word in words)
        best[language] = max(
            best.get(language, -math.inf), value * _LETTER_WEIGHT + known * _KNOWN_WEIGHT
        )
    most = max(best.values())
    for language in scores:
        scores[language] += max(best.get(language, -math.inf) - most, _LEAST_LETTERS)


def language_of(mail_typed: Mail) -> Finding[str]:
    """Return the language of a mail: of a web form the language of its free texts."""
    typed = "\n".join(mail_typed.typed[start:end] for start, end in mail_typed.prose)
    return read_language(typed, mail_typed.subject, mail_typed.policy.home_language)
