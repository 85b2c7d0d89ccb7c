"""Triage: the complaint mailbox that answers at once and forgets nothing."""

__version__ = "0.1.0"
