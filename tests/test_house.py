"""The house keeps its rooms: imports run down the flow, and the pure rooms stay pure."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "triage"

NETWORK_AND_STORE = {
    *("imapclient", "aiosmtplib", "apscheduler", "sqlmodel", "sqlalchemy", "alembic", "psycopg"),
    *("socket", "ssl", "http", "urllib.request", "asyncio", "sqlite3"),
}
PURE = ("message", "understanding", "policy", "acknowledging", "first_steps", "decision")
MAY_IMPORT = {
    "policy": {"policy", "errors", "toml_file"},
    "message": {"message", "errors"},
    "understanding": {"understanding", "message", "policy", "errors", "resources"},
    "acknowledging": {"policy", "message", "understanding", "decision"},
    "proxy_check": {"understanding", "masking"},
    "first_steps": {"policy", "understanding"},
    "decision": {
        "acknowledging",
        "first_steps",
        "proxy_check",
        "policy",
        "message",
        "understanding",
        "errors",
    },
    "mailbox": {"mailbox", "register", "errors", "settings", "masking"},
    "outbox": {
        "outbox",
        "policy",
        "message",
        "understanding",
        "decision",
        "register",
        "errors",
        "masking",
        "settings",
    },
    "register": {
        "register",
        "proxy_check",
        "policy",
        "message",
        "understanding",
        "decision",
        "errors",
        "masking",
        "clock",
    },
}
ADAPTERS = {
    "imapclient": "mailbox/connection.py",
    "aiosmtplib": "outbox/smtp.py",
    "mailparser": "message/mailparser_adapter.py",
    "apscheduler": "schedule/ticker.py",
}
IN_THE_DEMO = {"aiosmtplib"}


def modules(room: str) -> list[Path]:
    place = PACKAGE / room
    return sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]


def imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("room", PURE)
def test_a_pure_room_imports_neither_database_nor_network_nor_clock(room):
    for path in modules(room):
        found = {name.partition(".")[0] for name in imports(path)}
        assert not found & NETWORK_AND_STORE, path
        assert not {name for name in imports(path) if name.startswith("triage.clock")}, path


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_imports_run_down_the_flow_never_back_up(room):
    for path in modules(room):
        ours = {name.split(".")[1] for name in imports(path) if name.startswith("triage.")}
        assert ours <= MAY_IMPORT[room], path


@pytest.mark.parametrize(("library", "adapter"), ADAPTERS.items())
def test_a_library_is_imported_by_its_adapter_alone(library, adapter):
    users = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if any(name.partition(".")[0] == library for name in imports(path))
    }
    if library in IN_THE_DEMO:
        users = {path for path in users if not path.startswith("demo/")}
    assert users == {adapter}


def test_no_module_is_a_drawer_for_everything():
    names = {path.stem for path in PACKAGE.rglob("*.py")}
    assert not names & {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
