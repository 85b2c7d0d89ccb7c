"""Reads the golden mails (see golden/README.md) and builds the mails that tests send in."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

GOLDEN = Path(__file__).parent / "golden"


@dataclass(frozen=True)
class Golden:
    name: str
    sections: dict[str, str]

    def raw(self) -> bytes:
        """Return the mail as a program would send it."""
        message = EmailMessage()
        message["From"] = "Sender <sender@mail.example>"
        message["To"] = "info@alektum.example"
        headers = dict(
            line.split(": ", 1) for line in self.sections.get("headers", "").splitlines()
        )
        message["Subject"] = headers.pop("Subject", "Dossier")
        for name, value in headers.items():
            message[name] = value
        if "plain" in self.sections:
            message.set_content(self.sections["plain"], cte="quoted-printable")
            if "html" in self.sections:
                message.add_alternative(self.sections["html"], subtype="html", cte="base64")
        else:
            message.set_content(self.sections["html"], subtype="html", cte="quoted-printable")
        return message.as_bytes()

    def lines(self, section: str) -> list[str]:
        return lines_of(self.sections.get(section, ""))


def goldens() -> list[Golden]:
    found: list[Golden] = []
    for path in sorted(GOLDEN.glob("*.txt")):
        for block in path.read_text("utf-8").split("=== ")[1:]:
            name, _, rest = block.partition("\n")
            sections: dict[str, str] = {}
            for part in rest.split("~~~ ")[1:]:
                key, _, text = part.partition("\n")
                sections[key.strip()] = text
            found.append(Golden(f"{path.stem}: {name}", sections))
    return found


def lines_of(text: str) -> list[str]:
    """Return the lines with text, white space evened out."""
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


def mail(text: str, *headers: str, sender: str = "Jan <jan@ziggo.example>") -> bytes:
    """Build a plain mail with these header lines beside the usual ones."""
    head = [f"From: {sender}", "To: info@alektum.example", "Subject: Dossier", *headers]
    return ("\n".join(head) + "\n\n" + text).encode()
