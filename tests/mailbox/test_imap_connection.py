"""One IMAP connection: how it is made, which errors it raises, and what it never does."""

from __future__ import annotations

import logging
import socket
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from mailbox_bench import mail
from servers.faulty_imap import Fault, FaultyImap
from servers.scripted_imap import ScriptedImap

from triage.errors import LoginRefused, MailboxUnavailable, SettingsError
from triage.mailbox.connection import CommandRefused, Connection, connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailbox_bench import Bench
    from servers.dovecot import DovecotServer

OAUTH2 = {"token_url": "https://login.example/token", "client_id": "triage"}


class TestLogin:
    def test_a_wrong_password_is_refused(self, bench: Bench):
        with pytest.raises(LoginRefused):
            connect(bench.mailbox(), lambda: "wrong")

    def test_the_secret_is_asked_for_at_each_login(self, bench: Bench):
        asked: list[int] = []

        def secret() -> str:
            asked.append(1)
            return bench.account.password

        for _ in range(2):
            connect(bench.mailbox(), secret).log_out()
        assert len(asked) == 2

    def test_no_error_holds_the_secret(self, bench: Bench):
        with pytest.raises(LoginRefused) as caught:
            connect(bench.mailbox(), lambda: "s3cr3t-but-wrong")
        assert "s3cr3t" not in str(caught.value)

    def test_what_the_secret_raises_passes(self, bench: Bench):
        def secret() -> str:
            raise SettingsError("cannot be read")

        with pytest.raises(SettingsError):
            connect(bench.mailbox(), secret)

    def test_a_password_may_hold_any_character(self, dovecot_bench: Bench):
        with pytest.raises(LoginRefused):  # and not UnicodeEncodeError
            connect(dovecot_bench.mailbox(), lambda: 'zażółć "gęślą" \\ {5}')

    def test_the_user_name_may_hold_blanks_and_quotes(self):
        with ScriptedImap() as server:
            server.answer(b"CAPABILITY", b"* CAPABILITY IMAP4rev1\r\n")
            server.answer(b"LOGIN", b"")
            server.connect("pass word", username='a "b" c')
            assert b'LOGIN "a \\"b\\" c" "pass word"' in server.heard

    def test_passwords_beyond_ascii_need_a_server_with_sasl(self):
        with ScriptedImap() as server:
            server.answer(b"CAPABILITY", b"* CAPABILITY IMAP4rev1\r\n")
            with pytest.raises(LoginRefused, match="ASCII"):
                server.connect("żółć")
            assert not any(line.startswith(b"LOGIN") for line in server.heard)

    @pytest.mark.parametrize("code", ["UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"])
    def test_a_temporary_refusal_is_not_the_fault_of_the_password(self, code: str):
        with ScriptedImap() as server:
            server.answer(b"CAPABILITY", b"* CAPABILITY IMAP4rev1\r\n")
            server.answer(b"LOGIN", status=f"NO [{code}] later".encode())
            with pytest.raises(MailboxUnavailable, match="later"):
                server.connect()

    def test_a_line_that_goes_dead_at_login_is_not_the_fault_of_the_password(
        self, dovecot_bench: Bench
    ):
        with FaultyImap(dovecot_bench.account.port) as proxy:
            proxy.fault("AUTHENTICATE", Fault.DROP_BEFORE)
            with pytest.raises(MailboxUnavailable, match="hung up"):
                dovecot_bench.connect(port=proxy.port)

    def test_oauth2_sends_the_token_by_xoauth2(self):
        with ScriptedImap() as server:
            server.answer(b"CAPABILITY", b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR\r\n")
            server.challenge(b"AUTHENTICATE XOAUTH2", b"+ \r\n")
            server.connect("the-token", auth="oauth2", oauth2=OAUTH2)
            user = "complaints@agency.example"
            assert server.decoded == [f"user={user}\1auth=Bearer the-token\1\1"]

    def test_a_refused_token_is_a_refused_login(self):
        with ScriptedImap() as server:
            server.answer(b"CAPABILITY", b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n")
            server.challenge(b"AUTHENTICATE XOAUTH2", b"+ \r\n", status=b"NO AUTHENTICATE failed")
            with pytest.raises(LoginRefused):
                server.connect("expired", auth="oauth2", oauth2=OAUTH2)


class TestTls:
    @pytest.mark.parametrize("tls", ["tls", "starttls"])
    def test_a_verified_certificate_is_accepted(
        self, dovecot_bench: Bench, dovecot: DovecotServer, tls: str
    ):
        port = dovecot.tls_port if tls == "tls" else dovecot.port
        connection = connect(
            dovecot_bench.mailbox(tls=tls, port=port),
            lambda: dovecot.password,
            ca_file=str(dovecot.ca_file),
        )
        assert connection.select("INBOX").exists == 0
        connection.log_out()

    @pytest.mark.parametrize("tls", ["tls", "starttls"])
    def test_an_unknown_certificate_is_refused_before_the_password_is_sent(
        self, dovecot_bench: Bench, dovecot: DovecotServer, tls: str
    ):
        port = dovecot.tls_port if tls == "tls" else dovecot.port
        asked: list[int] = []
        with pytest.raises(MailboxUnavailable, match="certificate is not accepted"):
            connect(dovecot_bench.mailbox(tls=tls, port=port), lambda: asked.append(1) or "x")
        if tls == "tls":
            assert asked == []

    def test_without_starttls_nothing_is_sent_in_the_clear(self, embedded_account: Any):
        from mailbox_bench import Bench

        bench = Bench(embedded_account, None)  # type: ignore[arg-type]  # no register
        with pytest.raises(MailboxUnavailable, match="does not offer STARTTLS"):
            bench.connect(tls="starttls")

    def test_a_server_that_claims_to_be_logged_in_cannot_avoid_starttls(self):
        with ScriptedImap() as server:
            server.greet(b"* PREAUTH welcome\r\n")
            server.answer(b"CAPABILITY", b"* CAPABILITY IMAP4rev1 STARTTLS\r\n")
            with pytest.raises((MailboxUnavailable, CommandRefused)):
                server.connect("s3cr3t", tls="starttls")
            assert not any(line.startswith((b"LOGIN", b"AUTHENTICATE")) for line in server.heard)


class TestReaching:
    def test_nobody_listens(self, bench: Bench):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with pytest.raises(MailboxUnavailable, match="refused"):
            bench.connect(port=port)

    def test_a_server_that_says_nothing_is_given_up(self, bench: Bench):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            with pytest.raises(MailboxUnavailable, match="did not answer in time"):
                bench.connect(port=port, timeout_seconds=0.1)

    def test_another_protocol_is_not_mistaken_for_imap(self):
        with ScriptedImap() as server:
            server.greet(b"220 mail.example ESMTP\r\n")
            with pytest.raises(MailboxUnavailable):
                server.connect()


@pytest.fixture
def connection(bench: Bench) -> Iterator[Connection]:
    connection = bench.connect()
    yield connection
    connection.log_out()


class TestFolders:
    def test_an_unknown_folder_is_refused_and_the_connection_goes_on(
        self, bench: Bench, connection: Connection
    ):
        with pytest.raises(CommandRefused):
            connection.select("Nowhere")
        assert connection.select("INBOX").exists == 0

    def test_names_beyond_ascii(self, bench: Bench, connection: Connection):
        bench.account.append(mail("one"), folder="Załatwione")
        assert connection.select("Załatwione").exists == 1

    def test_the_search_above_the_last_uid_is_empty(self, bench: Bench, connection: Connection):
        bench.account.append(mail("one"))
        folder = connection.select("INBOX")
        (uid,) = connection.uids_above(0, folder)
        assert connection.uids_above(uid, folder) == ()
        assert connection.uids_above(uid + 7, folder) == ()

    def test_mail_that_came_since_the_select_is_found(self, bench: Bench, connection: Connection):
        folder = connection.select("INBOX")
        bench.account.append(mail("one"))
        assert len(connection.uids_above(0, folder)) == 1

    def test_many_mails_are_searched_for_in_windows(
        self, bench: Bench, connection: Connection, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr("triage.mailbox.connection._WINDOW", 3)
        bench.account.append(*(mail(str(number)) for number in range(10)))
        folder = connection.select("INBOX")
        bench.account.append(mail("later"))
        uids = connection.uids_above(0, folder)
        assert len(uids) == 11
        assert list(uids) == sorted(set(uids))

    def test_mails_that_are_gone_are_passed_over(self, bench: Bench, connection: Connection):
        bench.account.append(mail("one"))
        connection.select("INBOX")
        assert connection.sizes([900_000]) == {}
        assert connection.fetch([900_000]) == ()
        assert connection.fetch_start([900_000], 10) == ()
        connection.add_keyword([900_000], r"\Flagged")
        connection.move([900_000], "Handled")

    def test_receipt_times_are_aware_and_utc(self, bench: Bench, connection: Connection):
        bench.account.append(mail("one"), received_at=datetime(2024, 7, 1, 12, tzinfo=UTC))
        folder = connection.select("INBOX")
        (fetched,) = connection.fetch(connection.uids_above(0, folder))
        assert fetched.received_at == datetime(2024, 7, 1, 12, tzinfo=UTC)
        assert fetched.received_at.tzinfo is UTC

    def test_a_beginning_is_as_long_as_asked_for(self, bench: Bench, connection: Connection):
        bench.account.append(mail("one"))
        folder = connection.select("INBOX")
        (fetched,) = connection.fetch_start(connection.uids_above(0, folder), 20)
        assert fetched.raw == mail("one")[:20]
        assert not fetched.whole

    def test_the_library_log_never_holds_a_mail(
        self, bench: Bench, caplog: pytest.LogCaptureFixture
    ):
        caplog.set_level(logging.DEBUG)
        bench.account.append(mail("one", text="geheim"))
        connection = bench.connect()
        folder = connection.select("INBOX")
        connection.fetch(connection.uids_above(0, folder))
        connection.log_out()
        mine = [entry for entry in caplog.records if entry.name.startswith("imapclient")]
        assert not any("geheim" in entry.getMessage() for entry in mine)


class TestIdle:
    def test_it_ends_when_mail_comes(self, bench: Bench, connection: Connection):
        connection.select("INBOX")
        asked: list[int] = []

        def appends_once() -> bool:
            if not asked:
                bench.account.append(mail("one"))
            asked.append(1)
            return False

        connection.idle(60, appends_once)
        assert len(asked) < 60, "it did not wait for the end of its time"

    def test_it_ends_when_told_to(self, connection: Connection):
        connection.select("INBOX")
        connection.idle(60, lambda: True)
        assert connection.select("INBOX").exists == 0

    def test_it_ends_after_its_time(self, connection: Connection):
        connection.select("INBOX")
        connection.idle(0.01, lambda: False)

    def test_a_server_that_hangs_up_meanwhile_is_noticed_at_once(self, dovecot_bench: Bench):
        with FaultyImap(dovecot_bench.account.port) as proxy:
            connection = dovecot_bench.connect(port=proxy.port)
            connection.select("INBOX")

            def drops() -> bool:
                proxy.drop_all()
                return False

            with pytest.raises(MailboxUnavailable, match="hung up"):
                connection.idle(60, drops)
            connection.hang_up()

    def test_news_before_the_continuation_is_survived_by_a_new_connection(
        self, dovecot_bench: Bench
    ):
        with ScriptedImap() as server:
            server.answer(b"CAPABILITY", b"* CAPABILITY IMAP4rev1 IDLE\r\n")
            server.answer(b"LOGIN", b"")
            server.answer(b"SELECT", b"* 0 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n")
            server.challenge(b"IDLE", b"* 1 EXISTS\r\n+ idling\r\n")
            connection = server.connect()
            connection.select("INBOX")
            with pytest.raises(MailboxUnavailable):
                connection.idle(60, lambda: False)
            connection.hang_up()

    def test_it_is_broken_off_from_another_thread(self, bench: Bench, connection: Connection):
        connection.select("INBOX")
        threading.Timer(0, connection.break_off).start()
        with pytest.raises(MailboxUnavailable):
            connection.idle(60, lambda: False)


class TestServersThatMisbehave:
    @pytest.fixture
    def server(self) -> Iterator[ScriptedImap]:
        with ScriptedImap() as server:
            server.answer(b"CAPABILITY", b"* CAPABILITY IMAP4rev1\r\n")
            server.answer(b"LOGIN", b"")
            server.answer(b"NOOP", b"")
            server.answer(b"SELECT", b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n")
            yield server

    def test_no_uidvalidity(self, server: ScriptedImap):
        server.answer(b"SELECT", b"* 1 EXISTS\r\n")
        with pytest.raises(CommandRefused, match="UIDVALIDITY"):
            server.connect().select("INBOX")

    def test_no_permanent_flags_means_that_flags_stay_but_keywords_do_not(
        self, server: ScriptedImap
    ):
        server.answer(
            b"SELECT", b"* FLAGS (\\Seen \\Flagged)\r\n* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n"
        )
        folder = server.connect().select("INBOX")
        assert folder.takes(r"\Flagged")
        assert not folder.takes("$Triaged")

    def test_a_search_that_always_returns_the_last_uid(self, server: ScriptedImap):
        server.answer(b"UID SEARCH", b"* SEARCH 5\r\n")
        connection = server.connect()
        assert connection.uids_above(5, connection.select("INBOX")) == ()

    def test_flags_news_of_other_mails_within_a_fetch(self, server: ScriptedImap):
        server.answer(
            b"UID FETCH",
            b"* 9 FETCH (FLAGS (\\Seen))\r\n"
            b'* 1 FETCH (UID 9 INTERNALDATE "01-Jul-2026 12:00:00 +0200" BODY[] {4}\r\nabcd)\r\n'
            b"* 2 FETCH (FLAGS (\\Seen) UID 8)\r\n",
        )
        connection = server.connect()
        connection.select("INBOX")
        (fetched,) = connection.fetch([8, 9])
        assert (fetched.uid, fetched.raw) == (9, b"abcd")
        assert fetched.received_at == datetime(2026, 7, 1, 10, tzinfo=UTC)

    def test_an_unreadable_receipt_time_is_none(self, server: ScriptedImap):
        server.answer(
            b"UID FETCH", b'* 1 FETCH (UID 9 INTERNALDATE "yesterday" BODY[] {1}\r\nx)\r\n'
        )
        connection = server.connect()
        connection.select("INBOX")
        assert connection.fetch([9])[0].received_at is None

    def test_a_receipt_time_at_the_end_of_all_time_is_none(self, server: ScriptedImap):
        server.answer(
            b"UID FETCH",
            b'* 1 FETCH (UID 9 INTERNALDATE "31-Dec-9999 23:59:59 -0500" BODY[] {1}\r\nx)\r\n',
        )
        connection = server.connect()
        connection.select("INBOX")
        assert connection.fetch([9])[0].received_at is None

    @pytest.mark.parametrize(
        "answer",
        [
            b"* 1 FETCH (UID x BODY[] {1}\r\nx)\r\n",
            b"* 1 FETCH UID\r\n",
            b"* 1 FETCH (UID 1 BODY[]\r\n",
            b"* 1 FETCH (UID 9 RFC822.SIZE big)\r\n",
        ],
    )
    def test_an_answer_that_cannot_be_read_is_a_refused_command(
        self, server: ScriptedImap, answer: bytes
    ):
        server.answer(b"UID FETCH", answer)
        connection = server.connect()
        connection.select("INBOX")
        with pytest.raises(CommandRefused):
            connection.sizes([9])

    def test_an_endless_line_is_a_lost_connection(self, server: ScriptedImap):
        server.answer(b"UID SEARCH", b"* SEARCH" + b" 123456789" * 110_000 + b"\r\n")
        connection = server.connect()
        with pytest.raises(MailboxUnavailable, match="got more than"):
            connection.uids_above(0, connection.select("INBOX"))

    def test_no_byte_of_a_mail_is_in_the_error_of_a_lost_order(self, server: ScriptedImap):
        server.answer(b"NOOP", b"Dear sirs, my number is 123456782\r\n")
        connection = server.connect()
        with pytest.raises(MailboxUnavailable) as caught:
            connection.uids_above(0, connection.select("INBOX"))
        assert "123456782" not in str(caught.value)
