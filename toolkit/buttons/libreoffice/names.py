"""Defined names of a workbook or of a sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .bridge.connection import struct
from .bridge.syntax import to_calc, to_excel

if TYPE_CHECKING:
    from .books import Book
    from .ranges import Range


class Names:
    """The defined names of one workbook or sheet."""

    def __init__(self, book: Book, api: Any) -> None:
        self.book, self.api = book, api

    def __len__(self) -> int:
        return int(self.api.Count)

    def __call__(self, name_or_index: str | int) -> Name:
        if isinstance(name_or_index, int):
            return Name(self, self.api.ElementNames[name_or_index - 1])
        if not self.contains(name_or_index):
            raise KeyError(name_or_index)
        return Name(self, name_or_index)

    def snapshot(self) -> list[tuple[str, Name]]:
        """Returns the current names as (text, Name) pairs."""
        return [(n, Name(self, n)) for n in self.api.ElementNames]

    def contains(self, name: str) -> bool:
        """Returns whether the name is defined."""
        return bool(self.api.hasByName(name))

    def add(self, name: str, refers_to: str) -> Name:
        """Defines a name for a reference or formula in Excel's syntax."""
        content = to_calc(refers_to).removeprefix("=")
        self.api.addNewByName(name, content, struct("com.sun.star.table.CellAddress"), 0)
        return Name(self, name)


class Name:
    """One defined name."""

    def __init__(self, names: Names, name: str) -> None:
        self._names, self._name = names, name

    @property
    def api(self) -> Any:
        """The UNO named range."""
        return self._names.api.getByName(self._name)

    @property
    def name(self) -> str:
        """The text of the name."""
        return self._name

    @property
    def refers_to(self) -> str:
        """The reference or formula in Excel's syntax, with a leading =."""
        return to_excel(f"={self.api.Content}")

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        """Changes the reference or formula, given in Excel's syntax."""
        self.api.setContent(to_calc(value).removeprefix("="))

    @property
    def refers_to_range(self) -> Range:
        """The cells that the name refers to. Raises ValueError if it refers to no cells."""
        cells = self.api.ReferredCells
        if cells is None:
            raise ValueError(f"{self._name} does not name cells")
        return self._names.book.sheets.by_address(cells.RangeAddress)

    def delete(self) -> None:
        """Deletes the name."""
        self._names.api.removeByName(self._name)
