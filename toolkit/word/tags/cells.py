"""Sets properties of table cells in schema order."""

from __future__ import annotations

from lxml import etree

from ..ooxml import find, make, q

_ORDER = [
    q(f"w:{name}")
    for name in (
        [
            "cnfStyle",
            "tcW",
            "gridSpan",
            "hMerge",
            "vMerge",
            "tcBorders",
            "shd",
            "noWrap",
            "tcMar",
            "textDirection",
            "tcFitText",
            "vAlign",
            "hideMark",
        ]
    )
]


def set_property(cell: etree._Element, made: etree._Element) -> None:
    """Sets one property of a cell in place of the one it had."""
    found = find(cell, "w:tcPr")
    properties = found[0] if found else make("w:tcPr")
    if not found:
        cell.insert(0, properties)
    for old in properties.findall(made.tag):
        properties.remove(old)
    place = _ORDER.index(made.tag)
    before = [n for n, e in enumerate(properties) if e.tag in _ORDER and _ORDER.index(e.tag) < place]
    properties.insert(before[-1] + 1 if before else 0, made)


def span_of(cell: etree._Element) -> int:
    """Returns the number of grid columns of a cell."""
    found = str(find(cell, "string(w:tcPr/w:gridSpan/@w:val)"))
    return int(found) if found.isdecimal() and len(found) < 3 else 1
