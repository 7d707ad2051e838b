"""Writes values into cells. Text is always written as text, so input never becomes a formula."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from .layout import in_words

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # Excel decodes _x0041_ to A


def legal(text: str) -> str:
    """Returns the text without characters that XML forbids."""
    return _ILLEGAL.sub("", text)


def storable(text: str) -> str:
    """Returns the text without characters that XML forbids, and with _xHHHH_ escaped, which Excel would decode."""
    return _ESCAPED.sub("_x005F_", legal(text))


class PlainFormulas(Worksheet):  # type: ignore[misc]
    """A sheet whose formulas use no functions newer than Excel 2010.

    XlsxWriter searches every formula for about eighty newer ones, which takes a quarter of the build time.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")


def write_value(sheet: Worksheet, row: int, col: int, value: Any, style: Format) -> None:
    """Writes a value as in model.Row (or any text) as a cell of the matching type; blanks keep the format."""
    value = in_words(value)
    if value is None or value == "":
        sheet.write_blank(row, col, None, style)
    elif isinstance(value, (date, datetime)):
        sheet.write_datetime(row, col, value, style)
    elif isinstance(value, (int, float, Decimal)):
        sheet.write_number(row, col, float(value), style)
    else:
        sheet.write_string(row, col, str(value), style)


def footer(left: str) -> str:
    """Returns a page footer with `left` (at most 80 characters) and page numbers in the middle."""
    # The space ends the font size, so that `left` may begin with a digit.
    return f"&L&9 {left.replace('&', '&&')[:80]}&C&9第 &P 页，共 &N 页"
