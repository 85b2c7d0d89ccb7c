"""The reminder to a sender, in seven languages."""

from __future__ import annotations

from email import message_from_bytes
from email import policy as email_policy

import pytest
from schedule_samples import NL, NOW, at, case, policies

from triage import resources
from triage.outbox.compose import Envelope
from triage.outbox.render import LANGUAGES, VARIABLES, Templates
from triage.schedule.reminder import sender_reminder, values_for
from triage.schedule.rows import Asked

TEMPLATES = Templates(resources.templates())
ENVELOPE = Envelope("compliance@alektumgroup.nl", None, "instance")
ASKED = Asked("nl26-00042.a1@alektumgroup.nl", "jan@mail.example", "compliance@alektumgroup.nl")


def reminder(language: str = "nl", **changes: object):
    waiting = case(language=language, missing=("phone", "incident_date"), **changes)
    mail = sender_reminder(
        TEMPLATES, ENVELOPE, waiting, ASKED, policies()[NL], tag="[NL26-00042-K7QFX2M9]", now=NOW
    )
    assert (mail.recipient, mail.purpose) == ("jan@mail.example", "reminder")
    return message_from_bytes(mail.content, policy=email_policy.default)


def text_of(mail) -> str:
    return str(mail.get_body(("plain",)).get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_its_reminder(language: str) -> None:
    text = text_of(reminder(language))
    assert "NL26-00042" in text
    assert text.count("\n- ") == 2
    assert "2026" in text
    assert "{" not in text


@pytest.mark.parametrize(
    ("language", "never"),
    [
        ("nl", "Stuur ons geen burgerservicenummer"),
        ("pl", "nie przesyłać numeru PESEL"),
        ("en", "do not send us a national identity number"),
    ],
)
def test_it_asks_for_no_identity_number(language: str, never: str) -> None:
    assert never in text_of(reminder(language))


def test_it_asks_for_exactly_what_is_missing() -> None:
    text = text_of(reminder())
    assert "- een telefoonnummer waarop u overdag bereikbaar bent\n- wanneer het is gebeurd" in text
    assert "dossiernummer" not in text


def test_without_a_term_it_names_none() -> None:
    assert "termijn" not in text_of(reminder(due=None, due_at=None))


def test_a_language_without_a_text_gets_the_home_language_and_english() -> None:
    mail = reminder("hu")
    assert mail["Content-Language"] == "nl, en"
    assert "Met vriendelijke groet" in text_of(mail)
    assert "Kind regards" in text_of(mail)


def test_it_threads_under_the_mail_that_asked_and_answers_no_message() -> None:
    mail = reminder()
    assert mail["In-Reply-To"] == "<nl26-00042.a1@alektumgroup.nl>"
    assert mail["References"] == "<nl26-00042.a1@alektumgroup.nl>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Triage-Loop"] == "instance"
    assert str(mail["Subject"]).endswith("[NL26-00042-K7QFX2M9]")


def test_an_operators_own_text_may_use_every_variable() -> None:
    waiting = case(received=at("2026-02-26 09:00"))
    assert set(values_for(waiting, policies()[NL], "nl")) == VARIABLES
