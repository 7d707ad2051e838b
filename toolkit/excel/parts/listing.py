"""A list sheet (title, hint, header row, one line per item) and the workbook that holds such sheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from ...machine.atomic import write_whole
from ...machine.guard import XLSX
from .layout import AS_TEXT, CREATED
from .pages import FILTERED, pages, widths
from .styles import Styles

HEAD = 2  # header row; title and hint are above it


@contextmanager
def workbook(path: str | Path, title: str) -> Iterator[Workbook]:
    """Yields a workbook to fill and writes it to `path`, completely or not at all; equal cells give equal bytes.

    Raises CannotRun if it cannot be written.
    """
    data = BytesIO()
    with Workbook(data, AS_TEXT) as book:
        book.set_properties({"title": title, "created": CREATED})
        yield book
    write_whole(path, data.getvalue(), XLSX)


def begin(
    ws: Worksheet, styles: Styles, title: str, hint: str, heads: Sequence[str], sizes: Sequence[float], tab: str
) -> None:
    """Writes title, hint and header row; `sizes` are column widths in characters, `tab` is the tab colour."""
    ws.set_tab_color(tab)
    widths(ws, sizes)
    ws.write_string(0, 0, title, styles.get("sheet_title"))
    ws.write_string(1, 0, hint, styles.get("hint"))
    ws.write_row(HEAD, 0, heads, styles.get("head", "required", "top"))
    ws.set_row(0, 28)
    ws.set_row(HEAD, FILTERED)


def end(ws: Worksheet, columns: int, lines: int, frozen: int) -> None:
    """Adds a filter, keeps the header and `frozen` columns in view, and sets printing on A4."""
    ws.autofilter(HEAD, 0, HEAD + max(1, lines), columns - 1)
    ws.freeze_panes(HEAD + 1, frozen)
    pages(ws, HEAD + 1)
