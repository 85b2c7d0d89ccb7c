"""The whole reading of a mail: each part's rules and the learned model, in their order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from triage.understanding.fields import read_fields
from triage.understanding.form import read_form
from triage.understanding.language import read_language
from triage.understanding.model import Finding, Kind, Reading
from triage.understanding.parts import Mail

if TYPE_CHECKING:
    from datetime import datetime

    from triage.message.model import Message
    from triage.policy.model import Policy
    from triage.understanding.judge import Judge

_MARK = re.compile(r"(?i)klacht|klage|reklamac|complaint|beschwerde|klagom")


def understand(message: Message, policy: Policy, received: datetime, judge: Judge) -> Reading:  # noqa: ARG001
    """Return what a careful reader concludes from the mail."""
    form = read_form(message, policy)
    mail = Mail(message, policy, received.astimezone(policy.zone).date(), policy.home_language, form)
    free = "\n".join(mail.typed[start:end] for start, end in mail.prose)
    language = read_language(free, message.subject, policy.home_language)
    marked = _MARK.search(message.subject + "\n" + free) is not None
    kind = Kind.AUTOMATIC if message.signs and not form else Kind.COMPLAINT if marked else Kind.QUESTION
    mail = Mail(message, policy, mail.date, language.value, form)
    return Reading(
        language=language,
        kind=Finding(kind, 0.5),
        also=(),
        marker=Finding(marked, 0.5),
        fields=read_fields(mail, grieved=marked),
        webform=bool(form),
    )
