"""How an automatic answer is written: RFC 3834, RFC 5230 and RFC 5322, one rule one test."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outbox_samples import CASE, ENVELOPE, NOW, answered, html, occasion, parsed, plain
from sample_mails import EVERYTHING, MONDAY, NOTHING, SENDER, message, reading, shipped, sure
from selectolax.lexbor import LexborHTMLParser

from triage.message.model import Address, Message
from triage.outbox.compose import CaseName, Envelope, Outgoing, one_line
from triage.outbox.render import LANGUAGES
from triage.understanding.model import Kind

POLICY = shipped()["alektum-nl"]
ALLOWED_HEADERS = {
    *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"),
    *("Auto-Submitted", "X-Auto-Response-Suppress", "X-Triage-Loop"),
    *("MIME-Version", "Content-Type", "Content-Language"),
}


def reply_to(**changes) -> Outgoing:
    """Return the answer to a mail with these changes."""
    return answered(occasion(mail=message(POLICY, **changes)))


def headers_of(mail: Outgoing) -> list[bytes]:
    """Return the header lines as they go over the wire."""
    return mail.raw.partition(b"\r\n\r\n")[0].split(b"\r\n")


def readable(source: str) -> str:
    """Return the words of an HTML page."""
    page = LexborHTMLParser(source)
    assert page.body is not None
    return " ".join(page.body.text(separator=" ").split())


# --- RFC 3834


def test_answer_says_that_it_is_automatic() -> None:
    """RFC 3834 section 5.2."""
    assert parsed(answered())["Auto-Submitted"] == "auto-replied"


def test_answer_goes_to_one_recipient_and_nobody_in_copy() -> None:
    """RFC 3834 section 3.1.3."""
    mail = reply_to(cc=(Address("", "x@example.org"), Address("", "y@example.org")))
    assert mail.recipient == SENDER
    assert parsed(mail)["To"] == SENDER
    assert set(parsed(mail).keys()) == ALLOWED_HEADERS


def test_from_is_the_agency_at_an_address_that_people_read() -> None:
    """RFC 3834 section 3.1.2."""
    assert parsed(answered())["From"] == "Alektum Group <compliance@alektumgroup.nl>"


@pytest.mark.parametrize(
    ("bounce", "envelope_from"),
    [
        (None, "compliance@alektumgroup.nl"),
        ("bounces@alektumgroup.nl", "bounces@alektumgroup.nl"),
        ("", ""),
    ],
)
def test_bounces_go_where_the_settings_say_or_nowhere(
    bounce: str | None, envelope_from: str
) -> None:
    """RFC 3834 section 3.3: a bounce address, or the null path."""
    mail = answered(envelope=replace(ENVELOPE, bounce_address=bounce))
    assert mail.envelope_from == envelope_from


def test_answer_quotes_and_echoes_nothing_that_the_sender_wrote() -> None:
    """RFC 3834 section 3.2: no relay for spam."""
    mail = reply_to(
        subject="BUY-PILLS", typed="BUY-PILLS", sender=Address("BUY-PILLS", "jan@example.org")
    )
    assert b"PILLS" not in mail.raw


def test_answer_has_no_attachment_and_stays_small() -> None:
    """RFC 3834 section 2: a few kB at most; the longest is in two languages with all missing."""
    longest = answered(
        occasion("pro-actief", replace(reading(fields=NOTHING), language=sure("tr")))
    )
    types = [part.get_content_type() for part in parsed(longest).walk()]
    assert types == ["multipart/alternative", "text/plain", "text/html"]
    assert len(longest.raw) < 15_000


def test_other_responders_are_told_to_stay_silent_and_the_loop_is_marked() -> None:
    mail = parsed(answered())
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["X-Triage-Loop"] == "agency-1"


# --- RFC 5322


def test_date_is_the_moment_of_the_answer() -> None:
    late = NOW.astimezone(timezone(timedelta(hours=2)))
    assert parsed(answered(now=late))["Date"] == "Mon, 02 Mar 2026 09:30:02 +0000"


def test_message_id_is_the_one_that_was_stored() -> None:
    mail = answered(message_id="stored@agency.example")
    assert parsed(mail)["Message-ID"] == "<stored@agency.example>"
    assert mail.message_id == "stored@agency.example"


def test_subject_names_the_case_with_its_token() -> None:
    assert parsed(answered())["Subject"].endswith(" [NL26-00042-K7QFX2M9]")


def test_languages_of_the_text_are_named() -> None:
    assert parsed(answered())["Content-Language"] == "nl"
    hungarian = occasion(read=replace(reading(), language=sure("hu")))
    assert parsed(answered(hungarian))["Content-Language"] == "nl, en"


@pytest.mark.parametrize(
    ("changes", "references"),
    [
        ({}, "<first@example.org>"),
        ({"references": ("a@x", "b@x")}, "<a@x> <b@x> <first@example.org>"),
        ({"in_reply_to": ("a@x", "b@x")}, "<a@x> <first@example.org>"),
        (
            {"references": ("a@x",), "in_reply_to": ("b@x",)},
            "<a@x> <first@example.org>",
        ),
        ({"references": ("a@x", "first@example.org")}, "<a@x> <first@example.org>"),
    ],
)
def test_answer_is_threaded_under_the_mail(changes: dict, references: str) -> None:
    """RFC 5322 section 3.6.4, RFC 5230 section 5.8."""
    mail = parsed(reply_to(**changes))
    assert mail["In-Reply-To"] == "<first@example.org>"
    assert mail["References"] == references


def test_of_a_long_thread_the_first_and_the_latest_are_kept() -> None:
    ids = tuple(f"m{number}@example.org" for number in range(50))
    references = str(parsed(reply_to(references=ids))["References"]).split()
    kept = [0, *range(42, 50)]
    assert references == [*(f"<m{number}@example.org>" for number in kept), "<first@example.org>"]


@pytest.mark.parametrize(
    "message_id", ["", "no-at-sign", "a b@c", "a@b>", "ä@example.org", "x@y\r\nBcc: z@example.org"]
)
def test_a_mail_without_a_usable_id_is_answered_without_a_thread(message_id: str) -> None:
    mail = parsed(reply_to(message_id=message_id, references=("a@x",)))
    assert "In-Reply-To" not in mail
    assert "References" not in mail


def test_ids_of_a_wrong_form_are_left_out() -> None:
    mail = reply_to(references=("a@x", "bad id@x", "<b@x>", "c@x\r\nBcc: d@x", "e@x"))
    assert parsed(mail)["References"] == "<a@x> <e@x> <first@example.org>"


def test_an_id_longer_than_a_line_is_neither_cut_nor_encoded() -> None:
    """Exchange's are; made an encoded word, as the library would, they thread nothing."""
    exchange = "AM0PR08MB32191234567890ABCDEF@AM0PR08MB3219.eurprd08.prod.outlook.com"
    mail = reply_to(message_id=exchange, references=(exchange.lower(), "a@x"))
    assert f"In-Reply-To: <{exchange}>".encode() in headers_of(mail)
    assert parsed(mail)["References"] == f"<{exchange.lower()}> <a@x> <{exchange}>"


# --- the wire form


@pytest.mark.parametrize("language", [*LANGUAGES, "hu"])
@pytest.mark.parametrize("fields", [NOTHING, EVERYTHING])
def test_lines_are_short_and_in_ascii(language: str, fields) -> None:
    read = replace(reading(fields=fields), language=sure(language))
    raw = answered(occasion("pro-actief", read)).raw
    assert raw.isascii()
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 76


def test_a_long_subject_is_folded_between_encoded_words_never_inside_a_character() -> None:
    case = CaseName("NL26-00042", "Państwa zażółć gęślą jaźń " * 12)
    mail = answered(case=case)
    lines = [line for line in headers_of(mail) if b"=?" in line]
    assert len(lines) > 2
    assert all(len(line) <= 76 for line in lines)
    for word in re.findall(rb"=\?utf-8\?[qb]\?[^?]*\?=", b" ".join(lines)):
        assert len(word) <= 75
    assert parsed(mail)["Subject"].endswith("zażółć gęślą jaźń")


def test_nothing_is_longer_than_smtp_allows_however_long_the_ids() -> None:
    """RFC 5322 section 2.1.1: 998 characters."""
    longest = "a" * 240 + "@" + "b" * 240
    mail = reply_to(message_id=longest, references=(longest.upper(),) * 30)
    assert max(map(len, headers_of(mail))) <= 998


def test_a_domain_beyond_ascii_is_written_in_its_ascii_form() -> None:
    mail = reply_to(sender=Address("", "jan@exämple.org"))
    assert mail.recipient == "jan@xn--exmple-cua.org"
    assert mail.raw.isascii()


def test_a_local_part_beyond_ascii_stands_in_utf8_as_it_is() -> None:
    """RFC 6532: there is no other way to write it; SMTP then needs SMTPUTF8."""
    mail = reply_to(sender=Address("", "ján@exämple.org"))
    assert mail.recipient == "ján@xn--exmple-cua.org"
    assert "To: ján@xn--exmple-cua.org".encode() in headers_of(mail)
    assert parsed(mail)["To"] == "ján@xn--exmple-cua.org"


# --- both forms say the same


@pytest.mark.parametrize("language", [*LANGUAGES, "hu"])
@pytest.mark.parametrize("policy", ["alektum-nl", "alektum-pl", "pro-actief"])
@pytest.mark.parametrize("kind", [Kind.COMPLAINT, Kind.DATA_REQUEST])
def test_html_says_the_same_as_the_plain_text(language: str, policy: str, kind: Kind) -> None:
    read = replace(reading(kind, NOTHING), language=sure(language))
    mail = answered(occasion(policy, read))
    words = re.sub(r"(?m)^(- |-{40}$)", "", plain(mail))
    assert readable(html(mail)) == " ".join(words.split())


def test_html_loads_nothing_and_runs_nothing() -> None:
    source = html(answered()).lower()
    assert not re.search(
        r"<(script|img|link|iframe|form|object|style)|url\(|https?:|javascript:", source
    )


def test_html_names_its_language_and_its_subject() -> None:
    source = html(answered())
    assert '<html lang="nl">' in source
    assert "<title>Wij hebben uw klacht ontvangen</title>" in source


def test_html_of_a_language_that_runs_from_right_to_left_says_so() -> None:
    arabic = html(answered(occasion(read=replace(reading(fields=NOTHING), language=sure("ar")))))
    assert '<html lang="ar" dir="rtl">' in arabic
    assert '<td dir="rtl" align="right"' in arabic
    assert "padding-right:22px" in arabic
    assert "padding-left:22px" not in arabic
    assert "rtl" not in html(answered())


# --- injection


HOSTILE = (
    "x\r\nBcc: evil@example.org",
    "x\nBcc: evil@example.org",
    "x\r\n\r\nBody",
    "x\x00y",
    "x\u2028Bcc: evil@example.org",
)


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(
    "field",
    ["agency", "number", "tag", "message_id", "instance", "sender", "subject", "references"],
)
def test_no_value_adds_a_header_line(field: str, value: str) -> None:
    policy, case, envelope = POLICY, CASE, ENVELOPE
    mail, message_id = message(POLICY), "id@agency.example"
    if field == "agency":
        policy = replace(POLICY, agency=replace(POLICY.agency, name=value, signature={}))
    elif field in {"number", "tag"}:
        case = replace(CASE, **{field: value})
    elif field == "message_id":
        mail = replace(mail, message_id=f"{value}@x")
    elif field == "instance":
        envelope = replace(ENVELOPE, instance=one_line(value))
    elif field == "sender":
        mail = replace(mail, sender=Address(value, SENDER))
    elif field == "subject":
        mail = replace(mail, subject=value, typed=value)
    else:
        mail = replace(mail, references=(f"{value}@x", value))
    found = replace(occasion(mail=mail), policy=policy)
    out = answered(found, case=case, envelope=envelope, message_id=message_id)
    names = {line.partition(b":")[0] for line in headers_of(out) if not line.startswith(b" ")}
    assert names <= {name.encode() for name in ALLOWED_HEADERS}
    assert parsed(out)["Bcc"] is None


@pytest.mark.parametrize(
    "value", ["<script>alert(1)</script>", '"><img src=x>', "&lt;b&gt;", "{{ 7*7 }}"]
)
def test_html_in_a_value_is_shown_not_obeyed(value: str) -> None:
    policy = replace(POLICY, agency=replace(POLICY.agency, signature={"nl": value}))
    mail = answered(replace(occasion(), policy=policy), case=replace(CASE, number=value))
    assert value in plain(mail)
    assert value in readable(html(mail))
    assert "<script" not in html(mail)
    assert "<img" not in html(mail)


anything = st.text(max_size=60)


@given(anything, anything, st.tuples(anything, anything), anything, anything)
def test_whatever_a_mail_holds_the_answer_is_whole(
    name: str, message_id: str, references: tuple[str, str], subject: str, typed: str
) -> None:
    mail: Message = message(
        POLICY,
        sender=Address(name, SENDER),
        message_id=message_id,
        references=references,
        subject=subject,
        typed=typed,
    )
    out = answered(occasion(mail=mail))
    assert out.raw.isascii()
    assert set(parsed(out).keys()) <= ALLOWED_HEADERS
    assert parsed(out)["To"] == SENDER
    assert "NL26-00042" in plain(out)


# --- personal numbers


@pytest.mark.parametrize("language", [*LANGUAGES, "hu"])
def test_no_personal_number_is_in_the_subject_or_anywhere_else(language: str) -> None:
    fields = replace(EVERYTHING, national_id=sure("123456782"), dossier_numbers=(sure("87654321"),))
    mail = message(
        POLICY,
        subject="Klacht BSN 123456782",
        typed="Mijn BSN is 123456782, IBAN NL91ABNA0417164300",
    )
    read = replace(reading(fields=fields), language=sure(language))
    out = answered(occasion(read=read, mail=mail))
    shown = out.raw.decode() + plain(out) + html(out)
    for secret in ("123456782", "87654321", "NL91ABNA0417164300", "Kerkstraat", "+31612345678"):
        assert secret not in shown


# --- what cannot be answered


def test_a_decision_without_a_recipient_cannot_be_composed() -> None:
    with pytest.raises(ValueError, match="names its recipient"):
        reply_to(sender=None)


def test_the_moment_of_receipt_is_shown_in_the_zone_of_the_policy() -> None:
    assert "2 maart 2026 om 10:30 uur" in plain(answered())
    summer = replace(occasion(), received=MONDAY.replace(month=7))
    assert "2 juli 2026 om 11:30 uur" in plain(answered(summer))


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    line = one_line(text)
    assert line.isprintable()
    assert line == line.strip()


def test_the_envelope_is_apart_from_the_text() -> None:
    envelope = Envelope("complaints@agency.example", "", "i")
    mail = answered(envelope=envelope)
    assert b"bounces" not in mail.raw
    assert parsed(mail)["From"] == "Alektum Group <complaints@agency.example>"
