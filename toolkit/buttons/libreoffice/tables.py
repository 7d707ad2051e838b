"""Tables (Excel's list objects), which LibreOffice stores as database ranges."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .ranges import address_struct

if TYPE_CHECKING:
    from .ranges import Range
    from .sheets import Sheet


class Tables:
    """The tables of one sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.api = sheet.book.document.DatabaseRanges

    @cached_property
    def _names(self) -> list[str]:
        index = self.sheet.index - 1
        return [n for n in self.api.ElementNames if self.api.getByName(n).DataArea.Sheet == index]

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[Table]:
        return (Table(self.sheet, n) for n in self._names)

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def __call__(self, name_or_index: str | int) -> Table:
        if isinstance(name_or_index, int):
            return Table(self.sheet, self._names[name_or_index - 1])
        found = next((n for n in self._names if n.lower() == name_or_index.lower()), None)
        if found is None:
            raise KeyError(name_or_index)
        return Table(self.sheet, found)


class Table:
    """One table. Its first row is its header, as in all of the product's workbooks."""

    def __init__(self, sheet: Sheet, name: str) -> None:
        self.parent, self._name = sheet, name

    @cached_property
    def api(self) -> Any:
        """The UNO database range."""
        return self.parent.book.document.DatabaseRanges.getByName(self._name)

    @property
    def name(self) -> str:
        """The table's name."""
        return self._name

    @property
    def display_name(self) -> str:
        """The table's name; LibreOffice has no other."""
        return self._name

    @property
    def range(self) -> Range:
        """All cells of the table, with the header."""
        return self.parent.book.sheets.by_address(self.api.DataArea)

    @property
    def header_row_range(self) -> Range:
        """The cells of the header."""
        whole = self.range
        return self.parent.range((whole.row, whole.column, 1, whole.shape[1]))

    @property
    def data_body_range(self) -> Range | None:
        """The cells below the header; None if there are none."""
        whole = self.range
        height, width = whole.shape
        return self.parent.range((whole.row + 1, whole.column, height - 1, width)) if height > 1 else None

    def resize(self, range: Any) -> None:
        """Changes the table to cover these cells."""
        self.api.setDataArea(address_struct(self.parent.index - 1, range.impl.area))
