"""Grid -> typed Rows with their Places, and Findings for whatever is not surely understood."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from .cellcheck import quick_test
from .cells import Column, SheetFindings, read_cell
from .fieldtypes import Noted, Problem, caster, default_of
from .findings import finding
from .headers import Header, find_header
from .model import Finding, Grid, Ledger, Place, Row, SheetRef
from .reading import reading
from .vocabulary import EXAMPLE
from .written import fold

_AGAIN = object()  # a cell that has to be looked at closely
LONGEST_TOTAL = 5  # characters of 合 计：


def read_rows(
    grid: Grid, ledger: Ledger, file: str, unit: str, year: int | None, date1904: bool = False
) -> tuple[list[Row], list[Finding]]:
    """The rows of one ledger's sheet and all that a single cell, or the sheet's shape, can be wrong about.

    Not read: the example row, blank rows, total rows, formula columns (they are computed from
    the rows), whatever stands beside the table. A cell that is not understood gives None and an
    error. A blank cell with a declared default means the default. `year` is the reporting year,
    `date1904` the workbook's (model.Book). Checks across cells, rows and sheets are not made here.
    """
    report = SheetFindings(Place(file, unit, grid.title))
    header = find_header(grid, ledger.fields, report.place)
    if header is None:
        return [], [finding("S12", report.place)]
    report.findings += header.findings
    columns = [
        Column(f, header.columns[f.name], caster(f, year, date1904), quick_test(f))
        for f in ledger.fields
        if f.name in header.columns and not f.calc
    ]
    if not columns:
        return [], report.findings
    rows = list(_rows(grid, ledger, header, columns, report))
    _shape(grid, header, rows, report)
    return rows, report.findings


def _rows(
    grid: Grid, ledger: Ledger, header: Header, columns: Sequence[Column], report: SheetFindings
) -> Iterator[Row]:
    sheet = SheetRef(report.place.file, report.place.unit, grid.title, header.columns)
    pick = _picker(columns)
    nothing = (None,) * len(columns)
    left = min(header.columns.values())
    quick = [(c, c.field.name, c.cast, c.test) for c in columns]
    names = [f.name for f in ledger.fields]
    defaults = [(c.field.name, value) for c in columns if (value := default_of(c.field)) is not None]
    required = [c for c in columns if c.field.constraints.required and c.field.default is None]
    for number, cells, raw in _filled(grid, header, pick, nothing):
        if _is_example(cells, left, raw):
            continue
        if _is_total(raw):
            report.findings.append(finding("S14", report.at(number, left)))
            continue
        values: dict[str, Any] = dict.fromkeys(names)
        failed: set[str] = set()
        filled = False
        for (c, name, cast, test), v in zip(quick, raw, strict=True):
            if v is None:
                continue
            # Nearly every cell is as it should be: no call but the caster and the test is spent on it.
            try:
                made = cast(v)
            except Problem:
                made = _AGAIN
            if type(made) is Noted or made is _AGAIN or (test and made is not None and not test(made)):
                made, understood = read_cell(c, v, number, report)
                if not understood:
                    failed.add(name)
            values[name] = made
            filled = filled or made is not None
        if not failed and not filled:
            continue  # only spaces
        for name, value in defaults:
            if values[name] is None and name not in failed:
                values[name] = value
        for c in required:
            if values[c.field.name] is None and c.field.name not in failed:
                report.add(Problem("C01"), c.field, number, c.number)
        yield Row(ledger.name, sheet, number, values)


def _picker(columns: Sequence[Column]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """The cells of the columns out of a row, which may be shorter than the header."""
    at = [c.number - 1 for c in columns]
    get, last = itemgetter(*at), max(at)
    single = len(at) == 1

    def pick(cells: Sequence[Any]) -> tuple[Any, ...]:
        if len(cells) <= last:
            cells = [*cells, *[None] * (last + 1 - len(cells))]
        return (get(cells),) if single else get(cells)

    return pick


def _filled(
    grid: Grid, header: Header, pick: Callable[[Sequence[Any]], tuple[Any, ...]], nothing: tuple[None, ...]
) -> Iterator[tuple[int, list[Any], tuple[Any, ...]]]:
    for number, cells in enumerate(grid.cells[header.row :], header.row + 1):
        raw = pick(cells)
        if raw != nothing:
            yield number, cells, raw


def _is_example(cells: list[Any], left: int, raw: tuple[Any, ...]) -> bool:
    """示例 stands in the table's first column, or in the ledger's first field where the columns were moved."""
    first = cells[left - 1] if left <= len(cells) else None
    return _says(first, EXAMPLE) or _says(raw[0], EXAMPLE)


def _says(cell: Any, word: str) -> bool:
    return type(cell) is str and word in cell and cell.strip() == word


def _is_total(raw: tuple[Any, ...]) -> bool:
    first = next((v for v in raw if v is not None), None)
    if type(first) is not str or len(first) > LONGEST_TOTAL or first.isascii():
        return False
    return fold(first).rstrip(":") in reading().totals


# ----------------------------------------------------------- the sheet's shape


def _shape(grid: Grid, header: Header, rows: Sequence[Row], report: SheetFindings) -> None:
    """What is odd about the sheet as a whole: merged cells, hidden rows, a table beside the ledger."""
    known = set(header.columns.values())
    for top, left, bottom, right in grid.merged:
        if bottom > header.row and known & set(range(left, right + 1)):
            report.findings.append(finding("S09", report.at(top, left)))
    hidden = [r.number for r in rows if r.number in grid.hidden_rows]
    if hidden:
        report.findings.append(finding("S11", report.at(hidden[0], 1), count=len(hidden)))
    stray = list(_stray(grid, header))
    if stray:
        report.findings.append(finding("S05", report.at(*stray[0]), count=len(stray)))


def _stray(grid: Grid, header: Header) -> Iterator[tuple[int, int]]:
    known = {*header.columns.values(), *header.ignored}
    width = max(map(len, grid.cells), default=0)
    others = [c for c in range(1, width + 1) if c not in known]
    for number, cells in enumerate(grid.cells[header.row - 1 :] if others else (), header.row):
        for column in others:
            if column <= len(cells) and cells[column - 1] is not None:
                yield number, column
