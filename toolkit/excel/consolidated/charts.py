"""图表: native Excel charts of the main figures for directors, as listed in toolkit/standard/overview.yaml."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from xlsxwriter.worksheet import Worksheet

from ...figures.months import monthly, months
from ...rows.submission import context_of, taken
from ...standard.yamlmap import Map
from ..parts.chart import COVERAGE_COLOURS, YEARS, Drawn, draw, ranked, store
from ..parts.pages import pages
from ..parts.styles import TAB_FRONT
from .chart_data import bars, coverage, known, parts, tells
from .overview import overview
from .view import View

SHEET, DATA = "图表", "_图表"
_SIZE = {"width": 640, "height": 400}
_COLUMNS = 10  # columns of default width that a chart takes
_ZOOM = 80  # per cent: two charts beside each other on a screen of 1366
_ROWS = 21  # rows of 20 pixels that a chart takes, with the gap below it
_FEW, _MANY = 2, 5  # lines of charts that fill a page of A4 landscape, and those that one of A4 portrait takes
_SCALE = 45  # per cent, at which _MANY lines stay on a page whatever the fonts


def write_charts(view: View) -> None:
    """Writes the charts of the standard that are not empty, two per row, and their data on a hidden sheet."""
    ws = view.sheet(SHEET, "报送、组织生活、学习、整改、服务一览", TAB_FRONT)
    data = view.sheet(DATA)
    ws.set_column(0, 20, 9)
    ws.set_zoom(_ZOOM)
    ws.write_string(0, 0, f"{view.c.top.name}{view.c.period.name}主要情况图", view.styles.get("sheet_title"))
    ws.set_row(0, 30)
    row, shown = 0, 0
    for spec in overview().get("charts", ()):
        drawn = _DATA[spec.need("kind")](view, spec)
        if not tells(spec, drawn):
            continue
        store(data, row, drawn)
        chart = draw(view.book, drawn, DATA, row)
        chart.set_size(_SIZE)
        chart.show_hidden_data()  # the data is on a hidden sheet
        at = 1 + shown // 2 * _ROWS, shown % 2 * _COLUMNS
        ws.insert_chart(*at, chart, {"object_position": 2, "x_offset": 4, "y_offset": 6})
        row, shown = row + len(drawn.series) + 2, shown + 1
    if not shown:
        ws.write_string(2, 0, "还没有可以画图的数：请先补报台账。", view.styles.get("hint"))
    _print(ws, -(-shown // 2))


def _print(ws: Worksheet, lines: int) -> None:
    """Fills the pages, so that no chart stands on two."""
    pages(ws, 0, landscape=lines <= _FEW)
    ws.center_horizontally()
    if lines <= _MANY:
        ws.fit_to_pages(1, 1)
        return
    ws.set_print_scale(_SCALE)  # Excel minds no page breaks of a sheet that it fits to pages
    each = -(-lines // -(-lines // _MANY))
    ws.set_h_pagebreaks([1 + n * _ROWS for n in range(each, lines, each)])


# ------------------------------------------------------------------ the numbers


def _coverage(view: View, spec: Map) -> Drawn:
    found = Counter(c.status for c in view.c.covered if c.unit.expected)
    alone = found.total() == 1  # a unit alone reports to nobody here
    return coverage(spec, {} if alone else {s: found[s] for s in COVERAGE_COLOURS})


def _indicators(view: View, spec: Map) -> Drawn:
    return bars(spec, known(spec, view.top))


def _parts(view: View, spec: Map) -> Drawn:
    return parts(spec, known(spec, view.top))


def _units(view: View, spec: Map) -> Drawn:
    """Returns the units that reported by their own numbers; the head of the tree only if it has any."""
    wanted = [view.c.catalog.indicators[n] for n in spec.need("indicators") if n in view.c.catalog.indicators]
    units, totals = view.c.tree.units, []
    for code, found in view.own.items():
        numbers = {i.title: found[i.name].value or 0 for i in wanted if found[i.name].state == "known"}
        if any(numbers.values()) or (numbers and code != view.c.top.code):
            totals.append((units[code].short or units[code].name, numbers))
    return ranked(spec["title"], totals, bool(spec.get("least")))


def _years(view: View, spec: Map) -> Drawn:
    """Returns this year's figures beside last year's, where both are known."""
    last = {
        f.indicator.name: n for f in known(spec, view.top) if (n := view.c.before.get(f.indicator.name)) is not None
    }
    found = [f for f in known(spec, view.top) if f.indicator.name in last and (f.value or last[f.indicator.name])]
    series: dict[str, list[Any]] = {
        view.c.period.last_name: [last[f.indicator.name] for f in found],
        view.c.period.name: [f.value for f in found],
    }
    return Drawn(YEARS, spec["title"], [f.indicator.title for f in found], series)


def _months(view: View, spec: Map) -> Drawn:
    catalog, span = view.c.catalog, view.c.period
    series = {}
    for i in (catalog.indicators[n] for n in spec.need("indicators") if n in catalog.indicators):
        ledger, own = i.numerator.ledger, i.numerator.collect == "本级"
        sent = [s for s in view.c.submissions if not own or s.unit["unit_id"] == view.c.top.code]
        rows = ((r, context) for s in sent for context in [context_of(catalog, s)] for r in taken(s, ledger))
        found = monthly(catalog, i, rows, span)
        if found and any(found):
            series[i.title] = found
    return Drawn(spec["kind"], spec["title"], [f"{m}月" for _, m in months(span)], series)


_DATA: dict[str, Callable[[View, Map], Drawn]] = {
    "coverage": _coverage,
    "indicators": _indicators,
    "rates": _indicators,
    "parts": _parts,
    "units": _units,
    "months": _months,
    "years": _years,
}
