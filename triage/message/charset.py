"""Bytes to text: the declared charset, then UTF-8, then the country's usual one, then detection.

Labels on mail are often wrong. A label is believed where the bytes allow it; where they plainly say
otherwise (a Latin label on bytes that are valid UTF-8 for Latin letters) the bytes win and the mail
is marked damaged.
"""

from __future__ import annotations

import codecs
import encodings
import re
from dataclasses import dataclass
from encodings.aliases import aliases
from typing import Final, NamedTuple

from triage.message.clean import clean_line

_SAMPLE: Final = 4096
"""How many bytes the detection looks at."""

_ALIASES: Final = {
    # The WHATWG reading of labels: what mailers mean by them.
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "ansi": "cp1252",
    "windows": "cp1252",
    "x-ansi": "cp1252",
    "iso-8859-9": "cp1254",
    "tis-620": "cp874",
    "iso-8859-11": "cp874",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601-1989": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "big5": "big5hkscs",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-8-bom": "utf-8",
    "utf8mb4": "utf-8",
    "unicode": "utf-16",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "x-mac-ce": "mac-latin2",
    "x-mac-cyrillic": "mac-cyrillic",
}
_UNLABELLED: Final = frozenset(
    {
        "",
        "unknown-8bit",
        "x-unknown",
        "unknown",
        "8bit",
        "7bit",
        "binary",
        "default",
        "none",
        "null",
        "x-user-defined",
    }
)

_ALLOWED: Final = frozenset(
    {
        *(
            f"cp{page}"
            for page in (437, 720, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863)
        ),
        *(f"cp{page}" for page in (864, 865, 866, 869, 874, 932, 949, 950, 1006, 1125)),
        *(f"cp{page}" for page in range(1250, 1259)),
        *(f"iso8859-{number}" for number in range(1, 17)),
        *("koi8-r", "koi8-u", "koi8-t", "kz1048", "ptcp154", "tis-620", "hz", "johab"),
        *("mac-roman", "mac-latin2", "mac-cyrillic", "mac-greek", "mac-turkish", "mac-iceland"),
        *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-7"),
        *("gb18030", "gbk", "gb2312", "big5", "big5hkscs", "euc_jp", "euc_jis_2004", "euc_kr"),
        *("shift_jis", "shift_jis_2004", "iso2022_jp", "iso2022_jp_1", "iso2022_jp_2"),
        *("iso2022_jp_3", "iso2022_jp_ext", "iso2022_kr"),
    }
)
"""Codecs that a mail may name. Python has others that are slow (punycode, idna) or no charsets."""
_MODULES: Final = frozenset(
    aliases.get(name, name) for name in map(encodings.normalize_encoding, _ALLOWED)
)
"""Under what Python keeps them."""

_COUNTRY: Final = {"PL": ("cp1250", "iso8859-2"), "CZ": ("cp1250", "iso8859-2")}
_WESTERN: Final = ("cp1252",)
_DETECTED: Final = (
    "cp1251",
    "koi8_r",
    "cp1250",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp932",
    "euc_jp",
    "gb18030",
    "big5",
    "cp949",
    "cp1252",
    "cp850",
    "cp1257",
)

_HIGH: Final = re.compile(rb"[\x80-\xff]")
_UTF8_LATIN: Final = re.compile(
    rb"[\xc3-\xc9][\x80-\xbf]|\xc2[\xa0-\xbf]|\xe2[\x80-\x84][\x80-\xbf]|\xf0\x9f[\x80-\xbf]{2}"
)
_UTF8: Final = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_ISO_POLISH: Final = re.compile(rb"[\xb1\xb6\xbc\xa1\xa6\xac]")
_CP_POLISH: Final = re.compile(rb"[\xb9\x9c\x9f\xa5\x8c\x8f]")
_NAME: Final = re.compile(r"[^a-z0-9._:+-]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, and what was wrong with its label in plain words (empty when nothing was)."""

    text: str
    damage: str = ""
    detected: bool = False
    """Whether the charset was detected, which is dear."""


def codec_for(label: str) -> str | None:
    """Return the Python codec that a charset label means; None when it means nothing to us."""
    name = _NAME.sub("", label[:80].strip().strip("\"'").lower())
    name = name.removeprefix("charset=").removeprefix("_")
    name = _ALIASES.get(name, name)
    if (
        windows := re.fullmatch(r"(?:x-)?(?:windows|win|cp|ms|ibm)[-_]?(\d{3,5})", name)
    ) is not None:
        name = f"cp{windows.group(1)}"
    plain = encodings.normalize_encoding(name)
    if not {plain, aliases.get(plain)} & _MODULES:
        return None  # Python looks for unknown names on the disk, and never forgets one
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError, UnicodeError):
        return None
    return found if found in _ALLOWED else None


def decode(data: bytes, label: str = "", country: str = "NL", *, detect: bool = True) -> Decoded:
    """Return the text of the bytes.

    `label`: the charset that the mail declares, empty when it declares none. `country`: ISO 3166
    code of the mailbox's home, whose usual charset is tried before detection. `detect`: whether a
    text that fits neither may be looked at closely (milliseconds; too dear for each of a thousand
    headers). Never raises.
    """
    if (marked := _by_mark(data)) is not None:
        return marked
    if b"\x1b$" in data and not label.lower().startswith("iso-2022"):
        label = "iso-2022-jp"
    wanted = label.strip().lower()
    codec = None if wanted in _UNLABELLED else codec_for(wanted)
    if not _HIGH.search(data) and (codec is None or not _is_seven_bit_code(codec)):
        text = data.decode("ascii")
        return Decoded(text, _unknown(label) if codec is None and wanted not in _UNLABELLED else "")
    if codec is None:
        guess = _guess(data, country, detect=detect)
        note = f"no charset declared, read as {guess.codec}"
        return Decoded(
            guess.text, note if wanted in _UNLABELLED else _unknown(label), guess.detected
        )
    if _is_single_byte(codec) and _is_plainly_utf8(data):
        return Decoded(data.decode("utf-8"), f"declared as {_shown(label)}, but it is utf-8")
    try:
        return Decoded(data.decode(codec))
    except (UnicodeError, ValueError):
        guess = _guess(data, country, detect=detect)
        note = f"not {_shown(label)} as declared, read as {guess.codec}"
        return Decoded(guess.text, note, guess.detected)


class _Guess(NamedTuple):
    text: str
    codec: str
    detected: bool = False


def _guess(data: bytes, country: str, *, detect: bool) -> _Guess:
    """Read bytes without a label to go by."""
    try:
        return _Guess(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        if _is_mostly_utf8(data):
            return _Guess(data.decode("utf-8", "replace"), "utf-8")
    usual = _usual(data, country)
    for codec in usual:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if _is_plausible(text):
            return _Guess(text, codec)
    if not detect:
        return _Guess(data.decode(usual[0], "replace"), usual[0])
    codec = _detect(data) or usual[0]
    return _Guess(data.decode(codec, "replace"), codec, detected=True)


def _usual(data: bytes, country: str) -> tuple[str, ...]:
    """Return the country's charsets, the one whose own letters the bytes hold first."""
    usual = _COUNTRY.get(country.upper(), _WESTERN)
    if len(usual) > 1 and len(_ISO_POLISH.findall(data[:_SAMPLE])) > len(
        _CP_POLISH.findall(data[:_SAMPLE])
    ):
        return usual[::-1]
    return usual


def _detect(data: bytes) -> str:
    """Ask charset-normalizer about the bytes around the first odd one; empty when it can't say."""
    from charset_normalizer import from_bytes  # heavy, and few mails come this far

    found = _HIGH.search(data)
    start = max(0, (found.start() if found else 0) - _SAMPLE // 4)
    sample = data[start : start + _SAMPLE]
    best = from_bytes(sample, cp_isolation=list(_DETECTED), enable_fallback=False).best()
    return best.encoding if best is not None else ""


def _is_plausible(text: str) -> bool:
    """Whether the text reads like a European language: mostly plain letters, no controls."""
    sample = text[:_SAMPLE]
    odd = [char for char in sample if char > "\x7f"]
    if any("\x80" <= char <= "\x9f" for char in odd):
        return False
    letters = sum(char.isalpha() for char in sample)
    odd_letters = sum(char.isalpha() for char in odd)
    return odd_letters * 5 <= letters * 2 and (len(odd) - odd_letters) * 3 <= len(sample)


def _is_plainly_utf8(data: bytes) -> bool:
    """Whether bytes under a Latin label are UTF-8: valid as such, and Latin letters or signs."""
    sample = data[: 16 * _SAMPLE]
    high = len(_HIGH.findall(sample))
    latin = sum(len(found) for found in _UTF8_LATIN.findall(sample))
    cut = 3 if len(data) > len(sample) else 0  # bytes of a character that the sample ends in
    if high == 0 or latin < high - cut:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8 but for a few broken characters."""
    sample = data[: 16 * _SAMPLE]
    high = len(_HIGH.findall(sample))
    valid = sum(len(found) for found in _UTF8.findall(sample))
    return valid * 10 >= high * 9


def _by_mark(data: bytes) -> Decoded | None:
    """Decode by a byte order mark, which is surer than any label."""
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            try:
                return Decoded(data.decode(codec))
            except UnicodeError:
                return None
    return None


def _is_seven_bit_code(codec: str) -> bool:
    return codec.startswith(("iso2022", "utf-7", "utf-16", "utf-32", "hz"))


def _is_single_byte(codec: str) -> bool:
    return codec.startswith(("cp125", "iso8859", "cp850", "cp437", "cp852", "mac-"))


def _unknown(label: str) -> str:
    return f"unknown charset {_shown(label)}"


def _shown(label: str) -> str:
    return clean_line(label, 40)
