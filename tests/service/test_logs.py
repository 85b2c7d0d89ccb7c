"""How the service speaks: one line an event, ids masked, nothing of a mail."""

from __future__ import annotations

import json
import logging
import secrets
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from triage.logs import configure
from triage.settings import Log

if TYPE_CHECKING:
    from collections.abc import Callable

BSN = "111222333"


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """Give what returns the lines that were logged since."""
    return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_away_from_a_terminal_each_event_is_one_json_object(said: Callable):
    configure(Log())
    structlog.get_logger().info("mail handled", case="NL26-00001", reasons=["rate"])
    (line,) = said()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "mail handled",
        "level": "info",
        "case": "NL26-00001",
        "reasons": ["rate"],
    }


def test_identity_numbers_are_masked_wherever_they_stand(said: Callable):
    configure(Log())
    structlog.get_logger().warning(f"about {BSN}", error=f"BSN {BSN}")
    (line,) = said()
    assert BSN not in json.dumps(line)
    assert line["error"] == "BSN *******33"


def test_of_a_number_where_a_text_is_cut_no_half_stays_readable(said: Callable):
    configure(Log())
    structlog.get_logger().warning("long", error="x" * 1990 + f" BSN {BSN}")
    (line,) = said()
    assert line["error"].endswith("x BSN *****")


def test_a_traceback_says_where_in_the_code_and_shows_no_values(said: Callable):
    configure(Log())

    def understand(typed: str) -> None:
        raise ValueError(f"BSN {BSN}")

    secret = secrets.token_hex()
    try:
        understand(secret)
    except ValueError:
        structlog.get_logger().exception("mail failed")
    (line,) = said()
    assert "in understand" in line["exception"]
    assert secret not in line["exception"]
    assert BSN not in line["exception"]


def test_overlong_values_are_cut(said: Callable):
    configure(Log())
    structlog.get_logger().info("cut", error="x" * 100_000)
    assert len(said()[0]["error"]) == 2000


def test_a_level_holds_back_what_is_below(said: Callable):
    configure(Log(level="warning"))
    structlog.get_logger().info("chatter")
    structlog.get_logger().warning("news")
    assert [line["event"] for line in said()] == ["news"]


def test_libraries_speak_from_warning_on_in_the_same_form(said: Callable):
    configure(Log(level="debug"))
    library = logging.getLogger("imapclient")
    library.setLevel(logging.DEBUG)
    library.debug("the whole mail")
    library.info("Connection closed")
    library.warning("something about %s", BSN)
    (line,) = said()
    assert line["event"] == "something about *******33"
    assert line["level"] == "warning"


def test_for_a_person_it_is_text(capsys: pytest.CaptureFixture[str]):
    configure(Log(format="text"))
    structlog.get_logger().info("service started", mailboxes=1)
    line = capsys.readouterr().err
    assert "service started" in line
    assert "mailboxes=1" in line
    assert "{" not in line
