"""Address headers: mailboxes, groups, and what mailers make of them (RFC 5322 section 3.4, 4.4).

One pass over the characters, so the time is linear: unbalanced quotes and comments, a header of a
megabyte and nested groups cost no more than they are long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from triage.message.clean import clean_line
from triage.message.encoded_words import decode_words
from triage.message.model import Address

MAX_HEADER: Final = 65_536
"""Characters of one address header that are read."""
MAX_ADDRESSES: Final = 200

_PLAIN: Final = re.compile(r"[^\s<>()\[\]:;,\"]{1,256}@[^\s<>()\[\]:;,\"@]{1,255}")
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.){0,1000}+)"', re.DOTALL)
_QUOTED_LOCAL: Final = re.compile(r'"[^"\\]{1,64}"@[^\s<>()\[\]:;,"@]{1,255}')
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_MAX_COMMENT: Final = 1_000
_MAX_UNCLOSED: Final = 5
"""After so many quotes without an end, a quote is a plain character."""
_TRAILING: Final = ".,;:>'\""


def parse_addresses(value: str, country: str = "NL") -> tuple[Address, ...]:
    """Return the mailboxes of an address header, encoded words decoded, in order.

    Group syntax (`list: a@b, c@d;`) gives its members. An entry without an address is left out.
    """
    found: list[Address] = []
    surname = ""
    for phrase, spec in _entries(value[:MAX_HEADER]):
        name, address = _mailbox(phrase, spec)
        if address:
            whole = f"{surname}, {name}" if surname and name else name
            shown = clean_line(decode_words(whole, country), 200).strip("\"' ")
            found.append(Address("" if shown.lower() == address.lower() else shown, address))
        surname = "" if address else name  # Vries, Jan de <...>, without the quotes it needs
        if len(found) == MAX_ADDRESSES:
            break
    return tuple(found)


def is_address(text: str) -> bool:
    """Whether a text is one bare address as `parse_addresses` gives it."""
    return bool(text) and _address(text) == text


def _mailbox(phrase: str, spec: str) -> tuple[str, str]:
    """Return name and address of an entry; the address may stand bare among the words."""
    address = _address(spec)
    if not address and not spec and (plain := _PLAIN.search(phrase)) is not None:
        return phrase[: plain.start()], _address(plain.group())
    return phrase, address


def _entries(value: str) -> list[tuple[str, str]]:
    """Cut a header into (phrase, address) pairs; the address is empty where no <...> stands."""
    entry = _Entry()
    entries: list[tuple[str, str]] = []
    position = depth = 0
    while position < len(value):
        char = value[position]
        if depth:
            depth += (char == "(") - (char == ")")
            if depth:
                entry.comment.append(char)
        elif char == "(" and value.find(")", position, position + _MAX_COMMENT) > 0:
            depth = 1
        elif char in ",;":
            entries.append(entry.pair())
            entry = _Entry(unclosed=entry.unclosed)
        else:
            position = _take(value, position, entry)
        position += 1
    entries.append(entry.pair())
    return entries


@dataclass(slots=True)
class _Entry:
    """One entry while it is read."""

    phrase: list[str] = field(default_factory=list)
    comment: list[str] = field(default_factory=list)
    spec: str = ""
    unclosed: int = 0
    """Quotes without an end so far, in the whole header."""
    at_seen: bool = False

    def pair(self) -> tuple[str, str]:
        """Return name and address; an old-style `a@b (Name)` has its name in a comment."""
        name = "".join(self.phrase).strip()
        if not self.spec and self.comment and (plain := _PLAIN.fullmatch(name)) is not None:
            return "".join(self.comment).strip(), plain.group()
        return name, self.spec


def _take(value: str, position: int, entry: _Entry) -> int:
    """Take in what stands at a position; return the position of its last character."""
    char = value[position]
    if char == '"' and entry.unclosed < _MAX_UNCLOSED:
        if not entry.spec and (local := _QUOTED_LOCAL.match(value, position)) is not None:
            entry.spec = local.group()
            return local.end() - 1
        quoted = _QUOTED.match(value, position)
        if quoted is None:
            entry.unclosed += 1
            return position
        entry.phrase.append(_ESCAPED.sub(r"\1", quoted.group(1)))
        return quoted.end() - 1
    if char == "<":
        close = value.find(">", position, position + _MAX_COMMENT)
        inner = value[position + 1 : close if close > 0 else position + 321]
        if not entry.spec or "@" in inner:
            entry.spec = inner
        return close if close > 0 else position + len(inner)
    if char == ":" and not entry.spec and not entry.at_seen:
        entry.phrase.clear()  # the name of a group
    else:
        entry.phrase.append(char)
        entry.at_seen = entry.at_seen or char == "@"
    return position


def _address(spec: str) -> str:
    """Return the bare address, or an empty string when it is none.

    Source routes (`@relay:a@b`) and stray `mailto:` are dropped; an address with blanks, controls
    or direction marks is none.
    """
    text = spec.strip().removeprefix("mailto:")
    text = text.strip("<> ") if '"@' in text else text.strip("<>'\" ")
    if text.startswith("@") and ":" in text:
        text = text.rpartition(":")[2]
    if text.startswith("=?"):
        text = decode_words(text).strip()
    local, at, domain = text.rpartition("@")
    domain = domain.rstrip(_TRAILING)
    if not at or not local or not domain or len(text) > 320:
        return ""
    address = f"{local}@{domain}"
    if clean_line(address, 400) != address or any(char in address for char in ' <>(),;:"'):
        return address if _is_quoted_local(local, domain) else ""
    return address


def _is_quoted_local(local: str, domain: str) -> bool:
    """Whether the local part is a quoted string, which may hold most characters."""
    inner = local[1:-1]
    return (
        len(local) > 2
        and local[0] == local[-1] == '"'
        and '"' not in inner
        and clean_line(inner, 80) == inner
        and _PLAIN.fullmatch(f"x@{domain}") is not None
    )
