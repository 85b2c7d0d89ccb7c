"""National numbers and dates of birth."""

from __future__ import annotations

import pytest
from understanding_mails import mail

from triage.understanding.births import birth_date
from triage.understanding.identity import national_id
from triage.understanding.layout import read_layout
from triage.understanding.numbers import numbers
from triage.understanding.spans import Claims


def number(text, **texts):
    read = mail(text, **texts)
    found = national_id(read, numbers(read.typed), Claims())
    return found.value if found else None


def born(text, **texts):
    read = mail(text, **texts)
    found = birth_date(read, read_layout(read.typed))
    return found.value if found else None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Mijn BSN is 406016926", "406016926"),
        ("bsn: 4060.16.926", "406016926"),
        ("burgerservicenummer 245 738 083", "245738083"),
        ("Rijksregisternr. 89.01.01-207.87", "89010120787"),
        ("PESEL 49021724634", "49021724634"),
        ("(PESEL: 490217 24634)", "49021724634"),
        ("Fødselsnummeret mitt er 090393 01579", "09039301579"),
        ("D-nummer 41058503221", "41058503221"),
        ("personnummer 19710314-9816", "197103149816"),
        ("CPR 040592-1715", "0405921715"),
        ("Nadja Ekström\n010830-9840", "0108309840"),
        ("Jan Lis 49021724634", "49021724634"),
    ],
)
def test_a_labelled_number_with_sound_check_digits_is_taken(text, value):
    assert number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "nummer 406016926",
        "klantnummer 406016926",
        "406016926",
        "telefoon 0406016926",
        "konto 12084421705",
        "UWV-nummer 264769049",
        "Jeg er selv CPR 310188-1716",
        "01083-09840",
    ],
)
def test_a_bsn_needs_its_label_and_other_labels_exclude(text):
    assert number(text) is None


def test_a_mistyped_number_is_kept_but_not_sure():
    read = mail("fødselsnummer 16029902261")
    found = national_id(read, numbers(read.typed), Claims())
    assert found.value == "16029902261" and not found.sure


def test_the_subject_may_hold_it():
    assert number("zie onderwerp", subject="Pani Gburczyk, PESEL 51030869466") == "51030869466"


@pytest.mark.parametrize(
    ("language", "text", "iso"),
    [
        ("nl", "Geboren 14-08-1988.", "1988-08-14"),
        ("nl", "geboren te Edam op 02/07/1948", "1948-07-02"),
        ("nl", "geb. 30-1-1976", "1976-01-30"),
        ("nl", "geboortedatum (3 mei 1999)", "1999-05-03"),
        ("nl", "ik ben geboren op 9 november 1991", "1991-11-09"),
        ("pl", "ur. 25.04.1962", "1962-04-25"),
        ("pl", "data urodzenia: 1978-12-09", "1978-12-09"),
        ("pl", "w liście jest data urodzenia 12.04.1985 a ja jestem z 12.04.1988", "1988-04-12"),
        ("pl", "patryk dudziak 05.03.2001\n509318603", "2001-03-05"),
        ("no", "født 25.12.1978, bor i Oslo", "1978-12-25"),
        ("no", "Mona Haugerud (f. 07.10.1967)", "1967-10-07"),
        ("no", "Ragnhild Omdal\nf. 230188", "1988-01-23"),
        ("no", "Eg er fødd 5. november 1949", "1949-11-05"),
        ("no", "f. 19.08.01", "2001-08-19"),
        ("sv", "född den 3 maj 1984", "1984-05-03"),
        ("de", "geboren am 3. Mai 1984", "1984-05-03"),
        ("en", "DOB 14 June 1996", "1996-06-14"),
        ("fr", "née le 3 mai 1984", "1984-05-03"),
        ("es", "nacida el 3 de mayo de 1984", "1984-05-03"),
        ("es", "fecha de nacimiento: 03/05/1984", "1984-05-03"),
        ("it", "nato il 3 maggio 1984", "1984-05-03"),
        ("it", "data di nascita 03.05.1984", "1984-05-03"),
        ("pt", "data de nascimento: 3 de maio de 1984", "1984-05-03"),
        ("ro", "născută la 3 mai 1984", "1984-05-03"),
    ],
)
def test_a_date_of_birth_is_known_by_its_label_or_by_standing_at_the_name(language, text, iso):
    assert born(text, language=language) == iso


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nl", "Op 14-08-2025 belde u."),
        ("nl", "mijn dochter, geboren op 3 mei 2019"),
        ("no", "f. 1938"),
        ("nl", "PESEL 49021724634"),
        (
            "nl",
            "Contract van 14-08-1998 met Ventra, een lange zin die geen ondertekening is en hier nog even doorgaat.",
        ),
    ],
)
def test_what_is_no_date_of_birth(language, text):
    assert born(text, language=language) is None


def test_a_forms_fields_give_both():
    form = "Naam: A\nE-mail: a@b.example\nGeboortedatum: 17-09-1982\nBSN: 406016926\nBericht: x"
    assert born(form, address="noreply@alektumgroup.nl") == "1982-09-17"
    assert number(form, address="noreply@alektumgroup.nl") == "406016926"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Aksel Brun-Thoresen (01.12.1978, fnr 01127847394)", "1978-12-01"),
        ("Mijn vader Leendert Stolk (13 februari 1941, BSN 242196366) kan niet meer", "1941-02-13"),
        ("Pan Jan Lis (12.04.1970, PESEL 70041200000) nie żyje", "1970-04-12"),
        ("jeg fylte 18 i april (12.04.2008) og på tirsdag", "2008-04-12"),
        ("skończyłem 18 lat (12.01.2008) a wy", "2008-01-12"),
        ("Jan Lis (05-03-1981)", "1981-03-05"),
        ("BSN 242196366, 13-02-1941", "1941-02-13"),
        ("fnr 01127847394 / 01.12.1978", "1978-12-01"),
    ],
)
def test_a_date_in_brackets_by_name_age_or_number_is_the_birth(text, day):
    assert born(text) == day


@pytest.mark.parametrize(
    "text",
    ["Uw brief (13-02-2026) kwam", "De wet (13-02-1941) zegt", "het contract (5 mei 1999) van Vos"],
)
def test_another_date_in_brackets_is_not(text):
    assert born(f"Geachte heer,\n\n{text}\n\nMet groet,\nJan Lis") is None


@pytest.mark.parametrize(
    ("language", "text", "iso"),
    [
        ("nl", "Jan Lis, geb. 3-7-'51", "1951-07-03"),
        ("nl", "Jan Lis, in 1967 geboren op de 31e van augustus", "1967-08-31"),
        ("nl", "mijn verjaardag is 5 januari 1998", "1998-01-05"),
        ("no", "Jan Lie, fødd nyttårsdag 1944", "1944-01-01"),
        ("no", "født på sankthans i 1999 (24.6.)", "1999-06-24"),
        ("no", "Jan Lie, fodt 16. juni 1990", "1990-06-16"),
        ("pl", "Jan Lis, rocznik 1970 (25 stycznia)", "1970-01-25"),
        ("pl", "ur. w dniu św. Jana (24 czerwca) 1940", "1940-06-24"),
        ("pl", "Jan Lis, ur. w Wigilię 1949", "1949-12-24"),
        ("pl", "urodziłam się trzeciego lipca 1961", "1961-07-03"),
        ("pl", "w imieniu p. Marii L. (urodzoną 30.11.1938)", "1938-11-30"),
        ("de", "Ich bin Jahrgang 1947, geboren am 3. Oktober", "1947-10-03"),
        ("en", "Jan Lis, b. 30/11/1959", "1959-11-30"),
    ],
)
def test_a_day_of_birth_may_stand_apart_from_its_year_or_be_a_feast(language, text, iso):
    assert born(text, language=language) == iso


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("Antwoord mag hier. Gijs Borremans, 09.10.2003", "2003-10-09"),
        ("Stuur het na. Gijs Borremans, 20 april 1974, 16183440", "1974-04-20"),
        ("Kijk dat na. Gijs Borremans, 16183440, 18-11-'81", "1981-11-18"),
        ("ik heet gijs borremans 19.2.57 en woon in Ede", "1957-02-19"),
        ("Gijs Borremans, 09.10.2025", None),
        ("Er is een contract met Jan Vos, 09.10.2003, en dat is allang betaald", None),
    ],
)
def test_a_date_of_long_ago_behind_the_senders_name_is_the_birth(text, iso):
    assert born(text, sender="Gijs Borremans") == iso


def test_of_two_dates_of_birth_the_corrected_one_counts():
    text = "my date of birth is wrong: you have 8 May 1987 and correct is 5 August 1987"
    assert born(text, language="en") == "1987-08-05"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Jan Lis, 140 456 181 is mijn bsn", "140456181"),
        ("140456181 (BSN)", "140456181"),
        ("dossier 140456181 bsn onbekend", None),
    ],
)
def test_the_label_may_stand_behind_the_number(text, value):
    assert number(text) == value


@pytest.mark.parametrize(
    ("language", "text", "iso"),
    [
        (
            "nl",
            "Ook mijn geboortejaar is daar 1957, dat moet 1975 zijn (12 oktober).",
            "1975-10-12",
        ),
        ("pl", "rok urodzenia: u Państwa 1978, a ja dopiero 19 grudnia 1972", "1972-12-19"),
        ("nl", "Voor de heer G. Onrust (30-06-1990) rond ik een aanvraag af.", "1990-06-30"),
    ],
)
def test_a_year_of_birth_put_right_is_read(language, text, iso):
    assert born(text, language=language) == iso


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nl", "geb.12-05-1960"),
        ("nl", "Jan Lis / 12-05-1960 / 81234567"),
        ("nl", "(geboren: twaalf mei negentienzestig)"),
        ("pl", "ur.12.05.60"),
        ("pl", "ur. 12/V/1960"),
        ("no", "fødselsdato 12 mai -60"),
        ("no", "f. 12/5-60"),
        ("no", "født i 1960, den 12. mai"),
        ("sv", "född 600512"),
        ("da", "født den tolvte maj nittenhundredeogtres"),
        ("de", "geboren am zwölften Mai 1960"),
        ("en", "DOB: 12th May '60"),
    ],
)
def test_a_date_of_birth_is_read_however_it_is_written(language, text):
    assert born(f"Hei.\n\n{text}", language=language, sender="Jan Lis") == "1960-05-12"


def test_a_date_between_a_shown_surname_and_a_national_number_is_the_birth():
    text = "ik ben dennis koerts 27 03 88 bsn 238282909 ze heeft niet geslapen"
    assert born(text, sender="Dénis", address="denis.koerts@x.example") == "1988-03-27"


def test_a_birth_number_behind_born_is_no_fax():
    read = mail("Renate Skaug\nf. 09129118021\nsak 9054156", of="alektum-no", language="no")
    assert national_id(read, numbers(read.typed), Claims()).value == "09129118021"
