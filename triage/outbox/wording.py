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
    "fr": "d MMMM y",
    "es": "d 'de' MMMM 'de' y",
    "it": "d MMMM y",
    "pt": "d 'de' MMMM 'de' y",
    "ro": "d MMMM y",
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
    "fr": "EEEE d MMMM y",
    "es": "EEEE, d 'de' MMMM 'de' y",
    "it": "EEEE d MMMM y",
    "pt": "EEEE, d 'de' MMMM 'de' y",
    "ro": "EEEE, d MMMM y",
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
    "fr": "{date} à {time}",
    "es": "{date} a las {time}",
    "it": "{date} alle ore {time}",
    "pt": "{date} às {time}",
    "ro": "{date}, ora {time}",
}
_ORDINAL_DAYS = frozenset({"no", "da", "de", "cs", "sk"})
"""Languages that write a day with a full stop."""
_OF_MONTH = frozenset({"es", "pt"})
"""Languages that put "of" between day and month: `3 de julio`."""
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
        "fr": ("dans un délai de {n} jour ouvrable", "dans un délai de {n} jours ouvrables"),
        "es": ("en un plazo de {n} día laborable", "en un plazo de {n} días laborables"),
        "it": ("entro {n} giorno lavorativo", "entro {n} giorni lavorativi"),
        "pt": ("no prazo de {n} dia útil", "no prazo de {n} dias úteis"),
        "ro": ("în termen de {n} zi lucrătoare", "în termen de {n} zile lucrătoare"),
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
        "fr": ("dans un délai de {n} jour", "dans un délai de {n} jours"),
        "es": ("en un plazo de {n} día", "en un plazo de {n} días"),
        "it": ("entro {n} giorno", "entro {n} giorni"),
        "pt": ("no prazo de {n} dia", "no prazo de {n} dias"),
        "ro": ("în termen de {n} zi", "în termen de {n} zile"),
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
        "fr": ("dans un délai de {n} mois", "dans un délai de {n} mois"),
        "es": ("en un plazo de {n} mes", "en un plazo de {n} meses"),
        "it": ("entro {n} mese", "entro {n} mesi"),
        "pt": ("no prazo de {n} mês", "no prazo de {n} meses"),
        "ro": ("în termen de {n} lună", "în termen de {n} luni"),
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
    "fr": ("du lundi au vendredi", "du lundi au jeudi", "vendredi"),
    "es": ("de lunes a viernes", "de lunes a jueves", "viernes"),
    "it": ("dal lunedì al venerdì", "dal lunedì al giovedì", "venerdì"),
    "pt": ("de segunda a sexta-feira", "de segunda a quinta-feira", "sexta-feira"),
    "ro": ("luni–vineri", "luni–joi", "vineri"),
}


def languages_for(language: str, policy: Policy) -> tuple[str, ...]:
    """Return the languages of an answer: the sender's, else the home language plus English."""
    if language in LANGUAGES:
        return (language,)
    wanted = dict.fromkeys((policy.home_language, "en"))
    return tuple(each for each in wanted if each in LANGUAGES)


def day(value: date, language: str) -> str:
    """Return the day with its weekday, such as `maandag 20 april 2026`."""
    return format_date(
        value, _counted(_DAY[language], value, language), locale=_LOCALES.get(language, language)
    )


def moment(value: datetime, language: str, policy: Policy) -> str:
    """Return the moment (aware) in the policy's zone, such as `20 april 2026 om 14:05 uur`."""
    local = value.astimezone(policy.zone)
    locale = _LOCALES.get(language, language)
    pattern = _counted(_DATE[language], local.date(), language)
    return _AT[language].format(
        date=format_date(local.date(), pattern, locale=locale),
        time=_clock(local.time(), language),
    )


def term(value: Term, language: str) -> str:
    """Return the term in words, such as `binnen 10 werkdagen`."""
    one, many = _UNITS[value.unit][language]
    plural = Locale.parse(_LOCALES.get(language, language)).plural_form(value.count)
    fitting = _BY_COUNT.get((language, value.unit), {}).get(plural)
    words = fitting or (one if value.count == 1 else many)
    return words.format(n=_number(value.count, language))


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
    if language in _OF_MONTH:
        pattern = "d 'de' MMMM"
    locale, on = _LOCALES.get(language, language), date(year, *month_and_day)
    return format_date(on, _counted(pattern, on, language), locale=locale)


def _counted(pattern: str, on: date, language: str) -> str:
    """Return the pattern as the French want it for the first day of a month: `1er avril`."""
    return pattern.replace("d", "d'er'", 1) if language == "fr" and on.day == 1 else pattern


def _number(count: int, language: str) -> str:
    """Return the number as it stands before what is counted: `30 de zile`, from 20 on."""
    return f"{count} de" if language == "ro" and not 0 < count % 100 < 20 else f"{count}"


def _clock(value: time, language: str) -> str:
    return format_time(value, _TIME.get(language, "HH:mm"), locale=_LOCALES.get(language, language))


def _span(opens: time, closes: time, language: str) -> str:
    return f"{_clock(opens, language)}–{_clock(closes, language)}"
