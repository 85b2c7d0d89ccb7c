"""Text out of PDF and DOCX files, bounded in bytes, pages, operators and characters.

The agency's own letter, attached by the sender, often holds the dossier number. Work is counted,
not timed: a file that would cost more than its allowance gives the text read so far.
"""

from __future__ import annotations

import html
import io
import logging
import re
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from triage.message.clean import clean_text

if TYPE_CHECKING:
    from triage.message.allowance import Allowance

MAX_TEXT: Final = 20_000
"""Characters of one document's text that are kept."""
_MAX_FILE: Final = 5_000_000
_MAX_STREAM: Final = 400_000
"""Bytes of one page's drawing instructions; a page of text has about 10,000."""
_MAX_XML: Final = 3_000_000
_MAX_ENTRIES: Final = 2_000
_MAX_WORDS: Final = ((b" obj", 10_000), (b"xref", 200), (b"trailer", 100))
"""A file with more of these than a program writes costs the library seconds."""
_ENTRY: Final = b"PK\x01\x02"
_DOCUMENT: Final = "word/document.xml"
_RUN: Final = re.compile(
    r"<w:t(?: [^<>]{0,200})?>([^<]{0,100000})</w:t>|<(w:p|w:br|w:tab|w:cr|/w:p|/w:tc)[ />]"
)
_MAX_OPERATORS: Final = 10_000
_RANGES: Final = re.compile(rb"beginbfrange(.*?)(?:endbfrange|\Z)", re.DOTALL)
_RANGE: Final = re.compile(rb"<([0-9A-Fa-f]{2,8})>\s{0,9}<([0-9A-Fa-f]{2,8})>\s{0,9}[<\[]")
"""A range of a font's table: first and last letter, and what they mean (PDF 1.7, 9.10.3)."""
_LETTERS: Final = 4_000
"""So many letters of a font's table weigh as much as a font."""
_MAX_FORMS: Final = 50
"""Drawings that a page of a PDF draws from, each with fonts of its own."""


_LAYOUT: Final = {
    "w:p": "\n",
    "/w:p": "\n",
    "w:br": "\n",
    "w:cr": "\n",
    "w:tab": "\t",
    "/w:tc": "\t",
}


class _SpentError(Exception):
    """The allowance is used up."""


def pdf_text(data: bytes, allowance: Allowance) -> str:
    """Return the text of the first pages of a PDF; empty when it holds none or can't be read."""
    if len(data) > _MAX_FILE or allowance.documents <= 0 or allowance.pages <= 0:
        return ""
    if any(data.count(word) > most for word, most in _MAX_WORDS):
        return ""
    from pypdf import PdfReader  # heavy, and few mails bring a PDF

    allowance.documents -= 1
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it warns of every fault in a file
    out: list[str] = []
    with suppress(Exception):  # a broken PDF raises anything; what was read so far is kept
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            reader.decrypt("")
        for page in reader.pages:
            if allowance.pages <= 0 or sum(map(len, out)) > MAX_TEXT:
                break
            allowance.pages -= 1
            out.append(_page_text(page, allowance))
    return clean_text("\n".join(out), MAX_TEXT).strip()


def _page_text(page: Any, allowance: Allowance) -> str:
    """Return one page's text, counting the operators that draw it."""
    most, forms = _fonts(page)
    allowance.fonts -= most
    if allowance.fonts < 0:
        return ""
    contents = page.get_contents()
    if contents is None or len(contents.get_data()) > _MAX_STREAM:
        return ""
    operators = 0

    def count(operator: object, *_: object) -> None:
        nonlocal operators
        operators += 1
        allowance.operators -= 1
        if operator == b"Do":  # draws a form, for which the library makes its fonts anew
            allowance.fonts -= most if forms else 0
        if operators > _MAX_OPERATORS or min(allowance.operators, allowance.fonts) < 0:
            raise _SpentError

    text: str = page.extract_text(visitor_operand_before=count)
    return text


def _fonts(page: Any) -> tuple[int, int]:
    """Return the weight of the fonts of the page or of a form in it, and how many forms it has."""
    most = seen = 0
    pending = [page]
    while pending and seen <= _MAX_FORMS:
        seen += 1
        resources = _below(pending.pop(), "/Resources")
        fonts = _below(resources, "/Font")
        most = max(most, sum(_weight(fonts[name].get_object()) for name in fonts))
        drawn = _below(resources, "/XObject")
        found = (drawn[name].get_object() for name in drawn)
        pending += [each for each in found if each.get("/Subtype") == "/Form"]
    return most, seen - 1


def _weight(font: Any) -> int:
    """Return how dear a font is: the library writes every letter of its ranges down."""
    table = _below(font, "/ToUnicode")
    data = table.get_data()[:_MAX_STREAM] if hasattr(table, "get_data") else b""
    ranges = (each for block in _RANGES.findall(data) for each in _RANGE.findall(block))
    letters = sum(int(last, 16) - int(first, 16) for first, last in ranges)
    return 1 + max(0, letters) // _LETTERS


def _below(dictionary: Any, name: str) -> Any:
    found = dictionary.get(name)
    return {} if found is None else found.get_object()


def docx_text(data: bytes, allowance: Allowance) -> str:
    """Return the text of a DOCX file; empty when it holds none or can't be read."""
    if len(data) > _MAX_FILE or data.count(_ENTRY) > _MAX_ENTRIES or allowance.documents <= 0:
        return ""
    allowance.documents -= 1
    xml = b""
    with (
        suppress(Exception),  # zipfile, zlib, bz2 and lzma raise their own for broken files
        zipfile.ZipFile(io.BytesIO(data)) as archive,
        archive.open(_DOCUMENT) as document,
    ):
        xml = document.read(_MAX_XML)
    out: list[str] = []
    for run in _RUN.finditer(xml.decode("utf-8", "replace")):
        text, tag = run.groups()
        out.append(html.unescape(text) if text is not None else _LAYOUT[tag])
    lines = (line.strip() for line in clean_text("".join(out), MAX_TEXT).split("\n"))
    return "\n".join(line for line in lines if line)
