"""Writes and reads the review sheet of a template made from an old report: one row for each thing that may change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import CannotRun
from ...findings import findings_text
from ..parts.listing import HEAD, begin, end, workbook
from ..parts.pages import height
from ..parts.styles import AMBER, GREEN, PALE, STONE, TAB_FRONT, Styles
from ..reading.read import read_book

SHEET, NAMES = "复核", "_名称"
_HEADS = (
    "序号",
    "类别",
    "原文",
    "所在语句",
    "段落",
    "处数",
    "状态",
    "处理",
    "填入名称",
    "可能的名称",
    "依据",
)
_WIDTHS = (12, 10, 18, 52, 7, 7, 8, 9, 24, 30, 34)
_DECISION, _NAME = _HEADS.index("处理"), _HEADS.index("填入名称")
_COLOURS = {"已取": GREEN, "待定": AMBER, "留存": STONE}
DECISIONS = ("替换", "保留", "未定")
_SHOWN = 160  # most characters of a sentence in a cell
MAX_ROWS = 20_000


@dataclass(frozen=True)
class Decided:
    """One row: what stands in the report, what was proposed, and what is to be done with it."""

    key: str
    kind: str
    text: str
    context: str
    paragraph: int
    count: int
    state: str
    decision: str
    name: str
    choices: tuple[str, ...] = ()
    reason: str = ""


def write_review(path: Path, title: str, rows: Sequence[Decided], names: Sequence[str]) -> None:
    """Writes the sheet; `names` are those that a template may print. Raises CannotRun if it cannot be written."""
    hint = (
        "在“处理”里选：替换（换成“填入名称”里的名称）、保留（照原文）、未定；填了名称的就按替换办。"
        "改好保存，再生成一遍模板。"
    )
    with workbook(path, f"{title}复核表") as book:
        styles, ws = Styles(book), book.add_worksheet(SHEET)
        begin(ws, styles, f"《{title}》做成模板的复核表", hint, _HEADS, _WIDTHS, TAB_FRONT)
        for n, row in enumerate(rows, HEAD + 1):
            _write_row(ws, styles, n, row)
        end(ws, len(_HEADS), len(rows), frozen=3)
        listed = book.add_worksheet(NAMES)
        listed.write_column(0, 0, names)
        listed.hide()
        last = HEAD + max(1, len(rows))
        for column, source in ((_DECISION, list(DECISIONS)), (_NAME, f"='{NAMES}'!$A$1:$A${max(1, len(names))}")):
            ws.data_validation(
                HEAD + 1, column, last, column, {"validate": "list", "source": source, "error_type": "warning"}
            )


def _write_row(ws: Any, styles: Styles, n: int, row: Decided) -> None:
    context = row.context if len(row.context) <= _SHOWN else row.context[: _SHOWN - 1] + "…"
    choices = "、".join(row.choices)
    centre, wrap = styles.get("boxed", "centre"), styles.get("boxed", "wrap")
    answer = styles.get("boxed", "wrap", bg_color=PALE)
    for column, value in enumerate((row.key, row.kind, row.text, context)):
        ws.write_string(n, column, value, wrap)
    ws.write_number(n, 4, row.paragraph, centre)
    ws.write_number(n, 5, row.count, centre)
    ws.write_string(n, 6, row.state, styles.get("boxed", "centre", bg_color=_COLOURS[row.state]))
    for column, value in ((7, row.decision), (8, row.name)):
        ws.write_string(n, column, value, answer)
    for column, value in ((9, choices), (10, row.reason)):
        ws.write_string(n, column, value, wrap)
    ws.set_row(n, max(20.0, height(*((t, _WIDTHS[c]) for c, t in ((2, row.text), (3, context), (10, row.reason))))))


def read_review(path: Path) -> list[Decided]:
    """Returns the rows of a review sheet that people worked on; columns are found by their heads.

    Raises CannotRun if the workbook cannot be read or is no review sheet.
    """
    book = read_book(path)
    if SHEET not in book.grids:
        why = f"\n{findings_text(book.findings)}" if book.findings else ""
        raise CannotRun(f"“{path.name}”不是复核表（没有“{SHEET}”这张工作表）。请用生成模板时得到的那一份。{why}")
    cells = book.grids[SHEET].cells
    at = {str(v).strip(): n for n, v in enumerate(cells[HEAD] if len(cells) > HEAD else ()) if v is not None}
    if missing := [h for h in ("序号", "类别", "原文", "处理", "填入名称") if h not in at]:
        raise CannotRun(f"复核表“{path.name}”缺少{'、'.join(f'“{m}”' for m in missing)}栏。请不要改动表头。")
    if len(cells) > MAX_ROWS:
        raise CannotRun(f"复核表“{path.name}”超过{MAX_ROWS}行，无法使用。请用生成模板时得到的那一份。")
    rows = ([_text(row[at[h]]) if at[h] < len(row) else "" for h in _HEADS if h in at] for row in cells[HEAD + 1 :])
    heads = [h for h in _HEADS if h in at]
    found = (dict(zip(heads, row, strict=True)) for row in rows if any(row))
    return [
        Decided(
            r["序号"], r["类别"], r["原文"], r.get("所在语句", ""), 0, 0, r.get("状态", ""), r["处理"], r["填入名称"]
        )
        for r in found
    ]


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip() if not isinstance(value, float) else f"{value:g}"
