"""Charsets: the declared one, then UTF-8, then the country's, then detection."""

from __future__ import annotations

import codecs

import pytest

from triage.message.allowance import Allowance
from triage.message.body import decode_part
from triage.message.charset import codec_for, decode
from triage.message.clean import clean_filename, clean_line, clean_text
from triage.message.parts import About, Part
from triage.message.reader import read_message

POLISH = "Zażalenie: proszę o odpowiedź, dzień dobry, Łódź"
DUTCH = "Geachte heer, één café, coöperatie"


@pytest.mark.parametrize(
    "label", ["iso-8859-2", "ISO8859-2", "latin2", '"iso-8859-2"', "iso_8859-2"]
)
def test_the_declared_charset_is_used(label: str):
    assert decode(POLISH.encode("iso8859-2"), label).text == POLISH
    assert decode(POLISH.encode("iso8859-2"), label).damage == ""


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("windows-1250", "cp1250"),
        ("cp-850", "cp850"),
        ("x-mac-roman", "mac-roman"),
        ("us-ascii", "cp1252"),
        ("iso-8859-1", "cp1252"),
        ("gb2312", "gb18030"),
        ("ks_c_5601-1987", "cp949"),
        ("utf8", "utf-8"),
        ("punycode", None),  # a Python codec that is slow
        ("zip", None),
        ("rot13", None),
        ("unicode_escape", None),
        ("\x00", None),
    ],
)
def test_labels_mean_what_mailers_mean_by_them(label: str, codec: str | None):
    assert codec_for(label) == codec


@pytest.mark.parametrize(
    ("country", "text", "codec"),
    [
        ("PL", POLISH, "cp1250"),
        ("PL", POLISH, "iso8859-2"),
        ("NL", DUTCH, "cp1252"),
        ("NO", "Blåbærsyltetøy", "cp1252"),
    ],
)
def test_undeclared_bytes_are_read_in_the_countrys_charset(country: str, text: str, codec: str):
    read = decode(text.encode(codec), "", country)
    assert read.text == text
    assert read.damage == f"no charset declared, read as {codec}"


def test_undeclared_utf8_is_read_as_such_everywhere():
    assert decode(POLISH.encode(), "", "NL").text == POLISH


@pytest.mark.parametrize("label", ["utf-8", "us-ascii", "iso-8859-1"])
def test_a_wrong_label_on_dutch_bytes_does_no_harm(label: str):
    assert decode(DUTCH.encode("cp1252"), label, "NL").text == DUTCH


def test_utf8_under_a_latin_label_is_seen_and_marked():
    read = decode(POLISH.encode(), "iso-8859-1", "PL")
    assert read.text == POLISH
    assert read.damage == "declared as iso-8859-1, but it is utf-8"


def test_a_right_label_is_not_overruled_by_bytes_that_happen_to_be_utf8():
    assert decode("SPÓŁKA".encode("cp1250"), "windows-1250").text == "SPÓŁKA"


def test_broken_characters_in_utf8_do_not_change_the_charset():
    text = "één twee drie vier vijf zes één twee ééééééé".encode() + b"\xe9 x"
    assert decode(text, "utf-8").text.startswith("één twee")
    assert "Ã" not in decode(text, "utf-8").text


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1251", "Уважаемые господа, прошу рассмотреть жалобу"),
        ("koi8_r", "Уважаемые господа, прошу рассмотреть жалобу"),
        ("cp1253", "Αγαπητοί κύριοι, σας γράφω για να παραπονεθώ"),
        ("cp932", "お世話になっております。織田です。明日の会議について"),
    ],
)
def test_other_scripts_are_detected(codec: str, text: str):
    read = decode(text.encode(codec), "", "NL")
    assert read.text == text
    assert read.detected


def test_detection_can_be_forbidden():
    assert not decode("Уважаемые господа".encode("cp1251"), "", "NL", detect=False).detected


def test_a_byte_order_mark_is_surer_than_a_label():
    assert decode("één".encode("utf-16"), "iso-8859-1").text == "één"
    assert decode(b"\xef\xbb\xbf" + "één".encode(), "iso-8859-1").text == "één"


def test_undeclared_iso_2022_jp_is_seen_by_its_escapes():
    assert decode("支払い済み".encode("iso2022_jp"), "us-ascii").text == "支払い済み"


def test_an_unknown_charset_is_marked():
    assert decode(b"abc", "klingon").damage == "unknown charset klingon"


def test_the_charset_in_html_counts_where_the_part_has_none():
    html = '<html><head><meta charset="iso-8859-2"></head><body>Zażalenie</body></html>'.encode(
        "iso8859-2"
    )
    raw = (
        b"From: a@b.pl\nSubject: x\nContent-Type: text/html\nContent-Transfer-Encoding: 8bit\n\n"
        + html
    )
    assert read_message(raw).typed == "Zażalenie"


@pytest.mark.parametrize("text", ["жалоба" * 500, "苦情" * 500, "é" * 3000])
def test_of_a_long_text_without_a_byte_of_ascii_the_beginning_is_read(text: str):
    # Looking backwards for such a byte through two megabytes took a minute.
    read = decode_part(Part(About(), text.encode()), "utf-8", 500, "NL", Allowance())
    assert read.text == text[:500]


def test_a_label_that_means_nothing_is_not_asked_of_python_which_would_remember_it():
    asked: list[str] = []
    codecs.register(asked.append)  # whom Python asks when it has no codec of that name itself
    try:
        assert codec_for("q1234") is None
        assert codec_for("iso-8859-99") is None
    finally:
        codecs.unregister(asked.append)
    assert asked == []


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("a\x00b\x07c", "abc"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\u200bb\ufeffc\u00add", "abcd"),
        ("a\u202eb\u2066c", "abc"),
        ("06\u00a012\u202f34", "06 12 34"),
        ("a\ud800b", "ab"),
        ("cafe\u0301", "café"),
        ("a\u2028b", "a\nb"),
        ("👍🏽 👨\u200d👩\u200d👧 ok", "👍🏽 👨\u200d👩\u200d👧 ok"),
    ],
)
def test_text_is_cleaned(dirty: str, clean: str):
    assert clean_text(dirty, 100) == clean


def test_one_line_is_one_line_and_says_that_it_was_cut():
    assert clean_line("a\n b\t c", 100) == "a b c"
    assert clean_line("x" * 50, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\brief.pdf", "brief.pdf"),
        ("brief\x00.pdf", "brief.pdf"),
        ("gpj.\u202efdp.exe", "gpj.fdp.exe"),
        ("..", ""),
        ("a" * 300 + ".pdf", "a" * 115 + "….pdf"),
        ("wat?*.pdf", "wat_.pdf"),
    ],
)
def test_file_names_are_for_display_only(name: str, shown: str):
    assert clean_filename(name) == shown
