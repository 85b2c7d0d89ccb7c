"""What a mail is about, in the sender's own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.schedule.gist import LONGEST, gist


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        pytest.param(
            "Geachte heer/mevrouw,\n\nUw medewerker belde gisteren naar mijn werk. Dat mag niet.",
            "Uw medewerker belde gisteren naar mijn werk.",
            id="a greeting is passed over",
        ),
        pytest.param(
            "Hoi, jullie hebben mij gisteren vier keer gebeld.",
            "jullie hebben mij gisteren vier keer gebeld.",
            id="a greeting on the same line is passed over",
        ),
        pytest.param(
            "hej ile mi jeszcze zostało do spłaty? 268821034 lena",
            "ile mi jeszcze zostało do spłaty?",
            id="a greeting without a comma is passed over",
        ),
        pytest.param(
            "Mijn naam is Jan Jansen. Ik dien een klacht in. Uw brief van mei kwam opengescheurd aan.",
            "Uw brief van mei kwam opengescheurd aan.",
            id="introductions are passed over",
        ),
        pytest.param(
            "Доброго дня, мене звати Олена. Ваш працівник кричав на мою маму.",
            "Ваш працівник кричав на мою маму.",
            id="introductions in Ukrainian are passed over",
        ),
        pytest.param(
            "Merhaba, benim adım Ali. Siz dün patronumu aradınız.",
            "Siz dün patronumu aradınız.",
            id="introductions in Turkish are passed over",
        ),
        pytest.param(
            "Laba diena, mano vardas Jonas. Jūsų darbuotoja rėkė ant mano mamos.",
            "Jūsų darbuotoja rėkė ant mano mamos.",
            id="introductions in Lithuanian are passed over",
        ),
        pytest.param(
            "Dobrý den, jmenuji se Jan. Váš pracovník včera volal mé matce.",
            "Váš pracovník včera volal mé matce.",
            id="introductions in Czech are passed over",
        ),
        pytest.param(
            "السلام عليكم، اسمي أحمد. موظفكم صرخ على والدتي أمس.",
            "موظفكم صرخ على والدتي أمس.",
            id="introductions in Arabic are passed over",
        ),
        pytest.param(
            "Buenos días:\n\nMe llamo Ana Ruiz. Su agente llamó ayer a mi jefe.",
            "Su agente llamó ayer a mi jefe.",
            id="introductions in Spanish are passed over",
        ),
        pytest.param(
            "Buongiorno, mi chiamo Marco. Il vostro operatore ha telefonato a mia madre.",
            "Il vostro operatore ha telefonato a mia madre.",
            id="introductions in Italian are passed over",
        ),
        pytest.param(
            "Bom dia, chamo-me Rui. A vossa colega gritou comigo ao telefone.",
            "A vossa colega gritou comigo ao telefone.",
            id="introductions in Portuguese are passed over",
        ),
        pytest.param(
            "Bună ziua, mă numesc Andrei. Dumneavoastră ați sunat ieri la serviciu.",
            "Dumneavoastră ați sunat ieri la serviciu.",
            id="introductions in Romanian are passed over",
        ),
        pytest.param(
            "Ik zat gisteren rustig in de auto. Toen belde een van uw mensen mij acht keer op.",
            "Toen belde een van uw mensen mij acht keer op.",
            id="what speaks to the agency is told first",
        ),
        pytest.param(
            "Naam: Jan Jansen\n\nDossier: 12345678\n\nDe brief die u stuurde noemt een ander bedrag.",
            "De brief die u stuurde noemt een ander bedrag.",
            id="labelled lines are passed over",
        ),
        pytest.param(
            "De brief van dhr. Jansen van 3 mei bij u op kantoor klopt niet. Stop ermee.",
            "De brief van dhr. Jansen van 3 mei bij u op kantoor klopt niet.",
            id="an abbreviation ends no sentence",
        ),
        pytest.param(
            "Dzień dobry,\n\nwczoraj o szóstej rano zadzwonił do mnie Państwa pracownik.",
            "wczoraj o szóstej rano zadzwonił do mnie Państwa pracownik.",
            id="Polish",
        ),
        pytest.param(
            "Hei!\n\nI går ringte dere meg tre ganger på jobben.",
            "I går ringte dere meg tre ganger på jobben.",
            id="Norwegian",
        ),
        pytest.param("HOEVEEL NOG", "HOEVEEL NOG", id="a mail of a few words is told whole"),
        pytest.param(
            "Mijn BSN is 123456782 en u hebt het aan mijn buurman verteld.",
            "Mijn BSN is *******82 en u hebt het aan mijn buurman verteld.",
            id="an identity number is masked",
        ),
    ],
)
def test_the_gist_is_the_first_telling_sentence(typed: str, told: str) -> None:
    assert gist(typed) == told


def test_an_empty_mail_is_told_by_its_subject() -> None:
    assert gist("  \n ", "Klacht over dossier 12345678") == "Klacht over dossier 12345678"


def test_a_long_sentence_is_cut_between_words() -> None:
    told = gist("Uw medewerker " + "belde en " * 60 + "hing op.")
    assert len(told) <= LONGEST + 1
    assert told.endswith(("belde…", "en…"))


def test_a_number_is_masked_before_a_sentence_is_cut() -> None:
    told = gist(
        "U belt mij en " + "x" * (LONGEST - 20) + " 123456782 en nog veel meer woorden erna"
    )
    assert "12345" not in told


def test_a_number_that_is_broken_over_two_lines_is_masked() -> None:
    told = gist("U hebt mijn nummer 123 456\n782 zomaar aan mijn buurman verteld.")
    assert told == "U hebt mijn nummer *** *** *82 zomaar aan mijn buurman verteld."


def test_of_a_number_at_the_end_of_what_is_read_no_half_stays_readable() -> None:
    second = "U kent mijn nummer 123456782"
    first = (
        "Eerst kwam er een zeer lang verhaal met ".ljust(6000 - len(second) + 4 - 3, "x") + ".\n\n"
    )
    assert "123" not in gist(first + second)


@given(st.text(max_size=3000), st.text(max_size=200))
def test_whatever_a_mail_holds_its_gist_is_one_bounded_printable_line(
    typed: str, subject: str
) -> None:
    told = gist(typed, subject)
    assert len(told) <= LONGEST + 1
    assert told == "" or told.isprintable()
