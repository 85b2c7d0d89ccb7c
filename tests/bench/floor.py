"""The floor: the least that anything in this place must do. Nothing is understood.

Fetch, parse by the standard library, one durable insert a mail, one SMTP message a mail, a flag.
"""

from __future__ import annotations

import email
import smtplib
import sqlite3
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_BATCH = 50


class Floor:
    """Answers every mail of a mailbox with the same few words."""

    def __init__(self, folder: Path, smtp_port: int) -> None:
        self._database = sqlite3.connect(folder / "floor.db", isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.execute("CREATE TABLE mail (id TEXT, sender TEXT, subject TEXT, raw BLOB)")
        self._smtp = smtplib.SMTP("127.0.0.1", smtp_port, timeout=30)

    def close(self) -> None:
        """Hang up."""
        self._smtp.quit()
        self._database.close()

    def answer_all(self, client: Any, above: int = 0) -> int:
        """Answer what lies in the selected folder above a UID; return the highest UID."""
        uids = [uid for uid in client.search(["UID", f"{above + 1}:*"]) if uid > above]
        for start in range(0, len(uids), _BATCH):
            batch = uids[start : start + _BATCH]
            for item in client.fetch(batch, ["INTERNALDATE", "BODY.PEEK[]"]).values():
                self._answer(item[b"BODY[]"])
            client.add_flags(batch, [r"\Answered"], silent=True)
        return max(uids, default=above)

    def _answer(self, raw: bytes) -> None:
        mail = email.message_from_bytes(raw)
        sender = parseaddr(str(mail["From"]))[1]
        subject = str(mail["Subject"])
        part = next((part for part in mail.walk() if not part.is_multipart()), mail)
        part.get_payload(decode=True)
        self._database.execute("BEGIN IMMEDIATE")
        row = (str(mail["Message-ID"]), sender, subject, raw)
        self._database.execute("INSERT INTO mail VALUES (?, ?, ?, ?)", row)
        self._database.execute("COMMIT")
        answer = EmailMessage()
        answer["From"] = str(mail["To"])
        answer["To"] = sender
        answer["Subject"] = "We have received your mail"
        answer["Date"] = formatdate()
        answer["Message-ID"] = make_msgid(domain="agency.example")
        answer["In-Reply-To"] = str(mail["Message-ID"])
        answer["Auto-Submitted"] = "auto-replied"
        answer.set_content("We have received your mail and will answer it.\n")
        self._smtp.sendmail(str(mail["To"]), [sender], answer.as_bytes())
