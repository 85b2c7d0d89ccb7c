"""Which mails a path stands for: a file, a folder of them, an mbox, or standard input."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUFFIXES = {".eml", ".mbox", ".mime", ".email", ".msg"}
_FROM_LINE = re.compile(
    rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]{0,300}?[0-9]{1,2}:[0-9]{2}[^\r\n]{0,60}\r?\n"
)
"""The line before each mail of an mbox (RFC 4155): it ends in a date and follows an empty line."""
_QUOTED_FROM = re.compile(rb"(?m)^>(>*From )")


def mails_of(path: str) -> Iterator[tuple[str, bytes | OSError]]:
    """Yield each mail's name and bytes in order, or why a file could not be read.

    Of a folder, files with the suffix of a mail; in one without any, such as a Maildir, every file.
    """
    try:
        files = _files(Path(path)) if path != "-" and Path(path).is_dir() else [path]
    except OSError as error:
        yield path, error
        return
    for file in files:
        try:
            raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        except OSError as error:
            yield file, error
        else:
            yield from _one_or_many(file, raw)


def _files(folder: Path) -> list[str]:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    named = [file for file in files if file.suffix.lower() in _SUFFIXES]
    return [str(file) for file in named or files if not file.name.startswith(".")]


def _one_or_many(name: str, raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the mail, or each mail of an mbox as `name#number`."""
    starts = list(_FROM_LINE.finditer(raw))
    if not starts or starts[0].start() != 0:
        yield name, raw
        return
    ends = [start.start() for start in starts[1:]] + [len(raw)]
    for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1):
        # A line of a mail that begins so has been quoted when the mbox was written.
        yield f"{name}#{number}", _QUOTED_FROM.sub(rb"\1", raw[start.end() : end])
