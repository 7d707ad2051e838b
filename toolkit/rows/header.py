"""Finding a ledger's columns by their titles, wherever they were moved and however they are spaced."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from ..findings import finding
from ..model import Field, Finding, Grid, Place
from .casting.text import fold

SEARCHED = 40  # rows in which the header may stand
ENOUGH = 0.6  # of the titles in one row: this is the header, no further search
LONGEST_TITLE = 40
ALIKE = 0.6  # how near a misspelt title must come


def title_key(cell: Any) -> str:
    """The form in which titles are compared; "" for what cannot be one."""
    return _key(cell) if isinstance(cell, str) and len(cell) <= LONGEST_TITLE else ""


@lru_cache(maxsize=4096)  # the same titles stand in every workbook
def _key(title: str) -> str:
    return fold(title).rstrip("*:").removesuffix("(必填)")


@dataclass(frozen=True)
class Header:
    """Where the header stands: its row, the column of each field, and what else stands in that row."""

    row: int
    columns: dict[str, int]
    ignored: Set[int]  # columns with a heading that is unknown or stood before
    findings: tuple[Finding, ...]


def find_header(grid: Grid, fields: Sequence[Field], place: Place) -> Header | None:
    """The header row of a ledger's sheet; None when no row has at least two of its titles (or its only one).

    A title that is nearly right is read as the field it resembles most, with an error that says so.
    """
    titles = {title_key(f.title): f.name for f in fields}
    keys, best = _header_row(grid, titles)
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
    found += [finding("S02", place, f.title) for f in fields if f.name not in columns and not f.calc]
    return Header(best, columns, twice | unknown.keys(), tuple(found))


def _header_row(grid: Grid, titles: dict[str, str]) -> tuple[list[str], int]:
    """The folded texts of the row with most titles, and its number; 0 when there is none."""
    least = min(2, len(titles))
    best, most, row = [""], 0, 0
    for number, cells in enumerate(grid.cells[:SEARCHED], 1):
        keys = [title_key(cell) for cell in cells]
        hits = len(titles.keys() & set(keys))
        if hits > most:
            best, most, row = keys, hits, number
        if hits >= ENOUGH * len(titles):
            break
    return (best, row) if most >= least else ([], 0)


def nearest_titles(unknown: Iterable[str], missing: Iterable[str]) -> dict[str, str]:
    """For each unknown title the missing one it is surely a misspelling of; each is used once, the nearest first."""
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
    """Take nearly right titles into `columns`; leave in `unknown` only the headings that belong to the table.

    A heading behind a blank column is the head of another table and is left to the search for stray cells.
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
