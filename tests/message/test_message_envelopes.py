"""Attachments and envelopes: recorded, read where they hold text, marked where encrypted."""

from __future__ import annotations

import base64
import hashlib

import pytest
from documents_for_tests import docx, pdf
from golden_mails import mail

from triage.message.allowance import Allowance
from triage.message.attachments import MAX_ATTACHMENTS
from triage.message.documents import MAX_TEXT, docx_text, pdf_text
from triage.message.envelopes import signed_content, without_armour
from triage.message.reader import read_message

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def with_file(content: bytes, kind: str, name: str) -> bytes:
    encoded = base64.encodebytes(content).decode()
    return mail(
        f'--b\n\nzie bijlage\n--b\nContent-Type: {kind}; name="{name}"\nContent-Transfer-Encoding: base64\n\n{encoded}\n--b--\n',
        "Content-Type: multipart/mixed; boundary=b",
    )


def test_an_attachment_is_recorded_by_name_type_size_and_hash():
    content = b"\xff\xd8\xff\xe0JFIF"
    (attachment,) = read_message(with_file(content, "image/jpeg", "foto.jpg")).attachments
    assert attachment.filename == "foto.jpg"
    assert attachment.content_type == "image/jpeg"
    assert attachment.size == len(content)
    assert attachment.sha256 == hashlib.sha256(content).hexdigest()
    assert attachment.text == ""


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "..\\..\\x", "a/b/c.pdf", "\u202egpj.exe"]
)
def test_an_attachments_name_is_never_a_path(name: str):
    (attachment,) = read_message(with_file(b"x", "application/octet-stream", name)).attachments
    assert not set("/\\\u202e") & set(attachment.filename)


def test_the_dossier_number_is_found_in_a_pdf():
    raw = with_file(
        pdf(["Geachte heer Bos,", "Dossier 54730908"], ["pagina twee"]),
        "application/pdf",
        "brief.pdf",
    )
    assert "Dossier 54730908" in read_message(raw).attachments[0].text
    assert "pagina twee" in read_message(raw).attachments[0].text


def test_a_pdf_is_known_by_its_first_bytes():
    raw = with_file(pdf(["Dossier 54730908"]), "application/octet-stream", "brief")
    assert "54730908" in read_message(raw).attachments[0].text


def test_the_dossier_number_is_found_in_a_docx():
    raw = with_file(docx("Geachte heer", "Dossier 54730908 &amp; meer"), DOCX, "brief.docx")
    assert read_message(raw).attachments[0].text == "Geachte heer\nDossier 54730908 & meer"


def test_text_and_html_attachments_are_read():
    assert (
        read_message(with_file("één".encode("cp1252"), "text/plain; charset=cp1252", "a.txt"))
        .attachments[0]
        .text
        == "één"
    )
    assert (
        read_message(with_file(b"<p>een</p><p>twee", "text/html", "a.html")).attachments[0].text
        == "een\n\ntwee"
    )


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.4 garbage",
        b"%PDF-" + b"\0" * 10_000,
        pdf(["x"])[:-300],
        pdf(["x"]).replace(b"/Kids [4 0 R]", b"/Kids [2 0 R]"),
        pdf(["x"]).replace(b"/Length", b"/Lengte"),
        b"",
    ],
)
def test_a_broken_pdf_gives_no_text_and_no_error(content: bytes):
    assert pdf_text(content, Allowance()) in {"", "x"}


@pytest.mark.parametrize(
    "content",
    [b"PK", b"PK\x03\x04" * 10, docx("x")[:-30], b"", docx("x").replace(b"word/", b"werd/")],
)
def test_a_broken_docx_gives_no_text_and_no_error(content: bytes):
    assert docx_text(content, Allowance()) == ""


def test_documents_are_bounded_in_pages():
    allowance = Allowance(pages=2)
    text = pdf_text(pdf(["een"], ["twee"], ["drie"]), allowance)
    assert "twee" in text
    assert "drie" not in text
    assert allowance.pages == 0


def test_documents_are_bounded_in_fonts():
    pages = (["een"], ["twee"], ["drie"])
    assert pdf_text(pdf(*pages, fonts=10), Allowance()).split() == ["een", "twee", "drie"]
    assert pdf_text(pdf(*pages, fonts=25), Allowance()).split() == ["een", "twee"]
    assert pdf_text(pdf(*pages, fonts=1000), Allowance()) == ""


def test_a_font_of_all_unicode_weighs_as_seventeen():
    # Twenty thousand bytes with two thousand of them took minutes.
    table = b"1 beginbfrange\n<0000> <FFFF> <0000>\nendbfrange"
    assert pdf_text(pdf(["een"], fonts=3, table=table), Allowance()) == "een"
    assert pdf_text(pdf(["een"], fonts=4, table=table), Allowance()) == ""
    letters = b"2 beginbfchar\n<65> <2019>\n<6e> <FB01>\nendbfchar"
    assert pdf_text(pdf(["een"], fonts=10, table=letters), Allowance()) != ""


def test_documents_are_bounded_in_drawing_instructions():
    assert pdf_text(pdf(["een"], ["x"] * 500), Allowance(operators=100)).strip() == "een"


def test_documents_are_bounded_in_number():
    allowance = Allowance(documents=1)
    assert docx_text(docx("een"), allowance) == "een"
    assert docx_text(docx("twee"), allowance) == ""
    assert pdf_text(pdf(["drie"]), allowance) == ""


def test_documents_are_bounded_in_characters():
    assert MAX_TEXT - 1 <= len(docx_text(docx("x" * 90_000), Allowance())) <= MAX_TEXT


def test_a_zip_bomb_is_not_unpacked():
    assert len(docx_text(docx(*["a" * 50_000] * 500), Allowance())) <= MAX_TEXT


@pytest.mark.parametrize("word", [b"startxref\n", b"1 0 obj\n", b"trailer\n"])
def test_a_pdf_of_repeated_keywords_is_not_opened(word: bytes):
    allowance = Allowance()
    assert pdf_text(b"%PDF-1.4\n" + word * 11_000, allowance) == ""
    assert allowance.documents == Allowance().documents


def test_attachments_are_listed_to_a_number():
    part = "--b\nContent-Type: image/png; name=a.png\n\nx\n"
    message = read_message(
        mail(part * (MAX_ATTACHMENTS + 5) + "--b--", "Content-Type: multipart/mixed; boundary=b")
    )
    assert len(message.attachments) == MAX_ATTACHMENTS
    assert "5 more attachments were not listed" in message.damage


def test_a_winmail_dat_is_recorded():
    raw = with_file(b"\x78\x9f\x3e\x22rest", "application/ms-tnef", "winmail.dat")
    assert read_message(raw).attachments[0].filename == "winmail.dat"


def der(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 0x80 else b"\x83" + size.to_bytes(3, "big")
    return bytes([tag]) + length + content


SIGNED = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("06092a864886f70d010701")
INNER = b"Content-Type: text/plain; charset=utf-8\r\n\r\nGetekend: dossier 54730908"


def cms(octets: bytes) -> bytes:
    content = der(0x30, DATA + der(0xA0, octets))
    return der(0x30, SIGNED + der(0xA0, der(0x30, b"\x02\x01\x01" + der(0x31, b"") + content)))


def test_signed_mail_is_read_inside_its_envelope():
    raw = mail(
        base64.encodebytes(cms(der(0x04, INNER))).decode(),
        "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
        "Content-Transfer-Encoding: base64",
    )
    message = read_message(raw)
    assert message.typed == "Getekend: dossier 54730908"
    assert "encrypted" not in message.damage


def test_signed_mail_in_the_pieces_of_outlook_is_read():
    pieces = der(0x04, INNER[:20]) + der(0x04, INNER[20:])
    assert signed_content(cms(b"\x24\x80" + pieces + b"\0\0")) == INNER


def within(raw: bytes, level: int) -> bytes:
    """A part of twenty parts in parts, the innermost of them an envelope around `raw`."""
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d-%d-\n\n--b%d-%d-\n" % (level, n, level, n)
        for n in range(20)
    )
    return opened + b"Content-Type: application/pkcs7-mime\n\n" + cms(der(0x04, raw))


def test_of_envelopes_in_envelopes_only_so_many_are_opened():
    raw = INNER
    for level in range(100):
        raw = within(raw, level)
    message = read_message(b"From: a@b.nl\nTo: c@d.nl\n" + raw)
    assert "too many S/MIME envelopes, the rest was not read" in message.unread
    assert len(message.attachments) == 1


@pytest.mark.parametrize(
    "data",
    [b"", b"\x30\x80", cms(b""), cms(b"\x04\x85aaaa"), cms(b"\x24\x80" + b"\x04"), SIGNED + DATA],
)
def test_a_broken_signature_raises_nothing(data: bytes):
    assert signed_content(data) in {None, b""}


@pytest.mark.parametrize(
    "raw",
    [
        mail(
            "AAAA",
            "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
            "Content-Transfer-Encoding: base64",
        ),
        mail(
            "AAAA",
            "Content-Type: application/x-pkcs7-mime; name=smime.p7m",
            "Content-Transfer-Encoding: base64",
        ),
        mail(
            "--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream\n\nx\n--b--",
            "Content-Type: multipart/encrypted; boundary=b",
        ),
        mail("-----BEGIN PGP MESSAGE-----\n\nhQIMA\n-----END PGP MESSAGE-----"),
    ],
)
def test_encrypted_mail_is_marked(raw: bytes):
    assert "encrypted" in read_message(raw).damage


def test_an_inline_signature_goes_to_the_footer():
    text = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nIk klaag.\n- -- \nJan\n-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n"
    message = read_message(mail(text))
    assert message.typed == "Ik klaag.\n--\nJan"
    assert message.footer.startswith("-----BEGIN PGP SIGNATURE-----")


def test_text_without_armour_stays_as_it_is():
    assert without_armour("-----BEGIN PGP niets").text == "-----BEGIN PGP niets"
