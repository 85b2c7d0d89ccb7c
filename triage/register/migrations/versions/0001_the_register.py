"""The register as it was first released."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "bounced_addresses",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_bounced_addresses"),
    )
    op.create_table(
        "cases",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_due", sa.Date(), nullable=True),
        sa.Column("counted", sa.JSON(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_acknowledged", sa.JSON(), nullable=False),
        sa.Column("collection_paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("collection_resumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extension_reason", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("remedy", sa.String(), nullable=False),
        sa.Column("improvement", sa.String(), nullable=False),
        sa.Column("merged_into", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["cases.number"], name="fk_cases_merged_into_cases"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_cases"),
    )
    op.create_index("ix_cases_owner", "cases", ["owner"])
    op.create_index("ix_cases_policy", "cases", ["policy"])
    op.create_index("ix_cases_state_due_at", "cases", ["state", "due_at"])

    op.create_table(
        "leases",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    op.create_table(
        "mailbox_state",
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("high_water_uid", sa.BigInteger(), nullable=False),
        sa.Column("first_uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("first_started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_scan_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("last_error_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("mailbox", "folder", name="pk_mailbox_state"),
    )
    op.create_table(
        "number_series",
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", "year", name="pk_number_series"),
    )
    op.create_table(
        "raw_mail",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_raw_mail"),
    )
    op.create_table(
        "secrets",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_secrets"),
    )
    op.create_table(
        "case_dossiers",
        sa.Column("case_number", sa.String(), nullable=False),
        sa.Column("dossier_number", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_number"], ["cases.number"], name="fk_case_dossiers_case_number_cases"
        ),
        sa.PrimaryKeyConstraint("case_number", "dossier_number", name="pk_case_dossiers"),
    )
    op.create_index("ix_case_dossiers_dossier_number", "case_dossiers", ["dossier_number"])

    op.create_table(
        "contacts",
        sa.Column("case_number", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_number"], ["cases.number"], name="fk_contacts_case_number_cases"
        ),
        sa.PrimaryKeyConstraint("case_number", "address", name="pk_contacts"),
    )
    op.create_index("ix_contacts_address", "contacts", ["address"])

    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duplicate_of", sa.Integer(), nullable=True),
        sa.Column("backlog", sa.Boolean(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("case_number", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_number"], ["cases.number"], name="fk_ledger_case_number_cases"
        ),
        sa.ForeignKeyConstraint(
            ["duplicate_of"], ["ledger.id"], name="fk_ledger_duplicate_of_ledger"
        ),
        sa.ForeignKeyConstraint(["sha256"], ["raw_mail.sha256"], name="fk_ledger_sha256_raw_mail"),
        sa.PrimaryKeyConstraint("id", name="pk_ledger"),
        sa.UniqueConstraint(
            "mailbox",
            "folder",
            "uidvalidity",
            "uid",
            name="uq_ledger_mailbox_folder_uidvalidity_uid",
        ),
    )
    op.create_index("ix_ledger_case_number", "ledger", ["case_number"])
    op.create_index("ix_ledger_duplicate_of", "ledger", ["duplicate_of"])
    op.create_index("ix_ledger_fingerprint", "ledger", ["fingerprint"])
    op.create_index("ix_ledger_sha256", "ledger", ["sha256"])
    op.create_index("ix_ledger_state_next_attempt_at", "ledger", ["state", "next_attempt_at"])
    op.create_index(
        "uq_ledger_original_fingerprint",
        "ledger",
        ["fingerprint"],
        unique=True,
        sqlite_where=sa.text("duplicate_of IS NULL"),
        postgresql_where=sa.text("duplicate_of IS NULL"),
    )

    op.create_table(
        "reminders",
        sa.Column("case_number", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_number"], ["cases.number"], name="fk_reminders_case_number_cases"
        ),
        sa.PrimaryKeyConstraint("case_number", "step", "day", name="pk_reminders"),
    )
    op.create_table(
        "messages",
        sa.Column("ledger_id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.String(), nullable=True),
        sa.Column("direction", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("joined", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("acknowledged", sa.Boolean(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("unsure", sa.JSON(), nullable=False),
        sa.Column("reading", sa.JSON(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_number"], ["cases.number"], name="fk_messages_case_number_cases"
        ),
        sa.ForeignKeyConstraint(["ledger_id"], ["ledger.id"], name="fk_messages_ledger_id_ledger"),
        sa.PrimaryKeyConstraint("ledger_id", name="pk_messages"),
    )
    op.create_index("ix_messages_case_number", "messages", ["case_number"])
    op.create_index("ix_messages_decided_at", "messages", ["decided_at"])
    op.create_index("ix_messages_message_id", "messages", ["message_id"])

    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("unique_key", sa.String(), nullable=False),
        sa.Column("case_number", sa.String(), nullable=True),
        sa.Column("ledger_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("envelope_from", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("smtp_reply", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_number"], ["cases.number"], name="fk_outbox_case_number_cases"
        ),
        sa.ForeignKeyConstraint(["ledger_id"], ["ledger.id"], name="fk_outbox_ledger_id_ledger"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("message_id", name="uq_outbox_message_id"),
        sa.UniqueConstraint("unique_key", name="uq_outbox_unique_key"),
    )
    op.create_index("ix_outbox_case_number", "outbox", ["case_number"])
    op.create_index("ix_outbox_ledger_id", "outbox", ["ledger_id"])
    op.create_index("ix_outbox_purpose_queued_at", "outbox", ["purpose", "queued_at"])
    op.create_index("ix_outbox_recipient_queued_at", "outbox", ["recipient", "queued_at"])
    op.create_index("ix_outbox_state_next_attempt_at", "outbox", ["state", "next_attempt_at"])

    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_number", sa.String(), nullable=True),
        sa.Column("ledger_id", sa.Integer(), nullable=True),
        sa.Column("outbox_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_number"], ["cases.number"], name="fk_events_case_number_cases"
        ),
        sa.ForeignKeyConstraint(["ledger_id"], ["ledger.id"], name="fk_events_ledger_id_ledger"),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name="fk_events_outbox_id_outbox"),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_at", "events", ["at"])
    op.create_index("ix_events_case_number", "events", ["case_number"])
    op.create_index("ix_events_ledger_id", "events", ["ledger_id"])

    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("case_number", sa.String(), nullable=True),
        sa.Column("ledger_id", sa.Integer(), nullable=True),
        sa.Column("outbox_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_number"], ["cases.number"], name="fk_tasks_case_number_cases"
        ),
        sa.ForeignKeyConstraint(["ledger_id"], ["ledger.id"], name="fk_tasks_ledger_id_ledger"),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name="fk_tasks_outbox_id_outbox"),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
    )
    op.create_index("ix_tasks_case_number", "tasks", ["case_number"])
    op.create_index("ix_tasks_ledger_id", "tasks", ["ledger_id"])
    op.create_index("ix_tasks_state_created_at", "tasks", ["state", "created_at"])


def downgrade() -> None:
    """Drop them all."""
    op.drop_table("tasks")
    op.drop_table("events")
    op.drop_table("outbox")
    op.drop_table("messages")
    op.drop_table("reminders")
    op.drop_table("ledger")
    op.drop_table("contacts")
    op.drop_table("case_dossiers")
    op.drop_table("secrets")
    op.drop_table("raw_mail")
    op.drop_table("number_series")
    op.drop_table("mailbox_state")
    op.drop_table("leases")
    op.drop_table("cases")
    op.drop_table("bounced_addresses")
