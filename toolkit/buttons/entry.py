"""Changes to the open workbook that save typing: real dates, and rows like the last one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import CannotRun
from ..model import Book, Catalog, Submission
from ..rows.approval import real_dates
from ..rows.submission import submission_of
from ..standard.catalog import load_catalog
from ..standard.sheets import COVER, META
from .open_book import read_live, write_cells
from .working import working

if TYPE_CHECKING:
    import xlwings as xw


def with_real_dates(book: xw.Book, s: Submission, again: Callable[[Catalog, xw.Book], Submission]) -> Submission:
    """Makes dates that were typed as text (2026.3.5) real dates in their cells; returns the submission as read then."""
    days = real_dates(load_catalog(), s)
    if not days:
        return s
    write_cells(book, days)
    return again(load_catalog(), book)


def repeat_row() -> None:
    """复制上一行: fills the row below the last one of the active ledger with the same, to change what differs."""
    from ..excel.changing.repeat import last_row_again

    with working("复制上一行") as book:
        _repeat(book, last_row_again)


def repeat_for_others() -> None:
    """连续录入: fills a row for each other organisation of the same kind, with the activity of the last row."""
    from ..excel.changing.repeat import for_other_organisations

    with working("连续录入") as book:
        _repeat(book, for_other_organisations)


def _repeat(book: xw.Book, new_rows: Callable[[Catalog, Submission, Book, str], Mapping[tuple[int, int], Any]]) -> None:
    catalog, active = load_catalog(), book.sheets.active
    ledger = next((x for x in catalog.ledgers.values() if x.title == active.name), None)
    if ledger is None:
        raise CannotRun("请先打开要填的台账，再点这个按钮。")
    read = read_live(book, (COVER, META, *(x.title for x in catalog.ledgers.values())))
    cells = new_rows(catalog, submission_of(catalog, read), read, ledger.name)
    write_cells(book, {active.name: cells})
    active.range(sorted(cells)[:2][-1]).select()  # the organisation stays; typing goes on beside it
