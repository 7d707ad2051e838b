"""Merges a return slip (退回单) back: the cells that were edited go into the workbook, nothing else changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from ...errors import CannotRun
from ...findings import finding, findings_text
from ...machine.atomic import write_whole
from ...machine.guard import BOOK, guarding
from ...model import ERROR, Book, Catalog, Field, Grid, Ledger, Place, Submission
from ...rows.casting.cast import Problem, cast
from ...rows.casting.constraints import check_cell
from ...rows.casting.text import fold
from ...rows.cover import read_meta, unit_spot
from ...rows.header import Header, find_header, title_key
from ...rows.submission import submission_of
from ...standard.sheets import COVER, META, SLIP
from ..parts.layout import in_words
from ..reading.read import read_book
from .patch import check_target, patch
from .slip_faults import FAULTS
from .slip_sheets import CODES, LEAD, PRINT, REASON, ROW, as_looks, edited, fingerprint, original, write_slip

__all__ = ["Mended", "MergeReport", "Skipped", "merge_slip", "open_slip", "plan_merge", "write_slip"]
REVISION = "revision"  # field of the front page


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
    """A row or a sheet of the slip that was not merged, with the reason."""

    place: Place  # on the slip
    row: int | None  # in the workbook
    reason: str

    def __str__(self) -> str:
        at = f"退回单 {self.place}"
        return f"{self.place.sheet}第{self.row}行（{at}）：{self.reason}" if self.row else f"{at}：{self.reason}"


@dataclass(frozen=True)
class MergeReport:
    """The result of merge_slip: changed cells, skipped rows, remarks for the clerk, and the new 更正次数.

    `revision` is None if no cell was changed: then nothing was written, or a plain copy if nothing was skipped either.
    """

    changed: tuple[Mended, ...]
    skipped: tuple[Skipped, ...]
    notes: tuple[str, ...] = ()
    revision: int | None = None
    cells: Mapping[str, Mapping[tuple[int, int], Any]] = field(default_factory=dict)  # sheet -> cell -> new value

    def lines(self, limit: int = 200) -> Iterator[str]:
        """Yields the result for the clerk: each merged cell, each row that was not merged, and the remarks."""
        if self.changed:
            yield f"已并回{len(self.changed)}个单元格，更正次数改为{self.revision}"
        elif self.skipped:
            yield "没有并回："
        else:
            yield "退回单没有改过，或已经并回。"
        told = [
            *(f"  [错误] 未并回：{s}" for s in self.skipped),
            *(f"  [提醒] {n}" for n in self.notes),
            *(f"  {c}" for c in self.changed),
        ]
        yield from told[:limit]
        if len(told) > limit:
            yield f"  另有{len(told) - limit}条未列出。"


def merge_slip(catalog: Catalog, slip_path: str | Path, book_path: str | Path, out_path: str | Path) -> MergeReport:
    """Writes a copy of the workbook with the cells that were edited on the slip; everything else is unchanged.

    更正次数 on the front page is raised by one, so that the copy replaces the workbook it was made from. A row is merged
    completely or not at all. It is skipped, with a reason, if the workbook's row changed after the slip was written, if
    what was edited cannot be told for certain (formulas, merged or struck-out cells, a row number that stands twice), or
    if an edited cell is still unreadable or not allowed. If no row can be merged, nothing is written.

    Raises CannotRun if the slip is for another unit, year or version, is no slip, or a file cannot be used.
    """
    with guarding([slip_path]):
        check_target(book_path, out_path)
    report = plan_merge(catalog, open_slip(slip_path), _open(book_path))
    with guarding([slip_path]):
        if report.changed:
            patch(book_path, out_path, report.cells)
        elif not report.skipped:
            write_whole(out_path, Path(book_path).read_bytes(), BOOK)
    return report


def plan_merge(catalog: Catalog, slip: Book, book: Book) -> MergeReport:
    """Returns what merging a slip into a workbook does, from a file or the open application; writes nothing.

    Raises CannotRun as merge_slip does.
    """
    submission = submission_of(catalog, book)
    _belongs(slip, book, submission)
    merge = _Merge(catalog, slip, book, submission)
    merge.sheets()
    if not merge.changed:
        return MergeReport((), tuple(merge.skipped), tuple(merge.notes))
    cells: dict[str, dict[tuple[int, int], Any]] = {}
    for c in merge.changed:
        cells.setdefault(c.place.sheet, {})[c.place.row, c.place.column] = c.new
    sheet, spot, times = _next_revision(catalog, book, submission)
    cells[sheet] = {spot: times}
    return MergeReport(tuple(merge.changed), tuple(merge.skipped), tuple(merge.notes), times, cells)


def open_slip(path: str | Path) -> Book:
    """Returns a return slip as read. Raises CannotRun if the file cannot be used."""
    return _open(path)


def _open(path: str | Path) -> Book:
    book = read_book(Path(path))
    if any(f.is_error for f in book.findings) or META not in book.grids:
        found = findings_text(book.findings) or findings_text([finding("F03", Place(book.path))])
        raise CannotRun(f"“{Path(path).name}”不能使用。\n{found}")
    return book


def _belongs(slip: Book, book: Book, submission: Submission) -> None:
    theirs = read_meta(slip.grids[META])
    if theirs.get("kind") != SLIP:
        raise CannotRun(f"“{Path(slip.path).name}”不是退回单。请选用检查时生成的退回单。")
    if not submission.rows:
        raise CannotRun(f"“{Path(book.path).name}”不能使用。\n{findings_text(submission.findings)}")
    unit = submission.unit
    ours = {"unit_id": unit.get("unit_id"), "year": unit.get("year"), "version": submission.version}
    for key, word in (("unit_id", "单位编码"), ("year", "年度"), ("version", "标准版本")):
        if ours[key] and theirs.get(key) != str(ours[key]):
            there = theirs.get(key) or "空"
            raise CannotRun(f"退回单与工作簿的{word}不同（{there}、{ours[key]}）。请核对是否选错文件。")


def _next_revision(catalog: Catalog, book: Book, submission: Submission) -> tuple[str, tuple[int, int], int]:
    """Returns the sheet and cell of 更正次数 and its next value. Raises CannotRun if it cannot be raised."""
    cover = book.grids[COVER]
    f = next(f for f in catalog.unit if f.name == REVISION)
    spot, times = unit_spot(catalog, cover, REVISION), submission.unit.get(REVISION)
    allowed = times is not None and not any(True for _ in check_cell(f, times + 1))
    if spot is None or times is None or not allowed:
        at = Place(book.path, "", cover.title, *(spot or ()))
        raise CannotRun(f"{at}：“{f.title}”认不出或不能再加1，并回后的工作簿将分不出新旧。请先改正这一格再合并。")
    return cover.title, spot, times + 1


class _Skip(Exception):
    """The reason why a row is not merged."""


class _Merge:
    def __init__(self, catalog: Catalog, slip: Book, book: Book, submission: Submission) -> None:
        self.catalog, self.slip, self.book, self.submission = catalog, slip, book, submission
        self.changed: list[Mended] = []
        self.skipped: list[Skipped] = []
        self.notes: list[str] = []

    def sheets(self) -> None:
        """Merges each sheet of the slip into the ledger of its name; a sheet that has none is reported."""
        ledgers = {fold(x.title): x for x in self.catalog.ledgers.values()}
        for grid in self.slip.grids.values():
            if grid.title in (META, CODES, FAULTS) or not any(v is not None for row in grid.cells for v in row):
                continue
            ledger = ledgers.pop(fold(grid.title), None)
            if ledger is None:
                reason = "这张表不对应任何台账（或台账重复），表中的改动都没有并回。请把工作表改回原名，再合并"
                self.skipped.append(Skipped(Place(self.slip.path, sheet=grid.title), None, reason))
                continue
            try:
                _Sheet(self, ledger, grid).merge()
            except _Skip as reason:
                self.skipped.append(Skipped(Place(self.slip.path, sheet=grid.title), None, str(reason)))


class _Sheet:
    """One ledger's sheet of the slip, and the sheet of the workbook that it belongs to. Raises _Skip."""

    def __init__(self, merge: _Merge, ledger: Ledger, slip: Grid) -> None:
        self.report, self.ledger, self.slip = merge, ledger, slip
        grid = merge.book.grids.get(ledger.title)
        here = find_header(grid, ledger.fields, Place(merge.book.path, sheet=grid.title)) if grid else None
        if grid is None or here is None:
            raise _Skip(f"工作簿里没有“{ledger.title}”表或它的表头，没有并回。请核对是否选错文件")
        self.grid, self.here, self.there = grid, here, self._header()
        rows = merge.submission.rows.get(ledger.name, ())
        self.computed = {r.number: {f.name: r.values.get(f.name) for f in ledger.fields if f.calc} for r in rows}

    def _header(self) -> Header:
        there = find_header(
            self.slip, (*LEAD, *self.ledger.fields), Place(self.report.slip.path, sheet=self.slip.title)
        )
        if there is None or not {ROW.name, PRINT.name} <= there.columns.keys():
            raise _Skip(f"缺少“{ROW.title}”或“{PRINT.title}”一栏，无法对应原行。请重新生成退回单")
        if wrong := [f for f in there.findings if f.is_error]:
            said = "；".join(f"{f.place.cell} {f.message}".strip() for f in wrong)
            raise _Skip(f"表头被改动，没有并回：{said}。请把表头改回原样")
        return there

    def merge(self) -> None:
        """Merges or skips each row; remarks on what is beside the table and on hidden rows."""
        lines = {n: self._cells(n) for n in range(self.there.row + 1, len(self.slip.cells) + 1)}
        filled = {n: cells for n, cells in lines.items() if any(v is not None for v in cells.values())}
        ids = {n: _row_id(cells.get(ROW.name)) for n, cells in filled.items()}
        times = Counter(ids.values())
        for n, cells in filled.items():
            row = ids[n]
            try:
                if row is None:
                    raise _Skip(f"“{ROW.title}”是空的或被改动，找不到原行")
                if times[row] > 1:
                    raise _Skip(f"“{ROW.title}”{row}在退回单里不止一处，分不出以哪一处为准")
                self._row(n, row, cells)
            except _Skip as reason:
                at = Place(self.report.slip.path, sheet=self.slip.title, row=n, column=self.there.columns[ROW.name])
                self.report.skipped.append(Skipped(at, row, str(reason)))
        if hidden := sorted(self.slip.hidden_rows & filled.keys()):
            shown = "、".join(map(str, hidden))
            self.report.notes.append(f"退回单“{self.slip.title}”第{shown}行被隐藏或筛选掉，改动照样并回")
        if stray := self._stray():
            self.report.notes.append(f"退回单“{self.slip.title}”表格以外另有内容，没有并回：{stray}")

    def _cells(self, number: int) -> dict[str, Any]:
        cells = self.slip.cells[number - 1]
        return {n: as_looks(cells[c - 1]) if c <= len(cells) else None for n, c in self.there.columns.items()}

    def _stray(self) -> str:
        """Returns the cells below the header in columns that are not the slip's, the first few of them."""
        head = self.slip.cells[self.there.row - 1]
        ours = {c for c, v in enumerate(head, 1) if title_key(v) == title_key(REASON)} | set(
            self.there.columns.values()
        )
        found = [
            Place("", row=n, column=c).cell
            for n, cells in enumerate(self.slip.cells[self.there.row :], self.there.row + 1)
            for c, v in enumerate(cells, 1)
            if v is not None and c not in ours
        ]
        return "、".join(found[:6]) + (f"等{len(found)}格" if len(found) > 6 else "")

    def _row(self, n: int, row: int, mended: dict[str, Any]) -> None:
        old = original(self.grid, self.ledger, self.here.columns, row)
        changes = list(self._changes(n, row, old, mended))
        # The slip's fingerprint covers the columns that the workbook had when the slip was written.
        if fingerprint(old) != mended.get(PRINT.name):
            if any(not self._is_there(f, cell, old[f.name]) for f, cell in changes):
                raise _Skip("原工作簿的这一行在退回后又改过，请重新检查并生成退回单")
            return  # merged before
        self._certain(n)
        merged = self.grid.merged
        wrong: list[str] = []
        found: list[Mended] = []
        for f, cell in changes:
            place = Place(self.report.book.path, "", self.grid.title, row, self.here.columns[f.name])
            if any(t <= row <= b and x <= place.column <= y and (t, x) != (row, place.column) for t, x, b, y in merged):
                raise _Skip(f"{place} 在合并单元格里，改动没有地方填。请先在工作簿中取消合并")
            try:
                found.append(Mended(place, f.title, old[f.name], self._value(f, cell)))
            except Problem as p:
                wrong.append(f"{place} [{p.code}] {finding(p.code, place, f.title, p.value, **p.parts).message}")
        if wrong:
            raise _Skip("；".join(wrong))
        self.report.changed += found

    def _certain(self, n: int) -> None:
        """Raises _Skip if the content of the slip's row is not certainly what somebody typed into it."""
        columns = set(self.there.columns.values())
        for top, left, bottom, right in self.slip.merged:
            if top <= n <= bottom and columns & set(range(left, right + 1)):
                area = f"{Place('', row=top, column=left).cell}:{Place('', row=bottom, column=right).cell}"
                raise _Skip(f"退回单 {area} 是合并的单元格，分不出各格的内容。请取消合并，逐格填写")
        formulas = sorted(c for r, c in self.slip.formulas if r == n and c in columns)
        if formulas:
            raise _Skip(f"退回单 {Place('', row=n, column=formulas[0]).cell} 含有公式，请改为直接填写的内容")
        if n in self.slip.struck_rows:
            raise _Skip("退回单的这一行有画了删除线的内容，分不出是否保留。请直接改成应填的内容")

    def _changes(self, n: int, row: int, old: dict[str, Any], mended: dict[str, Any]) -> Iterator[tuple[Field, Any]]:
        """Yields the edited fields with the cells of the slip. Raises _Skip for an edit that has no place to go."""
        for f in self.ledger.fields:
            if f.name not in mended:
                continue
            cell, at = mended[f.name], Place("", row=n, column=self.there.columns[f.name]).cell
            if f.calc:
                if cell is not None and edited(in_words(self.computed.get(row, {}).get(f.name)), cell):
                    raise _Skip(f"退回单 {at}“{f.title}”由表格自动计算，不能改。请改回原样，改它所依据的各栏")
            elif f.name not in old:
                if cell is not None:
                    raise _Skip(f"工作簿没有“{f.title}”一栏，退回单 {at} 的内容无处可填。请先补上这一栏")
            elif edited(old[f.name], cell):
                yield f, cell

    def _is_there(self, f: Field, cell: Any, old: Any) -> bool:
        """Whether the workbook already holds the value of an edited cell."""
        try:
            value = in_words(self._value(f, cell))
        except Problem:
            return False
        return not edited(old, float(value) if isinstance(value, Decimal) else value)

    def _value(self, f: Field, cell: Any) -> Any:
        """Returns the typed value of an edited cell. Raises Problem if it cannot be converted or is not allowed."""
        value = cast(f, cell, self.report.submission.unit.get("year"), self.report.slip.date1904).value
        for p in check_cell(f, value):
            if finding(p.code, Place(""), f.title, p.value, **p.parts).severity == ERROR:
                raise p
        return value


def _row_id(cell: Any) -> int | None:
    """Returns the row number in a cell, also typed as text; None if it is none."""
    try:
        value = None if isinstance(cell, bool) else cast(ROW, cell).value
    except Problem:
        return None
    return value if isinstance(value, int) and value > 0 else None
