"""Page numbers of landscape pages.

The number keeps its place on the sheet (GB/T 9704 chapter 8): on the page as printed it stands
in a text box turned clockwise at the left edge, below on odd pages and above on even ones.
"""

from __future__ import annotations

from lxml import etree

from .ooxml import dump, make
from .page import page_number_runs
from .styles import load_format

_EMU = 635  # per twip
_WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_WPS = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
_LENGTH = 1200  # of the box, in twips


def turned_footer_part(even: bool) -> bytes:
    spacing = make("w:spacing", before=0, after=0, line=load_format()["page_number"]["line"], lineRule="exact")
    drawing = make("w:r", make("w:drawing", _anchor(even)))
    return dump(make("w:ftr", make("w:p", make("w:pPr", make("w:snapToGrid", val=0), spacing), drawing)))


def _anchor(even: bool) -> etree._Element:
    declared = load_format()
    page, number = declared["page"], declared["page_number"]
    thick = number["line"] + 40
    # the footer's distance from the sheet's edge, now at the left
    across = page["footer"] - 20
    # odd: one character above what was the right margin; even: one below what was the left
    along = page["left"] + number["indent"] if even else page["width"] - page["right"] - number["indent"] - _LENGTH
    box = _element(_WPS, "txbx", make("w:txbxContent", _number(even)))
    shape = _element(
        _WPS, "wsp",
        _element(_WPS, "cNvSpPr", txBox="1"),
        _element(
            _WPS, "spPr",
            _element(_A, "xfrm", _element(_A, "off", x=0, y=0), _size(_A, "ext", thick)),
            _element(_A, "prstGeom", _element(_A, "avLst"), prst="rect"),
            _element(_A, "noFill"),
            _element(_A, "ln", _element(_A, "noFill")),
        ),
        box,
        _element(_WPS, "bodyPr", vert="vert", wrap="square", lIns=0, tIns=0, rIns=0, bIns=0),
    )  # fmt: skip
    graphic = _element(_A, "graphic", _element(_A, "graphicData", shape, uri=_WPS))
    return _element(
        _WP, "anchor",
        _element(_WP, "simplePos", x=0, y=0),
        _position("positionH", across), _position("positionV", along),
        _size(_WP, "extent", thick), _element(_WP, "effectExtent", l=0, t=0, r=0, b=0), _element(_WP, "wrapNone"),
        _element(_WP, "docPr", id=902 if even else 901, name="页码"), _element(_WP, "cNvGraphicFramePr"), graphic,
        distT=0, distB=0, distL=0, distR=0, simplePos=0, relativeHeight=1, behindDoc=0, locked=0, layoutInCell=1,
        allowOverlap=1,
    )  # fmt: skip


def _number(even: bool) -> etree._Element:
    line = load_format()["page_number"]["line"]
    spacing = make("w:spacing", before=0, after=0, line=line, lineRule="exact")
    side = make("w:jc", val="left" if even else "right")
    return make("w:p", make("w:pPr", make("w:snapToGrid", val=0), spacing, side), *page_number_runs())


def _element(namespace: str, tag: str, /, *children: etree._Element, **attributes: object) -> etree._Element:
    prefix = {_WP: "wp", _A: "a", _WPS: "wps"}[namespace]
    made = etree.Element(f"{{{namespace}}}{tag}", nsmap={prefix: namespace})
    for key, value in attributes.items():
        made.set(key, str(value))
    made.extend(children)
    return made


def _size(namespace: str, name: str, thick: int) -> etree._Element:
    return _element(namespace, name, cx=thick * _EMU, cy=_LENGTH * _EMU)


def _position(name: str, twips: int) -> etree._Element:
    offset = _element(_WP, "posOffset")
    offset.text = str(twips * _EMU)
    return _element(_WP, name, offset, relativeFrom="page")
