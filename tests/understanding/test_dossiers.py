"""Dossier numbers: by the policy's format, and by what stands around them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from understanding_mails import mail

from triage.message.model import Attachment
from triage.understanding.dossiers import dossier_numbers
from triage.understanding.model import SURE, Source
from triage.understanding.numbers import numbers


def found(text="", *, of="alektum-nl", **texts):
    read = mail(text, of=of, **texts)
    return [each.value for each in dossier_numbers(read, numbers(read.typed))]


@pytest.mark.parametrize(
    ("of", "text", "number"),
    [
        ("alektum-nl", "Mijn dossiernummer is 54730908.", "54730908"),
        ("alektum-nl", "dossiernr.: 5473 0908", "54730908"),
        ("alektum-nl", "uw kenmerk: 5473.0908", "54730908"),
        ("alektum-nl", "zaaknr 54-73-09-08", "54730908"),
        ("alektum-nl", "Uw ref. 5473/0908", "54730908"),
        ("alektum-nl", "Inzake de vordering met nummer 54730908 bericht ik u", "54730908"),
        ("alektum-nl", "De brief met nr 54730908 klopt niet", "54730908"),
        ("alektum-nl", "wat moet ik nog betalen? 54730908", "54730908"),
        ("alektum-nl", "my case number is 54730908", "54730908"),
        ("alektum-nl", "Aktenzeichen 54730908", "54730908"),
        ("alektum-nl", "Mon dossier n° 54730908", "54730908"),
        ("alektum-pl", "Nr akt: 196 441 029", "196441029"),
        ("alektum-pl", "sygnatura 196-441-029", "196441029"),
        ("alektum-pl", "piszę w sprawie 196441029 o raty", "196441029"),
        ("alektum-pl", "numer sprawy to 196.441.029", "196441029"),
        ("alektum-pl", "196441029 to jest numer z waszego pisma", "196441029"),
        ("alektum-pl", "Państwa znak: 196441029, nasz znak: 123456789", "196441029"),
        ("alektum-pl", "номер справи 196441029", "196441029"),
        ("alektum-pl", "umowa z wami 196441029", "196441029"),
        ("alektum-no", "Saksnummer 4471820", "4471820"),
        ("alektum-no", "sak nr. 447 18 20", "4471820"),
        ("alektum-no", "Dykkar ref: 447.18.20", "4471820"),
        ("alektum-no", "Det gjelder 4 471 820, takk", "4471820"),
        ("alektum-no", "ert ärende 4471820", "4471820"),
        ("alektum-no", "jeres sag 4471820", "4471820"),
        ("alektum-no", "vår ref 25/00883, deres 4471820", "4471820"),
        ("pro-actief", "dossier P24-018273", "P24018273"),
        ("pro-actief", "p24 018 273", "P24018273"),
        ("pro-actief", "kenmerk P.24.018273", "P24018273"),
        ("pro-actief", "betreft p25 / 017 / 305", "P25017305"),
    ],
)
def test_a_number_is_known_by_its_form_and_label_whatever_separates_its_digits(of, text, number):
    assert found(text, of=of) == [number]


@pytest.mark.parametrize(
    ("of", "text"),
    [
        ("alektum-nl", "De factuur met nummer 73446486 is betaald."),
        ("alektum-nl", "klantnummer 73446486 bij Ventra"),
        ("alektum-nl", "KvK 71540028"),
        ("alektum-nl", "onze ref. 73446486"),
        ("alektum-nl", "geboren 14-08-1988"),
        ("alektum-nl", "op 20-04-2025 gebeld"),
        ("alektum-nl", "ik betaalde 12.345.678,00 euro"),
        ("alektum-nl", "overgemaakt op NL62 RABO 0705 0878 65"),
        ("alektum-nl", "betalingskenmerk 4829 4698 0013 2025"),
        ("alektum-nl", "ons kenmerk ALK-NL-2026-7781"),
        ("alektum-nl", "bel 06 41632468"),
        ("alektum-nl", "dossier 1234567"),
        ("alektum-nl", "dossier 123456789"),
        ("alektum-pl", "tel. 605 118 742"),
        ("alektum-pl", "nr klienta 700318842"),
        ("alektum-pl", "REGON 361500118"),
        ("alektum-pl", "NIP 944-873-71-11"),
        ("alektum-pl", "sygn. akt VI Nc-e 1234567/26"),
        ("alektum-pl", "rachunek 08 1050 1025 4176 3651 0465 4404"),
        ("alektum-pl", "PESEL 49021724634"),
        ("alektum-no", "KID 9004417203009"),
        ("alektum-no", "kundenummer 1184027 hos Fjellkraft"),
        ("alektum-no", "fra konto 2801.76.54324"),
        ("alektum-no", "ref 26/40118 hos Forbrukertilsynet"),
        ("alektum-no", "kr 1 234 567"),
        ("pro-actief", "dossier 24018273"),
        ("pro-actief", "polis XP24018273"),
    ],
)
def test_other_numbers_of_the_same_length_are_not_taken(of, text):
    assert found(text, of=of) == []


@pytest.mark.parametrize(
    "text",
    [
        "Uw dossiers 59983734 en 21946972",
        "dossiernr 59983734 / 21946972",
        "Het gaat om 59983734 en om dossier 21946972.",
        "59983734 - € 74,00\n21946972 - € 119,85",
    ],
)
def test_two_dossiers_in_one_mail_are_both_taken(text):
    assert sorted(found(text)) == ["21946972", "59983734"]


def test_a_number_said_to_be_wrong_is_left_out():
    assert found("Dossier 75054107 (NIET 75054170, dat is een verschrijving)") == ["75054107"]


def test_the_subject_counts_as_typed():
    assert found("zie onderwerp", subject="Re: Laatste aanmaning 47676479") == ["47676479"]


def test_quoted_mail_counts_only_when_subject_and_typed_text_have_none():
    quoted = "Op ma 10 nov 2025 schreef Alektum:\n> Dossiernummer: 47676479."
    assert found("ik betaal niet", quoted=quoted) == ["47676479"]
    assert found("dossier 11112222: ik betaal niet", quoted=quoted) == ["11112222"]


def test_an_attachment_counts_only_when_nothing_else_has_one():
    read = mail("zie bijlage")
    scan = Attachment("brief.pdf", "application/pdf", 9, "", "Dossiernummer 47676479, 12345678 EUR")
    read = replace(read, message=replace(read.message, attachments=(scan,)))
    (only,) = dossier_numbers(read, ())
    assert (only.value, only.evidence[0].source) == ("47676479", Source.ATTACHMENT)


@pytest.mark.parametrize(
    ("text", "quoted", "number"),
    [
        ("Anna Lis\n605 118 742", "Numer akt: 196441029", ["196441029"]),
        ("Weronika Bąk / 137852002 / 530-077-196", "", ["137852002"]),
        ("To ja, 506 180 229 to mój telefon.\nAnna Lis, 282162144", "", ["282162144"]),
        ("Proszę o saldo.\nAnna Lis\n733619354", "", ["733619354"]),
    ],
)
def test_nine_digits_that_could_be_a_phone_number_are_told_apart_by_the_rest_of_the_mail(
    text, quoted, number
):
    assert found(text, of="alektum-pl", quoted=quoted) == number


def test_a_labelled_number_is_surer_than_a_bare_one():
    labelled, bare = (
        dossier_numbers(read, numbers(read.typed))[0].confidence
        for read in (mail("dossier 54730908"), mail("hallo 54730908 hallo"))
    )
    assert labelled >= 0.9 > bare


def test_the_evidence_shows_the_words_as_typed():
    read = mail("mijn dossier 5473 0908 dus")
    (only,) = dossier_numbers(read, numbers(read.typed))
    (words,) = only.evidence
    assert words.words == read.typed[words.start : words.end] == "5473 0908"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("dałem numer FV 914/2025 zamiast 816620945. Proszę przypisać", "816620945"),
        ("Sprawa (znalazłem w SMS-ie): 860-219-447", "860219447"),
        ("Nr akt (z listu): 860 219 447", "860219447"),
    ],
)
def test_a_number_named_instead_of_another_or_behind_brackets_is_taken(text, number):
    assert found(text, of="alektum-pl") == [number]


def test_a_complaints_own_number_is_not_a_dossiers():
    assert found("Antwoord graag.", subject="RE: Uw klacht 2026-0215") == []


def test_a_dossier_named_by_its_end_is_found_in_the_quoted_mail():
    read = found(
        "dette gjelder 2073521 og den som slutter på 906",
        of="alektum-no",
        quoted="Du har 2 ubetalte saker: 2073521 og 4388906.",
    )
    assert read == ["2073521", "4388906"]


def test_the_rest_of_a_phone_number_behind_its_prefix_is_no_dossier():
    assert found("Handy ist jetzt 0176 44120987. Az 53447257") == ["53447257"]


def test_a_number_in_brackets_behind_an_amount_is_a_dossier():
    assert found("de overboeking van gisteren, 210,45 euro (94658795)") == ["94658795"]


def test_a_number_with_an_extension_is_a_telephones():
    read = mail("WOD-INST s.c.\n33 823 55 90 wew. 4", of="alektum-pl", language="pl")
    assert dossier_numbers(read, numbers(read.typed)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Bij vonnis met zaaknummer 11204488 CV EXPL 24-3310 is beslag gelegd.",
        "De beschikking heeft zaaknummer 11562207 BM VERZ 25-388.",
        "Er loopt een zaak met nummer 11562207 bij de rechtbank.",
    ],
)
def test_a_number_of_a_court_is_not_the_agencys(text):
    assert found(text) == []


def test_a_mobile_number_behind_the_dossier_number_is_not_a_second_one_for_sure():
    text = "Moja sprawa 458448432 / 781 604 559"
    read = mail(text, of="alektum-pl")
    sure = [each for each in dossier_numbers(read, numbers(read.typed)) if each.confidence >= SURE]
    assert [each.value for each in sure] == ["458448432"]


def test_a_label_directly_before_the_next_number_is_that_ones():
    text = "komórkę macie 607 555 180 nr sprawy 133686681"
    read = mail(text, of="alektum-pl")
    sure = [each for each in dossier_numbers(read, numbers(read.typed)) if each.confidence >= SURE]
    assert [each.value for each in sure] == ["133686681"]


def test_a_surname_before_the_number_denies_nothing():
    assert found("Groet, Jelmer van de Pas (2594 1806)") == ["25941806"]


def test_the_label_of_an_id_is_not_that_of_the_next_number():
    text = "Trekk for Natalia Gryczka, fnr. 06028340468, med dere som saksøker (3061988)."
    assert found(text, of="alektum-no") == ["3061988"]
