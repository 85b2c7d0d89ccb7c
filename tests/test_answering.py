"""Which mail of ours ends a term: in the Sent folder or vouched for, to the case's own people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sample_mails import SENDER, message, shipped

from triage.answering import (
    INTERIM_WORDS,
    FolderSign,
    Found,
    Said,
    as_ours,
    filed_by_hand,
    is_proven,
    said_by_us,
)
from triage.decision import History, KnownCase, decide
from triage.message.model import Address, MachineSign
from triage.understanding.model import Fields, Finding, Kind, Reading

if TYPE_CHECKING:
    from triage.message.model import Message

POLICY = shipped()["alektum-nl"]
OURS = POLICY.mailboxes[0]
SERVER = "mx.agency.example"
PASSED = f"{SERVER}; dmarc=pass header.from=alektumgroup.nl"
CASE = KnownCase("NL26-00001", Kind.COMPLAINT, "open", (), False, True, 1)
READING = Reading(
    Finding("nl", 0.99),
    Finding(Kind.COMPLAINT, 0.99),
    (),
    Finding(True, 0.99),
    Fields(),
    False,
)


def ours(*signs: MachineSign, **changes: Any) -> Message:
    """Return a handler's answer to the case's sender."""
    answer = message(POLICY, *signs, sender=Address("Anna", OURS), to=(Address("", SENDER),))
    return replace(answer, **({"in_reply_to": ("first@example.org",), "references": ()} | changes))


def history(case: KnownCase | None = CASE, **changes: Any) -> History:
    return replace(History(case=case, own_addresses=frozenset({OURS})), **changes)


def found(sign: FolderSign | None = FolderSign.SENT, **changes: Any) -> Found:
    plain = Found(
        sign=sign,
        authserv_ids=frozenset({SERVER}),
        own_domains=POLICY.agency.domains,
        contacts=frozenset({SENDER}),
        sent_is_watched=False,
    )
    return replace(plain, **changes)


def said(mail: Message, known: History | None = None, where: Found | None = None) -> Said | None:
    return said_by_us(mail, READING, known or history(), where or found())


def test_a_mail_in_the_sent_folder_to_the_cases_sender_is_the_answer():
    assert said(ours()) is Said.ANSWER


def test_in_the_sent_folder_it_does_not_matter_which_address_wrote():
    assert said(ours(sender=Address("Anna", "anna@elsewhere.example"))) is Said.ANSWER


@pytest.mark.parametrize("word", [word for words in INTERIM_WORDS.values() for word in words])
def test_a_tag_in_the_subject_makes_it_interim(word: str):
    assert said(ours(subject=f"Re: Klacht [{word.upper()}]")) is Said.INTERIM
    assert said(ours(subject=f"Re: Klacht {word}")) is Said.ANSWER


def test_the_folder_for_interim_answers_makes_it_interim():
    assert said(ours(), where=found(FolderSign.INTERIM)) is Said.INTERIM


@pytest.mark.parametrize(
    "sign", [MachineSign.LOOP, MachineSign.AUTO_SUBMITTED, MachineSign.REPORT, MachineSign.LIST]
)
def test_what_a_machine_of_ours_sent_answers_nothing(sign: MachineSign):
    assert said(ours(sign)) is Said.NOTHING


def test_what_the_outbox_sent_answers_nothing():
    assert said(ours(), history(answered_before=True)) is Said.NOTHING


class TestInTheInbox:
    """Anybody can write our address into a From header."""

    def test_a_forged_sender_ends_no_term(self):
        assert said(ours(), where=found(None)) is Said.UNPROVEN

    def test_a_copy_that_the_receiving_server_vouches_for_is_the_answer(self):
        mail = ours(headers=(("Authentication-Results", PASSED),))
        assert said(mail, where=found(None)) is Said.ANSWER

    @pytest.mark.parametrize(
        "results",
        [
            f'{SERVER}; spf=pass (a "quote; b) smtp.mailfrom=x@y.example; dmarc=pass (p=NONE (dis))',
            f'{SERVER} 1;dmarc = pass header.from="alektumgroup.nl"',
            f"{SERVER}; arc=pass (i=1 spf=pass dmarc=fail); dmarc=pass",
        ],
    )
    def test_comments_and_quoted_words_say_nothing(self, results: str):
        mail = ours(headers=(("Authentication-Results", results),))
        assert is_proven(mail, frozenset({SERVER}))

    @pytest.mark.parametrize(
        "results",
        [
            (PASSED.replace("pass", "fail"),),
            (PASSED.replace("pass", "none"),),
            (PASSED.replace(SERVER, "mx.forger.example"),),
            (f"{SERVER}; spf=pass", PASSED),
            ("mx.forger.example; dmarc=pass", PASSED),
            (f"{SERVER}; dmarc=pass; dmarc=fail",),
            (f"{SERVER}; spf=none (dmarc=pass)",),
            (f"{SERVER}; spf=pass smtp.mailfrom=dmarc=pass@forger.example",),
            (f'{SERVER}; spf=pass smtp.mailfrom="; dmarc=pass"@forger.example',),
            (f'{SERVER}; spf=pass smtp.mailfrom="\\"; dmarc=pass"@forger.example',),
            (f"{SERVER}; spf=none ((x) dmarc=pass)",),
            (f"{SERVER}; spf=none (x; dmarc=pass",),
            ("",),
            (),
        ],
    )
    def test_nothing_else_is_believed(self, results: tuple[str, ...]):
        mail = ours(headers=tuple(("Authentication-Results", value) for value in results))
        assert said(mail, where=found(None)) is Said.UNPROVEN

    def test_where_no_server_is_trusted_nothing_is_proven(self):
        mail = ours(headers=(("Authentication-Results", PASSED),))
        assert not is_proven(mail, frozenset())

    def test_a_persons_mail_is_not_ours(self):
        assert said(message(POLICY), where=found(None)) is None

    def test_a_web_form_with_our_address_is_the_persons(self):
        form = replace(READING, webform=True)
        assert said_by_us(ours(), form, history(), found(None)) is None

    def test_what_a_colleague_passes_on_to_us_is_mail_like_any_other(self):
        mail = ours(to=(Address("", OURS),))
        assert said(mail, history(None), found(None, contacts=frozenset())) is None
        assert said(mail, history(None), found(contacts=frozenset())) is None


class TestToSomebodyElse:
    def test_a_mail_of_the_case_to_another_address_is_a_persons_to_judge(self):
        assert said(ours(to=(Address("", "lawyer@firm.example"),))) is Said.ELSEWHERE

    def test_a_colleague_is_nobodys_answer(self):
        colleague = Address("", f"bram@{min(POLICY.agency.domains)}")
        assert said(ours(to=(colleague,))) is Said.NOTHING

    def test_an_answer_of_no_case_is_a_task(self):
        assert said(ours(), history(None), found(contacts=frozenset())) is Said.STRAY

    def test_a_new_mail_of_no_case_is_nobodys_business(self):
        assert said(ours(in_reply_to=()), history(None), found()) is Said.NOTHING


class TestTheDecision:
    @pytest.mark.parametrize(
        ("what", "tasks"),
        [
            (Said.ANSWER, []),
            (Said.INTERIM, []),
            (Said.NOTHING, []),
            (Said.STRAY, ["stray_answer"]),
            (Said.ELSEWHERE, ["answer_elsewhere"]),
            (Said.UNPROVEN, ["unproven_answer"]),
        ],
    )
    def test_our_own_mail_opens_no_case_and_is_not_acknowledged(self, what: Said, tasks: list[str]):
        known = history(None)
        decided = decide(ours(), READING, POLICY, known, ours().date)
        assert decided.opens_case
        ended = as_ours(decided, known, what, found())
        assert (ended.opens_case, ended.acknowledge, ended.due) == (False, False, None)
        assert [task.code for task in ended.tasks] == tasks

    def test_it_joins_the_case_whatever_its_words_are_taken_for(self):
        second = replace(READING, kind=Finding(Kind.MANAGEMENT_COMPLAINT, 0.99))
        known = history(replace(CASE, answered=True, state="answered"))
        decided = decide(ours(), second, POLICY, known, ours().date)
        assert decided.joins is None
        assert as_ours(decided, known, Said.ANSWER, found()).joins == CASE.number

    def test_an_unproven_answer_is_no_task_where_the_sent_folder_will_tell(self):
        decided = decide(ours(), READING, POLICY, history(), ours().date)
        watched = found(None, sent_is_watched=True)
        assert as_ours(decided, history(), Said.UNPROVEN, watched).tasks == ()

    def test_a_mail_filed_unseen_is_not_acknowledged_and_spam_opens_no_case(self):
        decided = decide(message(POLICY), READING, POLICY, history(None), message(POLICY).date)
        assert decided.acknowledge
        answered = filed_by_hand(decided, FolderSign.ANSWERED)
        assert (answered.opens_case, answered.acknowledge) == (True, False)
        assert not filed_by_hand(decided, FolderSign.SPAM).opens_case
