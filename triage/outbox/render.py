"""Texts from templates: one file gives the subject, the plain text and the HTML, which so agree.

Templates are the operator's, values are ours; nothing that a sender wrote is ever a template or a
value. Jinja2's sandbox and strict undefined variables guard against the rest.
"""

from __future__ import annotations

import re
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import (
    ChoiceLoader,
    FileSystemLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
    meta,
    nodes,
    select_autoescape,
)
from jinja2 import TemplateError as JinjaError
from jinja2.sandbox import SandboxedEnvironment

from triage.errors import TemplateError
from triage.understanding.model import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = (
    *("nl", "pl", "no", "sv", "da", "de", "en"),
    *("uk", "ru", "tr", "lt", "cs", "sk", "ar"),
    *("fr", "es", "it", "pt", "ro"),
)
"""Languages that we have texts in."""
RIGHT_TO_LEFT = frozenset({"ar"})
PURPOSES = ("acknowledgement", "service", "supplement", "reminder")
_PARTS = ("missing", "proxy")
"""Texts that stand in others."""
VARIABLES = frozenset(
    {
        *("case_number", "agency", "kind", "received", "due", "term", "missing"),
        *("dossier_where", "dossier_example", "collection_paused", "independent_handler"),
        *("identity_check", "phone_first", "answer_form", "verdict", "directieklacht_first"),
        *("service_phone", "office_hours", "signature", "country", "answer_aimed"),
        *("payment_days", "proxy_contents", "proxy_sent", "proxy_missing", "customer_pages"),
    }
)
NOTICES = {"extension": VARIABLES | {"reason"}}
"""Purposes that have a variable of their own: `reason` is the handler's words."""
PAGES = {
    "layout.html": frozenset({"blocks", "subject", "language", "direction"}),
    "digest/digest.html": frozenset({"digest"}),
    "digest/digest.txt": frozenset({"digest"}),
    "digest/report.html": frozenset({"report"}),
}
"""Templates that are not in a sender's language, and their variables."""
_RULE = "-" * 40
_BELOW = "(English below)"
"""Stands above a text in two languages, of which the second is English."""
_RENDERING = (JinjaError, ArithmeticError, TypeError, ValueError, LookupError, RecursionError)
"""What a template can raise; the sandbox lets it do nothing worse."""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a text: paragraph, heading, list or dividing rule."""

    kind: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A rendered text in both forms."""

    subject: str
    plain: str
    html: str


class Templates:
    """The shipped templates, file by file replaced by the operator's own."""

    def __init__(self, shipped: Path, override: Path | None = None) -> None:
        folders = [folder for folder in (override, shipped) if folder is not None]
        self._folders = folders
        self._environment = SandboxedEnvironment(
            loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
            undefined=StrictUndefined,
            autoescape=select_autoescape(["html"]),
            keep_trailing_newline=True,
        )

    def render(self, purpose: str, languages: tuple[str, ...], values: Mapping[str, Any]) -> Text:
        """Return the text of a purpose in the languages, one below the other.

        `values` maps a language to its variables (dates and terms are worded per language). Raises
        TemplateError with file, line and remedy.
        """
        subjects: list[str] = []
        blocks: list[Block] = []
        for language in languages:
            source = self._render(f"{language}/{purpose}.txt", values[language])
            subject, _, body = source.partition("\n")
            subjects.append(" ".join(subject.split()))
            if blocks:
                blocks.append(Block("rule", ()))
            elif len(languages) > 1:
                blocks.append(Block("paragraph", (_BELOW,)))
            blocks += blocks_of(body)
        subject = " / ".join(subjects)
        frame = {
            "blocks": blocks,
            "subject": subject,
            "language": languages[0],
            "direction": "rtl" if languages[0] in RIGHT_TO_LEFT else "ltr",
        }
        html = self._render("layout.html", frame)
        return Text(subject, plain_of(blocks), html)

    def page(self, name: str, values: Mapping[str, Any]) -> str:
        """Return one of `PAGES`, rendered. Raises TemplateError."""
        return self._render(name, values)

    def _render(self, name: str, values: Mapping[str, Any]) -> str:
        try:
            return self._environment.get_template(name).render(values)
        except _RENDERING as error:
            raise self._fault(name, error) from error

    def check(self) -> None:
        """Refuse unknown variables and whatever cannot be rendered. Raises TemplateError."""
        for name, known in PAGES.items():
            self._check(name, known)
        for language in LANGUAGES:
            for purpose in (*PURPOSES, *_PARTS):
                self._check(f"{language}/{purpose}.txt", VARIABLES)
            for purpose, known in NOTICES.items():
                self._check(f"{language}/{purpose}.txt", known)
        values: dict[str, Any] = dict.fromkeys(VARIABLES, "example")
        for language in LANGUAGES:
            for purpose in PURPOSES:
                for kind in Kind:
                    values |= {"kind": kind.value, "missing": ["name"]}
                    self.render(purpose, (language,), {language: values})
            for purpose, known in NOTICES.items():
                examples = {language: dict.fromkeys(known, "example")}
                self.render(purpose, (language,), examples)

    def _check(self, name: str, known: frozenset[str]) -> None:
        try:
            template = self._environment.get_template(name)
            source = Path(template.filename or "").read_text(encoding="utf-8")
            parsed = self._environment.parse(source, name, template.filename)
        except _RENDERING as error:
            raise self._fault(name, error) from error
        for unknown in sorted(meta.find_undeclared_variables(parsed) - known):
            uses = (node.lineno for node in parsed.find_all(nodes.Name) if node.name == unknown)
            raise TemplateError(
                f"unknown variable '{unknown}'",
                where=f"{template.filename}:{min(uses, default=1)}",
                remedy=f"Known: {', '.join(sorted(known))}",
            )

    def _fault(self, name: str, error: Exception) -> TemplateError:
        """Return what is wrong with a template, where, and how to mend it."""
        if isinstance(error, TemplateNotFound):
            what, remedy = f"template {error.name} does not exist", "Copy the shipped one"
        elif isinstance(error, UndefinedError):
            what, remedy = f"{error.message}", f"Known: {', '.join(sorted(VARIABLES))}"
        elif isinstance(error, TemplateSyntaxError):
            where = f"{error.filename or name}:{error.lineno}"
            return TemplateError(f"{error.message}", where=where, remedy="Mend the template")
        elif isinstance(error, UnicodeDecodeError):
            what, remedy = "is not UTF-8", "Save it as UTF-8"
        else:
            what, remedy = f"cannot be rendered: {error}", "Mend the template"
        return TemplateError(what, where=self._place(name, error), remedy=remedy)

    def _place(self, name: str, error: Exception) -> str:
        """Return `file:line` of the innermost template line that the error passed, or the name."""
        folders = tuple(f"{folder}" for folder in self._folders)
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if frame.filename.startswith(folders)]
        return f"{ours[-1].filename}:{ours[-1].lineno}" if ours else name


def blocks_of(body: str) -> list[Block]:
    """Return the paragraphs, headings and lists of a text."""
    blocks: list[Block] = []
    for chunk in re.split(r"\n[ \t]*\n", body):
        lines = [line.strip() for line in chunk.splitlines() if line.strip()]
        if not lines:
            continue
        if all(line.startswith("- ") for line in lines):
            items = tuple(line[2:] for line in lines)
            if blocks and blocks[-1].kind == "list":
                blocks[-1] = Block("list", (*blocks[-1].lines, *items))
                continue
            if blocks and len(blocks[-1].lines) == 1 and blocks[-1].lines[0].endswith(":"):
                blocks[-1] = Block("heading", blocks[-1].lines)
            blocks.append(Block("list", items))
        else:
            blocks.append(Block("paragraph", tuple(lines)))
    return blocks


def plain_of(blocks: list[Block]) -> str:
    """Return the text/plain form, which says the same as the HTML."""
    pieces = []
    for block in blocks:
        if block.kind == "list":
            pieces.append("\n".join(f"- {line}" for line in block.lines))
        elif block.kind == "rule":
            pieces.append(_RULE)
        else:
            pieces.append("\n".join(block.lines))
    return "\n\n".join(pieces) + "\n"
