"""Years written out in words: `nittenhundreogsekstito`, `tysiąc dziewięćset sześćdziesiątego`.

All ways of writing the years of living memory are made from the number words of a language
(`lists/years.toml`), spaces and hyphens left out; a stretch of words is then only looked up.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from triage.understanding.phrases import phrase_file
from triage.understanding.tokens import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MOST_WORDS = 6
"""Most words and hyphens of a year: "nineteen hundred and seventy - eight"."""
SHORTEST_DECADE = 30
"""From which year of the century Poles leave the century out: `siedemdziesiąty ósmy`."""


class WrittenYear(NamedTuple):
    """A year and how many words it takes."""

    year: int
    words: int


def written_year(language: str, words: Sequence[str], at: int) -> WrittenYear | None:
    """Return the year that the plain words from this place on spell, the longest first."""
    known, beginnings = _years(language)
    if at >= len(words) or not words[at].startswith(beginnings):
        return None
    for count in range(min(MOST_WORDS, len(words) - at), 0, -1):
        year = known.get(_joined(words[at : at + count]))
        if year is not None:
            return WrittenYear(year, count)
    return None


def _joined(words: Sequence[str]) -> str:
    return "".join(words).replace("-", "")


@cache
def _years(language: str) -> tuple[Mapping[str, int], tuple[str, ...]]:
    """Return the years by their spelling, and what their first words begin with."""
    table = phrase_file("years").get(language)
    if table is None:
        return {}, ("\0",)
    below = dict(_below_hundred(table))
    endings = tuple(table["bare"])
    known = {
        word: year
        for word, year in below.items()
        if word.endswith(endings) and year >= 1900 + SHORTEST_DECADE
    }
    for century, least in ((1900, 0), (2000, 1)):
        for hundreds, (word, year) in product(table[str(century)], below.items()):
            if year - 1900 >= least:
                known[plain(hundreds).replace(" ", "") + word] = century + year - 1900
    firsts = (*table["1900"], *table["2000"], *(table["tens"] if table["bare"] else ()))
    return known, tuple({plain(form)[:5] for word in firsts for form in word.split("|")})


def _below_hundred(table: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield the spellings of 1 to 99 as years of the twentieth century."""
    units = [plain(each).split("|") for each in table["units"]]
    for number, forms in enumerate(units, 1):
        yield from ((form, 1900 + number) for form in forms)
    for number, form in enumerate(table["teens"], 10):
        yield from ((each, 1900 + number) for each in plain(form).split("|"))
    for decade, form in enumerate(table["tens"], 2):
        for ten in plain(form).split("|"):
            yield ten, 1900 + decade * 10
            for unit, one in ((unit, one) for unit, all_ in enumerate(units, 1) for one in all_):
                year = 1900 + decade * 10 + unit
                yield from ((one + join + ten, year) for join in table["unit_first"])
                yield from ((ten + join + one, year) for join in table["ten_first"])
