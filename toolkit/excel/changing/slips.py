"""Return slips: merges corrected rows back into the workbook; re-exports write_slip."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook

from ...errors import CannotRun
from ...findings import finding, findings_text
from ...model import ERROR, Book, Catalog, Field, Ledger, Percent, Place
from ...rows.casting.cast import Problem, cast
from ...rows.casting.constraints import check_cell
from ...rows.cover import read_meta
from ...rows.header import Header, find_header
from ...standard.sheets import META
from ..parts.layout import in_words
from ..reading.read import read_book
from .patch import check_target, patch
from .slip_sheets import KIND, LEAD, PRINT, ROW, as_looks, fingerprint, original, write_slip

__all__ = ["Mended", "MergeReport", "Skipped", "merge_slip", "write_slip"]


@dataclass(frozen=True)
class Mended:
    """One merged cell: its place in the workbook, its old and its new value."""

    place: Place
    field: str
    old: Any
    new: Any

    def __str__(self) -> str:
        was, now = (in_words(v) if v is not None else "空" for v in (self.old, self.new))
        return f"{self.place} {self.field}：{was} → {now}"


@dataclass(frozen=True)
class Skipped:
    """A row of the slip that was not merged, with the reason."""

    place: Place  # on the slip
    row: int | None  # in the workbook
    reason: str

    def __str__(self) -> str:
        return f"{self.place.sheet}第{self.row}行：{self.reason}" if self.row else f"{self.place}：{self.reason}"


@dataclass(frozen=True)
class MergeReport:
    """The result of merge_slip: changed cells and skipped rows."""

    changed: tuple[Mended, ...]
    skipped: tuple[Skipped, ...]


def merge_slip(catalog: Catalog, slip_path: str | Path, book_path: str | Path, out_path: str | Path) -> MergeReport:
    """Writes a copy of the workbook with the cells that were changed on the slip; everything else is unchanged.

    A row is merged completely or not at all. It is skipped, with a reason, if the workbook's row changed after the
    slip was written, if the slip's row holds a formula, or if a cell is still unreadable or not allowed.

    Raises CannotRun if the slip is for another unit, year or version, is no slip, or a file cannot be used.
    """
    check_target(book_path, out_path)
    slip, book = _open(slip_path), _open(book_path)
    _belongs(slip, book)
    formulas = _formulas(slip_path)
    merge = _Merge(catalog, slip, book, formulas)
    for ledger in catalog.ledgers.values():
        if ledger.title in slip.grids:
            merge.sheet(ledger)
    cells: dict[str, dict[tuple[int, int], Any]] = {}
    for c in merge.changed:
        cells.setdefault(c.place.sheet, {})[c.place.row, c.place.column] = c.new
    patch(book_path, out_path, cells)
    return MergeReport(tuple(merge.changed), tuple(merge.skipped))


def _open(path: str | Path) -> Book:
    book = read_book(Path(path))
    if any(f.is_error for f in book.findings) or META not in book.grids:
        found = findings_text(book.findings) or findings_text([finding("F03", Place(book.path))])
        raise CannotRun(f"“{Path(path).name}”不能使用。\n{found}")
    return book


def _belongs(slip: Book, book: Book) -> None:
    theirs, ours = read_meta(slip.grids[META]), read_meta(book.grids[META])
    if theirs.get("kind") != KIND:
        raise CannotRun(f"“{Path(slip.path).name}”不是退回单。请选用检查时生成的退回单。")
    for key, word in (("unit_id", "单位编码"), ("year", "年度"), ("version", "标准版本")):
        # A blank workbook not built for one unit has the unit code only on its front page.
        if ours.get(key) and str(theirs.get(key)) != str(ours[key]):
            raise CannotRun(f"退回单与工作簿的{word}不同（{theirs.get(key)}、{ours[key]}）。请核对是否选错文件。")


def _formulas(path: str | Path) -> set[tuple[str, int]]:
    """Returns (sheet, row) of all slip rows that hold a formula, which the values from read_book do not show."""
    try:
        slip = load_workbook(path)
    except (BadZipFile, KeyError, ValueError, OSError) as e:
        raise CannotRun(f"退回单“{Path(path).name}”打不开（{e}）。请用 Excel 或 WPS 另存为 .xlsx 后重试。") from e
    return {
        (ws.title, cell.row or 0)
        for ws in slip.worksheets
        for row in ws.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


class _Merge:
    def __init__(self, catalog: Catalog, slip: Book, book: Book, formulas: set[tuple[str, int]]) -> None:
        self.catalog, self.slip, self.book, self.formulas = catalog, slip, book, formulas
        self.year = int(read_meta(slip.grids[META]).get("year") or 0) or None
        self.changed: list[Mended] = []
        self.skipped: list[Skipped] = []

    def sheet(self, ledger: Ledger) -> None:
        """Merges or skips every row of the ledger's sheet of the slip. Raises CannotRun if a header is missing."""
        title = ledger.title
        there = find_header(self.slip.grids[title], (*LEAD, *ledger.fields), Place(self.slip.path, sheet=title))
        if there is None or not {ROW.name, PRINT.name} <= there.columns.keys():
            raise CannotRun(f"退回单“{title}”缺少“{ROW.title}”或“{PRINT.title}”一栏，无法对应原行。请重新生成退回单。")
        grid = self.book.grids.get(title)
        here = find_header(grid, ledger.fields, Place(self.book.path, sheet=title)) if grid else None
        if here is None:
            raise CannotRun(f"工作簿里没有“{title}”表或它的表头，无法合并。请核对是否选错文件。")
        seen: set[int] = set()
        for number in range(there.row + 1, len(self.slip.grids[title].cells) + 1):
            self._row(ledger, there, here, number, seen)

    def _row(self, ledger: Ledger, there: Header, here: Header, number: int, seen: set[int]) -> None:
        cells = self.slip.grids[ledger.title].cells[number - 1]
        mended = {n: as_looks(cells[c - 1]) if c <= len(cells) else None for n, c in there.columns.items()}
        if all(v is None for v in mended.values()):
            return
        at = Place(self.slip.path, sheet=ledger.title, row=number, column=1)
        row, mark = mended.get(ROW.name), str(mended.get(PRINT.name) or "")
        if not isinstance(row, int) or row < 1:
            self.skipped.append(Skipped(at, None, f"“{ROW.title}”被改动，找不到原行"))
            return
        try:
            if row in seen:
                raise _Skip("这一行在退回单里出现两次，只采用第一次")
            seen.add(row)
            old = original(self.book, ledger, here.columns, row, ledger.title)
            # The slip's fingerprint covers the columns that the workbook had when the slip was written.
            if fingerprint(old) != mark:
                raise _Skip("原工作簿的这一行在退回后又改过，请重新检查并生成退回单")
            if (ledger.title, number) in self.formulas:
                raise _Skip("含有公式，请改为直接填写的内容")
            self.changed += list(self._changes(ledger, here, row, old, mended))
        except _Skip as reason:
            self.skipped.append(Skipped(at, row, str(reason)))

    def _changes(
        self, ledger: Ledger, here: Header, row: int, old: dict[str, Any], mended: dict[str, Any]
    ) -> Iterator[Mended]:
        """Returns the cells that differ, as typed values. Raises _Skip with all remaining problems."""
        found, wrong = [], []
        for f in ledger.fields:
            if f.name not in old or f.name not in mended or as_looks(mended[f.name]) == old[f.name]:
                continue
            place = Place(self.book.path, "", ledger.title, row, here.columns[f.name])
            if isinstance(old[f.name], Percent):  # the cell keeps its format: 95 would show as 9500%
                wrong.append(f"{place} “{f.title}”设成了百分比格式，请在原工作簿里改")
                continue
            try:
                value = _value(f, mended[f.name], self.year, self.slip.date1904)
                found.append(Mended(place, f.title, old[f.name], value))
            except Problem as p:
                wrong.append(_message(p, place, f))
        if wrong:
            raise _Skip("；".join(wrong))
        return iter(found)


def _value(f: Field, cell: Any, year: int | None, date1904: bool) -> Any:
    """Returns the typed value of a corrected cell. Raises Problem if it cannot be converted or is not allowed."""
    value = cast(f, cell, year, date1904).value
    for p in check_cell(f, value):
        if finding(p.code, Place(""), f.title, p.value, **p.parts).severity == ERROR:
            raise p
    return value


class _Skip(Exception):
    """The reason why a row is not merged."""


def _message(p: Problem, place: Place, f: Field) -> str:
    return f"{place} {finding(p.code, place, f.title, p.value, **p.parts).message}"
