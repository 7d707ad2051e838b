"""Streams the rows of all units as table lines, one ledger after another; they are never all in memory."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...model import UPWARD, Field, Ledger, Row, Submission, may_go
from ...rows.conditions import where
from ...rows.submission import context_of
from ...standard.sheets import NO, YES

if TYPE_CHECKING:
    from ...figures.consolidation import Consolidation

Line = Sequence[Any]  # the columns of toolkit/standard/sheets.py ORIGIN, then the values of the shown fields


class Lines:
    """The rows of one consolidation, without data that stays in the unit."""

    def __init__(self, c: Consolidation) -> None:
        self.c = c

    @cached_property
    def submissions(self) -> Sequence[Submission]:
        """The chosen submissions; their rows are loaded on access."""
        return list(self.c.submissions)

    def count(self, ledger: Ledger) -> int:
        """Returns the number of lines of a ledger."""
        return sum(len(s.rows.get(ledger.name, ())) for s in self.submissions)

    def of(self, ledger: Ledger) -> Iterator[Line]:
        """Yields one line per row of the ledger, counted or not."""
        names = [f.name for f in shown(ledger)]
        for s in self.submissions:
            if not (rows := s.rows.get(ledger.name, ())):
                continue
            code, unit, file = s.unit["unit_id"], s.unit.get("unit_name"), self.file(s.path)
            blanked, reasons = self._blanked(ledger, s), s.left_out.get(ledger.name, {})
            for n, row in enumerate(rows):
                reason = reasons.get(n)
                # A row read from a consolidated workbook keeps the row number in its unit's workbook.
                line = row.values.get("origin_row") or row.number
                origin = (code, unit, file, line, YES if reason is None else NO, reason)
                hide = blanked.get(n, ())
                get = row.values.get
                yield (
                    (*origin, *(None if name in hide else get(name) for name in names))
                    if hide
                    else (*origin, *map(get, names))
                )

    def _blanked(self, ledger: Ledger, s: Submission) -> Mapping[int, set[str]]:
        """Returns fields to leave out by row index: small head-counts are not broken down (docs/domain/rules.md 4)."""
        if not ledger.sensitive:
            return {}
        rows, context = s.rows[ledger.name], context_of(self.c.catalog, s)
        found: dict[int, set[str]] = {}
        for rule in ledger.sensitive:
            takes = where(ledger, rule.where)
            for n, row in enumerate(rows):
                if _small(row, rule.field, rule.below) and takes(row.values, context):
                    found.setdefault(n, set()).update(rule.hide)
        return found

    @cached_property
    def hidden(self) -> frozenset[tuple[str, str, int, str]]:
        """(file, sheet, row, field title) of all cells that `of` leaves out because a head-count is small."""
        return frozenset(
            (row.sheet.file, row.sheet.title, row.number, ledger.field(name).title)
            for ledger in self.c.catalog.ledgers.values()
            if ledger.sensitive
            for s in self.submissions
            if s.rows.get(ledger.name)
            for n, names in self._blanked(ledger, s).items()
            for row in [s.rows[ledger.name][n]]
            for name in names
        )

    # --------------------------------------------------------------- files

    @cached_property
    def base(self) -> str:
        """The common folder of all files, "" if none; it is removed from paths shown to superior units."""
        files = [d.path for d in self.c.digest.chosen().values()]
        folders = {str(Path(f).parent) for f in (*files, *(f.place.file for f in self.c.findings)) if f}
        try:
            return os.path.commonpath(folders) if folders else ""
        except ValueError:  # several drives, or relative and absolute paths together
            return ""

    def file(self, path: str) -> str:
        """Returns the path to show: relative to `base`; an absolute path outside it becomes its file name."""
        if self.base not in ("", ".") and path.startswith(self.base):
            return path[len(self.base) :].lstrip("/\\")
        return Path(path).name if os.path.isabs(path) else path

    def text(self, message: str) -> str:
        """Returns a message without the folder before its file names."""
        return message.replace(self.base + os.sep, "") if self.base not in ("", ".", os.sep) else message


def shown(ledger: Ledger) -> list[Field]:
    """Returns the fields that may leave the unit."""
    return [f for f in ledger.fields if may_go(f, UPWARD)]


def _small(row: Row, name: str, below: int) -> bool:
    # A blank head-count may be small.
    value = row.values.get(name)
    return value is None or value < below
