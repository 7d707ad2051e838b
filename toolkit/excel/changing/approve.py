"""Rows without errors to 已核, so that they count; the others stay drafts, with the reason."""

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
    """Write a copy of the workbook with every faultless draft row set to 已核: (approved, kept back) by ledger title.

    A row is kept back when it has an error, or would have one once it is 已核 (evidence is
    required then). Approved rows without 记录编号 get the next free number. `sheets` limits this
    to ledgers by title. `kept_back` tells why rows were kept back.

    Raises CannotRun when the workbook changed since it was read, a title is unknown, or
    `out_path` is the workbook itself.
    """
    check_target(book_path, out_path)
    if hashlib.sha256(Path(book_path).read_bytes()).hexdigest() != submission.sha256:
        raise CannotRun(f"“{Path(book_path).name}”在检查之后又改过。请重新检查后再核定。")
    done, cells = plan_approval(catalog, submission, sheets)
    patch(book_path, out_path, cells)
    return done
