"""Does the sender label the mail itself a complaint? In any inflection, compound or misspelling."""

from __future__ import annotations

import pytest
from understanding_mails import mail

from triage.understanding.marker import Use, is_labelled, occurrences
from triage.understanding.model import Source


def labelled(
    typed: str = "", *, subject: str = "", language: str = "nl", grieved: bool = True
) -> bool:
    return is_labelled(
        occurrences(mail(typed, subject=subject, language=language)), grieved=grieved
    )


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("nl", "Hierbij dien ik een klacht in over uw medewerker."),
        ("nl", "Dit is een formele klacht."),
        ("nl", "Noteer dit als mijn derde klachtbrief aan u."),
        ("nl", "Ik wil mij bij u beklagen: ik dien deze klagt in."),
        ("pl", "Niniejszym składam reklamację na działania pracownika."),
        ("pl", "Proszę potraktować to pismo jako skargę."),
        ("pl", "To jest reklamcja i chce odpowiedzi."),
        ("pl", "Chciałbym zareklamować sposób obsługi."),
        ("no", "Jeg vil herved klage på behandlingen."),
        ("no", "Dette er en formell klage."),
        ("no", "Derfor jeg levere en klag."),
        ("no", "Eg vil klaga på måten de har handsama saka på."),
        ("sv", "Detta är ett klagomål mot er handläggare."),
        ("da", "Jeg vil gerne indgive en klage over jeres medarbejder."),
        ("de", "Hiermit erhebe ich Beschwerde gegen Ihr Vorgehen."),
        ("en", "I hereby make a formal complaint about your agent."),
        ("en", "This is a complaint."),
        ("nl", "Ik vind dit klachtwaardig, noteer het zo."),
        ("uk", "Подаю рекламацію на вашого працівника."),
    ],
)
def test_a_sender_who_calls_it_a_complaint_has_labelled_it(language: str, typed: str):
    assert labelled(typed, language=language)


def test_a_deed_taken_back_is_no_label():
    assert not labelled(
        "Od razu zaznaczam, że nie składam reklamacji, bo szkoda czasu.", language="pl"
    )
    assert labelled("Nie dostałem odpowiedzi, składam reklamację.", language="pl")


def test_an_offices_name_is_neither_label_nor_taken_back():
    found = occurrences(mail("Dział reklamacji nie odpisuje.", language="pl"))
    assert [each.use for each in found] == [Use.WEAK]


def test_a_complaint_that_a_manufacturer_granted_is_elsewhere():
    assert not labelled("Producent uznał reklamację i wystawił korektę.", language="pl")


@pytest.mark.parametrize(
    "subject",
    [
        "Klacht",
        "KLACHT dossier 40718253",
        "direktieklacht",
        "Reklamacja",
        "klage på dere",
        "Complaint",
    ],
)
def test_the_word_in_the_subject_is_a_label(subject: str):
    assert labelled("Wat daar is gebeurd kan niet.", subject=subject)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("nl", "Dit is geen klacht, ik wil het gewoon snappen."),
        ("nl", "Geen klachten over u hoor, alles prima."),
        ("pl", "To nie jest reklamacja, tylko pytanie."),
        ("no", "Dette er ikke en klage, bare et spørsmål."),
        ("en", "This is not a complaint, just a question."),
        ("sv", "Det här är inget klagomål."),
        ("de", "Das ist keine Beschwerde."),
    ],
)
def test_what_is_taken_back_is_no_label(language: str, typed: str):
    assert not labelled(typed, language=language)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("nl", "Bij Fitpunt zelf heb ik al een klacht lopen, daar gaat dit niet over."),
        ("nl", "Mijn klacht is naar de webshop gegaan, niet naar u."),
        ("no", "Klagen på vaskemaskinen går til HvitevareNord, den er ikke deres bord."),
        ("pl", "Złożyłam skargę na komornika w sądzie."),
        ("nl", "Bij de politie ligt een aanklacht."),
        ("no", "Jeg klaget til dem, og klagen ligger nå i Transportklagenemnda."),
        ("pl", "Faktura jest objęta reklamacją w Kablonecie."),
        ("nl", "Klachten over onze dienstverlening: zie de klachtenregeling van Haaften."),
        ("no", "Jeg har fått en forliksklage i posten."),
    ],
)
def test_a_complaint_about_or_to_somebody_else_is_no_label(language: str, typed: str):
    assert not labelled(typed, language=language, grieved=False)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("pl", "A już miałam składać skargę! Zamiast tego: dziękuję."),
        ("nl", "Anders dien ik een klacht in."),
        ("no", "Hvis ikke kommer jeg til å sende en klage."),
        ("en", "Otherwise I might file a complaint."),
    ],
)
def test_a_complaint_that_has_not_come_is_no_label(language: str, typed: str):
    assert not labelled(typed, language=language)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("nl", "Ik heb hoofdpijnklachten en slaap slecht."),
        ("no", "Jeg beklager at det tok tid."),
        ("nl", "Uw klachtenregeling staat op de website."),
        ("en", "Your compliance team wrote to me."),
        ("pl", "Widziałam państwa reklamę w telewizji."),
    ],
)
def test_words_that_only_look_like_it_are_no_label(language: str, typed: str):
    assert not labelled(typed, language=language)


def test_an_earlier_complaint_labels_only_a_mail_that_goes_on_complaining():
    typed = "Op mijn klacht van 3 maart kreeg ik geen antwoord."
    assert labelled(typed, grieved=True)
    assert not labelled(typed, grieved=False)


def test_the_word_in_quoted_mail_is_no_label():
    quoted = mail("Wat is mijn saldo?", quoted="> Een klacht? Mail ons.")
    assert not is_labelled(occurrences(quoted), grieved=True)


def test_the_word_in_an_address_is_no_label():
    assert not labelled("Ik mailde klacht@voorbeeld.example en www.voorbeeld.example/klacht.")


def test_the_category_that_the_sender_chose_in_a_web_form_is_a_label():
    form = mail(
        "Naam: A. de Wit\nE-mail: a@voorbeeld.example\nDossiernummer: 40718253\n"
        "Categorie: Klacht\nBericht: Uw medewerker hing op.",
        address="noreply@alektumgroup.nl",
    )
    assert is_labelled(occurrences(form), grieved=False)


def test_each_occurrence_says_where_it_stands():
    (found,) = occurrences(mail("Dit is een klacht.", subject="Dossier 40718253"))
    assert found.use is Use.LABEL
    assert (found.evidence.source, found.evidence.words) == (Source.TYPED, "klacht")
    assert "Dit is een klacht."[found.evidence.start : found.evidence.end] == "klacht"
