"""Texts from templates: one file gives the subject, the plain text and the HTML, which so agree.

Templates are the operator's, values are ours; nothing that a sender wrote is ever a template or a
value. Jinja2's sandbox and strict undefined variables guard against the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jinja2 import (
    ChoiceLoader,
    FileSystemLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
    meta,
    select_autoescape,
)
from jinja2 import TemplateError as JinjaError
from jinja2.sandbox import SandboxedEnvironment

from triage.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LANGUAGES = ("nl", "pl", "no", "sv", "da", "de", "en")
"""Languages that we have texts in."""
PURPOSES = ("acknowledgement", "service", "supplement", "reminder")
VARIABLES = frozenset(
    {
        *("case_number", "agency", "kind", "received", "due", "term", "missing"),
        *("dossier_where", "dossier_example", "collection_paused", "independent_handler"),
        *("identity_check", "phone_first", "answer_form", "verdict", "directieklacht_first"),
        *("service_phone", "office_hours", "signature", "country", "answer_aimed"),
        *("payment_days", "proxy_contents", "customer_pages"),
    }
)
PAGES = {
    "layout.html": frozenset({"blocks", "subject", "language"}),
    "digest/digest.html": frozenset({"digest"}),
    "digest/digest.txt": frozenset({"digest"}),
    "digest/report.html": frozenset({"report"}),
}
"""Templates that are not in a sender's language, and their variables."""
_RULE = "-" * 40


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
            blocks += blocks_of(body)
        subject = " / ".join(subjects)
        html = self._render(
            "layout.html", {"blocks": blocks, "subject": subject, "language": languages[0]}
        )
        return Text(subject, plain_of(blocks), html)

    def page(self, name: str, values: Mapping[str, Any]) -> str:
        """Return one of `PAGES`, rendered. Raises TemplateError."""
        return self._render(name, values)

    def _render(self, name: str, values: Mapping[str, Any]) -> str:
        try:
            return self._environment.get_template(name).render(values)
        except TemplateNotFound as error:
            raise TemplateError(
                f"template {error.name} does not exist",
                where=str(self._folders[0]),
                remedy="Shipped templates lie in templates/",
            ) from error
        except TemplateSyntaxError as error:
            where = f"{error.filename or name}:{error.lineno}"
            raise TemplateError(
                f"{error.message}", where=where, remedy="Mend the template"
            ) from error
        except UndefinedError as error:
            raise TemplateError(
                f"{error.message}", where=name, remedy=f"Known: {', '.join(sorted(VARIABLES))}"
            ) from error
        except (JinjaError, ArithmeticError, TypeError, ValueError, LookupError) as error:
            raise TemplateError(
                f"cannot be rendered: {error}", where=name, remedy="Mend the template"
            ) from error

    def check(self) -> None:
        """Parse every template and refuse unknown variables. Raises TemplateError."""
        for language in LANGUAGES:
            for name in (*PURPOSES, "missing"):
                self._check(f"{language}/{name}.txt", VARIABLES)
        for name, known in PAGES.items():
            self._check(name, known)

    def _check(self, name: str, known: frozenset[str]) -> None:
        try:
            source, filename, _ = self._environment.loader.get_source(  # type: ignore[union-attr]
                self._environment, name
            )
            parsed = self._environment.parse(source, name, filename)
        except TemplateNotFound as error:
            raise TemplateError(
                f"template {name} does not exist",
                where=str(self._folders[-1]),
                remedy="The installation is incomplete",
            ) from error
        except TemplateSyntaxError as error:
            where = f"{error.filename or name}:{error.lineno}"
            raise TemplateError(str(error.message), where=where, remedy="Mend it") from error
        for unknown in sorted(meta.find_undeclared_variables(parsed) - known):
            use = re.compile(rf"\{{[{{%][^}}]*\b{re.escape(unknown)}\b")
            lines = source.splitlines()
            line = next((n for n, text in enumerate(lines, 1) if use.search(text)), 1)
            raise TemplateError(
                f"unknown variable '{unknown}'",
                where=f"{filename or name}:{line}",
                remedy=f"Known: {', '.join(sorted(known))}",
            )


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
