"""What the receiving server says of a mail: its spam verdict and its authentication results."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from triage.message.headers import Headers

_YES: Final = re.compile(r"\s*(?:yes|true|1\b|spam|infected)", re.IGNORECASE)
_FLAGS: Final = (
    "x-spam-flag",  # SpamAssassin, many providers
    "x-spam-status",  # SpamAssassin: "Yes, score=..."
    "x-spam",  # rspamd: "Yes"
    "x-barracuda-spam-flag",
    "x-barracuda-spam-status",
    "x-dspam-result",
    "x-bogosity",
    "x-spam-verdict",
    "x-suspected-spam",
    "x-tm-as-result",
    "x-virus-flag",
    "x-virus-status",
)
_ACTIONS: Final = frozenset(
    ("reject", "add header", "rewrite subject", "soft reject", "quarantine")
)
_SCL_HEADERS: Final = ("x-ms-exchange-organization-scl", "x-exchange-antispam-report-scl")
_SCL_REPORT: Final = re.compile(r"(?:^|[;\s])SCL:(-?\d{1,2})(?:;|\s|$)", re.IGNORECASE)
_SFV_SPAM: Final = re.compile(r"(?:^|[;\s])SFV:(?:SPM|SKB|BLK)(?:;|\s|$)", re.IGNORECASE)
SPAM_CONFIDENCE: Final = 5
"""Microsoft's spam confidence level from which a mail is taken for spam."""

_RESULT: Final = re.compile(
    r"(?:^|;)\s{0,3}(dmarc|spf|dkim)\s{0,3}=\s{0,3}([a-z]{1,20})", re.IGNORECASE
)
"""What follows a result may be a sender's words (`smtp.mailfrom=spf=pass@...`)."""
_MAX_RESULTS: Final = 16_384
"""Characters of a field that are read: a mail may bear a hundred signatures, with a result each."""
_FAILED: Final = frozenset(("fail", "hardfail"))


def spam_verdict(headers: Headers) -> tuple[str, str] | None:
    """Return the header that calls the mail spam or infected, as (name, value)."""
    for name, says_spam in _TELLING:
        for value in headers.all(name):
            if says_spam(value):
                return name, value
    return None


def _is_yes(value: str) -> bool:
    return _YES.match(value) is not None


def _is_action(value: str) -> bool:
    return value.strip().lower() in _ACTIONS


def _is_level(value: str) -> bool:
    level = value.strip()
    return level.isdecimal() and len(level) < 3 and int(level) >= SPAM_CONFIDENCE


def _is_forefront_spam(value: str) -> bool:
    level = _SCL_REPORT.search(value)
    return (level is not None and int(level.group(1)) >= SPAM_CONFIDENCE) or bool(
        _SFV_SPAM.search(value)
    )


_TELLING: Final[tuple[tuple[str, Callable[[str], bool]], ...]] = (
    *((name, _is_yes) for name in _FLAGS),
    ("x-rspamd-action", _is_action),
    *((name, _is_level) for name in _SCL_HEADERS),
    ("x-forefront-antispam-report", _is_forefront_spam),
)


def unauthenticated(headers: Headers, authserv_ids: frozenset[str]) -> str:
    """Return the Authentication-Results value that shows a forged sender; empty when none does.

    Only a value whose authserv-id is trusted counts, since anybody can write the field (RFC 8601
    section 5). Forged is: DMARC failed (RFC 9989), or both SPF and every DKIM signature failed.
    """
    if not authserv_ids:
        return ""
    for value in headers.raw("authentication-results"):
        found = trusted_results(value, authserv_ids)
        if found.get("dmarc", set()) & _FAILED:
            return value
        if _all_failed(found.get("spf")) and _all_failed(found.get("dkim")):
            return value
    return ""


def trusted_results(value: str, authserv_ids: frozenset[str]) -> Mapping[str, set[str]]:
    """Return what an Authentication-Results value says of DMARC, SPF and DKIM, in lower case.

    Nothing when another server wrote it than those that are trusted (RFC 8601 section 5).
    """
    ident, _, results = _without_asides(value[:_MAX_RESULTS]).partition(";")
    words = ident.split()
    found: dict[str, set[str]] = {}
    if words and words[0].lower() in authserv_ids:
        for method, result in _RESULT.findall(results):
            found.setdefault(method.lower(), set()).add(result.lower())
    return found


def _without_asides(value: str) -> str:
    """Return a header value without comments and quoted strings; one without an end is the rest."""
    out: list[str] = []
    depth, quoted, escaped = 0, False, False
    for char in value:
        inside = quoted or depth > 0
        if escaped or (inside and char == "\\"):
            escaped = not escaped
        elif quoted or (char == '"' and not depth):
            quoted = not quoted if char == '"' else quoted
        elif char == "(" or (char == ")" and depth):
            depth += 1 if char == "(" else -1
        elif not depth:
            out.append(char)
    return "".join(out)


def _all_failed(results: set[str] | None) -> bool:
    return bool(results) and results is not None and results <= _FAILED
