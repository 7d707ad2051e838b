"""What a number means by its number format: a number, a percentage, a day, a moment or a time of day.

Built-in formats: ECMA-376 part 1, 18.8.30, with those of Chinese Excel (27-36, 50-58).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import Any

from ...model import Percent
from ...rows.casting.text import EPOCH, EPOCH_1904


class Kind(Enum):
    """What a number stands for."""

    NUMBER = "number"
    PERCENT = "percent"
    DAY = "day"
    MOMENT = "moment"  # a day and a time
    CLOCK = "clock"  # a time of day, or a duration


_BUILT_IN = {
    **dict.fromkeys((9, 10), Kind.PERCENT),
    **dict.fromkeys((*range(14, 18), *range(27, 32), 36, *range(50, 55), 57, 58), Kind.DAY),
    **dict.fromkeys((*range(18, 22), *range(32, 36), *range(45, 48), 55, 56), Kind.CLOCK),
    22: Kind.MOMENT,
}
_QUIET = re.compile(r'"[^"]*"?|\\.|[_*].|\[(?![hms]+\])[^\]]*\]|general', re.IGNORECASE)
_EXPONENT = re.compile("e[+-]", re.IGNORECASE)
_DAY_LETTERS, _TIME_LETTERS = re.compile("[yde年月日]"), re.compile(r"[hs]|am/pm|上午|下午|\[m+\]")
_FIRST_DAY = 61  # the serial after Excel's 29 February 1900, which never was


@lru_cache(maxsize=1024)
def kind_of(number: int, code: str | None) -> Kind:
    """What a number format means, by its number and, for one of the workbook's own, its code."""
    if code is None:
        return _BUILT_IN.get(number, Kind.NUMBER)
    first = _EXPONENT.sub("", _QUIET.sub("", code).partition(";")[0]).lower()
    if "%" in first:
        return Kind.PERCENT
    clock = _TIME_LETTERS.search(first)
    if _DAY_LETTERS.search(first):
        return Kind.MOMENT if clock else Kind.DAY
    if clock:
        return Kind.CLOCK
    return Kind.DAY if "m" in first else Kind.NUMBER


def kinds_of(formats: Iterable[int], own: dict[int, str]) -> list[Kind]:
    """The kinds of the cell styles of a workbook, each given by the number of its format."""
    return [kind_of(number, own.get(number)) for number in formats]


def shown(number: float, kind: Kind, date1904: bool) -> Any:
    """The value of a cell: a float, a Percent, a date, a datetime, or for a time its text.

    A serial that is no day since March 1900 stays a number, so that the caster refuses it.
    """
    if kind is Kind.NUMBER:
        return number
    if kind is Kind.PERCENT:
        return Percent(number)
    if kind is Kind.CLOCK:
        return _clock(number)
    first, epoch = (0, EPOCH_1904) if date1904 else (_FIRST_DAY, EPOCH)
    if number < first:
        return number
    try:
        day = epoch + timedelta(int(number))
    except OverflowError:
        return number
    seconds = round((number - int(number)) * 86_400)
    return datetime(day.year, day.month, day.day) + timedelta(seconds=seconds) if seconds else day


def _clock(number: float) -> str | float:
    try:
        time = timedelta(seconds=round(number * 86_400))
    except OverflowError:
        return number
    return str(time) if time.days else f"{(datetime.min + time):%H:%M:%S}"
