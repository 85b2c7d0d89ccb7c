"""The days that people name instead of a date: Easter, Christmas, midsummer and the like."""

from __future__ import annotations

from datetime import date, timedelta

FROM_EASTER = {
    "maundy_thursday": -3,
    "good_friday": -2,
    "easter_saturday": -1,
    "easter": 0,
    "easter_monday": 1,
    "ascension": 39,
    "pentecost": 49,
    "whit_monday": 50,
    "corpus_christi": 60,
}
"""Days after Easter Sunday."""
FIXED = {
    "christmas_eve": (12, 24),
    "christmas": (12, 25),
    "boxing_day": (12, 26),
    "new_years_eve": (12, 31),
    "new_year": (1, 1),
}
"""Month and day."""


def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (Anonymous algorithm, Nature 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def feast(name: str, year: int) -> date:
    """Return the day of a feast in a year; `name` is a key above, `midsummer_eve` or `MM-DD`."""
    if name in FROM_EASTER:
        return easter(year) + timedelta(days=FROM_EASTER[name])
    if name in FIXED:
        return date(year, *FIXED[name])
    if name == "midsummer_eve":  # the Friday from 19 to 25 June
        first = date(year, 6, 19)
        return first + timedelta(days=(4 - first.weekday()) % 7)
    month, _, day = name.partition("-")
    return date(year, int(month), int(day))


def last_feast(name: str, today: date) -> date:
    """Return the latest day of that feast that is not after today."""
    this_year = feast(name, today.year)
    return this_year if this_year <= today else feast(name, today.year - 1)
