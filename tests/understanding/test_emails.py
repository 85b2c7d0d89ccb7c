"""E-mail addresses in the text at which the sender can be reached."""

from __future__ import annotations

import pytest
from understanding_mails import mail

from triage.understanding.emails import emails


def found(text, **texts):
    return [each.value for each in emails(mail(text, **texts))]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("U kunt hem bereiken op jaap@schildervis.example.", "jaap@schildervis.example"),
        (
            "Najlepiej pisać na maila męża: wronski.tomek@poczta.example",
            "wronski.tomek@poczta.example",
        ),
        ("Geir nås på e-post geir.b@anlegg.example, adresse Veien 3", "geir.b@anlegg.example"),
        ("send mail til mamma monica.n@gmail.example", "monica.n@gmail.example"),
        ("Jan Lis | 053 - 720 41 16 | Jan.Lis@Stroop.example", "jan.lis@stroop.example"),
    ],
)
def test_a_contact_address_in_the_text_is_taken(text, address):
    assert found(text) == [address]


@pytest.mark.parametrize(
    "text",
    [
        "mijn adres blijft iemand@voorbeeld.example",
        "ik schreef naar compliance@alektumgroup.nl",
        "ik schreef naar x@mail.alektumgroup.nl",
        "het oude (phveer@chello.example) bestaat niet meer",
        "zlikwidowałam skrzynkę wanda@neostrada.example",
        "stara (ewadom@poczta.example) jest nieczynna",
        "Den gamle mailen min (wenchet@gammelnett.example) går ikke lenger",
        "de mail is gestuurd naar fam.timmer@ziggo.example",
        "wezwanie wysłano na jadzia@wp.example",
        "geen adres hier @home of a@b",
    ],
)
def test_their_own_the_agencys_old_and_other_peoples_addresses_are_not(text):
    assert found(text) == []


def test_a_forms_field_gives_the_senders_address():
    form = "Naam: A\nE-mail: Esmee@student.example\nDossier: 54730908\nBericht: x"
    (only,) = emails(mail(form, address="noreply@alektumgroup.nl"))
    assert only.value == "esmee@student.example" and only.sure


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("sendt til meg personlig på cathrine@lind.example og ikke", "cathrine@lind.example"),
        ("stuur het naar mij persoonlijk op j.bos@x.example", "j.bos@x.example"),
        ("proszę wysłać do mnie na jan.lis@x.example", "jan.lis@x.example"),
        ("mitt private: kari@x.example", "kari@x.example"),
    ],
)
def test_a_second_address_for_the_answer_is_taken(text, address):
    assert found(text) == [address]


@pytest.mark.parametrize(
    "text",
    [
        "Afmelden? vve-de-linde+unsubscribe@groep.example",
        "write to seminar+leave@lab.example",
        "Weg: tess_2008@hotmail.example. Houden: dit adres.",
        "Usuńcie jan.stary@x.example",
        "Slett adressen kari.gml@x.example",
    ],
)
def test_commands_of_lists_and_addresses_to_be_deleted_are_not(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "ny e-post fra nå av: elin@keramikk.example",
        "mijn e-mail vanaf nu: elin@keramikk.example",
        "mój mail od teraz: elin@keramikk.example",
    ],
)
def test_from_now_on_names_no_sender(text):
    assert found(text) == ["elin@keramikk.example"]
