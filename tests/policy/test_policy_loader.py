"""Policy files: what is refused, and that each refusal names file, line and remedy."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sample_mails import shipped

from triage.errors import PolicyError
from triage.policy.load import load_policies, load_policy, policy_for
from triage.policy.model import End, Start, Term, Unit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLAIN = """\
title = "Complaints"
mailboxes = ["Complaints@Agency.example"]
home_language = "nl"

[agency]
name = "Agency"
domains = ["Agency.example"]
phones = ["+31201234567"]
signature = { nl = "De klachtenafdeling" }

[dossier]
digits = 8
example = "12345678"
where = { nl = "op de brief" }

[[required]]
any_of = ["name"]
[[required]]
any_of = ["dossier_number", "national_id"]

[terms]
answer = { count = 10, unit = "working_days" }

[calendar]
country = "NL"
zone = "Europe/Amsterdam"
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str, name: str = "agency.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_short_file_is_a_whole_policy(write: Callable[[str], Path]) -> None:
    policy = load_policy(write(PLAIN))
    assert policy.name == "agency"
    assert policy.mailboxes == ("complaints@agency.example",)
    assert policy.answer == policy.second_instance == Term(10, Unit.WORKING_DAYS)
    assert (policy.answer.start, policy.answer.end) == (Start.DAY_OF_RECEIPT, End.AS_COUNTED)
    assert policy.privacy == Term(1, Unit.MONTHS)
    assert policy.reminder_after == Term(3, Unit.WORKING_DAYS)
    assert policy.extended is None
    assert [need.options for need in policy.required] == [
        ("name",),
        ("dossier_number", "national_id"),
    ]


FAULTS = {
    "not TOML": ("title = ", 'title = "', 1, "is not valid TOML"),
    "key twice": ('title = "Complaints"', 'title = "a"\ntitle = "b"', 2, "is not valid TOML"),
    "unknown key": (
        "name = ",
        "nmae = ",
        6,
        "unknown key 'agency.nmae'. Known here: customer_pages, domains, name",
    ),
    "unknown table": ("[calendar]", "[calender]", 24, "unknown key 'calender'. Known here: agency"),
    "missing key": ('domains = ["Agency.example"]\n', "", 5, "'agency.domains' is missing. Add it"),
    "wrong type": (
        'title = "Complaints"',
        "title = 5",
        1,
        "'title': input should be a valid string, not 5",
    ),
    "address": (
        '["Complaints@Agency.example"]',
        '["complaints"]',
        2,
        "'complaints' is not an e-mail address",
    ),
    "no mailbox": (
        '["Complaints@Agency.example"]',
        "[]",
        2,
        "'mailboxes': tuple should have at least 1 item",
    ),
    "language": ('home_language = "nl"', 'home_language = "Dutch"', 3, "'home_language'"),
    "phone": ("+31201234567", "020 1234567", 8, "'020 1234567' is not in the form +31201234567"),
    "phone country": ("+31201234567", "+00000000000", 8, "is not in the form +31201234567"),
    "digits": ("digits = 8", "digits = 80", 12, "'dossier.digits'"),
    "pattern": ("digits = 8", "digits = 8\npattern = '['", 13, "is not a regular expression"),
    "example": (
        'example = "12345678"',
        'example = "1234567"',
        13,
        "does not match the number format",
    ),
    "unknown field": (
        'any_of = ["name"]',
        'any_of = ["nmae"]',
        17,
        "unknown field 'nmae', known: address, desired_resolution",
    ),
    "identity number": (
        '["dossier_number", "national_id"]',
        '["national_id"]',
        19,
        "an identity number is never asked for",
    ),
    "nothing asked": ('any_of = ["name"]', "any_of = []", 17, "'required.0.any_of'"),
    "unit": (
        'unit = "working_days"',
        'unit = "weeks"',
        22,
        "'terms.answer.unit': input should be 'working_days'",
    ),
    "count": ("count = 10", "count = 0", 22, "'terms.answer.count'"),
    "zone": (
        "Europe/Amsterdam",
        "Europe/Amsterdm",
        26,
        "is not a time zone such as Europe/Amsterdam",
    ),
    "country": ('country = "NL"', 'country = "XX"', 24, "unknown country 'XX'"),
    "holiday": (
        'country = "NL"',
        'country = "NL"\nwithout = ["Goodfriday"]',
        24,
        "no holiday 'Goodfriday' in NL: Ascension Day",
    ),
    "office": (
        "[calendar]",
        "[office]\nopens = 18:00:00\n[calendar]",
        24,
        "the office closes before it opens",
    ),
    "office exception": (
        "[calendar]",
        '[office]\nexceptions = [{ first = "12-32", last = "12-31", opens = 09:00:00, closes = 14:00:00 }]\n[calendar]',
        25,
        "is not a month and day such as 12-23",
    ),
    "office exception week": (
        "[calendar]",
        '[office]\nexceptions = [{ first = "W05-1", last = "12-31", opens = 09:00:00, closes = 14:00:00 }]\n[calendar]',
        25,
        "is not a month and day such as 12-23",
    ),
    "office exception order": (
        "[calendar]",
        '[office]\nexceptions = [{ first = "12-27", last = "01-02", opens = 09:00:00, closes = 14:00:00 }]\n[calendar]',
        25,
        "one over New Year is written as two",
    ),
    "verdict": (
        "[calendar]",
        '[promises]\nverdict = "maybe"\n[calendar]',
        25,
        "'promises.verdict': input should be",
    ),
}


@pytest.mark.parametrize(("old", "new", "line", "told"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_one_line_with_file_line_and_remedy(
    write: Callable[[str], Path], old: str, new: str, line: int, told: str
) -> None:
    assert old in PLAIN
    path = write(PLAIN.replace(old, new, 1))
    with pytest.raises(PolicyError) as caught:
        load_policy(path)
    message = str(caught.value)
    assert message.startswith(f"{path}:{line}: "), message
    assert told in message
    assert "\n" not in message
    assert caught.value.remedy


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"none\.toml: cannot be read: No such file.*Check the"):
        load_policy(tmp_path / "none.toml")


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "agency.toml"
    path.write_bytes(PLAIN.replace("Complaints", "Reklamację", 1).encode("cp1250"))
    with pytest.raises(PolicyError, match=r"agency\.toml: is not UTF-8\. Save it as UTF-8"):
        load_policy(path)


def test_closing_days_that_leave_no_working_day_are_refused(write: Callable[[str], Path]) -> None:
    days = ", ".join(f"2026-0{month}-{day:02}" for month in (3, 4, 5) for day in range(1, 31))
    path = write(PLAIN.replace('country = "NL"', f'country = "NL"\nclosed = [{days}]'))
    with pytest.raises(PolicyError, match=r"agency\.toml:26: no working day for 60 days"):
        load_policy(path)


# --- several policies


def test_closing_days_of_the_settings_join_those_of_the_file(
    write: Callable[[str], Path], tmp_path: Path
) -> None:
    write(PLAIN.replace('country = "NL"', 'country = "NL"\nclosed = [2026-12-24]'))
    policies = load_policies(tmp_path, closed={"agency": (date(2026, 12, 31),)})
    assert policies["agency"].calendar.closed == {date(2026, 12, 24), date(2026, 12, 31)}


def test_closing_days_for_an_unknown_policy_are_refused(
    write: Callable[[str], Path], tmp_path: Path
) -> None:
    write(PLAIN)
    with pytest.raises(PolicyError, match="unknown policy 'agencies'"):
        load_policies(tmp_path, closed={"agencies": ()})


def test_an_operators_file_replaces_the_shipped_one_of_its_name(
    write: Callable[[str], Path], tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    write(PLAIN)
    write(PLAIN.replace("complaints@", "").replace("Complaints@", "other@"), "other.toml")
    (own / "agency.toml").write_text(PLAIN.replace("count = 10", "count = 5"), encoding="utf-8")
    policies = load_policies(tmp_path, own)
    assert sorted(policies) == ["agency", "other"]
    assert policies["agency"].answer.count == 5


def test_a_mailbox_of_two_policies_is_refused(write: Callable[[str], Path], tmp_path: Path) -> None:
    write(PLAIN)
    write(PLAIN, "second.toml")
    with pytest.raises(
        PolicyError, match=r"second\.toml:2: mailbox complaints@agency\.example belongs to agency"
    ):
        load_policies(tmp_path)


def test_a_folder_without_policies_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="holds no policy"):
        load_policies(tmp_path)


@pytest.mark.parametrize(
    ("addresses", "name"),
    [
        (["KLACHTEN@proactiefincasso.nl"], "pro-actief"),
        (["someone@example.org", "info@alektumgroup.pl"], "alektum-pl"),
        (["info@alektumgroup.no", "info@alektumgroup.pl"], "alektum-no"),
        (["someone@example.org"], "alektum-nl"),
        ([], "alektum-nl"),
    ],
)
def test_the_first_address_that_is_a_mailbox_chooses_the_policy(
    addresses: list[str], name: str
) -> None:
    assert policy_for(shipped(), addresses).name == name
