"""The demo's own mails through the real service: what is understood of each, and what follows."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from agency import Agency
from post_office import PostOffice, letter, reply, text_of

from triage.register.states import EntryState
from triage.register.tables import Case, HandledMail, LedgerEntry, OutboxMail

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from triage.demo.servers import EmbeddedImap
    from triage.understanding.judge import Judge

POLICIES = {
    "compliance@alektumgroup.nl": "alektum-nl",
    "info@alektumgroup.nl": "alektum-nl-service",
    "compliance@alektumgroup.pl": "alektum-pl",
    "info@alektumgroup.no": "alektum-no",
    "info@proactiefincasso.nl": "pro-actief",
}


@dataclass
class Outcome:
    """What became of one mail."""

    entry: LedgerEntry
    mail: HandledMail
    case: Case | None
    answer: OutboxMail | None


class Demo:
    """The demo's mails, sent and handled; each outcome by the name of its file."""

    def __init__(self, agency: Agency) -> None:
        self._agency = agency
        self._mailboxes = {agency.mailbox: "alektum-nl"} | {
            agency.office.open(policy): policy for policy in POLICIES.values()
        }
        agency.values["mailbox"] = [
            agency.watched(address, policy) for address, policy in self._mailboxes.items()
        ]
        self.outcomes: dict[str, Outcome] = {}
        self.answer_to_the_reply = ""

    def play(self) -> None:
        mails = files("triage.demo") / "mails"
        names = sorted(each.name for each in mails.iterdir() if each.name.endswith(".eml"))
        with self._agency.running():
            for name in names:
                raw = (mails / name).read_bytes()
                self._send(name, email.message_from_bytes(raw, policy=email.policy.SMTP))
            asked = self.outcomes["02-nl-half.eml"].answer
            assert asked is not None
            acknowledgement = email.message_from_bytes(asked.content, policy=email.policy.default)
            text = (mails / "12-reply.txt").read_text(encoding="utf-8")
            self._send("12-reply.txt", reply(acknowledgement, text))

    def _send(self, name: str, mail: EmailMessage) -> None:
        office = self._agency.office
        policy = POLICIES.get(str(mail["To"]))
        if policy is not None:
            mail.replace_header("To", next(a for a, p in self._mailboxes.items() if p == policy))
        model = letter("x@people.example", "y@people.example")
        for header in ("Message-ID", "Date"):
            del mail[header]
            mail[header] = str(model[header])
        bounce = mail["Return-Path"] == "<>"
        del mail["Return-Path"]
        office.send(mail, envelope_from="" if bounce else str(mail["From"]))
        entry = self._agency.handled(str(mail["Message-ID"]))
        assert entry.state is EntryState.DONE, entry.error
        agency = self._agency
        self.outcomes[name] = Outcome(
            entry,
            next(each for each in agency.rows(HandledMail) if each.ledger_id == entry.id),
            next((each for each in agency.cases() if each.number == entry.case_number), None),
            next((each for each in agency.outbox() if each.ledger_id == entry.id), None),
        )


@pytest.fixture(scope="module")
def demo(
    embedded_imap: EmbeddedImap,
    judge: Judge,
    empty_register: object,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, Outcome]]:
    folder = tmp_path_factory.mktemp("demo")
    office = PostOffice("embedded", embedded_imap.port, "made-up", embedded_imap.add_user)
    with office.sink:
        agency = Agency(folder, office, judge, f"sqlite:///{folder}/triage.db")
        played = Demo(agency)
        played.play()
        yield played.outcomes
        agency.close()


# file, kind, language, purpose of the answer, what is missing
ANSWERED = [
    ("01-nl-complete.eml", "complaint", "nl", "acknowledgement", []),
    (
        "02-nl-half.eml",
        *("complaint", "nl", "acknowledgement"),
        ["dossier_number", "incident_date", "phone"],
    ),
    ("03-pl-complete.eml", "complaint", "pl", "acknowledgement", []),
    ("04-pl-unmarked.eml", "complaint", "pl", "acknowledgement", ["dossier_number"]),
    ("05-no-marked.eml", "complaint", "no", "acknowledgement", ["dossier_number"]),
    ("06-en-complete.eml", "complaint", "en", "acknowledgement", []),
    ("07-nl-dispute.eml", "dispute", "nl", "service", []),
    ("08-no-arrangement.eml", "payment_arrangement", "no", "service", []),
]


@pytest.mark.parametrize(("name", "kind", "language", "purpose", "missing"), ANSWERED)
def test_a_persons_mail_opens_a_case_and_is_answered_in_its_language(
    demo: dict[str, Outcome],
    name: str,
    kind: str,
    language: str,
    purpose: str,
    missing: list[str],
):
    outcome = demo[name]
    assert (outcome.mail.kind.value, outcome.mail.language) == (kind, language)
    assert outcome.case is not None
    assert outcome.mail.joined == ""
    assert outcome.answer is not None
    assert outcome.answer.purpose == purpose
    answer = email.message_from_bytes(outcome.answer.content, policy=email.policy.default)
    assert answer["Content-Language"].startswith(language)
    assert outcome.case.number in text_of(answer)
    if name != "02-nl-half.eml":  # the reply has supplied it since
        assert outcome.case.missing == missing
    assert (outcome.case.due is not None) is (kind == "complaint")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("09-nl-out-of-office.eml", "auto_submitted"),
        ("10-bounce.eml", "report"),
        ("11-pl-newsletter.eml", "list"),
    ],
)
def test_a_machines_mail_is_no_case_and_is_not_answered(
    demo: dict[str, Outcome], name: str, reason: str
):
    outcome = demo[name]
    assert outcome.mail.kind.is_machine
    assert reason in outcome.mail.reasons
    assert outcome.case is None
    assert outcome.answer is None


def test_the_reply_joins_supplies_what_was_missing_and_is_thanked_for_it(demo: dict[str, Outcome]):
    asked, outcome = demo["02-nl-half.eml"], demo["12-reply.txt"]
    assert asked.case is not None
    assert asked.case.missing == ["dossier_number", "incident_date", "phone"]
    assert outcome.case is not None
    assert outcome.case.number == asked.case.number
    assert outcome.mail.joined == "thread"
    assert outcome.case.missing == []
    assert outcome.answer is not None
    assert outcome.answer.purpose == "supplement"
