"""Whose lines are whose, in the forms of real mail programs (the golden mails)."""

from __future__ import annotations

import pytest
from golden_mails import Golden, goldens, lines_of

from triage.message.reader import read_message

ALL = goldens()


@pytest.mark.parametrize("golden", ALL, ids=[golden.name for golden in ALL])
def test_golden_mail_is_parted_as_a_reader_would(golden: Golden):
    message = read_message(golden.raw())
    assert lines_of(message.typed) == golden.lines("typed")
    assert _in_order(golden.lines("quoted"), lines_of(message.quoted))
    assert _in_order(golden.lines("footer"), lines_of(message.footer))
    if "quoted" not in golden.sections:
        assert message.quoted == ""
    if "footer" not in golden.sections:
        assert message.footer == ""


PLAIN = [golden for golden in ALL if "html" not in golden.sections]


@pytest.mark.parametrize("golden", PLAIN, ids=[golden.name for golden in PLAIN])
def test_no_line_of_a_golden_mail_is_lost(golden: Golden):
    message = read_message(golden.raw())
    kept = "".join(
        "".join(part.split()) for part in (message.typed, message.quoted, message.footer)
    )
    for line in golden.lines("plain"):
        words = line.lstrip("> \ufeff")
        assert all("".join(word.split()) in kept for word in words.split(" On "))


def test_there_are_at_least_eighty_golden_mails_in_a_dozen_languages():
    languages = {
        name.partition(":")[0] for golden in ALL for name in [golden.name.partition(": ")[2]]
    }
    assert len(ALL) >= 80
    assert (
        len(
            {*languages, "nl", "pl"}
            & {
                "nl",
                "pl",
                "no",
                "nn",
                "sv",
                "da",
                "fi",
                "de",
                "en",
                "fr",
                "es",
                "it",
                "pt",
                "cs",
                "sk",
                "hu",
                "ru",
            }
        )
        >= 12
    )


def _in_order(wanted: list[str], found: list[str]) -> bool:
    rest = iter(found)
    return all(any(line == each.lstrip("> ") for each in rest) for line in wanted)
