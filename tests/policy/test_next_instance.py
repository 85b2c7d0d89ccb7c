"""Where a sender can go next, under each shipped policy, and when that is named."""

from __future__ import annotations

import pytest
from sample_mails import POLICY_NAMES, shipped

from triage.policy.next_instance import Moment, moment_of, next_instances

ALWAYS_PL = ("zpf", "rzecznik_konsumentow")
TABLE = {
    ("alektum-nl", Moment.OPEN): (),
    ("alektum-nl", Moment.OVERDUE): ("keurmerk_svi",),
    ("alektum-nl", Moment.ANSWERED): ("directieklacht", "kifid"),
    ("alektum-nl", Moment.SECOND_ANSWERED): ("kifid",),
    ("alektum-nl-service", Moment.OPEN): (),
    ("alektum-nl-service", Moment.ANSWERED): ("kifid",),
    ("alektum-pl", Moment.OPEN): ALWAYS_PL,
    ("alektum-pl", Moment.ANSWERED): (*ALWAYS_PL, "rzecznik_finansowy"),
    ("alektum-no", Moment.OPEN): (),
    ("alektum-no", Moment.ANSWERED): ("finansklagenemnda",),
    ("pro-actief", Moment.OPEN): ("rechter",),
    ("pro-actief", Moment.ANSWERED): ("rechter",),
}


@pytest.mark.parametrize(("policy", "moment"), TABLE)
def test_a_place_to_go_is_named_at_its_moment(policy: str, moment: Moment):
    found = next_instances(shipped()[policy], moment)
    assert tuple(each.key for each in found) == TABLE[policy, moment]


def test_keurmerk_svi_takes_only_complaints_that_were_not_answered():
    moments = {
        moment
        for moment in Moment
        for each in next_instances(shipped()["alektum-nl"], moment)
        if each.key == "keurmerk_svi"
    }
    assert moments == {Moment.OVERDUE}


@pytest.mark.parametrize("name", POLICY_NAMES)
def test_each_is_worded_in_the_home_language_and_in_english(name: str):
    policy = shipped()[name]
    assert policy.next_instances
    for each in policy.next_instances:
        assert each.text.keys() >= {policy.home_language, "en"}


def test_a_language_without_words_of_its_own_gets_english():
    (rechter,) = shipped()["pro-actief"].next_instances
    assert rechter.told("sv", "nl") == rechter.text["en"]
    assert rechter.told("nl", "nl") == rechter.text["nl"]


def test_an_answer_weighs_more_than_a_term_that_passed():
    assert moment_of(answered=True, overdue=True, second=False) is Moment.ANSWERED
    assert moment_of(answered=True, overdue=False, second=True) is Moment.SECOND_ANSWERED
    assert moment_of(answered=False, overdue=True, second=True) is Moment.OVERDUE
    assert moment_of(answered=False, overdue=False, second=False) is Moment.OPEN
