"""The notice to a sender that the answer takes longer, in the sender's language.

It gives the new day and the handler's reason. Where the law wants more (Poland: the act of 5 August
2015 on complaints to financial institutions, article 7: why it is late, what is still to be
established, and by when the answer will be given), the text of that language says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from triage.outbox import wording
from triage.outbox.compose import one_line, put_text
from triage.register.bounces import bounced_among
from triage.register.case_number import tag
from triage.register.cases import case_of
from triage.register.events import record
from triage.register.numbering import signing_key
from triage.register.outbox_queue import queue
from triage.register.tasks import add_task
from triage.schedule.gather import asked_of
from triage.schedule.letters import as_queued, automatic_mail
from triage.schedule.reminder import values_for
from triage.schedule.rows import CaseRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from triage.register.tables import Case
    from triage.schedule.plan import Plan

PURPOSE = "extension"


def tell_extension(session: Session, plan: Plan, number: str, reason: str, now: datetime) -> bool:
    """Queue the notice of a case that was just extended; return whether there is one.

    Where no mail of ours reached the sender, or theirs came back, it is a person's task. Raises
    NotInRegister, TemplateError.
    """
    case = case_of(session, number)
    asked = asked_of(session, case.number)
    if asked is None or bounced_among(session, (asked.recipient,), now):
        what = f"Tell the sender that the answer comes by {case.due}, and why"
        add_task(session, now, PURPOSE, what, case_number=case.number)
        return False
    policy = plan.policies[case.policy]
    languages = wording.languages_for(case.language, policy)
    words = {"reason": one_line(reason)}
    values = {each: values_for(_row(case), policy, each) | words for each in languages}
    text = plan.templates.render(PURPOSE, languages, values)
    envelope = plan.envelope(asked.mailbox)
    subject = f"{text.subject} {tag(case.number, signing_key(session, now))}"
    mail = automatic_mail(PURPOSE, policy.agency.name, asked.recipient, subject, envelope, now)
    mail["In-Reply-To"] = f"<{asked.message_id}>"
    mail["References"] = f"<{asked.message_id}>"
    put_text(mail, text, languages)
    queued = as_queued(mail, PURPOSE, asked.recipient, f"until {case.due}", envelope)
    queue(session, queued, now, case_number=case.number)
    record(session, now, "extension_told", f"Told of {case.due}", case_number=case.number)
    return True


def _row(case: Case) -> CaseRow:
    return CaseRow(
        number=case.number,
        policy=case.policy,
        kind=case.kind,
        state=case.state,
        language=case.language,
        sender="",
        received_at=case.received_at,
        opened_at=case.opened_at,
        due=case.due,
        due_at=case.due_at,
    )
