"""Converts a Grid to typed Rows with their Places; what is not certain becomes a Finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from ..findings import finding
from ..model import Field, Finding, Grid, Ledger, Percent, Place, Row, SheetRef
from ..standard.sheets import VOID
from .casting.cast import Caster, Noted, Problem, caster, default_of
from .casting.cell import Column, SheetFindings, read_cell
from .casting.constraints import quick_test
from .casting.conventions import conventions
from .casting.example import is_example, is_written_over
from .casting.text import fold, squeeze
from .header import Header, find_header

_AGAIN = object()  # marks a doubtful cell: read_cell reads it again and records why
_ALIKE = frozenset((bool, Percent))  # types whose values equal plain numbers
OWN_HIDDEN = "_"  # begins the names of the product's hidden sheets
LONGEST_TOTAL = 5  # characters of 合 计：


def read_rows(
    grid: Grid, ledger: Ledger, file: str, unit: str, year: int | None, date1904: bool = False
) -> tuple[list[Row], list[Finding]]:
    """Returns the rows of one ledger's sheet, and the findings on single cells and the sheet's shape.

    Not read: the example row, blank rows, total rows, content beside the table, and formula columns
    (they are computed from the rows). A cell that is not understood gives None and an error. A blank
    cell gives the declared default, if any. `year` is the reporting year, `date1904` the workbook's
    (model.Book). checks.py checks across cells, rows and sheets.
    """
    report = SheetFindings(Place(file, unit, grid.title))
    header = find_header(grid, ledger.fields, report.place)
    if header is None:
        return [], [finding("S12", report.place)]
    report.findings += header.findings
    ways = _ways(ledger, year, date1904)
    columns = [Column(f, header.columns[f.name], *ways[f.name]) for f in ledger.fields if _is_read(f, header)]
    if not columns:
        return [], report.findings
    rows = list(_rows(grid, ledger, header, columns, report))
    _shape(grid, header, rows, report)
    return rows, report.findings


@lru_cache(maxsize=256)  # all ledgers of a few standards
def _ways(ledger: Ledger, year: int | None, date1904: bool) -> dict[str, tuple[Caster, Callable[[Any], bool] | None]]:
    """Returns how the cells of each field are cast and tested."""
    return {f.name: (caster(f, year, date1904), quick_test(f)) for f in ledger.fields if not f.calc}


def _is_read(f: Field, header: Header) -> bool:
    return f.name in header.columns and not f.calc


def _rows(
    grid: Grid, ledger: Ledger, header: Header, columns: Sequence[Column], report: SheetFindings
) -> Iterator[Row]:
    """Yields the rows. Columns are cast as a whole; only rows with a doubtful cell are read cell by cell."""
    kept = _kept(grid, header, columns, report)
    if not kept:
        return
    sheet = SheetRef(report.place.file, report.place.unit, grid.title, header.columns)
    numbers, raws = zip(*kept, strict=True)
    made = {c.field.name: _cast(c, cells) for c, cells in zip(columns, zip(*raws, strict=True), strict=True)}
    odd = _Odd(columns, made)
    names, blank = [f.name for f in ledger.fields], [None] * len(kept)
    lines = zip(*(made.get(name, blank) for name in names), strict=True)
    for n, (number, raw, line) in enumerate(zip(numbers, raws, lines, strict=True)):
        if _is_total(raw):
            left = min(header.columns.values())
            report.findings.append(finding("S14", report.at(number, left)))
            continue
        values = dict(zip(names, line, strict=True))
        if n not in odd.rows or odd.read(values, number, raw, report):
            yield Row(ledger.name, sheet, number, values)
        elif not all(map(is_blank, raw)):
            report.findings.append(finding("S21", report.at(number, min(header.columns.values()))))


def _cast(c: Column, cells: Sequence[Any]) -> Sequence[Any]:
    """Casts one column: a doubtful cell gives _AGAIN, a blank one the default.

    Equal cells have equal values, so each different cell is cast once. (A set takes 1 and True, and
    1 and 100%, as equal, so a column with such cells is cast cell by cell.)
    """
    if not _ALIKE.isdisjoint(map(type, cells)):
        return [_value(c, v) for v in cells]
    known = {v: _value(c, v) for v in set(cells)}
    return [known[v] for v in cells]


def _value(c: Column, v: Any) -> Any:
    if v is None:
        return default_of(c.field)
    try:
        made = c.cast(v)
    except Problem:
        return _AGAIN
    understood = made is not None and type(made) is not Noted and (c.test is None or c.test(made))
    return made if understood else _AGAIN


def _must_be_filled(f: Field) -> bool:
    return f.constraints.required and f.default is None and not f.follows  # settle.py asks for what does not follow


class _Odd:
    """The rows of a sheet with a doubtful cell, or with a blank cell that is required."""

    def __init__(self, columns: Sequence[Column], made: Mapping[str, Sequence[Any]]) -> None:
        self.columns = columns
        self.required = [c for c in columns if _must_be_filled(c.field)]
        self.rows: set[int] = set()
        for values in made.values():
            if _AGAIN in values:
                self.rows.update(n for n, v in enumerate(values) if v is _AGAIN)
        for c in self.required:
            if None in (values := made[c.field.name]):
                self.rows.update(n for n, v in enumerate(values) if v is None)

    def read(self, values: dict[str, Any], number: int, raw: Sequence[Any], report: SheetFindings) -> bool:
        """Corrects the values of one such row; returns whether it has content other than spaces."""
        failed: set[str] = set()
        filled = False
        for c, v in zip(self.columns, raw, strict=True):
            name = c.field.name
            if values[name] is _AGAIN:
                values[name], understood = read_cell(c, v, number, report)
                if not understood:
                    failed.add(name)
                elif values[name] is None:
                    values[name] = default_of(c.field)
                    continue
            filled = filled or (v is not None and values[name] is not None)
        for c in self.required:
            if values[c.field.name] is None and c.field.name not in failed and (failed or filled):
                report.add(Problem("C01"), c.field, number, c.number)
        return bool(failed) or filled


def _picker(columns: Sequence[Column]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """Returns the function that takes the columns' cells from a row, which may be shorter than the header."""
    at = [c.number - 1 for c in columns]
    get, last = itemgetter(*at), max(at)
    single = len(at) == 1

    def pick(cells: Sequence[Any]) -> tuple[Any, ...]:
        if len(cells) <= last:
            cells = [*cells, *[None] * (last + 1 - len(cells))]
        return (get(cells),) if single else get(cells)

    return pick


def _kept(
    grid: Grid, header: Header, columns: Sequence[Column], report: SheetFindings
) -> list[tuple[int, tuple[Any, ...]]]:
    """Returns number and cells of each row that is neither blank nor the example; S22 for an example written over."""
    pick, nothing, left = _picker(columns), (None,) * len(columns), min(header.columns.values())
    fields, kept = [c.field for c in columns], []
    for number, cells in enumerate(grid.cells[header.row :], header.row + 1):
        if (raw := pick(cells)) == nothing:
            continue
        if not is_example(cells, left, raw):
            kept.append((number, raw))
        elif is_written_over(fields, raw):
            report.findings.append(finding("S22", report.at(number, left)))
    return kept


def is_blank(cell: Any) -> bool:
    """Whether a cell holds nothing, or only spaces and invisible characters."""
    return cell is None or (type(cell) is str and not squeeze(cell))


def _is_total(raw: tuple[Any, ...]) -> bool:
    first = None
    for first in raw:
        if first is not None:
            break
    if type(first) is not str or len(first) > LONGEST_TOTAL or first.isascii():
        return False
    return fold(first).rstrip(":") in conventions().totals


# ----------------------------------------------------------- the sheet's shape


def _shape(grid: Grid, header: Header, rows: Sequence[Row], report: SheetFindings) -> None:
    """Reports merged cells, hidden and struck-out rows, and content beside the ledger."""
    known = set(header.columns.values())
    for top, left, bottom, right in grid.merged:
        if bottom > header.row and known & set(range(left, right + 1)):
            report.findings.append(finding("S09", report.at(top, left)))
    hidden = [r.number for r in rows if r.number in grid.hidden_rows]
    if hidden:
        report.findings.append(finding("S11", report.at(hidden[0], 1), count=len(hidden)))
    if grid.concealed and rows and not grid.title.startswith(OWN_HIDDEN):
        report.findings.append(finding("S23", report.place, count=len(rows)))
    left = min(known)
    struck = [r.number for r in rows if r.number in grid.struck_rows and r.values.get("status") != VOID]
    report.findings += [finding("S15", report.at(number, left)) for number in struck]
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
