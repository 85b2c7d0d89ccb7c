"""Folders by which people tell what a mail is: each means one thing."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from triage.settings import Mailbox


def mailbox(**more: Any) -> Mailbox:
    server = {"host": "127.0.0.1", "port": 143, "tls": "none"}
    return Mailbox.model_validate(
        {"address": "us@agency.example", "policy": "alektum-nl"} | server | more
    )


def test_without_settings_no_folder_tells_anything():
    assert mailbox().telling == {}


def test_the_sent_folder_and_the_named_ones_do():
    folders = {"answered": "Beantwoord", "spam": "Junk"}
    assert mailbox(sent_folder="Sent", folders=folders).telling == {
        "Sent $Interim": "interim",
        "Sent": "sent",
        "Beantwoord": "answered",
        "Junk": "spam",
    }


def test_without_an_interim_keyword_none_is_looked_for():
    assert mailbox(sent_folder="Sent", interim_keyword="").telling == {"Sent": "sent"}


@pytest.mark.parametrize(
    "settings",
    [
        {"folders": {"answered": "Done", "spam": "Done"}},
        {"folders": {"answered": "INBOX"}},
        {"folders": {"answered": "Done"}, "move_to": "Done"},
        {"folders": {"interim": "Sent"}, "sent_folder": "Sent"},
        {"sent_folder": "INBOX"},
    ],
)
def test_a_folder_with_two_meanings_is_refused(settings: dict[str, Any]):
    with pytest.raises(ValidationError, match="cannot be used for two things"):
        mailbox(**settings)
