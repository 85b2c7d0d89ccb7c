"""What follows from a mail: which case, due when, what is missing, what people must do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_mails import (
    EVERYTHING,
    MONDAY,
    NOTHING,
    POLICY_NAMES,
    SENDER,
    message,
    reading,
    shipped,
    sure,
    unsure,
)

from triage.decision import Decision, History, KnownCase, decide, given_by
from triage.message.model import Address, DeliveryReport, MachineSign
from triage.policy.model import Requirement
from triage.understanding.model import Channel, Fields, Kind, Reading

NOW = MONDAY + timedelta(minutes=1)
COMPLAINTS = (Kind.COMPLAINT, Kind.MANAGEMENT_COMPLAINT)
MACHINES = (Kind.AUTOMATIC, Kind.SPAM)
SERVICE = tuple(sorted(set(Kind) - {*COMPLAINTS, *MACHINES}))
NO_TERM = tuple(sorted({*SERVICE} - {Kind.DATA_REQUEST}))


def decided(
    read: Reading | None = None, *, policy: str = "alektum-nl", mail=None, **history
) -> Decision:
    chosen = shipped()[policy]
    return decide(mail or message(chosen), read or reading(), chosen, History(**history), NOW)


def known(kind: Kind = Kind.COMPLAINT, **changes) -> KnownCase:
    plain = KnownCase(
        number="NL26-00042",
        kind=kind,
        state="open",
        missing=(),
        answered=False,
        acknowledged=True,
        acknowledgements=1,
    )
    return replace(plain, **changes)


def tasks(decision: Decision) -> list[str]:
    return [task.code for task in decision.tasks]


# --- which case


@pytest.mark.parametrize("kind", [*COMPLAINTS, *SERVICE])
def test_a_persons_mail_opens_a_case(kind: Kind) -> None:
    decision = decided(reading(kind))
    assert (decision.opens_case, decision.joins) == (True, None)


@pytest.mark.parametrize("kind", MACHINES)
def test_a_machines_mail_opens_none_and_gives_nobody_work(kind: Kind) -> None:
    decision = decided(reading(kind, NOTHING))
    assert not decision.opens_case
    assert decision.tasks == ()
    assert decision.due is None


@pytest.mark.parametrize("sign", MachineSign)
def test_a_persons_mail_with_a_machines_header_is_a_case_and_a_task(sign: MachineSign) -> None:
    decision = decided(mail=message(shipped()["alektum-nl"], sign))
    assert decision.opens_case
    assert decision.due is not None
    assert tasks(decision) == ["confirm_by_hand"]
    assert decision.tasks[0].text == f"Not acknowledged ({sign.value}): confirm"


def test_our_own_mail_that_came_back_is_no_case() -> None:
    policy = shipped()["alektum-nl"]
    mail = message(policy, MachineSign.LOOP, sender=Address("", policy.mailboxes[0]))
    decision = decided(mail=mail)
    assert not decision.opens_case
    assert decision.tasks == ()


def test_a_mail_of_a_known_case_joins_it_and_has_no_term_of_its_own() -> None:
    decision = decided(case=known())
    assert (decision.opens_case, decision.joins) == (False, "NL26-00042")
    assert (decision.due, decision.due_at, decision.counted) == (None, None, ())


def test_a_further_word_on_an_acknowledged_case_is_not_answered_and_no_task() -> None:
    decision = decided(case=known())
    assert [reason.value for reason in decision.reasons] == ["answered_before"]
    assert decision.tasks == ()


@pytest.mark.parametrize("state", ["answered", "settled"])
def test_a_mail_to_a_closed_case_is_a_task(state: str) -> None:
    decision = decided(case=known(state=state, answered=True))
    assert decision.joins == "NL26-00042"
    assert tasks(decision) == ["look_again"]


@pytest.mark.parametrize("kind", MACHINES)
def test_an_absence_notice_on_a_closed_case_is_no_task(kind: Kind) -> None:
    assert decided(reading(kind), case=known(state="settled", missing=("phone",))).tasks == ()


def test_our_own_answer_that_joins_a_case_is_no_task() -> None:
    policy = shipped()["alektum-nl"]
    mail = message(policy, sender=Address("", policy.mailboxes[0]))
    decision = decided(mail=mail, case=known(state="answered", answered=True))
    assert not decision.acknowledge
    assert decision.tasks == ()


# --- a mail with a term of its own on a case of another kind


@pytest.mark.parametrize("case", NO_TERM)
@pytest.mark.parametrize("kind", [*COMPLAINTS, Kind.DATA_REQUEST])
def test_a_complaint_on_an_open_question_starts_its_term_there(case: Kind, kind: Kind) -> None:
    decision = decided(reading(kind), case=known(case))
    assert decision.joins == "NL26-00042"
    assert decision.due == decided(reading(kind)).due is not None
    assert decision.acknowledge
    assert decision.purpose == ("acknowledgement" if kind in COMPLAINTS else "service")


def test_a_complaint_on_a_question_need_not_repeat_what_that_gave() -> None:
    case = known(Kind.BALANCE, given=("address", "name", "phone"))
    decision = decided(reading(fields=NOTHING), case=case)
    assert decision.missing == ("dossier_number", "incident_channel", "incident_date", "reason")


@pytest.mark.parametrize(
    ("case", "kind"),
    [
        (Kind.COMPLAINT, Kind.DATA_REQUEST),
        (Kind.MANAGEMENT_COMPLAINT, Kind.DATA_REQUEST),
        (Kind.DATA_REQUEST, Kind.COMPLAINT),
        (Kind.DATA_REQUEST, Kind.MANAGEMENT_COMPLAINT),
    ],
)
def test_a_complaint_and_a_privacy_request_are_two_cases_with_two_terms(
    case: Kind, kind: Kind
) -> None:
    decision = decided(reading(kind), case=known(case))
    assert (decision.opens_case, decision.joins) == (True, None)
    assert decision.due is not None
    assert not decision.second_instance


@pytest.mark.parametrize("kind", [Kind.COMPLAINT, Kind.MANAGEMENT_COMPLAINT])
@pytest.mark.parametrize("case", COMPLAINTS)
def test_a_complaint_on_an_open_complaint_does_not_move_its_term(kind: Kind, case: Kind) -> None:
    decision = decided(reading(kind), case=known(case))
    assert decision.joins == "NL26-00042"
    assert decision.due is None


# --- second instance


def test_a_directieklacht_after_the_answer_is_a_case_of_the_second_instance() -> None:
    decision = decided(
        reading(Kind.MANAGEMENT_COMPLAINT), case=known(state="answered", answered=True)
    )
    assert (decision.opens_case, decision.joins, decision.second_instance) == (True, None, True)
    assert decision.acknowledge
    assert not decision.pauses_collection


def test_the_second_instance_has_its_own_clock() -> None:
    policy = shipped()["alektum-nl"]
    policy = replace(policy, second_instance=replace(policy.second_instance, count=20))
    read = reading(Kind.MANAGEMENT_COMPLAINT)
    history = History(case=known(answered=True), received_at=MONDAY)
    assert decide(message(policy), read, policy, history, NOW).due == date(2026, 3, 30)
    first = History(received_at=MONDAY)
    assert decide(message(policy), read, policy, first, NOW).due == date(2026, 3, 16)


def test_a_directieklacht_out_of_the_blue_is_an_ordinary_complaint() -> None:
    decision = decided(reading(Kind.MANAGEMENT_COMPLAINT))
    assert decision.opens_case
    assert not decision.second_instance


def test_a_directieklacht_before_the_answer_joins_and_a_person_explains() -> None:
    decision = decided(reading(Kind.MANAGEMENT_COMPLAINT), case=known())
    assert decision.joins == "NL26-00042"
    assert tasks(decision) == ["explain"]


def test_where_no_order_is_prescribed_nobody_explains_it() -> None:
    decision = decided(reading(Kind.MANAGEMENT_COMPLAINT), policy="pro-actief", case=known())
    assert decision.tasks == ()


def test_a_directieklacht_on_an_answered_question_is_an_ordinary_complaint() -> None:
    case = known(Kind.BALANCE, state="answered", answered=True)
    decision = decided(reading(Kind.MANAGEMENT_COMPLAINT), case=case)
    assert decision.joins == "NL26-00042"
    assert decision.due is not None
    assert not decision.second_instance


# --- supplements


def test_a_supplement_is_thanked_for_and_what_it_gives_is_no_longer_missing() -> None:
    read = reading(Kind.QUESTION, replace(NOTHING, phones=(sure("+31612345678"),)))
    decision = decided(read, case=known(missing=("incident_date", "phone")))
    assert decision.missing == ("incident_date",)
    assert decision.acknowledge
    assert decision.purpose == "supplement"
    assert decision.given == ("email", "phone")


def test_one_of_several_options_supplies_the_fact() -> None:
    fields = replace(NOTHING, national_id=sure("123456782"))
    decision = decided(
        reading(Kind.QUESTION, fields),
        policy="alektum-nl-service",
        case=known(missing=("dossier_number",)),
    )
    assert decision.missing == ()


def test_a_machine_supplies_nothing() -> None:
    decision = decided(reading(Kind.AUTOMATIC), case=known(missing=("phone",)))
    assert decision.missing == ("phone",)
    assert not decision.acknowledge


def test_a_supplement_is_thanked_for_no_more_often_than_the_cap() -> None:
    decision = decided(case=known(missing=("phone",), acknowledgements=5))
    assert [reason.value for reason in decision.reasons] == ["rate"]


# --- what is missing


@pytest.mark.parametrize(
    ("policy", "missing"),
    [
        (
            "alektum-nl",
            "address dossier_number incident_channel incident_date name phone reason",
        ),
        (
            "alektum-nl-service",
            "dossier_number fault incident_channel incident_date name phone reason",
        ),
        ("alektum-pl", "dossier_number name reason"),
        ("alektum-no", "dossier_number name reason"),
        ("pro-actief", "address desired_resolution dossier_number name phone reason"),
    ],
)
def test_an_empty_complaint_lacks_all_that_its_procedure_asks_for(
    policy: str, missing: str
) -> None:
    assert " ".join(decided(reading(fields=NOTHING), policy=policy).missing) == missing


@pytest.mark.parametrize("policy", POLICY_NAMES)
def test_a_complaint_that_gives_everything_lacks_nothing(policy: str) -> None:
    assert decided(policy=policy).missing == ()


@pytest.mark.parametrize("kind", SERVICE)
def test_only_of_a_complaint_something_is_required(kind: Kind) -> None:
    assert decided(reading(kind, NOTHING)).missing == ()


@pytest.mark.parametrize("policy", POLICY_NAMES)
def test_an_identity_number_is_never_asked_for(policy: str) -> None:
    assert all(need.key != "national_id" for need in shipped()[policy].required)


def test_a_bsn_stands_in_for_a_dossier_number_where_the_procedure_says_so() -> None:
    fields = replace(EVERYTHING, dossier_numbers=(), national_id=sure("123456782"))
    assert decided(reading(fields=fields), policy="alektum-nl-service").missing == ()
    assert decided(reading(fields=fields)).missing == ("dossier_number",)


@pytest.mark.parametrize(
    ("wish", "missing"), [(None, ()), (Channel.EMAIL, ()), (Channel.LETTER, ("address",))]
)
def test_an_answer_by_letter_needs_an_address(
    wish: Channel | None, missing: tuple[str, ...]
) -> None:
    fields = replace(
        EVERYTHING, street=None, postcode=None, city=None, reply_channel=wish and sure(wish)
    )
    assert decided(reading(fields=fields), policy="alektum-pl").missing == missing


@pytest.mark.parametrize(
    ("lacks", "given"),
    [
        ({}, True),
        ({"postcode": None}, True),
        ({"city": None}, True),
        ({"postcode": None, "city": None}, False),
        ({"street": None}, False),
    ],
)
def test_an_address_is_a_street_and_a_postcode_or_a_city(lacks: dict, given: bool) -> None:
    fields = replace(EVERYTHING, **lacks)
    assert ("address" in given_by(message(shipped()["alektum-nl"]), fields)) == given


def test_the_from_header_gives_the_address_for_e_mail() -> None:
    policy = shipped()["alektum-nl"]
    assert given_by(message(policy), Fields()) == ("email",)
    assert given_by(message(policy, sender=None), Fields()) == ()
    assert given_by(message(policy, sender=None), Fields(emails=(sure(SENDER),))) == ("email",)


@pytest.mark.parametrize("key", ["reason", "fault", "desired_resolution"])
def test_a_finding_that_says_no_gives_nothing(key: str) -> None:
    policy = replace(shipped()["alektum-nl"], required=(Requirement((key,)),))
    fields = replace(EVERYTHING, **{key: sure(value=False)})
    assert decide(message(policy), reading(fields=fields), policy, History(), NOW).missing == (key,)


# --- when


@pytest.mark.parametrize(
    ("kind", "due"),
    [
        (Kind.COMPLAINT, "2026-03-16"),
        (Kind.MANAGEMENT_COMPLAINT, "2026-03-16"),
        (Kind.DATA_REQUEST, "2026-04-02"),
        *((kind, None) for kind in NO_TERM),
    ],
)
def test_complaints_and_privacy_requests_have_a_term_and_nothing_else(
    kind: Kind, due: str | None
) -> None:
    decision = decided(reading(kind))
    assert decision.due == (date.fromisoformat(due) if due else None)
    assert bool(decision.due_at) == bool(decision.counted) == bool(due)


@pytest.mark.parametrize(
    ("policy", "due"),
    [
        ("alektum-nl", "2026-03-16"),
        ("alektum-nl-service", "2026-03-16"),
        ("alektum-no", "2026-03-16"),
        ("alektum-pl", "2026-04-01"),
        ("pro-actief", "2026-03-11"),
    ],
)
def test_the_answer_is_due_by_the_policys_term(policy: str, due: str) -> None:
    assert decided(policy=policy).due == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("received_at", "written", "due"),
    [
        ("2026-02-27T12:00+00:00", "2026-02-20T12:00+00:00", "2026-03-13"),  # the server's time
        (None, "2026-02-20T12:00+00:00", "2026-03-06"),  # else the Date header's
        (None, None, "2026-03-16"),  # else now
        ("2026-05-01T12:00+00:00", None, "2026-03-16"),  # never later than now
        (None, "2099-01-01T12:00+00:00", "2026-03-16"),
        (None, "1066-10-14T12:00+00:00", "2026-03-16"),  # nothing that can be counted
    ],
)
def test_the_term_starts_when_the_server_received_the_mail(
    received_at: str | None, written: str | None, due: str
) -> None:
    mail = message(shipped()["alektum-nl"], date=written and datetime.fromisoformat(written))
    received = received_at and datetime.fromisoformat(received_at)
    assert decided(mail=mail, received_at=received or None).due == date.fromisoformat(due)


# --- what the procedure wants


@pytest.mark.parametrize(
    ("policy", "kind", "first"),
    [
        ("alektum-nl", Kind.COMPLAINT, []),
        ("alektum-nl-service", Kind.COMPLAINT, ["independent_handler"]),
        ("alektum-pl", Kind.COMPLAINT, ["identity_check", "answer_form"]),
        ("alektum-no", Kind.COMPLAINT, []),
        ("pro-actief", Kind.COMPLAINT, ["phone_first"]),
        ("pro-actief", Kind.MANAGEMENT_COMPLAINT, ["phone_first"]),
        ("pro-actief", Kind.QUESTION, []),
        ("pro-actief", Kind.COMPLIMENT, ["pass_on"]),
        ("alektum-nl-service", Kind.DISPUTE, ["dossier_handler"]),
        ("alektum-nl", Kind.DISPUTE, []),
        ("alektum-no", Kind.CALLBACK, ["call_back"]),
        ("alektum-no", Kind.AUTHORISATION, ["check_proxy"]),
        ("alektum-nl-service", Kind.AUTHORISATION, []),
    ],
)
def test_the_first_step_of_the_procedure_is_a_task(
    policy: str, kind: Kind, first: list[str]
) -> None:
    assert tasks(decided(reading(kind), policy=policy)) == first


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (Channel.LETTER, "by letter, as the sender asks"),
        (Channel.EMAIL, "once the address is verified"),
        (None, "in the form in which it came"),
    ],
)
def test_the_answer_goes_out_in_the_form_that_was_asked_for(
    wish: Channel | None, words: str
) -> None:
    asked = replace(EVERYTHING, reply_channel=sure(wish) if wish else None)
    steps = decided(reading(fields=asked), policy="alektum-pl").tasks
    assert [words in step.text for step in steps if step.code == "answer_form"] == [True]


def test_a_further_mail_does_not_repeat_the_first_step() -> None:
    assert decided(policy="pro-actief", case=known()).tasks == ()


@pytest.mark.parametrize("policy", POLICY_NAMES)
@pytest.mark.parametrize("kind", [Kind.COMPLAINT, Kind.DISPUTE])
def test_collection_is_paused_by_a_complaint_where_the_procedure_promises_it(
    policy: str, kind: Kind
) -> None:
    paused = decided(reading(kind), policy=policy).pauses_collection
    assert paused == (policy == "alektum-nl" and kind is Kind.COMPLAINT)


# --- what a person must look at


def test_values_below_the_threshold_are_listed_in_reading_order() -> None:
    fields = replace(EVERYTHING, name=unsure("Jan"), phones=(sure("+31"), unsure("+32")))
    read = replace(reading(fields=fields), language=unsure("nl"))
    assert decided(read).unsure == ("language", "name", "phones")


@pytest.mark.parametrize(
    ("policy", "text"),
    [
        ("alektum-no", "Call the sender back, Mon 2 Mar from 10:30 to 20:00"),
        ("alektum-nl", "Call the sender back"),
    ],
)
def test_who_is_to_be_called_back_is_called_in_the_published_hours(policy: str, text: str) -> None:
    (told,) = decided(reading(Kind.CALLBACK), policy=policy).tasks
    assert told.text == text


def test_an_unsure_kind_is_a_task_and_answered_all_the_same() -> None:
    decision = decided(replace(reading(), kind=unsure(Kind.COMPLAINT)))
    assert decision.acknowledge
    assert tasks(decision) == ["check_reading"]


@pytest.mark.parametrize(
    "note",
    [
        "larger than 64 MB, the rest was not read",
        "encrypted",
        "more than 200 parts, the rest was not read",
    ],
)
def test_a_mail_that_was_not_read_whole_is_answered_and_a_person_looks_at_it(note: str) -> None:
    mail = replace(message(shipped()["alektum-nl"]), damage=("8-bit header", note))
    decision = decided(mail=mail)
    assert decision.acknowledge
    (task,) = decision.tasks
    assert task.code == "read_whole"
    assert note in task.text


def test_damage_that_hides_nothing_is_no_task() -> None:
    mail = replace(message(shipped()["alektum-nl"]), damage=("8-bit header", "unreadable Date"))
    assert tasks(decided(mail=mail)) == []


def test_what_an_answer_is_taken_for_is_no_task_where_its_case_has_its_term() -> None:
    answer = replace(reading(), kind=unsure(Kind.COMPLAINT), marker=unsure(value=True))
    decision = decided(answer, case=known())
    assert decision.joins is not None
    assert tasks(decision) == []
    assert decision.unsure == ()


def test_it_is_one_where_the_answer_may_begin_a_term() -> None:
    answer = replace(reading(Kind.QUESTION), kind=unsure(Kind.QUESTION))
    decision = decided(answer, case=known(kind=Kind.QUESTION))
    assert tasks(decision) == ["check_reading"]
    assert decision.unsure == ("kind",)


@pytest.mark.parametrize(
    ("signs", "expected"), [((), ["check_reading"]), ((MachineSign.LIST,), [])]
)
def test_unsure_spam_without_a_machines_header_is_looked_at(
    signs: tuple[MachineSign, ...], expected: list[str]
) -> None:
    read = replace(reading(Kind.SPAM), kind=unsure(Kind.SPAM))
    mail = message(shipped()["alektum-nl"], *signs)
    assert tasks(decided(read, mail=mail)) == expected


@pytest.mark.parametrize(("permanent", "expected"), [(True, ["bounced"]), (False, [])])
def test_our_mail_that_came_back_for_good_is_a_task(permanent: bool, expected: list[str]) -> None:
    report = DeliveryReport(SENDER, "5.1.1", permanent, "ack@alektumgroup.nl")
    mail = message(shipped()["alektum-nl"], MachineSign.REPORT, report=report)
    assert tasks(decided(reading(Kind.AUTOMATIC), mail=mail)) == expected


# --- properties

findings = st.sampled_from([None, sure("x"), unsure("x")])
flags = st.sampled_from([sure(value=True), sure(value=False), unsure(value=True)])
several = st.sampled_from([(), (sure("x"),), (sure("x"), unsure("y"))])
some_fields = st.builds(
    Fields,
    name=findings,
    street=findings,
    postcode=findings,
    city=findings,
    phones=several,
    emails=st.sampled_from([(), (sure("maria@example.org"),), (sure("not an address"),)]),
    dossier_numbers=several,
    national_id=findings,
    incident_date=findings,
    incident_channel=st.sampled_from([(), (sure(Channel.PHONE),)]),
    desired_resolution=flags,
    reply_channel=st.sampled_from([None, *map(sure, Channel)]),
    reason=flags,
    fault=flags,
)
some_readings = st.builds(
    Reading,
    language=st.sampled_from([sure("nl"), sure("tr"), unsure("xx")]),
    kind=st.builds(
        lambda kind, make: make(kind), st.sampled_from(Kind), st.sampled_from([sure, unsure])
    ),
    also=st.just(()),
    marker=flags,
    fields=some_fields,
    webform=st.booleans(),
)
some_cases = st.one_of(
    st.none(),
    st.builds(
        KnownCase,
        number=st.just("NL26-00042"),
        kind=st.sampled_from(Kind),
        state=st.sampled_from(["open", "answered", "settled"]),
        missing=st.sampled_from([(), ("name",), ("address", "phone"), ("of another policy",)]),
        answered=st.booleans(),
        acknowledged=st.booleans(),
        acknowledgements=st.integers(0, 6),
        given=st.sampled_from([(), ("name",)]),
    ),
)
moments = st.datetimes(timezones=st.just(UTC))


@given(
    st.sampled_from(POLICY_NAMES),
    some_readings,
    st.builds(
        History,
        case=some_cases,
        answered_before=st.booleans(),
        backlog=st.booleans(),
        received_at=st.one_of(st.none(), moments),
    ),
    st.one_of(st.none(), moments),
    st.text(max_size=30),
    st.lists(st.sampled_from(MachineSign), max_size=3),
)
def test_whatever_comes_a_decision_is_made_and_is_consistent(
    name: str,
    read: Reading,
    history: History,
    written: datetime | None,
    address: str,
    signs: list[MachineSign],
) -> None:
    policy = shipped()[name]
    mail = message(policy, *signs, date=written, sender=Address("", address))
    decision = decide(mail, read, policy, history, NOW)
    assert decision.acknowledge == (not decision.reasons)
    assert not decision.acknowledge or decision.recipient
    assert not (decision.opens_case and decision.joins)
    assert not decision.acknowledge or decision.opens_case or decision.joins
    assert "national_id" not in decision.missing
    assert (decision.due is None) == (decision.due_at is None) == (not decision.counted)
    if not decision.kind.is_machine and not decision.acknowledge and decision.opens_case:
        withheld = {reason.value for reason in decision.reasons} - {"answered_before"}
        assert bool(withheld) == ("confirm_by_hand" in tasks(decision))
