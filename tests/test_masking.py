"""Identity and account numbers do not leave the house; what is none stays readable."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.nl import bsn
from stdnum.no import fodselsnummer
from stdnum.pl import pesel

from triage.masking import mask

# --- each kind of number, as people write it


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        # BSN
        ("123456782", "*******82"),
        ("123 456 782", "*** *** *82"),
        ("1234.56.782", "****.**.*82"),
        ("123-456-782", "***-***-*82"),
        ("123.456.782", "***.***.*82"),
        ("012345672", "*******72"),
        # PESEL
        ("44051401359", "*********59"),
        ("440514 01359", "****** ***59"),
        ("44 05 14 01359", "** ** ** ***59"),
        # fødselsnummer and D-nummer
        ("01010750160", "*********60"),
        ("010107 50160", "****** ***60"),
        ("010107-50160", "******-***60"),
        ("41010750084", "*********84"),
        # personnummer and samordningsnummer
        ("811228-9874", "******-**74"),
        ("8112289874", "********74"),
        ("19811228-9874", "********-**74"),
        ("198112289874", "**********74"),
        ("811288-9871", "******-**71"),
        ("811228+9874", "******+**74"),
        # CPR, of old with a check digit, now without
        ("211062-5629", "******-**29"),
        ("2110625629", "********29"),
        ("010203-1234", "******-**34"),
        # IBAN
        ("NL91ABNA0417164300", "****************00"),
        ("NL91 ABNA 0417 1643 00", "**** **** **** **** 00"),
        ("nl91abna0417164300", "****************00"),
        ("NL 91 ABNA 0417 1643 00", "** ** **** **** **** 00"),
        ("PL61 1090 1014 0000 0712 1981 2874", "**** **** **** **** **** **** **74"),
        ("NO93 8601 1117 947", "**** **** **** *47"),
        ("SE4550000000058398257466", "**********************66"),
        ("DE89.3704.0044.0532.0130.00", "****.****.****.****.****.00"),
    ],
)
def test_numbers_are_starred_but_for_the_last_two(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "around",
    [
        "BSN {}.",
        "BSN: {}, dossier 12345678",
        "mijn bsn({})",
        "BSN{}",
        "x{}x",
        "dossier 12 {}",
        "12345678 {} 2026",
        "{}-{}",
        "tel. 030 1234567 {}",
        "2026-03-02 {}",
        "\n{}\n",
        "<{}>",
        "'{}'",
        "_{}_",
    ],
)
@pytest.mark.parametrize("number", ["123456782", "44051401359", "NL91ABNA0417164300"])
def test_what_stands_around_a_number_does_not_hide_it(around: str, number: str) -> None:
    assert number not in mask(around.replace("{}", number))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Rekening NL91ABNA0417164300 van Jan", "Rekening ****************00 van Jan"),
        ("ab12 cdef ghij NL91ABNA0417164300", "ab12 cdef ghij ****************00"),
        ("IBANNL91ABNA0417164300", "IBAN****************00"),
        ("NL91 ABNA 0417 1643 00 t.n.v. Jan", "**** **** **** **** 00 t.n.v. Jan"),
        (
            "NL91ABNA0417164300/PL61109010140000071219812874",
            "****************00/**************************74",
        ),
    ],
)
def test_an_account_is_found_in_running_text(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "label",
    [
        "BSN",
        "bsn-nummer",
        "Burgerservicenummer:",
        "burger service nummer",
        "sofinummer",
        "PESEL",
        "numer PESEL:",
        "fødselsnummer",
        "fodselsnr.",
        "Personnummer",
        "person-nr",
        "CPR",
        "CPR-nr.",
        "fnr",
        "D-nummer is",
    ],
)
def test_a_labelled_number_is_masked_even_when_mistyped(label: str) -> None:
    assert mask(f"{label} 123456789") == f"{label} *******89"


def test_a_label_in_another_word_labels_nothing() -> None:
    assert mask("Het absnummer 12345678") == "Het absnummer 12345678"


@pytest.mark.parametrize(
    "number",
    [
        "123\u200b456\u200b782",
        "１２３４５６７８２",
        "123\u00a0456\u00a0782",
        "1234\u2011567\u201182",
    ],
)
def test_invisible_and_foreign_characters_do_not_hide_a_number(number: str) -> None:
    visible = re.sub(r"\D", "", mask(number))
    assert len(visible) == 2


# --- what stays readable


@pytest.mark.parametrize(
    "text",
    [
        # phones
        "+31612345678",
        "+31 6 12345678",
        "+48 718 811 012",
        "+47 33 74 45 00",
        "+31 20 705 48 10",
        "06-12345678",
        "0612345678",
        "020 705 48 10",
        "013 88 93 930",
        "33 74 45 00",
        # dossier and case numbers
        "12345678",
        "P24-018273",
        "P24018273",
        "1234567",
        "NL26-00042",
        "[NL26-00042-K7QFX2M9]",
        # amounts
        "€ 1.234,56",
        "1 234,56 zł",
        "€ 123.456.782,00",
        "1234,00 kr",
        # dates and times
        "2026-03-02 10:30",
        "02-03-2026",
        "due 2026-03-16, first due 2026-03-02",
        "from 2026-03-16 to 2026-03-20",
        "2026-03-16 - 2026-03-20",
        "20260302T103000",
        # others
        "1001 NS Amsterdam",
        "Postbus 20723",
        "NL26 is a case",
        "op 12 maart 2026 om 14:05",
        "",
        "no digits at all",
        "550 5.1.1",
        "127.0.0.1:9464",
    ],
)
def test_phones_dossiers_amounts_and_dates_stay(text: str) -> None:
    assert mask(text) == text


def test_a_dossier_number_that_is_named_stays_though_it_passes_the_check() -> None:
    text = "dossier 123456782, PESEL 44051401359"
    assert mask(text, keep=["123456782"]) == "dossier 123456782, PESEL *********59"
    assert mask("BSN of dossier 123 456 782", keep={"123456782"}).endswith("123 456 782")


def test_masking_twice_changes_nothing_more() -> None:
    once = mask("BSN 123456782, IBAN NL91ABNA0417164300, tel 0612345678")
    assert mask(once) == once


# --- properties


def _bsn(digits: str) -> str:
    """Return a valid BSN made of these eight digits, the last but one changed where need be."""
    for tens in string.digits:
        for last in string.digits:
            number = digits[:7] + tens + last
            if bsn.is_valid(number):
                return number
    raise AssertionError(digits)


digits_of = lambda count: st.text(string.digits, min_size=count, max_size=count)  # noqa: E731 - a strategy
days = st.integers(1, 28).map("{:02}".format)
months = st.integers(1, 12).map("{:02}".format)
years = st.integers(0, 99).map("{:02}".format)
bsns = digits_of(8).map(_bsn)
pesels = st.builds(
    lambda yy, mm, dd, serial: (
        f"{yy}{mm}{dd}{serial}{pesel.calc_check_digit(yy + mm + dd + serial)}"
    ),
    years,
    months,
    days,
    digits_of(4),
)


def _fodselsnummer(nine: str) -> str | None:
    first = fodselsnummer.calc_check_digit1(nine)
    number = nine + first + fodselsnummer.calc_check_digit2(nine + first)
    return number if fodselsnummer.is_valid(number) else None


fodselsnumre = st.builds(
    lambda dd, mm, yy, serial: _fodselsnummer(dd + mm + yy + serial),
    days,
    months,
    years,
    digits_of(3),
).filter(bool)
personnummer = st.builds(
    lambda century, yy, mm, dd, serial: (
        f"{century}{yy}{mm}{dd}{serial}{luhn.calc_check_digit(yy + mm + dd + serial)}"
    ),
    st.sampled_from(["", "19", "20"]),
    years,
    months,
    days,
    digits_of(3),
)
ibans = st.builds(
    lambda bank, account: f"NL{98 - int(_iban_digits(bank + account)) % 97:02}{bank}{account}",
    st.text(string.ascii_uppercase, min_size=4, max_size=4),
    digits_of(10),
)


def _iban_digits(bban: str) -> str:
    return "".join(str(int(char, 36)) for char in bban + "NL00")


numbers = st.one_of(bsns, pesels, fodselsnumre, personnummer, ibans)
no_digits = st.text(st.characters(exclude_categories=["Nd"]), max_size=30)


@given(numbers, no_digits, no_digits)
def test_a_valid_number_never_survives_whole(number: str, before: str, after: str) -> None:
    assert number not in mask(f"{before} {number} {after}")


@given(numbers, st.text(string.ascii_letters + "0123456789 .-/", max_size=30))
def test_nor_behind_other_words_and_numbers(number: str, before: str) -> None:
    assert number not in mask(f"{before}, {number}")


@given(numbers, st.sampled_from([" ", ".", "-", "\u00a0"]), st.data())
def test_nor_with_separators_in_it(number: str, separator: str, data: st.DataObject) -> None:
    first = 2 if number[0].isalpha() else 1  # the country of an IBAN is one word
    places = data.draw(st.sets(st.integers(first, len(number) - 1), max_size=6))
    written = "".join(
        (separator if place in places else "") + char for place, char in enumerate(number)
    )
    visible = re.sub(r"[^0-9A-Za-z]", "", mask(written))
    assert visible == number[-2:]


@given(st.text(st.characters(exclude_categories=["Nd"])))
def test_a_text_without_digits_is_untouched(text: str) -> None:
    assert mask(text) == text


@given(st.text(string.digits + string.ascii_letters + " .-/+,:\n", max_size=200))
def test_masking_only_ever_replaces_letters_and_digits_by_stars(text: str) -> None:
    masked = mask(text)
    assert len(masked) == len(text)
    assert all(new in {old, "*"} for old, new in zip(text, masked, strict=True))


def test_the_longest_number_is_the_one():
    # Nine of its eleven digits are a valid BSN, too.
    assert mask("041106088 04") == "********* 04"
