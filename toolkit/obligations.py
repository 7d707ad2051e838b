"""What must happen how often, held against what the ledgers say did happen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from .conditions import Context, add_months, where
from .findings import finding
from .model import Catalog, Finding, Obligation, Place, Row


def unmet(catalog: Catalog, o: Obligation, rows: Mapping[str, list[Row]], context: Context) -> Iterator[Finding]:
    """One Finding per obligation (and organisation): the periods, already over, in which it was not met."""
    ledger = catalog.ledgers[o.ledger]
    happened = where(ledger, o.where)
    days: dict[Any, list[date]] = defaultdict(list)
    for row in rows[o.ledger]:
        if row.values.get("date") and happened(row.values, context):
            days[row.values.get("org_id") if o.per == "org" else ""].append(row.values["date"])
    until = min(context.end, context.fill_date)
    for who, place, name in _obliged(catalog, o, rows, context):
        lacking = [
            label for label, start, end in _periods(o.every, context.start, until)
            if sum(start <= d <= end for d in days[who]) < o.times
        ]  # fmt: skip
        if lacking:
            yield finding(
                "O01", place, o.title, severity=o.severity,
                who=name, what=o.requirement, periods="、".join(lacking), source=o.source,
            )  # fmt: skip


def _obliged(
    catalog: Catalog, o: Obligation, rows: Mapping[str, list[Row]], context: Context
) -> Iterator[tuple[Any, Place, str]]:
    """Each organisation that `applies` selects; per unit, the unit as a whole if there is one."""
    applies = where(catalog.ledgers["org"], o.applies)
    for row in rows["org"]:
        if applies(row.values, context):
            if o.per == "unit":
                sheet = row.sheet
                name = str(context.unit.get("unit_short") or "")
                yield "", Place(sheet.file, sheet.unit, catalog.ledgers[o.ledger].title), name
                return
            yield row.values.get("org_id"), row.place("org_name"), str(row.values.get("org_name") or "")


def _periods(every: str, start: date, until: date) -> Iterator[tuple[str, date, date]]:
    """The whole months, quarters or the year between start and until, with what to call them."""
    step = {"month": 1, "quarter": 3, "year": 12}[every]
    at, n = start, 1
    while (end := add_months(at, step) - timedelta(1)) <= until:
        yield {"month": f"{at.month}月", "quarter": f"第{n}季度", "year": f"{at.year}年"}[every], at, end
        at, n = end + timedelta(1), n + 1
