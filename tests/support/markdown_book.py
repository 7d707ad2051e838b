"""Test workbooks written as Markdown tables inside the test, saved as real files.

    book(tmp_path, {"组织生活": '''
        | 日期        | 主题议题 | 应到人数 |
        |-------------|----------|----------|
        | @2026-03-05 | 读书会   | 12       |
    '''})

A cell is blank, a number (12, 1.5), a real date (@2026-03-05), a logical value (TRUE, FALSE), a
formula without a result (=A1+1) or text; '12 is the text 12, \\n in a text is a line break.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
import xlwt

from toolkit.model import Book, Grid

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")

TABLE = """
    | 日期        | 主题   | 人数 | 估算 |
    |-------------|--------|------|------|
    | @2026-03-05 | 读书会 | 12   | TRUE |
    | 3月6日      |        | '12  |      |
"""


def value(text: str) -> Any:
    """What one Markdown cell stands for."""
    text = text.strip()
    if not text:
        return None
    if NUMBER.fullmatch(text):
        return float(text)
    if text in ("TRUE", "FALSE"):
        return text == "TRUE"
    if text.startswith("@"):
        return date.fromisoformat(text[1:])
    return text.removeprefix("'").replace("\\n", "\n")


def table(markdown: str) -> list[list[Any]]:
    """The rows of a Markdown table; the line of dashes is left out."""
    lines = [line.strip() for line in markdown.strip().splitlines()]
    return [
        [value(c) for c in line.strip("|").split("|")] for line in lines if not re.fullmatch(r"[|\s:-]+-[|\s:-]*", line)
    ]


def grid(title: str, markdown: str, down: int = 0, right: int = 0) -> Grid:
    """The table as a Grid, moved down and right by so many blank rows and columns."""
    return Grid(title, [[] for _ in range(down)] + [[None] * right + row for row in table(markdown)])


def book(
    folder: Path,
    sheets: Mapping[str, str],
    name: str = "台账.xlsx",
    at: tuple[int, int] = (1, 1),
    writer: str = "",
    date1904: bool = False,
) -> Path:
    """A workbook with one sheet per table, its first cell `at` (row, column).

    The writer goes by the suffix: XlsxWriter for .xlsx (openpyxl on demand), xlwt for .xls.
    """
    path = folder / name
    cells = {
        title: {
            (at[0] + r, at[1] + c): v for r, row in enumerate(table(text)) for c, v in enumerate(row) if v is not None
        }
        for title, text in sheets.items()
    }
    if path.suffix == ".xls":
        _xls(path, cells)
    elif writer == "openpyxl":
        _openpyxl(path, cells)
    else:
        _xlsxwriter(path, cells, date1904)
    return path


Cells = dict[str, dict[tuple[int, int], Any]]


def _xlsxwriter(path: Path, sheets: Cells, date1904: bool) -> None:
    made = xlsxwriter.Workbook(path, {"date_1904": date1904})
    dates = made.add_format({"num_format": "yyyy-mm-dd"})
    for title, cells in sheets.items():
        sheet = made.add_worksheet(title)
        for (row, column), v in cells.items():
            if isinstance(v, date):
                sheet.write_datetime(row - 1, column - 1, v, dates)
            elif isinstance(v, str) and v.startswith("="):
                sheet.write_formula(row - 1, column - 1, v, None, "")
            elif isinstance(v, str):
                sheet.write_string(row - 1, column - 1, v)
            else:
                sheet.write(row - 1, column - 1, v)
    made.close()


def _openpyxl(path: Path, sheets: Cells) -> None:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, cells in sheets.items():
        sheet = made.create_sheet(title)
        for (row, column), v in cells.items():
            sheet.cell(row, column, v)
    made.save(path)


def _xls(path: Path, sheets: Cells) -> None:
    made = xlwt.Workbook(encoding="utf-8")
    dates = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for title, cells in sheets.items():
        sheet = made.add_sheet(title)
        for (row, column), v in cells.items():
            if isinstance(v, date):
                sheet.write(row - 1, column - 1, v, dates)
            else:
                sheet.write(row - 1, column - 1, v)
    made.save(str(path))


def codes(read: Book) -> list[str]:
    return [f.code for f in read.findings]
