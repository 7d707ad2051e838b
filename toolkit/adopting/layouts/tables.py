"""Finds the tables of a sheet: titles above, headers of up to three rows, records, totals, notes, one below the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...model import Grid
from ...rows.casting.conventions import conventions
from ...rows.casting.text import fold, squeeze
from ..content import is_day
from ..model import Cell, Column, Fates, Record, Spot, Table
from ..words import Words, bare

MOST_HEAD_ROWS, LONGEST_HEAD, LONGEST_GROUP, LEAST_SHARE = 3, 80, 40, 0.5
WIDE_TITLE = 0.7  # a merged cell over so much of the table is a title, no head of a group
TITLE, HEAD, TOTAL, NOTE, GROUP, OUTSIDE = "标题", "表头", "合计、小计", "表外的说明", "分组标题", "不在表里的内容"
_TOTAL_LONGEST = 12  # characters of 第一季度小计


def is_blank(value: Any) -> bool:
    """Whether a cell holds nothing to see."""
    return value is None or (isinstance(value, str) and not squeeze(value))


@dataclass
class Sheet:
    """One sheet with quick access to its filled cells and its merged areas."""

    grid: Grid

    def __post_init__(self) -> None:
        self.filled: dict[int, dict[int, Any]] = {}
        for r, cells in enumerate(self.grid.cells, 1):
            if row := {c: v for c, v in enumerate(cells, 1) if not is_blank(v)}:
                self.filled[r] = row
        self.areas = {(top, left): (bottom, right) for top, left, bottom, right in self.grid.merged}
        self.lender = {
            (r, c): (top, left)
            for top, left, bottom, right in self.grid.merged
            if (bottom - top + 1) * (right - left + 1) <= 20_000
            for r in range(top, bottom + 1)
            for c in range(left, right + 1)
            if (r, c) != (top, left)
        }

    def at(self, row: int, column: int) -> Any:
        """Returns the value of a cell, None if it is blank."""
        return self.filled.get(row, {}).get(column)

    def right(self, spot: Spot) -> int:
        """Returns the last column of a cell, which may be merged."""
        return self.areas.get(spot, spot)[1]

    def spots(self) -> list[Spot]:
        """Returns all filled cells."""
        return [(r, c) for r, row in self.filled.items() for c in row]


@dataclass(frozen=True)
class _Head:
    row: int
    height: int
    columns: tuple[Column, ...]

    @property
    def last(self) -> int:
        return self.row + self.height - 1


def find_tables(grid: Grid, words: Words, fates: Fates) -> list[Table]:
    """Returns the tables of a sheet; `fates` then knows of every other filled cell why it is none of a record."""
    sheet = Sheet(grid)
    fates.reasons[grid.title] = dict.fromkeys(sheet.spots(), OUTSIDE)
    heads = list(_heads(sheet, words))
    tables, last = [], max(sheet.filled, default=0)
    for n, head in enumerate(heads):
        end = _before(sheet, heads[n + 1].row) - 1 if n + 1 < len(heads) else last
        begin = _before(sheet, head.row)
        titles = [(str(v).strip(), (r, c)) for r in range(begin, head.row) for c, v in sheet.filled.get(r, {}).items()]
        records = list(_records(sheet, words, head, end, fates))
        for _, spot in titles:
            fates.put(grid.title, spot, TITLE)
        for column in head.columns:
            for spot in column.heads:
                fates.put(grid.title, spot, HEAD)
        groups = tuple(
            str(v)
            for r in range(head.last + 1, end + 1)
            for c, v in sheet.filled.get(r, {}).items()
            if fates.reasons[grid.title][r, c] == GROUP
        )
        tables.append(Table(grid.title, n + 1, tuple(titles), head.columns, records, groups=groups))
    return tables


def _before(sheet: Sheet, row: int) -> int:
    """Returns the first row of the title lines right above a header row."""
    while row - 1 in sheet.filled and _is_line(sheet, row - 1):
        row -= 1
    above = row - 1
    while above > 0 and above not in sheet.filled:  # a blank line between title and header
        above -= 1
    if above and row - above == 2 and _is_line(sheet, above):
        return _before(sheet, above) if above < row else row
    return row


def _is_line(sheet: Sheet, row: int) -> bool:
    """Whether a row is a line of text over the table: a title, the unit and the year, a sentence."""
    cells = sheet.filled[row]
    return len(cells) <= 3 and all(isinstance(v, str) for v in cells.values()) and not _is_numbered(cells)


def _is_numbered(cells: dict[int, Any]) -> bool:
    first = cells[min(cells)]
    return len(cells) > 1 and isinstance(first, str) and first.strip().isdigit()


# -------------------------------------------------------------------- headers


def _heads(sheet: Sheet, words: Words) -> Iterator[_Head]:
    row, last = 1, max(sheet.filled, default=0)
    keys: set[str] = set()
    while row <= last:
        head = _head_at(sheet, words, row, not keys or _titled(sheet, row)) if row in sheet.filled else None
        if head and keys and {bare(c.title) for c in head.columns} <= keys and not _titled(sheet, row):
            row = head.last + 1  # the same header again, printed on the next page
            continue
        if head:
            keys = {bare(c.title) for c in head.columns}
            yield head
            row = head.last
        row += 1


def _titled(sheet: Sheet, row: int) -> bool:
    above = sheet.filled.get(row - 1)
    return above is None or _is_line(sheet, row - 1)


def _head_at(sheet: Sheet, words: Words, row: int, apart: bool) -> _Head | None:
    """Returns the header that begins in a row; the highest of its readings that the merged cells allow.

    One with few known titles begins only `apart` from another table.
    """
    best = None
    for height in range(1, MOST_HEAD_ROWS + 1):
        if height > 1 and not _continues(sheet, words, row, row + height - 1):
            break
        columns = _columns(sheet, row, height)
        if _is_form(words, columns):
            break
        known = sum(_is_known(words, c) for c in columns)
        if (known >= 2 and known >= LEAST_SHARE * len(columns) and len({c.path for c in columns}) >= 2) or (
            height == 1 and apart and known >= 1 and _looks_like_head(sheet, row)
        ):
            best = _Head(row, height, tuple(columns))
    return _deepest(sheet, best) if best else None


def _deepest(sheet: Sheet, head: _Head) -> _Head:
    """Returns the header down to where its own cells are merged."""
    bottoms = [b for (top, c), (b, _) in sheet.areas.items() if top == head.row and sheet.at(top, c) is not None]
    height = max(bottoms, default=head.last) - head.row + 1
    if not head.height < height <= MOST_HEAD_ROWS:
        return head
    columns = _columns(sheet, head.row, height)
    return _Head(head.row, height, tuple(columns)) if columns else head


def _is_known(words: Words, column: Column) -> bool:
    return any(words.is_title(p) for p in {column.title, "".join(column.path)})


def _is_form(words: Words, columns: Sequence[Column]) -> bool:
    """Whether labels and values alternate, as in a form: 时间 | 3月5日 | 地点 | 会议室."""
    known = [words.is_title(c.title) for c in columns]
    return len(known) % 2 == 0 and all(known[::2]) and not any(known[1::2])


def _looks_like_head(sheet: Sheet, row: int) -> bool:
    """Whether a row with few known titles is one of short different texts above rows of other types."""
    texts = list(sheet.filled[row].values())
    if (
        len(texts) < 3
        or not all(isinstance(t, str) and len(t) <= 14 and not is_day(t) for t in texts)
        or len(set(texts)) < len(texts)
    ):
        return False
    below = [sheet.filled.get(r, {}) for r in (row + 1, row + 2)]
    return any(not isinstance(v, str) or v.strip().isdigit() for cells in below for v in cells.values()) and any(
        len(cells) >= 2 for cells in below
    )


def _continues(sheet: Sheet, words: Words, first: int, row: int) -> bool:
    """Whether `row` belongs to the header above it: heads are merged down into it, or over several of its cells."""
    cells = sheet.filled.get(row)
    if not cells or not all(_is_text(v) for v in cells.values()):
        return False
    above = sheet.filled.get(row - 1, {})
    width = max((max(sheet.filled[r]) for r in range(first, row + 1) if r in sheet.filled), default=1)
    left = min(sheet.filled[first])
    into = any(top < row <= b for (top, _), (b, _) in sheet.areas.items() if first <= top < row)
    over = any(
        sheet.right((row - 1, c)) > c and sheet.right((row - 1, c)) - c + 1 < WIDE_TITLE * (width - left + 1)
        for c in above
    )
    groups = (into or over) and len(above) > 1
    apart = len(above) > 2 and any(c not in cells for c in above) and any(c not in above for c in cells)
    known = sum(words.is_title(str(v)) for v in cells.values())
    return (groups and (known >= LEAST_SHARE * len(cells) or into or over)) or (apart and known >= 0.6 * len(cells))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_HEAD


def _columns(sheet: Sheet, row: int, height: int) -> list[Column]:
    """Returns the columns that a header of so many rows has; blank cells below a group take the group's head."""
    rows = range(row, row + height)
    used = {c for r in rows for c in sheet.filled.get(r, {}) if _is_text(sheet.at(r, c))}
    used |= {c for r in rows for left in sheet.filled.get(r, {}) for c in range(left, sheet.right((r, left)) + 1)}
    if any(not _is_text(v) for r in rows for v in sheet.filled.get(r, {}).values()):
        return []
    made = []
    for c in sorted(used):
        path: list[str] = []
        heads: list[Spot] = []
        for r in rows:
            spot = sheet.lender.get((r, c), (r, c))
            if sheet.at(*spot) is None and r < rows[-1]:
                spot = _group(sheet, r, c, rows[-1]) or spot
            text = sheet.at(*spot)
            if text is not None and spot not in heads and spot[0] in rows:
                path.append(str(text).strip())
                heads.append(spot)
        if path:
            made.append(Column((c,), tuple(path), tuple(heads)))
    return made


def _group(sheet: Sheet, row: int, column: int, last: int) -> Spot | None:
    """Returns the head of a group that stands left of a blank cell and was not merged over it."""
    if sheet.at(last, column) is None:
        return None
    left = column - 1
    while left > 0 and sheet.at(row, left) is None:
        if sheet.at(last, left) is None:
            return None
        left -= 1
    return (row, left) if left > 0 and sheet.at(last, left) is not None else None


# -------------------------------------------------------------------- records


def _records(sheet: Sheet, words: Words, head: _Head, end: int, fates: Fates) -> Iterator[Record]:
    width = {c: n for n, column in enumerate(head.columns) for c in column.at}
    names = {bare(c.title) for c in head.columns}
    title = sheet.grid.title
    closed = False
    for row in range(head.last + 1, end + 1):
        cells = sheet.filled.get(row)
        if not cells:
            continue
        reason = _no_record(sheet, words, cells, row, width, names, closed)
        if reason == NOTE:
            closed = True
        if reason:
            for c in cells:
                fates.put(title, (row, c), reason)
            continue
        made = {}
        for c, n in width.items():
            lender = sheet.lender.get((row, c))
            if c in cells:
                made[n] = Cell(cells[c], (row, c))
            elif lender and lender[1] == c and lender[0] > head.last and not is_blank(sheet.at(*lender)):
                made[n] = Cell(sheet.at(*lender), lender, lent=True)
        yield made


def _no_record(
    sheet: Sheet, words: Words, cells: dict[int, Any], row: int, width: dict[int, int], names: set[str], closed: bool
) -> str:
    """Returns why a row below the header is no record; "" if it is one."""
    texts = [v for v in cells.values() if isinstance(v, str)]
    if len(texts) == len(cells) > 1 and sum(bare(t) in names for t in texts) >= 0.8 * len(texts):
        return HEAD
    first = cells[min(cells)]
    if any(is_total(v) for v in list(cells.values())[:4]):
        return TOTAL
    if isinstance(first, str) and is_note(words, first) and (len(cells) <= 2 or closed):
        return NOTE
    if all(isinstance(v, str) and is_note(words, v) for v in cells.values()):
        return NOTE
    if len(cells) == 1 and isinstance(first, str):
        spot = (row, min(cells))
        wide = sheet.right(spot) - spot[1] + 1 >= max(2, 0.5 * len(width))
        if wide or closed:
            return NOTE if len(first) > LONGEST_GROUP or closed else GROUP
    return ""


def is_total(value: Any) -> bool:
    """Whether a cell says that its row is a total: 合计, 小 计：, 第一季度小计."""
    if not isinstance(value, str) or len(value) > _TOTAL_LONGEST:
        return False
    plain = re.sub(r"[(（].*?[)）]|[:：]", "", fold(value))
    return any(
        plain == w or (plain.endswith(w) and len(plain) <= len(w) + 6) or re.fullmatch(rf"{w}[\d.]+\S{{0,3}}", plain)
        for w in conventions().totals
    )


def is_note(words: Words, text: str) -> bool:
    """Whether a text below a table begins like a note: 注：, 填表人："""
    plain = fold(text)
    lead = re.match(r"([^:：]{1,8})[:：]", plain)
    return bool(lead and lead[1] in words.raw["notes"]) or bool(re.match(r"[*※]|备注\d|注\d", plain))
