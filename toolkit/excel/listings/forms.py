"""Writes a workbook of forms: sheets with a head, notes, drop-downs and rows, for people to edit and hand back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..parts.listing import HEAD, begin, end, workbook
from ..parts.pages import height
from ..parts.styles import TAB_FRONT, Styles

SPARE = 300  # rows below the last that have drop-downs too
_LISTS = "_可选"
_FIRST = HEAD + 1


@dataclass(frozen=True)
class Head:
    """The head of one column: its title, width in characters, a note, and what a drop-down lists."""

    title: str
    width: float
    note: str = ""
    choices: Sequence[str] = ()
    needed: bool = False


@dataclass(frozen=True)
class Sheet:
    """One sheet: title, a hint in its second line, the heads, and rows of as many cells."""

    title: str
    hint: str
    heads: Sequence[Head]
    rows: Sequence[Sequence[Any]]


def write_forms(path: Path, title: str, sheets: Sequence[Sheet]) -> None:
    """Writes the sheets to `path`. Raises CannotRun if it cannot be written."""
    with workbook(path, title) as book:
        styles = Styles(book)
        made = [book.add_worksheet(sheet.title) for sheet in sheets]
        lists = book.add_worksheet(_LISTS)
        lists.hide()
        used = 0
        for ws, sheet in zip(made, sheets, strict=True):
            _write(ws, styles, title, sheet)
            last = HEAD + len(sheet.rows) + SPARE
            for c, head in enumerate(sheet.heads):
                if head.choices:
                    lists.write_column(0, used, head.choices)
                    column = _letters(used)
                    source = f"='{_LISTS}'!${column}$1:${column}${len(head.choices)}"
                    used += 1
                    ws.data_validation(
                        _FIRST, c, last, c, {"validate": "list", "source": source, "error_type": "warning"}
                    )


def _letters(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))


def _write(ws: Any, styles: Styles, title: str, sheet: Sheet) -> None:
    heads = sheet.heads
    begin(
        ws, styles, f"{title}：{sheet.title}", sheet.hint, [h.title for h in heads], [h.width for h in heads], TAB_FRONT
    )
    for c, head in enumerate(heads):
        ws.write_string(HEAD, c, head.title, styles.get("head", "required" if head.needed else "optional"))
        if head.note:
            ws.write_comment(HEAD, c, head.note, {"x_scale": 1.6})
    text, number = styles.get("boxed", "wrap"), styles.get("boxed", "right")
    for r, row in enumerate(sheet.rows, _FIRST):
        ws.set_row(r, height(*((str(v), h.width) for v, h in zip(row, heads, strict=True) if v is not None)))
        for c, value in enumerate(row):
            if value is None:
                ws.write_blank(r, c, None, text)
            elif isinstance(value, (int, float)) and not isinstance(value, bool):
                ws.write_number(r, c, value, number)
            else:
                ws.write_string(r, c, str(value), text)
    end(ws, len(heads), len(sheet.rows), frozen=2)
