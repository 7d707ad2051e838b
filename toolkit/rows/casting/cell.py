"""Casts and tests one cell of a sheet, and records the findings with their Place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ...findings import finding
from ...model import Field, Finding, Place
from .cast import Caster, Noted, Problem
from .constraints import check_cell


@dataclass(frozen=True, slots=True)
class Column:
    """How the cells of one field are cast and tested; prepared once per sheet."""

    field: Field
    number: int  # as Excel counts, from 1
    cast: Caster
    test: Callable[[Any], bool] | None


@dataclass
class SheetFindings:
    """Collects the findings of one sheet, from Problems and cell positions."""

    place: Place
    findings: list[Finding] = field(default_factory=list)

    def at(self, row: int, column: int) -> Place:
        """Returns the Place of a cell of this sheet."""
        return Place(self.place.file, self.place.unit, self.place.sheet, row, column)

    def add(self, p: Problem, f: Field, row: int, column: int) -> None:
        """Records a Problem as a Finding."""
        self.findings.append(finding(p.code, self.at(row, column), f.title, p.value, **p.parts))

    def note(self, noted: Noted, f: Field, row: int, column: int) -> Any:
        """Records N01 (the value was understood although written otherwise); returns the value."""
        shown = written(noted.value)
        self.findings.append(finding("N01", self.at(row, column), f.title, noted.was.strip(), read=shown))
        return noted.value


def written(value: Any) -> str:
    """Returns a typed value as the clerk would write it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple):
        return "；".join(value)
    return "" if value is None else str(value)


def read_cell(c: Column, v: Any, row: int, report: SheetFindings) -> tuple[Any, bool]:
    """Returns the typed value of one filled cell, and whether the cell was understood."""
    try:
        made = c.cast(v)
    except Problem as problem:
        report.add(problem, c.field, row, c.number)
        return None, False
    if type(made) is Noted:
        made = report.note(made, c.field, row, c.number)
    if made is not None and c.test and not c.test(made):
        for objection in check_cell(c.field, made):
            report.add(objection, c.field, row, c.number)
    return made, True
