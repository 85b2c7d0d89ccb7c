"""Attachments: recorded by name, type, size and hash; never opened on a path from the mail.

Text is taken from PDF, DOCX, plain text, HTML and attached mails, all bounded.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from triage.message.addresses import parse_addresses
from triage.message.body import decode_part, read_text, sort_parts
from triage.message.clean import clean_filename, clean_text
from triage.message.documents import docx_text, pdf_text
from triage.message.markup import html_lines
from triage.message.model import Attachment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triage.message.allowance import Allowance
    from triage.message.envelopes import File
    from triage.message.parts import Part

MAX_ATTACHMENTS: Final = 200
_MAX_TEXT: Final = 20_000
_MAX_READ: Final = 200_000
"""Characters of an attached HTML file that are read."""
_NO_PROSE: Final = frozenset(
    ("text/calendar", "text/css", "text/javascript", "text/x-vcard", "text/vcard")
)
_DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ENDING: Final = {
    "application/pdf": ".pdf",
    _DOCX: ".docx",
    "message/rfc822": ".eml",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
}
_SAFE_TYPE: Final = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}")


def record(
    parts: Sequence[Part], files: Sequence[File], country: str, allowance: Allowance
) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
    """Return the attachments of a mail, and what was not recorded."""
    found = [
        _recorded(
            _name_of(part, number),
            part.content_type,
            part.content,
            _text_of(part, country, allowance),
        )
        for number, part in enumerate(parts[:MAX_ATTACHMENTS], 1)
    ]
    rest = files[: MAX_ATTACHMENTS - len(found)]
    found += [_recorded(file.name, "application/octet-stream", file.content, "") for file in rest]
    left = len(parts) + len(files) - len(found)
    return tuple(found), (f"{left} more attachments were not listed",) if left > 0 else ()


def _recorded(name: str, content_type: str, content: bytes, text: str) -> Attachment:
    kind = content_type if _SAFE_TYPE.fullmatch(content_type) else "application/octet-stream"
    return Attachment(name, kind, len(content), hashlib.sha256(content).hexdigest(), text)


def _name_of(part: Part, number: int) -> str:
    """Return the name to show: the declared one, the subject of an attached mail, or a number."""
    if part.filename:
        return part.filename
    if part.content_type == "message/rfc822" and part.children:
        subject = clean_filename(part.children[0].headers.first("subject"))
        if subject:
            return f"{subject}.eml"
    return f"attachment-{number}{_ENDING.get(part.content_type, '')}"


def _text_of(part: Part, country: str, allowance: Allowance) -> str:
    """Return the text of an attachment; empty for kinds without text."""
    name = part.filename.lower()
    if part.content_type == "application/pdf" or part.content[:5] == b"%PDF-":
        return pdf_text(part.content, allowance)
    if part.content_type == _DOCX or (name.endswith(".docx") and part.content[:2] == b"PK"):
        return docx_text(part.content, allowance)
    if part.content_type == "message/rfc822" and part.children:
        return mail_text(part.children[0], country, allowance)
    if allowance.texts <= 0:
        return ""
    if part.content_type == "text/html" or name.endswith((".html", ".htm")):
        allowance.texts -= 1
        decoded = decode_part(part, part.charset, _MAX_READ, country, allowance)
        lines, _ = html_lines(decoded.text, allowance)
        return clean_text("\n".join(line.text for line in lines), _MAX_TEXT).strip()
    if part.main_type == "text" and part.content_type not in _NO_PROSE:
        allowance.texts -= 1
        return decode_part(part, part.charset, _MAX_TEXT, country, allowance).text.strip()
    return ""


def mail_text(root: Part, country: str, allowance: Allowance) -> str:
    """Return an attached mail as a person would read it: its main headers, then its text."""
    headers = root.headers
    sender = parse_addresses(next(iter(headers.raw("from")), ""), country)
    head = [f"From: {sender[0].name} <{sender[0].address}>"] if sender else []
    shown = ((name, headers.first(name)) for name in ("date", "to", "subject"))
    head += [f"{name.capitalize()}: {value}" for name, value in shown if value]
    text = read_text(sort_parts(root, allowance), country, allowance)
    body = "\n".join(line.text for line in text.lines)
    return clean_text("\n".join([*head, "", body]), _MAX_TEXT).strip()
