"""Why a case ended as it did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, empty for the cases that are there.

    The default stays: of two machines one may still run the version before, which does not name it.
    """
    reason = sa.Column("outcome_reason", sa.String(), nullable=False, server_default="")
    op.add_column("cases", reason)


def downgrade() -> None:
    """Remove it."""
    with op.batch_alter_table("cases") as cases:
        cases.drop_column("outcome_reason")
