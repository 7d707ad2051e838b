"""Computes an indicator for each party branch, for targets that every branch must reach by itself."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from ..figures.digest import parts_of, takers
from ..figures.evaluate import value_of
from ..figures.operations import Number
from ..model import Indicator, Row
from ..rows.conditions import where
from ..rows.selection import Selection
from ..submissions.source import Source

BRANCHES = "党支部数"  # the indicator whose filter selects the party branches
LEVELS = ("不分", "支部")  # scopes of indicators that can be computed per branch


@dataclass(frozen=True)
class Branch:
    """One party branch and its value of the indicator."""

    name: str
    value: Number | None  # None for a ratio without denominator


def by_branch(indicator: Indicator, source: Source) -> list[Branch] | str:
    """Returns the indicator for each active branch, in workbook order, or the reason why it cannot be computed."""
    catalog = source.catalog
    parts = parts_of(indicator)
    ledgers = [catalog.ledgers[m.ledger] for m in parts.values()]
    if indicator.scope not in LEVELS:
        return f"“{indicator.name}”只统计{indicator.scope}层级，分不到支部"
    for ledger in ledgers:
        if not any(f.name == "org_id" for f in ledger.fields):
            return f"“{ledger.title}”不记所属党组织，分不到支部"
        hidden = not ledger.reported or any("org_id" in s.hide for s in ledger.sensitive)
        if source.kind == "consolidated" and hidden:
            return f"“{ledger.title}”的明细不上报，汇总工作簿分不到支部"
    own = str(source.unit.get("unit_id")) if any(m.collect == "本级" for m in parts.values()) else ""
    definition = catalog.indicators[BRANCHES].numerator
    is_branch = where(catalog.ledgers[definition.ledger], definition.where)
    orgs = [
        (row, context)
        for row, context in source.rows.get(definition.ledger, ())
        if is_branch(row.values, context) and own in ("", row.sheet.unit)
    ]
    if not orgs:
        return "“党组织”表没有计入的党支部"
    rows: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for ledger in {x.name: x for x in ledgers}.values():
        for row, _ in source.rows.get(ledger.name, ()):
            rows[ledger.name, row.sheet.unit, str(row.values.get("org_id"))].append(row)
    measures = [t for found in takers(catalog).values() for t in found if t.key in parts]
    branches = []
    for org, context in orgs:
        unit, code = org.sheet.unit, str(org.values["org_id"])
        numbers = {}
        for t in measures:
            ledger = catalog.ledgers[t.measure.ledger]
            part = t.part(Selection(ledger, rows[ledger.name, unit, code], context), unit)
            numbers[t.key] = t.operation.number(part.value)
        value = value_of(indicator, numbers[indicator.name], numbers.get(f"{indicator.name}/"))
        branches.append(Branch(str(org.values["org_name"]), value))
    return branches
