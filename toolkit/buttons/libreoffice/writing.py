"""Writes many cells in one call.

Cells with notes are written one by one, because LibreOffice would remove the notes with the old contents.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .formats import Area
    from .sheets import Sheet

CONTENTS = 1 | 2 | 4 | 16  # com.sun.star.sheet.CellFlags: numbers, dates, texts, formulas
Rows = Sequence[Sequence[Any]]
Cell = tuple[int, int]


def put_values(sheet: Sheet, area: Area, rows: Rows) -> None:
    """Writes numbers and texts; "" empties a cell."""
    for part, values in around(area, rows, sheet.note_list.cells()):
        if isinstance(values, list):
            sheet.at(part).setDataArray(tuple(map(tuple, values)))
        elif values == "":
            sheet.at(part).clearContents(CONTENTS)
        else:
            cell = sheet.api.getCellByPosition(part[1], part[0])
            (cell.setString if isinstance(values, str) else cell.setValue)(values)


def put_formulas(sheet: Sheet, area: Area, rows: Rows) -> None:
    """Writes formulas and constants as if they were typed into LibreOffice in English."""
    for part, formulas in around(area, rows, sheet.note_list.cells()):
        if isinstance(formulas, list):
            sheet.at(part).setFormulaArray(tuple(map(tuple, formulas)))
        else:
            sheet.api.getCellByPosition(part[1], part[0]).setFormula(formulas)


def around(area: Area, rows: Rows, noted: Collection[Cell]) -> Iterator[tuple[Area, Any]]:
    """Yields the area in parts: rectangles with their rows, and each cell in `noted` with its single value."""
    top, left, bottom, right = area
    inside = {(r, c) for r, c in noted if top <= r <= bottom and left <= c <= right}
    start = top
    for line in sorted({r for r, _ in inside}):
        if start < line:
            yield (start, left, line - 1, right), list(rows[start - top : line - top])
        yield from _line(line, left, rows[line - top], sorted(c for r, c in inside if r == line))
        start = line + 1
    if start <= bottom:
        yield (start, left, bottom, right), list(rows[start - top :])


def _line(row: int, left: int, values: Sequence[Any], noted: Sequence[int]) -> Iterator[tuple[Area, Any]]:
    """Splits one row in the same way."""
    start = left
    for column in (*noted, left + len(values)):
        if start < column:
            yield (row, start, row, column - 1), [values[start - left : column - left]]
        if column < left + len(values):
            yield (row, column, row, column), values[column - left]
        start = column + 1


def blocks(formulas: Sequence[tuple[int, str]]) -> Iterator[tuple[int, list[str]]]:
    """Yields the first row and the formulas of each run of consecutive rows."""
    block: list[str] = []
    start = 0
    for row, formula in formulas:
        if block and row == start + len(block):
            block.append(formula)
            continue
        if block:
            yield start, block
        start, block = row, [formula]
    yield start, block
