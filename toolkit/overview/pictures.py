"""The charts of the overview as ECharts options, from the declarations that the workbook's charts use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..excel.consolidated.overview import overview
from ..figures.operations import Number
from ..model import Figure
from ..standard.yamlmap import Map
from ..submissions.source import Source
from ..wording.phrase import share
from ..year.recount import Choice, Unmeasured, by_unit, grouped

UNITS = 15  # most bars that are readable
PALETTE = ["#9C1F1F", "#D9A441", "#5B7F95", "#8A6D3B", "#7A9E6B", "#C97B63", "#4F5D75", "#B8A99A"]
Made = tuple[str, Any, Sequence[str], Sequence[Sequence[Any]]]  # title, option, heads and rows of its table


def bars(
    title: str, names: Sequence[str], series: Mapping[str, Sequence[Any]], line: bool = False, stacked: bool = False
) -> Made:
    """Returns a chart of bars lying on their side, or of lines over the months."""
    category = {
        "type": "category",
        "data": list(names),
        "axisLabel": {"interval": 0, "width": 110, "overflow": "truncate"},
    }
    value = {"type": "value"}
    option = {
        "color": PALETTE,
        "animation": False,
        "aria": {"enabled": True},
        "tooltip": {"trigger": "axis"},
        "legend": {"show": len(series) > 1, "type": "scroll", "top": 0},
        "grid": {"left": 8, "right": 24, "top": 34 if len(series) > 1 else 12, "bottom": 8, "containLabel": True},
        "xAxis": category if line else value,
        "yAxis": value if line else {**category, "inverse": True},
        "series": [
            {
                "name": k,
                "type": "line" if line else "bar",
                "stack": "all" if stacked else None,
                "data": [None if x is None else float(x) for x in v],
            }
            for k, v in series.items()
        ],
    }
    return title, option, ("", *series), [(n, *(v[i] for v in series.values())) for i, n in enumerate(names)]


def declared(s: Source) -> Iterator[Made]:
    """Yields each declared chart that has something to show."""
    for chart in overview().maps("charts"):
        made = _KINDS[chart["kind"]](chart, s)
        if made and any(x for row in made[3] for x in row[1:]):
            yield made


def _figures(chart: Map, s: Source) -> list[Figure]:
    found = (s.figures.get(name) for name in chart.get("indicators", ()))
    return [f for f in found if f is not None and f.state == "known" and f.value is not None]


def _coverage(chart: Map, s: Source) -> Made | None:
    return bars(chart["title"], ["实报", "缺报"], {"家数": [s.received, s.expected - s.received]})


def _indicators(chart: Map, s: Source) -> Made | None:
    found = _figures(chart, s)
    return bars(chart["title"], [f.indicator.name for f in found], {"本年": [_number(f.value) for f in found]})


def _rates(chart: Map, s: Source) -> Made | None:
    found = [f for f in _figures(chart, s) if f.indicator.denominator]
    return bars(
        f"{chart['title']}（%）", [f.indicator.name for f in found], {"%": [round(float(share(f)), 1) for f in found]}
    )


def _parts(chart: Map, s: Source) -> Made | None:
    found = [f for f in _figures(chart, s) if f.indicator.denominator]
    first, second = chart["series"]
    series = {first: [_number(f.denominator) for f in found], second: [_number(f.numerator) for f in found]}
    return bars(chart["title"], [f.indicator.name for f in found], series)


def _units(chart: Map, s: Source) -> Made | None:
    if s.kind != "consolidated":
        return None
    totals: dict[str, dict[str, Number]] = {}
    for f in _figures(chart, s):
        try:
            for m in by_unit(f.indicator, s, Choice(s.context.end, {})):
                totals.setdefault(m.name, {})[f.indicator.name] = m.value or 0
        except Unmeasured:
            continue
    top = sorted(totals, key=lambda u: -sum(totals[u].values()))[:UNITS]
    names = list(dict.fromkeys(n for u in top for n in totals[u]))
    return bars(chart["title"], top, {n: [_number(totals[u].get(n, 0)) for u in top] for n in names}, stacked=True)


_KINDS: Mapping[str, Callable[[Map, Source], Made | None]] = {
    "coverage": _coverage,
    "units": _units,
    "indicators": _indicators,
    "parts": _parts,
    "rates": _rates,
}


def _number(value: Number | None) -> float | int:
    return int(value) if value is not None and value == int(value) else float(value or 0)


def trend(s: Source, names: Sequence[str]) -> Made:
    """Returns the months of indicators that count events; others are passed over."""
    series: dict[str, list[Any]] = {}
    for name in names:
        indicator = s.catalog.indicators.get(name)
        if indicator is None or indicator.denominator or indicator.numerator.op not in ("count", "sum"):
            continue
        try:
            found = grouped(
                indicator,
                s,
                Choice(s.context.end, {}),
                lambda r: r.values["date"].month if r.values.get("date") and r.values["date"].year == s.year else None,
            )
        except Unmeasured:
            continue
        if any(found.values()):
            series[name] = [_number(found.get(m, 0)) for m in range(1, 13)]
    return bars("各月情况", [f"{m}月" for m in range(1, 13)], series, line=True)


def year_on_year(now: Source, last: Source, names: Sequence[str]) -> Made:
    """Returns the two years of each indicator that both know; ratios in percent."""
    both = [(n, last.figures.get(n), now.figures.get(n)) for n in names]
    known = [(n, _value(a), _value(b)) for n, a, b in both if a and b and a.state == b.state == "known"]
    found = [(n, a, b) for n, a, b in known if a is not None and b is not None]
    series = {f"{last.year}年": [a for _, a, _ in found], f"{now.year}年": [b for _, _, b in found]}
    return bars("与上年相比", [n for n, _, _ in found], series)


def _value(f: Figure) -> float | int | None:
    if f.value is None:
        return None
    return round(float(share(f)), 1) if f.indicator.denominator else _number(f.value)
