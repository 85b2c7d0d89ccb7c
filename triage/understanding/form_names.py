"""The sender's name as the fields of a web form give it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from triage.understanding.form import is_blank, is_role
from triage.understanding.model import Finding
from triage.understanding.parts import evidence
from triage.understanding.personal_names import is_firm, untitled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triage.understanding.parts import Mail

FORM = 0.98


def names_of_form(mail: Mail) -> Iterator[Finding[str]]:
    """Yield the names in the fields of a form: first and last name as one, or a whole name."""
    parts: list[tuple[str, int, int]] = []
    for key in ("first_name", "initials", "infix", "last_name"):
        for item in mail.fields(key)[:1]:
            if is_blank(item.value) or (key == "initials" and mail.fields("first_name")):
                continue
            parts.append((item.value, item.start, item.end))
    if parts and any(not is_blank(item.value) for item in mail.fields("last_name")):
        words = tuple(evidence(mail.typed, start, end, "form field") for _, start, end in parts)
        yield Finding(" ".join(value for value, _, _ in parts), FORM, words)
    for item in mail.fields("name"):
        value = untitled(item.value.split("\n")[0].strip())
        if (
            value
            and not is_blank(value)
            and not is_role(value)
            and not any(letter.isdigit() for letter in value)
        ):
            value = _person_of(re.split(r"\s*[(|]", value)[0])
            words = (evidence(mail.typed, item.start, item.end, "form field"),)
            yield Finding(value, FORM - 0.01, words)


def _person_of(value: str) -> str:
    """Return the person of a field that names a firm too: "Salon Żaneta, Żaneta Bielawska"."""
    parts = [part.strip() for part in value.split(",")]
    persons = [part for part in parts if not is_firm(part) and " " in part]
    return persons[0] if persons and len(persons) < len(parts) else value
