"""退回单 (return slip): a small workbook with only the rows that need correction, as the clerk typed them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from xlsxwriter.utility import xl_range_abs
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from ...errors import CannotRun
from ...findings import JOINT, with_remedy
from ...machine.guard import guarding
from ...model import Book, Catalog, CellError, Field, Finding, Grid, Ledger, Percent, Row, Submission
from ...rows.casting.cast import LONGEST_TEXT
from ...rows.casting.text import percent
from ...rows.conditions import Context
from ...rows.privacy import discreet
from ...standard.sheets import SLIP
from ..parts.cells import legal, write_value
from ..parts.layout import PERIOD, Content, in_words
from ..parts.listing import workbook
from ..parts.pages import display_width, height, pages
from ..parts.styles import AMBER, ROSE, Styles
from ..reading.read import read_book
from ..unit.build import unit_values
from ..unit.columns import demand, parts, validation, width
from ..unit.lists import Lists, codes_name, references
from ..unit.report_sheet import add_standard_sheet
from .slip_faults import faults, write_faults

CODES = "_编码"
ROW, PRINT = Field("slip_row", "行号", "integer"), Field("slip_print", "指纹", "string")
REASON = "问题与处理"
LEAD = (ROW, PRINT)
HEAD = 2  # rows above the header
FIRST = 1 + len(LEAD)  # column of the first field, from 0; the reasons come first
_REASON_WIDTH, _WIDEST = 50, 16  # characters of the reasons, and of any other column
_ONE_PAGE = 260  # characters that are readable on a page of A4
_ZOOM = 90  # per cent, as most ledgers
_LINE, _AROUND = 15, 6  # points of one line, and of the space around all
_HIGHEST = 400  # points; Excel allows 409
_LONGEST_COMMENT, _LONGEST_REASON = 400, 500  # characters
_BREAK = re.compile("\r\n?|_x000D_\n?")


@dataclass(frozen=True)
class Bad:
    """One row to correct, with its findings."""

    row: Row
    findings: tuple[Finding, ...]


def write_slip(
    catalog: Catalog,
    submission: Submission,
    path: str | Path,
    warnings: bool = False,
    book: Book | None = None,
    about: Iterable[Finding] = (),
) -> int:
    """Writes the return slip of `submission` to `path`; returns its rows and whole-file faults (0: no file is written).

    It has one sheet per ledger concerned. Cells are copied from the workbook; wrong ones are coloured and commented.
    Each row carries its row number and a fingerprint, by which merge_slip finds it again.
    Errors that stand in no row, and those of the whole file in `about`, come first, on a sheet of their own.
    With `warnings`, rows that only have warnings are included. `book` is the workbook, if it is at hand.

    Raises CannotRun if the workbook changed since it was checked: its cells would stand beside the wrong findings.
    """
    bad = bad_rows(submission, warnings)
    whole = faults(submission, ((b.row.sheet.title, b.row.number) for rows in bad.values() for b in rows), about)
    if not bad and not whole:
        return 0
    book = book or read_book(Path(submission.path))
    if book.sha256 != submission.sha256:
        raise CannotRun(f"“{Path(submission.path).name}”在检查之后又改过。请重新检查后再生成退回单。")
    with guarding([submission.path]), workbook(path, f"{submission.unit.get('unit_name') or ''}退回单") as made:
        _Slip(catalog, made, submission, book).write(bad, whole)
    return sum(map(len, bad.values())) + len(whole)


def bad_rows(submission: Submission, warnings: bool = False) -> dict[str, list[Bad]]:
    """Returns the rows with errors by ledger, each with all its findings; with `warnings`, every row with findings."""
    found: dict[tuple[str, int], list[Finding]] = {}
    for f in submission.findings:
        if f.place.row:
            found.setdefault((f.place.sheet, f.place.row), []).append(f)
    bad: dict[str, list[Bad]] = {}
    for name, rows in submission.rows.items():
        for row in rows:
            here = found.get((row.sheet.title, row.number), ())
            if any(warnings or f.is_error for f in here):
                bad.setdefault(name, []).append(Bad(row, tuple(here)))
    return bad


# ---------------------------------------------------------------- original cells


def as_looks(cell: Any) -> Any:
    """Normalises a Grid cell so that equal-looking cells are equal: 3.0 and 3, midnight and the date, "" and None."""
    if isinstance(cell, CellError):
        return cell.text or None
    if isinstance(cell, datetime) and (cell.hour, cell.minute, cell.second) == (0, 0, 0):
        return cell.date()
    if isinstance(cell, float) and cell.is_integer() and not isinstance(cell, Percent):
        return int(cell)
    return None if cell == "" else cell


def edited(old: Any, new: Any) -> bool:
    """Whether two normalised cells differ in more than what saving in another program or format may change."""
    return bool(_kept(old) != _kept(new))


def _kept(cell: Any) -> Any:
    """Returns what every program keeps of a cell: 15 digits, whole seconds, text with plain line breaks."""
    cell = _percentage(cell) if isinstance(cell, Percent) else in_words(cell)
    if isinstance(cell, str):
        return legal(_BREAK.sub("\n", cell))[:LONGEST_TEXT] or None
    if isinstance(cell, datetime):
        return cell.replace(microsecond=0)
    if isinstance(cell, (int, float)):
        return float(f"{cell:.15g}")
    return cell


def _percentage(number: Percent) -> str:
    """Returns what a cell of percentages shows: 95%."""
    return f"{percent(number).normalize():f}%"


def original(grid: Grid, ledger: Ledger, columns: Mapping[str, int], number: int) -> dict[str, Any]:
    """Returns the normalised cells of one row of a workbook's sheet by field name, without formula columns and personal numbers.

    They are in the order of the sheet: a standard may put its fields into another order later.
    """
    cells: Sequence[Any] = grid.cells[number - 1] if 0 < number <= len(grid.cells) else ()
    typed = sorted((f.name for f in ledger.fields if not f.calc and f.name in columns), key=lambda n: columns[n])
    return discreet({n: as_looks(cells[columns[n] - 1]) if columns[n] <= len(cells) else None for n in typed})


def fingerprint(cells: Mapping[str, Any]) -> str:
    """Returns 16 hexadecimal characters of SHA-256 that change if any cell of the row changes."""
    text = json.dumps([[k, str(in_words(v))] for k, v in cells.items() if v is not None], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# ------------------------------------------------------------------ the workbook


class _Slip:
    def __init__(self, catalog: Catalog, book: Workbook, submission: Submission, source: Book) -> None:
        self.book, self.catalog, self.submission, self.source = book, catalog, submission, source
        self.grids = {g.title: g for g in source.grids.values()}
        self.styles, self.lists = Styles(book), Lists(catalog)
        self.unit = unit_values(catalog, submission.unit)

    def write(self, bad: Mapping[str, list[Bad]], whole: Sequence[Finding]) -> None:
        if whole:
            write_faults(self.book, self.styles, self.submission, whole)
        for name, rows in bad.items():
            self._sheet(self.catalog.ledgers[name], rows)
        content = Content(self.catalog, self.unit, {}, {}, Context(self.unit, date.min, date.max))
        add_standard_sheet(self.book, content, SLIP, self.lists)
        self._codes()

    def _codes(self) -> None:
        """Writes the hidden sheet behind the names that drop-downs use: codes of referenced rows, and the period."""
        ws = self.book.add_worksheet(CODES)
        ws.hide()
        wanted = references(self.catalog)
        for column, key in enumerate(wanted):
            ledger, _, field = key.partition(".")
            values = [r.values.get(field) for r in self.submission.rows.get(ledger, ())]
            codes = list(dict.fromkeys(str(v) for v in values if v is not None))
            ws.write_column(0, column, codes)
            area = xl_range_abs(0, column, max(0, len(codes) - 1), column)
            self.book.define_name(codes_name(key), f"='{CODES}'!{area}")
        for row, name in enumerate(PERIOD):
            at = len(wanted)
            write_value(ws, row, at, self.unit.get(name), self.styles.get("date"))
            self.book.define_name(name, f"='{CODES}'!{xl_range_abs(row, at, row, at)}")

    def _sheet(self, ledger: Ledger, rows: Sequence[Bad]) -> None:
        ws = self.book.add_worksheet(ledger.title)
        get, unit = self.styles.get, self.submission.unit
        ws.write_string(0, 0, f"{ledger.title}　退回单", get("sheet_title"))
        ws.set_row(0, 26)
        ws.write_string(
            1,
            0,
            f"{unit.get('unit_name') or ''}：以下{len(rows)}行需要改正。只改标红的格，不要增删行列；"
            "改好保存后并回原工作簿，再重新报送原工作簿。问题前的地址是原工作簿里的位置。空栏已隐藏。",
            get("hint"),
        )
        ws.set_row(HEAD, 32)
        ws.write_string(HEAD, 0, REASON, get("head", "required"))
        for c, f in enumerate((*LEAD, *ledger.fields), 1):
            ws.write_string(HEAD, c, f.title, get("head", "computed" if c < FIRST else demand(f)))
        seen = {f.name for f in ledger.fields if demand(f) == "required"}
        for r, bad in enumerate(rows, HEAD + 1):
            seen |= self._row(ws, r, ledger, bad)
        self._columns(ws, ledger, HEAD + len(rows), seen)
        ws.freeze_panes(HEAD + 1, 2)
        ws.set_zoom(_ZOOM)
        ws.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})

    def _row(self, ws: Worksheet, r: int, ledger: Ledger, bad: Bad) -> set[str]:
        """Writes one row; returns the fields with something to see: a value or a finding."""
        seen: set[str] = set()
        row, get = bad.row, self.styles.get
        cells = original(self.grids[row.sheet.title], ledger, row.sheet.columns, row.number)
        said, high = _reasons(bad.findings)
        ws.write_string(r, 0, said, get("boxed", "left", "wrap", "top"))
        ws.write_number(r, 1, row.number, get("boxed", "centre", "computed"))
        ws.write_string(r, 2, fingerprint(cells), get("hint"))
        for c, f in enumerate(ledger.fields, FIRST):
            column = row.sheet.columns.get(f.name, -1)
            here = [x for x in bad.findings if x.place.column == column or f.title in x.field.split(JOINT)]
            value = row.values.get(f.name) if f.calc else cells.get(f.name)
            self._cell(ws, r, c, f, value, here)
            if here or (value is not None and not f.calc):
                seen.add(f.name)
        texts = ((str(in_words(v)), _width(f)) for f in ledger.fields if (v := cells.get(f.name)) is not None)
        ws.set_row(r, max(high, height(*texts)))
        return seen

    def _cell(self, ws: Worksheet, r: int, c: int, f: Field, value: Any, found: Iterable[Finding]) -> None:
        here = list(found)
        more: dict[str, Any] = {"locked": bool(f.calc)}
        if here:
            more["bg_color"] = ROSE if any(x.is_error for x in here) else AMBER
        if looks := _format(f, value):
            more["num_format"] = looks
        if isinstance(value, Percent):
            value, more["num_format"] = (
                _percentage(value),
                "General",
            )  # in a cell of percentages, 12 typed in becomes 12%
        if isinstance(value, str):
            value = legal(value)[:LONGEST_TEXT]
        style = self.styles.get(*parts(f), *(("computed",) if f.calc else ()), **more)
        write_value(ws, r, c, value, style)
        if here:
            text = "\n".join(_said(x) for x in here)[:_LONGEST_COMMENT]
            ws.write_comment(r, c, text, {"x_scale": 2, "y_scale": 1.2, "author": "", "font_size": 9})

    def _columns(self, ws: Worksheet, ledger: Ledger, last: int, seen: Collection[str]) -> None:
        """Sets widths and rules; hides the columns in which there is nothing to see, so that the red cells are in view."""
        ws.set_column(0, 0, _REASON_WIDTH)
        ws.set_column(1, 1, 6)
        ws.set_column(2, 2, 18, None, {"hidden": True})
        shown = float(_REASON_WIDTH)
        for c, f in enumerate(ledger.fields, FIRST):
            ws.set_column(c, c, _width(f), None, {"hidden": f.name not in seen})
            shown += _width(f) if f.name in seen else 0
            # A slip holds only some rows, so uniqueness can be checked only in the workbook.
            if not f.constraints.unique:
                ws.data_validation(HEAD + 1, c, last, c, validation(f, self.lists.source(f, ledger.name), c, ledger))
        pages(ws, HEAD + 1)
        if shown > _ONE_PAGE:
            ws.fit_to_pages(2, 0)
            ws.repeat_columns(0, 1)  # what is wrong, on the second page too


def _width(f: Field) -> float:
    return min(width(f), _WIDEST)


def _format(f: Field, value: Any) -> str:
    """Returns the number format that shows a cell as the workbook does; "" where the field's own does.

    With another format the cell would be read back as something else, as if somebody had edited it.
    """
    if isinstance(value, datetime):
        return "yyyy-mm-dd hh:mm:ss"
    if isinstance(value, date):
        return "yyyy-mm-dd"
    return "General" if f.type == "date" and isinstance(value, (int, float)) else ""


def _reasons(findings: Sequence[Finding]) -> tuple[str, float]:
    """Returns the reasons for one row, as many as one row can show, and the height of the row in points."""
    lines = [line if len(line) <= _LONGEST_REASON else f"{line[:_LONGEST_REASON]}…" for line in map(_said, findings)]
    for shown in range(len(lines), -1, -1):
        more = len(lines) - shown
        text = "\n".join([*lines[:shown], *([f"另有{more}处，见标红各格的批注。"] if more else [])])
        high = _AROUND + _LINE * sum(-(-display_width(line) // (_REASON_WIDTH - 4)) or 1 for line in text.split("\n"))
        if high <= _HIGHEST:
            break
    return text, max(20.0, high)


def _said(f: Finding) -> str:
    place = f"{f.place.cell} " if f.place.column else ""
    return f"{place}{with_remedy(f.message, f.remedy)}"
