"""Keeps what a button overwrites, and puts it back: a macro clears the undo list of Excel.

The cells that were written stand on a hidden sheet with what they held before; only the last action can be undone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import CannotRun
from ..machine.atomic import write_own
from ..model import Place
from ..standard.sheets import UNDO
from .open_book import formulas, plain, runs, write_cells

if TYPE_CHECKING:
    import xlwings as xw

BLANK, TEXT, NUMBER, DAY, FORMULA = "blank", "text", "number", "day", "formula"


class Line(NamedTuple):
    """One cell that was written, as it stands on the hidden sheet."""

    sheet: str
    row: int
    column: int
    kind: str  # of what it held before
    old: str
    new_kind: str
    new: str
    number_format: str


def write_undoable(book: xw.Book, what: str, cells: Mapping[str, Mapping[tuple[int, int], Any]]) -> None:
    """Writes typed values as write_cells does, after noting what the cells hold.

    A copy of the file as it was last saved is kept beside it. On any error the values written before are restored.
    """
    lines = [line for title, changes in cells.items() for line in _lines(book.sheets[title], changes)]
    if not lines:
        return
    _keep_file(Path(book.fullname), what)
    write_cells(book, cells)
    if UNDO in book.sheet_names:
        book.sheets[UNDO].delete()
    active = book.sheets.active
    kept = book.sheets.add(UNDO, after=book.sheets[len(book.sheet_names) - 1])
    block = kept.range((1, 1), (len(lines) + 1, len(Line._fields)))
    block.number_format = "@"  # an old text must not become a formula
    block.value = [(what, *[""] * (len(Line._fields) - 1)), *(tuple(map(str, line)) for line in lines)]
    active.activate()
    kept.visible = False


def undo(book: xw.Book) -> tuple[str, int, list[Place]]:
    """Puts back what the last action overwrote; returns the action, the cells restored, and those changed since.

    A cell that somebody has changed since then stays as it is. Raises CannotRun if there is nothing to undo.
    """
    if UNDO not in book.sheet_names:
        raise CannotRun("没有可以撤销的操作：只能撤销最近一次“核定”或“并回退回单”。")
    last = book.sheets[UNDO].used_range.last_cell
    (what, *_), *found = book.sheets[UNDO].range((1, 1), (last.row, len(Line._fields))).options(ndim=2).value
    lines = [
        Line(str(s), int(r), int(c), str(k), o or "", str(nk), n or "", str(f)) for s, r, c, k, o, nk, n, f in found
    ]
    done, changed = 0, []
    for run in _joined(lines):
        there = run[0].sheet in book.sheet_names
        now = _held(_range(book, run)) if there else [("", "")] * len(run)
        same = [line for line, held in zip(run, now, strict=True) if there and held == (line.new_kind, line.new)]
        changed += [Place("", "", x.sheet, x.row, x.column) for x in run if x not in same]
        for part in _joined(same):
            _restore(_range(book, part), part)
        done += len(same)
    book.sheets[UNDO].delete()
    return str(what), done, changed


def _lines(sheet: xw.Sheet, changes: Mapping[tuple[int, int], Any]) -> Iterator[Line]:
    for first, last, values in runs(changes):
        area = sheet.range(first, last)
        common = area.number_format
        for n, (held, (new,)) in enumerate(zip(_held(area), values, strict=True)):
            at = first[0] + n, first[1]
            shown = common or sheet.range(at).number_format or "General"
            yield Line(sheet.name, *at, *held, *_noted(plain(new), ""), shown)


def _joined(lines: list[Line]) -> Iterator[list[Line]]:
    """Yields runs of consecutive cells of one column that held the same kind of thing in the same format."""
    alike = lambda e: (e[1].sheet, e[1].column, e[1].kind, e[1].number_format, e[1].row - e[0])  # noqa: E731
    for _, run in groupby(enumerate(lines), key=alike):
        yield [line for _, line in run]


def _range(book: xw.Book, run: list[Line]) -> xw.Range:
    return book.sheets[run[0].sheet].range((run[0].row, run[0].column), (run[-1].row, run[-1].column))


def _held(area: xw.Range) -> list[tuple[str, str]]:
    values = area.options(ndim=2).value
    return [_noted(v, str(f or "")) for (v,), (f,) in zip(values, formulas(area), strict=True)]


def _noted(value: Any, formula: str) -> tuple[str, str]:
    """Returns the kind and the text of what a cell holds."""
    if formula.startswith("="):
        return FORMULA, formula
    if value is None or value == "":
        return BLANK, ""
    if isinstance(value, date):
        return DAY, (value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)).isoformat()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return NUMBER, repr(float(value))
    return TEXT, str(value)


def _restore(area: xw.Range, run: list[Line]) -> None:
    """Puts back one run of cells, all of one kind."""
    kind, texts = run[0].kind, [line.old for line in run]
    if kind == FORMULA:
        area.number_format = run[0].number_format
        area.formula = [[text] for text in texts]
        return
    if kind == TEXT:
        area.number_format = "@"  # while it is written: 5-8 must not become a date
    made: dict[str, Any] = {NUMBER: float, DAY: datetime.fromisoformat, BLANK: lambda text: None}
    area.value = [[made.get(kind, str)(text)] for text in texts]
    area.number_format = run[0].number_format


def _keep_file(path: Path, what: str) -> None:
    """Copies the file as it was last saved; the copy has a suffix that no folder of submissions reads."""
    if path.is_file():
        write_own(path.with_name(f"{path.name}.{what}前.bak"), path.read_bytes())
