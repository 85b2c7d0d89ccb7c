"""Signs of a machine: each rule of RFC 3834 and RFC 5230, with the mails that show it."""

from __future__ import annotations

import pytest
from golden_mails import mail

from triage.message import machine
from triage.message.model import MachineSign, Message
from triage.message.reader import read_message
from triage.message.senders import is_system_local

TRUSTED = frozenset({"mx.alektum.example"})


def signs(*headers: str, sender: str = "Jan <jan@ziggo.example>") -> set[MachineSign]:
    message = read_message(
        mail("hoi", *headers, sender=sender),
        trusted_authserv_ids=TRUSTED,
        loop_ids=frozenset({"triage.alektum.example", "own-1@x"}),
    )
    return {sign.code for sign in message.signs}


def test_a_persons_mail_has_no_sign():
    assert (
        signs(
            "Return-Path: <jan@ziggo.example>",
            "Received: from x by y",
            "X-Mailer: Outlook",
            "X-Spam-Status: No, score=-1",
        )
        == set()
    )


@pytest.mark.parametrize(
    "value",
    [
        "auto-replied",
        "auto-generated",
        "auto-notified",
        "AUTO-REPLIED",
        "auto-replied (vacation)",
        "(vacation) auto-replied",
        "auto-replied; owner-email=x@y",
        "auto-frobnicated",
        "yes",
    ],
)
def test_auto_submitted_of_any_keyword_but_no(value: str):
    assert signs(f"Auto-Submitted: {value}") == {MachineSign.AUTO_SUBMITTED}


@pytest.mark.parametrize(
    "value", ["no", "No", "no (a person)", "no; x=y", " NO ", "(comment) no", ""]
)
def test_auto_submitted_no_is_a_persons(value: str):
    assert signs(f"Auto-Submitted: {value}") == set()


def test_any_of_several_auto_submitted_fields_counts():
    assert signs("Auto-Submitted: no", "Auto-Submitted: auto-replied") == {
        MachineSign.AUTO_SUBMITTED
    }


@pytest.mark.parametrize(
    "header",
    [
        "X-Autoreply: yes",
        "X-Autorespond: Dossier",
        "X-Auto-Reply: true",
        "X-Apple-Action: vacation",
    ],
)
def test_the_custom_headers_of_older_responders(header: str):
    assert signs(header) == {MachineSign.AUTO_SUBMITTED}


def test_a_custom_header_that_says_no_is_no_sign():
    assert signs("X-Autoreply: no") == set()


@pytest.mark.parametrize("value", ["<>", "", "< >", "<MAILER-DAEMON>", "MAILER-DAEMON@mx.example"])
def test_the_null_return_path(value: str):
    assert MachineSign.NULL_SENDER in signs(f"Return-Path: {value}")


@pytest.mark.parametrize(
    ("headers", "path"),
    [
        ((), None),
        (("Return-Path: <>",), ""),
        (("Return-Path: <jan@x.nl>",), "jan@x.nl"),
        (("Return-Path: jan@x.nl",), "jan@x.nl"),
        (("Return-Path: <a@x.nl>", "Return-Path: <b@x.nl>"), "a@x.nl"),
    ],
)
def test_the_return_path_is_read(headers: tuple[str, ...], path: str | None):
    assert read_message(mail("x", *headers)).return_path == path


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/report; report-type=delivery-status",
        "multipart/report; report-type=disposition-notification",
        "Multipart/Report",
        "message/delivery-status",
        "message/disposition-notification",
    ],
)
def test_reports_whatever_their_headers(kind: str):
    message = read_message(
        mail("--b\nContent-Type: text/plain\n\nx\n--b--", f"Content-Type: {kind}; boundary=b")
    )
    assert MachineSign.REPORT in {sign.code for sign in message.signs}


def test_a_report_inside_a_multipart():
    inner = "--b\nContent-Type: message/delivery-status\n\nAction: failed\n--b--"
    message = read_message(mail(inner, "Content-Type: multipart/mixed; boundary=b"))
    assert MachineSign.REPORT in {sign.code for sign in message.signs}


def test_a_report_that_a_person_forwards_as_an_attachment_is_no_sign():
    inner = "--b\nContent-Type: text/plain\n\nDit kreeg ik\n--b\nContent-Type: message/rfc822\n\nContent-Type: multipart/report; boundary=c\n\n--c\n\nx\n--c--\n--b--"
    message = read_message(mail(inner, "Content-Type: multipart/mixed; boundary=b"))
    assert message.signs == ()


def test_the_header_by_which_servers_name_failed_recipients():
    assert MachineSign.REPORT in signs("X-Failed-Recipients: a@b.nl")


@pytest.mark.parametrize(
    "name",
    [
        "List-Id",
        "List-Help",
        "List-Subscribe",
        "List-Unsubscribe",
        "List-Post",
        "List-Owner",
        "List-Archive",
        "Mailing-List",
        "X-Mailing-List",
    ],
)
def test_each_of_the_seven_list_fields_and_older_ones(name: str):
    assert signs(f"{name}: <x>") == {MachineSign.LIST}


@pytest.mark.parametrize("value", ["bulk", "list", "junk", "Bulk", "JUNK", "auto_reply"])
def test_precedence(value: str):
    assert signs(f"Precedence: {value}") == {MachineSign.PRECEDENCE}


@pytest.mark.parametrize("value", ["normal", "first-class", "special-delivery", "high"])
def test_other_precedences_are_a_persons(value: str):
    assert signs(f"Precedence: {value}") == set()


@pytest.mark.parametrize(
    "value", ["All", "OOF", "AutoReply", "DR, OOF, AutoReply", "dr,rn,nrn,oof", "ALL"]
)
def test_suppress_as_a_list_of_tokens(value: str):
    assert signs(f"X-Auto-Response-Suppress: {value}") == {MachineSign.SUPPRESS}


@pytest.mark.parametrize("value", ["None", "DR", "DR, RN, NRN", "allowed"])
def test_other_suppressions_leave_room_for_an_answer(value: str):
    assert signs(f"X-Auto-Response-Suppress: {value}") == set()


@pytest.mark.parametrize(
    "local",
    [
        "mailer-daemon", "MAILER-DAEMON", "listserv", "majordomo", "owner-lijst", "lijst-owner", "lijst-request", "lijst-bounces", "lijst-bounces+jan=x.nl",
        "noreply", "no-reply", "no_reply", "no.reply", "noreply2", "no-reply+123", "noreply-klachten", "klachten-noreply", "donotreply", "do-not-reply", "dontreply", "do_not_reply",
        "nietbeantwoorden", "niet-beantwoorden", "geen-antwoord", "nie-odpowiadaj", "nieodpowiadaj", "prosze-nie-odpowiadac", "ikke-svar", "ikkesvar", "svara-inte", "inte-svara",
        "nicht-antworten", "keine-antwort", "nepasrepondre", "ne-pas-repondre", "no-responder", "non-rispondere", "ei-vastausta",
        "bounce", "bounces", "autoresponder", "newsletter", "nieuwsbrief", "notifications", "cron", "root", "www-data",
    ],
)  # fmt: skip
def test_system_senders(local: str):
    assert signs(sender=f"X <{local}@firma.example>") == {MachineSign.SYSTEM_SENDER}


@pytest.mark.parametrize(
    "local",
    [
        "jan",
        "info",
        "postmaster",
        "klachten",
        "service",
        "abuse",
        "support",
        "a.noordreply",
        "rootselaar",
        "croningen",
        "norepliek",
        "bouncer",
        "request",
        "owner",
        "alert.de.vries",
    ],
)
def test_people_and_postmasters_are_no_system_senders(local: str):
    assert signs(sender=f"X <{local}@firma.example>") == set()


@pytest.mark.parametrize(
    "sender",
    [
        "MAILER-DAEMON (Mail Delivery System)",
        "Mail Delivery Subsystem <x@y.example>",
        "Mail Delivery System <postmaster@y.example>",
    ],
)
def test_mail_systems_are_known_by_their_name(sender: str):
    assert MachineSign.SYSTEM_SENDER in signs(sender=sender)


def test_a_return_path_of_list_software_is_a_system_sender():
    assert signs("Return-Path: <lijst-bounces@lists.example>") == {MachineSign.SYSTEM_SENDER}


def test_a_return_path_of_a_helpdesk_is_none():
    assert signs("Return-Path: <bounce-123@mail.helpdesk.example>") == set()


@pytest.mark.parametrize(
    "header",
    [
        "X-Triage-Loop: pro-actief",
        "X-Triage-Loop: other-instance",
        "Message-ID: <abc@triage.alektum.example>",
        "Message-ID: <own-1@x>",
        "X-Loop: jan@ziggo.example",
    ],
)
def test_our_own_mail_come_back(header: str):
    assert signs(header) == {MachineSign.LOOP}


def test_an_answer_to_our_mail_is_no_loop():
    assert (
        signs("Message-ID: <x@ziggo.example>", "In-Reply-To: <abc@triage.alektum.example>") == set()
    )


@pytest.mark.parametrize(
    "header",
    [
        "X-Spam-Flag: YES", "X-Spam-Status: Yes, score=9.1 required=5.0", "X-Spam: Yes", "X-Rspamd-Action: add header", "X-Rspamd-Action: reject", "X-Barracuda-Spam-Status: Yes, SCORE=5",
        "X-MS-Exchange-Organization-SCL: 5", "X-MS-Exchange-Organization-SCL: 9", "X-Forefront-Antispam-Report: CIP:1.2.3.4;CTRY:NL;SCL:6;SRV:;", "X-Forefront-Antispam-Report: CIP:1.2.3.4;SFV:SPM;SCL:1;",
        "X-Virus-Status: Infected (Eicar)", "X-DSPAM-Result: Spam",
    ],
)  # fmt: skip
def test_spam_verdicts_of_the_receiving_server(header: str):
    assert signs(header) == {MachineSign.SPAM}


@pytest.mark.parametrize(
    "header",
    [
        "X-Spam-Flag: NO",
        "X-Spam-Status: No, score=-2",
        "X-Rspamd-Action: no action",
        "X-Rspamd-Action: greylist",
        "X-MS-Exchange-Organization-SCL: -1",
        "X-MS-Exchange-Organization-SCL: 4",
        "X-Forefront-Antispam-Report: SFV:NSPM;SCL:1;",
        "X-Virus-Status: Clean",
        "X-Spam-Level: *****",
        "X-Spam: ",
    ],
)
def test_clean_verdicts_are_no_sign(header: str):
    assert signs(header) == set()


@pytest.mark.parametrize(
    "results",
    [
        "dmarc=fail (p=reject) header.from=x.nl",
        "spf=pass smtp.mailfrom=x; dkim=pass; dmarc=fail",
        "spf=fail smtp.mailfrom=x; dkim=fail header.d=x",
        "spf=fail smtp.mailfrom=spf=pass@forger.example; dkim=fail header.d=x",
        'spf=fail smtp.mailfrom="; spf=pass"@forger.example; dkim=fail header.d=x',
        "spf=fail (a (nested) comment; spf=pass); dkim=fail",
        f"spf=none; {'dkim=neutral header.d=forger.example; ' * 200}dmarc=fail",
        "DMARC=FAIL",
    ],
)
def test_failed_authentication_by_our_own_server(results: str):
    assert signs(f"Authentication-Results: mx.alektum.example; {results}") == {
        MachineSign.UNAUTHENTICATED
    }
    assert signs(f"Authentication-Results: MX.alektum.example 1; {results}") == {
        MachineSign.UNAUTHENTICATED
    }


@pytest.mark.parametrize(
    "results",
    [
        "dmarc=pass",
        "spf=fail; dkim=pass",
        "spf=softfail; dkim=fail",
        "spf=fail",
        "dkim=fail header.d=a; dkim=pass header.d=b; spf=fail",
        "none",
        "dmarc=none (dmarc=fail)",
    ],
)
def test_passing_or_doubtful_authentication_is_no_sign(results: str):
    assert signs(f"Authentication-Results: mx.alektum.example; {results}") == set()


@pytest.mark.parametrize(
    "ident",
    ["mx.attacker.example", "", "mx.alektum.example.attacker.example", "mx.alektum.example-x"],
)
def test_only_a_trusted_authserv_id_counts(ident: str):
    assert signs(f"Authentication-Results: {ident}; dmarc=fail") == set()


def test_no_authserv_id_is_trusted_unless_told():
    raw = mail("hoi", "Authentication-Results: mx.alektum.example; dmarc=fail")
    assert read_message(raw).signs == ()


def test_every_sign_is_told_with_the_header_that_shows_it():
    message = read_message(
        mail("x", "Precedence: bulk", "List-Id: <l.x>", "Auto-Submitted: auto-generated")
    )
    assert [(sign.code.value, sign.header) for sign in message.signs] == [
        ("auto_submitted", "Auto-Submitted: auto-generated"),
        ("list", "list-id: <l.x>"),
        ("precedence", "Precedence: bulk"),
    ]


def test_a_sign_is_found_among_many_headers():
    many = [f"X-{number}: v" for number in range(900)]
    assert MachineSign.AUTO_SUBMITTED in signs(*many, "Auto-Submitted: auto-replied")


def test_each_rule_names_its_source():
    for rule in machine.RULES:
        assert rule.__doc__ is not None
        assert "RFC" in rule.__doc__ or "MS-" in rule.__doc__


def test_a_long_header_is_shortened_in_its_sign():
    message: Message = read_message(mail("x", "Auto-Submitted: auto-" + "x" * 5_000))
    assert len(message.signs[0].header) <= 160


def test_local_parts_are_judged_in_lower_case():
    assert is_system_local("no-reply")
    assert not is_system_local("replying")


@pytest.mark.parametrize(
    "subject",
    [
        "Automatisch antwoord: Ontvangstbevestiging",
        "Automatic reply: Receipt",
        "AUTO: Jan de Vries is out of the office (returning 05/01/2026)",
        "Automatyczna odpowiedź: Potwierdzenie",
        "Automatisk svar: Kvittering",
        "Autosvar: Kvittens",
        "Automatische Antwort: Eingang",
        "Réponse automatique : Accusé",
        "Out of Office: Receipt",
        "自动回复：收据",
    ],
)
def test_the_words_that_out_of_office_programs_put_before_the_subject(subject: str):
    raw = f"From: jan@ziggo.example\nTo: info@alektum.example\nSubject: {subject}\n\nhoi".encode()
    assert {sign.code for sign in read_message(raw).signs} == {MachineSign.AUTO_SUBMITTED}


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Automatisch antwoord: Ontvangstbevestiging",
        "Automatisch incasso zonder toestemming",
        "Uw automatisch antwoord: dat helpt mij niet",
        "Autoverzekering: klacht",
        "Auto: beslag terwijl ik al betaald had",
        "Ikke på kontoret når jeg ringer",
        "Read this please",
        "Reading your letter: a complaint",
        "Lest brevet deres",
    ],
)
def test_a_persons_subject_that_only_looks_like_a_programs(subject: str):
    raw = f"From: jan@ziggo.example\nTo: info@alektum.example\nSubject: {subject}\n\nhoi".encode()
    assert read_message(raw).signs == ()


@pytest.mark.parametrize(
    "subject", ["Gelezen: Klacht", "Read: Receipt", "Lest: Kvittering", "Przeczytano: Skarga"]
)
def test_a_read_receipt_that_tells_by_its_subject_alone(subject: str):
    raw = f"From: jan@ziggo.example\nTo: info@alektum.example\nSubject: {subject}\n\nhoi".encode()
    assert {sign.code for sign in read_message(raw).signs} == {MachineSign.REPORT}


@pytest.mark.parametrize(
    "header",
    [
        "X-Cron-Env: <SHELL=/bin/sh>",
        "X-Roundup-Loop: tracker",
        "X-Vacation: yes",
        "X-Github-Reason: mention",
    ],
)
def test_fields_that_only_programs_write(header: str):
    assert signs(header) == {MachineSign.AUTO_SUBMITTED}


@pytest.mark.parametrize(
    "header", ["X-MC-User: 123", "X-Campaign: spring", "X-CSA-Complaints: a@b.nl"]
)
def test_the_fields_of_bulk_mailing_services(header: str):
    assert signs(header) == {MachineSign.PRECEDENCE}
