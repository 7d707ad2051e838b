"""Counts an indicator again over chosen rows: up to a day, by the conditions of a task, by unit, branch or period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from ..figures.digest import parts_of, takers
from ..figures.evaluate import value_of
from ..figures.operations import Number, Part
from ..model import Indicator, Ledger, Row
from ..rows.conditions import Context, where
from ..rows.selection import Selection
from ..standard.vocabulary import EXPECTED
from ..submissions.source import Source
from .declared import year_words

BRANCHES = "党支部数"  # the indicator whose filter selects the party branches
LEVELS = ("不分", "支部")  # scopes of indicators that can be computed per branch
K = TypeVar("K", bound=Hashable)


class Unmeasured(Exception):
    """The ledgers cannot measure a task; holds the reason, the remedy ("" for the usual one) and the value they have."""

    def __init__(self, why: str, remedy: str = "", now: str = "") -> None:
        super().__init__(why)
        self.why, self.remedy, self.now = why, remedy, now


@dataclass(frozen=True)
class Choice:
    """Which rows count: those up to a day that meet the conditions of a task."""

    as_of: date
    narrow: Mapping[str, tuple[str, ...]]  # topics, kinds, levels -> words; only those that are filled in

    @classmethod
    def of(cls, task: Mapping[str, Any], as_of: date) -> Choice:
        """Reads the conditions of a row of the plan."""
        return cls(as_of, {name: tuple(task[name]) for name in year_words().narrow if task.get(name)})

    def happened(self, ledger: Ledger, row: Row) -> bool:
        """Returns whether a row is not later than the day; rows of registers have no day of their own."""
        day = row.values.get("date")
        return ledger.name in year_words().registers or day is None or day <= self.as_of

    def meets(self, row: Row) -> bool:
        """Returns whether a row meets every condition: a word inside a text of topics, the same word for the others."""
        for name, words in self.narrow.items():
            texts = [t for f in year_words().narrow[name] for t in _texts(row.values.get(f))]
            if not any((w in t) if name == "topics" else w == t for w in words for t in texts):
                return False
        return True

    def check(self, ledger: Ledger, titles: Mapping[str, str]) -> None:
        """Raises Unmeasured if the ledger has no field that a condition could test. `titles` are of the plan's fields."""
        known = {f.name for f in ledger.fields}
        for name in self.narrow:
            if not known & set(year_words().narrow[name]):
                raise Unmeasured(
                    f"“{ledger.title}”表没有可供“{titles[name]}”筛选的栏", f"清空“{titles[name]}”，或换一个指标"
                )


def _texts(value: Any) -> Iterator[str]:
    for v in value if isinstance(value, tuple) else (value,):
        if v is not None:
            yield str(v)


def is_whole(indicator: Indicator, source: Source, choice: Choice) -> bool:
    """Returns whether all rows of the indicator count, so that its figure says it all."""
    ledgers = [source.catalog.ledgers[m.ledger] for m in parts_of(indicator).values()]
    rows = ((x, r) for x in ledgers for r, _ in source.rows.get(x.name, ()))
    return not choice.narrow and all(choice.happened(x, r) for x, r in rows)


def grouped(
    indicator: Indicator, source: Source, choice: Choice, key: Callable[[Row], K | None]
) -> dict[K, Number | None]:
    """Returns the indicator over the chosen rows, by the key of a row; rows whose key is None are left out.

    Conditions select rows of the numerator only. A key without rows is absent; None is a ratio without denominator.
    Raises Unmeasured if the rows are not all at hand.
    """
    catalog, parts = source.catalog, parts_of(indicator)
    titles = {f.name: f.title for f in catalog.ledgers["plan"].fields}
    measured = [t for found in takers(catalog).values() for t in found if t.key in parts]
    if any(m.op == EXPECTED for m in parts.values()):
        raise Unmeasured(f"“{indicator.name}”的分母是应报单位数，不能分拆")
    values: dict[str, dict[K, Number | None]] = {}
    empty: dict[str, Number | None] = {}
    for t in measured:
        ledger = catalog.ledgers[t.measure.ledger]
        if source.kind == "consolidated" and not ledger.reported:
            raise Unmeasured(f"“{ledger.title}”的明细不上报，汇总工作簿分不到支部")
        conditioned = t.key == indicator.name
        if conditioned:
            choice.check(ledger, titles)
        rows: dict[K, dict[str, tuple[list[Row], Context]]] = defaultdict(dict)
        for row, context in _own(source, t.measure.collect, ledger.name):
            if choice.happened(ledger, row) and (not conditioned or choice.meets(row)):
                k = key(row)
                if k is not None:
                    rows[k].setdefault(row.sheet.unit, ([], context))[0].append(row)
        found: dict[K, list[Part]] = {
            k: [t.part(Selection(ledger, r, c), unit) for unit, (r, c) in units.items()] for k, units in rows.items()
        }
        values[t.key] = {k: t.operation.number(t.operation.combine(p).value) for k, p in found.items()}
        empty[t.key] = t.operation.number(t.operation.combine([]).value)
    over = f"{indicator.name}/"
    keys = list(dict.fromkeys(k for v in values.values() for k in v))
    return {
        k: value_of(
            indicator,
            values[indicator.name].get(k, empty[indicator.name]),
            values[over].get(k, empty[over]) if over in values else None,
        )
        for k in keys
    }


def _own(source: Source, collect: str, ledger: str) -> Iterator[tuple[Row, Context]]:
    code = source.unit.get("unit_id")
    for row, context in source.rows.get(ledger, ()):
        if collect == "汇总" or row.sheet.unit == code:
            yield row, context


@dataclass(frozen=True)
class Member:
    """One branch or unit, and its value of an indicator."""

    unit: str  # name of its unit
    name: str
    value: Number | None  # None for a ratio without denominator
    code: tuple[str, ...] = ()  # unit's code, and the branch's code


def active_branches(source: Source, own: bool = False) -> list[Member]:
    """Returns the active branches in workbook order, without values; `own`: only those of the head unit."""
    definition = source.catalog.indicators[BRANCHES].numerator
    is_branch = where(source.catalog.ledgers[definition.ledger], definition.where)
    code = source.unit.get("unit_id")
    return [
        Member(
            str(context.unit.get("unit_name") or ""),
            str(row.values["org_name"]),
            None,
            (row.sheet.unit, str(row.values["org_id"])),
        )
        for row, context in source.rows.get(definition.ledger, ())
        if is_branch(row.values, context) and (not own or row.sheet.unit == code)
    ]


def by_branch(indicator: Indicator, source: Source, choice: Choice) -> list[Member]:
    """Returns the indicator for each active branch, in workbook order. Raises Unmeasured if it cannot be computed."""
    catalog, parts = source.catalog, parts_of(indicator)
    if indicator.scope not in LEVELS:
        raise Unmeasured(f"“{indicator.name}”只统计{indicator.scope}层级，分不到支部")
    for ledger in [catalog.ledgers[m.ledger] for m in parts.values()]:
        if not any(f.name == "org_id" for f in ledger.fields):
            raise Unmeasured(f"“{ledger.title}”不记所属党组织，分不到支部")
        if source.kind == "consolidated" and any("org_id" in s.hide for s in ledger.sensitive):
            raise Unmeasured(f"“{ledger.title}”的明细不上报，汇总工作簿分不到支部")
    branches = active_branches(source, any(m.collect == "本级" for m in parts.values()))
    if not branches:
        raise Unmeasured("“党组织”表没有计入的党支部")
    found = grouped(indicator, source, choice, lambda r: (r.sheet.unit, str(r.values.get("org_id"))))
    return [Member(b.unit, b.name, _of(indicator, found, b.code), b.code) for b in branches]


def by_unit(indicator: Indicator, source: Source, choice: Choice) -> list[Member]:
    """Returns the indicator for each unit that sent rows, in workbook order. Raises Unmeasured."""
    units = {
        r.sheet.unit: str(c.unit.get("unit_name") or r.sheet.unit) for rows in source.rows.values() for r, c in rows
    }
    found = grouped(indicator, source, choice, lambda r: r.sheet.unit)
    return [Member(name, name, _of(indicator, found, code), (code,)) for code, name in units.items()]


def _of(indicator: Indicator, found: Mapping[Any, Number | None], key: Any) -> Number | None:
    return found.get(key, None if indicator.denominator else 0)
