"""The evidence for a document's figures as a workbook: one row for each figure."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from xlsxwriter.workbook import Workbook

from ..atomic import write_whole
from .layout import CREATED
from .styles import TAB_FRONT, Styles
from .view import height, pages, widths

SHEET = "数据出处"
_WIDTHS = (6, 14, 52, 24, 40, 18, 34)
_CENTRED = (0, 1, 5)
_HEAD = 2  # title and note above it


def write_evidence(
    path: str | Path, title: str, about: str, columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    """Write the rows under their columns, with title and note above. Raises CannotRun when it cannot be written."""
    data = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(data, options) as book:
        book.set_properties({"title": title, "created": CREATED})
        styles, ws = Styles(book), book.add_worksheet(SHEET)
        ws.set_tab_color(TAB_FRONT)
        widths(ws, _WIDTHS)
        ws.write_string(0, 0, title, styles.get("sheet_title"))
        ws.write_string(1, 0, about, styles.get("hint"))
        ws.set_row(0, 28)
        ws.set_row(_HEAD, 24)
        for column, name in enumerate(columns):
            ws.write_string(_HEAD, column, name, styles.get("head", "required"))
        looks = [
            styles.get("boxed", "wrap", "top", *(["centre"] if n in _CENTRED else [])) for n in range(len(columns))
        ]
        for n, row in enumerate(rows, _HEAD + 1):
            ws.set_row(n, height(*zip(row, _WIDTHS, strict=True)))
            for column, text in enumerate(row):
                if column == 0:
                    ws.write_number(n, column, int(text), looks[column])
                else:
                    ws.write_string(n, column, text, looks[column])
        ws.autofilter(_HEAD, 0, _HEAD + max(1, len(rows)), len(columns) - 1)
        ws.freeze_panes(_HEAD + 1, 2)
        pages(ws, _HEAD + 1)
    write_whole(path, data.getvalue())
