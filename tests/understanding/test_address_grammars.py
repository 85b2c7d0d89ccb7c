"""Addresses as each country writes them: flats and floors, villages, towns inside sentences."""

from __future__ import annotations

import pytest
from understanding_mails import mail

from triage.understanding.addresses import address_candidates, best_address
from triage.understanding.layout import read_layout
from triage.understanding.streets import streets


def address(text, *, of="alektum-nl", language="nl", **texts):
    read = mail(text, of=of, language=language, **texts)
    best = best_address(address_candidates(read, read_layout(read.typed)))
    return (best.value.street, best.value.postcode, best.value.city) if best else (None, None, None)


@pytest.mark.parametrize(
    "street",
    [
        "Boulevard 1945 303-18",
        "Boulevard 1945 nr. 301",
        "Plein 1944 5A",
        "Oude Vest 213 zwart",
        "Zandpad 14 rood",
        "Thorbeckelaan 88, 3e etage",
        "Stationsplein 1, toren B, 14e verdieping",
        "Nieuwe Ebbingestraat 102a-14",
        "Lindenhof 2 t/m 48",
        "Prinsengracht 745 II",
        "Keizersgracht 12-III",
        "Plantage Muidergracht 12 hs",
        "Stationsstraat 9-B3",
        "Rijksweg-Noord 71 unit 6",
        "Kazernelaan 101 kamer 12B",
        "Weiburglaan 21 app. 9",
        "Oosterdok t/o 12",
        "Zeeburgerdijk 51-2L",
        "1e Helmersstraat 40 huis",
        "Haagweg 5, begane grond",
        "Valeriusstraat 12-sous",
        "Warande 27, bel B",
        "Kanaalkade 12-3hoog",
        "Westerhaven 16 bov",
        "Eikenlaan 21 B-3",
        "Lauriergracht 60 sous",
        "Lijsterbesstraat 8 II hoog rechts",
    ],
)
def test_dutch_additions_belong_to_the_street(street):
    text = f"Groeten,\nJan Lis\n{street}\n1234 AB Ede"
    assert address(text) == (street, "1234 AB", "Ede")


@pytest.mark.parametrize(
    "street",
    ["Kapellestraat 9 b001", "Kioskplaats 14 bus 302", "Rue Saint-Gilles 214/3", "Dorp 3 bus A2"],
)
def test_belgian_boxes_belong_to_the_street(street):
    assert address(f"Mvg\nAn Maes\n{street}\nB-9000 Gent") == (street, "B-9000", "Gent")


@pytest.mark.parametrize(
    "street",
    [
        "ul. Okrzei 6 m. 11",
        "ul. Okrzei 6 m 11",
        "ul. Długa 8 lok. U2",
        "ul. Gdańska 7 bl. 12 m 31",
        "ul. Fabryczna 17, bud. C",
        "ul. Portowa 4 pok. 18",
        "Wrocławska 40 mieszkania 6",
        "ul. Leśna 12 kl. B m. 4",
        "ul. Krótka 3, II piętro",
        "os. Rusa 41/12",
        "al. Jana Pawła II 61 m. 212",
        "ul. Chmielna 132/134 lok. 55",
        "ul. 1 Maja 318 oficyna, mieszk. 4",
    ],
)
def test_polish_flats_belong_to_the_street(street):
    text = f"Z poważaniem\nJan Lis\n{street}\n00-805 Warszawa\nnr akt 288 410 655"
    assert address(text, of="alektum-pl", language="pl") == (street, "00-805", "Warszawa")


@pytest.mark.parametrize(
    "street",
    [
        "Havnegata 9, inngang B",
        "Skippergata 21 H0201",
        "Tollbugata 88, H0304",
        "Grønlivegen 3, 2. etg.",
        "Bøatunet 3, leil. 12",
        "Storgata 5, 2. etasje, leil. 12",
        "Møllendalsveien 65 C",
        "Kirkegata 60, oppg. A",
        "Havneveien 3, u.etg",
        "Industriveien 8 B",
        "Kirkeveien 9, underetasjen",
        "Furuset alle 6 leilighet H0607",
    ],
)
def test_norwegian_entrances_and_flats_belong_to_the_street(street):
    text = f"Hilsen\nKari Moen\n{street}\n7800 Namsos"
    assert address(text, of="alektum-no", language="no") == (street, "7800", "Namsos")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "Gruß\nJan Lis\nAm Nordpark 3, Whg. 12, 41069 Mönchengladbach",
            ("Am Nordpark 3, Whg. 12", "41069", "Mönchengladbach"),
        ),
        (
            "Un saludo,\nJ. Lis\nRúa do Couto 18, 3º B, 36203 Vigo",
            ("Rúa do Couto 18, 3º B", "36203", "Vigo"),
        ),
        (
            "Please post it to 12 Sea Road, Flat 4, Bundoran, Co. Donegal. Thanks.",
            ("12 Sea Road, Flat 4", None, "Bundoran"),
        ),
        (
            "Regards\nJo Lis\nFlat 3/2, 41 Byres Road, Glasgow G11 5RG",
            ("Flat 3/2, 41 Byres Road", "G11 5RG", "Glasgow"),
        ),
        (
            "Hilsen\nJo Lis\nØsterbrogade 133, st. th., 2100 København Ø",
            ("Østerbrogade 133, st. th.", "2100", "København Ø"),
        ),
        (
            "Hälsningar\nJo Lis\nLotsvägen 8 A lgh 1102\n452 38 Strömstad",
            ("Lotsvägen 8 A lgh 1102", "452 38", "Strömstad"),
        ),
    ],
)
def test_addresses_of_other_countries(text, parts):
    assert address(text, language="en") == parts


@pytest.mark.parametrize(
    ("of", "language", "text", "parts"),
    [
        (
            "alektum-nl",
            "nl",
            "Ik woon gewoon op de Thorbeckelaan 88, 3e etage, in Dongen, daar hangt een bus.",
            ("Thorbeckelaan 88, 3e etage", None, "Dongen"),
        ),
        (
            "alektum-nl",
            "nl",
            "mijn naam is Jan Lis ik woon op de Ruysdaelkade 7 in Hoorn postcode is 1623 HW en bel mij",
            ("Ruysdaelkade 7", "1623 HW", "Hoorn"),
        ),
        (
            "alektum-nl",
            "nl",
            "Groet\nRuben Lis\nZandpad 14 rood, Maarssen (3601 NA)",
            ("Zandpad 14 rood", "3601 NA", "Maarssen"),
        ),
        (
            "alektum-nl",
            "nl",
            "Groet\nJ. Lis, 82 jaar\nDorpsstraat 9 te Zuidwolde (Dr.)",
            ("Dorpsstraat 9", None, "Zuidwolde"),
        ),
        (
            "alektum-pl",
            "pl",
            "a mieszkam w Bytomiu na Wrocławskiej 40 mieszkania 6 i listonosz tu trafia",
            ("Wrocławskiej 40 mieszkania 6", None, "Bytomiu"),
        ),
        (
            "alektum-pl",
            "pl",
            "Jan Lis\nGdynia 81-350, ul. Portowa 4",
            ("ul. Portowa 4", "81-350", "Gdynia"),
        ),
        (
            "alektum-pl",
            "pl",
            "Jan Lis\nWrocław ul Kamieńskiego 201 m 15",
            ("ul Kamieńskiego 201 m 15", None, "Wrocław"),
        ),
        (
            "alektum-pl",
            "pl",
            "przeniosłam się do siostry, Wola Wielka 118, poczta 37-600 Lubaczów.",
            ("Wola Wielka 118", "37-600", "Lubaczów"),
        ),
        (
            "alektum-pl",
            "pl",
            "Pozdrawiam\nTomasz Wilk\nStara Wieś 12, gm. Brzozów\n36-200 Brzozów",
            ("Stara Wieś 12", "36-200", "Brzozów"),
        ),
        (
            "alektum-pl",
            "pl",
            "List proszę na adres: J. Wrona, 3 Maja 12 m 4, Wągrowiec 62-100. Stary adres (Lipowa 2)",
            ("3 Maja 12 m 4", "62-100", "Wągrowiec"),
        ),
        (
            "alektum-no",
            "no",
            "har aldri bodd i Kirkegata 4 i Moss. Jeg bor i Nordre Åsvei 7, 1406 Ski.",
            ("Nordre Åsvei 7", "1406", "Ski"),
        ),
        (
            "alektum-no",
            "no",
            "adressen er Kongens gate 140 Steinkjer og jeg treffes i dag",
            ("Kongens gate 140", None, "Steinkjer"),
        ),
        (
            "alektum-no",
            "no",
            "Hilsen\nKari Moen\nJærvegen 1204 ▪ 4352 Kleppe\nmobil 90 61 33 25",
            ("Jærvegen 1204", "4352", "Kleppe"),
        ),
    ],
)
def test_addresses_in_sentences_and_dictation(of, language, text, parts):
    assert address(text, of=of, language=language) == parts


@pytest.mark.parametrize(
    ("of", "language", "text"),
    [
        ("alektum-pl", "pl", "było: Beata Gaik, Parkowa 3, 32-020 Wieliczka\njest: {}"),
        ("alektum-nl", "nl", "oud: Kerkstraat 1, 1234 AB Ede\nnieuw: {}"),
        ("alektum-no", "no", "før: Storgata 1, 0155 Oslo\nnå: {}"),
    ],
)
def test_of_an_old_and_a_new_address_the_new_one_counts(of, language, text):
    new = "ul. Zabłocie 39, 30-701 Kraków"
    assert address(text.format(new), of=of, language=language)[1] == "30-701"


@pytest.mark.parametrize(
    ("text", "street"),
    [
        ("Skargi nie chcę.\n\nMieczysław Sołtys, Ochotnica Górna 210", "Ochotnica Górna 210"),
        ("Skargi nie chcę.\n\nMieczysław Sołtys\nŁomnica 41", "Łomnica 41"),
    ],
)
def test_a_village_with_a_house_number_is_a_street(text, street):
    read = address(text, of="alektum-pl", language="pl", sender="Mieczysław Sołtys")
    assert read[0] == street


@pytest.mark.parametrize(
    ("of", "language", "text"),
    [
        ("alektum-nl", "nl", "Betaald op 12 mei, 40 euro. Dossier 22 63 90 47"),
        ("alektum-nl", "nl", "Ik heb 3 keer gebeld, de laatste keer om half 11"),
        ("alektum-pl", "pl", "ODDAJCIE 164 zł, jestem u Państwa nr 726 w kolejce"),
        ("alektum-no", "no", "Jeg prøvde 3 telefoner, og betalte 300 kr den 5. mars"),
        ("alektum-nl", "nl", "Postbus 214"),
    ],
)
def test_what_is_no_address_is_not_taken_for_one(of, language, text):
    assert address(text, of=of, language=language)[0] is None


@pytest.mark.parametrize(
    ("language", "text", "town"),
    [
        ("no", "ring meg helst før flo hilsen Roy Arne i Øksnes", "Øksnes"),
        ("no", "God jul frå Arvid Lunde i Vigrestad", "Vigrestad"),
        ("nl", "groet\nBram Hoogstrate uit Kapelle", "Kapelle"),
        ("nl", "Ik ben Bram Hoogstrate uit Kapelle. U zoekt een ander.", "Kapelle"),
        ("pl", "Ktoś tam pracuje?\n\nSylwester Noga, Mława, 909661320 tel. 606 417 902", "Mława"),
    ],
)
def test_a_town_by_the_name_is_the_town(language, text, town):
    assert address(text, language=language, sender="Roy Arne Pedersen")[2] == town


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Mvg\nJo Lis\nKadelaan 288 Den haag 2541 EK", ("Kadelaan 288", "2541 EK", "Den haag")),
        (
            "Adresse min er: Jo Lis, Ekervegen 6, Oslo 1053.",
            ("Ekervegen 6", "1053", "Oslo"),
        ),
        (
            "Mieszkamy u córki: Ruda Śląska 41-710, ul. Krótka 3 m. 4.",
            ("ul. Krótka 3 m. 4", "41-710", "Ruda Śląska"),
        ),
    ],
)
def test_the_town_may_stand_before_its_postcode(text, parts):
    assert address(text) == parts


def test_a_year_before_a_small_word_is_no_postcode():
    assert address("Wat er in februari 2025 is verbruikt, is niet van mij.") == (None, None, None)
    assert address("Jeg jobbet i Halden 2022.", of="alektum-no", language="no") == (None,) * 3


def test_a_flat_before_the_street_belongs_to_it():
    text = "Regards\nJo Lis\nFlat 12C, Nieuwe Kerkstraat 99, 1018 VC Amsterdam"
    assert address(text, language="en")[0] == "Flat 12C, Nieuwe Kerkstraat 99"


@pytest.mark.parametrize(
    ("of", "text", "parts"),
    [
        (
            "alektum-pl",
            "Lis, Żytnia 49 oficyna lewa m. 11, 90-266 Łódź.",
            "Żytnia 49 oficyna lewa m. 11",
        ),
        ("alektum-pl", "Jan Lis, 10-900 Olsztyn, Żytnia 3 przez 17", "Żytnia 3 przez 17"),
        (
            "alektum-pl",
            "Jan Lis\nNysa 48-300, Żytnia 15 wejście C lokal 2",
            "Żytnia 15 wejście C lokal 2",
        ),
        ("alektum-pl", "Jan Lis\n98-100 Łask, Plac 11 Listopada 6", "Plac 11 Listopada 6"),
        ("alektum-pl", "Jan Lis\n98-100 Łask, ks. Żytniego 6", "ks. Żytniego 6"),
        ("alektum-pl", "Jan Lis\n16-100 Sokółka, wieś Bogusze 22", "Bogusze 22"),
        ("alektum-no", "Jan Lie, Storgata 70, 2. et., 3015 Drammen", "Storgata 70, 2. et."),
        (
            "alektum-no",
            "Jan Lie, Storgata 15, bolig H0604, 5068 Bergen",
            "Storgata 15, bolig H0604",
        ),
        ("alektum-no", "Jan Lind\nStorgatan 33, plan 2, 903 26 Umeå", "Storgatan 33, plan 2"),
        ("alektum-no", "Jan Lund, Skolegade 7, 1., 6700 Esbjerg", "Skolegade 7, 1."),
        (
            "alektum-no",
            "Send brevet til Solbakken terrasse 6 B, 0273 Oslo.",
            "Solbakken terrasse 6 B",
        ),
        ("alektum-nl", "Jan Lis, 4 Quay Cottages, Whitstable CT5 1AB", "4 Quay Cottages"),
    ],
)
def test_floors_entrances_and_days_in_names_belong_to_the_street(of, text, parts):
    assert address(text, of=of, language=of[-2:])[0] == parts


def test_a_polish_street_may_be_typed_in_lower_case():
    text = "prosze odpisac. iwona lis kutno ul zielona 8 m 22. numer sprawy 243618005"
    assert address(text, of="alektum-pl", language="pl")[0] == "ul zielona 8 m 22"


@pytest.mark.parametrize(
    ("text", "sender", "street"),
    [
        ("Sorry. Ger Swinkels Vaartweg 9-01 5751 TZ Deurne", "Ger Swinkels", "Vaartweg 9-01"),
        ("Bel mij.\nW Spronk Achterveld 3 Ulft", "Dhr Spronk", "Achterveld 3"),
        ("A. Kruimel Dorpsstraat 2 Wormerveer 1521 XA geb. 6/1/44", "Ab Kruimel", "Dorpsstraat 2"),
        ("Jan Swinkels, Swinkelsstraat 9, 5751 TZ Deurne", "Jan Swinkels", "Swinkelsstraat 9"),
    ],
)
def test_the_senders_name_is_no_part_of_the_street(text, sender, street):
    assert address(text, sender=sender)[0] == street


def test_a_day_behind_a_small_word_is_no_house_number():
    assert address("Ik legde uit dat mijn uitkering op de 23e komt.") == (None, None, None)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Jan Lis\nNysa 48-300, Żytnia 15", ("Żytnia 15", "48-300", "Nysa")),
        ("Jan Lis\nGdańsk 80-283, Zielone Wzgórze 4", ("Zielone Wzgórze 4", "80-283", "Gdańsk")),
        ("Jan Lis\nLeśmierz 9, poczta Ozorków, 95-035", ("Leśmierz 9", "95-035", "Ozorków")),
    ],
)
def test_a_street_or_a_village_is_not_the_town(text, parts):
    assert address(text, of="alektum-pl", language="pl") == parts


def test_the_town_may_stand_before_the_street_with_a_colon():
    text = "Ik zit gewoon in Amersfoort: Puntenburgerlaan 83 I, 3812 CC. Neem dat over."
    assert address(text) == ("Puntenburgerlaan 83 I", "3812 CC", "Amersfoort")


def test_a_country_or_a_word_for_birth_is_no_town():
    assert address("Dorpsstraat 2 Wormerveer 1521 XA geb. 6/1/44")[2] == "Wormerveer"
    assert address("Ik ben student uit China.\n\nMa Li") == (None, None, None)
    assert address("Ma Li, 4 Sea Road, Whitstable CT5 1AB, United Kingdom")[2] == "Whitstable"


def test_of_two_addresses_the_one_for_letters_counts():
    text = (
        "Adres zameldowania: Brzeźno 8b, 78-316 Brzeźno. "
        "Adres do doręczeń: ul. Żytnia 14 lok. 9, 78-300 Świdwin."
    )
    read = address(text, of="alektum-pl", language="pl")
    assert read == ("ul. Żytnia 14 lok. 9", "78-300", "Świdwin")


@pytest.mark.parametrize(
    ("text", "sender"),
    [
        ("Dere sendte alt til en annen. Hun er 19, bor i Mandal og synes det er rart.", ""),
        ("Det var alt.\n\nGod jul fra Rakel Bjørgo", "Rakel Bjørgo"),
        ("Kunt u het herhalen? Herhaald. Antwoord 15 december: nee.", ""),
        ("na afloop 12 maart betaald", ""),
        ("Dit is Herinnering 2 van u.", ""),
    ],
)
def test_other_peoples_towns_and_nouns_with_numbers_are_no_address(text, sender):
    assert address(text, sender=sender) == (None, None, None)


@pytest.mark.parametrize(
    ("of", "text", "parts"),
    [
        ("alektum-no", "jeg bor i storgata 12, 0155 oslo takk", ("storgata 12", "0155", "oslo")),
        ("alektum-pl", "jan lis ul dluga 5 m 7 krakow", ("ul dluga 5 m 7", None, "krakow")),
        ("alektum-pl", "Mieszkam na Długiej 5 w Krakowie", ("Długiej 5", None, "Krakowie")),
        ("alektum-pl", "ul. Żytnia 5, 38-100 Rzeszow", ("ul. Żytnia 5", "38-100", "Rzeszow")),
        (
            "alektum-no",
            "Jan Lie, Storgata 12, 2. etasje til venstre, 0155 Oslo",
            ("Storgata 12, 2. etasje til venstre", "0155", "Oslo"),
        ),
    ],
)
def test_addresses_in_lower_case_and_without_marks(of, text, parts):
    assert address(text, of=of, language=of[-2:], sender="Jan Lis") == parts


@pytest.mark.parametrize(
    ("of", "text"),
    [
        ("alektum-no", "Hun jobber i Oslo 3 dager i uka."),
        ("alektum-pl", "ul. nie podam 3 razy, mam dość"),
        ("alektum-nl", "Ik zat bij Ziggo 12 maanden vast."),
        ("alektum-pl", "W dniu 11 Listopada 2025 otrzymałem pismo."),
    ],
)
def test_a_count_behind_a_capital_is_no_house_number(of, text):
    assert address(text, of=of, language=of[-2:], sender="Jan Lis") == (None, None, None)


@pytest.mark.parametrize(
    ("text", "street"),
    [
        ("Waltraud Kess\nIm Wiesengrund 27a\n53879 Euskirchen", "Im Wiesengrund 27a"),
        ("Hanrahan Ltd, Unit 7 Dock Road, Foynes", "Unit 7 Dock Road"),
        ("Unit 4, Tannery Lane, Frome BA11 3HP", "Unit 4, Tannery Lane"),
        ("Wilma Roorda\nEsdoornlaan 29 - 7\n7721 BN Dalfsen", "Esdoornlaan 29 - 7"),
        ("Noordeinde 21 / 2, 2311 CA Leiden", "Noordeinde 21 / 2"),
        ("Adresse min Havnegata 31 leil 12, 9900 Kirkenes", "Havnegata 31 leil 12"),
    ],
)
def test_what_opens_or_ends_a_street_belongs_to_it_and_the_words_before_do_not(text, street):
    assert [each.text for each in streets(text)] == [street]
