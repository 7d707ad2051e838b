"""Letters, colours and alignment of cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .connection import enum

NONE = -1
BOLD, NORMAL = 150.0, 100.0  # com.sun.star.awt.FontWeight
HORIZONTAL = {
    "general": "STANDARD",
    "left": "LEFT",
    "center": "CENTER",
    "right": "RIGHT",
    "justify": "BLOCK",
    "fill": "REPEAT",
}
VERTICAL = {"bottom": 3, "top": 1, "center": 2, "justify": 4}  # com.sun.star.table.CellVertJustify2; 0: as the style
ITALIC = "com.sun.star.awt.FontSlant"
RGB = tuple[int, int, int]


def from_number(number: int | None) -> RGB | None:
    """LibreOffice's 0xRRGGBB; None for no colour, and where cells differ."""
    if number is None or number == NONE:
        return None
    return number >> 16 & 255, number >> 8 & 255, number & 255


def to_number(color: RGB | list[int] | int | str | None) -> int:
    """A colour as xlwings takes it (RGB, #RRGGBB, or Excel's number, which is BGR)."""
    if color is None:
        return NONE
    if isinstance(color, str):
        return int(color.removeprefix("#"), 16)
    if isinstance(color, int):
        return (color & 255) << 16 | color & 0xFF00 | color >> 16
    red, green, blue = color
    return red << 16 | green << 8 | blue


class Font:
    """The letters of some cells."""

    def __init__(self, cells: Callable[[], Any]) -> None:
        self._cells = cells

    @property
    def api(self) -> Any:
        return self._cells()

    @property
    def bold(self) -> bool:
        return bool(self.api.CharWeight >= BOLD)

    @bold.setter
    def bold(self, value: bool) -> None:
        self._both("CharWeight", BOLD if value else NORMAL)

    @property
    def italic(self) -> bool:
        return bool(self.api.CharPosture.value == "ITALIC")

    @italic.setter
    def italic(self, value: bool) -> None:
        self._both("CharPosture", enum(ITALIC, "ITALIC" if value else "NONE"))

    @property
    def size(self) -> float:
        return float(self.api.CharHeight)

    @size.setter
    def size(self, value: float) -> None:
        self._both("CharHeight", float(value))

    @property
    def name(self) -> str:
        return str(self.api.CharFontNameAsian)

    @name.setter
    def name(self, value: str) -> None:
        cells = self.api
        cells.CharFontName = cells.CharFontNameAsian = value

    @property
    def color(self) -> RGB:
        return from_number(self.api.CharColor) or (0, 0, 0)

    @color.setter
    def color(self, value: RGB | int | str) -> None:
        self.api.CharColor = to_number(value)

    def _both(self, name: str, value: Any) -> None:
        """For Western and for Chinese letters."""
        cells = self.api
        setattr(cells, name, value)
        setattr(cells, f"{name}Asian", value)
