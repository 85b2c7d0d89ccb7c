"""Calls to the collection system, and events found by their code."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and the index."""
    op.create_table(
        "webhook_calls",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name="fk_webhook_calls_event_id_events"
        ),
        sa.PrimaryKeyConstraint("event_id", name="pk_webhook_calls"),
    )
    op.create_index("ix_webhook_calls_state_event_id", "webhook_calls", ["state", "event_id"])
    op.create_index("ix_events_code", "events", ["code"])


def downgrade() -> None:
    """Remove them."""
    op.drop_index("ix_events_code", "events")
    op.drop_table("webhook_calls")
