"""Whatever the bytes, a message: clean, bounded, always the same."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from triage.message.flowed import plain_lines
from triage.message.footers import part_footers
from triage.message.model import Address, Message
from triage.message.quoting import Context, split_quoted
from triage.message.reader import read_message

if TYPE_CHECKING:
    from collections.abc import Iterator

UNCLEAN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")

NAMES = st.sampled_from(
    [
        "From",
        "To",
        "Cc",
        "Subject",
        "Date",
        "Message-ID",
        "Return-Path",
        "Content-Type",
        "Content-Transfer-Encoding",
        "Content-Disposition",
        "References",
        "Auto-Submitted",
        "X-Spam-Status",
        "Authentication-Results",
        "Delivered-To",
        "x y",
        "",
    ]
)
VALUES = st.one_of(
    st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=60),
    st.sampled_from(
        [
            b"a@b.nl", b"Jan <a@b.nl>", b"=?utf-8?Q?=C3=A9?= <a@b.nl>", b"=?utf-8?B?w6k", b"g: a@b, c@d;", b'"', b"<", b"multipart/mixed; boundary=b", b"multipart/alternative; boundary=b", b"multipart/report; boundary=b",
            b"message/rfc822", b"message/delivery-status", b"text/html; charset=iso-8859-2", b"text/plain; format=flowed", b"text/plain; charset=utf-16", b"application/pkcs7-mime; smime-type=signed-data", b"base64", b"quoted-printable", b"x-uuencode", b"attachment; filename*0*=utf-8''%C3; filename*1=x",
            b"Thu, 07 Aug 2025 08:12:40 +0200", b"<>", b"auto-replied",
        ]
    ),
)  # fmt: skip
LINES = st.one_of(
    st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=40),
    st.sampled_from(
        [
            b"--b", b"--b--", b"", b"> oud", b">> ouder", b"On Mar 5, 2025, at 10:11, Jan <a@b.nl> wrote:", b"Op 5 mrt 2025 om 10:11 schreef Jan <", b"a@b.nl>:", b"From: Jan", b"Sent: 5 March 2025 10:11", b"To: x", b"Subject: y", b"-----Original Message-----",
            b"________________________________", b"Verstuurd vanaf mijn iPhone", b"begin 644 x", b"end", b"-----BEGIN PGP MESSAGE-----", b"<div class=gmail_quote>", b"<blockquote type=cite>", b"</div>", b"<p hidden>", b"Content-Type: text/html", b"%PDF-1.4", b"PK\x03\x04",
        ]
    ),
)  # fmt: skip


@st.composite
def mails(draw: st.DrawFn) -> bytes:
    """Draw a mail of plausible and broken pieces."""
    fields = draw(st.lists(st.tuples(NAMES, VALUES), max_size=8))
    body = draw(st.lists(LINES, max_size=25))
    end = draw(st.sampled_from([b"\n", b"\r\n", b"\r", b"\r\r\n"]))
    head = [name.encode() + b": " + value for name, value in fields]
    return end.join([*head, b"", *body])


def texts(message: Message) -> Iterator[str]:
    """Yield every text in a message."""
    for field in dataclasses.fields(message):
        yield from _texts(getattr(message, field.name))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _texts(each)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _texts(getattr(value, field.name))


def check(message: Message) -> None:
    for text in texts(message):
        assert UNCLEAN.search(text) is None
        text.encode("utf-8")
    for entry in (message.sender, *message.to, *message.cc, *message.reply_to):
        if entry is not None:
            assert isinstance(entry, Address)
            assert "@" in entry.address
            assert not set("\r\n<>,") & set(entry.address)
    assert "\n" not in message.subject
    assert all("/" not in each.filename for each in message.attachments)
    assert message.date is None or message.date.tzinfo is not None
    assert len(set(message.damage)) == len(message.damage)


@settings(max_examples=400)
@given(mails())
def test_any_mail_is_read_clean(raw: bytes):
    check(read_message(raw))


@settings(max_examples=300)
@given(st.binary(max_size=3_000))
def test_any_bytes_are_read_clean(raw: bytes):
    check(read_message(raw))


@settings(max_examples=100)
@given(mails())
def test_a_mail_is_read_alike_each_time(raw: bytes):
    assert read_message(raw) == read_message(raw)


@settings(max_examples=200)
@given(mails(), st.integers(0, 400))
def test_a_mail_that_broke_off_is_read(raw: bytes, end: int):
    check(read_message(raw[:end]))


@settings(max_examples=300)
@given(
    st.lists(
        LINES.map(lambda line: line.decode("utf-8", "replace").replace("\n", " ")), max_size=30
    ),
    st.booleans(),
    st.booleans(),
)
def test_every_line_is_somebodys(lines: list[str], reply: bool, forward: bool):
    text = "\n".join(lines)
    shares = split_quoted(plain_lines(text), Context(reply, forward))
    parted = part_footers(shares.typed)
    kept = "".join("".join(share) for share in (parted.typed, parted.footer, shares.quoted))
    assert sorted(_letters(kept)) == sorted(_letters(text))


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


@settings(max_examples=100)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_text_without_older_mail_is_typed_as_it_stands(text: str):
    plain = " ".join(text.replace(">", " ").replace("-", " ").split()) or "hoi"
    message = read_message(
        f"From: a@b.nl\nSubject: x\nContent-Type: text/plain; charset=utf-8\n\n{plain}.".encode()
    )
    assert _letters(plain)[:50] in _letters(message.typed) or message.typed != plain
    assert message.quoted == ""
