"""Reads the declared charts of an edited document: their names, and the numbers that they show."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from ..ooxml import R, parse
from .paragraphs import Opened

MARK = "DJ_chart_"  # begins the name of a drawing that shows a declared chart
_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,17})?")
_SPACES = {
    "c": _C,
    "r": R,
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "rel": "http://schemas.openxmlformats.org/package/2006/relationships",
}


@dataclass(frozen=True)
class ShownChart:
    """One chart as it stands in a document; `part` is the name of its part, `book` that of the workbook inside."""

    name: str
    part: str
    book: str
    names: tuple[str, ...]
    series: Mapping[str, tuple[float | None, ...]]


def charts(opened: Opened) -> Iterator[ShownChart]:
    """Yields the declared charts in the order of the text; a chart whose parts are gone is passed over."""
    for story, root in opened.roots.items():
        targets = _targets(opened.parts, story)
        for inline in _all(root, ".//wp:inline[wp:docPr] | .//wp:anchor[wp:docPr]"):
            name = str(_all(inline, "wp:docPr/@name")[0])
            ids = _all(inline, ".//c:chart/@r:id")
            part = targets.get(str(ids[0]), "") if ids else ""
            if name.startswith(MARK) and part in opened.parts:
                books = [t for t in _targets(opened.parts, part).values() if t.endswith(".xlsx")]
                chart = parse(opened.parts[part], part)
                series = {_text(s, "c:tx"): _values(s) for s in _all(chart, ".//c:ser")}
                first = next(iter(_all(chart, ".//c:ser")), None)
                names = tuple(v for _, v in _points(first, "c:cat")) if first is not None else ()
                yield ShownChart(name.removeprefix(MARK), part, books[0] if books else "", names, series)


def _all(element: etree._Element, path: str) -> list[etree._Element]:
    return list(element.xpath(path, namespaces=_SPACES))


def _targets(parts: Mapping[str, bytes], part: str) -> dict[str, str]:
    """Returns the parts that a part refers to, by the id of the relation."""
    folder, name = posixpath.split(part)
    path = f"{folder}/_rels/{name}.rels"
    if path not in parts:
        return {}
    found = _all(parse(parts[path], path), "rel:Relationship[not(@TargetMode='External')]")
    return {r.get("Id", ""): posixpath.normpath(posixpath.join(folder, r.get("Target", ""))) for r in found}


def _points(series: etree._Element, where: str) -> list[tuple[int, str]]:
    return [(int(p.get("idx", 0)), "".join(_all(p, "c:v/text()"))) for p in _all(series, f"{where}//c:pt")]


def _text(series: etree._Element, where: str) -> str:
    return "".join(v for _, v in _points(series, where))


def _values(series: etree._Element) -> tuple[float | None, ...]:
    """Returns the numbers of a series; None for what is no number."""
    return tuple(float(v) if _NUMBER.fullmatch(v.strip()) else None for _, v in _points(series, "c:val"))
