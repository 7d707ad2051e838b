"""Accounts for what a unit's workbook holds beside its ledgers' rows: sheets and rows that are not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..findings import finding
from ..model import Book, Catalog, CellError, Finding, Grid, Ledger, Place
from ..standard.sheets import COVER, MARKS, META, REPORT, RESULT, TAKEN_FROM, UNDO
from .casting.example import is_example, is_written_over
from .header import ENOUGH, SEARCHED, find_header, title_key
from .read import is_blank

OWN = frozenset({COVER, REPORT, META, RESULT, MARKS, UNDO, TAKEN_FROM})  # sheets of the product that hold no ledger
_RESERVED = "WpsReserved"  # hidden sheets that WPS adds for pictures in cells
COMMON = 3  # titles shared by most ledgers that make a sheet look like a ledger of another standard

# Why rows do not count, as the account of rows says it.
NO_HEADER, NO_LEDGER = "找不到表头", "不在标准的工作表里"
_ROWS = {"S14": "像是合计行", "S21": "没有能读的内容", "S22": "第一格写着“示例”"}  # by the finding about one such row


class Account(NamedTuple):
    """The rows that a workbook holds, and how many of them were not read, by reason."""

    held: int
    unread: Mapping[str, int]
    findings: tuple[Finding, ...]


def account(catalog: Catalog, book: Book, unit: str, findings: Iterable[Finding]) -> Account:
    """Counts the rows in the file from its cells, not from the rows that were read.

    So the count fails to agree if the reader loses a row. `findings` are those of the ledgers' sheets.
    Returns findings S01 and S16 to S19 about sheets that are missing or not of the standard.
    """
    unread: Counter[str] = Counter()
    held = 0
    lost = {f.place.sheet for f in findings if f.code == "S12"}
    for code, reason in _ROWS.items():
        unread[reason] += sum(f.code == code for f in findings)
    for ledger in catalog.ledgers.values():
        grid = book.grids.get(ledger.title)
        if grid is not None:
            rows = rows_held(grid, ledger)
            held += rows
            unread[NO_HEADER] += rows if grid.title in lost else 0
    missing = [x for x in catalog.ledgers.values() if x.title not in book.grids]
    strange = list(_strange(catalog, book, missing))
    for sheet in strange:
        if sheet.code != "S19":
            held += sheet.rows
            unread[NO_LEDGER] += sheet.rows
    renamed = {sheet.ledger for sheet in strange if sheet.code == "S16"}
    told = [
        *(finding("S01", Place(book.path, unit, x.title), value=x.title) for x in missing if x.title not in renamed),
        *(s.finding(book.path, unit) for s in strange),
    ]
    return Account(held, +unread, tuple(told))


def rows_held(grid: Grid, ledger: Ledger) -> int:
    """Returns how many rows below the header hold something; without a header, how many rows do.

    The example does not count, nor do formula columns: they are filled in for blank rows, too.
    """
    header = find_header(grid, ledger.fields, Place(""))
    if header is None:
        return rows_filled(grid.cells)
    fields = [f for f in ledger.fields if f.name in header.columns and not f.calc]
    at = [header.columns[f.name] - 1 for f in fields]
    left, count = min(header.columns.values()), 0
    for cells in grid.cells[header.row :] if at else ():
        raw = [cells[c] if c < len(cells) else None for c in at]
        example = not all(map(is_blank, raw)) and is_example(cells, left, raw)
        count += is_written_over(fields, raw) if example else not all(map(is_blank, raw))
    return count


def rows_filled(rows: Iterable[Sequence[Any]]) -> int:
    """Returns how many rows hold anything but the example and formulas without a result."""
    count = 0
    for cells in rows:
        words = [v for v in cells if not is_blank(v) and v != CellError("")]
        count += bool(words) and not is_example(words, 1, words)
    return count


# ------------------------------------------------------ sheets beside the standard


class _Strange(NamedTuple):
    title: str
    code: str
    rows: int
    ledger: str = ""  # the title of the ledger that it resembles

    def finding(self, file: str, unit: str) -> Finding:
        return finding(self.code, Place(file, unit, self.title), value=self.title, near=self.ledger, count=self.rows)


class _Likeness(NamedTuple):
    share: float  # of the ledger's titles, in the sheet's most similar row
    ledger: Ledger


def _strange(catalog: Catalog, book: Book, missing: Sequence[Ledger]) -> Iterator[_Strange]:
    """Yields the sheets that are not of the standard and hold something."""
    known = {*(x.title for x in catalog.ledgers.values()), *OWN}
    others = [g for name, g in book.grids.items() if name not in known and not name.startswith(_RESERVED)]
    alike = {grid.title: _likeness(catalog, grid, missing) for grid in others}
    renamed = _renamed(alike, missing)
    common = _common(catalog)
    for grid in others:
        like = alike[grid.title]
        if like is not None:
            code = "S16" if renamed.get(like.ledger.title) == grid.title else "S17"
            rows = rows_held(grid, like.ledger)
            if rows or code == "S16":
                yield _Strange(grid.title, code, rows, like.ledger.title)
            continue
        head = _common_row(grid, common)
        if rows := rows_filled(grid.cells[head:]):
            yield _Strange(grid.title, "S18" if head or _declared(book, grid) else "S19", rows)


def _likeness(catalog: Catalog, grid: Grid, missing: Sequence[Ledger]) -> _Likeness | None:
    """Returns the ledger whose header the sheet has, or has most of; of equals a missing one."""
    rows = _keys(grid)
    found = []
    for ledger in catalog.ledgers.values():
        titles = {title_key(f.title) for f in ledger.fields}
        share = max((len(titles & row) for row in rows), default=0) / len(titles)
        found.append(_Likeness(share, ledger))
    best = max(found, key=lambda x: (x.share, x.ledger in missing), default=None)
    return best if best and best.share >= ENOUGH else None


def _renamed(alike: Mapping[str, _Likeness | None], missing: Sequence[Ledger]) -> dict[str, str]:
    """Returns for each missing ledger the title of the sheet that is most like it, if there is one."""
    names = {x.title for x in missing}
    found: dict[str, tuple[float, str]] = {}
    for title, like in alike.items():
        if like and like.ledger.title in names and like.share > found.get(like.ledger.title, (0.0, ""))[0]:
            found[like.ledger.title] = like.share, title
    return {ledger: title for ledger, (_, title) in found.items()}


def _keys(grid: Grid) -> list[set[str]]:
    return [{title_key(cell) for cell in cells} - {""} for cells in grid.cells[:SEARCHED]]


def _common(catalog: Catalog) -> set[str]:
    """Returns the titles that most ledgers have."""
    found = Counter(title_key(f.title) for x in catalog.ledgers.values() for f in x.fields)
    return {title for title, n in found.items() if n > len(catalog.ledgers) / 2}


def _common_row(grid: Grid, common: set[str]) -> int:
    """Returns the number of the row that looks like a header of a ledger unknown here; 0 if there is none."""
    best = max(((len(keys & common), -n) for n, keys in enumerate(_keys(grid), 1)), default=(0, 0))
    return -best[1] if best[0] >= COMMON else 0


def _declared(book: Book, grid: Grid) -> bool:
    """Whether the front page names the sheet, as it names every ledger."""
    key = title_key(grid.title)
    return any(title_key(cell) == key for cells in book.grids[COVER].cells for cell in cells)
