"""Dates in running text, resolved against a Wednesday: 11 March 2026."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.understanding.dates import dates
from triage.understanding.feasts import easter, feast, last_feast

TODAY = date(2026, 3, 11)


def read(language, text, today=TODAY):
    return [found.iso for found in dates(text, today, language)]


@pytest.mark.parametrize(
    ("language", "text", "iso"),
    [
        ("nl", "op 3 maart 2025 belde u", "2025-03-03"),
        ("nl", "op 3 maart jl.", "2026-03-03"),
        ("nl", "d.d. 12-12-2025", "2025-12-12"),
        ("nl", "op 2/3 gebeld", "2026-03-02"),
        ("nl", "dinsdag 10 maart", "2026-03-10"),
        ("nl", "van 1 mrt. 2026", "2026-03-01"),
        ("nl", "2026-02-14", "2026-02-14"),
        ("pl", "w dniu 3 marca br.", "2026-03-03"),
        ("pl", "dnia 13.02.2026 r.", "2026-02-13"),
        ("pl", "25-go listopada", "2025-11-25"),
        ("pl", "dziewiątego lutego", "2026-02-09"),
        ("pl", "8 bm. zadzwonił", "2026-03-08"),
        ("pl", "dnia 12 ub.m.", "2026-02-12"),
        ("pl", "w rozmowie 13.02. obiecano", "2026-02-13"),
        ("uk", "3-го березня мені дзвонили", "2026-03-03"),
        ("uk", "третього березня", "2026-03-03"),
        ("uk", "21 травня", "2025-05-21"),
        ("ru", "3-го марта", "2026-03-03"),
        ("ru", "двадцать первого февраля", "2026-02-21"),
        ("tr", "3 Mart 2026 tarihinde", "2026-03-03"),
        ("tr", "3 Mart'ta aradınız", "2026-03-03"),
        ("tr", "21 Mayıs’ta", "2025-05-21"),
        ("lt", "kovo 3 d.", "2026-03-03"),
        ("lt", "2025 m. gegužės 21 d. gavau", "2025-05-21"),
        ("cs", "3. března 2026", "2026-03-03"),
        ("cs", "třetího března", "2026-03-03"),
        ("cs", "dne 21. května", "2025-05-21"),
        ("sk", "3. marca 2026", "2026-03-03"),
        ("ar", "يوم 3 مارس 2026", "2026-03-03"),
        ("ar", "في 21 أيار", "2025-05-21"),
        ("ar", "٣ مارس", "2026-03-03"),
        ("ar", "15 كانون الثاني", "2026-01-15"),
        ("no", "den 3. mars 2026", "2026-03-03"),
        ("no", "brev av 3. februar", "2026-02-03"),
        ("no", "mottatt 6.3.2026", "2026-03-06"),
        ("sv", "den 14 februari", "2026-02-14"),
        ("da", "den 2. marts", "2026-03-02"),
        ("da", "ringede d. 8.", "2026-03-08"),
        ("de", "am 3. März 2026", "2026-03-03"),
        ("de", "vom 20. Dezember", "2025-12-20"),
        ("en", "on 3rd of March", "2026-03-03"),
        ("en", "on March 3, 2026", "2026-03-03"),
        ("en", "on February 14th", "2026-02-14"),
        ("fr", "le 26 janvier 2026", "2026-01-26"),
        ("uk", "3 березня 2026", "2026-03-03"),
        ("ru", "28 февраля мне позвонили", "2026-02-28"),
        ("fr", "le 1er mars", "2026-03-01"),
        ("fr", "le 8 courant", "2026-03-08"),
        ("es", "el 3 de marzo de 2025", "2025-03-03"),
        ("es", "con fecha 26 de enero", "2026-01-26"),
        ("es", "el lunes día 2 de marzo", "2026-03-02"),
        ("es", "el día 8 me llamaron", "2026-03-08"),
        ("es", "el tres de febrero", "2026-02-03"),
        ("it", "il 3 marzo 2025", "2025-03-03"),
        ("it", "in data 1° marzo", "2026-03-01"),
        ("it", "lunedì 2 marzo", "2026-03-02"),
        ("it", "il giorno 8 mi avete chiamato", "2026-03-08"),
        ("pt", "no dia 3 de março de 2025", "2025-03-03"),
        ("pt", "a 1º de março", "2026-03-01"),
        ("pt", "segunda-feira, dia 2 de março", "2026-03-02"),
        ("pt", "no dia 8 ligaram", "2026-03-08"),
        ("ro", "pe 3 martie 2025", "2025-03-03"),
        ("ro", "din data de 21 mai 2025", "2025-05-21"),
        ("ro", "luni, 2 martie", "2026-03-02"),
    ],
)
def test_absolute_dates_without_a_year_are_the_nearest_that_is_past(language, text, iso):
    assert read(language, text) == [iso]


@pytest.mark.parametrize(
    ("language", "text", "iso"),
    [
        ("nl", "vrijdag stond ik in de wacht", "2026-03-06"),
        ("nl", "afgelopen maandag", "2026-03-09"),
        ("nl", "vorige maandag", "2026-03-02"),
        ("nl", "vorige week dinsdag", "2026-03-03"),
        ("nl", "dinsdag vorige week", "2026-03-03"),
        ("nl", "vorige week op donderdag", "2026-03-05"),
        ("nl", "dinsdagavond", "2026-03-10"),
        ("nl", "maandag twee weken geleden", "2026-02-23"),
        ("pl", "w zeszły piątek", "2026-03-06"),
        ("pl", "w zeszly piatek", "2026-03-06"),
        ("pl", "w piątek w zeszłym tygodniu", "2026-03-06"),
        ("pl", "w ostatni wtorek", "2026-03-10"),
        ("pl", "w środę", "2026-03-04"),
        ("uk", "у минулий вівторок", "2026-03-10"),
        ("uk", "у п'ятницю минулого тижня", "2026-03-06"),
        ("ru", "во вторник на прошлой неделе", "2026-03-03"),
        ("ru", "на прошлой неделе во вторник", "2026-03-03"),
        ("tr", "geçen Salı günü", "2026-03-10"),
        ("tr", "geçen hafta Salı", "2026-03-03"),
        ("lt", "praėjusį antradienį", "2026-03-10"),
        ("lt", "praėjusią savaitę ketvirtadienį", "2026-03-05"),
        ("cs", "minulé úterý", "2026-03-10"),
        ("cs", "minulý týden v pátek", "2026-03-06"),
        ("sk", "minulý utorok", "2026-03-10"),
        ("ar", "يوم الثلاثاء الماضي", "2026-03-10"),
        ("ar", "الأسبوع الماضي يوم الخميس", "2026-03-05"),
        ("no", "sist tirsdag", "2026-03-10"),
        ("no", "tirsdag forrige uke", "2026-03-03"),
        ("no", "forrige uke tirsdag", "2026-03-03"),
        ("no", "tysdag førre veke", "2026-03-03"),
        ("no", "på fredag fikk jeg", "2026-03-06"),
        ("no", "mandag denne uka", "2026-03-09"),
        ("sv", "i torsdags", "2026-03-05"),
        ("sv", "fredag förra veckan", "2026-03-06"),
        ("da", "i mandags", "2026-03-09"),
        ("da", "tirsdag i sidste uge", "2026-03-03"),
        ("de", "letzten Montag", "2026-03-09"),
        ("de", "letzte Woche Dienstag", "2026-03-03"),
        ("en", "last Tuesday", "2026-03-10"),
        ("en", "on Friday last week", "2026-03-06"),
        ("fr", "lundi dernier", "2026-03-09"),
        ("fr", "mardi de la semaine dernière", "2026-03-03"),
        ("fr", "la semaine dernière, mardi", "2026-03-03"),
        ("es", "el lunes pasado", "2026-03-09"),
        ("es", "el pasado lunes", "2026-03-09"),
        ("es", "el martes de la semana pasada", "2026-03-03"),
        ("es", "la semana pasada, el martes", "2026-03-03"),
        ("es", "el miercoles me llamaron", "2026-03-04"),
        ("it", "lunedì scorso", "2026-03-09"),
        ("it", "lo scorso lunedì", "2026-03-09"),
        ("it", "martedì della settimana scorsa", "2026-03-03"),
        ("it", "venerdi mi hanno chiamato", "2026-03-06"),
        ("pt", "na passada segunda-feira", "2026-03-09"),
        ("pt", "segunda feira passada", "2026-03-09"),
        ("pt", "terça da semana passada", "2026-03-03"),
        ("pt", "na sexta-feira ligaram", "2026-03-06"),
        ("ro", "lunea trecută", "2026-03-09"),
        ("ro", "marți săptămâna trecută", "2026-03-03"),
        ("ro", "saptamana trecuta, marti", "2026-03-03"),
        ("ro", "joi am fost sunat", "2026-03-05"),
    ],
)
def test_weekdays_count_back_from_the_day_of_writing(language, text, iso):
    assert read(language, text) == [iso]


@pytest.mark.parametrize(
    ("language", "text", "iso"),
    [
        ("nl", "gisteravond", "2026-03-10"),
        ("nl", "eergisteren", "2026-03-09"),
        ("nl", "vanochtend", "2026-03-11"),
        ("nl", "drie weken geleden", "2026-02-18"),
        ("nl", "een week geleden", "2026-03-04"),
        ("nl", "10 dagen geleden", "2026-03-01"),
        ("nl", "twee maanden geleden", "2026-01"),
        ("nl", "vorige maand", "2026-02"),
        ("pl", "wczoraj", "2026-03-10"),
        ("pl", "w dniu wczorajszym", "2026-03-10"),
        ("pl", "przedwczoraj", "2026-03-09"),
        ("pl", "dwa tygodnie temu", "2026-02-25"),
        ("pl", "tydzień temu", "2026-03-04"),
        ("pl", "w zeszłym miesiącu", "2026-02"),
        ("uk", "три тижні тому", "2026-02-18"),
        ("uk", "минулого місяця", "2026-02"),
        ("ru", "неделю назад", "2026-03-04"),
        ("ru", "позавчера", "2026-03-09"),
        ("tr", "üç hafta önce", "2026-02-18"),
        ("tr", "geçen ay", "2026-02"),
        ("lt", "prieš dvi savaites", "2026-02-25"),
        ("lt", "užvakar", "2026-03-09"),
        ("cs", "před třemi týdny", "2026-02-18"),
        ("cs", "před týdnem", "2026-03-04"),
        ("cs", "předevčírem", "2026-03-09"),
        ("sk", "pred dvoma týždňami", "2026-02-25"),
        ("sk", "včera", "2026-03-10"),
        ("ar", "قبل ثلاثة أسابيع", "2026-02-18"),
        ("ar", "قبل أسبوعين", "2026-02-25"),
        ("ar", "أمس", "2026-03-10"),
        ("ar", "الشهر الماضي", "2026-02"),
        ("no", "i går kveld", "2026-03-10"),
        ("no", "i forgårs", "2026-03-09"),
        ("no", "for tre uker siden", "2026-02-18"),
        ("no", "tre uker siden", "2026-02-18"),
        ("no", "for ei veke sidan", "2026-03-04"),
        ("sv", "i förrgår", "2026-03-09"),
        ("sv", "för två veckor sedan", "2026-02-25"),
        ("da", "i går", "2026-03-10"),
        ("da", "for 14 dage siden", "2026-02-25"),
        ("de", "vorgestern", "2026-03-09"),
        ("de", "vor zwei Wochen", "2026-02-25"),
        ("en", "the day before yesterday", "2026-03-09"),
        ("en", "three weeks ago", "2026-02-18"),
        ("en", "last month", "2026-02"),
        ("fr", "il y a trois jours", "2026-03-08"),
        ("fr", "avant-hier", "2026-03-09"),
        ("fr", "le mois dernier", "2026-02"),
        ("fr", "il y a quinze jours", "2026-02-25"),
        ("es", "ayer por la tarde", "2026-03-10"),
        ("es", "anteayer", "2026-03-09"),
        ("es", "hace tres semanas", "2026-02-18"),
        ("es", "el mes pasado", "2026-02"),
        ("es", "dos meses atrás", "2026-01"),
        ("it", "ieri sera", "2026-03-10"),
        ("it", "l'altro ieri", "2026-03-09"),
        ("it", "tre settimane fa", "2026-02-18"),
        ("it", "il mese scorso", "2026-02"),
        ("pt", "ontem à noite", "2026-03-10"),
        ("pt", "anteontem", "2026-03-09"),
        ("pt", "há três semanas", "2026-02-18"),
        ("pt", "dois meses atrás", "2026-01"),
        ("pt", "no mês passado", "2026-02"),
        ("ro", "aseară", "2026-03-10"),
        ("ro", "alaltăieri", "2026-03-09"),
        ("ro", "acum trei săptămâni", "2026-02-18"),
        ("ro", "două luni în urmă", "2026-01"),
        ("ro", "în urmă cu zece zile", "2026-03-01"),
        ("ro", "luna trecută", "2026-02"),
        ("uk", "вчора", "2026-03-10"),
        ("tr", "dün", "2026-03-10"),
    ],
)
def test_relative_dates(language, text, iso):
    assert read(language, text) == [iso]


@pytest.mark.parametrize(
    ("language", "text", "iso"),
    [
        ("nl", "sinds februari", "2026-02"),
        ("nl", "begin maart", "2026-03"),
        ("nl", "in december", "2025-12"),
        ("nl", "in mei 2024", "2024-05"),
        ("pl", "w lutym", "2026-02"),
        ("pl", "od grudnia", "2025-12"),
        ("pl", "w lipcu zeszłego roku", "2025-07"),
        ("uk", "у січні", "2026-01"),
        ("ru", "в декабре прошлого года", "2025-12"),
        ("tr", "Şubat ayında", "2026-02"),
        ("lt", "nuo sausio", "2026-01"),
        ("lt", "vasario mėnesį", "2026-02"),
        ("cs", "v lednu", "2026-01"),
        ("sk", "v januári", "2026-01"),
        ("ar", "في شهر فبراير", "2026-02"),
        ("ar", "في تشرين الثاني", "2025-11"),
        ("no", "i begynnelsen av mars", "2026-03"),
        ("no", "i juli i fjor", "2025-07"),
        ("sv", "i augusti", "2025-08"),
        ("de", "im Oktober", "2025-10"),
        ("en", "in January", "2026-01"),
        ("fr", "depuis février", "2026-02"),
        ("fr", "au mois de mai 2024", "2024-05"),
        ("es", "desde febrero", "2026-02"),
        ("es", "en julio del año pasado", "2025-07"),
        ("es", "a principios de marzo", "2026-03"),
        ("it", "da febbraio", "2026-02"),
        ("it", "nel mese di luglio dell'anno scorso", "2025-07"),
        ("pt", "desde fevereiro", "2026-02"),
        ("pt", "em julho do ano passado", "2025-07"),
        ("pt", "em maio de 2024", "2024-05"),
        ("ro", "din februarie", "2026-02"),
        ("ro", "în luna mai 2024", "2024-05"),
    ],
)
def test_a_month_alone_stays_a_month(language, text, iso):
    assert read(language, text) == [iso]


@pytest.mark.parametrize(
    ("language", "text", "iso"),
    [
        ("nl", "op tweede kerstdag", "2025-12-26"),
        ("nl", "met kerst", "2025-12-25"),
        ("nl", "op Koningsdag", "2025-04-27"),
        ("nl", "Oudjaarsdag half zes", "2025-12-31"),
        ("nl", "op tweede paasdag", "2025-04-21"),
        ("pl", "w Wigilię", "2025-12-24"),
        ("pl", "w Zaduszki", "2025-11-02"),
        ("pl", "w poniedziałek wielkanocny", "2025-04-21"),
        ("no", "på julaften", "2025-12-24"),
        ("no", "første påskedag", "2025-04-20"),
        ("no", "den 17. mai", "2025-05-17"),
        ("sv", "på midsommarafton", "2025-06-20"),
        ("da", "nytårsaften", "2025-12-31"),
        ("de", "am Ostermontag", "2025-04-21"),
        ("en", "on Boxing Day", "2025-12-26"),
        ("en", "on Easter Monday", "2025-04-21"),
        ("fr", "le lundi de Pâques", "2025-04-21"),
        ("es", "en Nochebuena", "2025-12-24"),
        ("es", "el Viernes Santo", "2025-04-18"),
        ("it", "a Pasquetta", "2025-04-21"),
        ("it", "il giorno di Santo Stefano", "2025-12-26"),
        ("pt", "na Sexta-feira Santa", "2025-04-18"),
        ("pt", "na véspera de Natal", "2025-12-24"),
        ("ro", "de Crăciun", "2025-12-25"),
    ],
)
def test_feasts_are_the_last_that_were(language, text, iso):
    assert read(language, text) == [iso]


@pytest.mark.parametrize(
    ("language", "text", "isos"),
    [
        ("nl", "op 9 en 20 februari", ["2026-02-09", "2026-02-20"]),
        ("pl", "12-15 stycznia", ["2026-01-12", "2026-01-15"]),
        ("no", "29. og 30. januar", ["2026-01-29", "2026-01-30"]),
        ("nl", "12 januari, een maandag ook nog", ["2026-01-12"]),
        ("en", "last Tuesday (10 March)", ["2026-03-10"]),
        ("nl", "vorige maandag, 2 maart", ["2026-03-02"]),
        ("lt", "antradienį, kovo 3 d.", ["2026-03-03"]),
        ("tr", "3 Mart Salı", ["2026-03-03"]),
    ],
)
def test_lists_of_days_and_echoes(language, text, isos):
    assert read(language, text) == isos


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nl", "12, 1234 AB"),
        ("nl", "om 17.00 uur"),
        ("nl", "€ 12.50"),
        ("nl", "dossier 54730908"),
        ("nl", "volgende week dinsdag"),
        ("nl", "komende vrijdag"),
        ("nl", "artikel 6.12 BW"),
        ("nl", "31 februari"),
        ("pl", "o 6.50 rano"),
        ("pl", "ul. Staszica 18/3"),
        ("pl", "1.491 zł"),
        ("pl", "w przyszły piątek"),
        ("uk", "наступного тижня"),
        ("ru", "в следующий вторник"),
        ("tr", "gelecek hafta Salı"),
        ("lt", "kitą penktadienį"),
        ("cs", "příští pátek"),
        ("ar", "يوم الثلاثاء القادم"),
        ("no", "kl. 11.10"),
        ("no", "neste fredag"),
        ("no", "for tre uker"),
        ("en", "you may march on"),
        ("en", "next Monday"),
        ("en", "may 25 people"),
        ("fr", "lundi prochain"),
        ("fr", "en 3 fois de 15."),
        ("es", "el próximo lunes"),
        ("es", "el lunes próximo"),
        ("es", "12 cuotas de 20."),
        ("es", "hace meses que llaman"),
        ("it", "lunedì prossimo"),
        ("it", "sono mesi che chiamate"),
        ("pt", "segunda-feira que vem"),
        ("pt", "a segunda carta"),
        ("ro", "lunea viitoare"),
        ("ro", "în mai multe rânduri"),
        ("ro", "de trei luni"),
        ("ro", "sunt luni de zile"),
    ],
)
def test_what_is_no_past_date(language, text):
    assert [iso for iso in read(language, text) if iso != "2025-05-25"] == []


def test_months_are_not_given_a_day():
    (found,) = dates("in oktober", TODAY, "nl")
    assert found.whole_month and found.iso == "2025-10"


def test_offsets_are_those_of_the_text():
    text = "Toen, op 3 maart 2025, belde u."
    (found,) = dates(text, TODAY, "nl")
    assert text[found.start : found.end] == "3 maart 2025"


@pytest.mark.parametrize(
    ("year", "day"),
    [
        (2024, date(2024, 3, 31)),
        (2025, date(2025, 4, 20)),
        (2026, date(2026, 4, 5)),
        (2038, date(2038, 4, 25)),
    ],
)
def test_easter(year, day):
    assert easter(year) == day


def test_a_feast_that_is_still_to_come_is_last_years():
    assert last_feast("christmas", date(2026, 12, 24)) == date(2025, 12, 25)
    assert last_feast("christmas", date(2026, 12, 25)) == date(2026, 12, 25)
    assert feast("midsummer_eve", 2026) == date(2026, 6, 19)


@given(
    st.dates(date(1990, 1, 1), date(2050, 12, 31)),
    st.sampled_from(
        [
            *("nl", "pl", "no", "sv", "da", "de", "en", "fr", "xx"),
            *("es", "it", "pt", "ro"),
            *("uk", "tr", "lt", "ar"),
        ]
    ),
    st.text(max_size=200),
)
def test_no_text_makes_it_fail(today, language, text):
    for found in dates(text, today, language):
        assert 0 <= found.start < found.end <= len(text)


@given(st.dates(date(2000, 1, 1), date(2049, 12, 31)))
def test_a_day_written_out_is_read_back(day):
    months = [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ]
    (found,) = dates(f"op {day.day} {months[day.month - 1]} {day.year}", date(2050, 1, 1), "nl")
    assert found.day == day


@given(st.dates(date(2000, 1, 1), date(2049, 12, 31)), st.integers(0, 6))
def test_a_bare_weekday_is_one_of_the_seven_days_before(today, weekday):
    name = ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"][weekday]
    (found,) = dates(name, today, "nl")
    assert found.day.weekday() == weekday
    assert 1 <= (today - found.day).days <= 7


@pytest.mark.parametrize(
    ("language", "text", "days"),
    [
        (
            "no",
            "to ganger i februar, på e-post den 14. og den 22. Etter",
            ["2026-02-14", "2026-02-22"],
        ),
        ("no", "to ganger i februar?? avtalegiro gikk den 15 OG så", ["2026-02-15"]),
        ("no", "Lille julaften fikk jeg et brev", ["2025-12-23"]),
        ("no", "Deres brev datert 1. d.m. er mottatt", ["2026-03-01"]),
        ("no", "brev av 5/2-26", ["2026-02-05"]),
        ("nl", "uw brief van de 5e dezer", ["2026-03-05"]),
        ("nl", "de 5e van deze maand belde u", ["2026-03-05"]),
        ("de", "am 5. d.M. rief jemand an", ["2026-03-05"]),
        ("en", "a fortnight ago you rang", ["2026-02-25"]),
        ("es", "ayer llamaron, y el 5 de marzo", ["2026-03-10", "2026-03-05"]),
        ("it", "ieri ha chiamato, il 15 dicembre", ["2026-03-10", "2025-12-15"]),
        ("ro", "ieri a sunat; pe 22 iulie", ["2026-03-10", "2025-07-22"]),
    ],
)
def test_days_of_a_month_named_before_and_of_other_languages(language, text, days):
    assert [found.iso for found in dates(text, date(2026, 3, 11), language)] == days


@pytest.mark.parametrize(
    ("language", "text", "iso"),
    [
        ("nl", "geboren tien april negentienhonderdnegenendertig", "1939-04-10"),
        ("nl", "op de achtste november 1940", "1940-11-08"),
        ("nl", "de 31e van augustus", "2025-08-31"),
        ("nl", "3-7-'51", "1951-07-03"),
        ("no", "sekstende juni nittenniti", "1990-06-16"),
        ("no", "den femte mai nittenhundreogsekstito", "1962-05-05"),
        ("no", "f. 4.8.-56", "1956-08-04"),
        ("sv", "tjugoandra februari nittonhundratrettisju", "1937-02-22"),
        ("da", "femte maj nittenhundrede og enogtres", "1961-05-05"),
        ("de", "am ersten Mai neunzehnhundertneunzig", "1990-05-01"),
        ("en", "the second of July nineteen seventy-eight", "1978-07-02"),
        ("en", "twelfth of December, 1988", "1988-12-12"),
        ("pl", "trzeciego lipca tysiąc dziewięćset sześćdziesiątego pierwszego", "1961-07-03"),
        ("pl", "dwunasty września siedemdziesiąty ósmy", "1978-09-12"),
        ("pl", "dwudziestego drugiego października 1965", "1965-10-22"),
        ("pl", "17.V.1983", "1983-05-17"),
        ("pl", "3 maja pięćdziesiąt złotych", "2025-05-03"),
    ],
)
def test_days_and_years_may_be_written_out_or_in_roman_figures(language, text, iso):
    assert [found.iso for found in dates(text, date(2026, 3, 11), language)] == [iso]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "the first may follow later"),
        ("no", "den første gangen"),
        ("nl", "de tweede keer"),
        ("pl", "pierwszy raz"),
        ("nl", "Laan 17 V 1983 AB Ede"),
    ],
)
def test_an_ordinal_without_a_month_is_no_day(language, text):
    assert list(dates(text, date(2026, 3, 11), language)) == []
