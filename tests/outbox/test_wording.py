"""Dates, terms and opening hours in the languages that we have texts in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sample_mails import shipped

from triage.outbox import wording
from triage.outbox.render import LANGUAGES
from triage.policy.model import Term, Unit

DAY = date(2026, 4, 1)
ONE_FORM = {("fr", Unit.MONTHS), *(("tr", unit) for unit in Unit)}
"""Units whose plural is written as the singular: `mois`, and any Turkish one behind a number."""


@pytest.mark.parametrize(
    ("language", "day"),
    [
        ("nl", "woensdag 1 april 2026"),
        ("pl", "1 kwietnia 2026 r. (środa)"),
        ("uk", "1 квітня 2026 р. (середа)"),
        ("ru", "1 апреля 2026 г. (среда)"),
        ("cs", "1. dubna 2026 (středa)"),
        ("sk", "1. apríla 2026 (streda)"),
        ("lt", "2026 m. balandžio 1 d. (trečiadienis)"),
        ("tr", "1 Nisan 2026 Çarşamba"),
        ("ar", "الأربعاء 1 أبريل 2026"),
        ("no", "onsdag 1. april 2026"),
        ("sv", "onsdagen den 1 april 2026"),
        ("da", "onsdag den 1. april 2026"),
        ("de", "Mittwoch, 1. April 2026"),
        ("en", "Wednesday 1 April 2026"),
        ("fr", "mercredi 1er avril 2026"),
        ("es", "miércoles, 1 de abril de 2026"),
        ("it", "mercoledì 1 aprile 2026"),
        ("pt", "quarta-feira, 1 de abril de 2026"),
        ("ro", "miercuri, 1 aprilie 2026"),
    ],
)
def test_a_day_has_its_weekday(language: str, day: str) -> None:
    assert wording.day(DAY, language) == day


def test_every_swedish_weekday_has_its_definite_form() -> None:
    week = [wording.day(DAY + timedelta(days=n), "sv").split()[0] for n in range(7)]
    assert week == [
        "onsdagen",
        "torsdagen",
        "fredagen",
        "lördagen",
        "söndagen",
        "måndagen",
        "tisdagen",
    ]


@pytest.mark.parametrize(
    ("language", "moment"),
    [
        ("nl", "1 april 2026 om 00:05 uur"),
        ("pl", "1 kwietnia 2026 r. o godz. 00:05"),
        ("uk", "1 квітня 2026 р. о 00:05"),
        ("ru", "1 апреля 2026 г. в 00:05"),
        ("cs", "1. dubna 2026 v 00:05"),
        ("sk", "1. apríla 2026 o 00:05"),
        ("lt", "2026 m. balandžio 1 d. 00:05"),
        ("tr", "1 Nisan 2026, saat 00:05"),
        ("ar", "1 أبريل 2026 الساعة 00:05"),
        ("no", "1. april 2026 kl. 00.05"),
        ("sv", "den 1 april 2026 kl. 00.05"),
        ("da", "den 1. april 2026 kl. 00.05"),
        ("de", "1. April 2026 um 00:05 Uhr"),
        ("en", "1 April 2026 at 00:05"),
        ("fr", "1er avril 2026 à 00:05"),
        ("es", "1 de abril de 2026 a las 00:05"),
        ("it", "1 aprile 2026 alle ore 00:05"),
        ("pt", "1 de abril de 2026 às 00:05"),
        ("ro", "1 aprilie 2026, ora 00:05"),
    ],
)
def test_a_moment_is_in_the_zone_of_the_policy(language: str, moment: str) -> None:
    policy = shipped()["alektum-no"]
    received = datetime(2026, 3, 31, 22, 5, tzinfo=UTC)
    assert wording.moment(received, language, policy) == moment


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [
        ("nl", "binnen 1 werkdag", "binnen 10 werkdagen"),
        ("pl", "w ciągu 1 dnia roboczego", "w ciągu 10 dni roboczych"),
        ("uk", "протягом 1 робочого дня", "протягом 10 робочих днів"),
        ("ru", "в течение 1 рабочего дня", "в течение 10 рабочих дней"),
        ("cs", "do 1 pracovního dne", "do 10 pracovních dnů"),
        ("sk", "do 1 pracovného dňa", "do 10 pracovných dní"),
        ("lt", "per 1 darbo dieną", "per 10 darbo dienų"),
        ("tr", "1 iş günü içinde", "10 iş günü içinde"),
        ("ar", "خلال 1 يوم عمل", "خلال 10 أيام عمل"),
        ("no", "innen 1 virkedag", "innen 10 virkedager"),
        ("sv", "inom 1 arbetsdag", "inom 10 arbetsdagar"),
        ("da", "inden for 1 arbejdsdag", "inden for 10 arbejdsdage"),
        ("de", "innerhalb von 1 Arbeitstag", "innerhalb von 10 Arbeitstagen"),
        ("en", "within 1 working day", "within 10 working days"),
        (
            "fr",
            "dans un délai de 1 jour ouvrable",
            "dans un délai de 10 jours ouvrables",
        ),
        ("es", "en un plazo de 1 día laborable", "en un plazo de 10 días laborables"),
        ("it", "entro 1 giorno lavorativo", "entro 10 giorni lavorativi"),
        ("pt", "no prazo de 1 dia útil", "no prazo de 10 dias úteis"),
        ("ro", "în termen de 1 zi lucrătoare", "în termen de 10 zile lucrătoare"),
    ],
)
def test_a_term_has_its_plural(language: str, one: str, many: str) -> None:
    assert wording.term(Term(1, Unit.WORKING_DAYS), language) == one
    assert wording.term(Term(10, Unit.WORKING_DAYS), language) == many


@pytest.mark.parametrize(
    ("language", "count", "term"),
    [
        ("lt", 7, "per 7 darbo dienas"),
        ("lt", 21, "per 21 darbo dieną"),
        ("lt", 30, "per 30 darbo dienų"),
        ("ar", 2, "خلال يومي عمل"),
        ("ar", 7, "خلال 7 أيام عمل"),
        ("ar", 30, "خلال 30 يومًا من أيام العمل"),
    ],
)
def test_a_language_may_count_in_more_than_one_and_many(
    language: str, count: int, term: str
) -> None:
    assert wording.term(Term(count, Unit.WORKING_DAYS), language) == term


def test_french_counts_the_first_of_a_month_only() -> None:
    assert wording.day(DAY + timedelta(days=1), "fr") == "jeudi 2 avril 2026"


@pytest.mark.parametrize(
    ("count", "term"),
    [(19, "în termen de 19 zile"), (20, "în termen de 20 de zile"), (101, "în termen de 101 zile")],
)
def test_romanian_counts_from_twenty_on_with_of(count: int, term: str) -> None:
    assert wording.term(Term(count, Unit.CALENDAR_DAYS), "ro") == term


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("unit", Unit)
def test_every_unit_has_words_in_every_language(language: str, unit: Unit) -> None:
    one, many = (wording.term(Term(count, unit), language) for count in (1, 30))
    assert "1" in one
    assert "30" in many
    assert (one.replace("1", "30") != many) == ((language, unit) not in ONE_FORM)


@pytest.mark.parametrize(
    ("language", "hours"),
    [
        ("uk", "3 липня–28 липня 08:00–18:00"),
        ("cs", "3. července–28. července 08:00–18:00"),
        ("lt", "liepos 3 d.–liepos 28 d. 08:00–18:00"),
        ("tr", "3 Temmuz–28 Temmuz 08:00–18:00"),
        ("ar", "3 يوليو–28 يوليو 08:00–18:00"),
    ],
)
def test_a_day_of_the_opening_hours_is_written_as_the_language_does(
    language: str, hours: str
) -> None:
    office = shipped()["alektum-no"].office
    assert wording.office_hours(office, language, date(2026, 7, 3)) == hours


@pytest.mark.parametrize(
    ("policy", "day", "hours"),
    [
        ("alektum-no", "2026-03-02", "mandag–torsdag 08.00–20.00, fredag 08.00–18.00"),
        ("alektum-no", "2026-07-02", "mandag–torsdag 08.00–20.00, fredag 08.00–18.00"),
        ("alektum-no", "2026-07-03", "3. juli–28. juli 08.00–18.00"),
        ("alektum-no", "2026-07-28", "3. juli–28. juli 08.00–18.00"),
        ("alektum-no", "2026-12-23", "23. desember 08.00–14.00"),
        ("alektum-no", "2026-12-30", "27. desember–31. desember 09.00–14.00"),
        ("pro-actief", "2026-03-02", "mandag–fredag 09.00–17.30"),
        ("alektum-nl", "2026-03-02", ""),
        ("alektum-pl", "2026-03-02", ""),
    ],
)
def test_opening_hours_are_those_that_the_procedure_publishes(
    policy: str, day: str, hours: str
) -> None:
    office = shipped()[policy].office
    assert wording.office_hours(office, "no", date.fromisoformat(day)) == hours


@pytest.mark.parametrize(
    ("home", "language", "languages"),
    [
        ("nl", "pl", ("pl",)),
        ("nl", "nl", ("nl",)),
        ("nl", "tr", ("tr",)),
        ("nl", "hu", ("nl", "en")),
        ("pl", "be", ("pl", "en")),
        ("nl", "", ("nl", "en")),
        ("en", "hu", ("en",)),
        ("fi", "hu", ("en",)),  # a home language that we have no texts in
    ],
)
def test_a_language_without_a_text_gets_the_home_language_and_english(
    home: str, language: str, languages: tuple[str, ...]
) -> None:
    policy = replace(shipped()["alektum-nl"], home_language=home)
    assert wording.languages_for(language, policy) == languages
