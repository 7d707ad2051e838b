"""Reads one worksheet part cell by cell: what Excel would refuse is refused, what it would ignore is ignored."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ...model import CellError, column_number
from .package import Attributes, Refused, walk
from .scan import FREE_AREA, MAX_COLUMN, MAX_ROW, SheetScan
from .texts import on, whole
from .values import Values

_REFERENCE = re.compile("([A-Z]{1,3})([1-9][0-9]{0,6})")


def read_sheet(xml: bytes, values: Values, struck: Sequence[bool], out: frozenset[int]) -> SheetScan:
    """Returns a worksheet with its cells. Raises Refused.

    Struck out are the cells of a style for which `struck` says so, and, in part, the shared texts `out`.
    """
    return _Reader(values, struck, out).read(xml)


class _Reader:
    def __init__(self, values: Values, struck: Sequence[bool], out: frozenset[int]) -> None:
        self.values, self.struck, self.struck_texts = values, struck, out
        self.scan = SheetScan(cells=[], filled=0)
        self.lines: dict[int, list[Any]] = {}
        self.row = self.column = 0
        self.cell: Attributes | None = None  # of the cell that is open
        self.words: list[str] = []
        self.said = self.formula = self.inside = self.quiet = self.out = False

    def read(self, xml: bytes) -> SheetScan:
        walk(xml, self._start, self._end, self._text)
        self.scan.cells = [self.lines.get(n) or [] for n in range(1, max(self.lines, default=0) + 1)]
        return self.scan

    def _start(self, tag: str, a: Attributes) -> None:
        if tag == "row":
            self._begin_row(a)
        elif tag == "c":
            self.cell, self.words = a, []
            self.said = self.formula = self.quiet = self.out = False
        elif tag == "mergeCell":
            self.scan.merge(a.get("ref", ""))
        elif self.cell is None:
            return
        elif tag in ("v", "t"):
            if tag == "v" and self.said:
                raise Refused("F01", "文件已损坏（有一格有两个值）", cell=(self.row, self.column))
            self.said = self.said or tag == "v"
            # A text in the cell is its value only in one of that type.
            self.inside = not self.quiet and (tag == "v" or self.cell.get("t") == "inlineStr")
        elif tag == "f":
            self.formula = True
        elif tag == "rPh":
            self.quiet = True
        elif tag == "strike" and on(a):
            self.out = True

    def _text(self, data: str) -> None:
        if self.inside:
            self.words.append(data)

    def _end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self.inside = False
        elif tag == "rPh":
            self.quiet = False
        elif tag == "c" and self.cell is not None:
            self._keep(self.cell)
            self.cell = None

    def _begin_row(self, a: Attributes) -> None:
        self.row, self.column = whole(a["r"]) if "r" in a else self.row + 1, 0
        if not 0 < self.row <= MAX_ROW:
            raise Refused("F01", "文件已损坏（行号不对）")
        if a.get("hidden") in ("1", "true") or a.get("ht") in ("0", "0.0"):
            self.scan.hidden.add(self.row)

    def _keep(self, a: Attributes) -> None:
        """Keeps the cell that ends. Without a reference it follows the cell before."""
        row, self.column = _place(a["r"]) if "r" in a else (self.row, self.column + 1)
        if row != self.row or self.column > MAX_COLUMN:
            raise Refused("F01", "文件已损坏（单元格不在它的行里）", cell=(row, self.column))
        kind, style, v = a.get("t", "n"), whole(a.get("s")), "".join(self.words)
        try:
            value = self.values.of(kind, style, v)
        except Refused as e:
            raise Refused(e.code, e.reason, cell=(row, self.column)) from None
        if self.formula:
            self.scan.formulas.add((row, self.column))
            if not v and kind != "str":  # with this type, the result is a text without characters
                value = CellError("")
        if value is None:
            return
        self._put(value)
        if (
            self.out
            or (style < len(self.struck) and self.struck[style])
            or (kind == "s" and whole(v) in self.struck_texts)
        ):
            self.scan.struck.add(row)

    def _put(self, value: Any) -> None:
        s, line, column = self.scan, self.lines.setdefault(self.row, []), self.column
        s.see(self.row, column)
        if column > len(line):
            # A sheet that would grow too large is refused while it is read.
            if s.last_row[0] * s.last_column[1] > FREE_AREA:
                s.refuse_far("")
            line.extend([None] * (column - len(line)))
        elif line[column - 1] is not None:
            raise Refused("F01", "文件已损坏（有一格出现两次）", cell=(self.row, column))
        line[column - 1] = value


def _place(reference: str) -> tuple[int, int]:
    found = _REFERENCE.fullmatch(reference)
    row, column = (int(found[2]), column_number(found[1])) if found else (0, 0)
    if not found or row > MAX_ROW or column > MAX_COLUMN:
        raise Refused("F01", f"文件已损坏（单元格位置“{reference[:20]}”）")
    return row, column
