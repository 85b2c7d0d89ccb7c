"""Mails that go out: rendered from `templates/`, delivered from the queue, retried.

Knows nothing of why a mail was queued.
"""
