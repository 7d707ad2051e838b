"""What differs between two submissions of one unit, in words: 组织生活第3行 实到人数：12 → 15."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ...model import Catalog, Ledger

Rows = Mapping[str, Mapping[int, Mapping[str, Any]]]  # ledger -> row number -> values as JSON
ID = "rec_id"


def differences(catalog: Catalog, old: Rows, new: Rows) -> Iterator[str]:
    """Yields a line for each changed cell, each added and each removed row, in the order of the standard.

    Rows are the same if they have the same 记录编号, which no other row has; else if they stand in the same row.
    """
    for name, ledger in catalog.ledgers.items():
        before, after = old.get(name, {}), new.get(name, {})
        pairs = _pairs(before, after)
        for was, now in pairs:
            yield from _changed(ledger, now, before[was], after[now])
        for n in sorted(after.keys() - {now for _, now in pairs}):
            yield f"{ledger.title}第{n}行：新增{_named(ledger, after[n])}"
        for n in sorted(before.keys() - {was for was, _ in pairs}):
            yield f"{ledger.title}原第{n}行：已删去{_named(ledger, before[n])}"


def _pairs(before: Mapping[int, Mapping[str, Any]], after: Mapping[int, Mapping[str, Any]]) -> list[tuple[int, int]]:
    """Returns the numbers of the rows that are the same, old and new."""
    theirs, ours = _by_id(before), _by_id(after)
    pairs = [(theirs[i], n) for i, n in ours.items() if i in theirs]
    used, taken = {was for was, _ in pairs}, {now for _, now in pairs}
    for n in sorted((before.keys() - used) & (after.keys() - taken)):
        one, other = before[n].get(ID), after[n].get(ID)
        if not one or not other or one == other:  # two ids that differ are two rows
            pairs.append((n, n))
    return sorted(pairs, key=lambda p: p[1])


def _by_id(rows: Mapping[int, Mapping[str, Any]]) -> dict[str, int]:
    times = Counter(r.get(ID) for r in rows.values())
    return {str(r[ID]): n for n, r in rows.items() if r.get(ID) and times[r[ID]] == 1}


def _changed(ledger: Ledger, number: int, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for f in ledger.fields:
        was, now = old.get(f.name), new.get(f.name)
        if was != now and not f.calc:
            yield f"{ledger.title}第{number}行 {f.title}：{_said(was)} → {_said(now)}"


def _named(ledger: Ledger, row: Mapping[str, Any]) -> str:
    """Returns what tells a row from others: its date and its first texts."""
    found = [_said(row[f.name]) for f in ledger.fields if f.name not in (ID, "org_id") and row.get(f.name)]
    return f"（{'、'.join(found[:3])}）" if found else ""


def _said(value: Any) -> str:
    if value is None:
        return "空"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):  # a date or an exact number, see pack.to_json
        return str(next(iter(value.values())))
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)
