"""Converts cell values between Python and LibreOffice.

LibreOffice stores only numbers and texts. Dates and booleans are numbers with a format; formulas take another call.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from numbers import Number
from typing import Any

DATE, TIME, DATETIME, TEXT, LOGICAL = 2, 4, 6, 256, 1024  # com.sun.star.util.NumberFormat
DAY = dt.timedelta(days=1)
Grid = list[list[Any]]
Cell = tuple[int, int]  # row and column inside the range, from 0


class CellError(str):
    """The error text that a cell shows instead of a value, such as #N/A."""

    __slots__ = ()


@dataclass
class Written:
    """The content for a range: the values for one call, and the formats and formulas to set after it."""

    data: list[tuple[float | str, ...]] = field(default_factory=list)
    formats: dict[int, list[Cell]] = field(default_factory=dict)  # kind of number -> cells
    formulas: dict[int, list[tuple[int, str]]] = field(default_factory=dict)  # column -> rows and formulas


def to_write(rows: Iterable[Sequence[Any]], epoch: dt.datetime) -> Written:
    """Converts rows of values for LibreOffice. Raises TypeError for a type that a cell cannot hold."""
    written = Written()
    for r, row in enumerate(rows):
        written.data.append(tuple(_plain(written, r, c, value, epoch) for c, value in enumerate(row)))
    return written


def _plain(written: Written, r: int, c: int, value: Any, epoch: dt.datetime) -> float | str:
    if value is None:
        return ""
    if isinstance(value, str):
        if value.startswith("=") and len(value) > 1:
            written.formulas.setdefault(c, []).append((r, value))
            return ""
        return value.removeprefix("'")  # as in Excel: what follows the apostrophe is text
    if isinstance(value, bool):
        written.formats.setdefault(LOGICAL, []).append((r, c))
        return float(value)
    if isinstance(value, dt.date):
        moment = _moment(value)
        written.formats.setdefault(DATETIME if moment.time() != dt.time() else DATE, []).append((r, c))
        return (moment - epoch) / DAY
    if isinstance(value, Number):
        return float(value)  # type: ignore[arg-type]
    raise TypeError(f"a cell cannot hold {type(value).__name__}")


def _moment(value: dt.date) -> dt.datetime:
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None)
    return dt.datetime.combine(value, dt.time())


def from_serial(serial: float, epoch: dt.datetime) -> dt.datetime:
    """Converts a date's serial number (days since `epoch`) to a datetime, rounded to the millisecond."""
    whole = math.floor(serial)
    return epoch + whole * DAY + dt.timedelta(milliseconds=round((serial - whole) * 86_400_000))


def typed(value: float, kind: int, epoch: dt.datetime) -> Any:
    """Converts a number by the kind of its format: to a datetime, to a bool, or not at all."""
    if kind & DATETIME:
        return from_serial(value, epoch)
    return bool(value) if kind & LOGICAL else value


def prepare(value: Any) -> Any:
    """Prepares one element that xlwings passes for writing: NaN and "" become None."""
    if isinstance(value, float) and math.isnan(value):
        return None
    return None if value == "" else value


def converted(
    rows: Iterable[Iterable[Any]],
    make_date: Callable[..., Any],
    empty: Any,
    make_number: Callable[[float], Any] | None,
    errors_as_text: bool,
) -> Grid:
    """Applies xlwings' reading options: builders, the value for empty cells, errors as text or None."""

    def one(value: Any) -> Any:
        if value is None or value == "":
            return empty
        if isinstance(value, CellError):
            return str(value) if errors_as_text else None
        if isinstance(value, dt.datetime):
            parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
            return make_date(**{p: getattr(value, p) for p in parts}, tzinfo=None)
        if make_number and type(value) is float:
            return make_number(value)
        return value

    return [[one(v) for v in row] for row in rows]


def numbers_of(rows: Sequence[Sequence[Any]]) -> dict[int, list[int]]:
    """Returns for each column the rows that hold a number; both count from 0."""
    found: dict[int, list[int]] = {}
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if type(value) is float:
                found.setdefault(c, []).append(r)
    return found
