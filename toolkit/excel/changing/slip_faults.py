"""The first sheet of a return slip: what is wrong with the whole file, such as a wrong year or a missing sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath

from xlsxwriter.workbook import Workbook

from ...findings import LEVELS, with_remedy
from ...model import Finding, Submission
from ..parts.cells import legal
from ..parts.pages import height, pages, widths
from ..parts.styles import DEEP_RED, ROSE, Styles

FAULTS = "退回说明"
_HEADS = ("问题与处理", "位置", "栏目", "填的内容", "级别")
_WIDTHS = (64, 20, 16, 30, 8)
_HINT = "请在原工作簿里改正以下问题，再重新导出报送；这张表不用填。标红的是有问题的位置。"


def faults(submission: Submission, told: Iterable[tuple[str, int]], more: Iterable[Finding] = ()) -> list[Finding]:
    """Returns the errors that stand in no returned row; `told` are sheet and row of those, `more` errors from outside.

    Errors from outside, such as a wrong year, are known only to whoever puts many submissions together.
    """
    rows = set(told)
    found = (f for f in (*more, *submission.findings) if f.is_error and (f.place.sheet, f.place.row) not in rows)
    return list({(f.code, f.place.sheet, f.place.cell, f.message): f for f in found}.values())


def write_faults(book: Workbook, styles: Styles, submission: Submission, found: Sequence[Finding]) -> None:
    """Writes the sheet 退回说明: one line per error, what to do in the first column."""
    ws, get = book.add_worksheet(FAULTS), styles.get
    ws.set_tab_color(DEEP_RED)
    widths(ws, _WIDTHS)
    name = str(submission.unit.get("unit_name") or PurePath(submission.path).name)
    ws.write_string(0, 0, legal(f"{name}　{FAULTS}"), get("sheet_title"))
    ws.set_row(0, 28)
    ws.write_string(1, 0, _HINT, get("hint"))
    ws.write_row(2, 0, _HEADS, get("head", "required"))
    ws.set_row(2, 24)
    for r, f in enumerate(found, 3):
        said = with_remedy(f.message, f.remedy)
        place = str(f.place) if f.place.sheet else "整份文件"
        for c, text in enumerate((said, place, f.field, f.value, LEVELS[f.severity])):
            more = {"bg_color": ROSE} if c == 1 else {}
            ws.write_string(r, c, legal(text), get("boxed", "left", "wrap", "top", **more))
        ws.set_row(r, height((said, _WIDTHS[0]), (place, _WIDTHS[1]), (f.value, _WIDTHS[3])))
    ws.freeze_panes(3, 1)
    ws.protect("", {"format_columns": True, "format_rows": True})
    pages(ws, 3)
