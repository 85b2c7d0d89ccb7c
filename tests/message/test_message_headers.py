"""Headers: sections, encoded words, parameters, addresses, ids, dates, and their broken variants."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from golden_mails import mail

from triage.message.addresses import MAX_ADDRESSES, parse_addresses
from triage.message.encoded_words import decode_words
from triage.message.headers import MAX_FIELDS, message_ids, parse_date, split_headers
from triage.message.model import Address
from triage.message.parameters import parse_content_type, parse_disposition
from triage.message.reader import read_message, recipients_of


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("=?utf-8?Q?Za=C5=BCalenie?=", "Zażalenie"),
        ("=?utf-8?B?S2xhY2h0IMOpw6lu?=", "Klacht één"),
        ("=?iso-8859-2?Q?Za=BFalenie?= nr 3", "Zażalenie nr 3"),
        ("=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "café"),  # split inside a character
        ("=?utf-8?Q?een?= =?utf-8?Q?_twee?=", "een twee"),  # the blank between words goes
        ("=?utf-8?Q?een?=\r\n =?iso-8859-1?Q?_tw=E9?=", "een twé"),
        ("=?iso-8859-2?Q?Re: Za=BFalenie na dzia=B3?=", "Re: Zażalenie na dział"),  # blanks inside
        ("=?utf-8?Q?wat?!_zeg?=", "wat?! zeg"),  # a question mark inside
        ('"=?utf-8?Q?J=C3=A9r?="', '"Jér"'),  # inside quotes
        ("a=?utf-8?Q?b?=c", "abc"),  # no blanks around
        ("=?utf-8?B?SsOpcsO0bWU?=", "Jérôme"),  # padding missing
        ("=?UTF-8?B?S2xhY2h0", "Klacht"),  # end missing
        ("=?x-unknown?Q?a=E9b?=", "aéb"),
        ("=??Q?a=E9b?=", "aéb"),
        ("=?utf-8*nl?Q?hoi?=", "hoi"),  # RFC 2231 language
        ("=?iso-2022-jp?B?GyRCJWElayVeJSwycj18GyhC?=", "メルマガ解除"),
        ("no words at all =?", "no words at all =?"),
    ],
)
def test_encoded_words_are_decoded(written: str, read: str):
    assert decode_words(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Jan <jan@x.nl>", [Address("Jan", "jan@x.nl")]),
        (
            '"Vries, Jan de" <jan@x.nl>, piet@y.nl (Piet)',
            [Address("Vries, Jan de", "jan@x.nl"), Address("Piet", "piet@y.nl")],
        ),
        ("Vries, Jan de <jan@x.nl>", [Address("Vries, Jan de", "jan@x.nl")]),  # quotes forgotten
        (
            "Team: a@b.nl, C <c@d.nl>;, e@f.nl",
            [Address("", "a@b.nl"), Address("C", "c@d.nl"), Address("", "e@f.nl")],
        ),
        ("undisclosed-recipients:;", []),
        ('"jan@x.nl" <jan@x.nl>', [Address("", "jan@x.nl")]),
        ("=?utf-8?B?SsOpcsO0bWU=?= <j@x.fr>", [Address("Jérôme", "j@x.fr")]),
        ('"=?utf-8?Q?Jan=2C_Piet?=" <j@x.fr>', [Address("Jan, Piet", "j@x.fr")]),
        ('Jan de "Boss" <j@x.nl', [Address("Jan de Boss", "j@x.nl")]),  # bracket never closed
        ("<@relay.nl:a@b.nl>", [Address("", "a@b.nl")]),  # source route
        ("Jan [mailto:jan@x.nl]", [Address("", "jan@x.nl")]),
        ('"a b"@x.nl', [Address("", '"a b"@x.nl')]),  # not b@x.nl
        ("x@y.nl, , z@w.nl", [Address("", "x@y.nl"), Address("", "z@w.nl")]),
        ("MAILER-DAEMON (Mail Delivery System)", []),
        ("Jan <jan@x.nl\u202e>", []),  # a direction mark hides another address
        ("Jan <ja n@x.nl>", []),
        ("", []),
    ],
)
def test_addresses_are_read(written: str, read: list[Address]):
    assert list(parse_addresses(written)) == read


def test_at_most_so_many_addresses_are_read():
    assert len(parse_addresses("a@b.nl, " * 5_000)) == MAX_ADDRESSES


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ('attachment; filename="brief (2).pdf"', "brief (2).pdf"),
        ("attachment; filename*=utf-8''na%C3%AFef%20x.pdf", "naïef x.pdf"),
        ("attachment; filename*0*=utf-8''na%C3%AF; filename*1=ef; filename*2=.pdf", "naïef.pdf"),
        ("attachment; filename*=\"ISO-8859-1''Best%E4tigung.pdf\"", "Bestätigung.pdf"),
        ("attachment; filename==?utf-8?Q?a=C3=A9.txt?=", "aé.txt"),  # not allowed, common
        ("attachment; filename=een twee.txt", "een twee.txt"),
        ('attachment; filename="\\"q\\".txt"', '"q".txt'),
        ("filename=x.pdf", "x.pdf"),
        ("inline", ""),
    ],
)
def test_file_names_are_read(written: str, name: str):
    assert parse_disposition(written).parameters.get("filename", "") == name


@pytest.mark.parametrize(
    ("written", "kind", "parameters"),
    [
        ("TEXT/Plain; Charset=UTF-8", "text/plain", {"charset": "UTF-8"}),
        ('multipart/mixed; boundary="a;b"', "multipart/mixed", {"boundary": "a;b"}),
        ("multipart/mixed; boundary=a=b", "multipart/mixed", {"boundary": "a=b"}),
        ("text/plain charset=utf-8", "text/plain", {"charset": "utf-8"}),
        ("text", "", {}),
        ("", "", {}),
        ("charset=utf-8", "", {"charset": "utf-8"}),
        ("text/plain; charset=utf-8 (comment)", "text/plain", {"charset": "utf-8"}),
    ],
)
def test_content_types_are_read(written: str, kind: str, parameters: dict[str, str]):
    read = parse_content_type(written)
    assert (read.value, dict(read.parameters)) == (kind, parameters)


@pytest.mark.parametrize(
    ("raw", "names", "body"),
    [
        (b"A: 1\nB: 2\n\nbody", ["A", "B"], b"body"),
        (b"A: 1\r\nB: 2\r\n\r\nbody", ["A", "B"], b"body"),
        (b"A: 1\n two\n\nbody", ["A"], b"body"),
        (b"From x@y Thu Jan  1 00:00:00 1970\nA: 1\n\nbody", ["A"], b"body"),
        (b"\n\nA: 1\n\nbody", ["A"], b"body"),
        (b"A: 1\nthis is the body", ["A"], b"this is the body"),
        (b"just text\n\nmore", [], b"just text\n\nmore"),
        (b"A: 1\nsubject cut in two\nTo: x\n\nbody", ["A", "To"], b"body"),
        (b"A: 1\n \nTo: x\n\nbody", ["A", "To"], b"body"),
        (b"A: 1", ["A"], b""),
        (b"", [], b""),
        (b"X-" + b"y" * 1_500 + b": 1\nA: 2\n\nbody", ["X-" + "y" * 1_500, "A"], b"body"),
    ],
)
def test_header_sections_are_cut_off(raw: bytes, names: list[str], body: bytes):
    section = split_headers(raw)
    assert [name for name, _ in section.headers.fields] == names
    assert raw[section.body :] == body


def test_ten_thousand_headers_keep_the_first_thousand_and_the_body():
    raw = b"".join(b"X-%d: v\n" % number for number in range(10_000)) + b"\nbody"
    section = split_headers(raw)
    assert len(section.headers.fields) == MAX_FIELDS
    assert raw[section.body :] == b"body"
    assert section.damage == ("more than 1000 header fields, the rest was not read",)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Thu, 07 Aug 2025 08:12:40 +0200", datetime(2025, 8, 7, 6, 12, 40, tzinfo=UTC)),
        ("7 Aug 2025 08:12 +0200 (CEST)", datetime(2025, 8, 7, 6, 12, tzinfo=UTC)),
        ("1 Jan 1900 00:00:00 +0000", datetime(1900, 1, 1, tzinfo=UTC)),
        ("31 Dec 2099 23:59:59 +0000", datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("Thu, 07 Aug 2025 08:12:40", datetime(2025, 8, 7, 8, 12, 40, tzinfo=UTC)),
        ("Thu, 99 Foo 2025", None),
        ("1 Jan 9999 00:00:00 -2359", None),
        ("", None),
    ],
)
def test_dates_are_read(written: str, read: datetime | None):
    assert parse_date(written) == read


def test_a_date_keeps_its_offset():
    read = parse_date("Thu, 07 Aug 2025 08:12:40 +0200")
    assert read is not None
    assert read.utcoffset() == timedelta(hours=2)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<a@b>", ("a@b",)),
        ("<a@b> <c@d>\n <a@b>", ("a@b", "c@d")),
        ("a@b", ("a@b",)),
        ("000000B9", ()),
        ("", ()),
    ],
)
def test_message_ids_are_read(written: str, read: tuple[str, ...]):
    assert message_ids(written) == read


def test_eight_bit_headers_are_read_as_utf8_or_the_countrys_charset():
    utf8 = read_message(
        "From: Łukasz <l@wp.pl>\nSubject: Zażalenie\n\nx".encode(), home_country="PL"
    )
    old = read_message(
        "From: Łukasz <l@wp.pl>\nSubject: Zażalenie\n\nx".encode("cp1250"), home_country="PL"
    )
    assert utf8.subject == old.subject == "Zażalenie"
    assert utf8.sender == old.sender == Address("Łukasz", "l@wp.pl")
    assert "8-bit header" in old.damage


def test_of_two_froms_the_first_counts_and_the_mail_is_marked():
    message = read_message(b"From: a@b.nl\nFrom: c@d.nl\nSubject: x\n\nhoi")
    assert message.sender == Address("", "a@b.nl")
    assert "more than one From" in message.damage


def test_of_two_subjects_the_first_counts():
    assert read_message(mail("x", "Subject: tweede")).subject == "Dossier"


def test_a_mail_without_from_has_no_sender():
    message = read_message(b"Subject: x\n\nhoi")
    assert message.sender is None
    assert message.damage == ("no From",)


def test_a_group_as_from_gives_its_member():
    assert read_message(b"From: Team: a@b.nl;\nSubject: x\n\nhoi").sender == Address("", "a@b.nl")


def test_delivered_to_fields_are_collected_in_lower_case():
    message = read_message(
        mail("x", "Delivered-To: Info@Alektum.example", "X-Original-To: klacht@alektum.example")
    )
    assert message.delivered_to == ("info@alektum.example", "klacht@alektum.example")
    assert "klacht@alektum.example" in message.recipients


def test_threading_headers_are_read():
    message = read_message(
        mail("x", "Message-ID: <m@x>", "In-Reply-To: <a@b>", "References: <r1@x>", " <a@b>")
    )
    assert (message.message_id, message.in_reply_to, message.references) == (
        "m@x",
        ("a@b",),
        ("r1@x", "a@b"),
    )


def test_a_subject_cannot_bring_lines_or_controls():
    message = read_message(b"From: a@b.nl\nSubject: =?utf-8?Q?a=0D=0ABcc:_x@y=00=E2=80=AE?=\n\nx")
    assert message.subject == "a Bcc: x@y"


def test_recipients_are_known_from_the_headers_alone_as_from_the_whole_mail():
    raw = (
        b"From: a@people.example\r\nTo: Compliance <Compliance@Agency.example>, b@people.example\r\n"
        b"Cc: c@people.example\r\nDelivered-To: info@agency.example\r\n\r\nKlacht\r\n"
    )
    assert recipients_of(raw) == read_message(raw).recipients
    assert recipients_of(raw)[0] == "compliance@agency.example"
