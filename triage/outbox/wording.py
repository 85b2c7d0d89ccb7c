"""Values worded in the sender's language: dates, terms, opening hours."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from babel import Locale
from babel.dates import format_date, format_time

from triage.outbox.render import LANGUAGES
from triage.policy.model import Unit

if TYPE_CHECKING:
    from datetime import datetime, time

    from triage.policy.model import OfficeHours, Policy, Term

_LOCALES = {"no": "nb"}
_DATE = {
    "nl": "d MMMM y",
    "pl": "d MMMM y 'r.'",
    "uk": "d MMMM y 'р.'",
    "ru": "d MMMM y 'г.'",
    "cs": "d. MMMM y",
    "sk": "d. MMMM y",
    "lt": "y 'm.' MMMM d 'd.'",
    "tr": "d MMMM y",
    "ar": "d MMMM y",
    "no": "d. MMMM y",
    "sv": "'den' d MMMM y",
    "da": "'den' d. MMMM y",
    "de": "d. MMMM y",
    "en": "d MMMM y",
}
_DAY = {
    "nl": "EEEE d MMMM y",
    # Polish and its kin inflect the weekday after a preposition; in brackets it stays as it is.
    "pl": "d MMMM y 'r.' (EEEE)",
    "uk": "d MMMM y 'р.' (EEEE)",
    "ru": "d MMMM y 'г.' (EEEE)",
    "cs": "d. MMMM y (EEEE)",
    "sk": "d. MMMM y (EEEE)",
    "lt": "y 'm.' MMMM d 'd.' (EEEE)",
    "tr": "d MMMM y EEEE",
    "ar": "EEEE d MMMM y",
    "no": "EEEE d. MMMM y",
    "sv": "EEEE'en' 'den' d MMMM y",
    "da": "EEEE 'den' d. MMMM y",
    "de": "EEEE, d. MMMM y",
    "en": "EEEE d MMMM y",
}
_AT = {
    "nl": "{date} om {time} uur",
    "pl": "{date} o godz. {time}",
    "uk": "{date} о {time}",
    "ru": "{date} в {time}",
    "cs": "{date} v {time}",
    "sk": "{date} o {time}",
    "lt": "{date} {time}",
    "tr": "{date}, saat {time}",
    "ar": "{date} الساعة {time}",
    "no": "{date} kl. {time}",
    "sv": "{date} kl. {time}",
    "da": "{date} kl. {time}",
    "de": "{date} um {time} Uhr",
    "en": "{date} at {time}",
}
_ORDINAL_DAYS = frozenset({"no", "da", "de", "cs", "sk"})
"""Languages that write a day with a full stop."""
_TIME = {"da": "HH.mm", "sv": "HH.mm", "no": "HH.mm"}
_UNITS = {
    Unit.WORKING_DAYS: {
        "nl": ("binnen {n} werkdag", "binnen {n} werkdagen"),
        "pl": ("w ciągu {n} dnia roboczego", "w ciągu {n} dni roboczych"),
        "uk": ("протягом {n} робочого дня", "протягом {n} робочих днів"),
        "ru": ("в течение {n} рабочего дня", "в течение {n} рабочих дней"),
        "cs": ("do {n} pracovního dne", "do {n} pracovních dnů"),
        "sk": ("do {n} pracovného dňa", "do {n} pracovných dní"),
        "lt": ("per {n} darbo dieną", "per {n} darbo dienų"),
        "tr": ("{n} iş günü içinde", "{n} iş günü içinde"),
        "ar": ("خلال {n} يوم عمل", "خلال {n} يوم عمل"),
        "no": ("innen {n} virkedag", "innen {n} virkedager"),
        "sv": ("inom {n} arbetsdag", "inom {n} arbetsdagar"),
        "da": ("inden for {n} arbejdsdag", "inden for {n} arbejdsdage"),
        "de": ("innerhalb von {n} Arbeitstag", "innerhalb von {n} Arbeitstagen"),
        "en": ("within {n} working day", "within {n} working days"),
    },
    Unit.CALENDAR_DAYS: {
        "nl": ("binnen {n} dag", "binnen {n} dagen"),
        "pl": ("w ciągu {n} dnia", "w ciągu {n} dni"),
        "uk": ("протягом {n} дня", "протягом {n} днів"),
        "ru": ("в течение {n} дня", "в течение {n} дней"),
        "cs": ("do {n} dne", "do {n} dnů"),
        "sk": ("do {n} dňa", "do {n} dní"),
        "lt": ("per {n} dieną", "per {n} dienų"),
        "tr": ("{n} gün içinde", "{n} gün içinde"),
        "ar": ("خلال {n} يوم", "خلال {n} يوم"),
        "no": ("innen {n} dag", "innen {n} dager"),
        "sv": ("inom {n} dag", "inom {n} dagar"),
        "da": ("inden for {n} dag", "inden for {n} dage"),
        "de": ("innerhalb von {n} Tag", "innerhalb von {n} Tagen"),
        "en": ("within {n} day", "within {n} days"),
    },
    Unit.MONTHS: {
        "nl": ("binnen {n} maand", "binnen {n} maanden"),
        "pl": ("w ciągu {n} miesiąca", "w ciągu {n} miesięcy"),
        "uk": ("протягом {n} місяця", "протягом {n} місяців"),
        "ru": ("в течение {n} месяца", "в течение {n} месяцев"),
        "cs": ("do {n} měsíce", "do {n} měsíců"),
        "sk": ("do {n} mesiaca", "do {n} mesiacov"),
        "lt": ("per {n} mėnesį", "per {n} mėnesių"),
        "tr": ("{n} ay içinde", "{n} ay içinde"),
        "ar": ("خلال {n} شهر", "خلال {n} شهر"),
        "no": ("innen {n} måned", "innen {n} måneder"),
        "sv": ("inom {n} månad", "inom {n} månader"),
        "da": ("inden for {n} måned", "inden for {n} måneder"),
        "de": ("innerhalb von {n} Monat", "innerhalb von {n} Monaten"),
        "en": ("within {n} month", "within {n} months"),
    },
}
_BY_COUNT = {
    ("lt", Unit.WORKING_DAYS): {"one": "per {n} darbo dieną", "few": "per {n} darbo dienas"},
    ("lt", Unit.CALENDAR_DAYS): {"one": "per {n} dieną", "few": "per {n} dienas"},
    ("lt", Unit.MONTHS): {"one": "per {n} mėnesį", "few": "per {n} mėnesius"},
    ("ar", Unit.WORKING_DAYS): {
        "two": "خلال يومي عمل",
        "few": "خلال {n} أيام عمل",
        "many": "خلال {n} يومًا من أيام العمل",
    },
    ("ar", Unit.CALENDAR_DAYS): {
        "two": "خلال يومين",
        "few": "خلال {n} أيام",
        "many": "خلال {n} يومًا",
    },
    ("ar", Unit.MONTHS): {"two": "خلال شهرين", "few": "خلال {n} أشهر", "many": "خلال {n} شهرًا"},
}
"""Terms whose words depend on more than one or many, by Unicode's names of the plurals."""
_WEEK = {
    "nl": ("maandag t/m vrijdag", "maandag t/m donderdag", "vrijdag"),
    "pl": ("poniedziałek–piątek", "poniedziałek–czwartek", "piątek"),
    "uk": ("понеділок–п’ятниця", "понеділок–четвер", "п’ятниця"),
    "ru": ("понедельник–пятница", "понедельник–четверг", "пятница"),
    "cs": ("pondělí–pátek", "pondělí–čtvrtek", "pátek"),
    "sk": ("pondelok–piatok", "pondelok–štvrtok", "piatok"),
    "lt": ("pirmadienis–penktadienis", "pirmadienis–ketvirtadienis", "penktadienis"),
    "tr": ("Pazartesi–Cuma", "Pazartesi–Perşembe", "Cuma"),
    "ar": ("من الاثنين إلى الجمعة", "من الاثنين إلى الخميس", "الجمعة"),
    "no": ("mandag–fredag", "mandag–torsdag", "fredag"),
    "sv": ("måndag–fredag", "måndag–torsdag", "fredag"),
    "da": ("mandag–fredag", "mandag–torsdag", "fredag"),
    "de": ("Montag–Freitag", "Montag–Donnerstag", "Freitag"),
    "en": ("Monday to Friday", "Monday to Thursday", "Friday"),
}


def languages_for(language: str, policy: Policy) -> tuple[str, ...]:
    """Return the languages of an answer: the sender's, else the home language plus English."""
    if language in LANGUAGES:
        return (language,)
    wanted = dict.fromkeys((policy.home_language, "en"))
    return tuple(each for each in wanted if each in LANGUAGES)


def day(value: date, language: str) -> str:
    """Return the day with its weekday, such as `maandag 20 april 2026`."""
    return format_date(value, _DAY[language], locale=_LOCALES.get(language, language))


def moment(value: datetime, language: str, policy: Policy) -> str:
    """Return the moment (aware) in the policy's zone, such as `20 april 2026 om 14:05 uur`."""
    local = value.astimezone(policy.zone)
    locale = _LOCALES.get(language, language)
    return _AT[language].format(
        date=format_date(local.date(), _DATE[language], locale=locale),
        time=_clock(local.time(), language),
    )


def term(value: Term, language: str) -> str:
    """Return the term in words, such as `binnen 10 werkdagen`."""
    one, many = _UNITS[value.unit][language]
    plural = Locale.parse(_LOCALES.get(language, language)).plural_form(value.count)
    fitting = _BY_COUNT.get((language, value.unit), {}).get(plural)
    return (fitting or (one if value.count == 1 else many)).format(n=value.count)


def office_hours(value: OfficeHours, language: str, on: date) -> str:
    """Return the opening hours around a day in words; empty where the policy publishes none."""
    if not value.published:
        return ""
    whole, week, friday = _WEEK[language]
    exception = next((each for each in value.exceptions if each.covers(on)), None)
    if exception is not None:
        ends = dict.fromkeys((exception.first, exception.last))
        days = "–".join(_day_of_year(each, on.year, language) for each in ends)
        return f"{days} {_span(exception.opens, exception.closes, language)}"
    if value.closes == value.closes_friday:
        return f"{whole} {_span(value.opens, value.closes, language)}"
    first = f"{week} {_span(value.opens, value.closes, language)}"
    return f"{first}, {friday} {_span(value.opens, value.closes_friday, language)}"


def _day_of_year(month_and_day: tuple[int, int], year: int, language: str) -> str:
    pattern = "d. MMMM" if language in _ORDINAL_DAYS else "d MMMM"
    if language == "lt":
        pattern = "MMMM d 'd.'"
    locale = _LOCALES.get(language, language)
    return format_date(date(year, *month_and_day), pattern, locale=locale)


def _clock(value: time, language: str) -> str:
    return format_time(value, _TIME.get(language, "HH:mm"), locale=_LOCALES.get(language, language))


def _span(opens: time, closes: time, language: str) -> str:
    return f"{_clock(opens, language)}–{_clock(closes, language)}"
