"""What a ledger kept before holds, as it is found: tables, columns, records, and the fate of every cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..model import column_letters

Spot = tuple[int, int]  # row and column, from 1

# How a column or a cell is taken.
TAKEN, GUESSED, ASKED, LEFT = "取用", "推断", "待定", "不取"
MONTH_DAY, SPLIT = "按“月.日”读", "拆开"
MONTH, MONTHLY = "（月份）", "（每月一格）"  # titles of the columns of a wide table
AS_WRITTEN = "照录"  # of a cell: kept as text because it is no certain value; `check` names it


def address(spot: Spot) -> str:
    """Returns the address of a cell: D7."""
    return f"{column_letters(spot[1])}{spot[0]}"


@dataclass(frozen=True)
class Cell:
    """One cell of a record: its value, where it stands, and whether a merged cell above lends it."""

    value: Any
    spot: Spot
    lent: bool = False


@dataclass(frozen=True)
class Column:
    """One column of a table, or what repeats in each month of a wide one."""

    at: tuple[int, ...]  # the sheet's columns, from 1
    path: tuple[str, ...]  # its titles from top to bottom
    heads: tuple[Spot, ...]  # the cells of these titles

    @property
    def title(self) -> str:
        """Its own title, the lowest."""
        return self.path[-1]

    @property
    def shown(self) -> str:
        """Its titles as the clerk sees them."""
        return "／".join(" ".join(p.split()) for p in self.path)

    @property
    def letters(self) -> str:
        """The letters of its columns: D, or D—O."""
        first, last = column_letters(self.at[0]), column_letters(self.at[-1])
        return first if first == last else f"{first}…{last}"


Record = Mapping[int, Cell]  # index of the column -> cell


@dataclass(frozen=True)
class Table:
    """One table of a sheet; `titles` are the lines above it."""

    sheet: str
    number: int  # from 1, on its sheet
    titles: tuple[tuple[str, Spot], ...]
    columns: tuple[Column, ...]
    records: Sequence[Record]
    wide: bool = False  # a record is a month of a row
    prose: bool = False  # a record is a paragraph
    groups: tuple[str, ...] = ()  # lines between the records

    @property
    def title(self) -> str:
        """The lines above the table as one text."""
        return " ".join(t for t, _ in self.titles)

    @property
    def signature(self) -> str:
        """The same for all tables of one layout."""
        return "|".join(c.shown for c in self.columns)

    def cells(self, index: int) -> Iterator[Cell]:
        """Yields the cells of one column."""
        return (r[index] for r in self.records if index in r)


@dataclass(frozen=True)
class Choice:
    """The ledger of a table; without one, the ledgers that it may be."""

    ledger: str
    reason: str
    others: tuple[str, ...] = ()
    open: bool = False  # whether the clerk should choose one


@dataclass(frozen=True)
class Decided:
    """What one column is taken as: `fields` of the ledger (two for a cell that holds two facts)."""

    state: str
    fields: tuple[str, ...] = ()
    reason: str = ""
    choices: tuple[tuple[str, ...], ...] = ()  # what it may be instead
    way: str = ""  # how its cells are read: MONTH_DAY, SPLIT, or as they are
    private: str = ""  # why its content is never taken nor shown
    times: int = 1  # what its numbers are multiplied by


@dataclass(frozen=True)
class Whole:
    """A value for all rows of a table, told outside of its records: its type in the title, its organisation."""

    field: str
    state: str
    value: str
    reason: str
    spot: Spot | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """The decisions about one table."""

    table: Table
    choice: Choice
    columns: tuple[Decided, ...]
    whole: tuple[Whole, ...] = ()
    year: int | None = None  # that completes days without one
    told: int | None = None  # by the titles, the file's name or the clerk

    @property
    def ledger(self) -> str:
        """The name of the ledger; "" if it is asked or there is none."""
        return self.choice.ledger


@dataclass
class Fates:
    """What became of every cell that holds something: a sheet's cells are all in `reasons`."""

    reasons: dict[str, dict[Spot, str]] = field(
        default_factory=dict
    )  # sheet -> cell -> why it is not taken, or how it is

    def put(self, sheet: str, spot: Spot, reason: str) -> None:
        """Records the fate of a cell; what is taken stays taken."""
        cells = self.reasons[sheet]
        if spot in cells and cells[spot] not in (TAKEN, GUESSED, AS_WRITTEN):
            cells[spot] = reason

    def count(self, *fates: str) -> int:
        """Returns how many cells have one of these fates; without any, how many there are."""
        return sum(not fates or f in fates for cells in self.reasons.values() for f in cells.values())
