"""The check of a power of attorney stands in its case, and further mails complete it."""

from __future__ import annotations

from register_samples import START, decision, handled, open_case, silent, take

from triage.decision import Joined, Task
from triage.register.apply import apply
from triage.register.cases import case_file
from triage.understanding.model import Kind
from triage.understanding.proxy import Content, Item, Proxy, Status

FIRST = Proxy(
    (
        Item(Content.SCOPE, Status.FOUND, "innsyn", "fullmakt.pdf"),
        Item(Content.DURATION, Status.NOT_FOUND),
    )
)
MORE = Proxy((Item(Content.DURATION, Status.FOUND, "til 2027", "the mail"),))
CHECK = Task("check_proxy", "Check the power of attorney")


def test_a_further_mail_completes_the_check_and_its_task(register):
    opening = decision(Kind.AUTHORISATION, proxy=FIRST, tasks=(CHECK,))
    number = open_case(register, decided=opening)
    more = decision(Kind.QUESTION, opens_case=False, joins=number, proxy=MORE, tasks=(CHECK,))
    entry = take(register, 2)
    with register.transaction() as session:
        apply(session, entry, handled(decided=more, joined=Joined.THREAD), silent, START)
    with register.reading() as session:
        file = case_file(session, number)
    assert [row["value"] for row in file.case.facts["power_of_attorney"]] == [
        'scope and limits: found, "innsyn" in fullmakt.pdf',
        'how long it holds: found, "til 2027" in the mail',
    ]
    (task,) = file.tasks
    assert task.text == (
        "Check the power of attorney (read: fullmakt.pdf, the mail); "
        "found: scope and limits, how long it holds"
    )


def test_a_mail_without_one_leaves_the_check_alone(register):
    number = open_case(register, decided=decision(Kind.AUTHORISATION, proxy=FIRST, tasks=(CHECK,)))
    thanks = decision(Kind.QUESTION, opens_case=False, joins=number)
    entry = take(register, 2)
    with register.transaction() as session:
        apply(session, entry, handled(decided=thanks, joined=Joined.THREAD), silent, START)
    with register.reading() as session:
        file = case_file(session, number)
    assert len(file.case.facts["power_of_attorney"]) == 2
    assert len(file.tasks) == 1
