"""Reading made-up mails at the start, so that no real one waits for what is made ready only once.

Word lists, patterns, language profiles and templates are loaded when they are first used, which
takes longer than a mail does. One mail in each language that comes daily uses nearly all. The word
lists of the others are loaded with the first mail that needs them: a tenth of a second each, and
memory that most mailboxes never need.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from triage.decision import History, decide
from triage.message.reader import read_message
from triage.outbox.compose import CaseName, Envelope, Occasion, acknowledgement
from triage.understanding.proxy import read_proxy
from triage.understanding.read import understand

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from triage.outbox.render import Templates
    from triage.policy.model import Policy
    from triage.understanding.judge import Judge

_HEAD = """From: Sam Sample <sam@people.example>
Date: Mon, 02 Mar 2026 09:30:00 +0000
Message-ID: <warm-up@people.example>
Content-Type: text/plain; charset=utf-8
Subject: """
_MAILS: Final = {
    "nl": """Klacht

U hebt mij op 12 februari gebeld over dossier 12345678. Ik wil excuses.
Dit is geen klacht over het bedrag van 120,00 euro. Mijn BSN is 111222333.
Mijn adres sam@oud.example bestaat niet meer, schrijf naar sam@nieuw.example.

Sam Sample
Kerkstraat 12, 1234 AB Utrecht
06-12345678
""",
    "pl": """Reklamacja

Zadzwonili państwo 12 lutego w sprawie 12345678. Oczekuję przeprosin.

Sam Sample
ul. Szkolna 12, 00-950 Warszawa
501 234 567
""",
    "no": """Klage

Dere ringte meg 12. februar om sak 12345678. Jeg vil ha en unnskyldning.

Sam Sample
Storgata 12, 0155 Oslo
412 34 567
""",
    "sv": """Klagomål

Ni ringde mig den 12 februari om ärende 12345678. Jag vill ha en ursäkt.

Sam Sample
Storgatan 12, 111 22 Stockholm
070-123 45 67
""",
    "da": """Klage over jer

I ringede den 12. februar om sag 12345678. Jeg vil have en undskyldning.

Sam Sample
Nørregade 12, 1165 København
20 12 34 56
""",
    "de": """Beschwerde

Sie haben mich am 12. Februar zu Akte 12345678 angerufen. Ich will Auskunft.

Sam Sample
Hauptstraße 12, 10115 Berlin
0151 23456789
""",
    "en": """Complaint

On 12 February you phoned me about file 12345678. I want an apology.

Sam Sample
12 High Street, London SW1A 1AA
07400 123456
""",
    # Too short for words alone: letters and langdetect's profiles are asked, too.
    "short": "?\n\nstop ok\n",
}
_PROXY = "Jeg, Sam Sample, født 1.2.1980, gir fullmakt til Kim Sample, til 1.2.2030.\nSignatur: -"
_ENVELOPE = Envelope("warm-up@triage.invalid", None, "warm-up")


def warm_up(policies: Iterable[Policy], judge: Judge, templates: Templates, now: datetime) -> None:
    """Read and answer a mail in each daily language, and one under each policy; nothing is sent."""
    for number, policy in enumerate(policies):
        for language, text in _MAILS.items():
            if number == 0 or language == policy.home_language:
                _answer((_HEAD + text).encode(), policy, judge, templates, now)


def _answer(raw: bytes, policy: Policy, judge: Judge, templates: Templates, now: datetime) -> None:
    message = read_message(raw, home_country=policy.calendar.country)
    reading = understand(message, policy, now, judge)
    if policy.promises.proxy_contents:
        read_proxy(replace(message, typed=_PROXY), reading, policy, now.date())
    decision = decide(message, reading, policy, History(), now)
    if not decision.acknowledge:
        return
    acknowledgement(
        templates,
        _ENVELOPE,
        Occasion(message, reading, policy, decision, now),
        CaseName("XX26-00000", "[XX26-00000]"),
        message_id="warm-up@triage.invalid",
        now=now,
    )
