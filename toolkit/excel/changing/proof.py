"""Proves a changed workbook before it is handed out: openpyxl, which had no part in changing it, finds the new values."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from datetime import date, datetime
from io import BytesIO
from typing import Any

import openpyxl

from ...errors import CannotRun
from ..parts.cells import legal
from ..parts.layout import in_words
from ..reading.values import decoded

_NEAR = 1e-9


def prove(data: bytes, changes: Mapping[str, Mapping[tuple[int, int], Any]], name: str) -> None:
    """Reads the changed sheets: sheet title -> (row, column) -> value that the cell must hold.

    Raises CannotRun if the workbook cannot be opened or a cell holds anything else.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl does not keep does not matter here
        try:
            book = openpyxl.load_workbook(BytesIO(data), read_only=True)
            for title, cells in changes.items():
                wanted = {row for row, _ in cells}
                sheet = book[title]
                sheet.reset_dimensions()  # as stated by the file, they may be too small
                found = {
                    (number, getattr(c, "column", 0)): c.value
                    for number, row in enumerate(sheet.iter_rows(max_row=max(wanted)), 1)
                    if number in wanted
                    for c in row
                }
                for (number, column), value in cells.items():
                    _compare(found.get((number, column)), value, f"{title}!第{number}行第{column}列")
        except CannotRun:
            raise
        except Exception as e:  # openpyxl raises whatever a strange file leads it to
            raise CannotRun(f"“{name}”改后打不开，没有写出。请用 Excel 或 WPS 另存后再试。") from e


def _compare(found: Any, wanted: Any, place: str) -> None:
    if isinstance(found, datetime) and isinstance(wanted, date) and not isinstance(wanted, datetime):
        found = found.date()
    numbers = isinstance(found, (int, float)) and isinstance(wanted, (int, float)) and not isinstance(wanted, bool)
    same = (
        abs(found - wanted) <= _NEAR * max(1, abs(wanted))
        if numbers
        else _text(found) == legal(_text(wanted)) or _text(found) == wanted
    )
    if not same:
        raise CannotRun(f"{place}改后读出的不是写入的值，没有写出。请用 Excel 或 WPS 另存后再试。")


def _text(value: Any) -> str:
    said = in_words(value)
    return "" if said is None else decoded(str(said)).replace("\r\n", "\n")
