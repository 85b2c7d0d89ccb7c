"""The language of what the sender typed: of short, plain and mixed texts, always the same answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.understanding.language import read_language

SENTENCES = {
    "nl": "Ik heb deze rekening vorige maand al betaald en ben erg boos over uw brief.",
    "pl": "Zapłaciłem ten rachunek w zeszłym miesiącu i jestem bardzo zły na wasze pismo.",
    "no": "Jeg betalte denne regningen forrige måned og er veldig sint på brevet deres.",
    "sv": "Jag betalade den här räkningen förra månaden och är mycket arg på ert brev.",
    "da": "Jeg betalte denne regning sidste måned og er meget vred over jeres brev.",
    "de": "Ich habe diese Rechnung letzten Monat bezahlt und bin sehr verärgert über Ihren Brief.",
    "en": "I paid this bill last month and I am very angry about your letter.",
    "fr": "J'ai payé cette facture le mois dernier et votre lettre me met très en colère.",
    "uk": "Я вже заплатив цей рахунок минулого місяця і дуже обурений вашим листом.",
    "ru": "Я уже оплатил этот счёт в прошлом месяце и очень возмущён вашим письмом.",
    "tr": "Bu faturayı geçen ay ödedim ve mektubunuza çok kızgınım.",
    "es": "Ya pagué esta factura el mes pasado y estoy muy enfadado por su carta.",
    "it": "Ho già pagato questa fattura il mese scorso e sono molto arrabbiato per la vostra lettera.",
    "pt": "Já paguei esta fatura no mês passado e estou muito zangado com a vossa carta.",
    "ro": "Am plătit deja această factură luna trecută și sunt foarte supărat.",
}


@pytest.mark.parametrize(("language", "text"), SENTENCES.items())
@pytest.mark.parametrize("home", ["nl", "pl", "no"])
def test_a_sentence_is_known_in_whichever_mailbox_it_arrives(language: str, text: str, home: str):
    assert read_language(text, "", home).value == language


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("da", "hvornår får jeg svaret"),
        ("no", "korleis betalar eg"),
        ("no", "når får jeg svaret"),
        ("sv", "när får jag svaret"),
        ("de", "wann kommt das"),
        ("nl", "wanneer komt dat"),
    ],
)
def test_a_few_words_are_known_by_how_they_are_built(language: str, text: str):
    assert read_language(text, "", "").value == language


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("pl", "prosze o odpowiedz, zaplacilem juz w zeszlym miesiacu"),
        ("no", "hvorfor far jeg dette brevet, jeg har ikke gjort noe galt"),
        ("sv", "jag har inte fatt nagot svar fran er"),
        ("tr", "ne kadar borcum kaldi lutfen yazin"),
        ("lt", "kiek dar esu skolingas, noriu moketi dalimis"),
        ("sk", "kolko este dlzim, chcem splatky"),
        ("fr", "combien reste t il a payer pour ce dossier"),
        ("es", "cuanto me queda por pagar de esta deuda"),
        ("it", "quanto devo ancora pagare per questa pratica"),
        ("pt", "quanto falta pagar neste processo"),
        ("ro", "cat mai am de plata la acest dosar"),
    ],
)
def test_text_without_diacritics_is_known(language: str, text: str):
    assert read_language(text, "", "nl").value == language


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("no", "Kan dere ringe meg? Jeg skjønner ikke noe av dette."),
        ("da", "Kan I ringe til mig? Jeg forstår ikke noget af dette."),
        ("no", "Eg skjønar ikkje kvifor de sender meg dette."),
    ],
)
def test_norwegian_is_told_from_danish_and_nynorsk_is_norwegian(language: str, text: str):
    assert read_language(text, "", "no").value == language


@pytest.mark.parametrize("text", ["40718253", "", "06-12345678", "!!!"])
def test_what_the_text_leaves_open_follows_the_mailbox_and_is_unsure(text: str):
    found = read_language(text, "", "pl")
    assert found.value == "pl"
    assert not found.sure


def test_a_text_too_short_is_read_with_its_subject():
    assert read_language("ok", "Jag har inte fått något svar", "nl").value == "sv"


@settings(deadline=None)
@given(st.text(max_size=120))
def test_any_text_has_one_language_the_same_in_every_thread(text: str):
    alone = read_language(text, "", "nl")
    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(lambda _: read_language(text, "", "nl"), range(8))) == {alone}
