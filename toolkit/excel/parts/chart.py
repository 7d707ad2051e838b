"""Native charts as XlsxWriter draws them: one look for the consolidated workbook and for Word."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from xlsxwriter.chart import Chart
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from ...machine.archive import SMALL, Member, members, pack
from .layout import AS_TEXT, CREATED
from .styles import DEEP_RED, GREY, INK, LINE, PERCENT

PALETTE = ("#9C1F1F", "#D9A441", "#5B7F95", "#8A6D3B", "#7A9E6B", "#C97B63", "#4F5D75", "#B8A99A")
COVERAGE_COLOURS = {
    "已报": "#7A9E6B",
    "实报": "#7A9E6B",
    "迟报": "#D9A441",
    "缺报": "#9C1F1F",
    "重复待定": "#5B7F95",
    "编码冲突": "#7A5B95",
}
COVERAGE, UNITS, PARTS, RATES, MONTHS = "coverage", "units", "parts", "rates", "months"  # kinds; any other: bars
YEARS = "years"
MOST = 15  # most bars that are readable
_MANY = 8  # above so many bars, names are smaller
_FONT = {"name": "微软雅黑", "size": 9, "color": INK}
_SHEET = "数据"
# What Excel takes for granted in its own files, and Word or LibreOffice otherwise.
_SAID = {
    "<c:printSettings>.*</c:printSettings>": '<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData>',
    '(<c:lang val="[^"]*"/>)': r'\1<c:roundedCorners val="0"/>',
    '<c:showVal val="1"/>': '<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/>'
    '<c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/>',
    "</c:val></c:ser>(?=.*</c:lineChart>)": '</c:val><c:smooth val="0"/></c:ser>',
}


@dataclass(frozen=True)
class Drawn:
    """One chart: its kind, a name for each bar or point, and one row of numbers for each series."""

    kind: str
    title: str
    names: Sequence[str]
    series: Mapping[str, Sequence[Any]]

    @property
    def empty(self) -> bool:
        """Whether all values are zero or missing."""
        return not any(v for values in self.series.values() for v in values)


def ranked(title: str, totals: Sequence[tuple[str, Mapping[str, Any]]], least: bool) -> Drawn:
    """Returns the chart of units by the sum of their numbers: the highest first or, with `least`, the lowest.

    `totals`: the name of each unit and its numbers by title. Where all units fit, one chart shows them all, also those
    with nothing, so that of the `least` is empty; so is that of a single unit, which is compared with none.
    """
    all_fit = len(totals) <= MOST
    if len(totals) < 2 or not any(n for _, x in totals for n in x.values()) or (least and all_fit):
        return Drawn(UNITS, title, [], {})
    sign = 1 if least else -1
    shown = sorted(totals, key=lambda x: sign * sum(x[1].values()))[:MOST]
    series = {t: [numbers.get(t, 0) for _, numbers in shown] for t in dict.fromkeys(t for _, x in totals for t in x)}
    said = title if all_fit else f"{title}（{'最少' if least else '最多'}的{MOST}个）"
    kept = {t: v for t, v in series.items() if any(v)}
    # the lowest may all have nothing: a chart of it says so
    return Drawn(UNITS, said, [name for name, _ in shown], kept or (dict(list(series.items())[:1]) if least else {}))


def store(ws: Worksheet, row: int, drawn: Drawn) -> None:
    """Writes the data of a chart: its title and names in one row, each series in a row below."""
    ws.write_string(row, 0, drawn.title)
    ws.write_row(row, 1, drawn.names)
    for r, (name, values) in enumerate(drawn.series.items(), row + 1):
        ws.write_string(r, 0, name)
        ws.write_row(r, 1, [float(v) if v is not None else None for v in values])


def draw(book: Workbook, drawn: Drawn, sheet: str, row: int) -> Chart:
    """Returns the chart of data that `store` wrote to a row of a sheet."""
    chart = (_pie if drawn.kind == COVERAGE else _bars)(book, drawn, sheet, row)
    font = {"name": "黑体", "size": 13, "bold": True, "color": DEEP_RED}
    chart.set_title({"name": drawn.title, "name_font": font, "overlay": False})
    chart.set_chartarea({"border": {"color": LINE}, "fill": {"color": "#FFFFFF"}})
    return chart


def chart_files(drawn: Drawn) -> tuple[bytes, bytes]:
    """Returns a chart for a document: the XML of its part, and the workbook with its numbers that the part embeds."""
    book = _workbook(drawn, False)
    with ZipFile(BytesIO(_workbook(drawn, True))) as archive:
        xml = archive.read("xl/charts/chart1.xml").decode()
    for pattern, said in _SAID.items():
        xml = re.sub(pattern, said, xml, flags=re.DOTALL)
    return xml.encode(), book


def _workbook(drawn: Drawn, with_chart: bool) -> bytes:
    buffer = BytesIO()
    with Workbook(buffer, AS_TEXT) as book:
        book.set_properties({"created": CREATED})
        ws = book.add_worksheet(_SHEET)
        ws.set_column(0, 0, 24)
        store(ws, 0, drawn)
        if with_chart:
            ws.insert_chart(0, 0, draw(book, drawn, _SHEET, 0))
    return pack(Member.of(m.name, m.unpack(), SMALL) for m in members(buffer.getvalue()))


def _pie(book: Workbook, drawn: Drawn, sheet: str, row: int) -> Chart:
    chart = book.add_chart({"type": "doughnut"})
    colours = [{"fill": {"color": COVERAGE_COLOURS[name.split()[0]]}} for name in drawn.names]
    chart.add_series({**_ranges(sheet, row, 0, len(drawn.names)), "points": colours})
    chart.set_hole_size(52)
    chart.set_legend({"position": "right", "font": {**_FONT, "size": 12}})
    return chart


def _bars(book: Workbook, drawn: Drawn, sheet: str, row: int) -> Chart:
    kind = drawn.kind
    stacked = kind == UNITS and len(drawn.series) > 1
    lying = kind not in (PARTS, MONTHS, YEARS)
    shape = "line" if kind == MONTHS else "bar" if lying else "column"
    chart = book.add_chart({"type": shape, **({"subtype": "stacked"} if stacked else {})})
    rate = PERCENT if kind == RATES else "#,##0"
    for n in range(len(drawn.series)):
        colour = PALETTE[n % len(PALETTE)]
        series = _ranges(sheet, row, n, len(drawn.names))
        if kind == MONTHS:
            series |= {"line": {"color": colour, "width": 2.25}, "marker": {"type": "circle", "size": 5}}
            series["marker"] |= {"fill": {"color": colour}, "border": {"color": colour}}
        else:
            series |= {"fill": {"color": colour}, "gap": 60, **({"overlap": 100} if stacked else {})}
        if not stacked and (kind != MONTHS or len(drawn.series) == 1):
            series["data_labels"] = {"value": True, "num_format": rate, "font": _FONT}
            if kind == MONTHS:
                series["data_labels"]["position"] = "above"
        chart.add_series(series)
    names, values = (chart.set_y_axis, chart.set_x_axis) if lying else (chart.set_x_axis, chart.set_y_axis)
    names(
        {
            "reverse": lying,
            "num_font": {**_FONT, "size": 8 if len(drawn.names) > _MANY else 9},
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
            **({"max": 1, "major_unit": 0.2} if kind == RATES else {}),
            **({"label_position": "high"} if lying else {}),
        }
    )
    chart.set_legend({"position": "bottom", "font": _FONT} if len(drawn.series) > 1 else {"none": True})
    return chart


def _ranges(sheet: str, row: int, n: int, count: int) -> dict[str, Any]:
    return {
        "name": [sheet, row + 1 + n, 0],
        "categories": [sheet, row, 1, row, count],
        "values": [sheet, row + 1 + n, 1, row + 1 + n, count],
    }
