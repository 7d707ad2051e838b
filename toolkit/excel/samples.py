"""Fictional workbooks for the demo and the tests, generated from toolkit/excel/sample_plans/*.yaml.

A plan describes events in bulk; each entry below `rows: ledger:` becomes `times` rows:

    - times: 13                 # how many rows (default 1)
      kind: 中心组集体学习        # the same in every row
      topic: [专题一, 专题二]     # a list is cycled through
      group_id: "G{i:02}"       # {i}: number of the row, {u}: of the unit, {k}: of the row in its unit
      split: {qty: 527}         # a total divided over the rows, as evenly as integers allow

Rows of a city are assigned to its units in turn. Missing fields are filled in: dates spread over the year,
the unit's first organisation, status 已核.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ..figures.tree import Unit, file_of
from ..model import Catalog
from ..standard.sheets import COUNTED, NIL, SOME
from ..standard.yamlmap import Map, load
from .unit.build import build_many

PLANS = Path(__file__).parent / "sample_plans"
OF_KINDS = ("university", "hospital", "enterprise", "tax", "community")  # plans of further kinds of unit
Rows = dict[str, list[dict[str, Any]]]


def write_sample(catalog: Catalog, plan: str, out: Path) -> list[Path]:
    """Writes the workbooks of one plan into folder `out` and returns their paths: one per unit."""
    out.mkdir(parents=True, exist_ok=True)
    orders = [
        (catalog, unit, out / sample_file(unit), rows, declared) for unit, rows, declared in sample(catalog, plan)
    ]
    build_many(orders)
    return [path for _, _, path, *_ in orders]


def sample_file(unit: Mapping[str, Any]) -> str:
    """Returns <code>_<short name>_<year>.xlsx."""
    return file_of(Unit(unit["unit_id"], unit["unit_name"], unit["unit_short"]), unit["year"])


def sample(catalog: Catalog, plan: str) -> Iterator[tuple[dict[str, Any], Rows, dict[str, str]]]:
    """Yields (unit sheet, rows by ledger, declarations by ledger) for each unit of a plan."""
    raw = load(PLANS / f"{plan}.yaml").only(("unit", "units", "names", "declare", "rows"))
    units = list(_units(raw))
    dealt: list[Rows] = [{name: [] for name in catalog.ledgers} for _ in units]
    for name, entries in raw.need("rows").items():
        for entry in entries:
            _deal(catalog, entry, name, units, dealt)
    for unit, rows in zip(units, dealt, strict=True):
        said = {name: SOME if rows[name] else NIL for name, x in catalog.ledgers.items() if x.declared}
        yield unit, rows, said | dict(raw.get("declare", {}))


def _units(raw: Map) -> Iterator[dict[str, Any]]:
    """Yields the plan's units: one, or one per entry of `names`, with {u} and {name} replaced by number and name."""
    names = raw.get("names") or [""]
    for u, name in enumerate(names, 1):
        unit = {k: _fill(v, {"u": u, "i": u, "k": u, "name": name}) for k, v in raw.need("unit").items()}
        year = unit["year"]
        yield {"period_start": date(year, 1, 1), "period_end": date(year, 12, 31)} | unit


def _deal(catalog: Catalog, entry: Map, ledger: str, units: list[dict[str, Any]], dealt: list[Rows]) -> None:
    times = entry.get("times", 1)
    shares = {name: _shares(total, times) for name, total in entry.get("split", {}).items()}
    for i in range(times):
        unit, rows = units[i % len(units)], dealt[i % len(units)]
        words = {
            "i": i + 1,
            "u": i % len(units) + 1,
            "k": i // len(units) + 1,
            "unit": unit["unit_id"],
            "name": unit["unit_short"],
        }
        values = {
            name: _fill(value[i % len(value)] if isinstance(value, list) else value, words)
            for name, value in entry.items()
            if name not in ("times", "split")
        }
        values |= {name: share[i] for name, share in shares.items()}
        rows[ledger].append(_defaults(catalog, ledger, unit, rows, i / times) | values)


def _defaults(catalog: Catalog, ledger: str, unit: Mapping[str, Any], rows: Rows, at: float) -> dict[str, Any]:
    """Returns the values that every counted row needs, limited to the fields of its ledger."""
    names = {f.name: f for f in catalog.ledgers[ledger].fields}
    start, end = unit["period_start"], unit.get("fill_date") or unit["period_end"]
    common = {
        "rec_id": f"{catalog.ledgers[ledger].code}{unit['year']}-{len(rows[ledger]) + 1:04}",
        "org_id": rows["org"][0]["org_id"] if rows.get("org") else None,
        "scope": "单位",
        "date": start + timedelta(days=4 + int(((end - start).days - 8) * at)),
        "src": "活动记录",
        "status": COUNTED,
    }
    given = {f.name: f.default for f in names.values() if f.default is not None}
    return given | {k: v for k, v in common.items() if k in names}


def _shares(total: int, times: int) -> list[int]:
    """Divides `total` into `times` integers that differ by at most one."""
    return [total * (i + 1) // times - total * i // times for i in range(times)]


def _fill(value: Any, words: Mapping[str, Any]) -> Any:
    return value.format(**words) if isinstance(value, str) and "{" in value else value
