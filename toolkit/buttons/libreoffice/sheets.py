"""The sheets of a workbook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ...model import column_number
from .names import Names
from .notes import Note, Notes
from .ranges import WHOLE, Range, address_struct
from .tables import Tables

if TYPE_CHECKING:
    from .books import Book
    from .formats import Area

_REFERENCE = re.compile(r"([A-Za-z]{1,3})?([1-9]\d*)?(?::([A-Za-z]{1,3})?([1-9]\d*)?)?")


class Sheets:
    """The sheets of one workbook."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._names: tuple[str, ...] = ()
        self._known: dict[str, Sheet] = {}

    @cached_property
    def api(self) -> Any:
        """The UNO collection of sheets."""
        return self.book.document.Sheets

    @property
    def active(self) -> Sheet:
        """The active sheet; the first one if the workbook has no window."""
        controller = self.book.document.CurrentController
        return self(1) if controller is None else self(str(controller.ActiveSheet.Name))

    def __len__(self) -> int:
        return int(self.api.Count)

    def __iter__(self) -> Iterator[Sheet]:
        return iter([self._sheet(name) for name in self._present()])

    def _present(self) -> tuple[str, ...]:
        """Returns the current names; cached sheets that no longer exist are dropped."""
        names = self.api.ElementNames
        if names != self._names:
            self._known = {n: s for n, s in self._known.items() if n in names}
            self._names = names
        return self._names

    def forget(self, name: str) -> None:
        """Drops a sheet from the cache before it is deleted or renamed; another one may then take its name."""
        self._known.pop(name, None)

    def _sheet(self, name: str) -> Sheet:
        """Returns the cached sheet, because every new object from LibreOffice costs a millisecond."""
        if name not in self._known:
            self._known[name] = Sheet(self.book, self.api.getByName(name), name)
        return self._known[name]

    def __contains__(self, name: str) -> bool:
        return bool(self.api.hasByName(name))

    def __call__(self, name_or_index: str | int) -> Sheet:
        names = self._present()
        if isinstance(name_or_index, int):
            return self._sheet(names[name_or_index - 1])
        if name_or_index in names:
            return self._sheet(name_or_index)
        alike = [n for n in names if n.lower() == name_or_index.lower()]
        if not alike:
            raise KeyError(name_or_index)
        return self._sheet(alike[0])

    def by_address(self, address: Any) -> Range:
        """Returns the cells of a UNO range address."""
        area = (address.StartRow, address.StartColumn, address.EndRow, address.EndColumn)
        return Range(self(address.Sheet + 1), (area,))

    def add(self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None) -> Sheet:
        """Adds a sheet and activates it; without a position it goes before the active one, as in Excel."""
        place = after.index if after else (before or self.active).index - 1
        title = name or self._free_name()
        self.api.insertNewByName(title, place)
        sheet = self(title)
        sheet.activate()
        return sheet

    def _free_name(self) -> str:
        taken = set(self.api.ElementNames)
        return next(n for i in range(1, len(taken) + 2) if (n := f"Sheet{i}") not in taken)


class Sheet:
    """One sheet."""

    def __init__(self, book: Book, api: Any, name: str) -> None:
        self.book, self.api, self._name = book, api, name
        self._cursor: Any = None
        self._at: Area = (0, 0, 0, 0)

    @property
    def name(self) -> str:
        """The sheet's name."""
        return self._name  # cached: xlwings asks for it very often

    @name.setter
    def name(self, value: str) -> None:
        """Renames the sheet."""
        self.book.sheets.forget(self._name)
        self.api.Name = self._name = value

    @property
    def index(self) -> int:
        """The position among the sheets, from 1."""
        return int(self.api.RangeAddress.Sheet) + 1

    @property
    def names(self) -> Names:
        """The names defined for this sheet."""
        return Names(self.book, self.api.NamedRanges)

    @property
    def tables(self) -> Tables:
        """The tables of this sheet."""
        return Tables(self)

    @cached_property
    def note_list(self) -> Notes:
        """The notes of this sheet, accessible by cell."""
        return Notes(self)

    @property
    def notes(self) -> list[Note]:
        """All notes of this sheet, in the order of their cells."""
        return list(self.note_list)

    @property
    def visible(self) -> bool:
        """Whether the sheet is visible."""
        return bool(self.api.IsVisible)

    @visible.setter
    def visible(self, value: bool) -> None:
        """Shows or hides the sheet."""
        self.api.IsVisible = bool(value)

    def at(self, area: Area) -> Any:
        """Returns a UNO cursor over these cells, valid until the next call.

        One cursor is moved for all areas, because that is faster than a new object for each.
        """
        top, left, bottom, right = area
        if self._cursor is None:
            self._cursor = self.api.createCursor()
            self._cursor.collapseToSize(1, 1)
            self._at = (0, 0, 0, 0)
        here = self._at
        if here[:2] != here[2:]:
            self._cursor.collapseToSize(1, 1)
        if here[:2] != area[:2]:
            self._cursor.gotoOffset(left - here[1], top - here[0])
        if area[:2] != area[2:]:
            self._cursor.collapseToSize(right - left + 1, bottom - top + 1)
        self._at = area
        return self._cursor

    def together(self, areas: tuple[Area, ...]) -> Any:
        """Returns several areas as one UNO object; one call then sets a format for all of them."""
        ranges = self.book.document.createInstance("com.sun.star.sheet.SheetCellRanges")
        index = self.index - 1
        ranges.addRangeAddresses(tuple(address_struct(index, a) for a in areas), False)
        return ranges

    def text(self, row: int, column: int) -> str:
        """Returns the text that a cell shows; row and column count from 0."""
        return str(self.api.getCellByPosition(column, row).String)

    @property
    def cells(self) -> Range:
        """All cells of the sheet."""
        return Range(self, (WHOLE,))

    @property
    def used_range(self) -> Range:
        """The cells from the first used to the last used one, with formatted ones, as in Excel."""
        cursor = self.at((0, 0, 0, 0))
        cursor.gotoStartOfUsedArea(False)
        cursor.gotoEndOfUsedArea(True)
        a = cursor.RangeAddress
        self._at = a.StartRow, a.StartColumn, a.EndRow, a.EndColumn
        return Range(self, (self._at,))

    def range(self, first: Any, last: Any = None) -> Range:
        """Returns cells by an address, a name, (row, column), (row, column, height, width), or two corners.

        Rows and columns count from 1. Raises IndexError for a smaller number, ValueError for a wrong address.
        """
        if isinstance(first, int):
            first, last = (first, last), None
        if last is None:
            return self._one(first)
        a, b = self._one(first).area, self._one(last).area
        corners = min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])
        return Range(self, (corners,))

    def _one(self, wanted: Any) -> Range:
        if isinstance(wanted, Range):
            return wanted
        if isinstance(wanted, tuple):
            row, column, height, width = wanted if len(wanted) == 4 else (*wanted, 1, 1)
            if row < 1 or column < 1:
                raise IndexError("rows and columns are counted from 1")
            return Range(self, ((row - 1, column - 1, row + height - 2, column + width - 2),))
        return self._named(wanted) or Range(self, tuple(map(_area, wanted.replace("$", "").split(","))))

    def _named(self, name: str) -> Range | None:
        """Returns the cells of a defined name or a table; None if there is no such name."""
        document = self.book.document
        for names in (self.api.NamedRanges, document.NamedRanges, document.DatabaseRanges):
            if not _is_address(name) and names.hasByName(name):
                return self.book.sheets.by_address(names.getByName(name).ReferredCells.RangeAddress)
        return None

    def activate(self) -> None:
        """Makes this the active sheet; does nothing if the workbook has no window."""
        controller = self.book.document.CurrentController
        if controller is not None:
            controller.setActiveSheet(self.api)

    def select(self) -> None:
        """Makes this the active sheet."""
        self.activate()

    def delete(self) -> None:
        """Deletes the sheet."""
        self.book.sheets.forget(self.name)
        self.book.sheets.api.removeByName(self.name)

    def clear(self) -> None:
        """Removes all contents, formats, notes and drawings."""
        self.cells.clear()

    def clear_contents(self) -> None:
        """Removes all values and formulas."""
        self.cells.clear_contents()

    def clear_formats(self) -> None:
        """Removes all formats."""
        self.cells.clear_formats()

    def autofit(self, axis: str | None = None) -> None:
        """Fits the columns, the rows or, without an axis, both to the used cells."""
        self.used_range.autofit(axis)

    @property
    def freeze_panes(self) -> FreezePanes:
        """The frozen panes of the sheet."""
        return FreezePanes(self)


class FreezePanes:
    """The frozen panes of a sheet. They belong to the window, so changes make the sheet the active one."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    def freeze_at(self, frozen: Any) -> None:
        """Freezes the rows and columns up to the last of these cells; whole rows freeze rows only."""
        top, left, bottom, right = self.sheet.range(frozen).area
        self.sheet.activate()
        rows = 0 if (top, bottom) == WHOLE[::2] else bottom + 1
        columns = 0 if (left, right) == WHOLE[1::2] else right + 1
        self.sheet.book.document.CurrentController.freezeAtPosition(columns, rows)

    def unfreeze(self) -> None:
        """Removes the frozen panes."""
        self.sheet.activate()
        self.sheet.book.document.CurrentController.freezeAtPosition(0, 0)


def _is_address(text: str) -> bool:
    m = _REFERENCE.fullmatch(text.replace("$", ""))
    if not m:
        return False
    first, last = (bool(m[1]), bool(m[2])), (bool(m[3]), bool(m[4]))
    return any(first) and first == last if ":" in text else all(first)


def _area(address: str) -> Area:
    """Converts `B2`, `B2:C9`, `A:C` or `2:5` to rows and columns from 0. Raises ValueError for any other text."""
    m = _REFERENCE.fullmatch(address.strip())
    if not m or not _is_address(address.strip()):
        raise ValueError(f"not an address: {address}")
    last = (m[3], m[4]) if ":" in address else (m[1], m[2])
    top, left, bottom, right = WHOLE
    rows = sorted(int(n) - 1 for n in (m[2], last[1]) if n) or [top, bottom]
    columns = sorted(column_number(n.upper()) - 1 for n in (m[1], last[0]) if n) or [left, right]
    return rows[0], columns[0], rows[-1], columns[-1]
