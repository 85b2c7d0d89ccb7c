"""What is made ready only once is ready before the first real mail."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import pytest

from triage import explanation, resources
from triage.outbox.render import Templates
from triage.policy.load import load_policies
from triage.understanding.judge import load_judge
from triage.warm_up import warm_up

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


SMALL = {"triage.understanding.phrases.compiled", "triage.understanding.label_words._list"}
"""A pattern, and a word list of a few lines: microseconds each, made when a mail first needs one."""

BY_LANGUAGE = {
    "triage.understanding.language._factory",
    "triage.understanding.language._known_words",
    "triage.understanding.language._vocabulary",
    "triage.understanding.letters.letters",
    "triage.understanding.sentences.lexicon_of",
}


def caches() -> dict[str, Any]:
    """Return the functions that keep what they made: word lists, patterns, what a word looks like."""
    return {
        f"{module.__name__}.{name}": value
        for module in list(sys.modules.values())
        if module.__name__.startswith(("triage.understanding", "triage.message"))
        for name, value in vars(module).items()
        if hasattr(value, "cache_info") and value.__module__ == module.__name__
    }


@pytest.fixture
def cold() -> dict[str, Any]:
    """Empty all caches; return those that keep everything, whose contents a mail would wait for.

    The bounded ones (of single words) are emptied, too: what they know from an earlier test would
    spare the warm-up a list that a mail then waits for.
    """
    functions = caches()
    for function in functions.values():
        function.cache_clear()
    kept = {k: each for k, each in functions.items() if each.cache_parameters()["maxsize"] is None}
    assert set(kept) >= SMALL | BY_LANGUAGE
    return kept


def test_after_it_no_mail_in_our_languages_waits_for_word_lists_or_profiles(cold: dict[str, Any]):
    policies, judge = load_policies(resources.policies()), load_judge()
    warm_up(policies.values(), judge, Templates(resources.templates(), None), NOW)
    before = {name: function.cache_info().misses for name, function in cold.items()}
    for mail in sorted((files("triage.demo") / "mails").iterdir(), key=lambda each: each.name):
        explanation.explain(mail.read_bytes(), policies, judge, NOW)
    late = {name for name, each in cold.items() if each.cache_info().misses > before[name]}
    assert late <= SMALL
