"""What is known of a workbook before, or without, python-calamine: cells, errors, hidden rows, sizes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ...model import CellError, column_number
from .package import Refused

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384  # of a sheet of Excel
FREE_AREA = 2_000_000  # cells of a sheet's rectangle that are always allowed
SPARSE = 8  # above FREE_AREA: most cells of the rectangle per filled cell
MAX_AREA = 12_000_000  # cells of a sheet, even if all are filled; also those of all sheets of a workbook
MAX_CHARACTERS = 100_000_000  # of all cells of a workbook: a text that many cells share counts for each
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?")


@dataclass
class SheetScan:
    """Facts about one sheet. Rows and columns count from 1."""

    cells: list[list[Any]] | None = None  # all cells, if they were read here; they include the `special` ones
    special: dict[tuple[int, int], CellError] = field(default_factory=dict)
    percent: set[tuple[int, int]] = field(default_factory=set)  # cells that show their number as a percentage
    hidden: set[int] = field(default_factory=set)
    struck: set[int] = field(default_factory=set)  # rows that hold struck-out text
    formulas: set[tuple[int, int]] = field(default_factory=set)  # cells whose value a formula gives
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    concealed: bool = False  # whether the sheet is hidden
    filled: int | None = None  # cells with content; None if not counted
    last_row: tuple[int, int] = (0, 0)  # the lowest filled cell
    last_column: tuple[int, int] = (0, 0)  # the rightmost filled cell

    def see(self, row: int, column: int, times: int = 1) -> None:
        """Counts a filled cell, `times` times."""
        self.filled = (self.filled or 0) + times
        if row > self.last_row[0]:
            self.last_row = row, column
        if column > self.last_column[1]:
            self.last_column = row, column

    def merge(self, reference: str) -> None:
        """Adds a merged range such as B2:C5."""
        if (found := _RANGE.fullmatch(reference)) and found[3]:
            self.merged.append((int(found[2]), column_number(found[1]), int(found[4]), column_number(found[3])))

    def refuse_far(self, sheet: str) -> None:
        """Raises Refused if filled cells are so far apart, or so many, that reading would exhaust the memory."""
        rows, columns = self.last_row[0], self.last_column[1]
        if rows * columns > MAX_AREA and rows * columns <= SPARSE * (self.filled or 0):
            raise Refused("F02", f"“{sheet}”有{rows}行{columns}列")
        if rows * columns > max(FREE_AREA, SPARSE * (self.filled or 0)):
            raise Refused("F08", "", sheet, self.last_row if rows > 50 * columns else self.last_column)


@dataclass
class Scan:
    """The result of scanning a workbook: its sheets by name, and its date system."""

    sheets: dict[str, SheetScan] = field(default_factory=dict)
    date1904: bool = False
    most_text: int | None = None  # characters that all cells can hold at most, if that is known

    def refuse_many(self) -> None:
        """Raises Refused if the sheets together have too many cells to be read."""
        area = sum(s.last_row[0] * s.last_column[1] for s in self.sheets.values())
        if area > MAX_AREA:
            raise Refused("F02", f"各表共{area}格")
