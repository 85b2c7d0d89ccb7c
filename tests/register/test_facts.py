"""Facts of a case: best first, with their evidence, nothing lost."""

from __future__ import annotations

import json

from register_samples import reading

from triage.register.columns import clean_json
from triage.register.facts import facts_of, merged
from triage.understanding.model import Channel, Evidence, Finding, Source

WORDS = Evidence(Source.TYPED, 4, 13, "Jan Jansen", "signature")


def test_a_fact_keeps_its_evidence_and_its_mail():
    facts = facts_of(reading(name=Finding("Jan Jansen", 0.8, (WORDS,))), 7)
    assert json.loads(json.dumps(clean_json(facts["name"]))) == [
        {
            "value": "Jan Jansen",
            "confidence": 0.8,
            "mail": 7,
            "evidence": [
                {
                    "source": "typed",
                    "start": 4,
                    "end": 13,
                    "words": "Jan Jansen",
                    "rule": "signature",
                }
            ],
        }
    ]


def test_what_a_mail_does_not_give_is_no_fact():
    assert facts_of(reading(), 1) == {}
    given = facts_of(reading(reason=Finding(value=True, confidence=0.9)), 1)
    assert given["reason"][0]["value"] is True


def test_lists_are_kept_whole():
    facts = facts_of(reading(incident_channel=(Finding(Channel.PHONE, 0.9),)), 1)
    assert [fact["value"] for fact in facts["incident_channel"]] == ["phone"]


def test_a_later_mail_adds_and_does_not_overwrite():
    first = facts_of(reading(name=Finding("J. Jansen", 0.6)), 1)
    second = facts_of(reading(name=Finding("Jan Jansen", 0.9), city=Finding("Ede", 0.7)), 2)
    both = merged(first, second)
    assert [(fact["value"], fact["mail"]) for fact in both["name"]] == [
        ("Jan Jansen", 2),
        ("J. Jansen", 1),
    ]
    assert both["city"][0]["value"] == "Ede"


def test_a_repeated_value_keeps_its_surer_finding():
    unsure, sure = (facts_of(reading(name=Finding("Jan", c)), int(c * 10)) for c in (0.5, 0.9))
    assert merged(unsure, sure) == merged(sure, unsure) == sure


def test_merging_twice_changes_nothing_more():
    first, second = facts_of(reading(dossiers=("12345678",)), 1), facts_of(reading(), 2)
    once = merged(first, second)
    assert merged(once, second) == once
