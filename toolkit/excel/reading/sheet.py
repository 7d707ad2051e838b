"""Reads one worksheet part cell by cell: what Excel would refuse is refused, what it would ignore is ignored."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any

from ...model import CellError, column_number
from .formats import Kind, shown
from .package import Attributes, Refused, walk
from .scan import FREE_AREA, SheetScan
from .texts import INDEX, Texts, decoded, on, whole

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
_REFERENCE = re.compile("([A-Z]{1,3})([1-9][0-9]{0,6})")
_MOMENT = re.compile(r"(?:\d{4}-\d\d-\d\d)?(?:T?\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?")  # ISO 8601
_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?\s*")


def read_sheet(xml: bytes, texts: Texts, kinds: Sequence[Kind], struck: Sequence[bool], date1904: bool) -> SheetScan:
    """Returns a worksheet with its cells. `kinds` and `struck` say what each cell style means. Raises Refused."""
    return _Reader(texts, kinds, struck, date1904).read(xml)


class _Reader:
    def __init__(self, texts: Texts, kinds: Sequence[Kind], struck: Sequence[bool], date1904: bool) -> None:
        self.texts, self.kinds, self.struck, self.date1904 = texts, kinds, struck, date1904
        self.scan = SheetScan(cells=[], filled=0)
        self.lines: dict[int, list[Any]] = {}
        self.row = self.column = 0
        self.cell: Attributes | None = None  # of the cell that is open
        self.words: list[str] = []
        self.said = self.formula = self.inside = self.quiet = self.out = False
        self.ways: dict[str, Callable[[str], Any]] = {
            "s": self._shared,
            "n": self._number,
            "b": self._truth,
            "e": lambda v: CellError(v.strip()),
            "str": lambda v: decoded(v) or None,
            "inlineStr": lambda v: decoded(v) or None,
            "d": self._moment,
        }

    def read(self, xml: bytes) -> SheetScan:
        walk(xml, self._start, self._end, self._text)
        blank: list[Any] = []
        self.scan.cells = [self.lines.get(n, blank) for n in range(1, max(self.lines, default=0) + 1)]
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
        if kind not in self.ways:
            raise Refused("F01", f"文件已损坏（单元格类型“{kind[:20]}”）", cell=(row, self.column))
        if self.formula:
            self.scan.formulas.add((row, self.column))
        if v:
            self.style = style
            value = self.ways[kind](v)
        else:
            value = CellError("") if self.formula and kind != "str" else None
        if value is None:
            return
        self._put(value)
        if (
            self.out
            or (style < len(self.struck) and self.struck[style])
            or (kind == "s" and whole(v) in self.texts.struck)
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

    # ------------------------------------------------------------- values

    def _shared(self, v: str) -> str | None:
        found = INDEX.fullmatch(v)
        if not found or int(found[1]) >= len(self.texts.texts):
            raise Refused("F01", "文件已损坏（文字的编号不对）", cell=(self.row, self.column))
        return self.texts.texts[int(found[1])]

    def _number(self, v: str) -> Any:
        if not _NUMBER.fullmatch(v):
            raise Refused("F01", f"文件已损坏（不是数：“{v[:20]}”）", cell=(self.row, self.column))
        if not isfinite(number := float(v)):
            raise Refused("F01", f"文件已损坏（数太大：“{v[:20]}”）", cell=(self.row, self.column))
        kind = self.kinds[self.style] if self.style < len(self.kinds) else Kind.NUMBER
        return shown(number, kind, self.date1904)

    def _moment(self, v: str) -> str | None:
        if not _MOMENT.fullmatch(v.strip()):
            raise Refused("F01", f"文件已损坏（不是日期：“{v[:20]}”）", cell=(self.row, self.column))
        return v.strip() or None

    def _truth(self, v: str) -> bool:
        if v.strip() not in ("0", "1", "true", "false"):
            raise Refused("F01", f"文件已损坏（不是逻辑值：“{v[:20]}”）", cell=(self.row, self.column))
        return v.strip() in ("1", "true")


def _place(reference: str) -> tuple[int, int]:
    found = _REFERENCE.fullmatch(reference)
    row, column = (int(found[2]), column_number(found[1])) if found else (0, 0)
    if not found or row > MAX_ROW or column > MAX_COLUMN:
        raise Refused("F01", f"文件已损坏（单元格位置“{reference[:20]}”）")
    return row, column
