"""Counts an indicator month by month, over the rows that a period holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from ..model import Catalog, Indicator, Row
from ..rows.conditions import Context
from ..rows.selection import Selection
from ..span import Span
from .digest import takers
from .operations import Number


def months(span: Span) -> list[tuple[int, int]]:
    """Returns year and month of each month of a period."""
    first = span.start.year * 12 + span.start.month - 1
    return [((first + n) // 12, (first + n) % 12 + 1) for n in range(span.length)]


def monthly(
    catalog: Catalog, indicator: Indicator, rows: Iterable[tuple[Row, Context]], span: Span
) -> Sequence[Number] | None:
    """Returns the indicator for each month of the period; None if it does not count or add up events."""
    measure = indicator.numerator
    if indicator.denominator or measure.op not in ("count", "sum"):
        return None
    ledger = catalog.ledgers[measure.ledger]
    taker = next(t for t in takers(catalog)[ledger.name] if t.key == indicator.name)
    found: dict[tuple[int, int], dict[str, tuple[list[Row], Context]]] = defaultdict(dict)
    for row, context in rows:
        if day := row.values.get("date"):
            found[day.year, day.month].setdefault(row.sheet.unit, ([], context))[0].append(row)
    made = []
    for month in months(span):
        parts = [taker.part(Selection(ledger, some, context), unit) for unit, (some, context) in found[month].items()]
        made.append(taker.operation.number(taker.operation.combine(parts).value) or 0)
    return made
