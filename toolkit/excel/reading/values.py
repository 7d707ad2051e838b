"""What stands in a cell of an .xlsx, by the cell's type and style (ECMA-376 part 1, 18.18.11 ST_CellType)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isfinite
from typing import Any

from ...model import CellError
from .formats import Kind, shown
from .package import Refused

INDEX = re.compile(r"\s*\+?([0-9]{1,9})\s*")
_MOMENT = re.compile(r"(?:\d{4}-\d\d-\d\d)?(?:T?\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?")  # ISO 8601
_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?\s*")
_HALF = re.compile("[\ud800-\udfff]")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def decoded(text: str) -> str:
    """Returns a text with escapes such as _x000D_ as the characters they stand for (ECMA-376, ST_Xstring).

    Half a character, which no file could hold, becomes the control character that says so (SUBSTITUTE).
    """
    if "_x" not in text:
        return text
    found = _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)
    return _HALF.sub("\x1a", found.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass"))


class Values:
    """The values of the cells of one workbook."""

    def __init__(self, texts: Sequence[str | None], kinds: Sequence[Kind], date1904: bool) -> None:
        """`texts`: the shared texts. `kinds`: what the numbers of each cell style mean."""
        self.texts, self.kinds, self.date1904 = texts, kinds, date1904
        self._ways = {
            "s": self._shared,
            "b": _truth,
            "e": lambda v: CellError(v.strip()),
            "str": lambda v: decoded(v) or None,
            "inlineStr": lambda v: decoded(v) or None,
            "d": _moment,
        }

    def of(self, kind: str, style: int, v: str) -> Any:
        """The value of a cell in which `v` stands, None if that is blank. Raises Refused for what Excel would refuse."""
        if kind == "n" and v:
            return shown(_number(v), self.kinds[style] if style < len(self.kinds) else Kind.NUMBER, self.date1904)
        if kind != "n" and kind not in self._ways:
            raise Refused("F01", f"文件已损坏（单元格类型“{kind[:20]}”）")
        return self._ways[kind](v) if v else None

    def _shared(self, v: str) -> str | None:
        found = INDEX.fullmatch(v)
        if not found or int(found[1]) >= len(self.texts):
            raise Refused("F01", "文件已损坏（文字的编号不对）")
        return self.texts[int(found[1])]


def _number(v: str) -> float:
    if not _NUMBER.fullmatch(v):
        raise Refused("F01", f"文件已损坏（不是数：“{v[:20]}”）")
    if not isfinite(number := float(v)):
        raise Refused("F01", f"文件已损坏（数太大：“{v[:20]}”）")
    return number


def _moment(v: str) -> str | None:
    if not _MOMENT.fullmatch(v.strip()):
        raise Refused("F01", f"文件已损坏（不是日期：“{v[:20]}”）")
    return v.strip() or None


def _truth(v: str) -> bool:
    if v.strip() not in ("0", "1", "true", "false"):
        raise Refused("F01", f"文件已损坏（不是逻辑值：“{v[:20]}”）")
    return v.strip() in ("1", "true")
