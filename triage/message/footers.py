"""What stands below a mail and nobody typed: app lines, virus scanners, lists, disclaimers.

A person's own signature (name, address, phone) stays with what they typed.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from triage.message.vocabulary import footer_words, mentions

if TYPE_CHECKING:
    from collections.abc import Sequence

_LINK: Final = re.compile(r"[<(\[]?(?:https?://|www\.)[^\s>)\]]{1,500}[>)\]]?")
_RULE: Final = re.compile(r"\s*(?:[-_=*~]{2,200}|[‐-―─]{1,200})\s*")
_LABELLED: Final = re.compile(r"[^\s:][^:]{1,40}:\s")
_FORM: Final = 3
"""Labelled lines from which a paragraph is taken for a form."""
_MAX_APP: Final = 110
_MAX_APP_WORDS: Final = 12
_DEVICE_WITHIN: Final = 7
"""Words; "Sent from my desk, which is easier than my phone" is no app's line."""
_MAX_PARAGRAPH: Final = 6_000
_MAX_OPENINGS: Final = 5
_MAX_DISCLAIMER: Final = 100
"""Lines of one disclaimer that are looked at."""
_SHORT: Final = 60
_LONG: Final = 150
_NAME: Final = 40
"""A line shorter than this may be a name or a function, and no part of a disclaimer."""
_LISTED_WITHIN: Final = 6
_BANNER_WITHIN: Final = 4


class Parted(NamedTuple):
    """Typed lines and footer lines."""

    typed: list[str]
    footer: list[str]


def part_footers(lines: Sequence[str]) -> Parted:
    """Part the typed lines of a mail from its footers."""
    typed = list(lines)
    banner, typed = _banner(typed)
    typed, listed = _mailing_list(typed)
    typed, closing = _closing(typed)
    kept, apps = _app_lines(typed)
    if not "".join(kept).strip():
        kept, apps = [], [line for line in typed if line.strip()]
    footer = [part for part in (banner, apps, closing, listed) if part]
    return Parted(_trimmed(kept), [line for part in footer for line in [*part, ""]][:-1])


def _app_lines(lines: list[str]) -> tuple[list[str], list[str]]:
    """Take out the lines of mail apps and virus scanners, wherever they stand."""
    words = footer_words()
    whole = "\n".join(lines).lower()
    if not mentions(whole, words.devices) and not mentions(whole, words.scanners):
        return lines, []
    apps = [_is_app_line(line) or _is_scanner(line) for line in lines]
    kept = [line for line, is_app in zip(lines, apps, strict=True) if not is_app]
    return kept, [line for line, is_app in zip(lines, apps, strict=True) if is_app]


def _closing(lines: list[str]) -> tuple[list[str], list[str]]:
    """Cut the paragraphs at the end that are disclaimers, app lines or rules."""
    end = len(lines)
    cut = end
    while end > 0:
        start = end
        while start > 0 and lines[start - 1].strip():
            start -= 1
        paragraph = lines[start:end]
        above = _signed_above(paragraph)
        if above or (paragraph and not _is_footer(paragraph)):
            inner = above or _disclaimer_inside(paragraph)
            if inner:
                cut = start + inner
            break
        if paragraph and not "".join(lines[:start]).strip() and not _starts_footer(paragraph):
            break  # all there is: a form with a consent, a sentence about a data breach
        if paragraph:
            cut = start
        end = start
        while end > 0 and not lines[end - 1].strip():
            end -= 1
        if end == 0 and not paragraph:
            break
    if not "".join(lines[:cut]).strip():
        return lines, []  # nothing else was typed: whatever it sounds like, somebody sent just this
    return lines[:cut], _trimmed(lines[cut:])


def _signed_above(paragraph: Sequence[str]) -> int:
    """Return where a disclaimer begins below a signature's short lines and numbers; else 0."""
    words = footer_words()
    if len(paragraph) < 2 or _opens(paragraph[0]) or not _is_footer(paragraph):
        return 0
    for index, line in enumerate(paragraph[:_MAX_DISCLAIMER]):
        text = line[:_MAX_PARAGRAPH].lower()
        if (
            _opens(line)
            or mentions(text, words.paper)
            or any(mentions(text, g) for g in words.legal)
        ):
            return index
        if _RULE.fullmatch(line[:300]) or _is_app_line(line):
            return 0
        if len(line) >= _NAME and not any(map(str.isdigit, line)):
            return 0
    return 0


def _starts_footer(paragraph: Sequence[str]) -> bool:
    """Whether a paragraph begins as a footer does."""
    line = paragraph[0]
    paper = mentions(line[:_MAX_PARAGRAPH].lower(), footer_words().paper)
    rule = _RULE.fullmatch(line[:300]) is not None
    return paper or rule or _opens(line) or _is_app_line(line) or _is_scanner(line)


def _is_footer(paragraph: Sequence[str]) -> bool:
    """Whether a whole paragraph is a footer."""
    if all(
        _RULE.fullmatch(line[:300]) or _is_app_line(line) or _is_scanner(line) for line in paragraph
    ):
        return True
    if sum(_LABELLED.match(line) is not None for line in paragraph[:_MAX_DISCLAIMER]) >= _FORM:
        return False  # a web form, which asks for consent in a disclaimer's words
    return _is_disclaimer(" ".join(paragraph[:_MAX_DISCLAIMER]))


def _disclaimer_inside(paragraph: Sequence[str]) -> int:
    """Return where a disclaimer begins that follows a signature without a gap; else 0."""
    opening = (index for index in range(1, len(paragraph)) if _opens(paragraph[index]))
    for index in islice(opening, _MAX_OPENINGS):
        if _is_disclaimer(" ".join(paragraph[index : index + _MAX_DISCLAIMER])):
            above = index - 1
            return above if above > 0 and _RULE.fullmatch(paragraph[above][:300]) else index
    return 0


def _is_disclaimer(text: str) -> bool:
    """Whether a paragraph is a disclaimer: it speaks of several things that those speak of."""
    sample = text[:_MAX_PARAGRAPH].lower()
    words = footer_words()
    if mentions(sample, words.paper):
        return True
    spoken = sum(mentions(sample, group) for group in words.legal)
    if len(sample) < _SHORT:
        return spoken >= 1 and _opens(sample)
    return spoken >= 3 or (spoken == 2 and (len(sample) > _LONG or _opens(sample)))


def _opens(text: str) -> bool:
    """Whether a line begins as disclaimers begin."""
    return text[:80].lstrip(" \t*_-=#[(\"'“„").lower().startswith(footer_words().openings)


def _is_app_line(line: str) -> bool:
    """Whether a mail app wrote the line ("Verstuurd vanaf mijn iPhone")."""
    if len(line) > _MAX_APP + 500:
        return False
    text = _LINK.sub(" ", line).strip(" \t*_|-–—>.!").lower()
    if not text or len(text) > _MAX_APP:
        return False
    words = footer_words()
    if not text.startswith(words.app_starts):
        last = text.rpartition(" ")[2]
        return (
            last in words.app_endings
            and text.count(" ") < _DEVICE_WITHIN
            and words.device.search(text) is not None
        )
    device = words.device.search(text)
    before = text[: device.start()] if device is not None else ""
    return (
        device is not None
        and "," not in before
        and before.count(" ") < _DEVICE_WITHIN
        and text.count(" ") < _MAX_APP_WORDS
    )


def _is_scanner(line: str) -> bool:
    """Whether a virus scanner wrote the line."""
    return len(line) < 400 and mentions(line.lower(), footer_words().scanners)


def _mailing_list(lines: list[str]) -> tuple[list[str], list[str]]:
    """Cut a mailing list's footer: a rule, and soon after it words that lists use."""
    words = footer_words()
    if not mentions("\n".join(lines).lower(), words.lists):
        return lines, []
    says = [mentions(line[:300].lower(), words.lists) for line in lines]
    for index, line in enumerate(lines):
        near = says[index + 1 : index + 1 + _LISTED_WITHIN]
        if any(near) and _RULE.fullmatch(line[:300]):
            return lines[:index], _trimmed(lines[index:])
    return lines, []


def _banner(lines: list[str]) -> tuple[list[str], list[str]]:
    """Cut the warning that a mail gateway puts on top ("CAUTION: this mail came from outside")."""
    words = footer_words()
    for index, line in enumerate(lines[:_BANNER_WITHIN]):
        if not line.strip():
            continue
        end = index
        while end < len(lines) and lines[end].strip() and end - index < 8:
            end += 1
        text = " ".join(lines[index:end])[:600].lower()
        if text.lstrip(" *_[#!").startswith(words.banners) and mentions(text, words.outside):
            while end < len(lines) and (
                not lines[end].strip() or _RULE.fullmatch(lines[end][:300])
            ):
                end += 1
            return [line for line in lines[:end] if line.strip()], lines[end:]
        if not _RULE.fullmatch(line[:300]):
            break
    return [], lines


def _trimmed(lines: list[str]) -> list[str]:
    """Drop empty lines at both ends, and all but one of a run of them."""
    out: list[str] = []
    for line in lines:
        if line.strip() or (out and out[-1].strip()):
            out.append(line.rstrip())
    while out and not out[-1].strip():
        out.pop()
    return out
