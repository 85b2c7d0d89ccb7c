"""Attribution lines: `On 3 March 2025 at 10:11, Name <address> wrote:` in every language and form.

Looked for at their end (a colon, "wrote", or rules), then followed upwards over three lines at
most; never by one pattern over several lines, so the time is linear.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from triage.message.lines import Mark
from triage.message.vocabulary import quoting_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triage.message.lines import Line

_MAX_LINES: Final = 4
_MAX_LENGTH: Final = 400
_MAX_NAMED: Final = 160
"""Without a date: only "Name <address> wrote:"."""

_ENDING: Final = re.compile(r"[:：][\s*_>\"»]{0,4}$")
_RULED: Final = re.compile(r"\s{0,3}-{2,60}.{1,300}-{2,60}\s*$")
_ADDRESS: Final = re.compile(r"[^\s<>@\[\]()\"]{1,100}@[^\s<>@\[\]()\"]{1,200}")
_ANGLED_OR_LAST: Final = re.compile(
    r"[<\[(]\s?(?:mailto:)?[^\s<>@]{1,100}@[^\s<>@]{1,200}\s?[>\])]|[^\s<>@]{1,100}@[^\s<>@]{1,200}\s?[:：]$"
)
_TIME: Final = re.compile(
    r"(?<!\d)\d{1,2}\s?[:.h]\s?\d{2}(?!\d)|(?<!\d)\d{1,2}\s?(?:am|pm|uhr)\b", re.IGNORECASE
)
_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d\d(?!\d)")
_MONTH: Final = re.compile(
    r"\d\s?\.?\s?(?:de\s)?(?:jan|feb|febr|mar|maa|mrt|mär|mars|apr|avr|abr|kwi|maj|mei|mai|may|maí|jun|juin|jui|cze|jul|lip|aug|ago|aoû|sie|sep|set|wrz|"
    r"okt|oct|ott|out|paź|paz|nov|lis|dec|des|dez|déc|dic|gru|lut|sty|led|úno|bře|dub|kvě|čer|srp|zář|říj|pro|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s\d",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[^\W\d_]+")


def attribution_start(
    lines: Sequence[Line], end: int, *, quote_follows: bool, reply: bool
) -> int | None:
    """Return where the attribution that ends on line `end` begins; None when there is none.

    `quote_follows`: the next line with text is marked as quoted. `reply`: the headers say that the
    mail answers another one. Both make weaker forms acceptable.
    """
    last = lines[end].text
    if len(last) > _MAX_LENGTH or not may_end(last, quote_follows=quote_follows):
        return None
    text = ""
    start = None
    dated = False
    for index in range(end, max(-1, end - _MAX_LINES), -1):
        line = lines[index]
        if not line.text or line.mark is Mark.QUOTED or len(text) + len(line.text) > _MAX_LENGTH:
            break
        text = _joined(line.text, text)
        begins = _begins(line.text)
        completes = start is None or begins or (not dated and _is_timed(text))
        if completes and _is_attribution(text, quote_follows=quote_follows, reply=reply):
            start, dated = index, _is_timed(text)
            if begins:
                break
    if start is None or not _stands_alone(lines, start, quote_follows=quote_follows):
        return None
    return start


def inline_start(text: str) -> int | None:
    """Return where an attribution begins that shares its line with typed text before it."""
    if len(text) > _MAX_LENGTH or not _ENDING.search(text) or not _ADDRESS.search(text):
        return None
    for match in re.finditer(r"(?<=\S)[\s-]{1,10}(?=(?:On|Op|Am|Den|Le|W dniu|El|Il|På)\s)", text):
        rest = text[match.end() :]
        if (
            _YEAR.search(rest)
            and _TIME.search(rest)
            and quoting_words().wrote.search(rest)
            and not _is_personal(rest)
        ):
            return match.start()
    return None


def may_end(text: str, *, quote_follows: bool) -> bool:
    """Whether a line can be the last of an attribution, by a cheap look."""
    tail = text[-8:].rstrip(" *_")
    if tail.endswith((":", "：", ">", "»", '"')) or _RULED.match(text):
        return True
    if quote_follows and _begins(text):
        return True
    return text[-60:].rstrip(" .-*_").lower().endswith(quoting_words().wrote_endings)


def _is_attribution(text: str, *, quote_follows: bool, reply: bool) -> bool:
    """Whether the joined lines are an attribution."""
    wrote = quoting_words().wrote.search(text) is not None
    if wrote and _RULED.match(text):
        return True
    ends = _ENDING.search(text) is not None
    dated = _is_dated(text)
    if not wrote:
        return _is_wordless(text, ends=ends, quote_follows=quote_follows)
    if _is_personal(text) and not quote_follows:
        return False
    if _ADDRESS.search(text) is not None:
        return dated or (ends and len(text) <= _MAX_NAMED)
    if quote_follows:
        short = len(text) <= _MAX_NAMED // 2
        return (ends and (dated or short)) or (short and _begins(text) and _is_timed(text))
    exact = _is_timed(text) and _YEAR.search(text) is not None and len(text) <= _MAX_NAMED
    return ends and exact and (reply or _begins(text))


def _is_wordless(text: str, *, ends: bool, quote_follows: bool) -> bool:
    """Whether it is one of the forms without "wrote": date, time, address and a colon."""
    if ends:
        return _is_timed(text) and _ANGLED_OR_LAST.search(text) is not None
    return (
        quote_follows
        and _is_dated(text)
        and text[:1].isdigit()
        and _ANGLED_OR_LAST.search(text) is not None
    )


def _is_dated(text: str) -> bool:
    return _YEAR.search(text) is not None or _MONTH.search(text) is not None


def _is_timed(text: str) -> bool:
    """Whether it holds a date and a time of day."""
    return _TIME.search(text) is not None and _is_dated(text)


def _stands_alone(lines: Sequence[Line], start: int, *, quote_follows: bool) -> bool:
    """Whether an attribution without an address or quotation has an empty line before it."""
    if quote_follows or start == 0 or not lines[start - 1].text:
        return True
    joined = " ".join(line.text for line in lines[start : start + _MAX_LINES])
    return _ADDRESS.search(joined[:_MAX_LENGTH]) is not None


def _is_personal(text: str) -> bool:
    """Whether a person speaks ("on 3 March I wrote to you:")."""
    bare = _ADDRESS.sub(" ", text)
    return any(word.lower() in quoting_words().personal for word in _WORD.findall(bare))


def _begins(text: str) -> bool:
    """Whether an attribution can begin on this line: a starter, weekday or date, and a digit."""
    return quoting_words().starter.match(text) is not None and any(char.isdigit() for char in text)


def _joined(before: str, after: str) -> str:
    if not after:
        return before.strip()
    return f"{before.strip()}{'' if before.rstrip().endswith('<') else ' '}{after}"
