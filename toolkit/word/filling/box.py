"""Builds text boxes at a fixed place of the page, in a form that LibreOffice and Word lay out alike.

Word 2007 and old versions of WPS know only the VML in the fallback (ECMA-376 part 3, markup compatibility).
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy

from lxml import etree

from ..ooxml import make

EMU = 635  # per twip
_WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_WPS = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_V = "urn:schemas-microsoft-com:vml"
_W10 = "urn:schemas-microsoft-com:office:word"
_PREFIX = {_WP: "wp", _A: "a", _WPS: "wps", _MC: "mc", _V: "v", _W10: "w10"}


def text_box(
    paragraphs: Sequence[etree._Element],
    width: int,
    height: int,
    number: int,
    name: str,
    beside: str = "page",
    vertical: str = "top",
    turned: bool = False,
    clear: bool = False,
) -> etree._Element:
    """Returns a run that anchors a borderless box of `width` by `height` twips at the left of `beside`.

    `beside`: page or margin. `vertical`: the top or bottom of it. `turned`: the text runs downwards.
    `clear`: no other text beside the box. `number`: a unique id among the document's boxes.
    """
    shape = _element(
        _WPS,
        "wsp",
        _element(_WPS, "cNvSpPr", txBox="1"),
        _element(
            _WPS,
            "spPr",
            _element(_A, "xfrm", _element(_A, "off", x=0, y=0), _size(_A, "ext", width, height)),
            _element(_A, "prstGeom", _element(_A, "avLst"), prst="rect"),
            _element(_A, "noFill"),
            _element(_A, "ln", _element(_A, "noFill")),
        ),
        _element(_WPS, "txbx", make("w:txbxContent", *paragraphs)),
        _element(
            _WPS,
            "bodyPr",
            wrap="square",
            lIns=0,
            tIns=0,
            rIns=0,
            bIns=0,
            anchor="t",
            **{"vert": "vert"} if turned else {},
        ),
    )
    anchor = _element(
        _WP,
        "anchor",
        _element(_WP, "simplePos", x=0, y=0),
        _position("positionH", beside, "left"),
        _position("positionV", beside, vertical),
        _size(_WP, "extent", width, height),
        _element(_WP, "effectExtent", l=0, t=0, r=0, b=0),
        _element(_WP, "wrapTopAndBottom" if clear else "wrapNone"),
        _element(_WP, "docPr", id=number, name=name),
        _element(_WP, "cNvGraphicFramePr"),
        _element(_A, "graphic", _element(_A, "graphicData", shape, uri=_WPS)),
        distT=0,
        distB=0,
        distL=0,
        distR=0,
        simplePos=0,
        relativeHeight=1,
        behindDoc=0 if clear else 1,
        locked=0,
        layoutInCell=1,
        allowOverlap=0 if clear else 1,
    )
    choice = etree.Element(f"{{{_MC}}}Choice", Requires="wps", nsmap={"mc": _MC, "wps": _WPS})
    choice.append(make("w:drawing", anchor))
    old = _fallback(paragraphs, (width, height), number, (beside, vertical), turned, clear)
    return make("w:r", _element(_MC, "AlternateContent", choice, _element(_MC, "Fallback", make("w:pict", old))))


def _fallback(
    paragraphs: Sequence[etree._Element],
    size: tuple[int, int],
    number: int,
    place: tuple[str, str],
    turned: bool,
    clear: bool,
) -> etree._Element:
    """Returns the same box in VML; `place`: beside what, and where of it."""
    beside, vertical = place
    look = {
        "position": "absolute",
        "margin-left": "0",
        "margin-top": "0",
        "width": f"{size[0] / 20:g}pt",
        "height": f"{size[1] / 20:g}pt",
        "z-index": "1" if clear else "-1",
        **{f"mso-wrap-distance-{side}": "0" for side in ("left", "top", "right", "bottom")},
        "mso-position-horizontal": "left",
        "mso-position-horizontal-relative": beside,
        "mso-position-vertical": vertical,
        "mso-position-vertical-relative": beside,
    }
    content = make("w:txbxContent", *map(deepcopy, paragraphs))
    textbox = _element(_V, "textbox", content, inset="0,0,0,0", **{"style": "layout-flow:vertical"} if turned else {})
    shape = _element(
        _V,
        "rect",
        textbox,
        id=f"box{number}",
        style=";".join(f"{name}:{value}" for name, value in look.items()),
        filled="f",
        stroked="f",
    )
    if clear:
        shape.append(_element(_W10, "wrap", type="topAndBottom"))
    return shape


def _element(namespace: str, tag: str, /, *children: etree._Element, **attributes: object) -> etree._Element:
    made = etree.Element(f"{{{namespace}}}{tag}", nsmap={_PREFIX[namespace]: namespace})
    for key, value in attributes.items():
        made.set(key, str(value))
    made.extend(children)
    return made


def _size(namespace: str, name: str, width: int, height: int) -> etree._Element:
    return _element(namespace, name, cx=width * EMU, cy=height * EMU)


def _position(name: str, beside: str, side: str) -> etree._Element:
    """Returns an alignment, not an offset: LibreOffice loses offsets of boxes in the footers of even pages."""
    align = _element(_WP, "align")
    align.text = side
    return _element(_WP, name, align, relativeFrom=beside)
