"""Whether a mail is answered, and to whom: one rule, one test."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_mails import EVERYTHING, MONDAY, NOTHING, SENDER, message, reading, shipped, sure

from triage.decision import Caps, History, KnownCase, Reason, decide, recipient_of
from triage.message.model import Address, Attachment, DeliveryReport, MachineSign
from triage.understanding.model import Kind

POLICY = shipped()["alektum-nl"]
OWN = "compliance@alektumgroup.nl"
NOW = MONDAY + timedelta(minutes=1)
KNOWN = KnownCase(
    number="NL26-00042",
    kind=Kind.COMPLAINT,
    state="open",
    missing=("phone",),
    answered=False,
    acknowledged=True,
    acknowledgements=1,
)
FORM = replace(EVERYTHING, emails=(sure("maria@example.org"),))
"""What a website's form gives: among it the person's address."""


def reasons(mail=None, read=None, history=None, policy=POLICY) -> list[str]:
    """Return why this mail is not answered, and check that the decision is consistent."""
    decision = decide(mail or message(policy), read or reading(), policy, history or History(), NOW)
    assert decision.acknowledge == (not decision.reasons)
    assert decision.recipient is not None or Reason.NO_ADDRESS in decision.reasons
    return [reason.value for reason in decision.reasons]


def test_a_persons_complaint_is_answered() -> None:
    assert reasons() == []


# --- what the headers say


@pytest.mark.parametrize("sign", MachineSign)
def test_every_sign_of_a_machine_in_the_headers_withholds_the_answer(sign: MachineSign) -> None:
    assert reasons(message(POLICY, sign)) == [sign.value]


def test_all_reasons_are_given_each_once_in_a_fixed_order() -> None:
    mail = message(POLICY, *reversed(MachineSign), MachineSign.LIST)
    assert reasons(mail) == [reason.value for reason in Reason if reason in set(MachineSign)]


def test_a_delivery_report_is_not_answered_whatever_its_headers() -> None:
    mail = message(POLICY, report=DeliveryReport(SENDER, "5.1.1", True, ""))
    assert reasons(mail) == ["report"]


# --- who wrote, and to whom


@pytest.mark.parametrize(
    "own", [OWN, OWN.upper(), "info@alektumgroup.nl", "service@agency.example"]
)
def test_our_own_addresses_and_every_watched_mailbox_are_not_answered(own: str) -> None:
    history = History(
        own_addresses=frozenset({"info@alektumgroup.nl", "service@agency.example", OWN})
    )
    assert reasons(message(POLICY, sender=Address("", own)), history=history) == ["own_address"]


def test_the_policys_mailboxes_are_own_addresses_without_being_told() -> None:
    assert reasons(message(POLICY, sender=Address("", OWN))) == ["own_address"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("to", (Address("", OWN),)),
        ("to", (Address("", OWN.title()),)),
        ("cc", (Address("", OWN),)),
        ("delivered_to", (OWN,)),
        ("to", (Address("", "other@example.org"), Address("", OWN))),
    ],
)
def test_our_address_in_to_cc_or_delivered_to_will_do(field: str, value: tuple) -> None:
    assert reasons(message(POLICY, **{"to": (), field: value})) == []


def test_a_mail_that_names_none_of_our_addresses_is_not_answered() -> None:
    assert reasons(message(POLICY, to=(Address("", "other@example.org"),))) == ["not_addressed"]


def test_another_watched_mailbox_in_to_will_do() -> None:
    history = History(own_addresses=frozenset({"info@alektumgroup.nl"}))
    mail = message(POLICY, to=(Address("", "info@alektumgroup.nl"),))
    assert reasons(mail, history=history) == []


@pytest.mark.parametrize(
    "address",
    [
        "",
        "jan",
        "jan@",
        "@example.org",
        "jan@example.org, piet@example.org",
        "jan@example.org\nBcc: piet@example.org",
        "jan@exa mple.org",
        "<jan@example.org>",
        'jan"@example.org',
        "jan@example.org\u202e",
        "jan\u200b@example.org",
        "a" * 65 + "@example.org",
        "jan@" + "e" * 254,
        "jan@[127.0.0.1]",
        "jan@one@example.org",
        "jan@example..org",
        "jan@" + "ä" * 63 + ".org",
        "=?utf-8?q?x=40y?=@example.org",
    ],
)
def test_what_is_not_one_plain_address_is_not_answered(address: str) -> None:
    assert reasons(message(POLICY, sender=Address("", address))) == ["no_address"]


def test_a_mail_without_a_sender_is_not_answered() -> None:
    assert reasons(message(POLICY, sender=None)) == ["no_address"]


@pytest.mark.parametrize("address", ["jan+tag@example.org", "ján@example.org", "o'neil@a-b.co.uk"])
def test_plain_unusual_addresses_are_answered(address: str) -> None:
    assert recipient_of(message(POLICY, sender=Address("", address)), reading()) == address


@pytest.mark.parametrize("domain", ["exämple.org", "xn--exmple-cua.org"])
def test_a_domain_beyond_ascii_is_one_domain_however_it_is_written(domain: str) -> None:
    sender = Address("", f"ján@{domain}")
    assert recipient_of(message(POLICY, sender=sender), reading()) == "ján@xn--exmple-cua.org"


def test_the_answer_goes_to_from_not_to_reply_to_or_the_return_path() -> None:
    mail = message(
        POLICY, reply_to=(Address("", "x@example.org"),), return_path="bounce@example.org"
    )
    assert recipient_of(mail, reading()) == SENDER


# --- web forms


@pytest.mark.parametrize(
    "signs",
    [
        (),
        (MachineSign.SYSTEM_SENDER,),
        (
            MachineSign.AUTO_SUBMITTED,
            MachineSign.PRECEDENCE,
            MachineSign.SUPPRESS,
            MachineSign.SYSTEM_SENDER,
        ),
    ],
)
def test_a_web_form_is_answered_to_the_person_in_it(signs: tuple[MachineSign, ...]) -> None:
    mail = message(POLICY, *signs, sender=Address("", "noreply@alektumgroup.nl"))
    read = reading(fields=FORM, webform=True)
    assert reasons(mail, read) == []
    assert recipient_of(mail, read) == "maria@example.org"


def test_a_web_form_sent_from_our_own_mailbox_is_answered_too() -> None:
    mail = message(POLICY, sender=Address("", OWN))
    assert reasons(mail, reading(fields=FORM, webform=True)) == []


def test_a_web_form_without_an_address_is_not_answered() -> None:
    mail = message(POLICY, sender=Address("", "noreply@alektumgroup.nl"))
    assert reasons(mail, reading(webform=True)) == ["no_address"]


def test_a_web_form_that_gives_our_own_address_is_not_answered() -> None:
    fields = replace(FORM, emails=(sure(OWN),))
    assert reasons(read=reading(fields=fields, webform=True)) == ["own_address"]


@pytest.mark.parametrize(
    "sign",
    sorted(
        set(MachineSign)
        - {
            MachineSign.AUTO_SUBMITTED,
            MachineSign.PRECEDENCE,
            MachineSign.SUPPRESS,
            MachineSign.SYSTEM_SENDER,
        }
    ),
)
def test_other_signs_hold_for_a_web_form_as_well(sign: MachineSign) -> None:
    assert reasons(message(POLICY, sign), reading(fields=FORM, webform=True)) == [sign.value]


# --- what the text says


@pytest.mark.parametrize(
    ("kind", "reason"), [(Kind.AUTOMATIC, "automatic_text"), (Kind.SPAM, "spam")]
)
def test_automatic_text_and_spam_without_any_header_are_not_answered(
    kind: Kind, reason: str
) -> None:
    assert reasons(read=reading(kind, NOTHING)) == [reason]


def test_spam_by_header_and_by_text_is_one_reason() -> None:
    assert reasons(message(POLICY, MachineSign.SPAM), reading(Kind.SPAM, NOTHING)) == ["spam"]


@pytest.mark.parametrize(
    ("subject", "typed", "expected"),
    [
        ("", "", ["unreadable"]),
        (" \t", "\n \n", ["unreadable"]),
        ("Klacht", "", []),
        ("", "Ik heb een klacht", []),
    ],
)
def test_a_mail_without_any_text_is_not_answered(
    subject: str, typed: str, expected: list[str]
) -> None:
    assert reasons(message(POLICY, subject=subject, typed=typed)) == expected


def test_a_photo_without_a_word_is_answered() -> None:
    photo = Attachment("IMG_2041.jpg", "image/jpeg", 41_000, "ab12")
    mail = replace(message(POLICY, subject="", typed=""), attachments=(photo,))
    assert reasons(mail) == []


# --- what the register knows


def test_a_mail_that_was_answered_is_not_answered_again() -> None:
    assert reasons(history=History(answered_before=True)) == ["answered_before"]


def test_backlog_is_not_answered() -> None:
    assert reasons(history=History(backlog=True)) == ["backlog"]


@pytest.mark.parametrize(
    ("bounced", "expected"), [({SENDER}, ["bounced"]), ({"x@example.org"}, [])]
)
def test_an_address_from_which_mail_came_back_is_not_answered(
    bounced: set[str], expected: list[str]
) -> None:
    mail = message(POLICY, sender=Address("", SENDER.title()))
    history = History(bounced_addresses=frozenset(bounced))
    assert reasons(mail, history=history) == expected


CAPS = Caps(per_sender_hour=3, per_sender_day=10, per_case=5, service_hour=100)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"sent_to_sender_minute": 1}, ["rate"]),
        ({"sent_to_sender_minute": 1, "case": KNOWN}, []),
        ({"sent_to_sender_hour": 2}, []),
        ({"sent_to_sender_hour": 3}, ["rate"]),
        ({"sent_to_sender_day": 9}, []),
        ({"sent_to_sender_day": 10}, ["rate"]),
        ({"sent_by_service_hour": 99}, []),
        ({"sent_by_service_hour": 100}, ["rate"]),
        ({"case": replace(KNOWN, acknowledgements=4)}, []),
        ({"case": replace(KNOWN, acknowledgements=5)}, ["rate"]),
    ],
)
def test_caps_per_sender_service_and_case(sent: dict, expected: list[str]) -> None:
    assert reasons(history=History(caps=CAPS, **sent)) == expected


# --- properties

kinds = st.sampled_from(Kind)
addresses = st.one_of(
    st.none(),
    st.builds(Address, st.text(max_size=8), st.one_of(st.emails(), st.text(max_size=20))),
)


@given(
    sender=addresses,
    signs=st.lists(st.sampled_from(MachineSign), max_size=4),
    webform=st.booleans(),
    kind=kinds,
    history=st.builds(
        History,
        case=st.none(),
        answered_before=st.booleans(),
        sent_to_sender_hour=st.integers(0, 5),
        backlog=st.booleans(),
    ),
)
def test_an_answer_has_one_recipient_and_no_reason_against_it(
    sender: Address | None, signs: list, webform: bool, kind: Kind, history: History
) -> None:
    mail = message(POLICY, *signs, sender=sender)
    decision = decide(mail, reading(kind, webform=webform), POLICY, history, NOW)
    if decision.acknowledge:
        assert decision.reasons == ()
        assert decision.recipient is not None
        assert decision.recipient.isprintable()
        assert decision.recipient.count("@") == 1
        assert decision.opens_case
    else:
        assert decision.reasons
