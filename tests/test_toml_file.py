"""TOML files that people write: the line of every key, and faults on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import Field

from triage.errors import BadInput, SettingsError
from triage.toml_file import Section, line_of, place, read_toml

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """\
title = "x"
inline = { a = 1, b = 2 }
# host = "a comment is no key"

[server]
host = "h"
"quoted key" = 1
list = [
    "one",
    "two",
]

  [server.deep]
  port = 1

[[box]]
name = "first"
[box.login]
user = "u"

[[box]]
name = "second"
[box.login]
user = "v"

["quoted table"]
key = 1
"""


@pytest.mark.parametrize(
    ("loc", "line"),
    [
        (("title",), 1),
        (("inline",), 2),
        (("inline", "b"), 2),
        (("server",), 5),
        (("server", "host"), 6),
        (("server", "quoted key"), 7),
        (("server", "list", 1), 8),
        (("server", "missing"), 5),
        (("server", "deep"), 13),
        (("server", "deep", "port"), 14),
        (("server", "deep", "missing"), 13),
        (("box",), 16),
        (("box", 0), 16),
        (("box", 0, "name"), 17),
        (("box", 0, "login", "user"), 19),
        (("box", 0, "missing"), 16),
        (("box", 1), 21),
        (("box", 1, "name"), 22),
        (("box", 1, "login", "user"), 24),
        (("quoted table", "key"), 27),
        (("absent",), None),
        ((), None),
    ],
)
def test_line_of_a_key_or_of_the_nearest_table(loc: tuple[int | str, ...], line: int) -> None:
    assert line_of(TEXT, loc) == line


class Server(Section):
    host: str
    port: int = Field(ge=1)
    password_file: str = ""
    url: str = ""


class File(Section):
    server: Server
    box: tuple[Server, ...] = ()
    teams: dict[str, Server] = Field(default_factory=dict)


PLAIN = '[server]\nhost = "h"\nport = 1\n'

FAULTS = {
    "unknown key": (
        PLAIN + "prot = 2\n",
        4,
        "unknown key 'server.prot'. Known here: host, password_file, port, url",
    ),
    "misspelt key": (PLAIN.replace("port", "prot"), 3, "unknown key 'server.prot'"),
    "unknown table": (
        PLAIN + "[sever]\n",
        4,
        "unknown key 'sever'. Known here: box, server, teams",
    ),
    "missing key": ('[server]\nhost = "h"\n', 1, "'server.port' is missing. Add it"),
    "wrong type": (
        PLAIN.replace("1", '"one"'),
        3,
        "'server.port': input should be a valid integer",
    ),
    "wrong value": (
        PLAIN.replace("1", "0"),
        3,
        "input should be greater than or equal to 1, not 0",
    ),
    "in the second table": (
        PLAIN + '[[box]]\nhost = "a"\nport = 1\n[[box]]\nhost = "b"\nport = 0\n',
        9,
        "'box.1.port'",
    ),
    "in a named table": (PLAIN + '[teams.one]\nhost = "a"\nport = 0\n', 6, "'teams.one.port'"),
    "unknown in a named table": (
        PLAIN + '[teams.one]\nhst = "a"\n',
        5,
        "unknown key 'teams.one.hst'. Known here: host",
    ),
    "no TOML": (PLAIN + "port : 2\n", 4, "is not valid TOML: expected '='"),
    "key twice": (PLAIN + "port = 2\n", 4, "is not valid TOML: cannot overwrite a value"),
    "open string": (PLAIN + 'url = "x\n', 4, "is not valid TOML: illegal character"),
}


@pytest.mark.parametrize(("text", "line", "told"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_one_line_with_file_line_and_remedy(
    tmp_path: Path, text: str, line: int, told: str
) -> None:
    path = tmp_path / "file.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read_toml(path, File, SettingsError)
    message = str(caught.value)
    assert message.startswith(f"{path}:{line}: "), message
    assert told in message
    assert "\n" not in message
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("password_file = 12345", "not 12345"),
        ("url = [12345]", "12345"),
        ("url = 12345", None),
    ],
)
def test_a_secret_in_a_wrong_place_is_not_shown(
    tmp_path: Path, line: str, shown: str | None
) -> None:
    path = tmp_path / "file.toml"
    path.write_text(PLAIN + line, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read_toml(path, File, BadInput)
    assert shown is None or shown not in str(caught.value)


def test_a_sound_file_becomes_values_that_never_change(tmp_path: Path) -> None:
    path = tmp_path / "file.toml"
    path.write_text(PLAIN, encoding="utf-8")
    file = read_toml(path, File, BadInput)
    assert (file.server.host, file.server.port, file.box) == ("h", 1, ())
    with pytest.raises(ValueError, match="frozen"):
        file.server.port = 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "cannot be read: No such file or directory. Check the path"),
        (b"\xff", "is not UTF-8. Save it as UTF-8"),
        (b"#" * 1_000_001, "is larger than 1 MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    path = tmp_path / "file.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInput) as caught:
        read_toml(path, File, BadInput)
    assert str(caught.value).startswith(f"{path}: {told}")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read: Is a directory"):
        read_toml(tmp_path, File, BadInput)


def test_place_is_the_file_alone_where_no_line_can_be_said(tmp_path: Path) -> None:
    path = tmp_path / "file.toml"
    assert place(path, "server", "host") == str(path)
    path.write_text(PLAIN, encoding="utf-8")
    assert place(path, "server", "host") == f"{path}:2"
    assert place(path, "absent") == str(path)
