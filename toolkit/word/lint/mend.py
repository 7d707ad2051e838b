"""Sets properties of paragraphs, runs and table rows in place, in schema order."""

from __future__ import annotations

from lxml import etree

from ..ooxml import make, q

_ORDER = {
    "pPr": (
        "pStyle",
        "keepNext",
        "keepLines",
        "pageBreakBefore",
        "framePr",
        "widowControl",
        "numPr",
        "suppressLineNumbers",
        "pBdr",
        "shd",
        "tabs",
        "suppressAutoHyphens",
        "kinsoku",
        "wordWrap",
        "overflowPunct",
        "topLinePunct",
        "autoSpaceDE",
        "autoSpaceDN",
        "bidi",
        "adjustRightInd",
        "snapToGrid",
        "spacing",
        "ind",
        "contextualSpacing",
        "mirrorIndents",
        "suppressOverlap",
        "jc",
        "textDirection",
        "textAlignment",
        "textboxTightWrap",
        "outlineLvl",
        "divId",
        "cnfStyle",
        "rPr",
        "sectPr",
        "pPrChange",
    ),
    "rPr": (
        "rStyle",
        "rFonts",
        "b",
        "bCs",
        "i",
        "iCs",
        "caps",
        "smallCaps",
        "strike",
        "dstrike",
        "outline",
        "shadow",
        "emboss",
        "imprint",
        "noProof",
        "snapToGrid",
        "vanish",
        "webHidden",
        "color",
        "spacing",
        "w",
        "kern",
        "position",
        "sz",
        "szCs",
        "highlight",
        "u",
        "effect",
        "bdr",
        "shd",
        "fitText",
        "vertAlign",
        "rtl",
        "cs",
        "em",
        "lang",
        "eastAsianLayout",
        "specVanish",
        "oMath",
        "rPrChange",
    ),
    "trPr": ("cnfStyle", "divId", "gridBefore", "gridAfter", "wBefore", "wAfter", "cantSplit", "trHeight", "tblHeader"),
}


def put(owner: etree._Element, kind: str, tag: str, **attributes: object) -> None:
    """Sets attributes of owner/kind/tag (w:p/w:pPr/w:ind) and creates missing elements.

    The value None removes an attribute.
    """
    properties = owner.find(q(f"w:{kind}"))
    if properties is None:
        properties = make(f"w:{kind}")
        owner.insert(0, properties)
    element = properties.find(q(f"w:{tag}"))
    if element is None:
        element = make(f"w:{tag}")
        later = {q(f"w:{t}") for t in _ORDER[kind][_ORDER[kind].index(tag) + 1 :]}
        at = next((i for i, child in enumerate(properties) if child.tag in later), len(properties))
        properties.insert(at, element)
    for key, value in attributes.items():
        if value is None:
            element.attrib.pop(q(f"w:{key}"), None)
        else:
            element.set(q(f"w:{key}"), str(value))


def put_font(run: etree._Element, font: str) -> None:
    """Sets one font for all scripts of a run and removes its theme fonts."""
    themed = dict.fromkeys(("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"))
    put(run, "rPr", "rFonts", ascii=font, hAnsi=font, eastAsia=font, cs=font, hint="eastAsia", **themed)


def put_size(run: etree._Element, size: int) -> None:
    """Sets the font size of a run in half-points."""
    put(run, "rPr", "sz", val=size)
    put(run, "rPr", "szCs", val=size)
