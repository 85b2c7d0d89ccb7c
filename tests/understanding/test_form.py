"""Mails that a website's contact form generated."""

from __future__ import annotations

import pytest
from understanding_mails import mail, message, policy

from triage.understanding.form import is_blank, key_of, read_form, way_of
from triage.understanding.model import Channel

FORM = """Onderwerp: Klacht
Naam: J.M. van den Heuvel
Adres: Korte Nieuwstraat 5a
Postcode en woonplaats: 5241 HJ Rosmalen
Telefoon overdag: 073-7330905
E-mailadres: jm@heuvel.example
Dossiernummer: 67233056
Bericht: Op 6 februari een sms gekregen.
Let op: ik ben boos.
Tel: dat zeg ik niet.
Ik ga akkoord met de privacyverklaring: ja"""


def keys(text, address="noreply@alektumgroup.nl", of="alektum-nl", **texts):
    return {
        field.key: field.value
        for field in read_form(message(text, address=address, **texts), policy(of))
    }


def test_a_form_is_read_by_its_labels():
    read = keys(FORM)
    assert read["name"] == "J.M. van den Heuvel"
    assert read["address"] == "5241 HJ Rosmalen"
    assert read["phone"] == "073-7330905"
    assert read["email"] == "jm@heuvel.example"
    assert read["dossier_number"] == "67233056"


def test_a_word_chosen_under_a_label_of_texts_is_the_subject_where_the_text_follows():
    read = keys(
        "Henvendelse: Betaling\nFullt navn: Ola Moe\nE-post: ola@moe.example\n"
        "Saksnummer: 7654321\nMelding: Betalte i går, men dere purrer.\nVedlegg: nei",
        address="noreply@alektumgroup.no",
        of="alektum-no",
    )
    assert read["subject"] == "Betaling"
    assert read["dossier_number"] == "7654321"
    assert read["text"] == "Betalte i går, men dere purrer."


def test_a_free_text_may_hold_lines_that_look_like_labels():
    assert (
        keys(FORM)["text"]
        == "Op 6 februari een sms gekregen.\nLet op: ik ben boos.\nTel: dat zeg ik niet."
    )


def test_offsets_are_those_of_the_typed_text():
    for field in read_form(message(FORM, address="noreply@alektumgroup.nl"), policy("alektum-nl")):
        assert FORM[field.start : field.end] == field.value


@pytest.mark.parametrize(
    "text",
    [
        "Naam\tJan Lis\nTelefoon\t0612345678\nDossiernummer\t67233056\nUw vraag\tHoeveel nog?",
        "*Naam:* Jan Lis\n*Telefoon:* 0612345678\n*Dossiernummer:* 67233056\n*Uw vraag:* Hoeveel nog?",
        "Naam:\nJan Lis\n\nTelefoon:\n0612345678\n\nDossiernummer:\n67233056\n\nUw vraag:\nHoeveel nog?",
        "Naam | Jan Lis\nTelefoon | 0612345678\nDossiernummer | 67233056\nUw vraag | Hoeveel nog?",
        "Naam : Jan Lis\nTelefoon : 0612345678\nDossiernummer : 67233056\nUw vraag : Hoeveel nog?",
        "naam: Jan Lis\ntelefoon: 0612345678\ndossiernummer: 67233056\nuw_vraag: Hoeveel nog?",
    ],
)
def test_the_layout_of_the_form_does_not_matter(text):
    read = keys(text)
    assert read == {
        "name": "Jan Lis",
        "phone": "0612345678",
        "dossier_number": "67233056",
        "text": "Hoeveel nog?",
    }


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Uw naam", "name"),
        ("Imię i nazwisko", "name"),
        ("Ditt fulle navn", "name"),
        ("Full name", "name"),
        ("Vor- und Nachname", "name"),
        ("Voornaam", "first_name"),
        ("Imię", "first_name"),
        ("Nazwisko", "last_name"),
        ("Efternamn", "last_name"),
        ("Straat + huisnr", "street"),
        ("Ulica, nr domu/lokalu", "street"),
        ("Kod pocztowy", "postcode"),
        ("Postnr. og sted", "address"),
        ("PC + Woonplaats", "address"),
        ("Miejscowość", "city"),
        ("Tel. overdag", "phone"),
        ("Nr telefonu", "phone"),
        ("Ditt mobilnummer", "phone"),
        ("Telefonnummer", "phone"),
        ("E-post for svar", "email"),
        ("Adres e-mail", "email"),
        ("Numer akt (jeśli znany)", "dossier_number"),
        ("Saksnummer (7 siffer)", "dossier_number"),
        ("Ärendenummer", "dossier_number"),
        ("Aktenzeichen", "dossier_number"),
        ("Heeft u een dossiernummer?", "dossier_number"),
        ("BSN", "national_id"),
        ("Fødselsnummer", "national_id"),
        ("Data urodzenia", "birth_date"),
        ("Wat is er gebeurd?", "text"),
        ("Treść zgłoszenia", "text"),
        ("Din melding", "text"),
        ("Nachricht", "text"),
        ("Wat wilt u dat wij doen?", "wish"),
        ("Hva ønsker du at vi gjør?", "wish"),
        ("Hoe wilt u antwoord ontvangen?", "reply_channel"),
        ("Jak mamy odpowiedzieć?", "reply_channel"),
        ("Hvordan skal vi svare?", "reply_channel"),
        ("Forma odpowiedzi", "reply_channel"),
        ("Wanneer was dit?", "incident_date"),
        ("Hoe had u contact?", "channel"),
        ("Jak się kontaktowaliśmy?", "channel"),
        ("Zgoda RODO", ""),
        ("Nr poprzedniej reklamacji", ""),
        ("Verzonden op", ""),
        ("Gisteren was ik ziek en toen", None),
    ],
)
def test_labels_are_known_in_all_languages(label, key):
    assert key_of(label) == key


@pytest.mark.parametrize(
    ("value", "way"),
    [
        ("Telefoon", Channel.PHONE),
        ("e-mailem", Channel.EMAIL),
        ("Per e-post", Channel.EMAIL),
        ("pocztą elektroniczną", Channel.EMAIL),
        ("zwykłą pocztą", Channel.LETTER),
        ("listownie", Channel.LETTER),
        ("Brev", Channel.LETTER),
        ("SMS", Channel.SMS),
        ("Bezoek aan huis", Channel.IN_PERSON),
        ("Chat op de website", Channel.WEBSITE),
        ("[ ] e-mail [x] poczta [ ] telefon", Channel.LETTER),
        ("weet ik niet", None),
    ],
)
def test_a_field_names_a_way_in_the_forms_words(value, way):
    assert way_of(value) is way


def test_a_form_may_ask_for_the_same_twice_in_other_words():
    text = "Żądanie: usunięcie\nImię i nazwisko: Jan Lis\nNumer akt: 776894424\nOpis żądania: Proszę wykasować dane."
    read = mail(text, address="formularz@alektumgroup.pl", of="alektum-pl")
    assert [each.value for each in read.fields("wish")] == ["usunięcie", "Proszę wykasować dane."]
    assert [each.value for each in read.fields("dossier_number")] == ["776894424"]


def test_a_form_from_another_address_is_known_by_its_shape():
    text = "Naam: Yonas Tesfay\nTelefoon: 0624637385\nE-mail: y@example.org\nDossier: P 23 088067\nBericht: help"
    assert keys(text, address="yonas@gmail.example", of="pro-actief")["name"] == "Yonas Tesfay"


@pytest.mark.parametrize(
    "text",
    [
        "Geachte heer,\n\nIk betaal niet.\n\nTel: 0612345678\nE-mail: a@b.example\nDossier: 54730908\nAdres: Dorp 1",
        "Beste mensen, ik wil klagen over een telefoontje van gisteren.\nNaam: Jan\nTelefoon: 06\nBericht: geen",
        "Hei\nTlf: 91234567\nSak: 4471820",
        "",
    ],
)
def test_a_persons_own_mail_with_a_few_labels_is_no_form(text):
    assert read_form(message(text, address="jan@gmail.example"), policy("alektum-nl")) == ()


@pytest.mark.parametrize(
    "value", ["", "-", "n.v.t.", "weet ik niet", "brak", "Nie pamiętam", "vet ikke", "unknown"]
)
def test_a_value_may_say_that_there_is_none(value):
    assert is_blank(value)


def test_only_the_free_texts_of_a_form_count_as_prose():
    read = mail(FORM, address="noreply@alektumgroup.nl")
    assert read.in_prose(FORM.index("Op 6 februari"))
    assert not read.in_prose(FORM.index("67233056"))


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Kontakt meg på (tlf)", "phone"),
        ("Kontakt meg på (e-post)", "email"),
        ("Czego dotyczy (nr akt)", "dossier_number"),
        ("Adressen din", "address"),
        ("Uw kenmerk", "dossier_number"),
        ("Onderwerp van uw bericht", "subject"),
        ("Twoje imię", "first_name"),
        ("Ditt telefonnummer", "phone"),
        ("Mijn postcode", "postcode"),
        ("Telefoon (overdag)", "phone"),
    ],
)
def test_brackets_and_possessives_do_not_hide_what_a_label_means(label, key):
    assert key_of(label) == key


def test_sentences_under_an_unknown_label_are_the_free_text():
    text = (
        "Voornaam: Jo\nAchternaam: Lis\nTelefoon: 0612345678\nDossiernummer: 67233056\n"
        "Steekt u van wal: Uw collega hing gisteren zomaar op."
    )
    assert keys(text)["text"] == "Uw collega hing gisteren zomaar op."


def test_a_postal_address_under_a_label_for_mail_is_an_address():
    text = (
        "Rodzaj: reklamacja\nImię: Jan\nNazwisko: Lis\nTelefon: nie mam\n"
        "Adres do odpowiedzi: Rynek 3 m. 1, 59-620 Gryfów\nOpis: Proszę o list."
    )
    assert keys(text, of="alektum-pl")["address"] == "Rynek 3 m. 1, 59-620 Gryfów"


@pytest.mark.parametrize(
    "label", ["Dotychczasowy telefon", "Oud telefoonnummer", "Gammelt telefonnummer", "Old phone"]
)
def test_what_no_longer_holds_is_no_field(label):
    assert key_of(label) == ""


def test_a_way_to_answer_chosen_below_the_free_text_is_a_field():
    read = keys(f"{FORM}\nHoe wilt u antwoord ontvangen?: per post")
    assert read["reply_channel"] == "per post"
    assert "reply_channel" not in keys(f"{FORM}\nHoe wilt u antwoord geven: dat weet u zelf wel")
