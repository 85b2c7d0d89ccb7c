"""HTML to lines: block structure as line ends, hidden text left out, quotation containers marked.

Read with selectolax where the HTML is within bounds, else with a plain tag stripper (`tags`): the
parser's time grows with depth and with unclosed formatting elements.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from selectolax.lexbor import LexborHTMLParser

from triage.message.containers import Container, container_of, is_hidden
from triage.message.lines import Line, Mark
from triage.message.tags import strip_tags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from selectolax.lexbor import LexborNode

    from triage.message.allowance import Allowance

_MAX_UNCLOSED: Final = 3_000
_MAX_NODES: Final = 60_000

_SKIPPED: Final = frozenset(
    (
        "head",
        "title",
        "style",
        "script",
        "template",
        "noscript",
        "object",
        "select",
        "svg",
        "math",
        "audio",
        "video",
        "iframe",
    )
)
_BLOCKS: Final = frozenset(
    (
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    )
)
_SPACED: Final = frozenset(
    (
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "ul",
        "ol",
        "dl",
        "pre",
    )
)
_CELLS: Final = frozenset(("td", "th"))
_BLANKS: Final = re.compile(r"[ \t\n\r\f]+")
_PREFORMATTED: Final = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)")


def html_lines(html: str, allowance: Allowance) -> tuple[list[Line], str]:
    """Return the lines of an HTML text, and what could not be read (empty when all was)."""
    opened = html.count("<")
    unclosed = opened - 2 * html.count("</") - html.lower().count("<br")
    if opened > allowance.parsed_tags or unclosed > _MAX_UNCLOSED:
        texts, count = strip_tags(html, allowance.stripped_tags)
        allowance.stripped_tags -= count
        return [
            Line(text) for text in texts
        ], "the HTML is too complex, its tags were only stripped"
    allowance.parsed_tags -= opened
    tree = LexborHTMLParser(html)
    if tree.body is None:
        return [], ""
    writer = _Writer()
    whole = _walk(tree.body, writer)
    return writer.lines(), "" if whole else "the HTML is too complex, only its beginning was read"


def _walk(body: LexborNode, writer: _Writer) -> bool:
    """Go through the tree without recursion; false when there are too many nodes."""
    root = body.mem_id
    node: LexborNode = body
    for _ in range(_MAX_NODES):
        entered = _enter(node, writer)
        following = node.child if entered else None
        while following is None:
            if entered:
                _leave(node, writer)
            if node.mem_id == root:
                return True
            following = node.next
            if following is None:
                parent = node.parent
                if parent is None:
                    return True
                node, entered = parent, True
        node = following
    return False


def _enter(node: LexborNode, writer: _Writer) -> bool:
    """Take in a node; false when what is in it does not count."""
    tag = node.tag or ""
    if tag == "-text":
        writer.text(node.text_content or "")
        return True
    if tag in _SKIPPED or tag.startswith(("-", "!")):
        return False
    if tag == "br":
        writer.line_end()
        return False
    attributes = node.attributes
    style = (attributes.get("style") or "").lower() if attributes else ""
    if attributes and is_hidden(attributes, style):
        return False
    if tag in _BLOCKS:
        writer.block(spaced=tag in _SPACED and not _is_tight(attributes))
        if tag == "li":
            writer.text("- ")
    elif tag in _CELLS:
        writer.cell()
    if attributes or tag == "blockquote":
        writer.open(node.mem_id, container_of(tag, attributes, style))
    if tag == "pre" or (style and _PREFORMATTED.search(style)):
        writer.preformat(node.mem_id)
    return True


def _is_tight(attributes: Mapping[str, str | None]) -> bool:
    """Whether a paragraph has no space below it: Word's paragraphs are lines."""
    return "mso" in (attributes.get("class") or "").lower()


def _leave(node: LexborNode, writer: _Writer) -> None:
    """Close what `_enter` opened for this node."""
    tag = node.tag or ""
    if tag.startswith("-"):
        return
    if tag in _BLOCKS:
        writer.block(spaced=False)
    writer.close(node.mem_id)


class _Writer:
    """Builds lines from text runs and block ends, as a browser lays them out."""

    def __init__(self) -> None:
        self._done: list[Line] = []
        self._run: list[str] = []
        self._run_mark = Mark.TYPED
        self._open: list[tuple[int, Container]] = []
        self._preformatted: list[int] = []
        self._divided = False

    def text(self, text: str) -> None:
        """Add text to the line; white space is collapsed outside preformatted elements."""
        if self._preformatted:
            first, *rest = text.split("\n")
            self._add(first)
            for line in rest:
                self.line_end()
                self._add(line)
            return
        self._add(_BLANKS.sub(" ", text))

    def _add(self, text: str) -> None:
        if not text:
            return
        if not self._run:
            self._run_mark = self._mark()
        self._run.append(text)

    def line_end(self) -> None:
        """End the line, empty or not."""
        text = "".join(self._run)
        mark = self._run_mark if self._run else self._mark()
        if not self._preformatted:
            text = text.strip(" ")
        if self._divided and text.strip():
            mark, self._divided = Mark.DIVIDED, False
        self._done.append(Line(text, mark))
        self._run.clear()

    def block(self, *, spaced: bool) -> None:
        """Begin or end a block: end the line if it holds anything; `spaced` adds an empty line."""
        if any(piece.strip(" ") for piece in self._run):
            self.line_end()
        else:
            self._run.clear()
        if spaced and self._done and self._done[-1].text:
            self._done.append(Line("", self._mark()))

    def cell(self) -> None:
        """Keep the cells of a table row apart."""
        if self._run:
            self._add("  ")

    def open(self, mem_id: int, container: Container) -> None:
        """Enter a container that says whose text is in it."""
        if container is Container.DIVIDER:
            self._divided = True
        elif container is not Container.NONE:
            self._open.append((mem_id, container))

    def close(self, mem_id: int) -> None:
        """Leave a node; ends its container and its preformatting."""
        if self._open and self._open[-1][0] == mem_id:
            _, container = self._open.pop()
            self.block(spaced=False)
            if (
                container is not Container.THREAD
                and self._open
                and self._open[-1][1] is Container.THREAD
            ):
                self._open[-1] = (self._open[-1][0], Container.ANSWERED)
        if self._preformatted and self._preformatted[-1] == mem_id:
            self._preformatted.pop()

    def preformat(self, mem_id: int) -> None:
        """Keep white space as it is until the node ends."""
        self._preformatted.append(mem_id)

    def lines(self) -> list[Line]:
        """Return what was written."""
        self.block(spaced=False)
        return self._done

    def _mark(self) -> Mark:
        """Return the mark of the containers that are open, the strongest first."""
        kinds = {container for _, container in self._open}
        if kinds & {Container.QUOTATION, Container.THREAD}:
            return Mark.QUOTED
        return Mark.INDENTED if Container.INDENT in kinds else Mark.TYPED
