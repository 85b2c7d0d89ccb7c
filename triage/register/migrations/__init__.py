"""The history of the register's schema, run by `triage.register.migrate.upgrade`."""
