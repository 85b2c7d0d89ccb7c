"""What Alembic runs: the migrations, on the connection that `migrate.upgrade` opened."""

from __future__ import annotations

from alembic import context

from triage.register.tables import Row

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
