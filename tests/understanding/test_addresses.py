"""The sender's postal address."""

from __future__ import annotations

import pytest
from understanding_mails import mail

from triage.understanding.addresses import Address, address_candidates, best_address
from triage.understanding.layout import read_layout
from triage.understanding.streets import streets
from triage.understanding.towns import is_town, towns


def address(text, *, of="alektum-nl", **texts):
    read = mail(text, of=of, **texts)
    best = best_address(address_candidates(read, read_layout(read.typed)))
    return (best.value.street, best.value.postcode, best.value.city) if best else None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "Klacht.\n\nH. Terpstra\nNoordersingel 88\n8917 BD Leeuwarden",
            ("Noordersingel 88", "8917 BD", "Leeuwarden"),
        ),
        ("Jan Lis\nSchiedamseweg 214b\n3025AM R'dam", ("Schiedamseweg 214b", "3025AM", "R'dam")),
        (
            "Bas van Loenen, Velperweg 143-III, 6824 MB Arnhem",
            ("Velperweg 143-III", "6824 MB", "Arnhem"),
        ),
        (
            "Anne Lis\nrue du Pont à Croix 12\n5170 Profondeville",
            ("rue du Pont à Croix 12", "5170", "Profondeville"),
        ),
        ("Groet,\nJ. Lis\nNieuw-Amsterdam", (None, None, "Nieuw-Amsterdam")),
        ("Groet,\nJan Lis\nHoek van Holland", (None, None, "Hoek van Holland")),
        ("Pozdrawiam\nJan Lis\nSiemiatycze, tel. 600 100 200", (None, None, "Siemiatycze")),
        ("Joke Mulder\nMeerkoetlaan 16 Veendam", ("Meerkoetlaan 16", None, "Veendam")),
        ("Groeten Khaled\nLindenlaan 7 , Hengelo", ("Lindenlaan 7", None, "Hengelo")),
        (
            "Thijs, Plantage Muidergracht 12 hs, 1018 TV Amsterdam.",
            ("Plantage Muidergracht 12 hs", "1018 TV", "Amsterdam"),
        ),
        (
            "P. Huisman\nHet Anker 7, kamer 212\n8064 PE Zwartsluis",
            ("Het Anker 7, kamer 212", "8064 PE", "Zwartsluis"),
        ),
        (
            "Bewind & Zo | Herenwal 24 | 8441 AX Heerenveen | 0515 - 39 55 11",
            ("Herenwal 24", "8441 AX", "Heerenveen"),
        ),
        (
            "X\n1e Pijnackerstraat 66 C\n3035 GS Rotterdam",
            ("1e Pijnackerstraat 66 C", "3035 GS", "Rotterdam"),
        ),
        (
            "Wouter\nKapelstraat 31 bus 4, 9100 Sint-Niklaas",
            ("Kapelstraat 31 bus 4", "9100", "Sint-Niklaas"),
        ),
        (
            "X\nSteenweg op Turnhout 88 bus 3\n2960 Brecht",
            ("Steenweg op Turnhout 88 bus 3", "2960", "Brecht"),
        ),
        (
            "Beata\nTelefoonweg 140-3\n6713 AM Ede",
            ("Telefoonweg 140-3", "6713 AM", "Ede"),
        ),
        (
            "Safira, dr. schaepmanlaan 62, 7003 HG doetinchem",
            ("dr. schaepmanlaan 62", "7003 HG", "doetinchem"),
        ),
    ],
)
def test_dutch_and_belgian_addresses(text, parts):
    assert address(text) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "Z poważaniem\nAnna Lis\nul. Armii Krajowej 41 m. 9\n58-302 Wałbrzych",
            ("ul. Armii Krajowej 41 m. 9", "58-302", "Wałbrzych"),
        ),
        ("Jan\nul. 3 Maja 7/2\n35-030 Rzeszów", ("ul. 3 Maja 7/2", "35-030", "Rzeszów")),
        ("Jan Mazurek\nStaszica 18/3, Radom", ("Staszica 18/3", None, "Radom")),
        ("Kocur Alojz, Chorzów, ul. Floriańska 21/5", ("ul. Floriańska 21/5", None, "Chorzów")),
        (
            "Lis\n16-300 Augustów, ul. Rajgrodzka 88A/3",
            ("ul. Rajgrodzka 88A/3", "16-300", "Augustów"),
        ),
        (
            "Nowy adres to: Nowe Skalmierzyce, ul. Mostowa 19b, kod 63-460.",
            ("ul. Mostowa 19b", "63-460", "Nowe Skalmierzyce"),
        ),
        ("danuta\nlipie 27, 42-120 miedzno", ("lipie 27", "42-120", "miedzno")),
        (
            "Jan Lis\nos. Bolesława Chrobrego 14/77, 60-681 Poznań",
            ("os. Bolesława Chrobrego 14/77", "60-681", "Poznań"),
        ),
        ("Jan\nKolejowa 5A, 63-400 Ostrów Wlkp.", ("Kolejowa 5A", "63-400", "Ostrów Wlkp.")),
        ("Jan\nMszana Górna 214, 34-733", ("Mszana Górna 214", "34-733", "Mszana Górna")),
        (
            "Jan\nAl. Jana Pawła II 61 m. 212\n01-031 Warszawa",
            ("Al. Jana Pawła II 61 m. 212", "01-031", "Warszawa"),
        ),
    ],
)
def test_polish_addresses(text, parts):
    assert address(text, of="alektum-pl", language="pl") == parts


@pytest.mark.parametrize(
    ("language", "text", "parts"),
    [
        (
            "no",
            "Hilsen Kari\nØvre Strandvegen 14\n6783 Stryn",
            ("Øvre Strandvegen 14", "6783", "Stryn"),
        ),
        (
            "no",
            "Astrid\nSkansegata 18, leil. 304\n7014 Trondheim",
            ("Skansegata 18, leil. 304", "7014", "Trondheim"),
        ),
        ("no", "mvh Tommy Granli, Rosenvegen 8, 7653 Verdal", ("Rosenvegen 8", "7653", "Verdal")),
        (
            "no",
            "Olav\nOlav Duuns vei 41\n7700 Steinkjer",
            ("Olav Duuns vei 41", "7700", "Steinkjer"),
        ),
        ("no", "Gro\nNav, Postboks 34, 1851 Mysen", (None, "1851", "Mysen")),
        (
            "sv",
            "Emelie\nVegagatan 41 lgh 1203\n413 09 Göteborg",
            ("Vegagatan 41 lgh 1203", "413 09", "Göteborg"),
        ),
        (
            "da",
            "Min adresse er Havnegade 7, 2. tv., 5700 Svendborg.",
            ("Havnegade 7, 2. tv.", "5700", "Svendborg"),
        ),
        (
            "da",
            "adresse er Østerbrogade 133, st. th., 2100 København Ø.",
            ("Østerbrogade 133, st. th.", "2100", "København Ø"),
        ),
        ("da", "jimmy\nvestergade 9 1 tv\n7600 struer", ("vestergade 9 1 tv", "7600", "struer")),
        (
            "de",
            "Jürgen Thiele, Lindenstr. 44, 17309 Pasewalk",
            ("Lindenstr. 44", "17309", "Pasewalk"),
        ),
        ("de", "Otto\nAm Kirchplatz 4\n52525 Heinsberg", ("Am Kirchplatz 4", "52525", "Heinsberg")),
        (
            "en",
            "Malgorzata\n14 Cromwell Mount\nLeeds LS9 7ST",
            ("14 Cromwell Mount", "LS9 7ST", "Leeds"),
        ),
        ("fr", "Luc\n12, rue Esquermoise\n59000 Lille", ("12, rue Esquermoise", "59000", "Lille")),
    ],
)
def test_addresses_of_other_countries(language, text, parts):
    assert address(text, of="alektum-no", language=language) == parts


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("Klacht.\n\nGer Hendriks\nZevenaar", "Zevenaar"),
        ("Agata Wójtowicz, Łęczyca", "Łęczyca"),
        ("Lennart Dahlberg, Arvika", "Arvika"),
        ("Viele Grüße aus Husum\nLukas Behrens", "Husum"),
        ("Hilsen\nOddny Fureset, Hornindal", "Hornindal"),
        ("Ik woon in Deventer en dit is niet mijn schuld.", "Deventer"),
    ],
)
def test_a_town_alone_is_the_city(text, city):
    assert address(text) == (None, None, city)


@pytest.mark.parametrize(
    "text",
    [
        "Klantenservice Alektum, Postbus 20723, 1001 NS Amsterdam",
        "In december 2025 Klacht ingediend.",
        "Ik heb 1200 Euro betaald en 2025 Nederland",
        "Artikel 15 AVG en artikel 6 lid 2",
        "Dossier 1234, Sak 4471",
        "geboren 12 mei 1949",
        "Met vriendelijke groet,\nJan Lis\nBewindvoerder",
        "Hilsen\nKari Moe\nDaglig leder",
        "Volvo V70 2008 modell",
        "",
    ],
)
def test_what_is_no_address_of_the_sender(text):
    assert address(text) is None


def test_the_new_address_counts_not_the_old_one():
    text = (
        "Per 1 september woon ik niet meer aan de Prins Hendrikkade 22 te Heiloo (1851 XP) maar op:\n\n"
        "Zandvoortselaan 145-rood\n2106 CM Heemstede\n\nGroetjes,\nDaphne Ligthart"
    )
    assert address(text) == ("Zandvoortselaan 145-rood", "2106 CM", "Heemstede")
    text = "vi flyttet 1. august fra Trondheimsvegen 212 på Jessheim til\nFagerlivegen 5\n2073 Dal\n\nSindre"
    assert address(text, of="alektum-no", language="no") == ("Fagerlivegen 5", "2073", "Dal")


def test_the_signature_counts_before_an_address_told_of_somebody_else():
    text = (
        "Geir nås på 951 40 277, adresse Prøysenvegen 3, 2390 Moelv.\n\n"
        "Olaug Bergseng\nSørbygdsvegen 71, 2636 Øyer"
    )
    assert address(text, of="alektum-no", language="no")[0] == "Sørbygdsvegen 71"


@pytest.mark.parametrize(
    ("form", "parts"),
    [
        (
            "Naam: A\nAdres: Kruisstraat 133 A, 5612 CG Eindhoven\nE-mail: a@b.example\nBericht: x",
            ("Kruisstraat 133 A", "5612 CG", "Eindhoven"),
        ),
        (
            "Naam: A\nStraat: Dorpsweg\nHuisnummer: 148\nPostcode: 1697 KH\nPlaats: Schellinkhout\nE-mail: a@b.example\nBericht: x",
            ("Dorpsweg 148", "1697 KH", "Schellinkhout"),
        ),
        (
            "Naam: A\nAdres: Besterdring 77-02\nPostcode en woonplaats: 5014 HJ Tilburg\nE-mail: a@b.example\nBericht: x",
            ("Besterdring 77-02", "5014 HJ", "Tilburg"),
        ),
        (
            "Naam: A\nAdres: liever niet\nPostcode en woonplaats: Breda\nE-mail: a@b.example\nBericht: x",
            (None, None, "Breda"),
        ),
        (
            "Naam: A\nE-mail: a@b.example\nBericht: mijn nieuwe adres is Dorpsweg 1, 1697 KH Schellinkhout",
            ("Dorpsweg 1", "1697 KH", "Schellinkhout"),
        ),
    ],
)
def test_a_forms_fields_give_the_address(form, parts):
    assert address(form, address="noreply@alektumgroup.nl") == parts


@pytest.mark.parametrize(
    ("text", "street"),
    [
        ("Boulevard 1945 nr. 301", "Boulevard 1945 nr. 301"),
        ("Laan van Nieuw Oosteinde 244", "Laan van Nieuw Oosteinde 244"),
        ("Storgata 11 B", "Storgata 11 B"),
        ("Grenseveien 67 H0402", "Grenseveien 67 H0402"),
        ("Verftsgata 10, 2. etg., 1776 Halden", "Verftsgata 10, 2. etg."),
        ("Ringbaan-Oost 8-17", "Ringbaan-Oost 8-17"),
        ("ul. Piłsudskiego 100 lok. 12", "ul. Piłsudskiego 100 lok. 12"),
        ("Linzer Gasse 19/3", "Linzer Gasse 19/3"),
    ],
)
def test_flats_and_floors_belong_to_the_street(text, street):
    assert [each.text for each in streets(text)] == [street]


def test_an_amount_or_a_time_behind_capitals_is_no_house_number():
    for text in (
        "Ik betaalde Vattenfall 250 euro",
        "Maandag 10:15",
        "Kerst 2025",
        "Telefon: 35 02 77 14",
        "Rente 8%",
    ):
        assert streets(text) == []


def test_postcodes_look_different_in_each_country():
    text = "1234 AB Delft\n58-302 Wałbrzych\n452 30 Strömstad\n17309 Pasewalk\n7014 Trondheim\nLeeds LS9 7ST"
    assert [town.country for town in towns(text)] == ["NL", "PL", "SE", "DE", "4", "GB"]


def test_listed_towns_are_known_in_any_case():
    assert is_town("BOCHOLT") and is_town("Den Haag") and not is_town("Anna Lis")


def test_a_town_alone_completes_a_street_without_one():
    from triage.understanding.model import Finding

    street = Finding(Address("Dorpsweg 1", None, None), 0.8)
    town = Finding(Address(None, None, "Tiel"), 0.9)
    assert best_address([street, town]).value == Address("Dorpsweg 1", None, "Tiel")


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Anne Lis\nQuai de la Paix 3\n59000 Lille", "FR"),
        ("Uwe Lis\nPoststraße 4\n4600 Wels", "AT"),
        ("Uwe Lis\nPoststraße 4\n70173 Stuttgart", "DE"),
        ("Groet,\nJan Lis\nHoek van Holland", "NL"),
        ("Jan Lis\nDorpsstraat 4\n3862 XY Lille", "NL"),
    ],
)
def test_the_country_is_that_of_the_postcode_or_else_of_the_only_listed_town(
    text: str, country: str
):
    read = mail(text)
    best = best_address(address_candidates(read, read_layout(read.typed)))
    assert best is not None
    assert best.value.country == country
