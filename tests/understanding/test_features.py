"""What a mail's sender looks like to the model: a firm, or a person."""

from __future__ import annotations

import pytest
from understanding_mails import message

from triage.understanding.features import _sender_looks


def looks(name: str, address: str, typed: str = "", *, number: bool = False) -> set[str]:
    sender = message(typed, sender=name, address=address).sender
    assert sender is not None
    found = _sender_looks(sender, typed, number=number)
    return {each.removeprefix("from: ") for each, value in found.items() if value}


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Kapsalon Zuid", "afspraak@kapsalonzuid.example"),
        ("Fjordvakt Kundesenter", "hjelp@fjordvakt-post.example"),
    ],
)
def test_a_name_that_the_domain_has_is_a_firms(name: str, address: str):
    assert {"firm", "firm only", "firm, no number"} <= looks(name, address)


def test_a_name_that_the_mailbox_has_is_a_persons():
    assert looks("Mira Rog", "mira.rog@post.example") == {"person", "person only"}


def test_a_person_of_a_firm_is_both():
    found = looks("Mira van Bakker Rog", "mira@bakkerrog.example")
    assert {"firm", "person"} <= found
    assert found.isdisjoint({"firm only", "person only"})


def test_a_firm_that_names_a_case_is_told_from_one_that_does_not():
    assert "firm, no number" not in looks("Kapsalon Zuid", "x@kapsalonzuid.example", number=True)


def test_the_firms_name_in_the_text_and_a_missing_name_are_told():
    assert "firm in text" in looks("", "info@vloerwacht.example", "Groet, team Vloerwacht")
    assert "no name" in looks("", "info@vloerwacht.example")
