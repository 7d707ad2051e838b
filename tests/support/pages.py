"""Pages of a PDF as measured: lines of text with their fonts, and where there is ink. All in millimetres."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pytest

POINT = 25.4 / 72
DOTS = 200  # per inch, where ink is looked at
DARK = 128


def need_poppler() -> None:
    """The programs pdftohtml and pdftoppm; without them the test is skipped, in CI it fails."""
    if shutil.which("pdftohtml") and shutil.which("pdftoppm"):
        return
    if os.environ.get("CI"):
        pytest.fail("poppler-utils is needed")
    pytest.skip("needs poppler-utils")


@dataclass(frozen=True)
class Line:
    """A piece of text on one line, in one font."""

    text: str
    left: float
    top: float
    width: float
    font: str
    size: float  # points

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def middle(self) -> float:
        return self.left + self.width / 2


@dataclass(frozen=True)
class Page:
    pdf: Path
    number: int
    width: float
    height: float
    lines: tuple[Line, ...]

    @property
    def upright(self) -> bool:
        return self.width < self.height

    @cached_property
    def _dots(self) -> tuple[int, int, bytes]:
        cut = ["-f", str(self.number), "-l", str(self.number), "-r", str(DOTS), "-gray"]
        made = subprocess.run(["pdftoppm", *cut, str(self.pdf)], check=True, capture_output=True).stdout
        head = re.match(rb"P5\s+(\d+)\s+(\d+)\s+\d+\s", made)
        assert head
        return int(head[1]), int(head[2]), made[head.end() :]

    def ink(self, left: float = 0, top: float = 0, right: float = 999, bottom: float = 999) -> tuple[float, ...] | None:
        """The smallest box around the ink in a region: left, top, right, bottom; None where it is blank."""
        width, height, dots = self._dots
        x0, y0 = round(left / 25.4 * DOTS), round(top / 25.4 * DOTS)
        x1, y1 = min(width, round(right / 25.4 * DOTS)), min(height, round(bottom / 25.4 * DOTS))
        rows = [(y, row) for y in range(y0, y1) if min(row := dots[y * width + x0 : y * width + x1]) < DARK]
        if not rows:
            return None
        columns = [x for _, row in rows for x, dot in enumerate(row, x0) if dot < DARK]
        box = (min(columns), rows[0][0], max(columns) + 1, rows[-1][0] + 1)
        return tuple(n * 25.4 / DOTS for n in box)


def pages_of(pdf: Path) -> list[Page]:
    """All pages of a PDF; pieces of one line and one font are joined.

    LibreOffice embeds a font of more than 255 characters in several subsets, and poppler parts the line at each.
    """
    command = ["pdftohtml", "-xml", "-i", "-fontfullname", "-zoom", "3", "-stdout", str(pdf)]
    made = subprocess.run(command, check=True, capture_output=True).stdout
    found: list[Page] = []
    fonts: dict[str, tuple[str, float]] = {}
    for page in ET.fromstring(re.sub(rb"</?[bi]>", b"", made)).iter("page"):
        unit = POINT * 841.89 / max(float(page.get("height", 0)), float(page.get("width", 0)))
        for spec in page.iter("fontspec"):
            size = float(spec.get("size", 0)) * unit / POINT
            fonts[spec.get("id", "")] = spec.get("family", "").partition("+")[2], size
        lines = _joined(_line(t, unit, fonts) for t in page.iter("text") if "".join(t.itertext()).strip())
        width, height = (float(page.get(k, 0)) * unit for k in ("width", "height"))
        found.append(Page(pdf, int(page.get("number", 0)), width, height, lines))
    return found


def _joined(pieces: Iterable[Line]) -> tuple[Line, ...]:
    made: list[Line] = []
    for x in pieces:
        before = made[-1] if made else None
        gap = x.size * POINT / 2
        if (
            before
            and (before.top, before.font, before.size) == (x.top, x.font, x.size)
            and abs(x.left - before.right) < gap
        ):
            text = f"{before.text}{' ' if x.left - before.right > gap / 4 else ''}{x.text}"
            made[-1] = replace(before, text=text, width=x.right - before.left)
        else:
            made.append(x)
    return tuple(made)


def _line(text: ET.Element, unit: float, fonts: dict[str, tuple[str, float]]) -> Line:
    left, top, width = (float(text.get(k, 0)) * unit for k in ("left", "top", "width"))
    return Line("".join(text.itertext()).strip(), left, top, width, *fonts[text.get("font", "")])
