"""Which of a mail's dates is the incident. Written on Wednesday 11 March 2026."""

from __future__ import annotations

import pytest
from understanding_mails import mail

from triage.understanding.incident import incident_candidates, incident_date, shares
from triage.understanding.layout import read_layout
from triage.understanding.model import Finding, Kind


def incident(text, kind=Kind.COMPLAINT, **texts):
    read = mail(text, **texts)
    best = incident_date(incident_candidates(read, read_layout(read.typed), kind))
    return best.value if best else None


@pytest.mark.parametrize(
    ("of", "language", "text", "iso"),
    [
        (
            "alektum-nl",
            "nl",
            "Gisteren heeft uw medewerker mij op mijn werk gebeld. Dat kan niet.",
            "2026-03-10",
        ),
        (
            "alektum-nl",
            "nl",
            "Vorige week dinsdag stond er iemand van jullie aan de deur bij mijn moeder.",
            "2026-03-03",
        ),
        (
            "alektum-nl",
            "nl",
            "Geboren 14-08-1988. Op 6 februari kreeg ik een sms van u.",
            "2026-02-06",
        ),
        (
            "alektum-nl",
            "nl",
            "Ik heb op 2 februari betaald. Toch kreeg ik op 3 maart weer een aanmaning van u.",
            "2026-03-03",
        ),
        (
            "alektum-pl",
            "pl",
            "W zeszły piątek zadzwonił do mnie konsultant i krzyczał.",
            "2026-03-06",
        ),
        (
            "alektum-pl",
            "pl",
            "Umowę wypowiedziałem 3 maja 2024. Dnia 17 lutego dostałam od Państwa list z groźbą.",
            "2026-02-17",
        ),
        ("alektum-no", "no", "I går ringte dere meg tre ganger på jobben.", "2026-03-10"),
        (
            "alektum-no",
            "no",
            "Tirsdag 3. mars fikk jeg brev fra dere selv om alt er betalt.",
            "2026-03-03",
        ),
        ("alektum-no", "sv", "I torsdags fick jag ett sms från er mitt i natten.", "2026-03-05"),
        ("alektum-no", "da", "I torsdags modtog jeg en sms fra jer.", "2026-03-05"),
        (
            "alektum-nl",
            "de",
            "Gestern hat Ihr Mitarbeiter bei meiner Mutter angerufen.",
            "2026-03-10",
        ),
        (
            "alektum-nl",
            "en",
            "Last Tuesday your agent called my landlord and told him I have debts.",
            "2026-03-10",
        ),
        ("alektum-nl", "fr", "Mardi dernier, votre agent a appelé mon patron.", "2026-03-10"),
        ("alektum-nl", "es", "El martes pasado su agente llamó a mi jefe.", "2026-03-10"),
        (
            "alektum-nl",
            "it",
            "Martedì scorso un vostro operatore ha chiamato il mio capo.",
            "2026-03-10",
        ),
        (
            "alektum-nl",
            "pt",
            "Na terça-feira passada o vosso funcionário ligou ao meu chefe.",
            "2026-03-10",
        ),
        (
            "alektum-nl",
            "ro",
            "Marțea trecută agentul dumneavoastră l-a sunat pe șeful meu.",
            "2026-03-10",
        ),
    ],
)
def test_it_is_when_the_agency_called_or_wrote(of, language, text, iso):
    assert incident(text, of=of, language=language) == iso


@pytest.mark.parametrize(
    "text",
    [
        "Stop met bellen, dossier 54730908.",
        "Ik ben geboren op 14-08-1988 en dit is een klacht.",
        "Ik wil uiterlijk 20 maart antwoord.",
    ],
)
def test_a_birthday_or_a_term_is_no_incident(text):
    assert incident(text) is None


def test_of_a_contested_claim_the_senders_own_dates_are_no_incident():
    text = "De factuur heb ik op 22 februari al voldaan. Het abonnement is opgezegd op 3 juni 2024."
    assert incident(text, Kind.DISPUTE) is None


def test_of_an_appeal_it_is_the_matter_itself_not_the_complaint_or_its_answer():
    text = (
        "Bij brief van 25 februari hebt u mijn klacht van 3 februari ongegrond verklaard. "
        "Mijn klacht hield in dat uw medewerker mij op 26 januari telefonisch heeft bedreigd."
    )
    assert incident(text, Kind.MANAGEMENT_COMPLAINT) == "2026-01-26"


def test_a_forms_own_field_decides():
    form = "Naam: A\nE-mail: a@b.example\nWanneer was dit?: 24-02-2026\nOmschrijving: Gisteren belde u weer."
    assert incident(form, address="noreply@alektumgroup.nl") == "2026-02-24"


def test_the_dates_of_a_mail_share_one_chance():
    assert shares([]) == []
    both = shares([{"bias": 1.0}, {"bias": 1.0}])
    assert both[0] == both[1] and sum(both) < 1


def test_a_date_named_twice_counts_twice():
    twice = [Finding("2026-03-03", 0.3), Finding("2026-03-03", 0.3), Finding("2026-03-04", 0.35)]
    assert incident_date(twice).value == "2026-03-03"
    assert incident_date([Finding("2026-03-04", 0.35)]) is None


def test_a_middling_share_is_not_sure():
    assert not incident_date([Finding("2026-03-03", 0.95)]).sure
    assert incident_date([Finding("2026-03-03", 0.99)]).sure
