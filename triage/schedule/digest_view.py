"""A digest as HTML and as plain text, which say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from triage.outbox.render import Templates
    from triage.schedule.digest import Digest


def as_html(digest: Digest, templates: Templates) -> str:
    """Return the digest for a mail client: tables, inline styles, nothing remote, all escaped.

    Raises TemplateError.
    """
    return templates.page("digest/digest.html", {"digest": digest})


def as_text(digest: Digest, templates: Templates) -> str:
    """Return the digest as plain text. Raises TemplateError."""
    return templates.page("digest/digest.txt", {"digest": digest})
