"""Plans the approval of drafts (草稿 to 已核): the new cell values, and the errors that prevent it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..errors import CannotRun
from ..findings import nearest
from ..model import Catalog, Finding, Ledger, Row, Submission
from ..standard.sheets import COUNTED, DRAFT
from .checks import check_rows
from .conditions import Context

_LAST_NUMBER = 9999  # a record id has four digits


def plan_approval(
    catalog: Catalog, submission: Submission, sheets: Iterable[str] | None = None
) -> tuple[dict[str, tuple[int, int]], dict[str, dict[tuple[int, int], Any]]]:
    """Returns (approved, kept back) by ledger title, and the new values by sheet, row and column.

    Raises CannotRun for a title that is no ledger with a status, or if record ids run out.
    """
    ledgers = _wanted(catalog, submission, sheets)
    objections = _objections(catalog, submission, ledgers)
    done: dict[str, tuple[int, int]] = {}
    cells: dict[str, dict[tuple[int, int], Any]] = {}
    for ledger in ledgers:
        drafts = _drafts(submission, ledger)
        passed = [r for r in drafts if (r.sheet.title, r.number) not in objections]
        done[ledger.title] = (len(passed), len(drafts) - len(passed))
        for row in passed:
            cells.setdefault(row.sheet.title, {})[row.number, row.sheet.columns["status"]] = COUNTED
        for number, code in _record_ids(ledger, submission, passed).items():
            cells[passed[0].sheet.title][number, passed[0].sheet.columns["rec_id"]] = code
    return done, cells


def kept_back(catalog: Catalog, submission: Submission, sheets: Iterable[str] | None = None) -> list[Finding]:
    """Returns the errors that prevent the approval of drafts: those they have, or would have as 已核."""
    ledgers = _wanted(catalog, submission, sheets)
    objections = _objections(catalog, submission, ledgers)
    drafts = [(r.sheet.title, r.number) for x in ledgers for r in _drafts(submission, x)]
    return [f for key in drafts for f in objections.get(key, ())]


def _wanted(catalog: Catalog, submission: Submission, sheets: Iterable[str] | None) -> list[Ledger]:
    by_title = {x.title: x for x in catalog.ledgers.values() if any(f.name == "status" for f in x.fields)}
    titles = list(by_title) if sheets is None else list(dict.fromkeys(sheets))
    for title in titles:
        if title not in by_title:
            near = nearest(title, by_title)
            hint = f"是否为“{near}”？" if near else f"可选：{'、'.join(by_title)}。"
            raise CannotRun(f"没有可核定的台账“{title}”。{hint}")
    return [by_title[t] for t in titles if by_title[t].name in submission.rows]


def _drafts(submission: Submission, ledger: Ledger) -> list[Row]:
    rows = submission.rows.get(ledger.name, ())
    return [r for r in rows if r.values.get("status") == DRAFT and "status" in r.sheet.columns]


def _objections(
    catalog: Catalog, submission: Submission, ledgers: Iterable[Ledger]
) -> dict[tuple[str, int], list[Finding]]:
    """Returns the errors by sheet and row: existing ones, and those that the new status would cause."""
    wanted = {x.name for x in ledgers}
    rows = {name: [_as_counted(r) if name in wanted else r for r in found] for name, found in submission.rows.items()}
    found: dict[tuple[str, int], dict[Finding, None]] = {}
    for f in (
        *submission.findings,
        *check_rows(catalog, rows, Context.of(submission.unit).knowing(catalog.ledgers, rows)),
    ):
        if f.is_error and f.place.row:
            found.setdefault((f.place.sheet, f.place.row), {})[f] = None
    return {key: list(kept) for key, kept in found.items()}


def _as_counted(row: Row) -> Row:
    return replace(row, values={**row.values, "status": COUNTED}) if row.values.get("status") == DRAFT else row


def _record_ids(ledger: Ledger, submission: Submission, rows: Iterable[Row]) -> Mapping[int, str]:
    """Returns new ids by row number for rows without one; numbers continue after the highest in use."""
    lead = f"{ledger.code}{Context.of(submission.unit).end.year}-"
    taken = [r.values.get("rec_id") for r in submission.rows.get(ledger.name, ())]
    numbers = [int(m[1]) for v in taken if v and (m := re.fullmatch(rf"{re.escape(lead)}(\d+)", str(v)))]
    blank = [r for r in rows if r.values.get("rec_id") is None and "rec_id" in r.sheet.columns]
    first = max(numbers, default=0) + 1
    if first + len(blank) - 1 > _LAST_NUMBER:
        raise CannotRun(f"“{ledger.title}”的记录编号将超过{lead}{_LAST_NUMBER}。请先整理编号后再核定。")
    return {r.number: f"{lead}{n:04d}" for n, r in enumerate(blank, first)}
