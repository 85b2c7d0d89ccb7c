"""winmail.dat: the text and the files that Outlook hides in it are read."""

from __future__ import annotations

import struct

import pytest
from golden_mails import mail

from triage.message.allowance import Allowance
from triage.message.reader import read_message
from triage.message.rtf import decompressed, rtf_text
from triage.message.tnef import read_tnef

SIGNATURE = bytes.fromhex("789f3e22") + b"\x01\x00"
HELLO = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c0900206277"
    "05b06c647d0a800fa0"
)
"""The example of MS-OXRTFCP section 3.1."""


def attribute(number: int, value: bytes, *, kind: int = 6, level: int = 1) -> bytes:
    checksum = struct.pack("<H", sum(value) & 0xFFFF)
    return struct.pack("<BHHI", level, number, kind, len(value)) + value + checksum


def properties(*found: tuple[int, int, bytes]) -> bytes:
    out = struct.pack("<I", len(found))
    for number, kind, value in found:
        out += struct.pack("<HHII", kind, number, 1, len(value)) + value + bytes(-len(value) % 4)
    return attribute(0x9003, out)


def raw_rtf(text: bytes) -> bytes:
    return struct.pack("<II", len(text) + 12, len(text)) + b"MELA" + bytes(4) + text


def letter(tnef: bytes, text: str = "") -> bytes:
    import base64

    body = f"--b\nContent-Type: text/plain\n\n{text}\n" if text else ""
    body += "--b\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n"
    return mail(
        body + base64.encodebytes(tnef).decode() + "--b--",
        "MIME-Version: 1.0",
        "Content-Type: multipart/mixed; boundary=b",
    )


@pytest.mark.parametrize(
    "tnef",
    [
        attribute(0x800C, b"Klacht over dossier 40718253\0", kind=2),
        properties((0x1000, 0x1E, b"Klacht over dossier 40718253\0")),
        properties((0x1000, 0x1F, "Klacht over dossier 40718253\0".encode("utf-16-le"))),
        properties((0x1013, 0x102, b"<p>Klacht over dossier <b>40718253</b></p>")),
        properties((0x1009, 0x102, raw_rtf(rb"{\rtf1\ansi Klacht over dossier 40718253\par}"))),
    ],
    ids=["body", "string", "unicode", "html", "rich text"],
)
def test_a_text_that_is_only_in_winmail_dat_is_read(tnef: bytes):
    assert read_message(letter(SIGNATURE + tnef)).typed == "Klacht over dossier 40718253"


def test_a_text_beside_winmail_dat_is_not_read_twice():
    tnef = SIGNATURE + attribute(0x800C, b"Klacht\0", kind=2)
    assert read_message(letter(tnef, "Klacht")).typed == "Klacht"


def test_the_files_in_winmail_dat_are_recorded_beside_it():
    tnef = SIGNATURE + attribute(0x9002, b"\0" * 14, level=2)
    tnef += attribute(0x8010, b"brief.txt\0", kind=1, level=2)
    tnef += attribute(0x800F, b"dossier 40718253", level=2)
    found = read_message(letter(tnef, "Zie bijlage")).attachments
    assert [(each.filename, each.size) for each in found] == [
        ("winmail.dat", len(tnef)),
        ("brief.txt", 16),
    ]


def test_rich_text_is_decompressed_as_the_specification_shows():
    assert decompressed(HELLO) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (rb"{\rtf1{\fonttbl{\f0 Arial;}}Hallo\par daar}", "Hallo\ndaar"),
        (rb"{\rtf1\ansi\ansicpg1250 Pan J\'f3zef}", "Pan Józef"),
        (rb"{\rtf1\uc1 \u322?aska}", "łaska"),
        (rb"{\rtf1\ansi\ansicpg932 \'8b\'ea\'8f\'ee}", "苦情"),
        (rb"{\rtf1{\*\generator Riched20;}\{a\}}", "{a}"),
        (
            rb"{\rtf1\fromhtml1{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 klacht\htmlrtf }\htmlrtf0}",
            "klacht",
        ),
    ],
)
def test_the_words_of_rich_text(rtf: bytes, text: str):
    assert rtf_text(rtf) == text


def test_of_many_winmail_dat_in_attached_mails_only_so_many_are_opened():
    tnef = SIGNATURE + attribute(0x9002, b"\0" * 14, level=2)
    tnef += properties((0x1009, 0x102, raw_rtf(rb"{\rtf1 Klacht}")))
    attached = b"--c\nContent-Type: message/rfc822\n\n" + letter(tnef) + b"\n"
    head = b"From: a@b.nl\nTo: c@d.nl\nContent-Type: multipart/mixed; boundary=c\n\n"
    message = read_message(head + attached * 20 + b"--c--")
    read = [each for each in message.attachments if "Klacht" in each.text]
    assert len(read) == Allowance().winmails


def test_of_the_properties_in_a_winmail_dat_only_those_of_a_mail_and_its_files_are_read():
    first = properties((0x1000, 0x1E, b"Klacht\0"))
    assert read_tnef(SIGNATURE + properties() * 50 + first).body is not None
    assert read_tnef(SIGNATURE + properties() * 51 + first).body is None


@pytest.mark.parametrize("cut", [0, 4, 6, 9, 15, 30, 60])
def test_a_winmail_dat_that_ends_early_breaks_nothing(cut: int):
    whole = SIGNATURE + properties((0x1000, 0x1E, b"Klacht over alles\0"), (0x1009, 0x102, HELLO))
    assert read_message(letter(whole[:cut], "Zie bijlage")).typed == "Zie bijlage"


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0x7FFFFFFF])
def test_sizes_and_counts_that_lie_cost_nothing(size: int):
    lies = struct.pack("<BHHI", 1, 0x9003, 6, size) + struct.pack(
        "<IHHII", size, 0x1E, 0x1000, size, size
    )
    assert read_tnef(SIGNATURE + lies).body is None


def test_rich_text_that_unfolds_without_end_is_cut():
    # Each pair of bytes repeats 17 bytes of the window; ten megabytes would unfold to 80.
    bomb = struct.pack("<II", 0, 0) + b"LZFu" + bytes(4) + (b"\xff" + b"\x00\x1f" * 8) * 600_000
    assert len(decompressed(bomb)) <= 400_200
