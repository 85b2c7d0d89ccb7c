"""What was understood of a mail, for a person: findings underlined and named, then the decision.

In the terminal by rich; as HTML from `templates/explain.html` with autoescaping, so that nothing in
a mail is ever markup.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader
from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from triage import resources
from triage.understanding.model import Evidence, Fields, Finding, Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from triage.explanation import Explanation

_COLOURS = ("cyan", "magenta", "green", "yellow", "blue", "bright_red")
_CSS_COLOURS = ("#0b7285", "#9c36b5", "#2b8a3e", "#e67700", "#1864ab", "#c92a2a")
_SHOWN = 6000
"""Characters of a text that are shown; the whole mail is in the mailbox."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of text and the names of what was found in it."""

    start: int
    end: int
    names: tuple[str, ...]
    colour: int


def findings_of(explanation: Explanation) -> Iterator[tuple[str, Finding[object]]]:
    """Yield each finding with its name, in reading order."""
    reading = explanation.reading
    for name in ("kind", "also", "marker"):
        yield from _named(name, getattr(reading, name))
    for entry in fields(Fields):
        yield from _named(entry.name, getattr(reading.fields, entry.name))


def _named(name: str, found: object) -> Iterator[tuple[str, Finding[object]]]:
    for finding in found if isinstance(found, tuple) else (found,):
        if isinstance(finding, Finding):
            yield _words(name), finding


def _words(key: str) -> str:
    return key.replace("_", " ")


def marks(explanation: Explanation, source: Source, length: int) -> list[Mark]:
    """Return the stretches of one text of the mail that carry findings; they do not overlap."""
    names = sorted({name for name, _ in findings_of(explanation)})
    colours = {name: number % len(_COLOURS) for number, name in enumerate(names)}
    spans: dict[tuple[int, int], list[str]] = {}
    for name, finding in findings_of(explanation):
        for words in finding.evidence:
            if words.source is source and 0 <= words.start < words.end <= length:
                found = spans.setdefault((words.start, words.end), [])
                if name not in found:
                    found.append(name)
    out: list[Mark] = []
    for (start, end), found in sorted(spans.items()):
        if out and start < out[-1].end:
            if end > out[-1].end or (start, end) == (out[-1].start, out[-1].end):
                continue
            last = out[-1]
            merged = tuple(dict.fromkeys((*last.names, *found)))
            out[-1] = Mark(last.start, last.end, merged, last.colour)
        else:
            out.append(Mark(start, end, tuple(found), colours[found[0]]))
    return out


def _texts(explanation: Explanation) -> list[tuple[str, Source, str]]:
    message = explanation.message
    return [
        ("Subject", Source.SUBJECT, message.subject),
        ("Typed", Source.TYPED, message.typed[:_SHOWN]),
        ("Quoted", Source.QUOTED, message.quoted[:_SHOWN]),
    ]


def _pieces(text: str, found: list[Mark]) -> Iterator[tuple[str, Mark | None]]:
    at = 0
    for mark in found:
        if mark.start > at:
            yield text[at : mark.start], None
        yield text[mark.start : mark.end], mark
        at = mark.end
    if at < len(text):
        yield text[at:], None


def summary(explanation: Explanation) -> list[tuple[str, str]]:
    """Return the decision in lines of a label and words."""
    decision, reading = explanation.decision, explanation.reading
    message = explanation.message
    kind = _words(" + ".join((reading.kind.value, *(found.value for found in reading.also))))
    answer = "no"
    if decision.acknowledge:
        answer = f"yes, to {decision.recipient} in {decision.language}"
    elif decision.reasons:
        answer = "no: " + ", ".join(map(_words, decision.reasons))
    rows = [
        ("From", f"{message.sender.name} <{message.sender.address}>" if message.sender else "-"),
        ("Policy", explanation.policy.name),
        ("Language", _sure(reading.language)),
        ("Kind", f"{kind} {_mark(reading.kind)}".strip()),
        ("Marked", ("yes " if reading.marker.value else "no ") + _mark(reading.marker)),
        ("Acknowledge", answer),
        ("Missing", ", ".join(map(_words, decision.missing)) or "nothing"),
        ("Due", f"{decision.due:%a %Y-%m-%d}" if decision.due else "no term"),
    ]
    rows += [("Task", task.text) for task in decision.tasks]
    rows += [("Damage", line) for line in message.damage]
    return [(label, value.strip()) for label, value in rows]


def _mark(finding: Finding[object]) -> str:
    return "" if finding.sure else f"(unsure, {finding.confidence:.0%})"


def _sure(finding: Finding[str]) -> str:
    return f"{finding.value} {_mark(finding)}".strip()


def values(explanation: Explanation) -> list[tuple[str, str, str, str]]:
    """Return each field found: name, value, how sure, and where it was found."""
    rows = []
    for entry in fields(Fields):
        for name, finding in _named(entry.name, getattr(explanation.reading.fields, entry.name)):
            if finding.value is False:
                continue
            where = "; ".join(_where(words) for words in finding.evidence[:3])
            rows.append((name, _plain(finding.value), f"{finding.confidence:.0%}", where))
    return rows


def _plain(value: object) -> str:
    return "yes" if value is True else str(value)


def _where(words: Evidence) -> str:
    shown = " ".join(words.words.split())
    shown = shown if len(shown) <= 50 else f"{shown[:49]}…"
    return f"{words.source.value}: “{shown}” ({words.rule})"


def show(explanation: Explanation | str, file: str) -> None:
    """Print one mail for a person, or why it cannot be shown."""
    console = Console(highlight=False)
    console.print(Rule(style="dim"))
    console.print(Text(file, style="bold"), soft_wrap=True)  # whole, so that it can be copied
    console.print()
    if isinstance(explanation, str):
        console.print(Text(explanation, style="red"))
        return
    for label, source, text in _texts(explanation):
        if not text.strip():
            continue
        line = Text(f"{label}\n", style="dim")
        for piece, mark in _pieces(text, marks(explanation, source, len(text))):
            if mark is None:
                line.append(piece, style="dim" if source is Source.QUOTED else "not dim")
            else:
                colour = _COLOURS[mark.colour]
                line.append(piece, style=f"not dim underline {colour}")
                line.append(f"[{', '.join(mark.names)}]", style=f"dim italic {colour}")
        console.print(line)
        console.print()
    found = values(explanation)
    if found:
        table = Table(
            "field", "value", "sure", "where", box=None, header_style="dim", pad_edge=False
        )
        for row in found:
            table.add_row(*(Text(cell) for cell in row))
        console.print(table)
        console.print()
    for label, value in summary(explanation):
        console.print(Text.assemble((f"{label:<12}", "dim"), value))
    console.print()


def page(mails: Iterable[tuple[str, Explanation | str]]) -> Iterator[str]:
    """Yield the pieces of an HTML page that shows each mail, or why it cannot be shown."""
    loader = FileSystemLoader(resources.templates())
    template = Environment(loader=loader, autoescape=True).get_template("explain.html")
    yield from template.generate(mails=(_section(file, mail) for file, mail in mails))


def _section(file: str, mail: Explanation | str) -> dict[str, object]:
    if isinstance(mail, str):
        return {"file": file, "summary": [("Error", mail)], "texts": [], "values": []}
    texts = [
        (
            label,
            source is Source.QUOTED,
            [
                (piece, mark, _CSS_COLOURS[mark.colour] if mark else "")
                for piece, mark in _pieces(text, marks(mail, source, len(text)))
            ],
        )
        for label, source, text in _texts(mail)
        if text.strip()
    ]
    return {"file": file, "summary": summary(mail), "texts": texts, "values": values(mail)}
