"""What a declared chart shows of figures, the same for the consolidated workbook, for Word and for the dashboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...figures.operations import Number
from ...model import Figure
from ...standard.yamlmap import Map
from ..parts.chart import RATES, Drawn


def known(spec: Map, figures: Mapping[str, Figure]) -> list[Figure]:
    """Returns the figures that a chart names, as far as their values are known."""
    found = (figures.get(name) for name in spec.get("indicators", ()))
    return [f for f in found if f is not None and f.state == "known" and f.value is not None]


def coverage(spec: Map, units: Mapping[str, int]) -> Drawn:
    """Returns the chart of the numbers of units by their state; a state of no unit is left out."""
    shown = {state: n for state, n in units.items() if n}
    names = [f"{state} {n}个" for state, n in shown.items()]
    return Drawn(spec["kind"], spec["title"], names, {"单位数": list(shown.values())})


def bars(spec: Map, figures: Sequence[Figure]) -> Drawn:
    """Returns the chart of single figures, the highest first; of those that are zero only rates tell anything."""
    found = sorted((f for f in figures if f.value or spec["kind"] == RATES), key=lambda f: -(f.value or 0))
    series = {"合计": [plain_number(f.value) for f in found]}
    return Drawn(spec["kind"], spec["title"], [f.indicator.title for f in found], series)


def parts(spec: Map, figures: Sequence[Figure]) -> Drawn:
    """Returns the chart of rates by their two numbers: of how many, and how many."""
    found = [f for f in figures if f.indicator.denominator]
    of, done = spec.need("series")
    series = {of: [plain_number(f.denominator) for f in found], done: [plain_number(f.numerator) for f in found]}
    return Drawn(spec["kind"], spec["title"], [f.indicator.title for f in found], series)


def tells(spec: Map, drawn: Drawn) -> bool:
    """Whether a chart is worth showing: it has a number, or says that the last units have none."""
    return not drawn.empty or bool(spec.get("least") and drawn.names)


def plain_number(value: Number | None) -> float | int:
    """Returns a value for a chart: whole or with a fraction, 0 where there is none."""
    return int(value) if value is not None and value == int(value) else float(value or 0)
