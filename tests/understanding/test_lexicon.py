"""The notation of the lexica (`ideas/`), and that every shipped lexicon can be read."""

from __future__ import annotations

import re
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.understanding.lexicon import Lexicon
from triage.understanding.sentences import lexicon_of
from triage.understanding.words import fold, read_words

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

IDEAS = files("triage.understanding") / "ideas"


def ideas(pattern: str, text: str) -> list[str]:
    return [hit.idea for hit in Lexicon(["[found]", pattern]).find(read_words(text))]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("betaald", "Ik heb BETAALD."),
        ("zażalenie", "to zazalenie"),
        ("betaal*", "de betaalde rekening"),
        ("*kosten", "uw incassokosten"),
        ("al|reeds betaald", "reeds betaald"),
        ("al .. betaald", "al op twee maart betaald"),
        ("al ... betaald", "al op twee maart via mijn eigen bank betaald"),
        ("<n> brieven", "wel 12 brieven"),
        ("^stuur", "Stuur mij een brief."),
        ("^stuur", "Hallo, stuur mij een brief."),
        ("niets ; betaald", "is betaald"),
    ],
)
def test_a_pattern_is_found(pattern: str, text: str):
    assert ideas(pattern, text) == ["found"]


def test_a_list_with_a_name_stands_for_its_words_and_may_take_two_lines():
    lines = ["<stuur> = stuur|zend*", "<stuur> = mail", "[found]", "<stuur>|geef mij .. *brief *"]
    lexicon = Lexicon(lines)
    for text in ("zendt mij een brief graag", "Mail mij brief aan", "geef mij die dreigbrief nu"):
        assert [hit.idea for hit in lexicon.find(read_words(text))] == ["found"]
    for text in ("stuurde mij een brief graag", "stuur mij een brief"):
        assert lexicon.find(read_words(text)) == []


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("الشكوى", "شكوي"),
        ("والشركة", "شركه"),
        ("بالاتصال", "اتصال"),
        ("للشركة", "شركه"),
        ("وأريد", "اريد"),
        ("إلى", "الي"),  # the article is not what it begins with
        ("والدتي", "والدتي"),  # nor "and"
        ("شـكـوى", "شكوي"),
    ],
)
def test_an_arabic_word_is_known_without_its_article(written: str, folded: str):
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("betaald", "onbetaald betaalde"),
        ("al .. betaald", "al op twee of drie maart betaald"),
        ("reeds .. betaald", "Dat weet u reeds. Betaald wordt er niet."),
        ("^stuur", "Dan zal ik u straks een mail sturen, stuur ik vaker."),
        ("<n> brieven", "veel brieven"),
    ],
)
def test_a_pattern_is_not_stretched(pattern: str, text: str):
    assert ideas(pattern, text) == []


@pytest.mark.parametrize(
    "language",
    [
        *("nl", "pl", "no", "sv", "da", "de", "en", "fr", "uk"),
        *("es", "it", "pt", "ro"),
        *("ru", "tr", "lt", "cs", "sk", "ar"),
    ],
)
def test_each_shipped_lexicon_knows_the_ideas_that_the_model_asks_for(language: str):
    lexicon = lexicon_of(language)
    assert lexicon is not None
    known = set(lexicon.ideas)
    assert {"paid_already", "rude", "calls", "letter", "by_letter", "by_email"} <= known
    assert {"say_letter", "say_email"} <= known


@pytest.mark.parametrize("file", sorted(IDEAS.iterdir()), ids=lambda file: file.name)
def test_an_option_of_several_words_is_a_pattern_of_its_own(file: Traversable):
    """`nieuw adres|nieuw nummer` asks for "nieuw", "adres" or "nieuw", "nummer", one by one."""
    for line in file.read_text(encoding="utf-8").splitlines():
        for part in re.split(r";|\s\.{2,3}\s", line.partition("#")[0]):
            words = [set(word.split("|")) for word in part.strip().lstrip("^").split()]
            twice = [one & two for one, two in pairwise(words) if len(one | two) > 2]
            assert not any(twice), part


@given(st.text(max_size=200))
def test_any_text_is_cut_into_folded_words_that_stand_where_they_say(text: str):
    words = read_words(text)
    for form, start, end in zip(words.forms, words.starts, words.ends, strict=True):
        assert fold(text[start:end]).replace("-", "").replace("'", "") == form.replace("'", "")
