"""Finds a ledger's columns by their titles, even if columns were moved or titles are spaced differently."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from ..findings import finding
from ..model import Field, Finding, Grid, Place
from .casting.text import fold

SEARCHED = 40  # first rows of the sheet, searched for the header
ENOUGH = 0.6  # share of the titles in one row that ends the search
LONGEST_TITLE = 40
ALIKE = 0.6  # least similarity of a misspelt title, from 0 to 1


def title_key(cell: Any) -> str:
    """Returns the form in which titles are compared; "" for a cell that cannot be a title."""
    return _key(cell) if isinstance(cell, str) and len(cell) <= LONGEST_TITLE else ""


@lru_cache(maxsize=4096)  # every workbook has the same titles
def _key(title: str) -> str:
    return fold(title).rstrip("*:").removesuffix("(必填)")


@dataclass(frozen=True)
class Header:
    """The header row: its number, the column of each field, and the columns of its other headings."""

    row: int
    columns: dict[str, int]
    ignored: Set[int]  # columns whose heading is unknown or a repetition
    findings: tuple[Finding, ...]


def find_header(grid: Grid, fields: Sequence[Field], place: Place) -> Header | None:
    """Returns the header of a ledger's sheet; None if no row has two of its titles (or its only one).

    A title that is nearly right is read as the most similar field, with error S03.
    """
    titles = {title_key(t): f.name for f in fields for t in f.formerly} | {title_key(f.title): f.name for f in fields}
    keys, best = _header_row(grid, titles, len(fields))
    if not best:
        return None
    columns: dict[str, int] = {}
    unknown: dict[int, str] = {}
    twice: set[int] = set()
    found: list[Finding] = []
    for column, key in enumerate(keys, 1):
        name = titles.get(key)
        if name and name not in columns:
            columns[name] = column
        elif name:
            twice.add(column)
            at = Place(place.file, place.unit, place.sheet, best, column)
            found.append(finding("S10", at, next(f.title for f in fields if f.name == name)))
        elif key:
            unknown[column] = key
    found += _misspelt(grid, fields, columns, unknown, Place(place.file, place.unit, place.sheet, best))
    found += [finding("S02", place, f.title) for f in fields if f.name not in columns and not f.calc and not f.added]
    return Header(best, columns, twice | unknown.keys(), tuple(found))


def _header_row(grid: Grid, titles: dict[str, str], fields: int) -> tuple[list[str], int]:
    """Returns the folded texts and the number of the row with most titles; number 0 if there is none."""
    least = min(2, fields)
    best, most, row = [""], 0, 0
    for number, cells in enumerate(grid.cells[:SEARCHED], 1):
        keys = [title_key(cell) for cell in cells]
        hits = len(titles.keys() & set(keys))
        if hits > most:
            best, most, row = keys, hits, number
        if hits >= ENOUGH * fields:
            break
    return (best, row) if most >= least else ([], 0)


def nearest_titles(unknown: Iterable[str], missing: Iterable[str]) -> dict[str, str]:
    """Maps unknown titles to the missing titles they misspell; each is used once, the most similar first."""
    words, left = list(dict.fromkeys(unknown)), list(missing)
    scored = sorted(
        ((SequenceMatcher(None, u, m).ratio(), u, m) for u in words for m in left if u), key=lambda s: -s[0]
    )
    pairs: dict[str, str] = {}
    for ratio, u, m in scored:
        if ratio >= ALIKE and u not in pairs and m not in pairs.values():
            pairs[u] = m
    return pairs


def _misspelt(
    grid: Grid, fields: Sequence[Field], columns: dict[str, int], unknown: dict[int, str], row: Place
) -> list[Finding]:
    """Moves nearly right titles into `columns`; keeps in `unknown` only headings of this table.

    A heading after a blank column belongs to another table; the search for stray cells reports it.
    """
    missing = {title_key(f.title): f for f in fields if f.name not in columns}
    pairs = nearest_titles(unknown.values(), missing)
    edge, found = max(columns.values()), []
    for column, key in sorted(unknown.items()):
        at = Place(row.file, row.unit, row.sheet, row.row, column)
        shown = str(grid.cells[row.row - 1][column - 1]).strip()
        if (f := missing.get(pairs.pop(key, ""))) is not None:
            columns[f.name] = column
            edge = max(edge, column)
            found.append(finding("S03", at, f.title, shown, near=f.title))
        elif column <= edge + 1:
            edge = max(edge, column)
            found.append(finding("S04", at, value=shown))
            continue
        del unknown[column]
    return found
