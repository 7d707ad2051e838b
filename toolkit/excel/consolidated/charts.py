"""图表: native Excel charts of the main figures for directors, as listed in toolkit/standard/overview.yaml."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from ...model import Figure
from ...standard.yamlmap import Map
from ..parts.pages import pages
from ..parts.styles import DEEP_RED, GREY, INK, LINE, PERCENT, TAB_FRONT
from .overview import overview
from .view import View

SHEET, DATA = "图表", "_图表"
_UNITS = 15  # most bars that are readable
_MANY = 8  # above so many bars, names are smaller
_PALETTE = ("#9C1F1F", "#D9A441", "#5B7F95", "#8A6D3B", "#7A9E6B", "#C97B63", "#4F5D75", "#B8A99A")
_COVERAGE_COLOURS = {
    "已报": "#7A9E6B",
    "迟报": "#D9A441",
    "缺报": "#9C1F1F",
    "重复待定": "#5B7F95",
    "编码冲突": "#7A5B95",
}
_SIZE = {"width": 640, "height": 400}
_COLUMNS = 10  # columns of default width that a chart takes
_ROWS = 21  # rows of 20 points that a chart takes, with the gap below it
_FONT = {"name": "微软雅黑", "size": 9, "color": INK}


@dataclass(frozen=True)
class Data:
    """The data of one chart: a name per bar, and one row of numbers per series."""

    names: Sequence[str]
    series: Mapping[str, Sequence[Any]]

    @property
    def empty(self) -> bool:
        """Whether all values are zero or missing."""
        return not any(v for values in self.series.values() for v in values)


def write_charts(view: View) -> None:
    """Writes the charts of the standard that are not empty, two per row, and their data on a hidden sheet."""
    ws = view.sheet(SHEET, "报送、组织生活、学习、整改、服务一览", TAB_FRONT)
    store = view.sheet(DATA)
    ws.set_column(0, 20, 9)
    ws.write_string(0, 0, f"{view.c.top.name}{view.c.period.name}主要情况图", view.styles.get("sheet_title"))
    ws.set_row(0, 30)
    row, shown = 0, 0
    for spec in overview().get("charts", ()):
        data = _DATA[spec.need("kind")](view, spec)
        if data.empty:
            continue
        _store(store, row, spec, data)
        chart = _CHARTS[spec["kind"]](view, spec, data, row)
        _dress(chart, spec)
        at = 1 + shown // 2 * _ROWS, shown % 2 * _COLUMNS
        ws.insert_chart(*at, chart, {"object_position": 2, "x_offset": 4, "y_offset": 6})
        row, shown = row + len(data.series) + 2, shown + 1
    if not shown:
        ws.write_string(2, 0, "还没有可以画图的数：请先补报台账。", view.styles.get("hint"))
    pages(ws, 0)
    ws.fit_to_pages(1, 1)


def _store(ws: Worksheet, row: int, spec: Map, data: Data) -> None:
    ws.write_string(row, 0, spec["title"])
    ws.write_row(row, 1, data.names)
    for r, (name, values) in enumerate(data.series.items(), row + 1):
        ws.write_string(r, 0, name)
        ws.write_row(r, 1, [float(v) if v is not None else None for v in values])


# ------------------------------------------------------------------ the numbers


def _coverage(view: View, _: Map) -> Data:
    found = Counter(c.status for c in view.c.covered if c.unit.expected)
    shown = [s for s in _COVERAGE_COLOURS if found[s]]
    return Data([f"{s} {found[s]}个" for s in shown], {"单位数": [found[s] for s in shown]})


def _known(view: View, spec: Map) -> list[Figure]:
    found = (view.top.get(name) for name in spec.need("indicators"))
    return [f for f in found if f and f.state == "known" and f.value is not None]


def _indicators(view: View, spec: Map) -> Data:
    rates = spec["kind"] == "rates"  # a rate of zero is informative
    found = sorted((f for f in _known(view, spec) if f.value or rates), key=lambda f: -(f.value or 0))
    return Data([f.indicator.title for f in found], {"合计": [f.value for f in found]})


def _parts(view: View, spec: Map) -> Data:
    found = [f for f in _known(view, spec) if f.indicator.denominator]
    of, done = spec.need("series")
    series = {of: [f.denominator for f in found], done: [f.numerator for f in found]}
    return Data([f.indicator.title for f in found], series)


def _units(view: View, spec: Map) -> Data:
    """Returns the units with the highest sums, highest first; indicators that are zero in all of them are left out."""
    wanted = [view.c.catalog.indicators[n] for n in spec.need("indicators") if n in view.c.catalog.indicators]
    sums = {code: sum(found[i.name].value or 0 for i in wanted) for code, found in view.own.items()}
    best = sorted((code for code in sums if sums[code]), key=lambda code: -sums[code])[:_UNITS]
    units = view.c.tree.units
    series = {i.title: [view.own[code][i.name].value or 0 for code in best] for i in wanted}
    return Data([units[c].short or units[c].name for c in best], {t: v for t, v in series.items() if any(v)})


_DATA: dict[str, Callable[[View, Map], Data]] = {
    "coverage": _coverage,
    "indicators": _indicators,
    "rates": _indicators,
    "parts": _parts,
    "units": _units,
}


# ------------------------------------------------------------------- the charts


def _pie(view: View, spec: Map, data: Data, row: int) -> Chart:
    chart = view.book.add_chart({"type": "doughnut"})
    colours = [{"fill": {"color": _COVERAGE_COLOURS[name.split()[0]]}} for name in data.names]
    chart.add_series({**_ranges(row, 0, len(data.names)), "points": colours})
    chart.set_hole_size(52)
    chart.set_legend({"position": "right", "font": {**_FONT, "size": 12}})
    return chart


def _bars(view: View, spec: Map, data: Data, row: int) -> Chart:
    kind = spec["kind"]
    stacked = kind == "units" and len(data.series) > 1
    lying = kind != "parts"
    options = {"type": "bar" if lying else "column", **({"subtype": "stacked"} if stacked else {})}
    chart = view.book.add_chart(options)
    rate = PERCENT if kind == "rates" else "#,##0"
    for n in range(len(data.series)):
        series = {
            **_ranges(row, n, len(data.names)),
            "fill": {"color": _PALETTE[n % len(_PALETTE)]},
            "gap": 60,
            **({"overlap": 100} if stacked else {}),
        }
        if not stacked:
            series["data_labels"] = {"value": True, "num_format": rate, "font": _FONT}
        chart.add_series(series)
    names, values = (chart.set_y_axis, chart.set_x_axis) if lying else (chart.set_x_axis, chart.set_y_axis)
    names(
        {
            "reverse": lying,
            "num_font": {**_FONT, "size": 8 if len(data.names) > _MANY else 9},
            "interval_unit": 1,
            "line": {"color": GREY},
            "major_tick_mark": "none",
            "major_gridlines": {"visible": False},
        }
    )
    values(
        {
            "num_font": {**_FONT, "color": GREY},
            "num_format": rate,
            "line": {"none": True},
            "major_gridlines": {"visible": True, "line": {"color": LINE}},
            "min": 0,
            **({"max": 1, "major_unit": 0.2} if kind == "rates" else {}),
            **({"label_position": "high"} if lying else {}),
        }
    )
    chart.set_legend({"position": "bottom", "font": _FONT} if len(data.series) > 1 else {"none": True})
    return chart


def _ranges(row: int, n: int, count: int) -> dict[str, Any]:
    return {
        "name": [DATA, row + 1 + n, 0],
        "categories": [DATA, row, 1, row, count],
        "values": [DATA, row + 1 + n, 1, row + 1 + n, count],
    }


_CHARTS: dict[str, Callable[[View, Map, Data, int], Chart]] = {
    "coverage": _pie,
    "indicators": _bars,
    "rates": _bars,
    "parts": _bars,
    "units": _bars,
}


def _dress(chart: Chart, spec: Map) -> None:
    font = {"name": "黑体", "size": 13, "bold": True, "color": DEEP_RED}
    chart.set_title({"name": spec["title"], "name_font": font, "overlay": False})
    chart.set_size(_SIZE)
    chart.set_chartarea({"border": {"color": LINE}, "fill": {"color": "#FFFFFF"}})
    chart.show_hidden_data()  # the data is on a hidden sheet
