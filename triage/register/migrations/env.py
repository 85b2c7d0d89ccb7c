"""What Alembic runs: the migrations, on the connection that `migrate.upgrade` opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from alembic import context
from sqlalchemy import Enum
from sqlalchemy.types import TypeDecorator

from triage.register.tables import Row

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


def plain_type(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Write our own column types into a new migration as what they are in the database.

    A migration says what the schema was on its day; it must not change with our code.
    """
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    render_as_batch=True,
    render_item=plain_type,
)
with context.begin_transaction():
    context.run_migrations()
