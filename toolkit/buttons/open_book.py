"""The open workbook, through xlwings' public API alone: read as grids, findings shown in it and taken away again."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..findings import LEVELS, counts
from ..model import Book, CellError, Finding, Grid, Place
from ..rows.casting.text import squeeze
from ..standard.sheets import META

if TYPE_CHECKING:
    import xlwings as xw

RESULT, MARKS = "校验结果", "_标记"
HEAD = ("级别", "位置", "栏目", "填的内容", "问题", "处理办法")
HEAD_COLOUR = (242, 220, 200)
COLOURS = {True: (255, 199, 206), False: (255, 235, 156)}  # error, warning
COLOUR, NOTE = "c", "n"  # what a mark put on its cell
MOST_MARKS = 100  # cells marked at once; the result sheet lists the others as well
LONGEST = 240  # characters of an address that names several cells
ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"})


def read_live(book: xw.Book, only: Collection[str] = ()) -> Book:
    """The sheets of the open workbook (`only` the named ones), each read at once; unsaved changes included."""
    grids = {}
    for name in book.sheet_names:
        if name not in (RESULT, MARKS) and (not only or name in only):
            # Of the hidden sheet only the keys and values count; beside them stand the drop-downs' lists.
            grids[squeeze(name)] = Grid(name, _cells(book.sheets[name], 2 if name == META else None))
    content = hashlib.sha256(repr([(g.title, g.cells) for g in grids.values()]).encode()).hexdigest()
    return Book(book.fullname, content, grids)


def _cells(sheet: xw.Sheet, columns: int | None = None) -> list[list[Any]]:
    last = sheet.used_range.last_cell
    values = sheet.range((1, 1), (last.row, columns or last.column)).options(ndim=2, err_to_str=True).value
    return [[CellError(v) if isinstance(v, str) and v in ERRORS else v for v in row] for row in values]


# ------------------------------------------------------------------- marks


def show(book: xw.Book, findings: Sequence[Finding], sheets: Iterable[str]) -> None:
    """Mark the cells with findings and list all of them on the sheet 校验结果; all of it or nothing."""
    wanted = set(sheets)
    shown = [f for f in findings if f.place.sheet in wanted or not f.place.row]
    clear_marks(book)
    try:
        # The sheets come first: where none can be added, no cell is touched.
        result = _sheet(book, RESULT)
        _mark(book, [f for f in shown if f.place.row and f.place.column])
        _list(result, sorted(shown, key=lambda f: not f.is_error))
    except BaseException:
        clear_marks(book)
        raise


def _mark(book: xw.Book, findings: Iterable[Finding]) -> None:
    """Colour and annotate cells, but never one that has a fill or a note of its own."""
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
    kept = _sheet(book, MARKS)
    kept.range((1, 1), (len(marks), 4)).value = [line for *_, line in marks]
    kept.visible = False
    for error, colour in COLOURS.items():
        chosen = [line for _, found, line in marks if COLOUR in line[3] and error == _has_error(found)]
        _colour(book, chosen, colour)
    for cell, found, (*_, what) in marks:
        if NOTE in what:
            cell.add_note("\n".join(f"{f.message}。{f.remedy}" for f in found))


def _has_error(findings: Iterable[Finding]) -> bool:
    return any(f.is_error for f in findings)


def _colour(book: xw.Book, lines: Iterable[Sequence[Any]], colour: tuple[int, int, int] | None) -> None:
    """One colour for many cells, a few calls for each sheet: an address may be LONGEST characters long."""
    by_sheet: dict[str, list[str]] = {}
    for sheet, row, column, *_ in lines:
        by_sheet.setdefault(sheet, []).append(Place("", row=int(row), column=int(column)).cell)
    for sheet, cells in by_sheet.items():
        while cells:
            part = cells[: LONGEST // 8]
            book.sheets[sheet].range(",".join(part)).color = colour
            cells = cells[len(part) :]


def clear_marks(book: xw.Book) -> int:
    """Take away what `show` put there, and nothing else; how many cells that were."""
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
    """List findings in other workbooks on the sheet 校验结果, each with its file."""
    clear_marks(book)
    _list(_sheet(book, RESULT), sorted(findings, key=lambda f: not f.is_error), linked=False)


def _list(sheet: xw.Sheet, findings: Sequence[Finding], linked: bool = True) -> None:
    """One line per finding, with a link to its cell or the name of its file."""
    sheet["A1"].value = f"校验结果：{counts(findings, '，')}"
    sheet["A1"].font.bold = True
    lines = [(LEVELS[f.severity], _place(f, linked), f.field, f.value, f.message, f.remedy) for f in findings]
    for n, width in enumerate((6, 18, 18, 20, 54, 44), 1):  # before the texts: these set the heights of rows
        sheet.range((1, n)).column_width = width
    block = sheet.range((2, 1), (len(lines) + 2, len(HEAD)))
    block.number_format = "@"  # what was typed in must not become a formula here
    block.wrap_text, block.vertical_alignment = True, "top"
    block.value = [HEAD, *lines]
    head = sheet.range((2, 1), (2, len(HEAD)))
    head.font.bold, head.color = True, HEAD_COLOUR
    links = [[_link(f)] for f in findings]
    if links and linked:
        column = sheet.range((3, 2), (len(links) + 2, 2))
        column.number_format = "General"
        column.formula = links
    sheet.activate()


def _place(f: Finding, here: bool) -> str:
    return (
        str(f.place) if here else f"{Path(f.place.file).name}　{f.place}" if f.place.sheet else Path(f.place.file).name
    )


def _link(f: Finding) -> str:
    sheet = f.place.sheet.replace("'", "''").replace('"', '""')
    if not f.place.row:
        return f'="{sheet}"'
    return f'=HYPERLINK("#\'{sheet}\'!{f.place.cell}","{sheet}!{f.place.cell}")'


def _sheet(book: xw.Book, title: str) -> xw.Sheet:
    """A fresh sheet of that name at the end of the workbook."""
    if title in book.sheet_names:
        book.sheets[title].delete()
    return book.sheets.add(title, after=book.sheets[len(book.sheet_names) - 1])


# ------------------------------------------------------------------ values


def write_cells(book: xw.Book, cells: Mapping[str, Mapping[tuple[int, int], Any]]) -> None:
    """New values by sheet, row and column, all of them or none; cells under each other are written at once."""
    written: list[tuple[xw.Range, Any]] = []
    try:
        for title, changes in cells.items():
            for first, last, values in _runs(changes):
                cell_range = book.sheets[title].range(first, last)
                before = cell_range.options(ndim=2).value
                cell_range.value = values
                written.append((cell_range, before))
    except BaseException:
        for cell_range, before in written:
            cell_range.value = before
        raise


def _runs(changes: Mapping[tuple[int, int], Any]) -> Iterator[tuple[tuple[int, int], tuple[int, int], list[list[Any]]]]:
    """Cells under each other: the first, the last, and their values."""
    ordered = sorted(changes.items(), key=lambda c: (c[0][1], c[0][0]))
    for _, run in groupby(enumerate(ordered), key=lambda e: (e[1][0][1], e[1][0][0] - e[0])):
        found = [change for _, change in run]
        yield found[0][0], found[-1][0], [[value] for _, value in found]
