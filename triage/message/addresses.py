"""Address headers: mailboxes, groups, and what mailers make of them (RFC 5322 sections 3.4 and 4.4).

One pass over the characters, so the time is linear: unbalanced quotes and comments, a header of a
megabyte and nested groups cost no more than they are long.
"""

from __future__ import annotations

import re
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
    for name, spec in _entries(value[:MAX_HEADER]):
        address = _address(spec)
        if not address and not spec and (plain := _PLAIN.search(name)) is not None:
            address, name = _address(plain.group()), name[: plain.start()]
        if address:
            phrase = f"{surname}, {name}" if surname and name else name
            shown = clean_line(decode_words(phrase, country), 200).strip("\"' ")
            found.append(Address("" if shown.lower() == address.lower() else shown, address))
        surname = "" if address else name  # Vries, Jan de <...>, without the quotes it needs
        if len(found) == MAX_ADDRESSES:
            break
    return tuple(found)


def _entries(value: str) -> list[tuple[str, str]]:
    """Cut a header into (phrase, address) pairs; the address is empty where no <...> stands."""
    entries: list[tuple[str, str]] = []
    phrase: list[str] = []
    comment: list[str] = []
    spec = ""
    position, end = 0, len(value)
    depth = unclosed = 0
    at_seen = False
    while position < end:
        char = value[position]
        if depth:
            depth += (char == "(") - (char == ")")
            if depth:
                comment.append(char)
        elif char == "(" and value.find(")", position, position + _MAX_COMMENT) > 0:
            depth = 1
        elif char == '"' and unclosed < _MAX_UNCLOSED:
            if (local := _QUOTED_LOCAL.match(value, position)) is not None and not spec:
                spec, position = local.group(), local.end() - 1
                quoted = local
            elif (quoted := _QUOTED.match(value, position)) is not None:
                phrase.append(_ESCAPED.sub(r"\1", quoted.group(1)))
                position = quoted.end() - 1
            unclosed += quoted is None
        elif char == "<":
            close = value.find(">", position, position + 1_000)
            inner = value[position + 1 : close if close > 0 else position + 321]
            if not spec or "@" in inner:
                spec = inner
            position = close if close > 0 else position + len(inner)
        elif char in ",;":
            entries.append(_entry(phrase, spec, comment))
            phrase, comment, spec, at_seen = [], [], "", False
        elif char == ":" and not spec and not at_seen:
            phrase = []  # the name of a group
        else:
            phrase.append(char)
            at_seen = at_seen or char == "@"
        position += 1
    entries.append(_entry(phrase, spec, comment))
    return entries


def _entry(phrase: list[str], spec: str, comment: list[str]) -> tuple[str, str]:
    """Return name and address of one entry; an old-style `a@b (Name)` has its name in a comment."""
    name = "".join(phrase).strip()
    if not spec and comment and (plain := _PLAIN.fullmatch(name)) is not None:
        return "".join(comment).strip(), plain.group()
    return name, spec


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
