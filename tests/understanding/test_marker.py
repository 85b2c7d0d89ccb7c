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
        ("uk", "Подаю скаргу на вашого працівника."),
        ("uk", "Це офіційна скарга."),
        ("uk", "Прошу розглянути мою скаргу."),
        ("ru", "Хочу пожаловаться на вашего сотрудника."),
        ("ru", "Настоящим подаю жалобу на ваши действия."),
        ("ru", "Это претензия к вашей компании."),
        ("tr", "Bu resmi bir şikayettir."),
        ("tr", "Çalışanınız hakkında şikayette bulunmak istiyorum."),
        ("tr", "Sizi şikayet ediyorum."),
        ("lt", "Teikiu skundą dėl jūsų darbuotojo."),
        ("lt", "Tai yra oficialus skundas."),
        ("lt", "Skundžiuosi dėl jūsų darbuotojos elgesio."),
        ("cs", "Podávám stížnost na vašeho pracovníka."),
        ("cs", "Chci si stěžovat na chování vašeho operátora."),
        ("cs", "Toto je oficiální stížnost."),
        ("sk", "Podávam sťažnosť na vášho pracovníka."),
        ("sk", "Toto je formálna sťažnosť."),
        ("ar", "أتقدم بشكوى ضد موظفكم."),
        ("ar", "هذه شكوى رسمية."),
        ("ar", "أريد تقديم شكوى بسبب معاملتكم."),
        ("uk", "Не отримав відповіді, тому подаю скаргу."),
        ("ru", "Вы не отвечаете, поэтому пишу жалобу."),
        ("ar", "أشتكي من تصرف موظفكم."),
        ("fr", "Par la présente, je dépose une réclamation contre votre agent."),
        ("fr", "Ceci est une plainte officielle."),
        ("es", "Por la presente presento una reclamación contra su empleado."),
        ("es", "Esto es una queja formal."),
        ("es", "Me quejo del trato recibido."),
        ("it", "Con la presente presento un reclamo contro il vostro operatore."),
        ("it", "Questo è un reclamo formale."),
        ("it", "Vorrei lamentarmi del vostro comportamento."),
        ("pt", "Venho por este meio apresentar uma reclamação contra o vosso colaborador."),
        ("pt", "Isto é uma queixa formal."),
        ("pt", "Queixo-me da forma como fui tratado."),
        ("ro", "Prin prezenta depun o reclamație împotriva angajatului dumneavoastră."),
        ("ro", "Aceasta este o plângere oficială."),
        ("ro", "Mă plâng de felul în care am fost tratat."),
    ],
)
def test_a_sender_who_calls_it_a_complaint_has_labelled_it(language: str, typed: str):
    assert labelled(typed, language=language)


def test_a_deed_taken_back_is_no_label():
    assert not labelled(
        "Od razu zaznaczam, że nie składam reklamacji, bo szkoda czasu.", language="pl"
    )
    assert not labelled("Reklamacji pisać nie będę, bo i tak nikt nie czyta.", language="pl")
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
        ("uk", "Це не скарга, а лише питання."),
        ("ru", "Это не жалоба, а просто вопрос."),
        ("tr", "Bu bir şikayet değil, sadece bir soru."),
        ("tr", "Şikayetim yok, teşekkür ederim."),
        ("lt", "Tai ne skundas, tik klausimas."),
        ("cs", "Toto není stížnost, jen dotaz."),
        ("sk", "Toto nie je sťažnosť, iba otázka."),
        ("ar", "هذه ليست شكوى، بل مجرد سؤال."),
        ("ar", "لا أقدم شكوى، أريد فقط معلومات."),
        ("pl", "To nie jest reklamacja, tylko pytanie."),
        ("no", "Dette er ikke en klage, bare et spørsmål."),
        ("en", "This is not a complaint, just a question."),
        ("sv", "Det här är inget klagomål."),
        ("de", "Das ist keine Beschwerde."),
        ("fr", "Ceci n'est pas une plainte, juste une question."),
        ("es", "Esto no es una queja, solo una pregunta."),
        ("it", "Questo non è un reclamo, solo una domanda."),
        ("pt", "Isto não é uma reclamação, apenas uma pergunta."),
        ("ro", "Aceasta nu este o reclamație, ci doar o întrebare."),
    ],
)
def test_what_is_taken_back_is_no_label(language: str, typed: str):
    assert not labelled(typed, language=language)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("ru", "Если это не прекратится, подам жалобу."),
        ("cs", "Jinak podám stížnost."),
        ("lt", "Kitaip pateiksiu skundą."),
        ("tr", "Yoksa şikayet edeceğim."),
        ("ar", "إذا لم تتوقفوا سأقدم شكوى."),
        ("uk", "Інакше подам скаргу."),
    ],
)
def test_a_complaint_still_to_come_is_no_label(language: str, typed: str):
    assert not labelled(typed, language=language, grieved=False)


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
        ("no", "Æ har klaga te senteret to ganga."),
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
        ("fr", "Sinon je déposerai une réclamation."),
        ("es", "De lo contrario presentaré una reclamación."),
        ("it", "Altrimenti presenterò un reclamo."),
        ("pt", "Caso contrário apresentarei uma reclamação."),
        ("ro", "Altfel voi depune o reclamație."),
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


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("nl", "Klachtepistel over uw meneer."),
        ("nl", "Met dit klachtschrift wend ik mij tot u."),
        ("no", "Her er klagebrevet mitt om besøket."),
        ("de", "Dies ist mein Beschwerdeschreiben."),
    ],
)
def test_a_piece_of_writing_that_complains_is_a_label(language: str, typed: str):
    assert labelled(typed, language=language)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("de", "Ich möchte mich über Ihre Mitarbeiterin Frau Dekker beschweren."),
        ("pl", "Chcę się poskarżyć na waszego człowieka."),
        ("no", "Vi påklager herved håndteringen av saken."),
        ("no", "Jeg innklager dette herved."),
        ("da", "Jeg klager over den måde, I har behandlet mig på."),
        ("en", "I am writing to complain about your letter."),
    ],
)
def test_a_verb_of_the_senders_own_is_a_label(language: str, typed: str):
    assert labelled(typed, language=language)


def test_a_verb_alone_in_the_subject_is_a_label():
    assert labelled("Your messenger came to my work.", subject="COMPLAIN", language="en")


@pytest.mark.parametrize("subject", ["Kalge", "Klgae sak 1234567", "klahe"])
def test_a_short_word_with_letters_changed_over_is_known(subject: str):
    assert labelled("Dere ringer hele tiden.", subject=subject, language="no")


def test_a_date_behind_a_verb_in_the_present_makes_no_earlier_complaint():
    assert labelled("Vi klager på at dere 3. mai ringte oss.", language="no", grieved=False)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("pl", "Nie ma to związku z moją skargą z czerwca. Proszę o saldo."),
        ("nl", "Dit staat los van mijn klacht van juni. Hoeveel is het nog?"),
        ("no", "Uavhengig av klagen min fra juni: hva skylder jeg?"),
        ("en", "This is unrelated to my complaint of June. What do I owe?"),
    ],
)
def test_a_complaint_that_the_mail_has_nothing_to_do_with_is_no_label(language: str, typed: str):
    assert not labelled(typed, language=language, grieved=True)


def test_apart_from_something_else_a_complaint_is_made():
    assert labelled("Los van het bedrag is dit een klacht.")


def test_a_word_with_a_letter_too_few_is_known():
    assert labelled("skrga na was", language="pl")


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("no", "Klagar gjør eg ikkje, eg er berre nysgjerrig."),
        ("nl", "Klagen doe ik niet hoor."),
        ("nl", "Met klachten heb ik verder niets van doen."),
        ("pl", "Skargi więc nie będzie."),
        ("de", "Moin, ne Beschwerde soll das nich sein."),
        ("de", "Ich beschwere mich nicht."),
        ("da", "Jeg har intet at klage over."),
        ("en", "I can't complain."),
        ("sv", "Jag tänker inte klaga."),
    ],
)
def test_a_complaint_is_taken_back_in_any_word_order(language: str, typed: str):
    assert not labelled(typed, language=language)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("pl", "Skargę, którą wysłałam w czwartek, niniejszym cofam."),
        ("nl", "Ik trek mijn klacht in."),
        ("no", "Jeg trekker klagen."),
        ("en", "I withdraw my complaint."),
        ("fr", "Je retire ma plainte."),
        ("es", "Retiro mi queja."),
        ("it", "Ritiro il mio reclamo."),
        ("pt", "Retiro a minha reclamação."),
        ("ro", "Îmi retrag reclamația."),
    ],
)
def test_a_complaint_withdrawn_is_no_label(language: str, typed: str):
    assert not labelled(typed, language=language)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("nl", "Dit is eerder een opmerking dan een klacht."),
        ("en", "This is less a complaint than a suggestion."),
    ],
)
def test_less_than_a_complaint_is_no_label(language: str, typed: str):
    assert not labelled(typed, language=language)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("no", "Dette svarer fortsatt ikke på klagen min fra 3. november."),
        ("nl", "Nog steeds geen antwoord op mijn klacht van 13 maart."),
        ("pl", "Moja reklamacja nie została rozpatrzona."),
        ("nl", 'De uitspraak op mijn klacht (niet-ontvankelijk, "geen dossier") deugt niet.'),
        ("en", "My complaint of 3 March was not answered."),
        ("fr", "Aucune réponse à ma réclamation du 3 mars."),
        ("es", "No he recibido respuesta a mi reclamación del 3 de marzo."),
        ("it", "Non ho ricevuto risposta al mio reclamo del 3 marzo."),
        ("pt", "Não recebi resposta à minha reclamação de 3 de março."),
        ("ro", "Nu am primit răspuns la reclamația mea din 3 martie."),
    ],
)
def test_an_answer_denied_takes_no_complaint_back(language: str, typed: str):
    assert labelled(typed, language=language, grieved=True)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("nl", "Geen vraag, dit is een klacht."),
        ("pl", "To już nie prośba, to skarga."),
        ("sv", "Kravmejl är inte acceptabelt och jag reklamerar hanteringen."),
        ("nl", "Ik heb nog nooit een klacht ingediend, maar nu wel: dit is een klacht."),
    ],
)
def test_a_negator_ends_where_a_new_clause_begins(language: str, typed: str):
    assert labelled(typed, language=language)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("nl", "Ik klaag niet snel, maar dit slaat alles."),
        ("pl", "Nie lubię się skarżyć, ale muszę."),
        ("no", "Jeg har aldri klaget før, men dette går ikke an."),
        ("en", "I do not usually complain, but this is too much."),
    ],
)
def test_who_seldom_complains_takes_nothing_back(language: str, typed: str):
    assert labelled(typed, subject="Klacht", language=language)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("no", "Eg klaga litt surt den 2. februar, og no er eg glad att."),
        ("no", "Eg skreiv til vassverket 20. mars og klaga der."),
        ("no", "I høst sendte jeg en klage som jeg nok skrev etter to glass vin."),
        ("nl", "Hier heb ik ooit een klacht neergelegd."),
        ("da", "Klagede engang over noget mad på færgen."),
        ("pl", "W październiku złożyłam u Państwa reklamację."),
        ("ru", "Год назад я написал вам жалобу."),
        ("en", "I made a complaint last year and it was sorted."),
    ],
)
def test_a_complaint_told_of_the_past_labels_no_mail_about_something_else(
    language: str, typed: str
):
    assert not labelled(typed, language=language, grieved=False)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("nl", "Ik heb bij de winkel zelf al een klacht lopen over dat bankstel."),
        ("nl", "Ik heb een klacht over de kapper ingediend (bij hem, niet bij jullie)."),
        ("pl", "Na dostawcę prądu już jest skarga u rzecznika."),
        ("da", "Klagen over taget har jeg sendt til udlejeren."),
        ("fr", "J'ai porté réclamation auprès du loueur, pas auprès de vous."),
        ("no", "Klage kan rettes til Advokattilsynet."),
        ("es", "Ya tengo una queja contra la tienda, no contra ustedes."),
        ("it", "Ho presentato un reclamo al negozio, non a voi."),
        ("pt", "Fiz queixa na polícia."),
        ("ro", "Am depus o plângere la poliție."),
    ],
)
def test_a_complaint_with_another_firm_or_office_is_no_label(language: str, typed: str):
    assert not labelled(typed, language=language, grieved=False)


def test_who_sends_it_is_not_whom_it_is_with():
    assert labelled("", subject="Klachtbericht van een opdrachtgever", grieved=False)
    assert labelled("Hierbij dien ik als opdrachtgever een klacht in.", grieved=False)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("en", "My tenant tells me she lodged a complaint with you."),
        ("pl", "Moja żona składała u was skargę, ja pytam o saldo."),
        ("no", "Når alle klagar på inkassofolk, må nokon rose dei."),
    ],
)
def test_the_complaint_of_a_third_person_is_no_label(language: str, typed: str):
    assert not labelled(typed, language=language, grieved=False)


def test_a_complaint_that_came_to_the_writer_is_passed_on():
    typed = "Konsument złożył do mnie skargę na sposób windykacji."
    assert labelled(typed, language="pl", grieved=False)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("sv", "Ni får väl mest klagomål."),
        ("nl", "Ik las in de krant dat er klachten zijn over incassobureaus."),
        ("pl", "Od dwudziestu lat piszę reklamacje do różnych firm."),
        ("en", "How long does a complaint take?"),
        ("no", "Er du misfornøyd, kan du klage til ombudet vårt."),
        ("nl", "Heeft u klachten? Bel ons."),
        ("nl", "U leest daar hoe u een klacht kunt indienen."),
        ("en", "Our software makes complaint handling faster."),
        ("pl", "Kategoria „reklamacja” jakoś nie pasowała."),
    ],
)
def test_complaints_in_general_are_no_label(language: str, typed: str):
    assert not labelled(typed, language=language, grieved=False)


def test_an_if_is_told_from_as():
    assert not labelled("Als dit niet stopt dien ik een klacht in.")
    assert labelled("Als klant dien ik een klacht in.")


def test_where_the_sender_can_complain_is_a_complaint():
    assert labelled("Waar kan ik een klacht indienen over uw medewerker?", grieved=False)


def test_a_bare_subject_yields_to_what_the_text_says_of_the_complaint():
    assert not labelled("Ja się nie skarżę.", subject="Skarżyć się? Skąd!", language="pl")
    elsewhere = "Ik heb een klacht over de kapper (bij hem, niet bij jullie)."
    assert not labelled(elsewhere, subject="Klacht over de kapper", grieved=False)
    assert labelled("Anders stap ik naar de politie.", subject="Klacht", grieved=False)


def test_a_subject_that_takes_it_back_holds_for_the_mail_up_to_an_announcement():
    subject = "Geen klacht noemen a.u.b."
    assert not labelled("Mijn zoon zegt: mam, dien een klacht in.", subject=subject)
    assert labelled("Ik bedenk me: hierbij dien ik een klacht in.", subject=subject)


def test_a_forms_label_yields_to_what_is_written_under_it():
    form = mail(
        "Naam: A. de Wit\nE-mail: a@voorbeeld.example\nDossiernummer: 40718253\n"
        "Omschrijving van uw klacht: Geen klacht! Dank aan Linda.",
        address="noreply@alektumgroup.nl",
    )
    assert not is_labelled(occurrences(form), grieved=False)


def test_a_word_of_the_next_language_says_nothing():
    """`No` is "now" in Nynorsk, `ich` "their" in Polish, `nu` "now" in Dutch."""
    assert labelled("No klagar eg på dykk.", language="no")
    assert labelled("Ich habe eine Beschwerde.", language="de")
    assert labelled("Nu een klacht dus.", language="nl")


def test_only_so_many_words_around_are_read():
    far = "woord " * 20
    found = occurrences(mail(f"Geen {far} klacht {far} ingetrokken"))
    assert [each.use for each in found] == [Use.LABEL]


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("no", "Dette aksepterer jeg ikke og klager derfor."),
        ("de", "Ich bin nicht einverstanden und lege Beschwerde ein."),
        ("sv", "Jag accepterar inte detta och klagar därför."),
        ("nl", "Uw collega luistert niet, vandaar deze klacht."),
        ("nl", "Mijn klacht is dat u niet terugbelt."),
        ("nl", "Dit is niet alleen een klacht, maar ook een verzoek."),
        ("nl", "Deze klacht is niet bedoeld om te vertragen."),
    ],
)
def test_what_is_complained_about_may_be_denied(language: str, typed: str):
    assert labelled(typed, language=language)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("nl", "Ik heb geen andere keus dan een klacht in te dienen."),
        ("nl", "Er zit niets anders op dan een klacht in te dienen."),
        ("no", "Jeg har ikke noe annet valg enn å klage."),
        ("pl", "Nie pozostaje mi nic innego, jak złożyć skargę."),
    ],
)
def test_who_has_no_choice_but_to_complain_complains(language: str, typed: str):
    assert labelled(typed, language=language)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("nl", "Mijn klacht is netjes opgelost, dank."),
        ("no", "Klagen ble løst fint."),
        ("pl", "Reklamacja została uznana."),
        ("en", "The complaint was resolved, thank you."),
    ],
)
def test_a_complaint_that_is_settled_labels_no_mail_about_something_else(language: str, typed: str):
    assert not labelled(typed, language=language, grieved=False)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("no", "Klage: dere sendte sms til feil nummer."),
        ("no", "Klage på brev sendt til klinikken."),
        ("no", "Dette er en klage, for det ordnet seg aldri."),
    ],
)
def test_what_the_agency_did_in_the_past_makes_no_earlier_complaint(language: str, typed: str):
    assert labelled(typed, language=language, grieved=False)


@pytest.mark.parametrize("word", ["reclame", "klarte", "Skara", "krachten", "compliance"])
def test_a_word_of_its_own_is_no_misspelling(word: str):
    assert occurrences(mail(f"Wat {word} is.")) == ()


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


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("nl", "Weer eens iets anders dan een klacht: bedankt."),
        ("no", "Noe annet enn en klage denne gangen."),
        ("en", "Something other than a complaint for once."),
    ],
)
def test_something_other_than_a_complaint_is_none(language: str, typed: str):
    assert not labelled(typed, language=language)


def test_a_complaint_with_a_named_body_behind_an_article_is_elsewhere():
    text = "Daarover loopt een klacht bij de Kamer voor gerechtsdeurwaarders."
    assert not labelled(text, grieved=False)


def test_a_subject_in_quotes_is_somebodys_words():
    text = "Reklamuję odmowę przyjęcia reklamacji."
    assert labelled(text, subject="„Nie przyjmujemy reklamacji”", language="pl")


@pytest.mark.parametrize(
    "typed",
    [
        "Our complaints procedure is available on request.",
        "We offer complaint logging in your own system.",
        "Your complaints department answered in May.",
    ],
)
def test_what_deals_with_complaints_is_no_label(typed: str):
    assert not labelled(typed, language="en")


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("no", "Klagen min fra i mars er vi ferdige med."),
        ("nl", "Mijn klacht van maart is een andere zaak."),
        ("en", "My complaint of last May has nothing to do with it."),
    ],
)
def test_a_complaint_of_a_month_before_labels_no_mail_about_something_else(
    language: str, typed: str
):
    assert not labelled(typed, language=language, grieved=False)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("no", "På vegne av klienten påklages forholdet."),
        ("en", "I am sick with worry, so take this mail as complain."),
    ],
)
def test_formal_and_foreign_wordings_of_the_deed_are_labels(language: str, typed: str):
    assert labelled(typed, language=language)
