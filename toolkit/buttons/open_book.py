"""Reads the open workbook as grids, shows findings in it and removes them again.

Only xlwings' public API is used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ..excel.reading.formats import Kind, kind_of
from ..findings import sentence
from ..model import Book, CellError, Finding, Grid, Percent, Place
from ..rows.casting.cell import written
from ..rows.casting.text import EPOCH_1904, squeeze
from ..standard.sheets import MARKS, META, RESULT, UNDO
from .result import COLOURS, fresh_sheet, write_result

if TYPE_CHECKING:
    import xlwings as xw

COLOUR, NOTE = "c", "n"  # what a mark added to its cell: a fill, a note
MOST_MARKS = 100  # cells marked by one check; the result sheet also lists the findings of the others
LONGEST = 240  # characters of an address of several cells
FORMULA = ("=", "+", "-", "@")  # a text that begins so would be taken for a formula
ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"})


def read_live(book: xw.Book, only: Collection[str] = ()) -> Book:
    """Reads the sheets of the open workbook, one call per sheet; unsaved changes are included.

    `only` names the sheets to read; empty means all. The sheets of a check result are never read.
    """
    grids = {}
    for name in book.sheet_names:
        if name not in (RESULT, MARKS, UNDO) and (not only or name in only):
            # Only the first two columns of the hidden sheet, keys and values, are needed; drop-down lists follow.
            grids[squeeze(name)] = Grid(name, _cells(book.sheets[name], 2 if name == META else None))
    content = hashlib.sha256(repr([(g.title, g.cells) for g in grids.values()]).encode()).hexdigest()
    return Book(book.fullname, content, grids, (), _from_1904(book))


def formulas_of(book: xw.Book, title: str) -> frozenset[tuple[int, int]]:
    """Returns row and column, from 1, of the cells of a sheet that hold a formula."""
    sheet = book.sheets[title]
    last = sheet.used_range.last_cell
    return frozenset(
        (r, c)
        for r, row in enumerate(formulas(sheet.range((1, 1), (last.row, last.column))), 1)
        for c, f in enumerate(row, 1)
        if isinstance(f, str) and f[:1] == "="
    )


def formulas(area: xw.Range) -> Sequence[Sequence[Any]]:
    """Returns the formulas of a range as rows, also of a single cell, where xlwings gives no rows."""
    found = area.formula
    return found if isinstance(found, (tuple, list)) else ((found,),)


def _from_1904(book: xw.Book) -> bool:
    """Whether day 0 is in 1904. xlwings reads real dates right; this is for numbers that stand for a date."""
    day = getattr(book.api, "NullDate", None)  # LibreOffice
    return bool(getattr(book.api, "Date1904", False)) if day is None else day.Year == EPOCH_1904.year


def _cells(sheet: xw.Sheet, columns: int | None = None) -> list[list[Any]]:
    last = sheet.used_range.last_cell
    values = sheet.range((1, 1), (last.row, columns or last.column)).options(ndim=2, err_to_str=True).value
    cells: list[list[Any]] = [
        [CellError(v) if isinstance(v, str) and v in ERRORS else v for v in row] for row in values
    ]
    for column in range(max(map(len, cells), default=0)):
        numbers = [r for r, row in enumerate(cells) if type(row[column]) is float]
        for r in _percentages(sheet, column, numbers) if numbers else ():
            cells[r][column] = Percent(cells[r][column])
    return cells


def _percentages(sheet: xw.Sheet, column: int, rows: Sequence[int]) -> Iterator[int]:
    """Yields the rows whose cells show a percentage; rows are halved only while their formats differ."""
    code = sheet.range((rows[0] + 1, column + 1), (rows[-1] + 1, column + 1)).number_format
    if code is None and len(rows) > 1:
        half = len(rows) // 2
        yield from _percentages(sheet, column, rows[:half])
        yield from _percentages(sheet, column, rows[half:])
    elif code is not None and kind_of(0, code) is Kind.PERCENT:
        yield from rows


# ------------------------------------------------------------------- marks


def show(book: xw.Book, findings: Sequence[Finding], sheets: Iterable[str]) -> None:
    """Marks the cells with findings and lists all findings on the sheet 校验结果.

    Findings are shown for the titles in `sheets` and for whole sheets or files. On any error everything is undone.
    """
    wanted = set(sheets)
    shown = [f for f in findings if f.place.sheet in wanted or not f.place.row]
    clear_marks(book)
    try:
        # The sheet is added first: if that fails, no cell has been changed.
        result = fresh_sheet(book, RESULT)
        _mark(book, [f for f in shown if f.place.row and f.place.column])
        write_result(book, result, shown)
    except BaseException:
        clear_marks(book)
        raise


def _mark(book: xw.Book, findings: Iterable[Finding]) -> None:
    """Colours and annotates at most MOST_MARKS cells and records them on the hidden sheet _标记.

    A fill or a note that a cell already has is never replaced.
    """
    by_cell: dict[tuple[str, int, int], list[Finding]] = {}
    for f in findings:
        by_cell.setdefault((f.place.sheet, f.place.row, f.place.column), []).append(f)
    marks = []
    for (sheet, row, column), found in list(by_cell.items())[:MOST_MARKS]:
        cell = book.sheets[sheet].range((row, column))
        what = (COLOUR if cell.color is None else "") + (NOTE if cell.note is None else "")
        marks.append((cell, found, (sheet, row, column, what)))
    if not marks:
        return
    kept = fresh_sheet(book, MARKS)
    kept.range((1, 1), (len(marks), 1)).number_format = "@"  # a sheet's name must not become a formula
    kept.range((1, 1), (len(marks), 4)).value = [line for *_, line in marks]
    kept.visible = False
    for error, colour in COLOURS.items():
        chosen = [line for _, found, line in marks if COLOUR in line[3] and error == _has_error(found)]
        _colour(book, chosen, colour)
    for cell, found, (*_, what) in marks:
        if NOTE in what:
            cell.add_note("\n".join(f"{sentence(f.message)}{f.remedy}" for f in found))


def _has_error(findings: Iterable[Finding]) -> bool:
    return any(f.is_error for f in findings)


def _colour(book: xw.Book, lines: Iterable[Sequence[Any]], colour: tuple[int, int, int] | None) -> None:
    """Sets one colour for many cells, None to remove it, in a few calls per sheet.

    An address of several cells may have at most LONGEST characters.
    """
    by_sheet: dict[str, list[str]] = {}
    for sheet, row, column, *_ in lines:
        by_sheet.setdefault(sheet, []).append(Place("", row=int(row), column=int(column)).cell)
    for sheet, cells in by_sheet.items():
        while cells:
            part = cells[: LONGEST // 8]
            book.sheets[sheet].range(",".join(part)).color = colour
            cells = cells[len(part) :]


def clear_marks(book: xw.Book) -> int:
    """Removes what `show` added, and nothing else. Returns the number of marked cells."""
    there = set(book.sheet_names)
    lines: list[list[Any]] = []
    if MARKS in there:
        lines = [line[:4] for line in _cells(book.sheets[MARKS]) if len(line) > 3 and line[0] in there]
        _colour(book, [line for line in lines if COLOUR in line[3]], None)
        for sheet, row, column, what in lines:
            if NOTE in what and (note := book.sheets[sheet].range((int(row), int(column))).note) is not None:
                note.delete()
        book.sheets[MARKS].delete()
    if RESULT in there:
        book.sheets[RESULT].delete()
    return len(lines)


def report(book: xw.Book, findings: Sequence[Finding]) -> None:
    """Lists findings about other workbooks on the sheet 校验结果, each with its file name."""
    clear_marks(book)
    write_result(book, fresh_sheet(book, RESULT), findings, linked=False)


# ------------------------------------------------------------------ values


def write_cells(book: xw.Book, cells: Mapping[str, Mapping[tuple[int, int], Any]]) -> None:
    """Writes typed values by sheet title and (row, column) from 1; a run of cells in one column takes one call.

    Dates are shown as dates; a text never becomes a formula. On any error the values written before are restored.
    """
    done: list[tuple[xw.Range, Any]] = []
    try:
        for title, changes in cells.items():
            for first, last, values in runs(changes):
                cell_range = book.sheets[title].range(first, last)
                before = cell_range.options(ndim=2).value
                done.append((cell_range, before))  # a write may fail halfway
                for n, (value,) in enumerate(values):
                    _fit(book.sheets[title].range((first[0] + n, first[1])), value)
                cell_range.value = [[plain(value)] for (value,) in values]
    except BaseException:
        for cell_range, before in done:
            cell_range.value = before
        raise


def _fit(cell: xw.Range, value: Any) -> None:
    """Gives a cell the number format that keeps a typed value what it is, if its own may not."""
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, str) and value[:1] in FORMULA:
        cell.number_format = "@"
    elif isinstance(value, (int, Decimal)) and not isinstance(value, bool) and cell.number_format == "@":
        cell.number_format = "General"


def plain(value: Any) -> Any:
    """Returns a typed value as xlwings writes it."""
    if isinstance(value, (bool, tuple)):
        return written(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return float(value) if isinstance(value, Decimal) else value


def runs(changes: Mapping[tuple[int, int], Any]) -> Iterator[tuple[tuple[int, int], tuple[int, int], list[list[Any]]]]:
    """Yields the first cell, the last cell and the values of each run of consecutive cells in a column."""
    ordered = sorted(changes.items(), key=lambda c: (c[0][1], c[0][0]))
    for _, run in groupby(enumerate(ordered), key=lambda e: (e[1][0][1], e[1][0][0] - e[0])):
        found = [change for _, change in run]
        yield found[0][0], found[-1][0], [[value] for _, value in found]
