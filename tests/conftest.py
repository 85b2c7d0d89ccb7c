"""Fixtures of servers and of logging, shared by all rooms."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# A machine that has much else to do makes a property slow, not false.
settings.register_profile(
    "triage", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("triage")

pytest_plugins = ("servers.dovecot", "servers.imap_account", "servers.postgres", "quiet_logs")
