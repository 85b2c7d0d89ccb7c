"""Fixtures of servers, shared by all rooms."""

from __future__ import annotations

pytest_plugins = ("servers.postgres",)
