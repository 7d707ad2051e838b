"""Writes the tasks of a plan with their progress as a workbook, one row per measure, the judgement in colour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..parts.listing import HEAD, begin, end, workbook
from ..parts.pages import height
from ..parts.styles import AMBER, GREEN, ROSE, STONE, TAB_FRONT, Styles

SHEET = "任务进度"
_WIDTHS = (15, 18, 36, 13, 17, 8, 10, 10, 12, 9, 12, 12, 36)
_CENTRED = (0, 5, 6, 7, 8, 9)
_JUDGED = 6
_COLOURS = {"已完成": GREEN, "已逾期": ROSE, "已超限": ROSE, "人工确认": AMBER, "已取消": STONE}


def write_progress(
    path: str | Path, title: str, about: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Writes the rows below title, note and column heads; a Decimal is shown as a percentage. Raises CannotRun."""
    with workbook(path, title) as book:
        styles, ws = Styles(book), book.add_worksheet(SHEET)
        begin(ws, styles, title, about, columns, _WIDTHS, TAB_FRONT)
        for n, row in enumerate(rows, HEAD + 1):
            ws.set_row(n, height(*((str(v), w) for v, w in zip(row, _WIDTHS, strict=True) if isinstance(v, str))))
            for column, value in enumerate(row):
                shade = {"bg_color": _COLOURS[value]} if column == _JUDGED and value in _COLOURS else {}
                look = ("boxed", "wrap", *(["centre"] if column in _CENTRED else []))
                if value is None or value == "":
                    ws.write_blank(n, column, None, styles.get(*look))
                elif isinstance(value, str):
                    ws.write_string(n, column, value, styles.get(*look, **shade))
                elif isinstance(value, date):
                    ws.write_datetime(n, column, value, styles.get(*look, "date"))
                elif isinstance(value, Decimal):
                    ws.write_number(n, column, float(value), styles.get(*look, "percent"))
                else:
                    ws.write_number(n, column, value, styles.get(*look))
        end(ws, len(columns), len(rows), frozen=3)
