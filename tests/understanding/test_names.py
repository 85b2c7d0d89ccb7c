"""The sender's personal name."""

from __future__ import annotations

import pytest
from understanding_mails import mail, message

from triage.understanding.layout import read_layout
from triage.understanding.model import Finding
from triage.understanding.names import best_name, from_name, name_candidates
from triage.understanding.personal_names import Known, is_firm, leading_name


def named(text, sender="", address="x@voorbeeld.example", **texts):
    read = mail(text, sender=sender, address=address, **texts)
    best = best_name(name_candidates(read, read_layout(read.typed)))
    return best.value if best else None


@pytest.mark.parametrize(
    ("text", "sender", "name"),
    [
        (
            "Ik klaag.\n\nMet vriendelijke groet,\nMarleen van Rijsbergen\nconsulent",
            "M. van Rijsbergen | SHV",
            "Marleen van Rijsbergen",
        ),
        (
            "Klacht.\n\nHoogachtend,\nmr. D.A. Kloosterziel\nKVD Advocaten",
            "KVD Advocaten",
            "D.A. Kloosterziel",
        ),
        ("Stop!\n\nRicardo Sewpersad\nSchiedamseweg 214b", "Ricardo S", "Ricardo Sewpersad"),
        (
            "Hei.\n\nMed vennlig hilsen\nAstrid Kvamme Lund\nSkansegata 18",
            "Astrid Kvamme Lund",
            "Astrid Kvamme Lund",
        ),
        (
            "Proszę o raty.\n\nZ poważaniem\nadw. Bogumił Werbel\nul. 3 Maja 7/2",
            "Kancelaria Werbel",
            "Bogumił Werbel",
        ),
        ("Proszę.\nPozdrawiam, Anna Lis, Łęczyca", "", "Anna Lis"),
        (
            "Jag klagar.\nVänliga hälsningar\nPer-Olof Hägglund",
            "Per-Olof Hägglund",
            "Per-Olof Hägglund",
        ),
        ("Ich klage.\nMit freundlichen Grüßen\nDr. Jürgen Thiele", "J. Thiele", "Jürgen Thiele"),
        (
            "I complain.\n\nKind regards,\nMrs Priya Raghunathan\n+31 6 28257357",
            "",
            "Priya Raghunathan",
        ),
        ("Je me plains.\nCordialement\nJean-Baptiste Mukendi", "JB", "Jean-Baptiste Mukendi"),
        ("Stop ermee. W Brands", "", "W Brands"),
        ("Wo bleibt die Antwort, meine Nummer ist 0151 23456789 Gruß Uwe Kern", "", "Uwe Kern"),
        ("Klacht.\n\nTeun Haring\nMaatschap Haring-Smit", "Maatschap Haring-Smit", "Teun Haring"),
        ("HOEVEEL MOET IK NOG\n\nG VD MEER", "GERARD", "G VD MEER"),
        (
            "Klacht\n\nMarloes en Dirk Feenstra\nIt West 9",
            "Marloes en Dirk Feenstra",
            "Marloes en Dirk Feenstra",
        ),
        (
            "Nie zapłacę.\n\nCichocki Waldemar\nur. 25.04.1962",
            "Waldemar Cichocki",
            "Cichocki Waldemar",
        ),
        (
            "Klacht.\nGroeten\nPiet-Hein van 't Veer",
            "Piet-Hein van 't Veer",
            "Piet-Hein van 't Veer",
        ),
        ("Betaald.\n229568390 / Iga Chmura", "Iga", "Iga Chmura"),
        ("Vraag naar Willemijn Duindam.", "", "Willemijn Duindam"),
    ],
)
def test_the_signature_names_the_sender_titles_left_out(text, sender, name):
    assert named(text, sender) == name


@pytest.mark.parametrize(
    ("text", "sender", "name"),
    [
        ("Ik betaal niet.\n\nGroet, Annelies", "Annelies Vroegindeweij", "Annelies Vroegindeweij"),
        ("Kan du sjekke?\n\nLinn", "Linn Therese Bakke", "Linn Therese Bakke"),
        ("Dzięki\nMichał R.", "Michał Rutkowski", "Michał Rutkowski"),
        ("Fint.\nSindre H-S", "Sindre Holte-Stensrud", "Sindre Holte-Stensrud"),
        ("Pozdrawiam\nWojda", "Łukasz Wojda", "Łukasz Wojda"),
    ],
)
def test_a_first_name_with_the_full_name_in_from_gives_the_full_name(text, sender, name):
    assert named(text, sender) == name


@pytest.mark.parametrize(
    ("text", "sender", "name"),
    [
        ("Jeg heter Jan Erik Hansen. Feil person.\n\nJan Erik", "", "Jan Erik Hansen"),
        ("Dobry, nazywam się Filip Kordecki.\n\nF. Kordecki", "Filip", "Filip Kordecki"),
        ("Mijn naam is Khaled Al Najjar.\n\nKhaled", "Khaled", "Khaled Al Najjar"),
        ("Mi nombre es Ana Ruiz Ortega.\n\nAna", "Ana", "Ana Ruiz Ortega"),
        ("Il mio nome è Marco Bianchi.\n\nMarco", "Marco", "Marco Bianchi"),
        ("O meu nome é João Pereira.\n\nJoão", "João", "João Pereira"),
        ("Mă numesc Andrei Popescu.\n\nAndrei", "Andrei", "Andrei Popescu"),
        ("Je soussignée Claire Dubois conteste.\n\nClaire", "Claire", "Claire Dubois"),
        ("Nombre: Ana Ruiz Ortega\nExpediente: 40718253\n\nNo pago.", "Ana", "Ana Ruiz Ortega"),
        ("Nom : Claire Dubois\nDossier : 40718253\n\nNon.", "Claire", "Claire Dubois"),
    ],
)
def test_the_body_may_spell_out_what_the_signature_shortens(text, sender, name):
    assert named(text, sender) == name


def test_initials_in_the_signature_stay_when_only_from_has_more():
    assert named("Klacht.\n\nK. Boateng", "Kwame Boateng") == "K. Boateng"


@pytest.mark.parametrize(
    ("text", "address", "name"),
    [
        ("hoeveel nog?\n\nnoah pieterse", "noahpieterse04@gmail.example", "noah pieterse"),
        ("ile zostało? 268821034 lena brzózka", "lena.brzozka03@gmail.example", "lena brzózka"),
        ("stopp!\n\nkjell ivar moen", "ki.moen88@gmejl.example", "kjell ivar moen"),
    ],
)
def test_a_name_in_lower_case_counts_when_the_address_shows_it(text, address, name):
    assert named(text, address=address) == name


def test_lower_case_prose_at_the_end_is_no_name():
    assert named("ik wil dat het stopt\ngraag snel antwoord", "kees", "kees88@x.example") is None


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        ("Wouter Verhaeghe", "Wouter Verhaeghe"),
        ("Ir. P.C. de Graaf", "P.C. de Graaf"),
        ("Mevr. Godelieve Claes", "Godelieve Claes"),
        ("MOPS Zgierz - A. Kaczorowska", "A. Kaczorowska"),
        ("TRANS-MAR Mariusz Pędziwiatr", "Mariusz Pędziwiatr"),
        ("Kozijnmontage Postma V.O.F.", None),
        ("Contactformulier alektumgroup.nl", None),
        ("Advokatfirmaet Lunde Sæbø", None),
        ("Bewind & Zo", None),
        ("noreply", None),
    ],
)
def test_from_names_a_person_or_a_firm(sender, name):
    read = from_name(mail("", sender=sender))
    assert (read.text if read else None) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Jan Lis, Kraków", "Jan Lis"),
        ("dhr. J.M. van den Heuvel (bewindvoerder)", "J.M. van den Heuvel"),
        ("Elle 't Hoen | 06 12", "Elle 't Hoen"),
        ("Bram Hoogstrate uit Kapelle", "Bram Hoogstrate"),
        ("igor", None),
        ("Dossier 54730908", None),
        ("De klacht is", None),
        ("Bakkerij Tromp", None),
        ("", None),
        ("!!! ???", None),
    ],
)
def test_where_a_name_ends(text, name):
    read = leading_name(text, Known(frozenset(), ""))
    assert (read.text if read else None) == name


def test_a_nickname_alone_gives_no_name():
    assert named("Bloedzuigers.", "fiskeren61") is None


def test_a_web_form_names_the_person_in_the_form_not_its_sender():
    form = "Voornaam: Esmée\nTussenvoegsel: van der\nAchternaam: Kuiper\nE-mail: e@x.example\nBericht: zie bijlage"
    assert named(form, "Alektum MyPages", "noreply@alektumgroup.nl") == "Esmée van der Kuiper"


def test_the_writer_counts_not_the_one_they_write_for():
    text = "Ik schrijf namens mijn vader, Henk Smit.\n\nMet vriendelijke groet,\nAnna Smit"
    assert named(text, "Anna Smit") == "Anna Smit"


def test_a_learned_models_candidates_can_be_merged():
    weak = Finding("Dit Niet", 0.4)
    strong = Finding("Anna Lis", 0.7)
    assert best_name([weak, strong]) is strong
    assert best_name([weak]) is None
    assert best_name([]) is None


def test_firms_are_known_in_all_languages():
    for firm in (
        "Woonstichting De Lindeboom",
        "Krisesenteret Indre Fjord",
        "Kancelaria Adwokacka",
        "Kommunekassereren",
        "Müller GmbH",
    ):
        assert is_firm(firm)
    assert not is_firm("Anna Lis")


def test_no_sender_at_all_is_no_fault():
    from dataclasses import replace

    read = mail("Klacht\n\nAnna Lis")
    read = replace(read, message=replace(message("Klacht\n\nAnna Lis"), sender=None))
    assert best_name(name_candidates(read, read_layout(read.typed))).value == "Anna Lis"


@pytest.mark.parametrize(
    ("text", "address", "name"),
    [
        (
            "ja hallo je spreekt met Henk Brouwers ik spreek dit in",
            "h.brouwers@x.example",
            "Henk Brouwers",
        ),
        ("goedemorgen u spreekt met Anneke Bos ik bel over", "a.bos@x.example", "Anneke Bos"),
        ("hallo hier spreekt Piet Vos over die brief", "pvos@x.example", "Piet Vos"),
        ("met wie u spreekt: dit is Joke Mulder hier", "info@x.example", "Joke Mulder"),
        ("dzień dobry mówi Zbigniew Pająk ja to dyktuję", "z.pajak@x.example", "Zbigniew Pająk"),
        ("dzień dobry z tej strony Anna Lis dzwonię", "anna.lis@x.example", "Anna Lis"),
        ("halo tu Jan Kowal w sprawie długu", "jkowal@x.example", "Jan Kowal"),
        ("hei det e Roy Arne Pedersen her eg snakke", "roy@x.example", "Roy Arne Pedersen"),
        ("hei det er Kari Moen her jeg ringer om", "post@x.example", "Kari Moen"),
        ("hei mitt navn er Morten Bratlie og jeg ringte", "mb@x.example", "Morten Bratlie"),
        ("hei dette er Liv Berg jeg vil si", "liv.berg@x.example", "Liv Berg"),
    ],
)
def test_dictated_mails_say_who_speaks(text, address, name):
    assert named(text, address=address) == name


@pytest.mark.parametrize(
    ("text", "sender", "address", "name"),
    [
        (
            "Met groet,\nEls Bos\npraktijkmanager",
            "Huisartsenpraktijk De Linde",
            "a@x.example",
            "Els Bos",
        ),
        (
            "Gruß\n\nDr. med. dent. Ulrike Lenz\nZahnarztpraxis Lenz",
            "",
            "u.lenz@x.example",
            "Ulrike Lenz",
        ),
        (
            "Vennlig hilsen\nPål Hjelmeland\ndaglig leder",
            "Utleie Fredrikstad",
            "post@utleie-fredrikstad.example",
            "Pål Hjelmeland",
        ),
        (
            "Med hilsen\nadvokatfullmektig Cecilie Brox\n\nOlav Vs gate 5, 0161 Oslo",
            "Advokatfirmaet Lindøe & Co",
            "post@lindoe.example",
            "Cecilie Brox",
        ),
        (
            "Klage.\nMeldt av: vaktleder Snorre Bjelland",
            "Vaktsentral",
            "v@x.example",
            "Snorre Bjelland",
        ),
        ("Ja.\n\nPodpisano: Anna Lis", "", "biuro@x.example", "Anna Lis"),
        ("Betalt.\n\nKjell Arne", "Kjell Arne Moen", "kamoen@x.example", "Kjell Arne Moen"),
        (
            "Skargi nie chcę.\n\nMieczysław Sołtys, Ochotnica Górna 210",
            "Sołtys Mieczysław",
            "mieczyslaw.soltys@x.example",
            "Mieczysław Sołtys",
        ),
        (
            "było: Beata Gaik, Parkowa 3, 32-020 Wieliczka\njest: Beata Filipek, ul. Zabłocie 39",
            "Beata Filipek",
            "bf@x.example",
            "Beata Filipek",
        ),
        (
            "Koppelt u dit?\n\nMarleen Visser\nBakkerij Smit & Zn. | Havenstraat 2 | 8321 EH Urk",
            "Bakkerij Smit & Zn.",
            "administratie@bakkerijsmit.example",
            "Marleen Visser",
        ),
        (
            "Roelof Veldkamp Meppel het nummer is 1",
            "Roelof",
            "r.veldkamp@x.example",
            "Roelof Veldkamp",
        ),
        (
            "Ho e 88. Det e meg, Kjartan Vik, de vil ha.\n\nKjartan",
            "K. Vik",
            "kvik@x.example",
            "Kjartan Vik",
        ),
        (
            "Niet mijn brief.\n\nElisabeth Wold Nygård\n930 45 618",
            "",
            "e.wold@x.example",
            "Elisabeth Wold Nygård",
        ),
    ],
)
def test_a_person_is_told_from_firms_functions_and_places(text, sender, address, name):
    assert named(text, sender=sender, address=address) == name


@pytest.mark.parametrize(
    ("text", "sender", "address", "name"),
    [
        (
            "Hee, kunnen jullie iets weghalen? Lisanne Drost, dossier volgt. Ik heb nooit klachten gehad.",
            "Lisanne",
            "lisanne.drost@uni.example",
            "Lisanne Drost",
        ),
        (
            "Hoii, ik ben danique van den berk en ik zit in de stress",
            "Danique",
            "danique_vd_b@x.example",
            "danique van den berk",
        ),
        (
            "Bel me.\n\nkaylee de groot, dossier volgt",
            "Kaylee",
            "kayleexox@x.example",
            "kaylee de groot",
        ),
        (
            "Stuur het naar mij: Elsbeth Tamminga, Havenweg 9, 4306 AB Goes. Dat is het adres.",
            "Bewindvoering Goes",
            "post@bewind.example",
            "Elsbeth Tamminga",
        ),
        (
            "Jeg er Randi Moe i nr. 21.\n\nRandi Helene Moe\nBrygga 21",
            "Randi Helene Moe",
            "r.moe@x.example",
            "Randi Helene Moe",
        ),
        (
            "Bildet må slettes.\n\nSolgunn Aas, daglig leder",
            "Camping Sør",
            "drift@c.example",
            "Solgunn Aas",
        ),
        (
            "Het staat op naam van Piet Aarnoud, die ziek is.\n\nJan Aarnoud",
            "Fam. Aarnoud",
            "aarnoud@x.example",
            "Jan Aarnoud",
        ),
    ],
)
def test_the_writer_is_found_in_prose_by_what_from_shows(text, sender, address, name):
    assert named(text, sender, address) == name


@pytest.mark.parametrize(
    ("text", "sender", "name"),
    [
        ("Geen haast.\n\nToos v.d. Meule", "Toos v.d. Meule", "Toos v.d. Meule"),
        ("Geen haast.\n\nRia v/d Berg", "", "Ria v/d Berg"),
        (
            "numer podam i tylko ja się nazywam Rzepecki Bolesław a odpowiedź do domu",
            "Bolek",
            "Rzepecki Bolesław",
        ),
        ("ik woon aan de Fazantlaan 22. nieuwe regel. in Heerhugowaard", "Joop", None),
        ("Poczekam.\n\nZofia Wężyk", "Bar Mleczny U Zochy", "Zofia Wężyk"),
    ],
)
def test_particles_and_firms_in_names(text, sender, name):
    assert named(text, sender) == name


def test_an_address_may_write_out_the_dots_of_a_name():
    text = "antwortet hier.\n\njonas müller, 18574028"
    assert named(text, "Jonas", "jonas.mueller@studi.example") == "jonas müller"


@pytest.mark.parametrize(
    ("text", "sender", "address", "name"),
    [
        ("ik ben jan ter plekke geweest", "Jan", "jan.bakker@x.example", None),
        ("ik ben jan van de buren en dit klopt niet", "Jan", "jan.bakker@x.example", None),
        ("W imieniu mamy, Anny Lis, Piotr Lis", "Piotr", "piotr.lis@x.example", "Piotr Lis"),
    ],
)
def test_words_behind_a_first_name_and_relatives_are_not_the_sender(text, sender, address, name):
    assert named(text, sender, address) == name


@pytest.mark.parametrize(
    ("text", "sender", "name"),
    [
        ("Klage.\n\nHilsen\nBernt Aune\nAune Rør", "Aune Rør", "Bernt Aune"),
        ("Beschwerde.\n\nGruß\nUwe Lindt\nFischhalle Lindt", "Fischhalle Lindt", "Uwe Lindt"),
    ],
)
def test_who_signs_above_the_firms_name_is_the_sender(text, sender, name):
    assert named(text, sender) == name


def test_an_office_in_a_club_is_no_name():
    text = "Wij betalen niet.\n\nGroet\nToon Roks, penningmeester\nDorpsweg 1"
    assert named(text, "Penningmeester SV Oranje") == "Toon Roks"


def test_a_number_behind_the_name_takes_no_part_of_it_away():
    assert named("Stopp!\n\nole jan brekke 48220617", "ole jan", "oj.brekke@post.example") == (
        "ole jan brekke"
    )


def test_the_senders_town_behind_the_name_on_a_line_is_no_part_of_it():
    assert named("Klacht.\n\nRoel Veld Meppel\ntel 0612345678", "Roel Veld") == "Roel Veld"


def test_a_forms_name_may_be_followed_by_the_firm():
    assert named("Naam: Marit Dahl, Dahlsund Camping\nBericht: Stop ermee") == "Marit Dahl"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hello, I'm Anna Lee. Yesterday you called me twice.\n\nPlease stop.", "Anna Lee"),
        ("Ik ben Jan Lis. Gisteren belde u mij.\n\nStop daarmee.", "Jan Lis"),
        ("Jeg heter Per Chr. Hansen og klager.\n\nSlutt.", "Per Chr. Hansen"),
    ],
)
def test_a_short_surname_ends_with_its_sentence(text, name):
    assert named(text) == name


def test_a_person_who_signs_above_the_firm_that_from_and_domain_show_is_the_sender():
    text = "Klacht.\n\nMira Rog\nKapsalon Zuid\n06 12345678"
    assert named(text, "Kapsalon Zuid", "afspraak@kapsalonzuid.example") == "Mira Rog"


def test_two_who_sign_one_below_the_other_are_no_firm():
    text = "Klacht.\n\nMira Rog\nAnna Lis"
    assert named(text, "Anna Lis", "anna@voorbeeld.example") == "Anna Lis"
