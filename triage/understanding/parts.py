"""What every rule of this room is given: the mail's texts, the policy and the mail's date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from triage.understanding.model import Evidence, Source

if TYPE_CHECKING:
    from datetime import date

    from triage.message.model import Message
    from triage.policy.model import Policy


FREE_TEXT = frozenset({"text", "wish"})
"""Keys of a form's fields in which the person writes freely."""


@dataclass(frozen=True, slots=True)
class Mail:
    """The readable parts of one mail, with what is needed to understand them."""

    message: Message
    policy: Policy
    date: date
    """The day the mail was written, in the policy's zone: relative dates count from it."""
    language: str
    """ISO 639-1 of the typed text."""
    form: tuple[FormField, ...]
    """The fields of a web form, in order; empty when the mail is not a form."""

    @property
    def typed(self) -> str:
        """What the sender typed; of a web form the whole form."""
        return self.message.typed

    @property
    def subject(self) -> str:
        """The decoded subject."""
        return self.message.subject

    @property
    def prose(self) -> tuple[tuple[int, int], ...]:
        """The stretches of the typed text that a person wrote freely; of a form its free texts."""
        if not self.form:
            return ((0, len(self.typed)),)
        return tuple((item.start, item.end) for item in self.form if item.key in FREE_TEXT)

    def in_prose(self, start: int) -> bool:
        """Whether this place of the typed text lies in what a person wrote freely."""
        return any(low <= start < high for low, high in self.prose)

    def fields(self, *keys: str) -> tuple[FormField, ...]:
        """Return the form's fields with these keys, in order."""
        return tuple(item for item in self.form if item.key in keys)


@dataclass(frozen=True, slots=True)
class FormField:
    """One `Label: value` of a web form; offsets of the value in the typed text."""

    key: str
    """What the label means: name first_name infix last_name initials company street house_number
    flat address postcode city phone email dossier_number national_id birth_date subject text
    reply_channel incident_date channel wish, or empty for a label that means nothing to us."""
    label: str
    value: str
    start: int
    end: int


def evidence(text: str, start: int, end: int, rule: str, source: Source = Source.TYPED) -> Evidence:
    """Return the evidence for the words between the offsets."""
    return Evidence(source, start, end, text[start:end], rule)
