"""Column types: the rim where text that a database would refuse is made storable.

PostgreSQL refuses NUL in text and in JSON; both databases refuse lone surrogates. Texts of mails
arrive clean from `triage.message`; error texts and file names may not.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, BigInteger, Enum, String
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum

    from sqlalchemy.engine import Dialect

Json = Any
"""What a JSON column holds: dicts and lists of strings, numbers, booleans and None."""


def clean_text(text: str) -> str:
    """Return `text` without NUL, lone surrogates replaced by question marks."""
    return str(text).replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def clean_json(value: Json) -> Json:
    """Return a JSON value whose strings (keys, too) are clean; tuples become lists."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(key): clean_json(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [clean_json(entry) for entry in value]
    return value


class CleanText(TypeDecorator[str]):
    """Text of any length that both databases take."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Clean a text on its way into the database."""
        return None if value is None else clean_text(value)


class KeyText(CleanText):
    """Text of outside origin that is looked up by equality: a Message-ID, an address.

    PostgreSQL's index rows end at 2,704 bytes, and a hostile Message-ID does not. What is longer
    than 500 characters is stored, and looked for, as its hash.
    """

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Clean a key on its way into the database, and hash an overlong one."""
        clean = super().process_bind_param(value, dialect)
        if clean is None or len(clean) <= 500:
            return clean
        return "sha256:" + sha256(clean.encode()).hexdigest()


class CleanJson(TypeDecorator[Json]):
    """A JSON value that both databases take."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Json, dialect: Dialect) -> Json:  # noqa: ARG002 - SQLAlchemy's signature
        """Clean a JSON value on its way into the database."""
        return clean_json(value)


TEXT: Any = CleanText
KEY: Any = KeyText
JSON_VALUE: Any = CleanJson
UNSIGNED_32: Any = BigInteger
"""IMAP's UID and UIDVALIDITY are unsigned 32 bit (RFC 3501 section 2.3.1.1); INTEGER is signed."""


def choice(words: type[StrEnum]) -> Any:
    """Return the type of a column that holds one of these words, stored by value.

    SQLAlchemy would store an enum by the name of its member, and not refuse unknown words.
    """

    def values(members: Iterable[StrEnum]) -> list[str]:
        return [member.value for member in members]

    return Enum(words, native_enum=False, validate_strings=True, values_callable=values, length=32)
