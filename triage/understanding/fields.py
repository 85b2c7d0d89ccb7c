"""The fields of a mail, one rule after the other, so that no number is used twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triage.understanding.dossiers import dossier_numbers
from triage.understanding.emails import emails
from triage.understanding.identity import national_id
from triage.understanding.layout import read_layout
from triage.understanding.model import Fields
from triage.understanding.names import best_name, name_candidates
from triage.understanding.numbers import numbers
from triage.understanding.phones import phones
from triage.understanding.spans import Claims

if TYPE_CHECKING:
    from triage.understanding.parts import Mail


def read_fields(mail: Mail, *, grieved: bool) -> Fields:
    """Return what the mail gives."""
    typed = numbers(mail.typed)
    dossiers = dossier_numbers(mail, typed)
    claims = Claims().with_evidence(words for found in dossiers for words in found.evidence)
    person = national_id(mail, typed, claims)
    if person:
        claims = claims.with_evidence(person.evidence)
    ours = frozenset(found.value for found in dossiers)
    layout = read_layout(mail.typed)
    return Fields(
        name=best_name(name_candidates(mail, layout)),
        dossier_numbers=dossiers,
        national_id=person,
        phones=phones(mail, typed, claims, ours),
        emails=emails(mail),
    )
