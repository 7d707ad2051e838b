"""The charts of the overview as ECharts options, from the declarations that the workbook's charts use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..documents.charting.declared import charts_of, months_of
from ..excel.consolidated.chart_data import plain_number
from ..excel.parts.chart import MONTHS, PALETTE, RATES, UNITS
from ..figures.months import months
from ..model import Figure
from ..submissions.source import Source
from ..wording.phrase import share

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
        "color": list(PALETTE),
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
    """Yields each declared chart that has something to show; shares in percent."""
    for make in charts_of(s).values():
        if drawn := make():
            share_ = drawn.kind == RATES
            values = {k: [round(100 * v, 1) for v in row] if share_ else row for k, row in drawn.series.items()}
            title = f"{drawn.title}（%）" if share_ else drawn.title
            yield bars(title, drawn.names, values, drawn.kind == MONTHS, drawn.kind == UNITS)


def trend(s: Source, names: Sequence[str]) -> Made:
    """Returns the months of indicators that count events; others are passed over."""
    series: dict[str, list[Any]] = {}
    for indicator in (s.catalog.indicators[name] for name in names if name in s.catalog.indicators):
        if found := months_of(s, indicator):
            series[indicator.name] = [plain_number(n) for n in found]
    return bars("各月情况", [f"{m}月" for _, m in months(s.period)], series, line=True)


def year_on_year(now: Source, last: Source, names: Sequence[str]) -> Made:
    """Returns the two years of each indicator that both know; ratios in percent."""
    both = [(n, last.figures.get(n), now.figures.get(n)) for n in names]
    known = [(n, _value(a), _value(b)) for n, a, b in both if a and b and a.state == b.state == "known"]
    found = [(n, a, b) for n, a, b in known if a is not None and b is not None]
    series = {f"{last.period.name}": [a for _, a, _ in found], f"{now.period.name}": [b for _, _, b in found]}
    return bars("与上年相比", [n for n, _, _ in found], series)


def _value(f: Figure) -> float | int | None:
    if f.value is None:
        return None
    return round(float(share(f)), 1) if f.indicator.denominator else plain_number(f.value)
