"""Notes (comments) of cells."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .bridge.connection import struct

if TYPE_CHECKING:
    from .ranges import Range
    from .sheets import Sheet

NOTES = 8  # com.sun.star.sheet.CellFlags
TAKEN = "there is a note already"
Cell = tuple[int, int]  # row and column, from 0


class Notes:
    """The notes of one sheet. Their places are queried again only if the number of notes has changed."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._cells: set[Cell] = set()

    @cached_property
    def _annotations(self) -> Any:
        return self.sheet.api.Annotations

    def cells(self) -> set[Cell]:
        """Returns the cells that have a note."""
        if self._annotations.Count != len(self._cells):
            found = self.sheet.api.queryContentCells(NOTES).RangeAddresses
            self._cells = {
                (r, c)
                for a in found
                for r in range(a.StartRow, a.EndRow + 1)
                for c in range(a.StartColumn, a.EndColumn + 1)
            }
        return self._cells

    def __iter__(self) -> Iterator[Note]:
        return (Note(self, cell) for cell in sorted(self.cells()))

    def at(self, row: int, column: int) -> Note | None:
        """Returns the note of a cell, or None; row and column count from 0."""
        return Note(self, (row, column)) if (row, column) in self.cells() else None

    def add(self, row: int, column: int, text: str) -> Note:
        """Adds a note to a cell; row and column count from 0. Raises ValueError if it already has one."""
        if (row, column) in self.cells():
            raise ValueError(TAKEN)
        place = struct("com.sun.star.table.CellAddress", Sheet=self.sheet.index - 1, Row=row, Column=column)
        self._annotations.insertNew(place, text)
        self._cells.add((row, column))
        return Note(self, (row, column))

    def delete(self, cell: Cell) -> None:
        """Deletes the note of a cell."""
        self.sheet.at((*cell, *cell)).clearContents(NOTES)
        self._cells.discard(cell)


class Note:
    """The note of one cell."""

    def __init__(self, notes: Notes, cell: Cell) -> None:
        self._notes, self._cell = notes, cell

    @property
    def api(self) -> Any:
        """The UNO annotation."""
        row, column = self._cell
        return self._notes.sheet.api.getCellByPosition(column, row).Annotation

    @property
    def text(self) -> str:
        """The text of the note."""
        return str(self.api.String)

    @text.setter
    def text(self, value: str) -> None:
        """Changes the text of the note."""
        self.api.setString(value)

    @property
    def author(self) -> str:
        """The author of the note."""
        return str(self.api.Author)

    @property
    def location(self) -> Range:
        """The cell that has the note."""
        row, column = self._cell
        return self._notes.sheet.range((row + 1, column + 1))

    def delete(self) -> None:
        """Deletes the note."""
        self._notes.delete(self._cell)
