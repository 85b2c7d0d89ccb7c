"""`triage explain` on one core, after its start: mails a second, and which stage takes how much."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from bench.corpus_mails import mails
from bench.report import table

from triage import explanation, resources
from triage.clock import SystemClock
from triage.policy.load import load_policies
from triage.understanding import read
from triage.understanding.judge import load_judge

if TYPE_CHECKING:
    from collections.abc import Callable

_MAILS = 200
_STAGES = {
    "read_message": (explanation, "read_message"),
    "language": (read, "read_language"),
    "fields": (read, "read_fields"),
    "decide": (explanation, "decide"),
}
_WHOLE = "understand"


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
    spent: Counter[str] = Counter()
    modules = {**_STAGES, _WHOLE: (explanation, "understand")}
    undo = [_clocked(spent, name, *place) for name, place in modules.items()]
    clocked = run()
    for restore in undo:
        restore()
    rows = [[name, f"{100 * spent[name] / clocked:.0f} %"] for name in _STAGES]
    judged = spent[_WHOLE] - spent["language"] - spent["fields"]
    rows.insert(3, ["judgement and the rest of understanding", f"{100 * judged / clocked:.0f} %"])
    rest = clocked - sum(spent[name] for name in ("read_message", _WHOLE, "decide"))
    rows.append(["policy, JSON", f"{100 * rest / clocked:.0f} %"])
    title = (
        f"triage explain: {_MAILS / taken:.0f} mails a second on one core; share of a mail's time"
    )
    table(title, ["stage", "share"], rows)


def _clocked(spent: Counter[str], name: str, module: Any, function: str) -> Callable[[], None]:
    """Count the time spent in a function of a module until what is returned is called."""
    original = getattr(module, function)

    def timed(*arguments: Any, **named: Any) -> Any:
        start = time.perf_counter()
        try:
            return original(*arguments, **named)
        finally:
            spent[name] += time.perf_counter() - start  # type: ignore[assignment]

    setattr(module, function, timed)
    return lambda: setattr(module, function, original)
