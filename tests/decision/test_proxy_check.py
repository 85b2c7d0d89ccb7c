"""What the handler and the sender are told of a power of attorney (Norway), and what a mail adds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sample_mails import MONDAY, NOTHING, message, reading, shipped, sure

from triage.decision import Decision, History, KnownCase, decide
from triage.message.model import Attachment
from triage.proxy_check import completed, facts_of_items, text_of
from triage.understanding.model import Kind
from triage.understanding.proxy import Content, Item, Status

POLICY = shipped()["alektum-no"]
TEXT = (
    "Fullmaktsgiver: Kari Nordmann, fødselsnummer 15076500565\n"
    "Fullmaktshaver: Ola Hansen, tlf 912 34 567\nFullmakten gjelder: innsyn i sak 4071825\n"
)
CASE = KnownCase("NO26-00001", Kind.AUTHORISATION, "open", (), False, True, 1)


def decided(
    typed: str = "Se vedlegg.",
    text: str = TEXT,
    kind: Kind = Kind.AUTHORISATION,
    case: KnownCase | None = None,
    policy: str = "alektum-no",
) -> Decision:
    enclosed = Attachment("fullmakt.pdf", "application/pdf", 9, "0" * 64, text)
    mail = message(shipped()[policy], typed=typed, attachments=(enclosed,) if text else ())
    read = replace(reading(kind, NOTHING), language=sure("no"))
    return decide(mail, read, shipped()[policy], History(case=case), MONDAY)


def tasks(decision: Decision) -> dict[str, str]:
    return {task.code: task.text for task in decision.tasks}


def test_the_task_says_what_was_found_where_and_what_was_not() -> None:
    assert tasks(decided())["check_proxy"] == (
        "Check the power of attorney (read: fullmakt.pdf); "
        "found: debtor's name, debtor's birth date, proxy's name, proxy's contact details, "
        "scope and limits; look yourself: signature of the debtor; "
        "not found: proxy's birth date, how long it holds, date"
    )


def test_without_one_the_task_names_the_whole_list() -> None:
    told = tasks(decided("Hvordan gir jeg fullmakt?", ""))["check_proxy"]
    assert "scope and limits, how long it holds, dated and signed" in told


def test_each_line_that_a_handler_sees_is_masked() -> None:
    rows = facts_of_items(decided().proxy.items, 7)
    line = next(row["value"] for row in rows if row["content"] == "debtor_birth")
    assert line == 'debtor\'s birth date: found, "*********65" in fullmakt.pdf'
    assert "15076500565" not in str(rows)


@pytest.mark.parametrize(
    ("kind", "policy"), [(Kind.QUESTION, "alektum-no"), (Kind.AUTHORISATION, "alektum-pl")]
)
def test_it_is_checked_where_the_procedure_lists_it_and_the_mail_is_about_it(
    kind: Kind, policy: str
) -> None:
    found = decided(kind=kind, policy=policy)
    assert found.proxy.items == ()
    assert "check_proxy" not in tasks(found)


def test_an_answer_in_the_case_is_checked_whatever_it_is_taken_for() -> None:
    assert decided(kind=Kind.QUESTION, case=CASE).proxy.items


def test_what_an_answer_brings_completes_the_check_and_takes_nothing_away() -> None:
    known = facts_of_items(
        (Item(Content.SCOPE, Status.FOUND, "alt", "a.pdf"), Item(Content.DATED, Status.NOT_FOUND)),
        1,
    )
    more = facts_of_items(
        (
            Item(Content.SCOPE, Status.NOT_FOUND),
            Item(Content.DATED, Status.FOUND, "i dag", "b.pdf"),
        ),
        2,
    )
    rows = completed(known, more)
    assert [(row["content"], row["status"], row["mail"]) for row in rows] == [
        ("scope", "found", 1),
        ("dated", "found", 2),
    ]
    assert text_of(rows) == (
        "Check the power of attorney (read: a.pdf, b.pdf); found: scope and limits, date"
    )
