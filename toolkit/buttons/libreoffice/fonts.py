"""Fonts, colours and alignment of cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .bridge.connection import enum

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
VERTICAL = {
    "bottom": 3,
    "top": 1,
    "center": 2,
    "justify": 4,
}  # com.sun.star.table.CellVertJustify2; 0 (not here): standard
ITALIC = "com.sun.star.awt.FontSlant"
RGB = tuple[int, int, int]


def from_number(number: int | None) -> RGB | None:
    """Converts LibreOffice's 0xRRGGBB to (red, green, blue); returns None for no colour or if cells differ."""
    if number is None or number == NONE:
        return None
    return number >> 16 & 255, number >> 8 & 255, number & 255


def to_number(color: RGB | list[int] | int | str | None) -> int:
    """Converts a colour of xlwings to LibreOffice's 0xRRGGBB; None means no colour.

    xlwings takes (red, green, blue), "#RRGGBB", or Excel's number, which is BGR.
    """
    if color is None:
        return NONE
    if isinstance(color, str):
        return int(color.removeprefix("#"), 16)
    if isinstance(color, int):
        return (color & 255) << 16 | color & 0xFF00 | color >> 16
    red, green, blue = color
    return red << 16 | green << 8 | blue


class Font:
    """The font of some cells; `cells` returns them as a UNO object."""

    def __init__(self, cells: Callable[[], Any]) -> None:
        self._cells = cells

    @property
    def api(self) -> Any:
        """The UNO object of the cells."""
        return self._cells()

    @property
    def bold(self) -> bool:
        """Whether the text is bold."""
        return bool(self.api.CharWeight >= BOLD)

    @bold.setter
    def bold(self, value: bool) -> None:
        """Sets or removes bold."""
        self._both("CharWeight", BOLD if value else NORMAL)

    @property
    def italic(self) -> bool:
        """Whether the text is italic."""
        return bool(self.api.CharPosture.value == "ITALIC")

    @italic.setter
    def italic(self, value: bool) -> None:
        """Sets or removes italic."""
        self._both("CharPosture", enum(ITALIC, "ITALIC" if value else "NONE"))

    @property
    def size(self) -> float:
        """The font size in points."""
        return float(self.api.CharHeight)

    @size.setter
    def size(self, value: float) -> None:
        """Sets the font size in points."""
        self._both("CharHeight", float(value))

    @property
    def name(self) -> str:
        """The name of the font of Chinese characters."""
        return str(self.api.CharFontNameAsian)

    @name.setter
    def name(self, value: str) -> None:
        """Sets the font of Western and Chinese characters."""
        cells = self.api
        cells.CharFontName = cells.CharFontNameAsian = value

    @property
    def color(self) -> RGB:
        """The font colour as (red, green, blue); black if none is set or cells differ."""
        return from_number(self.api.CharColor) or (0, 0, 0)

    @color.setter
    def color(self, value: RGB | int | str) -> None:
        """Sets the font colour."""
        self.api.CharColor = to_number(value)

    def _both(self, name: str, value: Any) -> None:
        """Sets a property for Western and for Chinese characters."""
        cells = self.api
        setattr(cells, name, value)
        setattr(cells, f"{name}Asian", value)
