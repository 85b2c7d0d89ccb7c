"""The fields of a mail, one rule after the other, so that no number is used twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triage.understanding.dossiers import dossier_numbers
from triage.understanding.model import Fields

if TYPE_CHECKING:
    from triage.understanding.parts import Mail


def read_fields(mail: Mail, *, grieved: bool) -> Fields:
    """Return what the mail gives."""
    dossiers = dossier_numbers(mail)
    return Fields(dossier_numbers=dossiers)
