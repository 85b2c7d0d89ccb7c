"""The collection system told: a signed call for each pause and each resumption of collection.

The body is JSON; the header `X-Triage-Signature` is `sha256=` and the HMAC-SHA256 (RFC 2104) of the
body in hexadecimal, by the shared secret. A call may come twice; its `id` is then the same.
"""

from __future__ import annotations

import hmac
import http.client
import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import structlog

from triage import __version__
from triage.register.webhook_queue import due_calls, mark_not_taken, mark_taken, queue_calls

if TYPE_CHECKING:
    from datetime import datetime

    from triage.register.database import Register
    from triage.register.webhook_queue import Call
    from triage.schedule.plan import Plan

SIGNATURE = "X-Triage-Signature"
_AT_ONCE = 10
"""Calls a look: the clock's other jobs must not wait for a slow system."""

log = structlog.get_logger(__name__)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Whoever answers with another address would get what is meant for the collection system."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow nothing."""


def call_collection(register: Register, plan: Plan, now: datetime) -> int:
    """Make the calls that are due; return 0: no mail is queued.

    After the first call that is not taken it stops, since the next would not be, either.
    """
    settings = plan.settings.webhook
    if not settings.url:
        return 0
    secret = plan.settings.secret(settings.secret_file)
    with register.transaction() as session:
        queue_calls(session, now)
    with register.reading() as session:
        calls = due_calls(session, now, _AT_ONCE)
    for call in calls:
        fault = _post(settings.url, body_of(call), secret, settings.timeout_seconds)
        with register.transaction() as session:
            if fault:
                mark_not_taken(session, call, fault, now)
            else:
                mark_taken(session, call, now)
        if fault:
            log.warning("collection system not told", case=call.case, error=fault)
            break
    return 0


def body_of(call: Call) -> bytes:
    """Return what is sent: nothing that names a person."""
    told = {
        "id": call.id,
        "event": call.event,
        "case": call.case,
        "policy": call.policy,
        "dossiers": list(call.dossiers),
        "at": call.at.isoformat(),
    }
    return json.dumps(told, separators=(",", ":")).encode()


def signature_of(body: bytes, secret: str) -> str:
    """Return the value of the signature's header."""
    return "sha256=" + hmac.digest(secret.encode(), body, "sha256").hex()


def _post(url: str, body: bytes, secret: str, seconds: float) -> str:
    """Send a body; return what went wrong, or nothing."""
    request = urllib.request.Request(  # noqa: S310 - the settings allow https and loopback only
        url,
        data=body,
        headers={
            "Content-Type": "application/json",
            "User-Agent": f"triage/{__version__}",
            SIGNATURE: signature_of(body, secret),
        },
        method="POST",
    )
    try:
        # No proxy of the environment gets to see it.
        opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=seconds):
            return ""
    except urllib.error.HTTPError as error:
        with error:
            return f"it answered {error.code}"
    except http.client.HTTPException as error:
        return f"it does not answer in HTTP: {type(error).__name__} {error}"
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        return f"it cannot be reached: {reason}"
