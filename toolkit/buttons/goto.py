"""Opens a workbook in Excel at a cell: python -m toolkit.buttons.goto WORKBOOK SHEET CELL. Ends with 1 without Excel."""

from __future__ import annotations

import sys

import xlwings as xw


def goto(path: str, sheet: str, cell: str) -> None:
    """Shows the cell in the workbook, which opens if it is not open yet. Raises whatever Excel says."""
    book = xw.Book(path)
    book.app.visible = True
    book.activate(steal_focus=True)
    book.sheets[sheet].activate()
    book.sheets[sheet].range(cell).select()


if __name__ == "__main__":
    try:
        goto(*sys.argv[1:4])
    except Exception as e:
        raise SystemExit(1) from e
