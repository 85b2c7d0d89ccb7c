"""Footers below signatures and forms: what the sender typed stays."""

from __future__ import annotations

import pytest

from triage.message.footers import part_footers

SIGNATURE = [
    "Boulevard 1945 nr. 301 | 7511 AC Enschede | 053 - 720 41 16",
    "Øystein Rakkestad\nDaglig leder\nIndustriveien 8 B · 1890 Rakkestad · M 908 33 251",
]
DISCLAIMERS = [
    "Klachtenregeling en algemene voorwaarden: zie onze website. Dit bericht is vertrouwelijk.",
    "Tenk på miljøet før du skriver ut denne e-posten.",
]


@pytest.mark.parametrize("signature", SIGNATURE)
@pytest.mark.parametrize("disclaimer", DISCLAIMERS)
def test_a_disclaimer_leaves_the_signature_above_it(signature, disclaimer):
    parted = part_footers(["Dette er en klage.", "", *signature.split("\n"), disclaimer])
    assert signature.split("\n")[-1] in parted.typed


def test_a_form_that_speaks_of_data_protection_is_no_disclaimer():
    form = [
        "Kategoria: RODO / skargi",
        "Imię i nazwisko: Norbert Szwed",
        "wiadomość: Państwa pismo trafiło do obcej osoby. Proszę usunąć mój adres, to naruszenie.",
        "Zgoda RODO: TAK",
    ]
    assert part_footers(form).typed == form
