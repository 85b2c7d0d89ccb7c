"""Fixtures of servers and of logging, shared by all rooms."""

from __future__ import annotations

pytest_plugins = ("servers.dovecot", "servers.imap_account", "servers.postgres", "quiet_logs")
