"""Brings a workbook of an earlier edition of the standard over to the present one, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import CannotRun
from ..excel.reading.read import read_book
from ..excel.unit.build import build_unit_workbook
from ..findings import findings_text
from ..machine.guard import BOOK, check_file, guarding
from ..model import Book, Catalog, Finding, Ledger, Row, Submission
from ..rows.submission import submission_of, usable

# Not in the present edition: sheets and columns beside it, and what only the old one had.
_LEFT = frozenset({"S04", "S10", "S12", "S16", "S17", "S18", "S19"})


@dataclass
class Upgraded:
    """What was brought over: rows by ledger title, renamed columns, and what stayed behind."""

    rows: dict[str, int] = field(default_factory=dict)
    renamed: list[tuple[str, str, str]] = field(default_factory=list)  # ledger, old title, present title
    left: list[Finding] = field(default_factory=list)


def upgrade(catalog: Catalog, source: Path, target: Path) -> Upgraded:
    """Writes the workbook of the present edition with all that `source` holds; every column goes by its title.

    A cell that is not understood comes over as it stands. Raises CannotRun if the source is no unit workbook.
    """
    book = read_book(source)
    old = submission_of(catalog, book)
    if not usable(old):
        raise CannotRun(f"{source}：不能升级。\n{findings_text(old.findings)}")
    made = Upgraded(left=[f for f in old.findings if f.code in _LEFT])
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for name, found in old.rows.items():
        ledger = catalog.ledgers[name]
        rows[name] = [_values(ledger, row, book) for row in found]
        if found:
            made.rows[ledger.title] = len(found)
            made.renamed += _renamed(ledger, found[0], book)
    with guarding([source]):
        check_file(target, BOOK)
        build_unit_workbook(catalog, _unit(old), target, rows, old.declared)
    return made


def _unit(old: Submission) -> Mapping[str, Any]:
    return {k: v for k, v in old.unit.items() if v is not None}


def _values(ledger: Ledger, row: Row, book: Book) -> Mapping[str, Any]:
    """Returns the values of a row; where a cell was not understood, what stands in it."""
    cells = book.grids[row.sheet.title].cells[row.number - 1] if row.sheet.title in book.grids else []
    values: dict[str, Any] = {}
    for f in ledger.fields:
        column = row.sheet.columns.get(f.name, 0)
        raw = cells[column - 1] if 0 < column <= len(cells) else None
        value = row.values.get(f.name)
        if not f.calc and (value is not None or isinstance(raw, (str, int, float))):
            values[f.name] = value if value is not None else raw
    return values


def _renamed(ledger: Ledger, row: Row, book: Book) -> list[tuple[str, str, str]]:
    if row.sheet.title not in book.grids:
        return []
    grid, found = book.grids[row.sheet.title], []
    for f in ledger.fields:
        column = row.sheet.columns.get(f.name, 0)
        heads = {str(cells[column - 1]).strip() for cells in grid.cells[:40] if 0 < column <= len(cells)}
        if f.title not in heads and (was := next((t for t in f.formerly if t in heads), "")):
            found.append((ledger.title, was, f.title))
    return found
