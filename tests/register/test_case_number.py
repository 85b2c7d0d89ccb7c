"""Case numbers can be read out; their tokens cannot be guessed."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from register_samples import POLICY, START

from triage.policy.model import Calendar
from triage.register.case_number import ALPHABET, find_tag, number, tag, token
from triage.register.numbering import allocate_number, signing_key

KEY = b"k" * 32
NUMBER = "NL26-00042"
TAG = tag(NUMBER, KEY)
TOKEN = token(NUMBER, KEY)


def test_a_number_says_country_year_and_running_number():
    assert number("NL", 2026, 42) == NUMBER
    assert number("PL", 2031, 1_234_567) == "PL31-1234567"


def test_a_token_is_eight_characters_without_look_alikes():
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{8}", TOKEN)
    assert f"[{NUMBER}-{TOKEN}]" == TAG


def test_a_token_needs_the_key_and_the_number():
    assert token(NUMBER, b"other" * 8) != TOKEN
    assert token("NL26-00043", KEY) != TOKEN


@pytest.mark.parametrize(
    "text",
    [
        f"Re: {TAG} Ontvangstbevestiging",
        f"RE: SV: Odp: {TAG}",
        f"mijn zaak is {NUMBER}-{TOKEN}.",
        f"> {TAG}",
        f'"{NUMBER}-{TOKEN}"',
        TAG.lower(),
        f"Re: [NL26-00042-\n {TOKEN}] gevouwen",
        f"NL26 - 00042 - {TOKEN}",
        f"NL26\u201300042\u2013{TOKEN}",
        f"NL26\u201100042\u2011{TOKEN}",
        f"{NUMBER}-00000000 or {NUMBER}-{TOKEN}",
    ],
)
def test_a_tag_is_found_whatever_mail_clients_and_people_made_of_it(text):
    assert find_tag(text, KEY) == NUMBER


def test_letters_that_look_like_digits_are_read_as_the_digits():
    numbers = (number("NL", 2026, running) for running in range(200))
    case = next(n for n in numbers if {"0", "1"} <= set(token(n, KEY)))
    typed = token(case, KEY).replace("0", "o").replace("1", "l")
    assert find_tag(f"{case}-{typed}", KEY) == case


@pytest.mark.parametrize(
    "text",
    [
        "",
        NUMBER,
        f"[{NUMBER}]",
        f"[{NUMBER}-00000000]",
        f"[NL26-00043-{TOKEN}]",
        f"[PL26-00042-{TOKEN}]",
        f"X{NUMBER}-{TOKEN}",
        f"{NUMBER}-{TOKEN}X",
        f"{NUMBER} {TOKEN}",
    ],
    ids=lambda text: text or "nothing",
)
def test_a_number_without_its_own_token_is_nothing(text):
    assert find_tag(text, KEY) is None


def test_a_tag_behind_a_flood_of_look_alikes_is_not_searched_for():
    assert find_tag(f"{NUMBER}-00000000 " * 51 + TAG, KEY) is None


@given(st.text())
def test_any_text_can_be_searched(text):
    assert find_tag(text, KEY) is None


@given(st.integers(1, 9_999_999), st.integers(2000, 2099), st.binary(min_size=32, max_size=32))
def test_every_tag_is_found_with_its_key_only(running, year, key):
    made = tag(number("NO", year, running), key)
    assert find_tag(made, key) == number("NO", year, running)
    assert find_tag(made, key + b"x") is None


def test_the_alphabet_gives_every_character_five_bits():
    assert len(set(ALPHABET)) == 32
    assert not set("ILOU") & set(ALPHABET)


def allocate(register, policy=POLICY, now=START):
    with register.transaction() as session:
        return allocate_number(session, policy, now)


def test_numbers_run_on_per_country_and_year(register):
    polish = replace(POLICY, calendar=Calendar(country="PL"))
    next_year = datetime(2027, 1, 1, tzinfo=UTC)
    assert [allocate(register), allocate(register)] == ["NL26-00001", "NL26-00002"]
    assert [allocate(register, polish), allocate(register)] == ["PL26-00001", "NL26-00003"]
    assert allocate(register, now=next_year) == "NL27-00001"


def test_the_year_is_that_of_the_policys_zone(register):
    assert allocate(register, now=datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == "NL27-00001"


def test_a_number_that_was_not_used_after_all_is_given_to_the_next_case(register):
    with suppress(ZeroDivisionError), register.transaction() as session:
        allocate_number(session, POLICY, START)
        raise ZeroDivisionError
    assert allocate(register) == "NL26-00001"


def test_no_number_is_given_twice_at_the_same_moment(register):
    given_out = []
    threads = [
        Thread(target=lambda: given_out.extend(allocate(register) for _ in range(10)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given_out) == [number("NL", 2026, running) for running in range(1, 41)]


def test_the_key_is_made_once(register):
    with register.transaction() as session:
        key = signing_key(session, START)
    with register.transaction() as session:
        assert signing_key(session, START) == key
    assert len(key) == 32
