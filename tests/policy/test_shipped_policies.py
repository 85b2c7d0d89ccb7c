"""Each shipped policy says what its published procedure says."""

from __future__ import annotations

from datetime import date, time

import pytest
from sample_mails import POLICY_NAMES, shipped

from triage.outbox.render import LANGUAGES
from triage.policy.model import End, Promises, Start, Term, Unit

PROCEDURES = {
    # name: mailboxes, home language, what a complaint must give, term of the answer
    "alektum-nl": (
        ["compliance@alektumgroup.nl"],
        "nl",
        "name address phone dossier_number reason incident_date incident_channel",
        Term(10, Unit.WORKING_DAYS),
    ),
    "alektum-nl-service": (
        ["info@alektumgroup.nl"],
        "nl",
        "name phone email dossier_number|national_id reason fault incident_date incident_channel",
        Term(10, Unit.WORKING_DAYS),
    ),
    "alektum-pl": (
        ["compliance@alektumgroup.pl", "info@alektumgroup.pl"],
        "pl",
        "name dossier_number reason address?letter",
        Term(30, Unit.CALENDAR_DAYS, end=End.PREVIOUS_WORKING_DAY),
    ),
    "alektum-no": (
        ["info@alektumgroup.no"],
        "no",
        "name dossier_number reason",
        Term(10, Unit.WORKING_DAYS),
    ),
    "pro-actief": (
        ["info@proactiefincasso.nl", "klachten@proactiefincasso.nl"],
        "nl",
        "name address phone dossier_number reason desired_resolution",
        Term(7, Unit.WORKING_DAYS, Start.NEXT_WORKING_DAY),
    ),
}


@pytest.mark.parametrize("name", POLICY_NAMES)
def test_mailboxes_language_facts_and_term(name: str) -> None:
    policy = shipped()[name]
    required = " ".join(
        "|".join(need.options) + (f"?{need.when_reply_channel}" if need.when_reply_channel else "")
        for need in policy.required
    )
    found = (list(policy.mailboxes), policy.home_language, required, policy.answer)
    assert found == PROCEDURES[name]


@pytest.mark.parametrize(
    ("name", "promises"),
    [
        # It "streeft ernaar" to answer, pauses collection, and says whether it is "ontvankelijk".
        (
            "alektum-nl",
            Promises(answer_aimed=True, collection_paused=True, verdict="admissible"),
        ),
        # "iemand die niet vanaf het begin bij de zaak was betrokken"; names no term
        ("alektum-nl-service", Promises(answer_aimed=True, independent_handler=True)),
        # "zweryfikować Twoją tożsamość"; the form of the answer "z uwzględnieniem życzenia"
        ("alektum-pl", Promises(identity_check=True, answer_form_as_asked=True)),
        # "1-3 virkedager før en betalingen blir registrert"; what a fullmakt holds; names no term
        ("alektum-no", Promises(answer_aimed=True, payment_days="1–3", proxy_contents=True)),
        # "eerst telefonisch contact", "toegewezen of afgewezen en waarom"
        (
            "pro-actief",
            Promises(
                phone_first=True,
                verdict="upheld",
                verdict_reasons=True,
                improvement_told=True,
            ),
        ),
    ],
)
def test_only_what_the_procedure_promises_is_promised(name: str, promises: Promises) -> None:
    assert shipped()[name].promises == promises


def test_only_poland_may_extend_and_to_sixty_days() -> None:
    extended = {name: shipped()[name].extended for name in POLICY_NAMES}
    sixty = Term(60, Unit.CALENDAR_DAYS, end=End.PREVIOUS_WORKING_DAY)
    assert extended.pop("alektum-pl") == sixty
    assert set(extended.values()) == {None}


@pytest.mark.parametrize("name", POLICY_NAMES)
def test_privacy_requests_have_one_month(name: str) -> None:
    """GDPR art. 12(3)."""
    assert shipped()[name].privacy == Term(1, Unit.MONTHS)


def test_a_directieklacht_comes_after_the_answer_only_at_alektum_nl() -> None:
    prescribed = {name for name in POLICY_NAMES if shipped()[name].directieklacht_after_answer}
    assert prescribed == {"alektum-nl"}


def test_objections_go_to_the_dossiers_handler_only_at_customer_service() -> None:
    others = {name for name in POLICY_NAMES if not shipped()[name].objections_are_complaints}
    assert others == {"alektum-nl-service"}


@pytest.mark.parametrize(
    ("name", "written", "number"),
    [
        ("alektum-nl", "1234 5678", "12345678"),
        ("alektum-nl", "1234567", None),
        ("alektum-pl", "123-456-789", "123456789"),
        ("alektum-no", "1234567", "1234567"),
        ("pro-actief", "p24 018 273", "P24018273"),
        ("pro-actief", "P24-018273", "P24018273"),
        ("pro-actief", "24018273", None),
    ],
)
def test_dossier_numbers_have_the_agencys_form(name: str, written: str, number: str | None) -> None:
    assert shipped()[name].dossier.normalise(written) == number


@pytest.mark.parametrize("name", POLICY_NAMES)
def test_where_the_dossier_number_stands_is_said_in_every_language(name: str) -> None:
    assert set(shipped()[name].dossier.where) == set(LANGUAGES)


@pytest.mark.parametrize("name", POLICY_NAMES)
def test_the_signature_is_there_in_the_home_language_and_in_english(name: str) -> None:
    policy = shipped()[name]
    assert {policy.home_language, "en"} <= set(policy.agency.signature)


@pytest.mark.parametrize(
    ("day", "opens", "closes"),
    [
        ("2026-03-02", time(8), time(20)),  # Monday
        ("2026-03-06", time(8), time(18)),  # Friday
        ("2026-07-02", time(8), time(20)),
        ("2026-07-03", time(8), time(18)),
        ("2026-07-28", time(8), time(18)),
        ("2026-07-29", time(8), time(20)),
        ("2026-12-23", time(8), time(14)),
        ("2026-12-29", time(9), time(14)),
        ("2027-01-04", time(8), time(20)),
    ],
)
def test_norways_opening_hours_have_their_exceptions(day: str, opens: time, closes: time) -> None:
    assert shipped()["alektum-no"].office.on(date.fromisoformat(day)) == (opens, closes)


def test_opening_hours_are_told_only_where_they_are_published() -> None:
    published = {name for name in POLICY_NAMES if shipped()[name].office.published}
    assert published == {"alektum-no", "pro-actief"}
