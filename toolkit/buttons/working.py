"""The frame of an action: the workbook that called, its status bar, and the question before a file gives way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import xlwings as xw

from ..errors import CannotRun
from ..machine.guard import guarding

TITLE = "党建报表"


@contextmanager
def working(what: str) -> Iterator[xw.Book]:
    """Yields the calling workbook. Inside the block its status bar shows `what` and its screen does not update.

    What is written there never replaces the workbook; before a file of others gives way the user is asked.
    """
    book = xw.Book.caller()
    book.app.status_bar = f"正在{what}……"
    book.app.screen_updating = False
    try:
        with guarding([book.fullname], ask=lambda question: _agrees(book, question)):
            yield book
    finally:
        book.app.screen_updating = True
        book.app.status_bar = False


def folder_of(book: xw.Book) -> Path:
    """Returns the folder of the workbook. Raises CannotRun if the workbook has never been saved."""
    path = Path(book.fullname)
    if not path.is_absolute():
        raise CannotRun("请先保存工作簿，再点这个按钮。")
    return path.parent


def _agrees(book: xw.Book, question: str) -> bool:
    """Asks in a message box; returns whether the answer is yes."""
    book.app.screen_updating = True
    answer = book.app.alert(question, TITLE, buttons="yes_no")
    book.app.screen_updating = False
    return bool(answer == "yes")
