"""The one friendly reminder to a sender who owes facts, in the sender's language.

It asks for exactly what is missing, with the same words as the acknowledgement, and threads under
it. Nothing that the sender wrote is in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from triage.outbox import wording
from triage.outbox.compose import put_text
from triage.schedule.letters import as_queued, automatic_mail

if TYPE_CHECKING:
    from datetime import datetime

    from triage.outbox.compose import Envelope
    from triage.outbox.render import Templates
    from triage.policy.model import Policy
    from triage.register.queued import QueuedMail
    from triage.schedule.rows import Asked, CaseRow

PURPOSE = "reminder"


def values_for(case: CaseRow, policy: Policy, language: str) -> dict[str, Any]:
    """Return the variables of the template in one language; see `templates/README.md`."""
    promises, agency = policy.promises, policy.agency
    where = policy.dossier.where
    return {
        "case_number": case.number,
        "agency": agency.name,
        "country": policy.calendar.country,
        "kind": case.kind.value,
        "received": wording.moment(case.received_at, language, policy),
        "due": wording.day(case.due, language) if case.due else "",
        "term": wording.term(policy.answer, language),
        "missing": list(case.missing),
        "dossier_where": where.get(language) or where.get("en") or policy.dossier.example,
        "dossier_example": policy.dossier.example,
        "answer_aimed": promises.answer_aimed,
        "collection_paused": promises.collection_paused,
        "independent_handler": promises.independent_handler,
        "identity_check": promises.identity_check,
        "phone_first": promises.phone_first,
        "answer_form": "",
        "verdict": promises.verdict,
        "directieklacht_first": False,
        "service_phone": agency.service_phone,
        "office_hours": wording.office_hours(
            policy.office, language, case.received_at.astimezone(policy.zone).date()
        ),
        "payment_days": promises.payment_days,
        "proxy_contents": promises.proxy_contents,
        "proxy_sent": False,
        "proxy_missing": [],
        "customer_pages": agency.customer_pages,
        "signature": agency.signature.get(language) or agency.signature.get("en") or agency.name,
    }


def sender_reminder(
    templates: Templates,
    envelope: Envelope,
    case: CaseRow,
    asked: Asked,
    policy: Policy,
    *,
    tag: str,
    now: datetime,
) -> QueuedMail:
    """Return the reminder; `tag` names the case with its token. Raises TemplateError."""
    languages = wording.languages_for(case.language, policy)
    values = {each: values_for(case, policy, each) for each in languages}
    text = templates.render(PURPOSE, languages, values)
    mail = automatic_mail(
        PURPOSE, policy.agency.name, asked.recipient, f"{text.subject} {tag}", envelope, now
    )
    mail["In-Reply-To"] = f"<{asked.message_id}>"
    mail["References"] = f"<{asked.message_id}>"
    put_text(mail, text, languages)
    return as_queued(mail, PURPOSE, asked.recipient, "facts", envelope)
