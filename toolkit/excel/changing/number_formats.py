"""Finds or adds the cell style in which a new value is shown for what it is: dates as dates, numbers as numbers."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

from lxml import etree

from ..reading.formats import Kind, kind_of

Element = Any  # lxml's elements have no usable type
_DAY, _GENERAL = 14, 0  # built-in number formats


class NumberFormats:
    """The cell styles of styles.xml. A style that is added is a copy of the cell's own with another number format."""

    def __init__(self, tree: Element) -> None:
        self.tree, self.changed = tree, False
        self.space = str(etree.QName(tree).namespace)
        own = {x.get("numFmtId"): x.get("formatCode", "") for x in tree.iter(self._name("numFmt"))}
        self.list = next(tree.iter(self._name("cellXfs")), None)
        styles = [] if self.list is None else list(self.list.iter(self._name("xf")))
        self.kinds = [kind_of(int(x.get("numFmtId", "0")), own.get(x.get("numFmtId", "0"))) for x in styles]
        self.made: dict[tuple[int, int], int] = {}

    def _name(self, local: str) -> str:
        return f"{{{self.space}}}{local}"

    def fitting(self, style: int, value: Any) -> int:
        """Returns the style's number, or that of its copy in which `value` reads as the value it is."""
        kind = self.kinds[style] if style < len(self.kinds) else Kind.NUMBER
        if isinstance(value, date):
            return style if kind in (Kind.DAY, Kind.MOMENT) else self._copy(style, _DAY)
        if isinstance(value, (int, float, Decimal)) and kind is not Kind.NUMBER:
            return self._copy(style, _GENERAL)
        return style

    def _copy(self, style: int, number_format: int) -> int:
        if self.list is None:
            return style
        if (style, number_format) not in self.made:
            styles = list(self.list.iter(self._name("xf")))
            xf = deepcopy(styles[style]) if style < len(styles) else etree.Element(self._name("xf"))
            xf.set("numFmtId", str(number_format))
            xf.set("applyNumberFormat", "1")
            self.list.append(xf)
            self.list.set("count", str(len(styles) + 1))
            self.made[style, number_format], self.changed = len(styles), True
        return self.made[style, number_format]
