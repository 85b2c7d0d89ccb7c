"""The settings file: defaults, what is refused and where, secrets."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from triage.errors import SettingsError
from triage.settings import Settings, load_settings

if TYPE_CHECKING:
    from pathlib import Path

SHORTEST = """\
[store]
url = "sqlite:////var/lib/triage/triage.db"

[smtp]
host = "127.0.0.1"
port = 2525
tls = "none"

[[mailbox]]
address = "Compliance@alektumgroup.nl"
policy = "alektum-nl"
host = "127.0.0.1"
port = 1143
tls = "none"
username = "compliance@alektumgroup.nl"
password_file = "compliance.password"
"""
SECOND = """
[[mailbox]]
address = "info@alektumgroup.nl"
policy = "alektum-nl-service"
host = "127.0.0.1"
port = 1143
tls = "none"
"""


def load(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "triage.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


def fault(tmp_path: Path, text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'triage.toml'}")
    assert "\n" not in message
    return message.removeprefix(f"{tmp_path / 'triage.toml'}")


def test_the_shortest_file_is_enough(tmp_path: Path) -> None:
    settings = load(tmp_path, SHORTEST)
    [mailbox] = settings.mailbox
    assert mailbox.address == mailbox.login == "compliance@alektumgroup.nl"
    assert (mailbox.folder, mailbox.first_start, mailbox.move_to) == ("INBOX", "list", "")
    assert (settings.smtp.connections, settings.smtp.bounce_address) == (2, None)
    assert settings.http.listen == "127.0.0.1:9464"
    assert settings.limits.per_sender_hour == 3
    assert settings.closing_days == {}


def test_the_user_name_is_the_address_unless_given(tmp_path: Path) -> None:
    settings = load(tmp_path, SHORTEST + SECOND)
    assert settings.mailbox[1].login == "info@alektumgroup.nl"


def test_closing_days_belong_to_a_policy(tmp_path: Path) -> None:
    settings = load(tmp_path, SHORTEST + "\n[closing_days]\nalektum-nl = [2026-12-24]\n")
    assert settings.closing_days == {"alektum-nl": (date(2026, 12, 24),)}


def change(old: str, new: str) -> str:
    assert old in SHORTEST
    return SHORTEST.replace(old, new)


FAULTS = {
    "wrong key": (
        change('host = "127.0.0.1"\nport = 2525', 'hots = "127.0.0.1"\nport = 2525'),
        ":5: unknown key 'smtp.hots'. Known here: allow_plaintext, auth",
    ),
    "wrong section": (
        SHORTEST + "[stmp]\n",
        ":17: unknown key 'stmp'. Known here: chase, closing_days",
    ),
    "no store": (
        change('[store]\nurl = "sqlite:////var/lib/triage/triage.db"', ""),
        ": 'store' is missing. Add it",
    ),
    "no mailbox": (SHORTEST.partition("[[mailbox]]")[0], ": 'mailbox' is missing"),
    "port": (
        change("port = 2525", "port = 70000"),
        ":6: 'smtp.port': input should be less than or equal to 65535, not 70000",
    ),
    "tls": (
        change('port = 1143\ntls = "none"', 'port = 1143\ntls = "ssl"'),
        ":14: 'mailbox.0.tls': input should be 'none', 'starttls' or 'tls', not 'ssl'",
    ),
    "address": (
        change("Compliance@alektumgroup.nl", "compliance"),
        ":10: 'mailbox.0.address': is not an e-mail address, not 'compliance'",
    ),
    "store": (
        change("sqlite:////var/lib/triage/triage.db", "mysql://h/d"),
        ":2: 'store.url': must start with sqlite:/// or postgresql+psycopg://, not 'mysql://h/d'",
    ),
    "mailbox twice": (
        SHORTEST + SHORTEST[SHORTEST.index("[[mailbox]]") :],
        ":9: 'mailbox': compliance@alektumgroup.nl (INBOX) stands twice",
    ),
    "plaintext smtp": (
        change('[smtp]\nhost = "127.0.0.1"', '[smtp]\nhost = "mail.example"'),
        ":4: 'smtp': tls = \"none\" to mail.example would send mail and passwords in the clear",
    ),
    "plaintext imap": (
        SHORTEST + SECOND.replace("127.0.0.1", "mail.example"),
        ":18: 'mailbox.1': tls = \"none\" to mail.example would send",
    ),
    "oauth2": (
        SHORTEST + SECOND + 'auth = "oauth2"\n',
        ":18: 'mailbox.1': auth = \"oauth2\" needs a table oauth2",
    ),
    "token url": (
        SHORTEST
        + SECOND
        + 'auth = "oauth2"\n[mailbox.oauth2]\ntoken_url = "http://localhost.example/token"\nclient_id = "x"\n',
        ":26: 'mailbox.1.oauth2.token_url': must be https",
    ),
    "http": (
        SHORTEST + '[http]\nlisten = "9464"\n',
        ":18: 'http.listen': must be host:port such as 127.0.0.1:9464, not '9464'",
    ),
    "http port": (
        SHORTEST + '[http]\nlisten = "127.0.0.1:99999"\n',
        ":18: 'http.listen': must be host:port",
    ),
    "digest time": (
        SHORTEST + '[digest]\nat = "7:30"\n',
        ":18: 'digest.at': must be HH:MM, not '7:30'",
    ),
    "digest zone": (
        SHORTEST + '[digest]\nzone = "Amsterdam"\n',
        ":18: 'digest.zone': is not a time zone",
    ),
    "digest to": (
        SHORTEST + '[digest]\nto = ["anna"]\n',
        ":18: 'digest.to.0': is not an e-mail address, not 'anna'",
    ),
    "bounce address": (
        change('tls = "none"\n\n', 'tls = "none"\nbounce_address = "a@b\\r\\nRSET"\n\n'),
        ":8: 'smtp.bounce_address': is not an e-mail address",
    ),
    "closing day": (
        SHORTEST + '[closing_days]\nalektum-nl = ["24 december"]\n',
        ":18: 'closing_days.alektum-nl.0'",
    ),
    "cap": (
        SHORTEST + "[limits]\nper_case = 0\n",
        ":18: 'limits.per_case': input should be greater than or equal to 1, not 0",
    ),
}


@pytest.mark.parametrize(("text", "told"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_one_line_with_file_line_and_remedy(
    tmp_path: Path, text: str, told: str
) -> None:
    assert fault(tmp_path, text).startswith(told)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_plaintext_stays_on_this_machine_without_being_told(tmp_path: Path, host: str) -> None:
    assert load(tmp_path, SHORTEST.replace("127.0.0.1", host)).smtp.host == host


@pytest.mark.parametrize("host", ["127.0.0.1.example", "localhost.example", "0.0.0.0", "10.0.0.1"])  # noqa: S104 - refused
def test_what_only_looks_like_this_machine_does_not(tmp_path: Path, host: str) -> None:
    assert "in the clear" in fault(tmp_path, SHORTEST.replace("127.0.0.1", host))


def test_plaintext_elsewhere_must_be_said(tmp_path: Path) -> None:
    text = SHORTEST.replace("127.0.0.1", "mail.example").replace(
        'tls = "none"', 'tls = "none"\nallow_plaintext = true'
    )
    assert load(tmp_path, text).smtp.host == "mail.example"


@pytest.mark.parametrize(
    "url", ["https://login.example/token", "http://127.0.0.1:8080/token", "http://[::1]/token"]
)
def test_tokens_come_by_https_or_from_this_machine(tmp_path: Path, url: str) -> None:
    text = f'{SHORTEST}{SECOND}auth = "oauth2"\noauth2 = {{ token_url = "{url}", client_id = "x" }}'
    oauth2 = load(tmp_path, text).mailbox[1].oauth2
    assert oauth2 is not None
    assert oauth2.token_url == url


def test_a_password_in_a_wrong_url_is_not_shown(tmp_path: Path) -> None:
    url = "postgresql://triage:s3cret@db.example/triage"
    told = fault(tmp_path, change("sqlite:////var/lib/triage/triage.db", url))
    assert "postgresql://***@db.example" in told
    assert "s3cret" not in told


# --- secrets and paths


def test_a_secret_is_the_first_line_of_its_file_beside_the_settings(tmp_path: Path) -> None:
    settings = load(tmp_path, SHORTEST)
    (tmp_path / "compliance.password").write_text("p w\nsecond line\n", encoding="utf-8")
    assert settings.secret("compliance.password") == "p w"


def test_systemds_credentials_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(tmp_path, SHORTEST)
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (tmp_path / "secret").write_text("beside", encoding="utf-8")
    (credentials / "secret").write_text("credential", encoding="utf-8")
    assert settings.secret("secret") == "beside"
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    assert settings.secret("secret") == "credential"
    (credentials / "secret").unlink()
    assert settings.secret("secret") == "beside"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "cannot be read: No such file or directory. Create it, readable by the service"),
        (b"", "is empty. Put the secret on line 1"),
        (b"\nsecret", "is empty"),
        (b"\xff\xfes3cret", "cannot be read"),
    ],
)
def test_a_secret_that_cannot_be_had_is_told_without_it(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    settings = load(tmp_path, SHORTEST)
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        settings.secret("secret")
    assert str(caught.value).startswith(f"{tmp_path / 'secret'}: {told}")
    assert "s3cret" not in str(caught.value)


def test_paths_are_relative_to_the_settings_file(tmp_path: Path) -> None:
    settings = load(tmp_path, SHORTEST)
    assert settings.path("own/templates") == tmp_path / "own" / "templates"
    assert str(settings.path("/etc/ca.pem")) == "/etc/ca.pem"


def test_a_message_can_name_the_line_of_a_key(tmp_path: Path) -> None:
    settings = load(tmp_path, SHORTEST)
    assert settings.place("mailbox", 0, "policy") == f"{tmp_path / 'triage.toml'}:11"


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml: cannot be read: No such file"):
        load_settings(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("url", "opened"),
    [
        ("sqlite:///triage.db", "sqlite:///{folder}/triage.db"),
        ("sqlite:///data/triage.db", "sqlite:///{folder}/data/triage.db"),
        ("sqlite:////var/lib/triage.db", "sqlite:////var/lib/triage.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("postgresql+psycopg://triage@db/triage", "postgresql+psycopg://triage@db/triage"),
    ],
)
def test_the_path_of_the_register_is_relative_to_the_settings_file(
    tmp_path: Path, url: str, opened: str
):
    settings = load(tmp_path, change("sqlite:////var/lib/triage/triage.db", url))
    assert settings.register_url == opened.format(folder=tmp_path)
