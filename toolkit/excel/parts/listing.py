"""A sheet that is a list: title and hint, a row of heads, a line for each thing; and the workbook such sheets stand in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from ...machine.atomic import write_whole
from .layout import AS_TEXT, CREATED
from .pages import pages, widths
from .styles import Styles

HEAD = 2  # title and hint above it


@contextmanager
def workbook(path: str | Path, title: str) -> Iterator[Workbook]:
    """A workbook to fill, then written to `path` whole or not at all; the same cells give the same bytes.

    Raises CannotRun when it cannot be written.
    """
    data = BytesIO()
    with Workbook(data, AS_TEXT) as book:
        book.set_properties({"title": title, "created": CREATED})
        yield book
    write_whole(path, data.getvalue())


def begin(
    ws: Worksheet, styles: Styles, title: str, hint: str, heads: Sequence[str], sizes: Sequence[float], tab: str
) -> None:
    """What stands above the lines; `sizes` are the widths of the columns in characters, `tab` its colour."""
    ws.set_tab_color(tab)
    widths(ws, sizes)
    ws.write_string(0, 0, title, styles.get("sheet_title"))
    ws.write_string(1, 0, hint, styles.get("hint"))
    ws.write_row(HEAD, 0, heads, styles.get("head", "required"))
    ws.set_row(0, 28)
    ws.set_row(HEAD, 24)


def end(ws: Worksheet, columns: int, lines: int, frozen: int) -> None:
    """The list can be filtered, keeps its heads and `frozen` columns in view, and is printed on A4."""
    ws.autofilter(HEAD, 0, HEAD + max(1, lines), columns - 1)
    ws.freeze_panes(HEAD + 1, frozen)
    pages(ws, HEAD + 1)
