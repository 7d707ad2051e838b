"""Charts in templates: {{ 图.主题党日按月 }} prints a declared chart that Word and WPS can edit.

A chart is a part of its own with the workbook that holds its numbers inside. Who fills gives both as bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..edited.charts import MARK
from ..ooxml import R
from .box import EMU
from .page import text_width

_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
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


def chart_parts(
    parts: Mapping[str, bytes], stories: Mapping[str, bytes], charts: Iterable[tuple[int, ChartPart]]
) -> dict[str, bytes]:
    """Returns the parts that numbered charts need besides the text: charts, workbooks, relations, content types."""
    made: dict[str, bytes] = {}
    types = parts["[Content_Types].xml"].decode()
    charts = list(charts)
    if charts and 'Extension="xlsx"' not in types:
        added = f'<Default Extension="xlsx" ContentType="{_WORKBOOK}"/>'
        types = re.sub("(<Types [^>]*>)", lambda m: m[1] + added, types, count=1)
    for number, chart in charts:
        part, book = f"charts/dj{number}.xml", f"embeddings/dj{number}.xlsx"
        made[f"word/{part}"], made[f"word/{book}"] = chart.xml, chart.workbook
        made[f"word/charts/_rels/dj{number}.xml.rels"] = (
            f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" Type="{R}/package" Target="../{book}"/>'
            "</Relationships>"
        ).encode()
        types = types.replace("</Types>", f'<Override PartName="/word/{part}" ContentType="{_CHART}"/></Types>')
        for story in (name for name, xml in stories.items() if f'"{_relation(number)}"'.encode() in xml):
            path = f"word/_rels/{story.removeprefix('word/')}.rels"
            none = f'<Relationships xmlns="{_RELATIONS}"></Relationships>'.encode()
            relations = (made.get(path) or parts.get(path) or none).decode()
            one = f'<Relationship Id="{_relation(number)}" Type="{R}/chart" Target="{part}"/></Relationships>'
            made[path] = relations.replace("</Relationships>", one).encode()
    return {**made, "[Content_Types].xml": types.encode()} if made else {}
