"""Reads the front page and the hidden sheet of a unit's workbook: unit, period, declarations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ..findings import finding
from ..model import Book, Catalog, Constraints, Field, Finding, Grid, Place
from ..names import visible
from ..personal import found
from ..standard.sheets import DECLARED, DECLARED_HEAD, LEDGER_HEAD, META
from .casting.cast import Problem, caster, default_of
from .casting.cell import Column, SheetFindings, read_cell
from .casting.constraints import quick_test
from .header import nearest_titles, title_key

_DECLARED = Field("declared", DECLARED_HEAD, "string", Constraints(enum=DECLARED))

Spots = dict[str, tuple[int, int]]  # name -> row, column of its value


def read_unit(catalog: Catalog, grid: Grid, file: str) -> tuple[dict[str, Any], dict[str, str], list[Finding]]:
    """Returns the front page: unit values by field name, declarations by ledger name, and findings.

    A value is in the cell to the right of its label. Every unit field and every declared ledger
    has a key in the result; blank is None or "".
    """
    report = SheetFindings(Place(file, sheet=grid.title))
    spots = _labels(grid, catalog.unit, report)
    values: dict[str, Any] = {}
    # The code and the year come first: the code is part of every Place, the year completes dates.
    for f in sorted(catalog.unit, key=lambda f: f.name not in ("unit_id", "year")):
        values[f.name] = _unit_value(grid, f, spots.get(f.name), values.get("year"), report)
        if f.name == "unit_id":
            report.place = Place(file, values["unit_id"] or "", grid.title)
    struck = sorted({row for row, _ in spots.values()} & grid.struck_rows)
    report.findings += [finding("S15", report.at(row, 1)) for row in struck]
    return values, _declarations(catalog, grid, report), report.findings


def read_meta(grid: Grid) -> dict[str, str]:
    """Reads the hidden sheet: the keys in column A, with the values in column B as text."""
    pairs = ((cells[0], cells[1]) for cells in grid.cells if len(cells) > 1)
    return {
        k.strip(): visible(str(int(v) if isinstance(v, float) and v.is_integer() else v)).strip()
        for k, v in pairs
        if isinstance(k, str) and isinstance(v, (str, int, float))
    }


def unit_spot(catalog: Catalog, grid: Grid, name: str) -> tuple[int, int] | None:
    """Returns row and column of a unit value on the front page; None if its label is missing."""
    return _spots(catalog, grid).get(name)


def _spots(catalog: Catalog, grid: Grid) -> Spots:
    """Returns row and column of the values on the front page, by field; doubtful titles are told where it is read."""
    return _labels(grid, catalog.unit, SheetFindings(Place("", sheet=grid.title)))


def placed(catalog: Catalog, grid: Grid, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Returns the findings; one on a value or a declaration of the front page gets its cell, found by its title."""

    def lacks_cell(f: Finding) -> bool:
        return f.place.sheet == grid.title and bool(f.field) and not f.place.row

    if not any(map(lacks_cell, findings)):
        return tuple(findings)
    spots = _spots(catalog, grid)
    cells = {f.title: spots[f.name] for f in catalog.unit if f.name in spots}
    titles = {title_key(x.title): x.title for x in catalog.ledgers.values()}
    for row, ledger, said in _declaration_rows(grid):
        if title := titles.get(title_key(_cell(grid, row, ledger))):
            cells.setdefault(title, (row, said))

    def with_cell(f: Finding) -> Finding:
        if not lacks_cell(f) or f.field not in cells:
            return f
        row, column = cells[f.field]
        return replace(f, place=replace(f.place, row=row, column=column))

    return tuple(map(with_cell, findings))


def is_consolidated(book: Book) -> bool:
    """Whether the hidden sheet marks the workbook as a consolidated one."""
    return META in book.grids and read_meta(book.grids[META]).get("kind") == "consolidated"


def _labels(grid: Grid, fields: Sequence[Field], report: SheetFindings) -> Spots:
    """Returns the place of each unit value. The column with most known labels is the label column."""
    titles = {title_key(f.title): f for f in fields}
    by_column: dict[int, list[tuple[int, str]]] = {}
    for number, cells in enumerate(grid.cells, 1):
        for column, cell in enumerate(cells, 1):
            if key := title_key(cell):
                by_column.setdefault(column, []).append((number, key))
    if not by_column:
        report.findings.append(finding("S12", report.place))
        return {}
    column = max(by_column, key=lambda c: sum(key in titles for _, key in by_column[c]))
    spots: Spots = {}
    for number, key in by_column[column]:
        if key in titles and titles[key].name in spots:
            report.findings.append(finding("S10", report.at(number, column), titles[key].title))
        elif key in titles:
            spots[titles[key].name] = number, _right_of(grid, number, column)
    missing = {title_key(f.title): f for f in fields if f.name not in spots}
    others = {key: number for number, key in by_column[column] if key not in titles}
    for key, near in nearest_titles(others, missing).items():
        f = missing.pop(near)
        spots[f.name] = others[key], _right_of(grid, others[key], column)
        report.findings.append(finding("S03", report.at(others[key], column), f.title, key, near=f.title))
    report.findings += [finding("S02", report.place, f.title) for f in missing.values() if not f.added]
    return spots


def _right_of(grid: Grid, row: int, column: int) -> int:
    """Returns the column to the right of a cell, which may be merged with its neighbours."""
    for top, left, bottom, right in grid.merged:
        if top <= row <= bottom and left <= column <= right:
            return right + 1
    return column + 1


def _cell(grid: Grid, row: int, column: int) -> Any:
    cells = grid.cells[row - 1]
    return cells[column - 1] if column <= len(cells) else None


def _unit_value(grid: Grid, f: Field, spot: tuple[int, int] | None, year: int | None, report: SheetFindings) -> Any:
    if spot is None:
        return default_of(f)
    v = _cell(grid, *spot)
    column = Column(f, spot[1], caster(f, year), quick_test(f))
    made, understood = (None, True) if v is None else read_cell(column, v, spot[0], report)
    if f.name == "year" and made is not None and column.test and not column.test(made):
        return None  # dates are made from it
    if isinstance(made, str) and found(made):
        report.add(Problem("C19"), f, *spot)
        return None
    if made is None and understood and f.default is not None:
        return default_of(f)
    if made is None and understood and f.constraints.required:
        report.add(Problem("C01"), f, *spot)
    return made


def _declarations(catalog: Catalog, grid: Grid, report: SheetFindings) -> dict[str, str]:
    """Returns the declaration of each declared ledger, "" for a blank."""
    asked = {title_key(x.title): x for x in catalog.ledgers.values() if x.declared}
    said = {x.name: "" for x in asked.values()}
    listed: set[str] = set()
    for number, ledger_column, column in _declaration_rows(grid):
        key = title_key(_cell(grid, number, ledger_column))
        near = key if key in asked else nearest_titles([key], asked).get(key)
        if near is None or asked[near].name in listed:
            report.findings.append(finding("S04", report.at(number, ledger_column), value=key))
            continue
        ledger = asked[near]
        if near != key:
            report.findings.append(finding("S03", report.at(number, ledger_column), value=key, near=ledger.title))
        listed.add(ledger.name)
        v = _cell(grid, number, column)
        if v is not None:
            made, _ = read_cell(Column(_DECLARED, column, caster(_DECLARED), None), v, number, report)
            said[ledger.name] = made or ""
    report.findings += [finding("S13", report.place, x.title) for x in asked.values() if x.name not in listed]
    return said


def _declaration_rows(grid: Grid) -> Iterator[tuple[int, int, int]]:
    """Yields row, column of the ledger's title, column of the declaration, down to the first blank title."""
    for number, cells in enumerate(grid.cells, 1):
        keys = [title_key(cell) for cell in cells]
        if LEDGER_HEAD in keys and DECLARED_HEAD in keys:
            ledger, said = keys.index(LEDGER_HEAD) + 1, keys.index(DECLARED_HEAD) + 1
            for below in range(number + 1, len(grid.cells) + 1):
                if not title_key(_cell(grid, below, ledger)):
                    return
                yield below, ledger, said
            return
