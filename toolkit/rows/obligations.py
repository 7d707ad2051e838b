"""Compares recurring duties with the dates recorded in the ledgers."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ..findings import finding
from ..model import Catalog, Finding, Obligation, Place
from .conditions import Context, add_months
from .selection import Selection


@dataclass(frozen=True)
class Period:
    """One month, quarter, half or year, and how often the duty was done in it."""

    label: str  # 3月, 第2季度, 2026年
    start: date
    end: date
    done: int  # records dated in it


def unmet(catalog: Catalog, o: Obligation, rows: Mapping[str, Selection], context: Context) -> Iterator[Finding]:
    """Yields one Finding per obligation (and organisation): the completed periods in which it was not met."""
    until = min(context.end, context.fill_date)
    for place, name, periods in lacking(catalog, o, rows, context, until):
        if over := [p for p in periods if p.end <= until]:
            yield missed(o, place, name, over)


def missed(o: Obligation, place: Place, name: str, periods: Iterable[Period]) -> Finding:
    """Returns the Finding for the periods in which `name` did not meet the obligation."""
    return finding(
        "O01",
        place,
        o.title,
        severity=o.severity,
        who=name,
        what=o.requirement,
        periods="、".join(p.label for p in periods),
        source=o.source,
    )


def lacking(
    catalog: Catalog, o: Obligation, rows: Mapping[str, Selection], context: Context, until: date
) -> Iterator[tuple[Place, str, list[Period]]]:
    """Yields each organisation (or the unit) and the periods, begun by `until`, with too few records."""
    days: dict[Any, list[date]] = defaultdict(list)
    for row in rows[o.ledger].taken(o.where):
        if row.values.get("date"):
            days[row.values.get("org_id") if o.per == "org" else ""].append(row.values["date"])
    periods = list(_periods(o.every, context, until))
    for who, place, name in _obliged(catalog, o, rows["org"], context):
        held = sorted(days[who])
        short = [
            Period(label, start, end, n)
            for label, start, end in periods
            if (n := bisect_right(held, end) - bisect_left(held, start)) < o.times
        ]
        if short:
            yield place, name, short


def _obliged(catalog: Catalog, o: Obligation, orgs: Selection, context: Context) -> Iterator[tuple[Any, Place, str]]:
    """Yields each organisation that `applies` selects; per unit, the unit once if any is selected."""
    for row in orgs.taken(o.applies):
        if o.per == "unit":
            sheet = row.sheet
            name = str(context.unit.get("unit_short") or "")
            yield "", Place(sheet.file, sheet.unit, catalog.ledgers[o.ledger].title), name
            return
        yield row.values.get("org_id"), row.place("org_name"), str(row.values.get("org_name") or "")


STEPS: Mapping[str, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}  # months


def _periods(every: str, context: Context, until: date) -> Iterator[tuple[str, date, date]]:
    """Yields name, start and end of each month, quarter, half or year of the calendar that lies in the context whole.

    Only those that began by `until`. So a yearly duty is not judged by half a year.
    """
    step = STEPS[every]
    first = context.start.month - (context.start.month - 1) % step
    at = date(context.start.year, first, 1)
    while at <= until and (end := add_months(at, step) - timedelta(1)) <= context.end:
        n = (at.month - 1) // step
        if at >= context.start:
            label = {
                "month": f"{n + 1}月",
                "quarter": f"第{n + 1}季度",
                "half": f"{'上下'[n % 2]}半年",
                "year": f"{at.year}年",
            }
            yield label[every], at, end
        at = end + timedelta(1)
