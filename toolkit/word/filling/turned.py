"""Page numbers of landscape pages.

The number keeps its place on the sheet (GB/T 9704 chapter 8): on the page as printed it stands
in a text box turned clockwise at the left edge, below on odd pages and above on even ones.
"""

from __future__ import annotations

from lxml import etree

from ..ooxml import dump, make
from ..styles import load_format
from .box import text_box
from .page import page_number_runs


def turned_footer_part(even: bool) -> bytes:
    page, number = load_format()["page"], load_format()["page_number"]
    spacing = make("w:spacing", before=0, after=0, line=number["line"], lineRule="exact")
    # The box begins at the sheet's corner. Turned, its first line lies at its right side: the footer's
    # distance from the edge, which is now the left one. The text runs from the top to one character
    # above what was the right margin, where the number of an odd page ends.
    width, height = page["footer"] + number["line"], page["width"] - page["right"] - number["indent"]
    box = text_box([_number(even)], width, height, 902 if even else 901, "页码", turned=True)
    return dump(make("w:ftr", make("w:p", make("w:pPr", make("w:snapToGrid", val=0), spacing), box)))


def _number(even: bool) -> etree._Element:
    page, number = load_format()["page"], load_format()["page_number"]
    spacing = make("w:spacing", before=0, after=0, line=number["line"], lineRule="exact")
    # even: it begins one character below what was the left margin
    indent = [make("w:ind", left=page["left"] + number["indent"])] if even else []
    side = make("w:jc", val="left" if even else "right")
    return make("w:p", make("w:pPr", make("w:snapToGrid", val=0), spacing, *indent, side), *page_number_runs())
