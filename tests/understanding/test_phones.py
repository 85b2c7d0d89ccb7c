"""Phone numbers on which the sender can be reached."""

from __future__ import annotations

import pytest
from understanding_mails import mail

from triage.understanding.model import SURE
from triage.understanding.numbers import numbers
from triage.understanding.phones import phones
from triage.understanding.spans import Claims


def found(text, *, of="alektum-nl", language="nl", **texts):
    read = mail(text, of=of, language=language, **texts)
    return [each.value for each in phones(read, numbers(read.typed), Claims())]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("bel mij op 06-44855901", "+31644855901"),
        ("0031 6 44855901", "+31644855901"),
        ("+31(0)6 4485 5901", "+31644855901"),
        ("+31 (0)13 673 83 35", "+31136738335"),
        ("06.4485.5901", "+31644855901"),
        ("T (020) 426 63 03", "+31204266303"),
        ("T 0113 - 92 70 79 (ma, di, do)", "+31113927079"),
        ("telefoon 058 - 427 72 64", "+31584277264"),
        ("06 - 44 85 59 01", "+31644855901"),
        ("app naar 0644855901.", "+31644855901"),
        ("mobiel: 6 44855901", "+31644855901"),
        ("tel. 31644855901", "+31644855901"),
        ("gsm 0491 46 47 75", "+32491464775"),
        ("Tel 03 667 18 42", "+3236671842"),
        ("tel. 0049 176 65288001", "+4917665288001"),
    ],
)
def test_dutch_mail_writes_numbers_in_many_ways(text, number):
    assert found(text) == [number]


@pytest.mark.parametrize(
    ("of", "language", "text", "number"),
    [
        ("alektum-pl", "pl", "tel. 694 205 318", "+48694205318"),
        ("alektum-pl", "pl", "kom. 0048 602 759 144", "+48602759144"),
        ("alektum-pl", "pl", "(74) 842 11 37", "+48748421137"),
        ("alektum-pl", "pl", "pod (0-12) 410 22 67", "+48124102267"),
        ("alektum-pl", "pl", "tel./fax 81 532 47 60", "+48815324760"),
        ("alektum-pl", "pl", "tel. 24 262 77 09 w. 3", "+48242627709"),
        ("alektum-pl", "pl", "Anna Lis\n605-118-742", "+48605118742"),
        ("alektum-pl", "en", "my mobile is +44 7712 345 908", "+447712345908"),
        ("alektum-nl", "en", "call me on 07700 900 777", "+447700900777"),
        ("alektum-nl", "nl", "Lis en Zn V.O.F. / 0475-318 821", "+31475318821"),
        ("alektum-no", "no", "mob 412 78 093", "+4741278093"),
        ("alektum-no", "no", "Mvh Kari\n91 23 45 67", "+4791234567"),
        ("alektum-no", "no", "tlf: 901.87.342", "+4790187342"),
        ("alektum-no", "no", "(+47) 90 66 12 47", "+4790661247"),
        ("alektum-no", "no", "ring 73 51 82 40 etter kl 16", "+4773518240"),
        ("alektum-no", "sv", "telefon 070-318 44 27", "+46703184427"),
        ("alektum-no", "da", "tlf. 61 28 09 34", "+4561280934"),
        ("alektum-no", "da", "Fjellveien 2, 5019 Bergen, tlf. 41 28 09 34", "+4741280934"),
        ("alektum-nl", "it", "cellulare 347 123 4567", "+393471234567"),
        ("alektum-nl", "pt", "telemóvel 912 345 678", "+351912345678"),
    ],
)
def test_the_country_follows_from_policy_language_and_address(of, language, text, number):
    assert found(text, of=of, language=language) == [number]


@pytest.mark.parametrize(
    "text",
    [
        "dossier 54730908, BSN 245738083, factuur 20250417",
        "NL62 RABO 0705 0878 65",
        "geboren 14-08-1988",
        "in de wachtrij van 020 - 705 48 10",
        "fax 0515 - 41 83 29",
        "06 6631 1842 is mijn OUDE nummer, die graag niet meer gebruiken",
        "mijn oude nummer 06 66311842",
        "De aansluiting 035-6945117 is opgezegd",
        "ik word gebeld door 010 426 63 02",
        "steeds hetzelfde: vanaf nummer 085 208 83 36",
        "het nummer van mijn werk (010 426 6302)",
        "haar nummer (0546-81 20 93, niet gebruiken dus!)",
        "neem het op met de heer Luijten van PapierGroep (040-2119077)",
        "klachtenlijn 0800-1998",
        "bij die Coppens (0475 31 90 27) krijg ik alleen een bandje",
        "bel niet meer naar 0478 - 63 90 15, dat is nu de kapper",
        "op 2014-2015",
    ],
)
def test_numbers_that_do_not_reach_the_sender_are_left_out(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("of", "language", "text", "number"),
    [
        ("alektum-nl", "nl", "Oud: 0620 117 443. Nieuw: 0626910621.", "+31626910621"),
        (
            "alektum-pl",
            "pl",
            "zmienia się mój telefon, ze 600 893 211 na 880 859 014",
            "+48880859014",
        ),
        ("alektum-pl", "pl", "stary 601 nie działa, nowy to 723 908 116", "+48723908116"),
        (
            "alektum-no",
            "no",
            "det nye er 900 14 632 (det gamle 900 14 623 er ikkje mitt lenger)",
            "+4790014632",
        ),
        (
            "alektum-no",
            "no",
            "ringer Joakim fra dere på 22 00 40 18. Mobil 911 20 563",
            "+4791120563",
        ),
    ],
)
def test_of_an_old_and_a_new_number_only_the_new_is_taken(of, language, text, number):
    assert found(text, of=of, language=language) == [number]


@pytest.mark.parametrize(
    "text",
    [
        "dzwonicie do mnie na 694 205 318, proszę go WYKASOWAĆ",
        "a man from your office called me on 694 205 318",
    ],
)
def test_a_number_on_which_they_were_called_is_theirs(text):
    assert found(text, of="alektum-pl", language="pl") == ["+48694205318"]


def test_what_is_claimed_as_a_dossier_number_is_not_a_phone_number():
    read = mail("nr akt 694 205 318, tel. 605 118 742", of="alektum-pl", language="pl")
    typed = numbers(read.typed)
    start = read.typed.index("694")
    from triage.understanding.model import Source

    claims = Claims(((Source.TYPED, start, start + 11),))
    assert [each.value for each in phones(read, typed, claims)] == ["+48605118742"]


def test_the_dossier_number_mistyped_elsewhere_is_not_a_phone_number():
    read = mail("jest „956919705”", of="alektum-pl", language="pl")
    assert phones(read, numbers(read.typed), Claims(), dossiers=frozenset({"956919750"})) == ()


def test_two_numbers_on_one_line_are_both_taken():
    assert found("T 070 302 18 66 / M 06 58 77 23 00") == ["+31703021866", "+31658772300"]


def test_opening_hours_behind_a_number_are_not_part_of_it():
    assert found("T 0320 - 21 90 45 (9-12 u)") == ["+31320219045"]


@pytest.mark.parametrize(
    ("of", "language", "text", "numbers_"),
    [
        ("alektum-no", "no", "tlf 37 27 15 90 / 902 33 758", ["+4737271590", "+4790233758"]),
        (
            "alektum-no",
            "no",
            "69 38 04 77 (kontor) 911 03 662 (vakt)",
            ["+4769380477", "+4791103662"],
        ),
        ("alektum-nl", "nl", "013 5349921 / 06-50 61 27 88", ["+31135349921", "+31650612788"]),
        ("alektum-nl", "nl", "06-50612788/013-5349921", ["+31650612788", "+31135349921"]),
        (
            "alektum-nl",
            "nl",
            "Tel. 0521-514 622 / Fax 0521-514 623 / Planning (24 u) 0521-514 600",
            ["+31521514622", "+31521514600"],
        ),
        ("alektum-pl", "pl", "tel. 12 648 30 05 / 602 919 334", ["+48126483005", "+48602919334"]),
        ("alektum-pl", "pl", "tel. 602 919 334, 12 648 30 05", ["+48602919334", "+48126483005"]),
        ("alektum-pl", "pl", "tel.: 0 68 320 55 19", ["+48683205519"]),
        ("alektum-no", "no", "ring meg på 9 1 3 8 0 0 6 5 helst før flo", ["+4791380065"]),
        ("alektum-nl", "nl", "te bereiken op nul zes nee wacht 0613550972", ["+31613550972"]),
        ("alektum-nl", "de", "Telefon 02821 / 77 40 12", ["+492821774012"]),
        (
            "alektum-pl",
            "pl",
            "dzwonili na numer mojej mamy 601 222 333 a ja mam 502 333 444",
            ["+48502333444"],
        ),
    ],
)
def test_second_numbers_and_dictated_ones_are_read(of, language, text, numbers_):
    assert sorted(found(text, of=of, language=language)) == sorted(numbers_)


@pytest.mark.parametrize(
    ("of", "language", "text"),
    [
        ("alektum-no", "no", "nettleige på målar 7070 5750 0041 9923 som er demontert"),
        ("alektum-no", "no", "Aksel Brun-Thoresen (01.12.1978, fnr 01127847394)"),
        ("alektum-nl", "nl", "Het mobieltje (06 12008841) heb ik weggedaan."),
        ("alektum-nl", "nl", "Het nummer 06 12008841 mag weg."),
        ("alektum-nl", "nl", "jullie bellen 0687654321 maar dat is mijn werktelefoon"),
        ("alektum-pl", "pl", "mój stary 501 400 216 już nie działa"),
        ("alektum-pl", "pl", "tel. 510 224 907 (nieaktywny)"),
        ("alektum-pl", "pl", "numer 510 224 907 proszę usunąć"),
        ("alektum-no", "no", "det gamle nummeret 911 03 662 er sagt opp"),
        ("alektum-no", "no", "nummeret 911 03 662 kan slettes"),
    ],
)
def test_meters_ids_and_numbers_given_up_are_no_phone_numbers(of, language, text):
    assert found(text, of=of, language=language) == []


@pytest.mark.parametrize(
    ("of", "language", "text", "numbers_"),
    [
        ("alektum-no", "no", "nr mitt er 46 71 20 55 ikke 46 71 20 56.", ["+4746712055"]),
        ("alektum-pl", "pl", "Nie dzwońcie na 600 914 772, to jej.", []),
        ("alektum-pl", "pl", "numer 74 741 00 29, który od 2023 r. należy do apteki", []),
        ("alektum-pl", "pl", "chcę, żeby numer 795 118 260 zniknął u was", []),
        (
            "alektum-nl",
            "nl",
            "Ons nieuwe nummer is 0561 - 61 77 40, het oude vervalt vandaag.",
            ["+31561617740"],
        ),
        ("alektum-nl", "de", "Handy ist jetzt 0176 44120987", ["+4917644120987"]),
    ],
)
def test_a_number_that_is_denied_or_anothers_is_left_out(of, language, text, numbers_):
    read = mail(text, of=of, language=language)
    found = phones(read, numbers(read.typed), Claims())
    assert [each.value for each in found] == numbers_


def test_a_label_between_two_numbers_is_that_of_the_second():
    read = mail("nr 742 903 158, tel. ewentualnie 796 220 418", of="alektum-pl", language="pl")
    found = phones(read, numbers(read.typed), Claims(), dossiers=frozenset({"742903158"}))
    assert [each.value for each in found] == ["+48796220418"]
    read = mail("Numer 602 551 893 należy do mnie od 2019.", of="alektum-pl", language="pl")
    found = phones(read, numbers(read.typed), Claims())
    assert [each.value for each in found] == ["+48602551893"]
    read = mail("Sum ma numer 515 902 663 i to nie ja.", of="alektum-pl", language="pl")
    assert phones(read, numbers(read.typed), Claims()) == ()


@pytest.mark.parametrize(
    ("of", "language", "text", "numbers_"),
    [
        ("alektum-nl", "nl", "u belde vanaf 010-1234567", []),
        ("alektum-nl", "nl", "Jullie bellen 0612345678, dat is mijn moeder", []),
        ("alektum-nl", "nl", "mijn oude nummer 0612345678 wordt 0612345699", ["+31612345699"]),
        ("alektum-nl", "nl", "bel mijn dochter Anna op 06-12345678", ["+31612345678"]),
        ("alektum-pl", "pl", "dzwoniliście na 600 100 200, to mój szef", []),
        ("alektum-pl", "pl", "zadzwoniono z numeru 221234567", []),
        ("alektum-no", "no", "912 34 567 er min fars, slett det", []),
        (
            "alektum-nl",
            "de",
            "Handynummer 0176 44120987, nicht mehr 0176 44120988",
            ["+4917644120987"],
        ),
    ],
)
def test_whose_number_it_is_is_said_before_or_behind_it(of, language, text, numbers_):
    read = mail(text, of=of, language=language)
    found = phones(read, numbers(read.typed), Claims())
    assert [each.value for each in found] == numbers_


def test_a_dutch_mobile_number_of_a_block_not_given_out_is_no_neighbours():
    assert found("mvg\nJo Lis\n06 78440252") == ["+31678440252"]


def test_a_norwegian_mobile_number_of_a_block_not_given_out_is_no_neighbours():
    assert found("Ring meg på 49834563", of="alektum-no", language="no") == ["+4749834563"]


def test_a_country_code_set_apart_needs_no_list_of_that_country():
    assert found("Dock Road, Foynes\n00 353 69 771 404", language="en") == ["+35369771404"]


def test_a_date_beside_a_number_is_no_part_of_it():
    assert found("geb. 12.10.1959 / 024 388 10 63") == ["+31243881063"]
    assert found("Verzonden op: 13-08-2026 09:44", language="en") == []


def test_a_number_that_is_given_up_is_left_out():
    said = "tel. +47 912 40 877 (polski numer 513 607 765 wyłączam z końcem sierpnia)"
    assert found(said, of="alektum-pl", language="pl") == ["+4791240877"]
    said = "Handy ist neu, nicht mehr die 06 12 90 44 55 sondern 0177-6140 283."
    assert found(said, of="alektum-nl", language="de") == ["+491776140283"]


def test_a_polish_verb_of_reaching_is_a_label():
    said = "W dni robocze łapać mnie pod 667388077"
    assert found(said, of="alektum-pl", language="pl") == ["+48667388077"]


def test_an_offices_file_of_a_year_is_no_phone_number():
    assert found("Nemnda har saken (nr. 2026/1177).", of="alektum-no", language="no") == []


def test_a_number_that_is_called_the_old_one_is_left_out():
    text = "Bel 06-23 68 47 01, nee wacht dat is het ouwe, 06-30 85 10 74 is het."
    assert found(text) == ["+31630851074"]


def test_a_belgian_mobile_number_in_a_french_mail_to_a_dutch_agency():
    assert found("GSM 0478 61 20 93", language="fr") == ["+32478612093"]


def test_a_danish_number_beside_a_danish_hill():
    text = "Hilsen Jo Lis\nMøllebakken 4A\n9881 Bindslev\ntlf. 98 93 14 07"
    assert found(text, of="alektum-no", language="da") == ["+4598931407"]


def test_a_payment_reference_with_leading_zeros_is_no_foreign_phone_number():
    assert found("Betalt, KID 0066 1204 9938 17", of="alektum-no") == []


def test_a_national_number_in_a_foreign_language_is_not_sure_to_be_of_either_country():
    read = mail("Rufen Sie an: 0591 40 27 13", of="alektum-nl", language="de")
    assert all(each.confidence < SURE for each in phones(read, numbers(read.typed), Claims()))
