"""Builds the page numbers of landscape pages.

The number keeps its place on the sheet (GB/T 9704 chapter 8). On the printed page it is in a text box,
turned clockwise, at the left edge: at the bottom on odd pages, at the top on even pages.
"""

from __future__ import annotations

from lxml import etree

from ..ooxml import dump, make
from ..styles import load_format
from .box import text_box
from .page import page_number_runs


def turned_footer_part(even: bool) -> bytes:
    """Returns a landscape footer with the page number in a turned text box."""
    page, number = load_format()["page"], load_format()["page_number"]
    spacing = make("w:spacing", before=0, after=0, line=number["line"], lineRule="exact")
    # The box starts at the corner of the sheet. Its first line, turned, is at the right side of the box:
    # at the footer's distance from the edge, which is now the left edge. The text runs from the top down to
    # one character above the former right margin, where the number of an odd page ends.
    width, height = page["footer"] + number["line"], page["width"] - page["right"] - number["indent"]
    box = text_box([_number(even)], width, height, 902 if even else 901, "页码", turned=True)
    return dump(make("w:ftr", make("w:p", make("w:pPr", make("w:snapToGrid", val=0), spacing), box)))


def _number(even: bool) -> etree._Element:
    page, number = load_format()["page"], load_format()["page_number"]
    spacing = make("w:spacing", before=0, after=0, line=number["line"], lineRule="exact")
    # even: the number begins one character below the former left margin
    indent = [make("w:ind", left=page["left"] + number["indent"])] if even else []
    side = make("w:jc", val="left" if even else "right")
    return make("w:p", make("w:pPr", make("w:snapToGrid", val=0), spacing, *indent, side), *page_number_runs())
