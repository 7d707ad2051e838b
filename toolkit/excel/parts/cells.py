"""Writing values into cells. Text is always written as text: nothing that came in becomes a formula."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from .layout import in_words

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # in a workbook _x0041_ would mean A


def storable(text: str) -> str:
    """The text as a cell's XML can hold it: no characters that XML forbids, nothing that Excel would decode."""
    return _ESCAPED.sub("_x005F_", _ILLEGAL.sub("", text))


class PlainFormulas(Worksheet):  # type: ignore[misc]
    """A sheet whose formulas use no functions newer than Excel 2010.

    XlsxWriter looks for some eighty newer ones in every formula, a quarter of the time of a workbook.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")


def write_value(sheet: Worksheet, row: int, col: int, value: Any, style: Format) -> None:
    """Write a value of model.Row (or any text) as a cell of the matching kind; blanks keep the format."""
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
    """A page footer: `left`, and page numbers in the middle."""
    return f"&L&9 {left.replace('&', '&&')[:80]}&C&9第 &P 页，共 &N 页"  # the blank parts the size from a leading digit
