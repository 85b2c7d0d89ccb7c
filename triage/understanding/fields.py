"""The fields of a mail, one rule after the other, so that no number is used twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triage.understanding.addresses import Address, address_candidates, best_address
from triage.understanding.births import birth_date
from triage.understanding.dossiers import dossier_numbers
from triage.understanding.emails import emails
from triage.understanding.identity import national_id
from triage.understanding.incident import incident_candidates, incident_date
from triage.understanding.layout import read_layout
from triage.understanding.model import Fields, Finding, Kind
from triage.understanding.names import best_name, name_candidates
from triage.understanding.numbers import numbers
from triage.understanding.phones import phones
from triage.understanding.spans import Claims

if TYPE_CHECKING:
    from triage.understanding.parts import Mail


def read_fields(mail: Mail, kind: Kind, also: tuple[Kind, ...] = ()) -> Fields:
    """Return what the mail gives, as far as it stands in words and numbers.

    Of the incident only the date; the flags and channels are read elsewhere. There is an incident
    only where the mail, mainly or besides, complains or contests.
    """
    grieved = any(each.is_complaint or each is Kind.DISPUTE for each in (kind, *also))
    typed = numbers(mail.typed)
    dossiers = dossier_numbers(mail, typed)
    claims = Claims().with_evidence(words for found in dossiers for words in found.evidence)
    person = national_id(mail, typed, claims)
    if person:
        claims = claims.with_evidence(person.evidence)
    ours = frozenset(found.value for found in dossiers)
    layout = read_layout(mail.typed)
    address = best_address(address_candidates(mail, layout))
    country = address.value.country if address else None
    return Fields(
        street=_part(address, "street"),
        postcode=_part(address, "postcode"),
        city=_part(address, "city"),
        birth_date=birth_date(mail, layout),
        incident_date=incident_date(incident_candidates(mail, layout, kind)) if grieved else None,
        name=best_name(name_candidates(mail, layout)),
        dossier_numbers=dossiers,
        national_id=person,
        phones=phones(mail, typed, claims, dossiers=ours, country=country),
        emails=emails(mail),
    )


def _part(address: Finding[Address] | None, part: str) -> Finding[str] | None:
    """Return one part of the address with the whole address' confidence and evidence."""
    value: str | None = getattr(address.value, part) if address else None
    return Finding(value, address.confidence, address.evidence) if address and value else None
