"""MIME structure: sound, broken and nested; both readers; what is text and what is attached."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from golden_mails import goldens, lines_of, mail

from triage.message import mailparser_adapter, reader
from triage.message.headers import split_headers
from triage.message.parts import MAX_DEPTH, MAX_PARTS, Part
from triage.message.reader import read_message
from triage.message.walk import read_structure

HEAD = b"From: a@b.nl\nTo: c@d.nl\nSubject: x\nMIME-Version: 1.0\n"


def multipart(subtype: str, *parts: str, close: bool = True) -> bytes:
    body = "".join(f"--b\n{part}\n" for part in parts) + ("--b--\n" if close else "")
    return HEAD + f"Content-Type: multipart/{subtype}; boundary=b\n\npreamble\n{body}".encode()


TEXT = "Content-Type: text/plain; charset=utf-8\n\neen"
MORE = "Content-Type: text/plain\n\ntwee"
HTML = "Content-Type: text/html; charset=utf-8\n\n<p>html</p>"
FILE = "Content-Type: image/jpeg; name=foto.jpg\nContent-Transfer-Encoding: base64\n\n/9j/4A=="
NOTE = "Content-Type: text/plain; name=brief.txt\nContent-Disposition: attachment\n\ninhoud"
LETTER = "Content-Type: message/rfc822\n\nFrom: x@y.nl\nTo: z@w.nl\nSubject: oud\nDate: Thu, 07 Aug 2025 08:12:40 +0200\n\noude tekst"


@pytest.mark.parametrize(
    ("raw", "typed", "files"),
    [
        (multipart("mixed", TEXT, FILE), ["een"], ["foto.jpg"]),
        (multipart("mixed", TEXT, FILE, MORE), ["een", "twee"], ["foto.jpg"]),  # Apple Mail
        (multipart("mixed", TEXT, NOTE), ["een"], ["brief.txt"]),
        (multipart("mixed", FILE), [], ["foto.jpg"]),
        (multipart("alternative", TEXT, HTML), ["een"], []),
        (multipart("alternative", HTML), ["html"], []),
        (multipart("related", HTML, FILE), ["html"], ["foto.jpg"]),
        (multipart("mixed", TEXT, LETTER), ["een"], ["oud.eml"]),
        (
            multipart(
                "signed",
                TEXT,
                "Content-Type: application/pgp-signature\n\n-----BEGIN PGP SIGNATURE-----",
            ),
            ["een"],
            ["attachment-1"],
        ),
        (multipart("mixed", TEXT, close=False), ["een"], []),
        (multipart("mixed", "\nzonder kopregels"), ["zonder kopregels"], []),
        (multipart("unheard-of", TEXT, MORE), ["een", "twee"], []),
        (
            mail(
                "x", "Content-Type: text/plain; name=tekst.txt", "Content-Disposition: attachment"
            ),
            ["x"],
            [],
        ),
        (
            multipart("mixed", "Content-Type: text/plain; name=tekst.txt\n\nx"),
            ["x"],
            [],
        ),  # a named body
    ],
)
def test_texts_and_attachments_are_told_apart(raw: bytes, typed: list[str], files: list[str]):
    message = read_message(raw)
    assert lines_of(message.typed) == typed
    assert [each.filename for each in message.attachments] == files


def test_a_part_of_an_alternative_may_be_a_multipart():
    inner = (
        "Content-Type: multipart/related; boundary=c\n\n--c\n" + HTML + "\n--c\n" + FILE + "\n--c--"
    )
    message = read_message(multipart("alternative", TEXT, inner))
    assert message.typed == "een"
    assert [each.filename for each in message.attachments] == ["foto.jpg"]


def test_an_attached_mail_is_no_text_of_this_one():
    message = read_message(multipart("mixed", TEXT, LETTER))
    assert "oude tekst" not in message.typed
    assert (
        message.attachments[0].text
        == "From:  <x@y.nl>\nDate: Thu, 07 Aug 2025 08:12:40 +0200\nTo: z@w.nl\nSubject: oud\n\noude tekst"
    )


@pytest.mark.parametrize(
    ("raw", "typed", "damage"),
    [
        (
            HEAD + b"Content-Type: multipart/mixed\n\n--abcdefghij\n\ntekst\n--abcdefghij--",
            "tekst",
            "no boundary",
        ),
        (
            HEAD + b"Content-Type: multipart/mixed; boundary=zzz\n\ntekst",
            "tekst",
            "a multipart whose boundary never occurs",
        ),
        (
            HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntekst",
            "tekst",
            "a multipart without its end",
        ),
        (HEAD + b"Content-Type: ;;;\n\ntekst", "tekst", ""),
        (
            HEAD + b"Content-Type: text/plain; charset=klingon\n\ntekst",
            "tekst",
            "unknown charset klingon",
        ),
        (HEAD + b"Content-Transfer-Encoding: frobnicate\n\ntekst", "tekst", ""),
        (HEAD + b"Content-Transfer-Encoding: base64\n\ndGVr\nc3Q", "tekst", ""),
        (HEAD + b"Content-Transfer-Encoding: quoted-printable\n\nte=6B=\nst=", "tekst", ""),
        (b"tekst zonder kop", "tekst zonder kop", "no header"),
        (b"", "", "no header"),
        (b"\x00\x00\x00", "", "no header"),
        (HEAD + b"tekst", "tekst", "no empty line after the header"),
        (
            HEAD.replace(b"\n", b"\r") + b"\rregel een\rregel twee",
            "regel een\nregel twee",
            "lines end in lone carriage returns",
        ),
        (HEAD.replace(b"\n", b"\r\r\n") + b"\r\r\ntekst", "tekst", ""),
        (HEAD + b"\nte\x00kst", "tekst", ""),
    ],
)
def test_broken_mails_are_read_and_marked(raw: bytes, typed: str, damage: str):
    message = read_message(raw)
    assert message.typed == typed
    assert damage in message.damage or damage in {"", "no boundary"}


def test_nested_multiparts_are_read_to_a_depth():
    raw = HEAD + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1_000)
    )
    message = read_message(raw + b"Content-Type: text/plain\n\ndiep")
    assert message.damage[-1] == f"nested deeper than {MAX_DEPTH} levels, the rest was not read"


def test_a_thousand_parts_are_read_to_a_number():
    part = "Content-Type: text/plain\n\nhoi"
    message = read_message(multipart("mixed", *[part] * 1_000))
    assert f"more than {MAX_PARTS} parts, the rest was not read" in message.damage
    assert message.typed.count("hoi") <= MAX_PARTS


def test_uuencoded_files_are_taken_out_of_the_text():
    message = read_message(mail("voor\nbegin 644 foto.jpg\n#0V%T\n`\nend\nna\n"))
    assert message.typed == "voor\nna"
    assert [(each.filename, each.size) for each in message.attachments] == [("foto.jpg", 3)]


def test_flowed_text_is_unfolded():
    folded = "Dit is een lange regel die door het programma is afgebroken en \nhier verder gaat.\n> en dit is een lange regel van de oude mail die ook afgebroken \n> is.\n"
    raw = mail(folded, "Content-Type: text/plain; format=flowed", "In-Reply-To: <a@b>")
    message = read_message(raw)
    assert (
        message.typed
        == "Dit is een lange regel die door het programma is afgebroken en hier verder gaat."
    )
    assert message.quoted == "en dit is een lange regel van de oude mail die ook afgebroken is."


def test_flowed_text_keeps_short_lines_that_end_in_a_blank():
    raw = mail("Met vriendelijke groet, \nJan\n", "Content-Type: text/plain; format=flowed")
    assert read_message(raw).typed == "Met vriendelijke groet,\nJan"


def test_an_empty_line_of_flowed_text_stays_behind_a_line_that_ends_in_a_blank():
    long = (
        "Ik wil weten wat jullie van me willen, schriftelijk graag want ik vertrouw het niet meer."
    )
    raw = mail(f"{long} \n\nJan\n", "Content-Type: text/plain; format=flowed")
    assert read_message(raw).typed == f"{long}\n\nJan"


def test_flowed_text_with_delsp_joins_words():
    raw = mail("x" * 60 + " \nyy\n", "Content-Type: text/plain; format=flowed; delsp=yes")
    assert read_message(raw).typed == "x" * 60 + "yy"


def test_html_that_claims_to_be_plain_is_read_as_html():
    assert (
        read_message(mail("<html><body><p>een</p><p>twee</p></body></html>")).typed == "een\n\ntwee"
    )


def test_an_escaped_mbox_line_is_no_quotation():
    assert (
        read_message(mail("hoi\n>From nu af betaal ik niet meer\n")).typed
        == "hoi\n>From nu af betaal ik niet meer"
    )


def corpus_mails() -> list[bytes]:
    folder = Path(__file__).parents[1] / "corpus"
    sys.path.insert(0, str(folder))
    import render

    sys.path.pop(0)
    records = [
        json.loads(line)
        for path in sorted((folder / "dev").glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
        if line
    ]
    return [render.render(record).as_bytes() for record in records]


def test_mail_parser_and_our_own_walk_read_sound_mails_alike(monkeypatch: pytest.MonkeyPatch):
    raws = corpus_mails() + [golden.raw() for golden in goldens()]
    first = [read_message(raw) for raw in raws]
    monkeypatch.setattr(mailparser_adapter, "is_ordinary", lambda *_: False)
    assert [read_message(raw) for raw in raws] == first


def test_ordinary_mails_go_to_mail_parser_first(monkeypatch: pytest.MonkeyPatch):
    asked: list[bytes] = []
    monkeypatch.setattr(mailparser_adapter, "read_letter", lambda raw, _: asked.append(raw))
    read_message(mail("hoi"))
    assert len(asked) == 1


@pytest.mark.parametrize(
    "raw",
    [
        mail("x" * 600_000),
        mail("x", "To: " + "a@b.nl, " * 2_000),
        mail("x", "Subject: tweede"),
        mail("x", "X-Naam: é"),
        mail("x\x00y"),
        mail("x\ry"),
        mail("x", sender="Team: a@b.nl;"),
        mail("x", "X-Naam: =?utf-8?Q?=C3=A9=C3=A9n?=\n twee"),
        multipart("mixed", TEXT, LETTER),
        multipart("mixed", *[TEXT] * 100),
        HEAD + b"".join(b"X-%d: v\n" % n for n in range(500)) + b"\nhoi",
    ],
)
def test_mails_that_mail_parser_is_slow_on_or_damages_go_to_our_own_walk(raw: bytes):
    section = split_headers(raw)
    assert not mailparser_adapter.is_ordinary(raw, section.headers, section.body)


@pytest.mark.parametrize(
    "fault",
    [
        ValueError("x"),
        RecursionError(),
        AttributeError("x"),
        UnicodeDecodeError("ascii", b"", 0, 1, "x"),
    ],
)
def test_whatever_mail_parser_raises_the_mail_is_read(
    monkeypatch: pytest.MonkeyPatch, fault: Exception
):
    def fail(_: bytes) -> None:
        raise fault

    monkeypatch.setattr(mailparser_adapter.mailparser, "parse_from_bytes", fail)
    message = read_message(mail("hoi"))
    assert (message.typed, message.subject) == ("hoi", "Dossier")


def test_a_damaged_outcome_of_mail_parser_is_not_used():
    raw = mail("hoi", "Cc: =?utf-8?Q?J=C3=A9?= =?x-bad?Q?r=E9?= <j@x.nl>")
    assert read_message(raw).cc[0].address == "j@x.nl"
    assert "�" not in read_message(raw).cc[0].name


def test_the_blank_between_an_encoded_word_and_a_folded_line_is_kept():
    raw = b"From: a@b.nl\nSubject: =?utf-8?q?vanskelige_=C3=A5?=\n finne?\n\nx"
    assert read_message(raw).subject == "vanskelige å finne?"


def test_only_one_module_imports_mail_parser():
    package = Path(reader.__file__).parent
    importers = [
        path.name
        for path in package.glob("*.py")
        if "import mailparser\n" in path.read_text("utf-8")
    ]
    assert importers == ["mailparser_adapter.py"]


def test_parts_are_walked_in_document_order():
    section = split_headers(multipart("mixed", TEXT, HTML))
    root, damage = read_structure(multipart("mixed", TEXT, HTML), section.headers, section.body)
    assert [part.content_type for part in root.walk()] == [
        "multipart/mixed",
        "text/plain",
        "text/html",
    ]
    assert isinstance(root, Part)
    assert damage == ()
