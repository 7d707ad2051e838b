"""Implements `approve`: sets draft rows without errors to 已核, so that they are counted."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ...errors import CannotRun
from ...model import Catalog, Submission
from ...rows.approval import Approval, plan_approval
from ..reading.read import read_book
from .patch import check_target, patch


def approve(
    catalog: Catalog,
    submission: Submission,
    book_path: str | Path,
    out_path: str | Path,
    sheets: Iterable[str] | None = None,
) -> Approval:
    """Writes a copy of the workbook with every draft row without errors set to 已核.

    Returns the approved and kept back rows by ledger title, with every objection (rows.approval). In an approved row,
    cells that were understood although written otherwise hold what was understood, and blank ones their default.
    Rows without 记录编号 get the next free number. `sheets` limits the run to ledgers with these titles.

    Raises CannotRun if the workbook changed since it was read, a title is unknown, or `out_path` is the workbook.
    """
    check_target(book_path, out_path)
    book = read_book(book_path)
    if book.sha256 != submission.sha256:
        raise CannotRun(f"“{Path(book_path).name}”在检查之后又改过。请重新检查后再核定。")
    done = plan_approval(catalog, submission, book, sheets)
    patch(book_path, out_path, done.cells)
    return done
