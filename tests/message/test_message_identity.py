"""The fingerprint: equal for one mail delivered twice, different for two mails."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.message.identity import fingerprint

MAIL = b"Message-ID: <a@b>\r\nFrom: Jan <j@x.nl>\r\nDate: Thu, 07 Aug 2025 08:12:40 +0200\r\nSubject: klacht\r\n\r\nregel een\r\nregel twee\r\n"


@pytest.mark.parametrize(
    "other",
    [
        MAIL.replace(b"\r\n", b"\n"),
        b"Return-Path: <j@x.nl>\r\nDelivered-To: info@x.nl\r\nReceived: from a by b\r\n" + MAIL,
        b"Received: from c by d\r\nX-Spam-Status: No\r\nAuthentication-Results: mx; spf=pass\r\n"
        + MAIL,
        MAIL.replace(b"Subject: klacht\r\n", b"").replace(b"From:", b"Subject: klacht\r\nFrom:"),
        MAIL.replace(b"Jan <j@x.nl>", b"Jan\r\n <j@x.nl>"),
        MAIL + b"\r\n",
        b"From j@x.nl Thu Aug  7 08:12:40 2025\n" + MAIL,
    ],
)
def test_one_mail_delivered_twice_has_one_fingerprint(other: bytes):
    assert fingerprint(other) == fingerprint(MAIL)


@pytest.mark.parametrize(
    "other",
    [
        MAIL.replace(b"a@b", b"c@b"),
        MAIL.replace(b"j@x.nl", b"k@x.nl"),
        MAIL.replace(b"klacht", b"vraag"),
        MAIL.replace(b"08:12", b"08:13"),
        MAIL.replace(b"twee", b"drie"),
        MAIL.replace(b"\r\nregel twee", b" regel twee"),
        b"",
    ],
)
def test_two_mails_have_two_fingerprints(other: bytes):
    assert fingerprint(other) != fingerprint(MAIL)


@given(st.binary(max_size=2_000))
def test_any_bytes_have_a_fingerprint(raw: bytes):
    assert len(fingerprint(raw)) == 64
    assert fingerprint(raw) == fingerprint(raw)


@given(st.binary(max_size=500))
def test_line_ends_do_not_count(body: bytes):
    raw = b"Message-ID: <a@b>\n\n" + body.replace(b"\r", b"")
    assert fingerprint(raw) == fingerprint(raw.replace(b"\n", b"\r\n"))
