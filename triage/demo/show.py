"""The demo: real servers, the real service, a dozen mails, and what becomes of each."""

from __future__ import annotations

import asyncio
import email
import email.policy
import signal
import tempfile
import time
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import aiosmtplib
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text
from sqlmodel import col, select

from triage.assembly import policies_of, register_of
from triage.clock import SystemClock
from triage.demo.servers import EmbeddedImap, SmtpSink, imap_delivery
from triage.errors import TriageError
from triage.logs import configure
from triage.register.states import EntryState
from triage.register.tables import Case, HandledMail, LedgerEntry, OutboxMail
from triage.schedule.mailing import preview
from triage.service import Service
from triage.settings import Log, load_settings
from triage.understanding.judge import load_judge

if TYPE_CHECKING:
    from triage.register.database import Register
    from triage.settings import Settings

MAILBOXES = {
    "compliance@alektumgroup.nl": "alektum-nl",
    "info@alektumgroup.nl": "alektum-nl-service",
    "compliance@alektumgroup.pl": "alektum-pl",
    "info@alektumgroup.no": "alektum-no",
    "info@proactiefincasso.nl": "pro-actief",
}
PASSWORD = "demo"  # noqa: S105 - the embedded servers listen on this machine only
PATIENCE_SECONDS = 20.0
"""How long the demo waits for one mail before it says that something is wrong."""
_LOOK_SECONDS = 0.01
"""The service tells nobody when a mail is done: the demo looks, as a person would."""
_DIGEST_LINES = 24

DONE = {EntryState.DONE, EntryState.DUPLICATE, EntryState.FAILED, EntryState.SET_ASIDE}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one mail."""

    entry: LedgerEntry
    mail: HandledMail | None
    case: Case | None
    answer: OutboxMail | None
    milliseconds: int
    """From its delivery to the mailbox until the answer was with the mail server."""


def show(*, keep: bool) -> None:
    """Run the demo; with `keep`, leave the servers and the service running until Ctrl-C.

    Raises BadInput when the embedded servers are not installed, TriageError when a mail is not
    handled in time.
    """
    console = Console(highlight=False, soft_wrap=False)
    folder = Path(tempfile.mkdtemp(prefix="triage-demo-"))
    users = dict.fromkeys(MAILBOXES, PASSWORD)
    configure(Log(level="error"))
    with EmbeddedImap(users) as imap, SmtpSink(imap_delivery(imap.port, users)) as smtp:
        settings = _settings(folder, imap.port, smtp.port)
        console.print(Text("Triage demo", style="bold"))
        console.print(
            f"An IMAP server (port {imap.port}), an SMTP server (port {smtp.port}) and the "
            f"service, watching {len(MAILBOXES)} mailboxes: all in this process.\n"
        )
        try:
            asyncio.run(_play(console, settings, smtp, folder, keep=keep))
        except KeyboardInterrupt:  # before it was left running
            console.print("\nStopped.")


def _settings(folder: Path, imap_port: int, smtp_port: int) -> Settings:
    (folder / "mailbox.password").write_text(PASSWORD + "\n", encoding="utf-8")
    text = [
        f'[store]\nurl = "sqlite:///{folder / "triage.db"}"\n',
        f'[smtp]\nhost = "127.0.0.1"\nport = {smtp_port}\ntls = "none"\n',
        '[http]\nlisten = ""\n',
        '[digest]\nto = ["handlers@alektumgroup.nl"]\n',
    ]
    text += [
        f'[[mailbox]]\naddress = "{address}"\npolicy = "{policy}"\nhost = "127.0.0.1"\n'
        f'port = {imap_port}\ntls = "none"\npassword_file = "mailbox.password"\n'
        for address, policy in MAILBOXES.items()
    ]
    path = folder / "triage.toml"
    path.write_text("\n".join(text), encoding="utf-8")
    return load_settings(path)


async def _play(
    console: Console, settings: Settings, smtp: SmtpSink, folder: Path, *, keep: bool
) -> None:
    clock = SystemClock()
    register = await asyncio.to_thread(register_of, settings, clock)
    service = Service(settings, register, load_judge(), clock, worker="demo")
    stop = asyncio.Event()
    running = asyncio.create_task(service.run(stop))
    try:
        await _until_watched(service, running)
        outcomes = []
        for name, raw in _mails():
            outcomes.append(await _send(console, register, settings, name, raw, running))
        asked = next(o for o in outcomes if o.answer and o.case and o.case.missing)
        reply = _reply(smtp, asked)
        outcomes.append(await _send(console, register, settings, "12-reply", reply, running))
        answers = [outcome.answer for outcome in outcomes if outcome.answer]
        console.print(Rule("One acknowledgement in full", align="left", style="dim"))
        console.print(_mail_panel(answers[0].content))
        html, text = preview(register, policies_of(settings), settings, clock.now())
        console.print(Rule("The head of the handlers' digest", align="left", style="dim"))
        head = text.splitlines()[:_DIGEST_LINES]
        console.print(Text("\n".join(head)))
        _leave(folder, html, answers)
        _say_where(console, folder, outcomes, answers)
        if keep:
            console.print(_ports(settings))
            await _until_told_to_end(running)
            console.print("Stopped.")
    finally:
        stop.set()
        await running


async def _until_told_to_end(running: asyncio.Task[None]) -> None:
    """Wait for Ctrl-C or SIGTERM, or for the service to break."""
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    waiting = asyncio.create_task(told.wait())
    await asyncio.wait({waiting, running}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()


async def _until_watched(service: Service, running: asyncio.Task[None]) -> None:
    """Wait until every mailbox has been looked through once: older mail is not acknowledged."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not all(folder.last_scan_at for folder in service.look().folders):
        if running.done():
            running.result()
        if time.monotonic() > end:
            raise TriageError("The embedded mailboxes could not be read in time")
        await asyncio.sleep(_LOOK_SECONDS)


def _mails() -> list[tuple[str, EmailMessage]]:
    """Return the demo's mails, written now."""
    folder = files("triage.demo") / "mails"
    found = []
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".eml"):
            mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            found.append((file.name.removesuffix(".eml"), mail))
    return found


def _reply(smtp: SmtpSink, asked: Outcome) -> EmailMessage:
    """Return the sender's answer to the acknowledgement that asked for more."""
    if asked.mail is None:
        raise TriageError("The demo's incomplete mail was not handled")
    question = next(
        email.message_from_bytes(mail.content, policy=email.policy.default)
        for mail in smtp.mails
        if mail.recipients == (asked.mail.sender,)
    )
    text = (files("triage.demo") / "mails" / "12-reply.txt").read_text(encoding="utf-8")
    body = question.get_body(preferencelist=("plain",))
    quoted = "".join(f"> {line}\n" for line in body.get_content().splitlines()) if body else ""
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"] = str(question["To"])
    mail["To"] = str(question["From"])
    mail["Subject"] = f"Re: {question['Subject']}"
    mail["In-Reply-To"] = mail["References"] = str(question["Message-ID"])
    wrote = f"Op {SystemClock().now():%d-%m-%Y} om {SystemClock().now():%H:%M} schreef"
    mail.set_content(f"{text}\n{wrote} {question['From']}:\n\n{quoted}")
    return mail


async def _send(
    console: Console,
    register: Register,
    settings: Settings,
    name: str,
    mail: EmailMessage,
    running: asyncio.Task[None],
) -> Outcome:
    """Send one mail to its mailbox, wait for what becomes of it, and print that."""
    message_id = make_msgid(domain="demo.example")
    del mail["Message-ID"], mail["Date"]
    mail["Message-ID"] = message_id
    mail["Date"] = format_datetime(SystemClock().now())
    # A bounce has no From address of a person; SMTP's null path is its envelope sender.
    envelope_from = "" if mail["Return-Path"] == "<>" else str(mail["From"].addresses[0].addr_spec)
    del mail["Return-Path"]
    before = time.monotonic()
    smtp = settings.smtp
    async with aiosmtplib.SMTP(hostname=smtp.host, port=smtp.port, start_tls=False) as client:
        recipient = str(mail["To"].addresses[0].addr_spec)
        raw = mail.as_bytes(policy=email.policy.SMTP)
        await client.sendmail(envelope_from, [recipient], raw)
    outcome = await _handled(register, message_id.strip("<>"), before, running)
    _print(console, name, mail, outcome)
    return outcome


async def _handled(
    register: Register, message_id: str, before: float, running: asyncio.Task[None]
) -> Outcome:
    end = before + PATIENCE_SECONDS
    while time.monotonic() < end:
        if running.done():
            running.result()
        found = await asyncio.to_thread(_look, register, message_id)
        if found is not None:
            entry, mail, case, answer = found
            return Outcome(entry, mail, case, answer, int((time.monotonic() - before) * 1000))
        await asyncio.sleep(_LOOK_SECONDS)
    raise TriageError(
        f"The mail {message_id} was not handled within {PATIENCE_SECONDS:.0f} seconds"
    )


def _look(
    register: Register, message_id: str
) -> tuple[LedgerEntry, HandledMail | None, Case | None, OutboxMail | None] | None:
    with register.reading() as session:
        entry = session.exec(
            select(LedgerEntry).where(LedgerEntry.message_id == message_id)
        ).first()
        if entry is None or entry.state not in DONE:
            return None
        mail = session.get(HandledMail, entry.id)
        case = session.get(Case, entry.case_number) if entry.case_number else None
        answers = select(OutboxMail).where(col(OutboxMail.ledger_id) == entry.id)
        answer = session.exec(answers).first()
        if answer is not None and answer.sent_at is None:
            return None
        return entry, mail, case, answer


def _print(console: Console, name: str, mail: EmailMessage, outcome: Outcome) -> None:
    number, _, _ = name.partition("-")
    console.print(Text.assemble((f"{number}  ", "dim"), (str(mail["Subject"]), "bold")))
    for line in (Text(str(mail["From"].addresses[0]), style="dim"), *_story(outcome)):
        console.print(Padding(line, (0, 0, 0, 4), expand=False))
    console.print()


def _story(outcome: Outcome) -> list[Text]:
    """Return what was understood of a mail and done about it, a line each."""
    mail, case, answer = outcome.mail, outcome.case, outcome.answer
    if mail is None:
        return [Text(f"{outcome.entry.state.value}: {outcome.entry.error}", style="red")]
    understood = f"{mail.kind.value.replace('_', ' ')}, {mail.language}"
    why_not = ", ".join(mail.reasons).replace("_", " ")
    if case is None:
        return [Text(f"{understood}: no case, not answered ({why_not})", style="yellow")]
    how = f"joins case {case.number}" if mail.joined else f"case {case.number}"
    due = f", answer due {case.due:%a %d %b %Y}" if case.due else ""
    lines = [Text(f"{understood}: {how}{due}", style="green")]
    if case.kind.is_complaint:
        given = ", ".join(case.given).replace("_", " ")
        missing = ", ".join(case.missing).replace("_", " ")
        if given:
            lines.append(Text(f"given: {given}"))
        lines.append(Text(f"still missing: {missing}" if missing else "nothing missing"))
    if answer is None:
        lines.append(Text(f"not answered ({why_not})", style="yellow"))
    else:
        what = "receipt" if answer.purpose == "service" else answer.purpose
        sent = f"{what} to {answer.recipient} after {outcome.milliseconds} ms"
        lines.append(Text(sent, style="cyan"))
    return lines


def _mail_panel(raw: bytes) -> Panel:
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    shown = ("From", "To", "Subject", "Date", "In-Reply-To", "Auto-Submitted")
    head = "\n".join(f"{name}: {parsed[name]}" for name in shown if parsed[name])
    body = parsed.get_body(preferencelist=("plain",))
    text = body.get_content() if body else ""
    return Panel(Text(f"{head}\n\n{text.strip()}"), border_style="dim", expand=False)


def _leave(folder: Path, html: str, answers: list[OutboxMail]) -> None:
    """Leave in the folder what can be looked at afterwards."""
    (folder / "digest.html").write_text(html, encoding="utf-8")
    sent = folder / "sent"
    sent.mkdir()
    for number, mail in enumerate(answers, 1):
        (sent / f"{number:02}.eml").write_bytes(mail.content)


def _say_where(
    console: Console, folder: Path, outcomes: list[Outcome], answers: list[OutboxMail]
) -> None:
    cases = len({outcome.case.number for outcome in outcomes if outcome.case})
    times = sorted(outcome.milliseconds for outcome in outcomes if outcome.answer)
    console.print()
    console.print(
        Text(
            f"{len(outcomes)} mails, {cases} cases, {len(answers)} answers, each at the mail "
            f"server {times[0]} to {times[-1]} ms after delivery.",
            style="bold",
        )
    )
    console.print(f"To look at: {folder}")
    for name, what in (
        ("digest.html", "the whole digest, for a browser"),
        ("sent/", "every answer that went out"),
        ("triage.toml", "the settings; `triage case list --config` shows the cases"),
        ("triage.db", "the register"),
    ):
        console.print(Text.assemble("  ", (f"{name:<13}", "bold"), what))


def _ports(settings: Settings) -> Panel:
    accounts = "\n".join(f"  {address}" for address in MAILBOXES)
    return Panel(
        Text(
            f"IMAP 127.0.0.1:{settings.mailbox[0].port}, SMTP 127.0.0.1:{settings.smtp.port}, "
            f"no TLS, password {PASSWORD}\n{accounts}\nCtrl-C ends it."
        ),
        title="Still running",
        border_style="green",
        expand=False,
    )
