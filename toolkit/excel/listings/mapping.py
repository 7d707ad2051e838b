"""Writes and reads the sheet on which a clerk sees and corrects what the columns of an old ledger are taken as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xlsxwriter.worksheet import Worksheet

from ...errors import CannotRun
from ...findings import findings_text
from ..parts.cells import legal
from ..parts.listing import HEAD, begin, end, workbook
from ..parts.pages import height
from ..parts.styles import AMBER, GREEN, PALE, ROSE, STONE, TAB_ACTIVITY, TAB_FRONT, TAB_REGISTER, Styles
from ..reading.read import read_book

SHEET, QUESTIONS, REST, OPTIONS = "对照", "待核", "未取用", "_栏目"
_HEADS = ("键", "工作表", "位置", "原栏目", "样例", "状态", "取作", "依据", "可能的栏目", "取用格数", "未取用格数")
_WIDTHS = (16, 18, 10, 24, 34, 8, 30, 34, 34, 9, 9)
_TARGET = _HEADS.index("取作")
_COLOURS = {"取用": GREEN, "推断": AMBER, "待定": ROSE, "不取": STONE}
_REST_HEADS, _REST_WIDTHS = ("文件", "工作表", "单元格", "内容", "原因"), (24, 20, 10, 50, 44)
_ASKED_HEADS, _ASKED_WIDTHS = ("文件", "工作表", "位置", "原文", "请核对"), (24, 20, 10, 50, 44)
MAX_ROWS = 20_000
_SHOWN = 120


@dataclass(frozen=True)
class Line:
    """One thing that the clerk can decide: a column, a whole table, the unit; `group` begins a new block."""

    key: str
    sheet: str
    place: str
    title: str
    samples: str
    state: str
    target: str
    reason: str
    choices: str = ""
    taken: int = 0
    left: int = 0
    options: str = ""  # "tables" for a choice of ledgers, "" for one of columns, "free" for any text


def write_mapping(
    path: str | Path,
    hint: str,
    lines: Sequence[Line],
    tables: Sequence[str],
    targets: Sequence[str],
    asked: Sequence[Sequence[str]],
    rest: Sequence[Sequence[str]],
) -> None:
    """Writes the workbook: what may be decided, the cells to look at, the cells not taken. Raises CannotRun."""
    with workbook(path, "旧台账对照表") as book:
        styles, ws = Styles(book), book.add_worksheet(SHEET)
        begin(ws, styles, "旧台账与标准的对照", hint, _HEADS, _WIDTHS, TAB_FRONT)
        for n, line in enumerate(lines, HEAD + 1):
            _line(ws, styles, n, line)
        end(ws, len(_HEADS), len(lines), frozen=4)
        ws.set_column(0, 0, _WIDTHS[0], None, {"hidden": True})
        _list(
            book.add_worksheet(QUESTIONS), styles, "需要核对的单元格", _ASKED_HEADS, _ASKED_WIDTHS, asked, TAB_ACTIVITY
        )
        _list(book.add_worksheet(REST), styles, "没有取用的单元格", _REST_HEADS, _REST_WIDTHS, rest, TAB_REGISTER)
        listed = book.add_worksheet(OPTIONS)
        listed.write_column(0, 0, targets)
        listed.write_column(0, 1, tables)
        listed.hide()
        for kind, column, count in (("", "A", len(targets)), ("tables", "B", len(tables))):
            rows = [n for n, line in enumerate(lines, HEAD + 1) if line.options == kind]
            rule = {"validate": "list", "source": f"='{OPTIONS}'!${column}$1:${column}${max(1, count)}"}
            for n in rows:
                ws.data_validation(n, _TARGET, n, _TARGET, rule | {"error_type": "warning"})


def _line(ws: Worksheet, styles: Styles, n: int, line: Line) -> None:
    centre, wrap = styles.get("boxed", "centre"), styles.get("boxed", "wrap")
    whole = {"bold": True} if line.options else {}
    texts = (line.key, line.sheet, line.place, line.title, line.samples)
    for column, text in enumerate(texts):
        ws.write_string(n, column, legal(text[:_SHOWN]), styles.get("boxed", "wrap", **whole))
    ws.write_string(n, 5, line.state, styles.get("boxed", "centre", bg_color=_COLOURS.get(line.state, STONE)))
    ws.write_string(n, _TARGET, legal(line.target), styles.get("boxed", "wrap", bg_color=PALE))
    ws.write_string(n, 7, legal(line.reason), wrap)
    ws.write_string(n, 8, legal(line.choices), wrap)
    ws.write_number(n, 9, line.taken, centre)
    ws.write_number(n, 10, line.left, centre)
    tall = height(
        *(
            (t[:_SHOWN], _WIDTHS[c])
            for c, t in ((1, line.sheet), (3, line.title), (4, line.samples), (7, line.reason), (8, line.choices))
        )
    )
    ws.set_row(n, max(20.0, tall))


def _list(
    ws: Worksheet,
    styles: Styles,
    title: str,
    heads: Sequence[str],
    widths: Sequence[float],
    rows: Sequence[Sequence[str]],
    tab: str,
) -> None:
    more = f"只列前{MAX_ROWS}行，共{len(rows)}行。" if len(rows) > MAX_ROWS else f"共{len(rows)}行。"
    begin(ws, styles, title, more, heads, widths, tab)
    wrap = styles.get("boxed", "wrap")
    for n, row in enumerate(rows[:MAX_ROWS], HEAD + 1):
        for column, text in enumerate(row):
            ws.write_string(n, column, legal(text[:_SHOWN]), wrap)
    end(ws, len(heads), min(len(rows), MAX_ROWS), frozen=1)


def read_mapping(path: Path) -> Mapping[str, str]:
    """Returns what the clerk decided: key of a line -> 取作. Raises CannotRun if it is no such workbook."""
    book = read_book(path)
    if SHEET not in book.grids:
        why = f"\n{findings_text(book.findings)}" if book.findings else ""
        raise CannotRun(f"“{path.name}”不是对照表（没有“{SHEET}”这张工作表）。请用转换时得到的那一份。{why}")
    cells = book.grids[SHEET].cells
    head = next((n for n, row in enumerate(cells[:20]) if {"键", "取作"} <= {_text(v) for v in row}), None)
    if head is None:
        raise CannotRun(f"对照表“{path.name}”缺少“键”或“取作”栏。请不要改动表头。")
    at = {_text(v): n for n, v in enumerate(cells[head])}
    rows = [row for row in cells[head + 1 : head + 1 + MAX_ROWS] if len(row) > at["键"]]
    return {
        _text(row[at["键"]]): _text(row[at["取作"]]) if len(row) > at["取作"] else ""
        for row in rows
        if _text(row[at["键"]])
    }


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value).strip()
