"""Finds which numbers of a range are dates or booleans; LibreOffice shows that only by their formats.

A new object from LibreOffice costs about a millisecond, a call on a known one a tenth of that. So the format of
a whole column is queried, and the column is divided only if its cells differ.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from .bridge.values import DATETIME, Grid, numbers_of, typed

if TYPE_CHECKING:
    from .sheets import Sheet

NUMBERS, ERRORS = 1, 4  # com.sun.star.sheet.FormulaResult
DATES = 2  # com.sun.star.sheet.CellFlags
DIFFERENT = "AMBIGUOUS_VALUE"  # com.sun.star.beans.PropertyState
Area = tuple[int, int, int, int]  # first row, first column, last row, last column, from 0


def restore_types(sheet: Sheet, area: Area, data: Grid, epoch: dt.datetime) -> None:
    """Converts, in place, numbers that are dates or booleans to datetime or bool.

    Dates that were typed in are queried once for the whole range. Only 0, 1 and the results of formulas are queried
    by column.
    """
    top, left = area[:2]
    cells = sheet.at(area)
    for r, c in _within(cells.queryContentCells(DATES).RangeAddresses, top, left):
        if type(data[r][c]) is float:
            data[r][c] = typed(data[r][c], DATETIME, epoch)
    computed = set(_within(cells.queryFormulaCells(NUMBERS).RangeAddresses, top, left))
    for c, rows in numbers_of(data).items():
        unsure = [r for r in rows if data[r][c] in (0.0, 1.0) or (r, c) in computed]
        if not unsure:
            continue
        for first, last, kind in kinds(sheet, left + c, [top + r for r in unsure]):
            for r in unsure:
                if first <= top + r <= last:
                    data[r][c] = typed(data[r][c], kind, epoch)


def _within(addresses: Iterable[Any], top: int, left: int) -> Iterator[tuple[int, int]]:
    """Yields the cells of UNO range addresses as (row, column) relative to a corner."""
    for a in addresses:
        for r in range(a.StartRow, a.EndRow + 1):
            for c in range(a.StartColumn, a.EndColumn + 1):
                yield r - top, c - left


def kinds(sheet: Sheet, column: int, rows: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Yields (first row, last row, kind of number) for these rows of a column.

    The rows are halved only while their formats differ.
    """
    cells = sheet.at((rows[0], column, rows[-1], column))
    if len(rows) == 1 or cells.getPropertyState("NumberFormat").value != DIFFERENT:
        yield rows[0], rows[-1], sheet.book.number_kind(cells.NumberFormat)
        return
    half = len(rows) // 2
    yield from kinds(sheet, column, rows[:half])
    yield from kinds(sheet, column, rows[half:])


def error_cells(uno_range: Any, area: Area) -> Iterator[tuple[int, int]]:
    """Yields the cells whose formula results in an error, as (row, column) inside the area."""
    return _within(uno_range.queryFormulaCells(ERRORS).RangeAddresses, *area[:2])
