"""The whole reading: what a careful reader concludes, rules and the shipped model together."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest
from understanding_mails import message, policy

from triage.message.model import DeliveryReport, MachineSign, Sign
from triage.understanding.judge import Judge, Judgement, load_judge
from triage.understanding.label_places import Use
from triage.understanding.model import Channel, Kind, Reading
from triage.understanding.parts import Mail
from triage.understanding.read import understand

NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)


@cache
def judge() -> Judge:
    return load_judge()


def read(typed: str, *, of: str = "alektum-nl", **texts: str) -> Reading:
    return understand(message(typed, **texts), policy(of), NOON, judge())


@pytest.mark.parametrize(
    ("of", "typed", "kind"),
    [
        (
            "alektum-nl",
            "Uw medewerker was bot en hing zomaar op. Zo behandel je mensen niet.",
            Kind.COMPLAINT,
        ),
        (
            "alektum-pl",
            "Państwa pracownik krzyczał na mnie przez telefon, to skandal.",
            Kind.COMPLAINT,
        ),
        (
            "alektum-no",
            "Saksbehandleren deres var frekk og la på røret. Det er uakseptabelt.",
            Kind.COMPLAINT,
        ),
        (
            "alektum-nl",
            "Deze schuld is niet van mij, ik heb daar nooit iets besteld.",
            Kind.DISPUTE,
        ),
        ("alektum-pl", "Kwestionuję ten dług, nigdy nie zawierałem takiej umowy.", Kind.DISPUTE),
        ("alektum-no", "Jeg bestrider kravet, jeg har aldri handlet hos dem.", Kind.DISPUTE),
        ("alektum-nl", "Kan ik het bedrag in drie termijnen betalen?", Kind.PAYMENT_ARRANGEMENT),
        ("alektum-pl", "Ile mi jeszcze zostało do zapłaty?", Kind.BALANCE),
        ("alektum-no", "Hvor mye har jeg igjen å betale?", Kind.BALANCE),
        ("alektum-nl", "Wilt u mij terugbellen?", Kind.CALLBACK),
        ("alektum-nl", "Op grond van de AVG vraag ik inzage in mijn gegevens.", Kind.DATA_REQUEST),
        (
            "alektum-no",
            "Jeg har flyttet. Min nye adresse er Storgata 4, 0155 Oslo.",
            Kind.CONTACT_CHANGE,
        ),
    ],
)
def test_each_kind_is_known_by_what_the_sender_wants(of: str, typed: str, kind: Kind):
    assert read(typed, of=of).kind.value is kind


def test_whoever_calls_it_a_complaint_has_made_a_complaint():
    reading = read("Dit is een klacht. Hoeveel moet ik nog betalen?")
    assert reading.kind.value.is_complaint
    assert reading.marker.value


def test_a_delivery_report_is_automatic_whatever_it_says():
    report = DeliveryReport(
        "anna@voorbeeld.example", "5.1.1", permanent=True, original_message_id=""
    )
    bounced = replace(message("Dit is een klacht."), report=report)
    assert understand(bounced, policy("alektum-nl"), NOON, judge()).kind.value is Kind.AUTOMATIC


def test_a_form_of_the_agencys_own_website_was_filled_in_by_a_person():
    form = (
        "Naam: Anna de Wit\nE-mail: anna@voorbeeld.example\nDossiernummer: 40718253\n"
        "Bericht: Uw bericht is ontvangen, staat er steeds. Ik ben afwezig en wil antwoord."
    )
    reading = read(form, address="noreply@alektumgroup.nl", subject="Contactformulier")
    assert reading.webform
    assert not reading.kind.value.is_machine


def test_of_a_machines_mail_nothing_is_claimed():
    sign = Sign(MachineSign.AUTO_SUBMITTED, "Auto-Submitted: auto-replied")
    away = replace(
        message("Ik ben afwezig tot 4 mei. Bij spoed: bel 06-12345678.", subject="Afwezig"),
        signs=(sign,),
    )
    reading = understand(away, policy("alektum-nl"), NOON, judge())
    assert reading.kind.value is Kind.AUTOMATIC
    assert not (reading.marker.value or (reading.fields.fault and reading.fields.fault.value))


@pytest.mark.parametrize(
    ("of", "typed", "channel"),
    [
        (
            "alektum-nl",
            "Ik klaag over uw medewerker: gisteren belde hij mij vijf keer op.",
            Channel.PHONE,
        ),
        (
            "alektum-nl",
            "Een klacht: ik kreeg gisteren een dreigende brief van u in de bus.",
            Channel.LETTER,
        ),
        (
            "alektum-pl",
            "Składam reklamację, wczoraj dostałem od was trzy SMS-y z groźbami.",
            Channel.SMS,
        ),
        ("alektum-no", "Jeg klager: i går sto det en mann fra dere på døra mi.", Channel.IN_PERSON),
    ],
)
def test_how_the_contact_took_place_about_which_they_complain(
    of: str, typed: str, channel: Channel
):
    found = [each.value for each in read(typed, of=of).fields.incident_channel]
    assert found == [channel]


def test_a_neutral_request_has_no_incident_channel():
    assert (
        read("Ik belde u gisteren al. Hoeveel moet ik nog betalen?").fields.incident_channel == ()
    )


@pytest.mark.parametrize(
    ("of", "typed", "channel"),
    [
        ("alektum-pl", "Składam reklamację. Odpowiedź proszę przesłać listem.", Channel.LETTER),
        ("alektum-pl", "Składam reklamację. Proszę o odpowiedź mailem.", Channel.EMAIL),
        (
            "alektum-nl",
            "Dit is een klacht. Ik wil uw antwoord per brief ontvangen.",
            Channel.LETTER,
        ),
        ("alektum-no", "Dette er en klage. Svar meg på e-post.", Channel.EMAIL),
    ],
)
def test_how_the_sender_wants_the_answer(of: str, typed: str, channel: Channel):
    wish = read(typed, of=of).fields.reply_channel
    assert wish is not None
    assert wish.value is channel


def test_in_writing_alone_names_no_channel():
    assert read("Dit is een klacht. Ik wil schriftelijk antwoord.").fields.reply_channel is None


def test_every_claim_of_a_complaint_says_where_it_stands():
    typed = (
        "Dit is een klacht. Uw medewerker schold mij gisteren aan de telefoon uit. Ik eis excuses."
    )
    reading = read(typed)
    for finding in (reading.kind, reading.marker, reading.fields.fault, reading.fields.reason):
        assert finding is not None
        assert finding.evidence
        assert all(words.words in typed for words in finding.evidence)


def test_the_same_mail_is_read_the_same_twice():
    typed = "Ik ben het er niet mee eens en wil een brief terug, dossier 40718253."
    assert read(typed) == read(typed)


class _Stated(Judge):
    """The shipped model, but for how likely it is that a machine wrote the mail."""

    def __init__(self, machine: float, *, words: bool) -> None:
        self._machine, self._words = machine, words

    def judge(self, mail: Mail, uses: frozenset[Use]) -> Judgement:
        found = judge().judge(mail, uses)
        kinds = {"automatic": self._machine, "complaint": 1 - self._machine}
        rest = dict.fromkeys(found.shares["kind"], 0.0)
        shares = {**found.shares, "kind": rest | kinds}
        return replace(found, shares=shares, machine_words=self._words, machine_talk=0)


@pytest.mark.parametrize(
    ("typed", "words", "least"),
    [
        ("De boeking is bevestigd en staat klaar.", False, 0.85),
        ("De boeking is bevestigd en staat klaar.", True, 0.6),
        ("Dit is een formele klacht.", False, 0.8),
        ("Dit is een formele klacht.", True, 0.8),
    ],
)
def test_a_machine_without_a_header_is_one_from_a_probability_on(
    typed: str, words: bool, least: float
):
    for machine, is_one in ((least - 0.01, False), (least + 0.01, True)):
        stated = _Stated(machine, words=words)
        kind = understand(message(typed), policy("alektum-nl"), NOON, stated).kind.value
        assert kind.is_machine == is_one
