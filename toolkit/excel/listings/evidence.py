"""Writes the sources of a document's figures as a workbook, one row per figure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..parts.listing import HEAD, begin, end, workbook
from ..parts.pages import height
from ..parts.styles import TAB_FRONT, Styles

SHEET = "数据出处"
_WIDTHS = (6, 14, 52, 24, 40, 18, 34)
_CENTRED = (0, 1, 5)


def write_evidence(
    path: str | Path, title: str, about: str, columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    """Writes the rows below title, note and column heads. Raises CannotRun if `path` cannot be written."""
    with workbook(path, title) as book:
        styles, ws = Styles(book), book.add_worksheet(SHEET)
        begin(ws, styles, title, about, columns, _WIDTHS, TAB_FRONT)
        looks = [
            styles.get("boxed", "wrap", "top", *(["centre"] if n in _CENTRED else [])) for n in range(len(columns))
        ]
        for n, row in enumerate(rows, HEAD + 1):
            ws.set_row(n, height(*zip(row, _WIDTHS, strict=True)))
            for column, text in enumerate(row):
                if column == 0:
                    ws.write_number(n, column, int(text), looks[column])
                else:
                    ws.write_string(n, column, text, looks[column])
        end(ws, len(columns), len(rows), frozen=2)
