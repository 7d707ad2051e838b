"""Implements `approve`: sets draft rows without errors to 已核, so that they are counted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from ...errors import CannotRun
from ...model import Catalog, Submission
from ...rows.approval import plan_approval
from .patch import check_target, patch


def approve(
    catalog: Catalog,
    submission: Submission,
    book_path: str | Path,
    out_path: str | Path,
    sheets: Iterable[str] | None = None,
) -> dict[str, tuple[int, int]]:
    """Writes a copy of the workbook with every draft row without errors set to 已核.

    Returns (approved, kept back) row counts by ledger title. A row is kept back if it has an error, or would have
    one as 已核 (evidence is then required); rows.approval.kept_back lists the reasons. Approved rows without 记录编号
    get the next free number. `sheets` limits the run to ledgers with these titles.

    Raises CannotRun if the workbook changed since it was read, a title is unknown, or `out_path` is the workbook.
    """
    check_target(book_path, out_path)
    if hashlib.sha256(Path(book_path).read_bytes()).hexdigest() != submission.sha256:
        raise CannotRun(f"“{Path(book_path).name}”在检查之后又改过。请重新检查后再核定。")
    done, cells = plan_approval(catalog, submission, sheets)
    patch(book_path, out_path, cells)
    return done
