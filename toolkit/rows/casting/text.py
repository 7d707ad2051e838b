"""Cleans the text of cells, and parses the numbers and dates that have only one possible meaning.

Pure functions over strings. Only full-width ASCII is folded, not the whole of NFKC: that would
read "10²" as 102 and "①" as 1.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from ...model import Percent
from ...names import INVISIBLE

DIGITS = 15  # significant digits that a spreadsheet keeps
LONGEST = 40  # characters of a number or a date; anything longer is prose

_HALF = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x00A0: 0x20, 0x2212: 0x2D}
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_BREAK = re.compile("[ \t]*(?:_x000D_\n?|\r\n|[\r\n\u000b\u000c\u001c-\u001f\u0085\u2028\u2029])[ \t]*")
_SPACE = re.compile(r"\s+")

# Excel serials of 1990-01-01 and 2100-12-31 (1900 system); numbers outside are not read as dates.
EARLIEST_SERIAL, LATEST_SERIAL = 32874, 73415
OFFSET_1904 = 1462  # days between the two date systems
EPOCH, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)  # day 0 of the serials
FIRST_YEAR, LAST_YEAR = 1921, 2100  # range of years of a date that is not a serial


def halfwidth(text: str) -> str:
    """Makes full-width ASCII (also marks such as ，) and wide spaces half-width; numerals.narrow keeps the marks."""
    return text.translate(_HALF)


def fold(text: str) -> str:
    """Returns the form in which titles, options and codes are compared: no spaces, no width, no case."""
    return squeeze(halfwidth(text)).casefold()


def squeeze(text: str) -> str:
    """Returns a sheet's name without spaces and invisible characters."""
    return _SPACE.sub("", _INVISIBLE.sub("", text).replace("_x000D_", ""))


def clean(text: str, lines: bool = False) -> str:
    """Returns the text without invisible characters, outer spaces and, unless `lines`, line breaks.

    A line break inside Chinese is removed; between Latin words it becomes a space.
    """
    text = _INVISIBLE.sub("", text).replace("\u00a0", " ").strip()
    if lines:
        return _BREAK.sub("\n", text)

    def joint(found: re.Match[str]) -> str:
        around = text[max(found.start() - 1, 0) : found.start()] + text[found.end() : found.end() + 1]
        return " " if around.isascii() else ""

    return _BREAK.sub(joint, text)


# Blanks that may go: beside a mark or Chinese (政办发 〔2026〕 3号), and between letters and the digits after
# them (DZ 001). Any other blank, and any line break, parts two entries.
_IDLE = re.compile(r"(?<=[A-Za-z])[^\S\n]+(?=[0-9])|(?<![0-9A-Za-z\s])[^\S\n]+|[^\S\n]+(?![0-9A-Za-z\s])")
_PARTED_DIGITS = re.compile(r"[0-9]\s+[0-9]")


def code_text(text: str) -> str:
    """Returns a code in half width without idle blanks; one that is parted keeps its white space."""
    return _IDLE.sub("", halfwidth(clean(text, lines=True)))


def parted(text: str) -> bool:
    """Whether white space stands between two digits: to drop it would make another number."""
    return bool(_PARTED_DIGITS.search(halfwidth(clean(text, lines=True))))


# ------------------------------------------------------------------ numbers


def decimal(number: float) -> Decimal:
    """Returns a computed number as people see it: 15 significant digits, as many as a spreadsheet keeps."""
    return Decimal(f"{number:.{DIGITS}g}")


def shown_number(number: float) -> str:
    """Writes a number as the cell shows it: 12, 0.3; a Percent with its sign, 95%."""
    made = percent(number) if isinstance(number, Percent) else decimal(number)
    made = made.normalize()
    return f"{made:f}" + "%" * isinstance(number, Percent)


def percent(number: Percent) -> Decimal:
    """Returns what a percentage cell shows: 95 for 0.95."""
    return decimal(number) * 100


class Number(NamedTuple):
    """A number as written: the digits, the multiple after them (万), and the suffix (元, 次, %)."""

    digits: Decimal
    multiple: str
    unit: str


_NUMBER = re.compile(
    r"([+-]?)([0-9]{1,15}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4})(\.[0-9]{1,17})?\s*([百千万亿]?)\s*([^\s0-9.,+-]{0,4})"
)


def read_number(text: str) -> Number | None:
    """Returns the number that `text` is, or None if it is not certainly one.

    White space may stand before the suffix (12 人), never between digits: 12⏎15 are two numbers.
    """
    if len(text) > LONGEST:
        return None
    found = _NUMBER.fullmatch(clean(halfwidth(text), lines=True))
    if not found:
        return None
    sign, whole, part, multiple, unit = found.groups()
    return Number(Decimal(sign + whole.replace(",", "") + (part or "")), multiple, unit)


# -------------------------------------------------------------------- dates

_TAIL = r"(?:\s*\(?(?:星期|周)[一二三四五六日天]\)?)?(?:[T\s]\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
_FULL = re.compile(
    r"([12][0-9]{3})(?:年([0-9]{1,2})月([0-9]{1,2})[日号]?|([-/.])([0-9]{1,2})\4([0-9]{1,2})\.?)" + _TAIL
)
_COMPACT = re.compile(r"([12][0-9]{3})([0-9]{2})([0-9]{2})")
_YEARLESS = re.compile(r"([0-9]{1,2})(?:月([0-9]{1,2})[日号]" + _TAIL + "|-([0-9]{1,2}))")
_AROUND = re.compile(r"\s*([-/.年月日号])\s*")
_HAN_DATE = re.compile(
    "([〇零○一二三四五六七八九]{4})年([十一二三四五六七八九]{1,2})月([十一二三四五六七八九]{1,3})[日号]"
)
HAN_DIGITS = "〇一二三四五六七八九"
_HAN = {c: str(i) for i, c in enumerate(HAN_DIGITS)} | {"零": "0", "○": "0"}
_WHY_NOT = (
    (re.compile(_FULL.pattern + "(?s:.*[0-9].*)"), "，一格只能填一个日期"),
    (re.compile(r"[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?"), "，年份要写四位"),
    (re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}"), "，缺年份"),
    (re.compile(r"[0-9]{4}(?:年|[-/.])[0-9]{1,2}月?份?"), "，缺日"),
)


class NoDate(ValueError):
    """The text is no reliable date; the message gives the reason if it is known."""


def read_date(text: str, year: int | None) -> date:
    """Returns the date that `text` is; a date without a year is in the reporting `year`.

    Understood: 2022.3.5, 2022/3/5, 2022-03-05, 2022年3月5日, 20220305, 二〇二二年三月五日, each also
    followed by a weekday or a time, 3月5日 and 3-5, as people type it. Not understood, because ambiguous:
    3/5 and 3.5 (no year), 22.3.5, two dates in one cell. Raises NoDate.
    """
    if len(text) > LONGEST:
        raise NoDate
    plain = _AROUND.sub(r"\1", _han_digits(clean(halfwidth(text), lines=True)))
    if found := _FULL.fullmatch(plain) or _COMPACT.fullmatch(plain):
        parts = [int(g) for g in found.groups() if g and g.isdigit()]
        return _date(*parts)
    if (found := _YEARLESS.fullmatch(plain)) and year:
        return _date(year, int(found[1]), int(found[2] or found[3]))
    for pattern, why in _WHY_NOT:
        if pattern.fullmatch(plain):
            raise NoDate(why)
    raise NoDate


def _date(year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NoDate(f"，年份应在{FIRST_YEAR}至{LAST_YEAR}之间")
    try:
        return date(year, month, day)
    except ValueError:
        raise NoDate("，没有这一天") from None


def _han_digits(text: str) -> str:
    found = _HAN_DATE.match(text)
    if not found:
        return text
    year = "".join(_HAN[c] for c in found[1])
    return f"{year}年{_han_number(found[2])}月{_han_number(found[3])}日{text[found.end() :]}"


def _han_number(text: str) -> str:
    """Converts 一 to 三十一 to digits; other text gives 0, which is no month and no day."""
    tens, ten, ones = text.rpartition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in tens:
        return "0"
    return str((int(_HAN[tens] if tens else 1) * 10 if ten else 0) + (int(_HAN[ones]) if ones else 0))


def read_serial(serial: float, date1904: bool) -> date | None:
    """Returns the date with this serial number, without its time; None outside 1990-2100."""
    days = serial + (OFFSET_1904 if date1904 else 0)
    if not EARLIEST_SERIAL <= days < LATEST_SERIAL + 1:
        return None
    return EPOCH + timedelta(int(days))
