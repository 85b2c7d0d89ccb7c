"""A sender is told that the answer takes longer: the new day and the reason, in their language."""

from __future__ import annotations

from email import message_from_bytes
from email import policy as email_policy
from typing import TYPE_CHECKING

import pytest
from schedule_samples import NOW, PL, at, day, outbox, plan, store_case

from triage.outbox.render import LANGUAGES
from triage.register.bounces import note_bounce
from triage.register.cases import case_of
from triage.register.tasks import open_tasks
from triage.schedule.extension import tell_extension

if TYPE_CHECKING:
    from email.message import EmailMessage

    from triage.register.database import Register

CASE = "PL26-00042"
REASON = "czekamy na opinię biegłego"


def extended(register: Register, language: str = "pl", **changes: object) -> None:
    store_case(register, CASE, policy=PL, language=language, **changes)
    with register.transaction() as session:
        case = case_of(session, CASE)
        case.due, case.due_at = day("2026-04-27"), at("2026-04-27 22:00")


def tell(register: Register, reason: str = REASON) -> bool:
    with register.transaction() as session:
        return tell_extension(session, plan(), CASE, reason, NOW)


def notices(register: Register) -> list[EmailMessage]:
    return [
        message_from_bytes(mail.content, policy=email_policy.default)  # type: ignore[misc]  # typeshed: Message
        for mail in outbox(register, "extension")
    ]


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return " ".join(str(body.get_content()).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_its_notice(register: Register, language: str) -> None:
    extended(register, language)
    assert tell(register)
    (mail,) = notices(register)
    text = text_of(mail)
    assert CASE in text
    assert REASON in text
    assert "27" in text
    assert "{" not in text


def test_the_polish_notice_says_what_the_law_wants(register: Register) -> None:
    extended(register)
    tell(register)
    text = text_of(notices(register)[0])
    assert f"Przyczyna opóźnienia i okoliczności, które muszą zostać ustalone: {REASON}" in text
    assert "Przewidywany termin rozpatrzenia reklamacji i udzielenia odpowiedzi: 27" in text
    assert "60 dni" in text


def test_it_threads_under_our_last_mail_and_answers_no_message(register: Register) -> None:
    extended(register)
    tell(register)
    (mail,) = notices(register)
    assert mail["In-Reply-To"] == mail["References"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Triage-Loop"] == "instance"
    assert f"[{CASE}-" in mail["Subject"]


def test_a_day_is_told_once(register: Register) -> None:
    extended(register)
    for _ in range(2):
        tell(register)
    assert len(notices(register)) == 1


def test_a_reason_is_one_line_and_no_markup(register: Register) -> None:
    extended(register)
    tell(register, "rule one\n\n- <b>rule two</b>\nBcc: all@evil.example")
    (mail,) = notices(register)
    assert "rule one - <b>rule two</b> Bcc: all@evil.example" in text_of(mail)
    assert "&lt;b&gt;rule two" in text_of(mail, "html")
    assert mail["Bcc"] is None


@pytest.mark.parametrize("reached", [True, False])
def test_whom_no_mail_reaches_a_person_tells(register: Register, reached: bool) -> None:
    extended(register, acknowledged=reached)
    if reached:
        with register.transaction() as session:
            for mail in outbox(register, "acknowledgement"):
                note_bounce(session, mail.recipient, "5.1.1", NOW)
    assert not tell(register)
    assert notices(register) == []
    with register.reading() as session:
        tasks = [task for task in open_tasks(session, CASE) if task.code == "extension"]
    assert len(tasks) == 1
    assert "2026-04-27" in tasks[0].text
