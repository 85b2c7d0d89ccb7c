"""Due dates counted by hand, with a printed calendar and not with the code under test.

Easter Sundays: 31 March 2024, 20 April 2025, 5 April 2026, 28 March 2027. In the Netherlands Good
Friday and 5 May are working days here; in Norway Maundy Thursday, Good Friday, 1 and 17 May are
free; in Poland 24 December is free from 2025 on. `wd` stands for working days.
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """One moment of receipt and the day on which that clock ends."""

    policy: str
    clock: str
    received: str
    due: str
    reason: str


def _rows(policy: str, clock: str, *rows: tuple[str, str, str]) -> tuple[Row, ...]:
    return tuple(Row(policy, clock, *row) for row in rows)


# fmt: off
# One row a line, whatever its length: it is a table.

ALEKTUM_NL = (
    *_rows(
        "alektum-nl",
        "answer",
        # Easter
        ("2024-03-28T10:00+01:00", "2024-04-12", "Good Friday 29 March counts, Easter Monday 1 April does not"),
        ("2025-04-17T10:00+02:00", "2025-05-02", "Easter Monday 21 April; King's Day on a Saturday costs nothing; 1 May is a Dutch working day"),
        ("2026-04-02T10:00+02:00", "2026-04-17", "Easter Monday 6 April"),
        ("2027-03-25T10:00+01:00", "2027-04-09", "Easter Monday 29 March, in the week the clock changes"),
        # King's Day
        ("2024-04-22T09:00+02:00", "2024-05-06", "27 April 2024 is a Saturday and is not made up for"),
        ("2025-04-22T09:00+02:00", "2025-05-06", "27 April 2025 is a Sunday: kept on Saturday the 26th, Monday the 28th is worked"),
        ("2026-04-20T09:00+02:00", "2026-05-05", "King's Day on Monday 27 April; 5 May itself is worked"),
        ("2027-04-19T09:00+02:00", "2027-05-04", "King's Day on Tuesday 27 April"),
        ("2027-04-27T09:00+02:00", "2027-05-12", "received on King's Day: counts at once from the next day; Ascension 6 May"),
        # Liberation Day
        ("2025-05-02T09:00+02:00", "2025-05-16", "5 May 2025, a lustrum year, is worked all the same"),
        ("2026-05-04T09:00+02:00", "2026-05-19", "5 May 2026 is worked; Ascension 14 May is free"),
        # Ascension and Whitsun
        ("2024-05-08T09:00+02:00", "2024-05-24", "Ascension 9 May and Whit Monday 20 May"),
        ("2026-05-11T09:00+02:00", "2026-05-27", "Ascension 14 May and Whit Monday 25 May"),
        ("2025-06-06T09:00+02:00", "2025-06-23", "Whit Monday 9 June"),
        # Leap days
        ("2024-02-15T09:00+01:00", "2024-02-29", "the tenth working day is the leap day"),
        ("2024-02-29T09:00+01:00", "2024-03-14", "received on the leap day"),
        ("2028-02-28T09:00+01:00", "2028-03-13", "the leap day Tuesday 29 February 2028 is the first wd"),
        # Year ends
        ("2025-12-22T09:00+01:00", "2026-01-08", "both Christmas days and New Year are free, Christmas Eve is worked"),
        ("2024-12-31T09:00+01:00", "2025-01-15", "New Year on a Wednesday"),
        # Weekends and midnight
        ("2026-01-09T23:59+01:00", "2026-01-23", "Friday 23:59: Monday is the first wd"),
        ("2026-01-10T12:00+01:00", "2026-01-23", "Saturday: Monday is the first wd, nothing is moved here"),
        ("2026-01-11T23:59:59+01:00", "2026-01-23", "the last second of Sunday"),
        ("2026-01-12T00:00+01:00", "2026-01-26", "Monday 00:00 is Monday: Tuesday is the first wd"),
        ("2026-01-11T22:59:59+00:00", "2026-01-23", "UTC, one second before midnight in Amsterdam"),
        ("2026-01-11T23:00:00+00:00", "2026-01-26", "UTC: Sunday there, Monday in Amsterdam"),
        ("2026-07-05T21:59:59+00:00", "2026-07-17", "summer time: UTC 21:59:59 is still Sunday"),
        ("2026-07-05T22:00:00+00:00", "2026-07-20", "summer time: UTC 22:00 is Monday"),
        # The clock changes on Sunday 29 March and Sunday 25 October 2026
        ("2026-03-29T21:59:59+00:00", "2026-04-13", "spring: 23:59:59 summer time, still Sunday; Easter Monday 6 April"),
        ("2026-03-29T22:00:00+00:00", "2026-04-14", "spring: midnight in summer time, Monday"),
        ("2026-10-25T22:30:00+00:00", "2026-11-06", "autumn: 23:30 winter time, still Sunday; with summer time it would be Monday"),
        ("2026-10-25T23:00:00+00:00", "2026-11-09", "autumn: midnight in winter time, Monday"),
        ("2026-10-25T02:30:00+01:00", "2026-11-06", "the hour that comes twice is Sunday both times"),
    ),
    *_rows(
        "alektum-nl",
        "second_instance",
        ("2026-05-04T09:00+02:00", "2026-05-19", "10 wd as well: 5 May worked, Ascension free"),
        ("2026-12-17T09:00+01:00", "2027-01-04", "Christmas 2026 on Friday and Saturday, New Year on Friday"),
    ),
    *_rows(
        "alektum-nl",
        "reminder",
        ("2026-04-24T09:00+02:00", "2026-04-30", "3 wd over King's Day"),
        ("2024-03-28T23:30+00:00", "2024-04-04", "Friday 00:30 in Amsterdam; Easter Monday"),
    ),
    *_rows(
        "alektum-nl",
        "privacy",
        ("2026-01-31T09:00+01:00", "2026-02-28", "one month: February has no 31st; a Saturday stays as counted"),
        ("2024-01-31T09:00+01:00", "2024-02-29", "one month in a leap year"),
        ("2025-12-31T09:00+01:00", "2026-01-31", "one month over the year's end"),
        ("2026-03-31T22:30+00:00", "2026-05-01", "already 1 April in Amsterdam"),
    ),
)

ALEKTUM_NL_SERVICE = (
    *_rows(
        "alektum-nl-service",
        "answer",
        ("2026-05-21T09:00+02:00", "2026-06-05", "Whit Monday 25 May"),
        ("2025-12-15T09:00+01:00", "2025-12-31", "Christmas, and due on New Year's Eve"),
        ("2025-04-25T23:00+02:00", "2025-05-09", "the Friday before King's Day on a Saturday"),
    ),
    *_rows(
        "alektum-nl-service",
        "second_instance",
        ("2027-05-14T09:00+02:00", "2027-05-31", "Whit Monday 17 May 2027"),
    ),
    *_rows(
        "alektum-nl-service",
        "reminder",
        ("2026-05-13T09:00+02:00", "2026-05-19", "3 wd over Ascension"),
    ),
    *_rows(
        "alektum-nl-service",
        "privacy",
        ("2027-05-31T09:00+02:00", "2027-06-30", "June has no 31st"),
    ),
)

PRO_ACTIEF = (
    *_rows(
        "pro-actief",
        "answer",
        # A mail on a day off counts as received on the next working day
        ("2026-01-09T17:00+01:00", "2026-01-20", "Friday is the day of receipt: Monday is the first wd"),
        ("2026-01-10T10:00+01:00", "2026-01-21", "Saturday counts as Monday: Tuesday is the first wd"),
        ("2026-01-11T23:59+01:00", "2026-01-21", "Sunday 23:59 counts as Monday"),
        ("2026-01-12T00:00+01:00", "2026-01-21", "Monday 00:00 is Monday"),
        ("2026-01-13T00:00+01:00", "2026-01-22", "Tuesday 00:00 is Tuesday"),
        ("2026-01-09T22:59:59+00:00", "2026-01-20", "UTC, the last second of Friday in Amsterdam"),
        ("2026-01-09T23:00:00+00:00", "2026-01-21", "UTC: Friday there, Saturday in Amsterdam"),
        # Easter
        ("2026-04-03T12:00+02:00", "2026-04-15", "Good Friday is worked: received that day; Easter Monday"),
        ("2026-04-04T12:00+02:00", "2026-04-16", "Easter Saturday counts as Tuesday 7 April"),
        ("2026-04-06T12:00+02:00", "2026-04-16", "Easter Monday counts as Tuesday 7 April"),
        ("2027-03-28T02:30+02:00", "2027-04-08", "Easter Sunday in the hour the clock skips; Monday is free as well"),
        # King's Day, 5 May, Ascension, Whitsun
        ("2025-04-26T12:00+02:00", "2025-05-07", "King's Day 2025 on Saturday the 26th counts as Monday the 28th"),
        ("2025-04-27T12:00+02:00", "2025-05-07", "27 April 2025 is an ordinary Sunday"),
        ("2025-04-28T12:00+02:00", "2025-05-07", "28 April 2025 is worked"),
        ("2026-04-27T12:00+02:00", "2026-05-07", "King's Day on a Monday counts as Tuesday"),
        ("2025-05-05T12:00+02:00", "2025-05-14", "5 May 2025 is worked: received that day"),
        ("2024-05-09T12:00+02:00", "2024-05-22", "Ascension counts as Friday; Whit Monday 20 May"),
        ("2026-05-25T12:00+02:00", "2026-06-04", "Whit Monday counts as Tuesday"),
        # Year ends and leap days
        ("2025-12-25T12:00+01:00", "2026-01-08", "Christmas on Thursday counts as Monday the 29th; New Year"),
        ("2027-01-01T12:00+01:00", "2027-01-13", "New Year on Friday counts as Monday the 4th"),
        ("2024-02-24T12:00+01:00", "2024-03-06", "Saturday counts as Monday; the leap day is the third wd"),
    ),
    *_rows(
        "pro-actief",
        "second_instance",
        ("2026-08-15T12:00+02:00", "2026-08-26", "as the answer: Saturday counts as Monday; 15 August is no Dutch holiday"),
    ),
    *_rows(
        "pro-actief",
        "reminder",
        ("2026-04-02T12:00+02:00", "2026-04-07", "2 wd: Good Friday, and Tuesday after Easter"),
        ("2026-01-10T12:00+01:00", "2026-01-13", "the rule for days off is the answer's, not the reminder's"),
    ),
    *_rows(
        "pro-actief",
        "privacy",
        ("2026-02-28T12:00+01:00", "2026-03-28", "one month from Saturday to Saturday"),
    ),
)

ALEKTUM_NO = (
    *_rows(
        "alektum-no",
        "answer",
        # Easter: Thursday, Friday and Monday are free
        ("2024-03-27T12:00+01:00", "2024-04-15", "Wednesday before Easter"),
        ("2025-04-14T12:00+02:00", "2025-05-02", "Easter, and 1 May on a Thursday"),
        ("2026-03-30T12:00+02:00", "2026-04-16", "Easter 2026"),
        ("2026-04-02T12:00+02:00", "2026-04-20", "received on Maundy Thursday"),
        ("2027-03-24T12:00+01:00", "2027-04-12", "Easter 2027, in the week the clock changes"),
        # May
        ("2026-04-30T12:00+02:00", "2026-05-18", "1 May on Friday, Ascension; 17 May is a Sunday and not made up for"),
        ("2024-05-10T12:00+02:00", "2024-05-28", "17 May on Friday, Whit Monday 20 May"),
        ("2025-05-15T12:00+02:00", "2025-05-30", "17 May on Saturday, Ascension 29 May"),
        ("2027-05-14T12:00+02:00", "2027-05-31", "17 May 2027 is Whit Monday too: one day lost, not two"),
        # Year's end, midnight
        ("2024-12-18T12:00+01:00", "2025-01-06", "Christmas Eve is worked by law; both Christmas days and New Year are free"),
        ("2026-06-14T22:00+00:00", "2026-06-29", "Sunday in UTC, Monday 00:00 in Oslo"),
        ("2026-06-14T21:59+00:00", "2026-06-26", "Sunday 23:59 in Oslo"),
    ),
    *_rows(
        "alektum-no",
        "second_instance",
        ("2026-10-26T12:00+01:00", "2026-11-09", "two plain weeks; 1 November is no Norwegian holiday"),
    ),
    *_rows(
        "alektum-no",
        "reminder",
        ("2026-04-01T12:00+02:00", "2026-04-09", "3 wd: Thursday, Friday and Monday of Easter are free"),
    ),
    *_rows(
        "alektum-no",
        "privacy",
        ("2026-08-31T12:00+02:00", "2026-09-30", "September has no 31st"),
    ),
)

ALEKTUM_PL = (
    *_rows(
        "alektum-pl",
        "answer",
        # 1 and 3 May
        ("2026-04-01T12:00+02:00", "2026-04-30", "day 30 is Friday 1 May"),
        ("2026-04-02T12:00+02:00", "2026-04-30", "day 30 is Saturday 2 May, and 1 May is free"),
        ("2026-04-03T12:00+02:00", "2026-04-30", "day 30 is Sunday 3 May: three days back"),
        ("2026-04-04T12:00+02:00", "2026-05-04", "day 30 is Monday 4 May; received on a Saturday"),
        ("2024-04-03T12:00+02:00", "2024-05-02", "day 30 is Friday 3 May; Thursday 2 May is worked"),
        ("2025-04-01T12:00+02:00", "2025-04-30", "day 30 is Thursday 1 May"),
        ("2025-04-03T12:00+02:00", "2025-05-02", "day 30 is Saturday 3 May; Friday 2 May is worked"),
        # Christmas Eve is free from 2025 on
        ("2024-11-24T12:00+01:00", "2024-12-24", "24 December 2024 is worked"),
        ("2024-11-25T12:00+01:00", "2024-12-24", "day 30 is Christmas Day 2024"),
        ("2025-11-24T12:00+01:00", "2025-12-23", "24 December 2025 is free"),
        ("2025-11-26T12:00+01:00", "2025-12-23", "day 30 is 26 December 2025"),
        ("2025-11-28T12:00+01:00", "2025-12-23", "day 30 is Sunday 28 December: five days back"),
        # New Year and Epiphany
        ("2025-12-02T12:00+01:00", "2025-12-31", "day 30 is New Year"),
        ("2025-12-07T12:00+01:00", "2026-01-05", "day 30 is Epiphany, a Tuesday"),
        ("2024-12-07T12:00+01:00", "2025-01-03", "day 30 is Epiphany, a Monday"),
        # Easter, Whitsun, Corpus Christi
        ("2026-03-07T12:00+01:00", "2026-04-03", "day 30 is Easter Monday; Good Friday is worked"),
        ("2027-02-27T12:00+01:00", "2027-03-26", "day 30 is Easter Monday 29 March 2027"),
        ("2026-04-24T12:00+02:00", "2026-05-22", "day 30 is Whit Sunday"),
        ("2026-04-25T12:00+02:00", "2026-05-25", "day 30 is Whit Monday, worked in Poland"),
        ("2024-04-30T12:00+02:00", "2024-05-29", "day 30 is Corpus Christi 2024"),
        ("2025-05-20T12:00+02:00", "2025-06-18", "day 30 is Corpus Christi 2025"),
        ("2026-05-05T12:00+02:00", "2026-06-03", "day 30 is Corpus Christi 2026"),
        ("2027-04-27T12:00+02:00", "2027-05-26", "day 30 is Corpus Christi 2027"),
        # 15 August, 1 and 11 November
        ("2025-07-16T12:00+02:00", "2025-08-14", "day 30 is 15 August, a Friday"),
        ("2024-10-02T12:00+02:00", "2024-10-31", "day 30 is All Saints, a Friday"),
        ("2024-10-12T12:00+02:00", "2024-11-08", "day 30 is Monday 11 November: back over the weekend"),
        ("2025-10-12T12:00+02:00", "2025-11-10", "day 30 is Tuesday 11 November"),
        # Leap days
        ("2024-01-30T12:00+01:00", "2024-02-29", "day 30 is the leap day"),
        ("2024-01-31T12:00+01:00", "2024-03-01", "the leap day is counted"),
        ("2027-01-30T12:00+01:00", "2027-03-01", "no leap day"),
        ("2028-01-30T12:00+01:00", "2028-02-29", "day 30 is the leap day 2028"),
        # Midnight and the change of the clock
        ("2026-02-09T23:59:59+01:00", "2026-03-11", "the last second of the 9th"),
        ("2026-02-09T23:00:00+00:00", "2026-03-12", "UTC: the 9th there, the 10th in Warsaw"),
        ("2026-03-28T23:30:00+00:00", "2026-04-28", "00:30 on the Sunday of the change"),
        ("2026-10-25T22:30:00+00:00", "2026-11-24", "23:30 winter time on the Sunday of the change"),
    ),
    *_rows(
        "alektum-pl",
        "extended",
        ("2026-03-02T12:00+01:00", "2026-04-30", "day 60 is 1 May"),
        ("2024-10-25T12:00+02:00", "2024-12-24", "day 60 is Christmas Eve 2024, worked"),
        ("2025-10-25T12:00+02:00", "2025-12-23", "day 60 is Christmas Eve 2025, free"),
        ("2024-12-31T12:00+01:00", "2025-02-28", "day 60 is Saturday 1 March"),
        ("2023-12-31T12:00+01:00", "2024-02-29", "day 60 is the leap day"),
    ),
    *_rows(
        "alektum-pl",
        "second_instance",
        ("2026-07-17T12:00+02:00", "2026-08-14", "as the answer: Sunday 16 August, and Saturday the 15th is free"),
    ),
    *_rows(
        "alektum-pl",
        "reminder",
        ("2026-04-28T12:00+02:00", "2026-05-06", "5 wd over 1 May; 3 May is a Sunday"),
        ("2024-12-18T12:00+01:00", "2024-12-27", "5 wd: Christmas Eve 2024 is worked"),
        ("2025-12-18T12:00+01:00", "2025-12-30", "5 wd: Christmas Eve 2025 is free"),
    ),
    *_rows(
        "alektum-pl",
        "privacy",
        ("2026-04-01T12:00+02:00", "2026-05-01", "one month, not moved off a holiday: earlier is always right"),
        ("2027-01-29T12:00+01:00", "2027-02-28", "February 2027 has no 29th"),
    ),
)

ACKNOWLEDGED = (
    *_rows(
        "alektum-nl",
        "acknowledged",
        ("2026-04-02T10:00+02:00", "2026-04-02", "at once: on the day of receipt"),
        ("2026-04-05T23:59+02:00", "2026-04-05", "on Easter Sunday, too"),
        ("2026-03-28T23:30+00:00", "2026-03-29", "half past midnight in Amsterdam, in the night in which the clock changes"),
    ),
    *_rows("alektum-nl-service", "acknowledged", ("2028-02-29T09:00+01:00", "2028-02-29", "the leap day")),
    *_rows("alektum-no", "acknowledged", ("2026-05-17T12:00+02:00", "2026-05-17", "Constitution Day")),
    *_rows("alektum-pl", "acknowledged", ("2026-05-03T12:00+02:00", "2026-05-03", "Constitution Day, a Sunday")),
    *_rows("pro-actief", "acknowledged", ("2026-12-25T12:00+01:00", "2026-12-25", "Christmas; only the answer waits for the working day")),
)

ROWS = (*ACKNOWLEDGED, *ALEKTUM_NL, *ALEKTUM_NL_SERVICE, *PRO_ACTIEF, *ALEKTUM_NO, *ALEKTUM_PL)
