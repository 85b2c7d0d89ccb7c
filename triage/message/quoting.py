"""Whose lines are whose: what the sender typed, and the older mail below, above or between.

Goes line by line, with a bounded look around each, so the time is linear. In doubt a line counts as
typed: nothing of the sender's may be lost.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from triage.message.attribution import attribution_start, inline_start, may_end
from triage.message.header_block import block_at, is_older_mail, label_of
from triage.message.lines import Line, Mark
from triage.message.subjects import is_answer, is_handed_on
from triage.message.vocabulary import quoting_words

if TYPE_CHECKING:
    from collections.abc import Sequence

_RULE: Final = re.compile(
    r"[\s>]{0,10}(?:[-_=*~]{5,200}|[‐-―─]{4,200}|(?:[-*_]\s){3,100}[-*_]?)\s*$"
)
_RULED: Final = re.compile(r"[\s>]{0,20}[-_=~–—*]{2}")
_RULED_WITH: Final = " \t>*-_=~–—:"
_MAX_SEPARATOR: Final = 200
_UNDERSCORES: Final = re.compile(r"\s{0,3}[_‐-―─-]{20,200}\s*$")
_ANY_RULED: Final = re.compile(r"\s{0,3}-{3,60}\s?[^\W\d_][^\n-]{1,80}?\s?-{3,60}\s*$")
_LINK_ONLY: Final = re.compile(r"[(<\[]?https?://\S{1,500}[\s>)\]]{0,5}")
_MAX_LINE: Final = 2_000
"""Longer lines are nobody's attribution or header, and are not looked into."""
_NEAR: Final = 6
_MAX_LOOKS: Final = 500
"""Lines of one mail that are looked at closely as a possible attribution or header block."""


class Context(NamedTuple):
    """What the headers say that bears on quotation."""

    reply: bool = False
    """In-Reply-To, References or the subject say that the mail answers another."""
    forward: bool = False
    """The subject says that the mail is a forward."""
    report: bool = False
    """The mail is a delivery report: only rules and quotation signs set older mail apart."""


class Shares(NamedTuple):
    """The lines of a mail, by whose they are, in order."""

    typed: list[str]
    quoted: list[str]


def context_of(subject: str, *, threaded: bool) -> Context:
    """Return what subject and threading headers say; `threaded`: the mail names an older one."""
    return Context(threaded or is_answer(subject), is_handed_on(subject))


def split_quoted(lines: Sequence[Line], context: Context) -> Shares:
    """Part the lines into what was typed and what is older mail.

    Empty lines go with the line before them. Every line with text is in one share, whole; only a
    line that an attribution shares with typed text is cut in two.
    """
    lines = _cut_shared(lines)
    older = _Scanner(lines, context).run()
    _take_rules(lines, older)
    return Shares(_chosen(lines, older, wanted=False), _chosen(lines, older, wanted=True))


class _Scanner:
    """One pass over the lines; `older[i]` becomes true for lines of older mail."""

    def __init__(self, lines: Sequence[Line], context: Context) -> None:
        self._lines = lines
        self._context = context
        self._older = [False] * len(lines)
        self._signs = _trusted_signs(lines, context)
        self._following = _next_with_text(lines)
        self._indent = False
        self._typed_before = False
        self._checked = 0
        self._looks = _MAX_LOOKS

    def run(self) -> list[bool]:
        """Return for each line whether it is older mail."""
        for index, line in enumerate(self._lines):
            if self._older[index]:
                continue
            if not line.text:
                self._older[index] = index > 0 and self._older[index - 1]
            elif self._is_marked(index):
                self._older[index] = True
                continue
            elif len(line.text) <= _MAX_LINE and self._begins_rest(index):
                self._older[index:] = [True] * (len(self._lines) - index)
                break
            elif not self._older[index]:
                self._typed_before = True
                self._indent = False
        return self._older

    def _is_marked(self, index: int) -> bool:
        """Whether the line's form alone makes it older mail."""
        line = self._lines[index]
        if line.mark is Mark.INDENTED:
            return self._indent
        return index in self._signs or (line.mark is Mark.QUOTED and not line.signs)

    def _begins_rest(self, index: int) -> bool:
        """Whether all from here on is older mail; takes in attributions of marked quotations."""
        line = self._lines[index]
        announced = line.mark is Mark.DIVIDED and self._labels_near(index) >= 2
        if announced or self._is_separator(index):
            if not self._quote_follows(index):
                return True
            self._older[index] = True
            return False
        if self._context.report:
            return False
        if self._looks <= 0:
            return False
        if index >= self._checked:
            block = block_at(self._lines, index)
            if block is not None:
                self._looks -= 1
                self._checked = block.end
                ruled = index > 0 and self._ruled_before(index)
                known = ruled or self._context.forward
                if is_older_mail(block, announced=known, first=not self._typed_before):
                    if not self._quote_follows(block.end - 1):
                        return True
                    self._older[index : block.end] = [True] * (block.end - index)
                    return False
        return self._takes_attribution(index)

    def _takes_attribution(self, index: int) -> bool:
        """Take in the attribution that ends here; true when what follows it bears no marks."""
        follows = self._quote_follows(index) or self._indent_follows(index)
        if not may_end(self._lines[index].text, quote_follows=follows):
            return False
        self._looks -= 1
        start = attribution_start(
            self._lines, index, quote_follows=follows, reply=self._context.reply
        )
        if start is None:
            return False
        self._older[start : index + 1] = [True] * (index + 1 - start)
        self._indent = self._indent_follows(index)
        return not follows

    def _is_separator(self, index: int) -> bool:
        """Whether the line is `-----Original Message-----` or `Begin forwarded message:`."""
        text = self._lines[index].text[:_MAX_SEPARATOR]
        ruled = _RULED.match(text) is not None
        if not ruled and not text.rstrip(" *").endswith(":"):
            return False
        bare = " ".join(text.strip(_RULED_WITH).lower().split())
        words = quoting_words()
        if ruled and bare in words.separators:
            return True
        after = self._following[index]
        if after is None or not (
            bare in words.introductions or (ruled and _ANY_RULED.fullmatch(text))
        ):
            return False
        below = self._lines[after]
        label = label_of(below.text)
        labelled = label is not None and label[0] in {"from", "date", "subject", "to"}
        return labelled or (bare in words.introductions and below.mark is Mark.QUOTED)

    def _quote_follows(self, index: int) -> bool:
        after = self._following[index]
        return after is not None and self._lines[after].mark is Mark.QUOTED

    def _indent_follows(self, index: int) -> bool:
        after = self._following[index]
        return after is not None and self._lines[after].mark is Mark.INDENTED

    def _labels_near(self, index: int) -> int:
        """Count label-like lines, of any language, right below an HTML divider."""
        near = [line.text for line in self._lines[index : index + 2 * _NEAR] if line.text][:_NEAR]
        return sum(label_of(text) is not None for text in near)

    def _ruled_before(self, index: int) -> bool:
        """Whether a long rule stands above the line, with at most an empty line between."""
        above = [line.text for line in self._lines[max(0, index - 3) : index] if line.text]
        return bool(above) and _UNDERSCORES.fullmatch(above[-1]) is not None


def _cut_shared(lines: Sequence[Line]) -> Sequence[Line]:
    """Cut the lines in two on which an attribution follows typed text."""
    out: list[Line] = []
    changed = False
    for line in lines:
        start = (
            inline_start(line.text) if line.mark is Mark.TYPED and line.text.endswith(":") else None
        )
        if start is None:
            out.append(line)
        else:
            changed = True
            out += [Line(line.text[:start]), Line(line.text[start:].strip(" -"))]
    return out if changed else lines


def _trusted_signs(lines: Sequence[Line], context: Context) -> frozenset[int]:
    """Return which lines behind `>` are quotations: all but a lone one in a mail that is no reply.

    The rest of a link that was wrapped out of a quotation belongs to it.
    """
    signed = [index for index, line in enumerate(lines) if line.signs]
    filled = [index for index in signed if lines[index].text]
    if len(filled) == 1 and len(signed) == 1 and not context.reply:
        before = filled[0] - 1
        while before >= 0 and not lines[before].text:
            before -= 1
        if before < 0 or attribution_start(lines, before, quote_follows=True, reply=True) is None:
            return frozenset()
    wrapped = (index + 1 for index in signed if _is_wrapped_link(lines[index : index + 3]))
    return frozenset(signed) | frozenset(wrapped)


def _is_wrapped_link(around: Sequence[Line]) -> bool:
    """Whether the middle line is the rest of a link that was wrapped out of a quotation."""
    if len(around) < 3 or not around[2].signs or around[1].mark is not Mark.TYPED:
        return False
    text = around[1].text.strip()
    if _LINK_ONLY.fullmatch(text):
        return True
    return (
        "(http" in around[0].text
        and ")" not in around[0].text
        and " " not in text
        and text.endswith(")")
    )


def _next_with_text(lines: Sequence[Line]) -> list[int | None]:
    """Return for each line the index of the next line with text."""
    following: list[int | None] = [None] * len(lines)
    upcoming: int | None = None
    for index in range(len(lines) - 1, -1, -1):
        following[index] = upcoming
        if lines[index].text:
            upcoming = index
    return following


def _take_rules(lines: Sequence[Line], older: list[bool]) -> None:
    """Give the rule right above older mail to it: `_____` and `-----` are the mail program's."""
    for index in range(1, len(lines)):
        if not older[index] or older[index - 1] or lines[index].signs:
            continue
        above = index - 1
        while above >= 0 and not lines[above].text and not older[above]:
            above -= 1
        if above >= 0 and not older[above] and _RULE.fullmatch(lines[above].text[:300]):
            older[above:index] = [True] * (index - above)


def _chosen(lines: Sequence[Line], older: list[bool], *, wanted: bool) -> list[str]:
    """Return the lines of one share, an empty line where another share was left out."""
    out: list[str] = []
    gap = False
    for line, is_older in zip(lines, older, strict=True):
        if is_older is not wanted:
            gap = True
            continue
        if gap and out and out[-1]:
            out.append("")
        gap = False
        if line.text or (out and out[-1]):
            out.append(line.text if wanted else line.signs + line.text)
    while out and not out[-1]:
        out.pop()
    return out
