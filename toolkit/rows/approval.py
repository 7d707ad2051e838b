"""Plans the approval of drafts (草稿 to 已核): the new cell values, and the errors that prevent it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Any

from ..errors import CannotRun
from ..findings import findings_text, nearest
from ..model import Book, Catalog, Field, Finding, Grid, Ledger, Place, Row, Submission
from ..standard.sheets import COUNTED, DRAFT
from .casting.cell import written
from .checks import check_rows
from .conditions import Context
from .once import once

_LAST_NUMBER = 9999  # a record id has four digits


Cells = dict[tuple[int, int], Any]


@dataclass(frozen=True)
class Understood:
    """One cell of an approved row that is written as it was understood: 12 for 12人, the default for a blank."""

    place: Place
    field: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.place} {self.field}：{self.old or '空'} → {self.new}"


@dataclass(frozen=True)
class Approval:
    """What an approval does, and why it leaves rows out."""

    rows: Mapping[str, tuple[int, int]]  # ledger title -> approved, kept back
    cells: Mapping[str, Cells]  # sheet -> row and column -> new value, typed
    understood: tuple[Understood, ...] = ()
    objections: tuple[Finding, ...] = ()  # on the rows kept back

    def lines(self, limit: int = 200) -> Iterator[str]:
        """Yields the result for the clerk: rows by ledger, cells that were rewritten, and at most `limit` reasons."""
        for title, (approved, kept) in self.rows.items():
            if approved or kept:
                yield f"{title}：核定{approved}行" + (f"，{kept}行未核定，原因见下" if kept else "")
        if not any(map(sum, self.rows.values())):
            yield "没有需要核定的草稿行。"
        if self.understood:
            yield f"有{len(self.understood)}格按读取的内容写回："
            yield from (f"  {c}" for c in self.understood[:limit])
            if len(self.understood) > limit:
                yield f"  另有{len(self.understood) - limit}格未列出。"
        if self.objections:
            yield findings_text(map(_in_book, self.objections), limit)


def _in_book(f: Finding) -> Finding:
    """Returns the finding under the name of its workbook: a dialog does not show in which folder it lies."""
    return replace(f, place=replace(f.place, file=re.split(r"[/\\]", f.place.file)[-1]))


def plan_approval(
    catalog: Catalog, submission: Submission, book: Book, sheets: Iterable[str] | None = None
) -> Approval:
    """Returns what the approval of all drafts does. `book` is the workbook that `submission` was read from.

    A draft is kept back if it has an error, or would have one as 已核 (evidence is then required).
    Raises CannotRun for a title that is no ledger with a status, or if record ids run out.
    """
    ledgers = _wanted(catalog, submission, sheets)
    objections = _objections(catalog, submission, ledgers)
    noted = {(f.place.sheet, f.place.row, f.place.column): f for f in submission.findings if f.code == "N01"}
    grids = {g.title: g for g in book.grids.values()}
    done: dict[str, tuple[int, int]] = {}
    cells: dict[str, Cells] = {}
    understood: list[Understood] = []
    kept: list[Finding] = []
    for ledger in ledgers:
        drafts = _drafts(submission, ledger)
        passed = [r for r in drafts if (r.sheet.title, r.number) not in objections]
        kept += [f for r in drafts for f in objections.get((r.sheet.title, r.number), ())]
        done[ledger.title] = (len(passed), len(drafts) - len(passed))
        for row in passed:
            new = cells.setdefault(row.sheet.title, {})
            for f, old, value in _otherwise(ledger, row, grids[row.sheet.title], noted):
                new[row.number, row.sheet.columns[f.name]] = value
                understood.append(Understood(row.place(f.name), f.title, old, written(value)))
            new[row.number, row.sheet.columns["status"]] = COUNTED
        for number, code in _record_ids(ledger, submission, passed).items():
            cells[passed[0].sheet.title][number, passed[0].sheet.columns["rec_id"]] = code
    return Approval(done, cells, tuple(understood), tuple(kept))


def _otherwise(
    ledger: Ledger, row: Row, grid: Grid, noted: Mapping[tuple[str, int, int], Finding]
) -> Iterator[tuple[Field, str, Any]]:
    """Yields the fields whose cell says something else than what counts, with the old text and the value."""
    cells = grid.cells[row.number - 1]
    for f in ledger.fields:
        column, value = row.sheet.columns.get(f.name, 0), row.values.get(f.name)
        if f.calc or not column or value is None or f.name == "status" or (row.number, column) in grid.formulas:
            continue  # a formula stays: the next reading understands it the same way
        note = noted.get((row.sheet.title, row.number, column))
        cell = cells[column - 1] if column <= len(cells) else None
        spaced = _is_word(f) and isinstance(cell, str) and cell != written(value)
        if note or cell is None or spaced:
            yield f, note.value if note else cell or "", value


def _is_word(f: Field) -> bool:
    """Whether formulas compare the cell as a whole, so that a blank in it would keep the row out."""
    return f.type == "boolean" or (f.type == "string" and not f.foreignKey)


def real_dates(catalog: Catalog, submission: Submission) -> dict[str, dict[tuple[int, int], date]]:
    """Returns the dates that were typed as text or digits (2026.3.5, 20260305), by sheet, row and column."""
    typed = {(f.place.sheet, f.place.row, f.place.column) for f in submission.findings if f.code == "N01"}
    found: dict[str, dict[tuple[int, int], date]] = {}
    for row in chain.from_iterable(submission.rows.values()):
        for f in catalog.ledgers[row.ledger].fields if typed else ():
            column = row.sheet.columns.get(f.name, 0)
            day = row.values.get(f.name)
            if f.type == "date" and isinstance(day, date) and (row.sheet.title, row.number, column) in typed:
                found.setdefault(row.sheet.title, {})[row.number, column] = day
    return found


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
    for f in once(
        (
            *submission.findings,
            *check_rows(catalog, rows, Context.of(submission.unit).knowing(catalog.ledgers, rows)),
        )
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
