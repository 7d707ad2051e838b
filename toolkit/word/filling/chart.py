"""Charts in templates: {{ 图.主题党日按月 }} prints a declared chart that Word and WPS can edit.

A chart is a part of its own with the workbook that holds its numbers inside. Who fills gives both as bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..edited.charts import MARK
from ..more_parts import MoreParts
from ..ooxml import R
from .box import EMU
from .page import text_width

_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEIGHT = 0.55  # of the width


@dataclass(frozen=True)
class ChartPart:
    """One chart: its declared name, its title, its part, and the workbook inside."""

    name: str
    title: str
    xml: bytes
    workbook: bytes


def chart_drawing(chart: ChartPart, number: int) -> str:
    """Returns the run that shows a chart as wide as the text; `number` is its position among the charts, from 1."""
    width = text_width() * EMU
    name, title = f"{MARK}{chart.name}", chart.title
    return (
        f'<w:r><w:drawing><wp:inline xmlns:wp="{_DRAWING}/wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{width}" cy="{int(width * _HEIGHT)}"/><wp:docPr id="{9800 + number}" name="{name}" descr="{title}"/>'
        f'<wp:cNvGraphicFramePr/><a:graphic xmlns:a="{_DRAWING}/main"><a:graphicData uri="{_DRAWING}/chart">'
        f'<c:chart xmlns:c="{_DRAWING}/chart" xmlns:r="{R}" r:id="{_relation(number)}"/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def _relation(number: int) -> str:
    return f"rIdchart{number}"


def add_chart(more: MoreParts, chart: ChartPart, number: int) -> None:
    """Adds what a numbered chart needs besides the text: its part, and the workbook that the part relates to."""
    part, book = f"charts/dj{number}.xml", f"embeddings/dj{number}.xlsx"
    more.add(part, chart.xml, _CHART)
    more.add(book, chart.workbook, _WORKBOOK)
    more.relate_from(part, "rId1", "package", f"../{book}")
    more.relate(_relation(number), "chart", part)
