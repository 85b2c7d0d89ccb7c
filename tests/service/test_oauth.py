"""Access tokens from a real token server on loopback (RFC 6749)."""

from __future__ import annotations

import json
import threading
import urllib.parse
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from triage.errors import LoginRefused, MailboxUnavailable, SettingsError
from triage.oauth import TokenSource
from triage.settings import OAuth2, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from triage.settings import Settings

SETTINGS = """
[store]
url = "sqlite:///triage.db"
[smtp]
host = "127.0.0.1"
port = 25
tls = "none"
[[mailbox]]
address = "compliance@agency.example"
policy = "alektum-nl"
host = "127.0.0.1"
port = 143
tls = "none"
"""


class SetClock:
    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


class TokenServer:
    """Answers each request with the next answer, the last one for ever."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.answers: list[tuple[int, bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.asked.append(dict(urllib.parse.parse_qsl(form)))
                status, body = outer.answers.pop(0) if outer.answers[1:] else outer.answers[0]
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/token"

    def says(self, *answers: object, status: int = 200) -> None:
        self.answers = [(status, json.dumps(answer).encode()) for answer in answers]

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[TokenServer]:
    server = TokenServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "triage.toml").write_text(SETTINGS)
    (tmp_path / "client.secret").write_text("s3cret\n")
    (tmp_path / "refresh.token").write_text("first\n")
    return load_settings(tmp_path / "triage.toml")


def source(settings: Settings, server: TokenServer, clock: SetClock, **more: Any) -> TokenSource:
    oauth2 = OAuth2(token_url=server.url, client_id="triage", **more)
    return TokenSource(settings, oauth2, clock)


def test_client_credentials_are_exchanged_for_a_token(settings: Settings, server: TokenServer):
    server.says({"access_token": "abc", "expires_in": 3600})
    tokens = source(settings, server, SetClock(), client_secret_file="client.secret", scope="imap")
    assert tokens.token() == "abc"
    assert server.asked == [
        {
            "client_id": "triage",
            "grant_type": "client_credentials",
            "scope": "imap",
            "client_secret": "s3cret",
        }
    ]


def test_a_token_is_used_until_a_minute_before_its_end(settings: Settings, server: TokenServer):
    server.says(
        {"access_token": "one", "expires_in": 3600}, {"access_token": "two", "expires_in": 3600}
    )
    clock = SetClock()
    tokens = source(settings, server, clock)
    assert tokens.token() == "one"
    clock.time += timedelta(minutes=58, seconds=59)
    assert tokens.token() == "one"
    clock.time += timedelta(seconds=1)
    assert tokens.token() == "two"


@pytest.mark.parametrize("life", [None, "3600", -1, 0])
def test_a_token_without_a_usable_life_is_used_for_five_minutes(
    settings: Settings, server: TokenServer, life: object
):
    answers = ({"access_token": name, "expires_in": life} for name in ("one", "two"))
    server.says(*answers)
    clock = SetClock()
    tokens = source(settings, server, clock)
    tokens.token()
    clock.time += timedelta(minutes=3)
    assert tokens.token() == "one"
    clock.time += timedelta(minutes=2)
    assert tokens.token() == "two"


def test_a_rotated_refresh_token_is_stored_readable_by_us_only_and_used_next(
    settings: Settings, server: TokenServer, tmp_path: Path
):
    server.says(
        {"access_token": "one", "expires_in": 60, "refresh_token": "second"},
        {"access_token": "two", "expires_in": 60},
    )
    tokens = source(settings, server, SetClock(), refresh_token_file="refresh.token")
    assert tokens.token() == "one"
    stored = tmp_path / "refresh.token"
    assert stored.read_text() == "second\n"
    assert stored.stat().st_mode & 0o777 == 0o600
    assert tokens.token() == "two"
    assert [asked["refresh_token"] for asked in server.asked] == ["first", "second"]
    assert server.asked[0]["grant_type"] == "refresh_token"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("client.secret", "refresh.token", "triage.toml"),
    ]


def test_a_rotated_token_that_cannot_be_stored_is_told_and_used_all_the_same(
    settings: Settings, server: TokenServer, tmp_path: Path
):
    server.says(
        {"access_token": "one", "expires_in": 60, "refresh_token": "second"},
        {"access_token": "two", "expires_in": 60},
    )
    (tmp_path / "refresh.token.new").mkdir()
    tokens = source(settings, server, SetClock(), refresh_token_file="refresh.token")
    with structlog.testing.capture_logs() as logged:
        assert tokens.token() == "one"
    (line,) = logged
    assert line["log_level"] == "error"
    assert line["file"] == str(tmp_path / "refresh.token")
    assert tokens.token() == "two"
    assert [asked["refresh_token"] for asked in server.asked] == ["first", "second"]


def test_a_refused_token_that_was_not_stored_gives_way_to_the_file(
    settings: Settings, server: TokenServer, tmp_path: Path
):
    server.says({"access_token": "one", "expires_in": 60, "refresh_token": "second"})
    (tmp_path / "refresh.token.new").mkdir()
    tokens = source(settings, server, SetClock(), refresh_token_file="refresh.token")
    tokens.token()
    (tmp_path / "refresh.token").write_text("by hand\n")
    server.says({"error": "invalid_grant"}, status=400)
    for _ in range(2):
        with pytest.raises(LoginRefused):
            tokens.token()
    assert [asked["refresh_token"] for asked in server.asked] == ["first", "second", "by hand"]


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refusal_is_a_persons_to_mend(settings: Settings, server: TokenServer, status: int):
    server.says({"error": "invalid_client"}, status=status)
    with pytest.raises(LoginRefused, match=f"answers {status}: renew the client secret"):
        source(settings, server, SetClock()).token()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_in_trouble_is_asked_again_later(
    settings: Settings, server: TokenServer, status: int
):
    server.says({}, status=status)
    with pytest.raises(MailboxUnavailable, match=f"answers {status}"):
        source(settings, server, SetClock()).token()


def test_a_server_that_is_away_is_asked_again_later(settings: Settings):
    away = OAuth2(token_url="http://127.0.0.1:1/token", client_id="triage")
    with pytest.raises(MailboxUnavailable, match="cannot be asked"):
        TokenSource(settings, away, SetClock()).token()


def test_an_answer_that_is_not_json_is_no_token(settings: Settings, server: TokenServer):
    server.answers = [(200, b"<html>Sign in</html>")]
    with pytest.raises(MailboxUnavailable, match="cannot be asked"):
        source(settings, server, SetClock()).token()


@pytest.mark.parametrize("answer", [{}, [], {"access_token": None}, "abc"])
def test_an_answer_without_a_token_is_a_refusal(
    settings: Settings, server: TokenServer, answer: object
):
    server.says(answer)
    with pytest.raises(LoginRefused, match="gives no access token"):
        source(settings, server, SetClock()).token()


def test_a_secret_that_cannot_be_read_is_a_fault_of_the_settings(
    settings: Settings, server: TokenServer
):
    with pytest.raises(SettingsError, match=r"none\.secret: cannot be read"):
        source(settings, server, SetClock(), client_secret_file="none.secret").token()
    assert server.asked == []
