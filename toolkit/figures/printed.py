"""The table of indicators on the sheet 报送表: where its numbers stand, and which are not those of the rows that count."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ..model import Figure, Grid
from ..standard.sheets import REPORT_HEAD

_NEAR = 1e-9
_CODE, _NUMBER = REPORT_HEAD[1], REPORT_HEAD[3]


class Line(NamedTuple):
    """One line of the table: the cell of its number, row and column from 1."""

    row: int
    column: int
    code: str
    number: Any


def lines(grid: Grid) -> Iterator[Line]:
    """Yields the lines of the table; a sheet without its head has none."""
    head = next((n for n, row in enumerate(grid.cells) if _CODE in row and _NUMBER in row), None)
    if head is None:
        return
    code, column = grid.cells[head].index(_CODE), grid.cells[head].index(_NUMBER)
    for n, row in enumerate(grid.cells[head + 1 :], head + 2):
        if code < len(row) and isinstance(row[code], str):
            yield Line(n, column + 1, row[code], row[column] if column < len(row) else None)


def report_cells(
    grid: Grid, figures: Iterable[Figure], formulas: Collection[tuple[int, int]]
) -> Mapping[tuple[int, int], float]:
    """Returns the known figures that belong into cells of this sheet without a formula, by row and column from 1.

    `formulas` are the cells that compute their number themselves.
    """
    known = {f.indicator.id: f.value for f in figures if f.state == "known" and f.value is not None}
    return {
        (x.row, x.column): float(known[x.code])
        for x in lines(grid)
        if x.code in known and (x.row, x.column) not in formulas
    }


def unlike(grid: Grid, figures: Iterable[Figure]) -> list[tuple[Line, Figure]]:
    """Returns the lines that show another number than the figure. Blank lines, — and errors of formulas show none."""
    known = {f.indicator.id: f for f in figures if f.state != "missing"}  # what is missing has a finding of its own
    shown = ((x, known[x.code]) for x in lines(grid) if x.code in known and _is_number(x.number))
    return [(x, f) for x, f in shown if _differs(float(x.number), f)]


def _is_number(shown: Any) -> bool:
    return isinstance(shown, (int, float)) and not isinstance(shown, bool)


def _differs(shown: float, figure: Figure) -> bool:
    value = float(figure.value or 0) if figure.state == "known" else 0.0
    return abs(shown - value) > _NEAR * max(1.0, abs(value))
