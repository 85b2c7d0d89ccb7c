"""`triage explain` on one core, after its start: mails a second, and which stage takes how much."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from bench.corpus_mails import mails
from bench.report import table

from triage import explanation, resources
from triage.clock import SystemClock
from triage.policy.load import load_policies
from triage.understanding import read
from triage.understanding.judge import Judge, load_judge

if TYPE_CHECKING:
    from collections.abc import Callable

_MAILS = 200
_STAGES = {
    "read_message": (explanation, "read_message"),
    "language": (read, "language_of"),
    "judgement": (Judge, "judge"),
    "fields": (read, "read_fields"),
    "decide": (explanation, "decide"),
}
_UNDERSTAND = (explanation, "understand")
_WITHIN = ("language", "judgement", "fields")


def measure_explain() -> None:
    """Print the speed, then each stage as a share of the whole."""
    policies = load_policies(resources.policies())
    judge, now = load_judge(), SystemClock().now()
    raws = [raw for _, raw in mails(_MAILS, "explained")]

    def run() -> float:
        start = time.perf_counter()
        for raw in raws:
            explanation.as_json(explanation.explain(raw, policies, judge, now), "a mail")
        return time.perf_counter() - start

    run()  # caches are filled
    taken = run()
    spent: dict[str, float] = defaultdict(float)
    places = _STAGES | {"understand": _UNDERSTAND}
    undo = [_clocked(spent, name, *place) for name, place in places.items()]
    clocked = run()
    for restore in undo:
        restore()
    spent["rest of understanding"] = spent["understand"] - sum(spent[name] for name in _WITHIN)
    spent["policy, JSON"] = clocked - sum(
        spent[n] for n in ("read_message", "understand", "decide")
    )
    del spent["understand"]
    rows = [[name, f"{100 * spent[name] / clocked:.0f} %"] for name in _by_share(spent)]
    title = (
        f"triage explain: {_MAILS / taken:.0f} mails a second on one core; share of a mail's time"
    )
    table(title, ["stage", "share"], rows)


def _by_share(spent: dict[str, float]) -> list[str]:
    return sorted(spent, key=lambda name: -spent[name])


def _clocked(spent: dict[str, float], name: str, module: Any, function: str) -> Callable[[], None]:
    """Count the time spent in a function of a module until what is returned is called."""
    original = getattr(module, function)

    def timed(*arguments: Any, **named: Any) -> Any:
        start = time.perf_counter()
        try:
            return original(*arguments, **named)
        finally:
            spent[name] += time.perf_counter() - start

    setattr(module, function, timed)
    return lambda: setattr(module, function, original)
