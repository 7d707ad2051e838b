"""Shared data of all sheets of a consolidated workbook: figures, file names, words for states, privacy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from ...figures.digest import UnitDigest
from ...figures.evaluate import figures_alone
from ...model import UPWARD, Figure, Finding, may_go
from ...rows.privacy import WITHHELD, unsaid
from ...wording.phrase import Words
from ..parts.styles import Styles
from .bodies import Body
from .lines import Lines

if TYPE_CHECKING:
    from ...figures.consolidation import Consolidation

ROWS_A_SHEET = 1_048_576 - 1  # Excel's limit, minus the header
_PERSONAL = frozenset({"F06", "C19"})  # findings whose value must not be passed on


class View:
    """One consolidation that is being written into one workbook."""

    def __init__(self, c: Consolidation, book: Workbook, rows_a_sheet: int = ROWS_A_SHEET) -> None:
        self.c, self.book, self.styles, self.rows_a_sheet = c, book, Styles(book), rows_a_sheet
        self.words = Words.of(c.catalog.wording)
        self.chosen: Mapping[str, UnitDigest] = c.digest.chosen()
        self.listed: list[
            tuple[str, Worksheet, str]
        ] = []  # (title, sheet, description) of visible sheets, for the front page
        self.bodies: list[Body] = []  # rows that are written after the workbook is closed
        self.lines = Lines(c)
        self._private = self._private_fields()

    def sheet(self, title: str, about: str = "", tab: str = "") -> Worksheet:
        """Adds a sheet; with `about` it is listed on the front page, without `about` it is hidden."""
        made = self.book.add_worksheet(title)
        if tab:
            made.set_tab_color(tab)
        if about:
            self.listed.append((title, made, about))
        else:
            made.hide()
        return made

    def of_units(self, title: str, about: str, tab: str) -> Worksheet:
        """Adds a sheet that compares units; a unit alone does not need to see it."""
        return self.sheet(title, "" if self.single else about, tab)

    def headed(self, what: str) -> str:
        """Returns the title of a printed page: whose, of which period, and what."""
        return f"{self.c.top.name}{self.c.period.name}{what}"

    @property
    def single(self) -> bool:
        """Whether it is the workbook of one unit that reported and has nobody below it."""
        return self.c.counts["应报"] <= 1 and len(self.chosen) == 1

    # ------------------------------------------------------------- figures

    @cached_property
    def top(self) -> Mapping[str, Figure]:
        """The figures of the whole tree, by indicator name."""
        return self.c.figures_of("")

    @cached_property
    def own(self) -> Mapping[str, Mapping[str, Figure]]:
        """Each unit's figures from its own workbook only, in tree order."""
        return {
            unit.code: figures_alone(self.c.catalog, d, unit.name, self.c.period.code)
            for unit, _ in self.c.tree.walk()
            if (d := self.chosen.get(unit.code))
        }

    # ------------------------------------------------------------- privacy

    def _private_fields(self) -> set[tuple[str, str]]:
        """Returns (sheet, field title) of all data that stays in the unit; field "" means the whole sheet."""
        ledgers = self.c.catalog.ledgers.values()
        return {(x.title, f.title) for x in ledgers for f in x.fields if not may_go(f, UPWARD)} | {
            (x.title, "") for x in ledgers if not x.reported
        }

    def trimmed(self, f: Finding) -> Finding:
        """Returns the finding, with a value that must not leave the unit replaced by WITHHELD."""
        sheet = f.place.sheet
        private = {(sheet, f.field), (sheet, "")} & self._private or f.code in _PERSONAL
        blanked = (f.place.file, sheet, f.place.row, f.field) in self.lines.hidden
        front = any(not may_go(x, UPWARD) and x.title == f.field for x in self.c.catalog.unit)
        message = self.lines.text(f.message)
        made = replace(f, message=message)
        return unsaid(made, WITHHELD) if private or blanked or front else made


def split(rows: Sequence[Any], size: int) -> list[Sequence[Any]]:
    """Splits the rows into pieces of at most `size`; no rows give one empty piece."""
    return [rows[n : n + size] for n in range(0, len(rows), size)] or [rows]


def numbered(title: str, n: int) -> str:
    """Returns the title of the n-th sheet (from 0) of a list that is split over sheets."""
    return f"{title}_{n + 1}" if n else title
