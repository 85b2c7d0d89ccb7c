"""The whole text of acknowledgements, word for word.

To accept a changed text: `UPDATE_GOLDEN=1 pytest tests/outbox/test_golden.py`, then read the
difference.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from outbox_samples import answered, occasion, parsed, plain
from sample_mails import EVERYTHING, NOTHING, POLICY_NAMES, message, reading, shipped, sure

from triage.decision import History, KnownCase
from triage.message.model import Attachment
from triage.outbox.render import LANGUAGES
from triage.understanding.model import Channel, Fields, Kind

if TYPE_CHECKING:
    from triage.outbox.compose import Occasion

GOLDEN = Path(__file__).parent / "golden"
HOME = {"alektum-pl": "pl", "alektum-no": "no"}
KNOWN = KnownCase("NL26-00042", Kind.COMPLAINT, "open", ("phone", "reason"), False, True, 1)


def complaint(policy: str, language: str, fields: Fields = NOTHING, **changes) -> Occasion:
    return occasion(policy, replace(reading(fields=fields), language=sure(language), **changes))


def service(policy: str, kind: Kind, language: str) -> Occasion:
    return occasion(policy, replace(reading(kind, NOTHING), language=sure(language)))


def power_of_attorney(language: str, text: str) -> Occasion:
    enclosed = Attachment("fullmakt.pdf", "application/pdf", 9, "0" * 64, text)
    mail = message(shipped()["alektum-no"], attachments=(enclosed,))
    read = replace(reading(Kind.AUTHORISATION, NOTHING), language=sure(language))
    return occasion("alektum-no", read, mail)


def supplement(language: str, fields: Fields) -> Occasion:
    read = replace(reading(Kind.QUESTION, fields), language=sure(language))
    return occasion(read=read, history=History(case=KNOWN))


def directieklacht(case: KnownCase | None) -> Occasion:
    return occasion(read=reading(Kind.MANAGEMENT_COMPLAINT), history=History(case=case))


OCCASIONS = {
    # Each procedure in its home language, once with nothing given and once with everything.
    **{
        f"{policy}-{name}": complaint(policy, HOME.get(policy, "nl"), fields)
        for policy in POLICY_NAMES
        for name, fields in (("incomplete", NOTHING), ("complete", EVERYTHING))
    },
    # Every language, each with the most that a text can hold.
    **{
        f"language-{language}-{policy}": complaint(policy, language)
        for language in LANGUAGES
        for policy in ("alektum-nl", "alektum-nl-service", "alektum-pl", "pro-actief")
    },
    # A language without a text: the home language, and English.
    "hungarian-alektum-nl": complaint("alektum-nl", "hu"),
    "hungarian-alektum-pl": complaint("alektum-pl", "hu"),
    # The form of the answer.
    "answer-by-letter": complaint(
        "alektum-pl", "pl", Fields(reply_channel=sure(Channel.LETTER), reason=sure(value=True))
    ),
    "answer-by-email": complaint(
        "alektum-pl", "pl", replace(EVERYTHING, reply_channel=sure(Channel.EMAIL))
    ),
    # Both instances.
    "directieklacht-too-early": directieklacht(None),
    "directieklacht": directieklacht(replace(KNOWN, state="answered", answered=True)),
    # What was asked for arrives, in part and in full.
    **{
        f"supplement-{language}-{name}": supplement(language, fields)
        for language in LANGUAGES
        for name, fields in (
            ("in-part", replace(NOTHING, phones=(sure("+31612345678"),))),
            ("in-full", EVERYTHING),
        )
    },
    # Every kind of other mail in every language, Norway's as the procedure with most to say.
    **{
        f"service-{language}-{kind.value}": service("alektum-no", kind, language)
        for language in LANGUAGES
        for kind in Kind
        if not kind.is_complaint and not kind.is_machine
    },
    # A power of attorney that lacks something, and one that lacks nothing.
    **{
        f"power-of-attorney-{language}-{name}": power_of_attorney(language, text)
        for language in LANGUAGES
        for name, text in (("in-part", "Fullmaktsgiver: Kari Nordmann"), ("scanned", ""))
    },
    # And where the procedure publishes less.
    **{
        f"service-{policy}-{kind.value}": service(policy, kind, language)
        for policy, language in (("alektum-nl-service", "nl"), ("alektum-pl", "pl"))
        for kind in (Kind.PAYMENT_REGISTERED, Kind.AUTHORISATION, Kind.CALLBACK, Kind.BALANCE)
    },
}


@pytest.mark.parametrize("name", OCCASIONS)
def test_text_is_word_for_word_as_agreed(name: str) -> None:
    mail = answered(OCCASIONS[name])
    text = f"Subject: {parsed(mail)['Subject']}\n\n{plain(mail)}"
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_no_golden_text_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(OCCASIONS)


@pytest.mark.parametrize("policy", POLICY_NAMES)
def test_every_procedure_has_its_golden_text_in_its_own_language(policy: str) -> None:
    home = shipped()[policy].home_language
    assert HOME.get(policy, "nl") == home
    assert message(shipped()[policy]).recipients == (shipped()[policy].mailboxes[0],)
