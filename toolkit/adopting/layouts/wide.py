"""Turns tables that are wider than a record: a day in columns for month and day, months side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from ..content import is_day, is_mark, text_of
from ..model import MONTH, MONTHLY, Cell, Column, Record, Spot, Table
from ..words import key, period

LONGEST_TITLE = 40  # characters of a line that may tell the year
LEAST = 3  # months side by side that make a wide table
_DAY = re.compile(r"(\d{1,2})\s*[日号]")
_ENDING = re.compile(r"\s*(\S[^(（]*?)\s*[(（]\s*((?:20\d\d年)?\d{1,2}月\d{1,2}[日号])\s*[)）]\s*", re.DOTALL)
_DATED = re.compile(r"\s*((?:20\d\d年)?\d{1,2}月\d{1,2}[日号])\s*[:：，,、（(\s]\s*(\S.*?)[)）]?\s*", re.DOTALL)


def joined(table: Table) -> Table:
    """Returns the table with one column for a date that is written in columns for month and day."""
    titles = [key(c.title) for c in table.columns]
    for n, (month, day) in enumerate(pairwise(titles)):
        if month in ("月", "月份") and day in ("日", "号"):
            year = n - 1 if n and titles[n - 1] in ("年", "年份") else None
            return _with_day(table, year, n)
    return table


def _with_day(table: Table, year: int | None, month: int) -> Table:
    gone = {month, month + 1} | ({year} if year is not None else set())
    kept = [n for n in range(len(table.columns)) if n not in gone]
    parts = [table.columns[n] for n in sorted(gone)]
    heads = tuple(dict.fromkeys(s for p in parts for s in p.heads))
    made = Column(tuple(c for p in parts for c in p.at), ("日期",), heads)
    records = []
    for r in table.records:
        new = {at: r[n] for at, n in enumerate(kept, 1) if n in r}
        told = [r.get(n) for n in sorted(gone)]
        if all(told):
            numbers = [_whole(t.value) for t in told if t]
            marks = "年月日"[-len(numbers) :]
            text = "".join(f"{n}{m}" for n, m in zip(numbers, marks, strict=True))
            new[0] = Cell(text, told[0].spot if told[0] else (0, 0))
        records.append(new)
    return Table(
        table.sheet, table.number, table.titles, (made, *(table.columns[n] for n in kept)), records, table.wide
    )


def _whole(value: Any) -> str:
    return f"{value:.0f}" if isinstance(value, float) else str(value).strip().rstrip("年月日号")


def months_below(table: Table) -> Table:
    """Returns a table with a column for each month as one with a record for each month."""
    by: dict[str, list[int]] = {}
    for n, c in enumerate(table.columns):
        if when := next((p for t in c.path if (p := period(t))), ""):
            by.setdefault(when, []).append(n)
    if len(by) < LEAST:
        return table
    fixed = [n for n in range(len(table.columns)) if not any(n in ns for ns in by.values())]
    inner: dict[tuple[str, ...], list[int]] = {}
    for ns in by.values():
        for n in ns:
            rest = tuple(t for t in table.columns[n].path if not period(t))
            inner.setdefault(rest, []).append(n)
    parts = [n for ns in by.values() for n in ns]
    when_column = Column(_at(table, parts), (MONTH,), _heads_of(table, parts))
    columns = [table.columns[n] for n in fixed] + [when_column]
    columns += [Column(_at(table, ns), rest or (MONTHLY,), _heads_of(table, ns)) for rest, ns in inner.items()]
    records: list[Record] = []
    for r in table.records:
        common = {at: r[n] for at, n in enumerate(fixed) if n in r}
        for when, ns in by.items():
            own = {
                len(fixed) + 1 + at: r[n]
                for at, group in enumerate(inner.values())
                for n in group
                if n in ns and n in r
            }
            if own:
                month = Cell(when, table.columns[ns[0]].heads[0])
                records.append({**common, len(fixed): month, **_dated(when, len(fixed), own, set(inner) == {()})})
    return Table(table.sheet, table.number, table.titles, tuple(columns), records, wide=True)


def _dated(when: str, month: int, own: dict[int, Cell], alone: bool) -> dict[int, Cell]:
    """Returns the cells of one month; the only one may be a day, or begin or end with it: 3月5日：走进社区."""
    if not alone:
        return own
    ((n, cell),) = own.items()
    if isinstance(cell.value, date):
        return {month: cell}
    text = text_of(cell.value)
    if (m := _DATED.fullmatch(text)) and not is_day(m[2]):
        return {month: Cell(m[1], cell.spot), n: Cell(m[2], cell.spot)}
    if m := _ENDING.fullmatch(text):
        return {month: Cell(m[2], cell.spot), n: Cell(m[1], cell.spot)}
    if (m := _DAY.fullmatch(text)) and when.endswith("月"):
        return {month: Cell(f"{when}{m[1]}日", cell.spot)}
    if is_day(cell.value) and not is_mark(cell.value):
        return {month: cell}  # a day, or several, or 3.5: whatever it is, it is no topic
    return own


def _at(table: Table, columns: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted(c for n in columns for c in table.columns[n].at))


def _heads_of(table: Table, columns: Sequence[int]) -> tuple[Spot, ...]:
    return tuple(dict.fromkeys(s for n in columns for s in table.columns[n].heads))


def years_told(table: Table) -> set[int]:
    """Returns the years that the titles or the sheet's name tell."""
    texts = [t for t, _ in table.titles if len(t) <= LONGEST_TITLE] + [table.sheet]
    return {int(y) for t in texts for y in re.findall(r"(?<!\d)(20\d\d)(?!\d)", t)}


def years_within(table: Table) -> set[int]:
    """Returns the years of the days that are written in full."""
    values = [c.value for r in table.records for c in r.values()]
    days = {v.year for v in values if isinstance(v, date)}
    return days | {int(m[1]) for v in values if isinstance(v, str) and (m := re.match(r"\s*(20\d\d)\s*[年./-]", v))}
