"""Which unit lags in what: tasks that each unit or branch has to reach, turned round; and branch by month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ..figures.operations import Number
from ..findings import listed
from ..model import Indicator, Row
from ..submissions.source import Source
from .measuring import NAMED
from .plan import Plan
from .recount import LEVELS, Choice, Member, Unmeasured, active_branches, grouped

_INNER = str.maketrans("“”", "‘’")  # quotation marks within quotation marks


class Lag(NamedTuple):
    """One unit that has not reached one task, and its branches that have not."""

    unit: str
    task: str  # number
    measure: str
    target: str
    text: str  # what is behind, in words


def lagging(p: Plan) -> list[Lag]:
    """Returns who lags in what, unit by unit; the unit with the most tasks behind comes first."""
    found: dict[str, list[Lag]] = defaultdict(list)
    for x in p.progress:
        by_unit: dict[str, list[Member]] = defaultdict(list)
        for m in x.behind:
            by_unit[m.unit].append(m)
        for unit, members in by_unit.items():
            names = [f"{m.name}{_said(m.value)}" for m in members if m.name != unit]
            who = f"：{listed(names, NAMED, '个')}" if names else f"：现有{_said(members[0].value)[1:-1]}"
            number = x.row.values["plan_id"]
            found[unit].append(
                Lag(unit, number, x.measure, x.target, f"{number}“{x.measure.translate(_INNER)}”未达到{x.target}{who}")
            )
    units = sorted(found, key=lambda u: -len(found[u]))
    return [lag for u in units for lag in found[u]]


def _said(value: Number | None) -> str:
    return "（无数）" if value is None else f"（{float(value):g}）"


@dataclass(frozen=True)
class Months:
    """One indicator by branch and month."""

    indicator: Indicator
    branches: Sequence[Member]  # in workbook order
    counts: Mapping[tuple[tuple[str, ...], int], Number | None]  # (code of the branch, month) -> value
    last: int  # the last month that has begun by the day


def by_month(name: str, source: Source, as_of: date) -> Months:
    """Returns an indicator by branch and month up to a day. Raises Unmeasured if it is not counted by branch."""
    indicator = source.catalog.indicators[name]
    if indicator.scope not in LEVELS or indicator.denominator is not None:
        raise Unmeasured(f"“{indicator.name}”不按支部计次")
    if not any(f.name == "org_id" for f in source.catalog.ledgers[indicator.numerator.ledger].fields):
        raise Unmeasured(f"“{indicator.name}”不按支部计次")

    def month(row: Row) -> tuple[tuple[str, ...], int] | None:
        day = row.values.get("date")
        return ((row.sheet.unit, str(row.values.get("org_id"))), day.month) if day else None

    found = grouped(indicator, source, Choice(as_of, {}), month)
    last = 12 if as_of.year > source.year else as_of.month if as_of.year == source.year else 0
    return Months(indicator, active_branches(source), found, last)


def monthly(p: Plan) -> list[Months]:
    """Returns branch × month for each indicator that a task of the plan counts per branch."""
    names = dict.fromkeys(
        x.row.values["indicator_id"]
        for x in p.progress
        if x.row.values.get("per") == "每支部" and x.row.values.get("indicator_id")
    )
    by_id = {i.id: i.name for i in p.source.catalog.indicators.values()}
    found = []
    for name in (by_id.get(n, n) for n in names):
        if name in p.source.catalog.indicators:
            try:
                found.append(by_month(name, p.source, p.as_of))
            except Unmeasured:
                continue
    return found
