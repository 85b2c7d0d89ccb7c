"""Rules of quotation and footers, one by one; the golden mails show them in whole mails."""

from __future__ import annotations

import pytest
from golden_mails import lines_of

from triage.message.flowed import plain_lines
from triage.message.footers import part_footers
from triage.message.lines import Line, Mark
from triage.message.quoting import Context, Shares, context_of, split_quoted


def shares(text: str, context: Context | None = None) -> Shares:
    return split_quoted(plain_lines(text), context or Context())


def typed(text: str, context: Context | None = None) -> list[str]:
    return lines_of("\n".join(shares(text, context).typed))


OLDER = "> een\n> twee"


@pytest.mark.parametrize(
    "attribution",
    [
        "On Wed, Mar 5, 2025 at 10:11 AM Jan <jan@x.nl> wrote:",
        "On 05/03/2025 10:11, Jan wrote:",
        "On 2025-03-05 10:11, Jan wrote:",
        "Op wo 5 mrt 2025 om 10:11 schreef Jan <jan@x.nl>:",
        "Op 5 mrt. 2025 om 10:11 heeft Jan het volgende geschreven:",
        "Jan schreef op 5-3-2025 om 10:11:",
        "Jan <jan@x.nl> schreef:",
        "Am 05.03.2025 um 10:11 schrieb Jan:",
        "Am Mittwoch, 5. März 2025 um 10:11 Uhr hat Jan <jan@x.nl> geschrieben:",
        "W dniu 05.03.2025 o 10:11, Jan pisze:",
        "Dnia 5 marca 2025 10:11 Jan <jan@x.pl> napisał(a):",
        "śr., 5 mar 2025, 10:11 użytkownik Jan <jan@x.pl> napisał:",
        "Den ons. 5. mars 2025 kl. 10:11 skrev Jan <jan@x.no>:",
        "ons 5 mars 2025 kl. 10:11 skrev Jan <jan@x.se>:",
        "På 5 mars 2025 på 10:11:12, Jan (jan@x.no) skrev:",
        "Le 05/03/2025 à 10:11, Jan a écrit :",
        "El 05/03/2025 a las 10:11, Jan escribió:",
        "Il 05/03/2025 10:11, Jan ha scritto:",
        "Il giorno mer 5 mar 2025 alle ore 10:11 Jan <jan@x.it> ha scritto:",
        "El mié, 5 mar 2025 a las 10:11, Jan (<jan@x.es>) escribió:",
        "Em qua., 5 de mar. de 2025 às 10:11, Jan <jan@x.pt> escreveu:",
        "Jan <jan@x.pt> escreveu (quarta, 5/03/2025 à(s) 10:11):",
        "În mie., 5 mar. 2025 la 10:11, Jan <jan@x.ro> a scris:",
        "Pe 05.03.2025 la 10:11, Jan a scris:",
        "---- Jan wrote ----",
        "Citeren Jan <jan@x.nl> schreef:",
        "Wed, 5 Mar 2025 10:11:12 +0100 от Jan <jan@x.ru>:",
    ],
)
def test_attributions_are_known(attribution: str):
    assert typed(f"Mijn antwoord.\n\n{attribution}\n{OLDER}") == ["Mijn antwoord."]
    assert typed(f"Mijn antwoord.\n\n{attribution}\n\n{OLDER}\n\nEn dit.") == [
        "Mijn antwoord.",
        "En dit.",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Op 12 maart 2025 schreef ik u het volgende:",
        "Op 12-03-2025 om 10:15 schreef uw collega:",
        "On 3 March 2025 I wrote to you:",
        "Am 3. März 2025 um 10:00 schrieb ich Ihnen:",
        "Den 3. mars 2025 kl. 10:00 skrev jeg til dere:",
        "Den 3 mars 2025 kl. 10:00 skrev jag till er:",
        "W dniu 3 marca 2025 o 10:00 pani napisała:",
        "Le 3 mars 2025 à 10h00 vous m'avez écrit :",
        "El 3 de marzo de 2025 su compañera me escribió:",
        "Il 3 marzo 2025 alle 10:00 il vostro collega ha scritto:",
        "Em 3 de março de 2025 às 10:00 a vossa colega escreveu:",
        "Pe 3 martie 2025 la 10:00 colegul dumneavoastră a scris:",
        "Mijn telefoonnummers:",
        "Ik betaalde op:",
        "U schreef:",
    ],
)
def test_sentences_that_a_person_typed_are_no_attributions(sentence: str):
    text = f'Geachte heer,\n\n{sentence}\n\n"U moet betalen."\n\nDat doe ik niet.'
    assert typed(text) == lines_of(text)


@pytest.mark.parametrize(
    "separator",
    [
        "-----Original Message-----", "----- Original Message -----", "-------- Original message --------", "-----Oorspronkelijk bericht-----", "-------- Oorspronkelijk bericht --------", "-----Ursprüngliche Nachricht-----",
        "-----Oryginalna wiadomość-----", "-------- Wiadomość oryginalna --------", "-----Opprinnelig melding-----", "-----Oprindelig meddelelse-----", "-----Ursprungligt meddelande-----", "-----Message d'origine-----", "-----Mensaje original-----",
        "-----Messaggio originale-----", "---------- Forwarded message ---------", "---------- Doorgestuurd bericht ---------", "________ Original Message ________",
    ],
)  # fmt: skip
def test_separators_are_known_with_or_without_headers_below(separator: str):
    assert typed(f"Antwoord.\n\n{separator}\nVan: x\nOnderwerp: y\n\ntekst") == ["Antwoord."]
    assert typed(f"Antwoord.\n{separator}\n\ntekst") == ["Antwoord."]


@pytest.mark.parametrize(
    "block",
    [
        "From: Jan <j@x.nl>\nSent: Wednesday, March 5, 2025 10:11 AM\nTo: Piet\nSubject: x",
        "Van: Jan\nVerzonden: woensdag 5 maart 2025 10:11\nAan: Piet\nCC: Klaas\nOnderwerp: x",
        "Von: Jan\nGesendet: Mittwoch, 5. März 2025 10:11\nAn: Piet\nBetreff: x",
        "Od: Jan\nWysłano: środa, 5 marca 2025 10:11\nDo: Piet\nTemat: x",
        "Fra: Jan\nSendt: onsdag 5. mars 2025 10:11\nTil: Piet\nEmne: x",
        "Från: Jan\nSkickat: den 5 mars 2025 10:11\nTill: Piet\nÄmne: x",
        "De : Jan\nEnvoyé : mercredi 5 mars 2025 10:11\nÀ : Piet\nObjet : x",
        "De: Jan\nEnviado: miércoles, 5 de marzo de 2025 10:11\nPara: Piet\nAsunto: x",
        "Da: Jan\nInviato: mercoledì 5 marzo 2025 10:11\nA: Piet\nOggetto: x",
        "Subject: x\nDate: Wed, 5 Mar 2025 10:11:12 +0100\nFrom: Jan <j@x.nl>\nTo: p@x.nl",
        "*From:* Jan\n*Sent:* 5 March 2025 10:11\n*To:* Piet\n*Subject:* x",
        "From: Jan\n\nSent: 5 March 2025 10:11\n\nTo: Piet\n\nSubject: x",
        "From: Jan <j@x.nl>\nTo: Piet <p@x.nl>\nSubject: x",
        "Od: Jan <j@x.pl>\nDo: p@x.pl;\nWysłane: 10:11 Środa 2025-03-05\nTemat: x",
    ],
)
def test_header_blocks_are_known(block: str):
    assert typed(f"Antwoord.\n\n{block}\n\noude tekst") == ["Antwoord."]
    assert typed(f"Antwoord.\n________________________________\n{block}\n\noude tekst") == [
        "Antwoord."
    ]


@pytest.mark.parametrize(
    "heading",
    [
        "Van: Jan Jansen\nAan: Alektum\nDatum: 3 maart 2025\nOnderwerp: klacht",
        "Von: Max\nAn: Alektum\nDatum: 3. März 2025\nBetreff: Beschwerde",
        "Van: Jan <j@x.nl>\nOnderwerp: klacht\n\nBericht:\nx",
        "Naam: Jan\nE-mail: j@x.nl\nDatum: 3-3-2025 10:11\nOnderwerp: klacht\nBericht: x",
        "Data: 3 marca 2025\nDo: Alektum\nTemat: reklamacja",
        "To: Alektum\nSubject: complaint",
    ],
)
def test_headings_and_forms_that_a_person_filled_in_are_typed(heading: str):
    text = f"{heading}\n\nGeachte heer,"
    assert typed(text) == lines_of(text)


def test_everything_below_an_unmarked_quotation_is_older():
    assert typed("a\n\nOn Mar 5, 2025, at 10:11, Jan <j@x.nl> wrote:\n\nb\n\nc") == ["a"]


def test_lines_between_marked_quotations_are_typed():
    assert typed("> een\n> twee\nja\n> drie\nnee") == ["ja", "nee"]


def test_a_lone_line_behind_a_sign_is_typed_unless_the_mail_is_a_reply():
    assert typed("a\n> b\nc") == ["a", "> b", "c"]
    assert typed("a\n> b\nc", Context(reply=True)) == ["a", "c"]


def test_a_links_end_between_quoted_lines_belongs_to_them():
    assert typed("a\n\n> zie (http://x.nl/een\n_twee)\n> of\nb") == ["a", "b"]
    assert typed("> zie\nhttp://x.nl\n> of\nb") == ["b"]


def test_an_html_container_needs_no_sign():
    lines = [Line("getypt"), Line("oud", Mark.QUOTED), Line("ook getypt")]
    assert split_quoted(lines, Context()).typed == ["getypt", "", "ook getypt"]


def test_an_indented_block_is_older_only_after_an_attribution():
    block = Line("ingesprongen", Mark.INDENTED)
    assert split_quoted([Line("getypt"), block], Context()).typed == ["getypt", "ingesprongen"]
    attribution = Line("On Mar 5, 2025, at 10:11, Jan <j@x.nl> wrote:")
    assert split_quoted([Line("getypt"), attribution, block, Line("na")], Context()).typed == [
        "getypt",
        "",
        "na",
    ]


@pytest.mark.parametrize(
    ("subject", "reply", "forward"),
    [
        ("Re: x", True, False),
        ("AW: x", True, False),
        ("Sv: x", True, False),
        ("Odp: x", True, False),
        ("Antw: x", True, False),
        ("RE[2]: x", True, False),
        ("Fwd: x", False, True),
        ("FW: x", False, True),
        ("Doorst: x", False, True),
        ("PD: x", False, True),
        ("x", False, False),
        ("Regeling: x", False, False),
        ("Fwiw: x", False, False),
    ],
)
def test_subjects_tell_replies_and_forwards(subject: str, reply: bool, forward: bool):
    assert context_of(subject, threaded=False)[:2] == (reply, forward)
    assert context_of(subject, threaded=True).reply


@pytest.mark.parametrize(
    "line",
    [
        "Verstuurd vanaf mijn iPhone", "Verzonden met mijn iPad", "Verzonden vanaf Outlook voor iOS<https://aka.ms/x>", "Sent from my iPhone", "Sent from my Galaxy", "Get Outlook for Android<https://aka.ms/x>", "Sent from Yahoo Mail on Android",
        "Wysłane z iPhone'a", "Wysłano z mojego telefonu Huawei", "Wysłane z programu Poczta w systemie Windows", "Pobierz aplikację Outlook dla systemu Android", "Sendt fra min iPhone", "Sendt fra Outlook for Android", "Hent Outlook for iOS",
        "Skickat från min iPhone", "Skickat från E-post för Windows", "Hämta Outlook för Android", "Von meinem iPhone gesendet", "Gesendet von Mail für Windows", "Diese Nachricht wurde von meinem Android-Gerät mit GMX Mail gesendet.", "Envoyé de mon iPhone",
        "Envoyé à partir de Outlook pour Android", "Enviado desde mi iPhone", "Inviato da iPhone", "Lähetetty iPhonesta", "Odesláno z iPhonu", "Отправлено с iPhone", "发自我的iPhone", "*Verzonden vanaf mijn Galaxy*", "Outlook voor Android downloaden<https://aka.ms/x>",
    ],
)  # fmt: skip
def test_app_lines_go_to_the_footer(line: str):
    assert part_footers(["hoi", "", line]) == (["hoi"], [line])
    assert part_footers(["hoi", line, "", "Jan"]).typed == ["hoi", "", "Jan"]


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my desk, which is easier than my phone.",
        "Verzonden op 3 maart per aangetekende post",
        "Ik bel u met mijn iPhone",
        "Verstuurd vanaf kantoor",
        "Wysłano z opóźnieniem",
        "Sendt til feil adresse",
        "De brief is verstuurd vanaf uw kantoor in Amsterdam en ik heb daarna mijn telefoon gecontroleerd",
    ],
)
def test_sentences_that_resemble_app_lines_are_typed(line: str):
    assert part_footers(["hoi", line]).typed == ["hoi", line]


def test_a_mail_that_is_only_an_app_line_has_typed_nothing():
    assert part_footers(["Verstuurd vanaf mijn iPhone"]) == ([], ["Verstuurd vanaf mijn iPhone"])


def test_a_signature_stays_typed():
    lines = ["hoi", "", "-- ", "Jan Jansen", "Kerkstraat 1", "06-12345678"]
    assert part_footers(lines).typed == [
        "hoi",
        "",
        "--",
        "Jan Jansen",
        "Kerkstraat 1",
        "06-12345678",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Dit bericht is vertrouwelijk en uitsluitend bestemd voor de geadresseerde. Ontvangt u dit ten onrechte, vernietig het dan.",
        "This message is confidential and intended solely for the addressee. If received in error, please delete it.",
        "Treść tej wiadomości zawiera informacje poufne, przeznaczone wyłącznie dla adresata. Jeśli otrzymali ją Państwo przez pomyłkę, prosimy o jej usunięcie.",
        "Denne e-posten kan inneholde fortrolig informasjon og er bare for mottaker. Har du mottatt den ved en feil, slett den.",
        "Detta meddelande kan innehålla sekretessbelagd information avsedd för mottagaren. Har du fått det av misstag, radera det.",
        "Denne e-mail er fortrolig og beregnet til modtageren. Har du modtaget den ved en fejl, bedes du slette den.",
        "Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind, löschen Sie diese bitte.",
        "Ce message est confidentiel et destiné à l'attention exclusive de son destinataire. Si vous l'avez reçu par erreur, merci de le supprimer.",
    ],
)
def test_disclaimers_go_to_the_footer(text: str):
    assert part_footers(["hoi", "", "Jan", "", text]) == (["hoi", "", "Jan"], [text])


def test_a_disclaimer_that_follows_the_signature_at_once_is_cut_off():
    text = "Dit bericht is vertrouwelijk en uitsluitend bestemd voor de geadresseerde."
    assert part_footers(["hoi", "", "Jan", text]).typed == ["hoi", "", "Jan"]


@pytest.mark.parametrize(
    "text",
    [
        "Uw medewerker gaf vertrouwelijke informatie aan mijn buurman. Dat is verboden.",
        "Ik verzoek u mijn gegevens te verwijderen en de afzender van de brief te noemen.",
        "Deze brief was niet voor mij bestemd.",
        "Proszę usunąć moje dane.",
        "I received this letter by mistake.",
    ],
)
def test_complaints_that_use_a_lawyers_words_are_typed(text: str):
    assert part_footers(["hoi", "", text]).typed == ["hoi", "", text]


def test_a_form_that_asks_for_consent_in_a_disclaimers_words_is_typed():
    form = [
        "Imię i nazwisko: Anna Wróbel",
        "E-mail: anna@poczta.example",
        "Treść: Proszę usunąć mnie z tej sprawy, wiadomość dotyczy kogoś innego.",
        "Zgoda na przetwarzanie danych osobowych (RODO): TAK, jestem adresatem tej poufnej wiadomości",
    ]
    assert part_footers(form).typed == form


def test_a_mail_that_sounds_like_nothing_but_a_disclaimer_is_typed_all_the_same():
    only = ["This e-mail is confidential and intended for the addressee only. If you are not the"]
    only += ["intended recipient, please notify the sender and delete it, with all attachments."]
    assert part_footers(only).typed == only
