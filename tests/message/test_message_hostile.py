"""Hostile mails: bounded in size, parts, depth and work. Work is counted, never timed."""

from __future__ import annotations

import base64
import sys
from typing import TYPE_CHECKING

import pytest
from golden_mails import mail

from triage.message import quoting
from triage.message.allowance import Allowance
from triage.message.body import MAX_LINES
from triage.message.headers import MAX_FIELDS
from triage.message.markup import html_lines
from triage.message.reader import MAX_QUOTED, MAX_TYPED, read_message
from triage.message.tags import strip_tags

if TYPE_CHECKING:
    from collections.abc import Callable

    from triage.message.model import Message

HEAD = "From: a@b.nl\nTo: c@d.nl\nSubject: x\n"


def html(body: str) -> bytes:
    return mail(body, "Content-Type: text/html; charset=utf-8")


def nested(count: int) -> bytes:
    opened = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(count)
    )
    return (HEAD + opened + "\nhoi").encode()


FLOODS: dict[str, Callable[[int], bytes]] = {
    "headers": lambda n: (HEAD + "".join(f"X-{i}: v\n" for i in range(n)) + "\nhoi").encode(),
    "folded lines": lambda n: ("From: a@b.nl\nSubject: a\n" + " b\n" * n + "\nhoi").encode(),
    "a To of many addresses": lambda n: (
        "To: " + "a@b.nl, " * n + "\nFrom: a@b.nl\n\nhoi"
    ).encode(),
    "unbalanced quotes": lambda n: ("From: " + '"\\"' * n + "\n\nhoi").encode(),
    "unbalanced comments": lambda n: ("From: " + "(" * n + "\n\nhoi").encode(),
    "encoded words": lambda n: (
        "From: a@b.nl\nSubject: " + "=?utf-8?q?a?=" * n + "\n\nhoi"
    ).encode(),
    "encoded words without end": lambda n: (
        "From: a@b.nl\nSubject: " + "=?a?q?" * n + "\n\nhoi"
    ).encode(),
    "parameters": lambda n: mail("hoi", "Content-Type: text/plain; " + "a*0*=b; " * n),
    "references": lambda n: mail("hoi", "References: " + "<a@b> " * n),
    "parts": lambda n: mail(
        "--b\n\nhoi\n" * n + "--b--", "Content-Type: multipart/mixed; boundary=b"
    ),
    "nested parts": nested,
    "attached mails in mails": lambda n: (HEAD + "Content-Type: message/rfc822\n\n" * n).encode(),
    "lines like the boundary": lambda n: mail(
        "--bx\n" * n, "Content-Type: multipart/mixed; boundary=b"
    ),
    "one long line": lambda n: mail("a" * n * 100),
    "lines": lambda n: mail("a\n" * n),
    "empty lines": lambda n: mail("\n" * n),
    "quotation signs": lambda n: mail(">" * n),
    "quoted lines": lambda n: mail("> a\n" * n),
    "Op": lambda n: mail("Op " * n),
    "dated lines": lambda n: mail("Op 3 mei 2025 om 10:11\n" * n),
    "wrote": lambda n: mail("schreef:\n" * n),
    "header labels": lambda n: mail("From: x\n" * n),
    "header labels and text": lambda n: mail("From: x\nfoo\n" * n),
    "rules": lambda n: mail("----- foo -----\n" * n),
    "underscores": lambda n: mail("_" * 30 + "\n" + ("_" * 30 + "\n") * n),
    "disclaimers begun": lambda n: mail("dit bericht is\n" * n),
    "app lines begun": lambda n: mail("sent from my\n" * n),
    "flowed lines": lambda n: mail("a \n" * n, "Content-Type: text/plain; format=flowed"),
    "uuencoded files": lambda n: mail("begin 644 a\nend\n" * n),
    "nested elements": lambda n: html("<div>" * n),
    "nested closed elements": lambda n: html("<div>" * n + "x" + "</div>" * n),
    "comments begun": lambda n: html("<!--" * n),
    "tags begun": lambda n: html("<" * n),
    "links": lambda n: html("".join(f'<a href="http://x.nl/{i}">l</a> ' for i in range(n))),
    "formatting never closed": lambda n: html(
        "".join(f"<font color={i}>" for i in range(n)) + "<p>x" * n
    ),
    "styles": lambda n: html("<style>" * n),
    "accents": lambda n: mail("a" + "\u0301\u0323" * n, "Content-Type: text/plain; charset=utf-8"),
    "delivery status groups": lambda n: mail(
        "--b\nContent-Type: message/delivery-status\n\n" + "Action: failed\n\n" * n + "--b--",
        "Content-Type: multipart/report; boundary=b",
    ),
}


def is_bounded(message: Message) -> bool:
    return (
        len(message.typed) <= MAX_TYPED
        and len(message.quoted) <= MAX_QUOTED
        and len(message.headers) <= MAX_FIELDS
        and len(message.damage) <= 30
        and len(message.subject) <= 1_000
        and len(message.to) <= 200
    )


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_floods_give_a_bounded_message(flood: Callable[[int], bytes]):
    assert is_bounded(read_message(flood(50_000)))


def work(raw: bytes) -> int:
    """Count the calls, of Python and of C, that reading a mail takes."""
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        read_message(raw)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_twice_the_flood_is_at_most_a_good_twice_the_work(flood: Callable[[int], bytes]):
    read_message(flood(10))
    once, twice = work(flood(1_000)), work(flood(2_000))
    assert twice < 2.4 * once + 3_000


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_no_flood_takes_more_than_so_much_work(flood: Callable[[int], bytes]):
    assert work(flood(12_000)) < 1_500_000


def test_forty_megabytes_of_photo_are_not_copied_about():
    def with_photo(quarters: int) -> bytes:
        photo = base64.encodebytes(b"\x89abc" * quarters).decode()
        return mail(
            f"--b\n\nhoi\n--b\nContent-Type: image/jpeg\nContent-Transfer-Encoding: base64\n\n{photo}\n--b--",
            "Content-Type: multipart/mixed; boundary=b",
        )

    read_message(with_photo(1))  # word lists are read at the first mail
    raw = with_photo(750_000)
    assert work(raw) < 6_000
    assert read_message(raw).attachments[0].size == 3_000_000


def test_an_oversized_mail_is_read_in_its_beginning(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("triage.message.reader.MAX_MAIL", 1024 * 1024)
    message = read_message(mail("hoi\n" + "x" * 2_000_000))
    assert message.damage[0] == "larger than 1 MB, the rest was not read"
    assert message.size > 2_000_000
    assert message.typed.startswith("hoi")


def test_only_so_many_lines_are_read():
    message = read_message(mail("a\n" * 50_000))
    assert message.typed.count("\n") < MAX_LINES
    assert f"more than {MAX_LINES} lines, the rest was not read" in message.damage


def test_only_so_many_lines_are_looked_at_closely(monkeypatch: pytest.MonkeyPatch):
    looked: list[int] = []
    monkeypatch.setattr(quoting, "attribution_start", lambda _, index, **__: looked.append(index))
    monkeypatch.setattr(quoting, "block_at", lambda *_: None)
    read_message(mail("Op 3 mei 2025 om 10:11 schreef x@y.nl:\n" * 5_000))
    assert len(looked) == 500


def test_html_is_parsed_within_an_allowance_for_the_whole_mail():
    allowance = Allowance(parsed_tags=100, stripped_tags=50)
    assert html_lines("<p>a</p>" * 10, allowance)[1] == ""
    assert allowance.parsed_tags == 80
    assert (
        html_lines("<p>a</p>" * 100, allowance)[1]
        == "the HTML is too complex, its tags were only stripped"
    )
    assert allowance.stripped_tags == 0


def test_deep_html_is_stripped_not_parsed():
    message = read_message(html("<div>" * 200_000 + "diep"))
    assert "the HTML is too complex, its tags were only stripped" in message.damage


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("<p>een</p><p>twee", ["", "een", "", "twee"]),
        ("een<br>twee &amp; drie", ["een", "twee & drie"]),
        ("a<!-- x -->b", ["ab"]),
        ("a<!-- x", ["a"]),
        ("a<style>x</style>b<script>y", ["ab"]),
        ("3 < 4", ["3 < 4"]),
        ("<", ["<"]),
        ("a<b", ["a"]),
    ],
)
def test_tags_are_stripped(text: str, lines: list[str]):
    assert strip_tags(text, 100)[0] == lines


def test_texts_beyond_the_allowance_are_left_out_and_told():
    message = read_message(
        mail("--b\n\nhoi\n" * 200 + "--b--", "Content-Type: multipart/mixed; boundary=b")
    )
    assert message.typed.count("hoi") == Allowance().texts
    assert "too many texts, the rest was not read" in message.damage


def test_empty_lines_before_the_header_hide_no_header():
    raw = b" \r\n\r\nReturn-Path: <>\r\nFrom: Jo <jo@mail.example>\r\nSubject: Re: zaak\r\n\r\nHallo\r\n"
    message = read_message(raw)
    assert message.sender is not None
    assert message.typed == "Hallo"
    assert "empty lines before the header" in message.damage
