"""The servers inside this process that the demo and other tests rely on."""

from __future__ import annotations

import imaplib
import smtplib
import sys
from typing import TYPE_CHECKING

import pytest

from triage.demo.servers import EmbeddedImap, SmtpSink, SunkMail, append, imap_delivery
from triage.errors import BadInput

if TYPE_CHECKING:
    from servers.imap_account import ImapAccount


def _send(sink: SmtpSink, recipient: str, sender: str = "eva@example.org") -> None:
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=60) as client:
        client.sendmail(sender, [recipient], b"Subject: Klacht\r\n\r\nHoi\r\n")


def test_a_mail_sent_by_smtp_arrives_in_imap(account: ImapAccount):
    users = {account.user: account.password}
    with SmtpSink(imap_delivery(account.port, users)) as sink:
        _send(sink, account.user)
    with account.client() as client:
        (fetched,) = client.fetch(client.search(), ["BODY.PEEK[]"]).values()
    assert (
        fetched[b"BODY[]"]
        == (
            f"Return-Path: <eva@example.org>\r\nDelivered-To: {account.user}\r\n"
            "Subject: Klacht\r\n\r\nHoi\r\n"
        ).encode()
    )


def test_the_sink_keeps_what_it_took():
    with SmtpSink() as sink:
        _send(sink, "jan@example.org", sender="")
        assert sink.wait_for(1, 20)
        assert sink.mails == (
            SunkMail("", ("jan@example.org",), b"Subject: Klacht\r\n\r\nHoi\r\n"),
        )
        assert not sink.wait_for(2, 0)


def test_the_sink_refuses_when_told_to():
    with SmtpSink() as sink:
        sink.refuse_next("451 4.3.0 later", "550 5.1.1 no such user")
        for code in (451, 550):
            with pytest.raises(smtplib.SMTPDataError) as caught:
                _send(sink, "jan@example.org")
            assert caught.value.smtp_code == code
        _send(sink, "jan@example.org")
        assert len(sink.mails) == 1


def test_users_have_mailboxes_of_their_own():
    with EmbeddedImap({"a@x.example": "one"}) as server:
        server.add_user("b@x.example", "two")
        append(server.port, "a@x.example", "one", b"Subject: a\r\n\r\n")
        client = imaplib.IMAP4("127.0.0.1", server.port, timeout=60)
        client.login("b@x.example", "two")
        assert client.select()[1] == [b"0"]
        client.logout()
        with pytest.raises(imaplib.IMAP4.error):
            append(server.port, "a@x.example", "two", b"")


def test_they_end_with_clients_still_connected():
    with EmbeddedImap({"a@x.example": "one"}) as server:
        client = imaplib.IMAP4("127.0.0.1", server.port, timeout=60)
        client.login("a@x.example", "one")
        client.select()
    with pytest.raises((imaplib.IMAP4.abort, OSError)):
        client.noop()
    client.shutdown()
    assert not server._thread.is_alive()


@pytest.mark.parametrize(
    ("module", "make"),
    [("pymap.imap", lambda: EmbeddedImap({})), ("aiosmtpd.smtp", SmtpSink)],
)
def test_without_the_extra_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, module: str, make: type[SmtpSink]
):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(BadInput, match=r"complaint-triage\[demo\]"), make():
        pass
