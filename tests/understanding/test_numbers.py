"""Every number in a text, and what the words around it say that it is."""

from __future__ import annotations

import pytest

from triage.understanding.numbers import numbers


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("dossier 54730908", "dossier"),
        ("uw kenmerk: 54730908", "dossier"),
        ("w sprawie nr 196441029", "dossier"),
        ("saksnr. 4471820", "dossier"),
        ("onze ref. 54730908", "other"),
        ("klantnummer daar is 974916867", "other"),
        ("De factuur van Klikboek met nummer 20250417", "other"),
        ("tel. 0612345678", "phone"),
        ("bel mij op 0612345678", "phone"),
        ("fax 0612345678", "fax"),
        ("BSN 406016926", "national_id"),
        ("PESEL i numer: 347672107", "national_id"),
        ("nummer 54730908", "generic"),
        ("kontakt w tej sprawie tylko ze mną: 503772040", "phone"),
        ("54730908", ""),
    ],
)
def test_the_nearest_words_before_a_number_label_it(text, label):
    assert numbers(text)[0].label == label


def test_a_label_counts_for_all_numbers_of_a_list_but_not_on_the_next_line():
    first, second, third = numbers("dossiers 59983734 en 21946972\n06 41632468")
    assert (first.label, second.label, third.label) == ("dossier", "dossier", "")


def test_a_label_above_counts_for_a_number_on_its_own_line():
    assert numbers("Dossiernummer:\n54730908")[0].label == "dossier"


def test_parts_of_an_account_number_are_no_numbers():
    assert numbers("op NL62 RABO 0705 0878 65 graag") == ()


@pytest.mark.parametrize(
    "text", ["€ 123456", "123 456 kr", "NOK 123456", "1.234.567,89", "123456 zł"]
)
def test_amounts_are_marked(text):
    assert numbers(text)[0].money


@pytest.mark.parametrize("text", ["14-08-1988", "2025-12-31", "2014–2015", "14.08.88"])
def test_dates_are_marked(text):
    assert numbers(text)[0].date


def test_groups_and_offsets_are_those_of_the_text():
    text = "bel +31 (0)13 673 83 35 nu"
    (number,) = numbers(text)
    assert text[number.start : number.end] == "+31 (0)13 673 83 35"
    assert (
        "".join(text[start:end] for start, end in number.groups) == number.digits == "310136738335"
    )
