"""Builds the parts of an official document other than its text: styles, page, page numbers, settings.

All measures come from standard/format/gb9704.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from ..ooxml import R, dump, make, q
from ..styles import load_format
from .box import text_box

_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
FOOTERS = {"default": "footer1.xml", "even": "footer2.xml"}
TURNED = {"default": "footer3.xml", "even": "footer4.xml"}  # of landscape pages


def fonts(name: str) -> etree._Element:
    """Returns w:rFonts with one font for all scripts; with `ascii` alone, Chinese falls back to the default font."""
    return make("w:rFonts", ascii=name, hAnsi=name, eastAsia=name, cs=name, hint="eastAsia")


def run_properties(style: Mapping[str, Any]) -> etree._Element:
    """Returns the w:rPr of a declared style; a character style sets only the font."""
    declared = load_format()
    made = make("w:rPr", fonts(declared["fonts"][style["font"]]))
    if style.get("type") == "character":
        return made
    made.append(make("w:color", val=style.get("color", "000000")))
    made.append(make("w:spacing", val=style.get("spacing", declared["spacing"])))
    made.append(make("w:kern", val=0))
    made.extend([make("w:sz", val=style["size"]), make("w:szCs", val=style["size"])])
    return made


def paragraph_properties(style: Mapping[str, Any]) -> etree._Element:
    """Returns the w:pPr of a declared style, its children in schema order."""
    made = make("w:pPr")
    if style.get("keep_next"):
        made.append(make("w:keepNext"))
    if style.get("page_break"):
        made.append(make("w:pageBreakBefore"))
    made.extend([make("w:widowControl", val=0), make("w:autoSpaceDE", val=0), make("w:autoSpaceDN", val=0)])
    made.extend([make("w:adjustRightInd", val=0), make("w:snapToGrid", val=0)])
    made.append(make("w:spacing", before=style.get("before", 0), after=0, line=style["line"], lineRule="exact"))
    names = {
        "left": "left",
        "right": "right",
        "right_chars": "rightChars",
        "first": "firstLine",
        "first_chars": "firstLineChars",
        "hanging": "hanging",
    }
    indents = {w: style[key] for key, w in names.items() if key in style}
    made.append(make("w:ind", **indents) if indents else make("w:ind", left=0, firstLine=0))
    made.append(make("w:jc", val=style.get("align", "left")))
    if "outline" in style:
        made.append(make("w:outlineLvl", val=style["outline"]))
    return made


def styles_part() -> bytes:
    """Returns word/styles.xml with all declared styles; the defaults are those of 公文正文."""
    declared = load_format()
    body = next(s for s in declared["styles"] if s["name"] == "公文正文")
    defaults = make(
        "w:docDefaults",
        make("w:rPrDefault", run_properties({**body, "spacing": 0})),
        make("w:pPrDefault", make("w:pPr")),
    )
    root = make(
        "w:styles", defaults, make("w:style", make("w:name", val="Normal"), make("w:qFormat"), type="paragraph")
    )
    root[1].set(q("w:default"), "1")
    root[1].set(q("w:styleId"), "Normal")
    root.extend([_style(s) for s in declared["styles"]])
    return dump(root)


def _style(declared: Mapping[str, Any]) -> etree._Element:
    kind = declared.get("type", "paragraph")
    made = make("w:style", make("w:name", val=declared["name"]), type=kind, customStyle=1, styleId=declared["id"])
    if kind == "paragraph":
        following = "公文正文" if "outline" in declared else declared["name"]
        made.append(make("w:basedOn", val="Normal"))
        made.append(make("w:next", val=next(s["id"] for s in load_format()["styles"] if s["name"] == following)))
    made.append(make("w:qFormat"))
    if kind == "paragraph":
        made.append(paragraph_properties(declared))
    made.append(run_properties(declared))
    return made


def frame_style(declared: Mapping[str, Any], base: str) -> etree._Element:
    """Returns a declared paragraph style for a document of other origin; `base`: its default style, if any."""
    made = _style(declared)
    for name in ("w:basedOn", "w:next"):
        for e in made.findall(q(name)):
            made.remove(e)
    if base:
        made.insert(1, make("w:basedOn", val=base))
    return made


def section(landscape: bool = False) -> etree._Element:
    """Returns the w:sectPr: page size, margins, grid and footers.

    A landscape page is the portrait page turned clockwise, margins included.
    """
    declared = load_format()
    page, width, height = declared["page"], declared["page"]["width"], declared["page"]["height"]
    margins = {side: page[side] for side in ("top", "right", "bottom", "left")}
    if landscape:
        width, height = height, width
        margins = {"top": page["left"], "right": page["top"], "bottom": page["right"], "left": page["bottom"]}
    made = make("w:sectPr")
    for kind, part in (TURNED if landscape else FOOTERS).items():
        reference = make("w:footerReference", type=kind)
        reference.set(f"{{{R}}}id", _relation(part))
        made.append(reference)
    size = make("w:pgSz", w=width, h=height)
    if landscape:
        size.set(q("w:orient"), "landscape")
    grid = make("w:docGrid", type="lines", linePitch=declared["grid"]["line_pitch"])
    made.extend([size, make("w:pgMar", **margins, header=page["header"], footer=page["footer"], gutter=0), grid])
    return made


def text_width(landscape: bool = False) -> int:
    """Returns the width between the margins in twips."""
    page = load_format()["page"]
    first, second = ("top", "bottom") if landscape else ("left", "right")
    return int(page["height" if landscape else "width"] - page[first] - page[second])


def _relation(part: str) -> str:
    return "rId" + part.removesuffix(".xml")


def footer_part(even: bool) -> bytes:
    """Returns a footer with the page number —1— on the outside (GB/T 9704 7.5).

    It is at the right on odd pages and at the left on even pages, one character in.
    """
    declared = load_format()["page_number"]
    side = "left" if even else "right"
    indent = make("w:ind", **{side: declared["indent"], f"{side}Chars": declared["indent_chars"]})
    spacing = make("w:spacing", before=0, after=0, line=declared["line"], lineRule="exact")
    properties = make("w:pPr", make("w:snapToGrid", val=0), spacing, indent, make("w:jc", val=side))
    return dump(make("w:ftr", make("w:p", properties, *page_number_runs())))


def page_number_runs() -> list[etree._Element]:
    """Returns the runs of a page number: dash, PAGE field, dash."""
    declared = load_format()["page_number"]

    def run(content: etree._Element) -> etree._Element:
        size = declared["size"]
        look = make("w:rPr", fonts(load_format()["fonts"][declared["font"]]), make("w:spacing", val=0))
        look.extend([make("w:sz", val=size), make("w:szCs", val=size)])
        return make("w:r", look, content)

    return [
        run(make("w:t", declared["before"])),
        run(make("w:fldChar", fldCharType="begin")),
        run(make("w:instrText", "PAGE")),
        run(make("w:fldChar", fldCharType="separate")),
        run(make("w:t", "1")),
        run(make("w:fldChar", fldCharType="end")),
        run(make("w:t", declared["after"])),
    ]


def settings_part() -> bytes:
    """Returns word/settings.xml: odd and even footers differ, compatibility mode 15, Chinese theme fonts."""
    compat = make("w:compatSetting", name="compatibilityMode", uri="http://schemas.microsoft.com/office/word", val=15)
    return dump(
        make(
            "w:settings",
            make("w:evenAndOddHeaders"),
            make("w:characterSpacingControl", val="doNotCompress"),
            make("w:compat", compat),
            make("w:themeFontLang", val="en-US", eastAsia="zh-CN"),
        )
    )


def wrapper_parts(footers: list[str]) -> dict[str, bytes]:
    """Returns content types, relations and an empty core part for a document with these footers."""
    kinds = {"document.xml": "document.main", "styles.xml": "styles", "settings.xml": "settings"}
    kinds |= dict.fromkeys(footers, "footer")
    overrides = "".join(
        f'<Override PartName="/word/{part}" ContentType="{_WORD}.{kind}+xml"/>' for part, kind in kinds.items()
    )
    core = "application/vnd.openxmlformats-package.core-properties+xml"
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}'
        f'<Override PartName="/docProps/core.xml" ContentType="{core}"/></Types>'
    )
    package = _relations(
        [
            ("rId1", f"{_OFFICE}/officeDocument", "word/document.xml"),
            ("rId2", f"{_RELS}/metadata/core-properties", "docProps/core.xml"),
        ]
    )
    inner = [("rIdstyles", f"{_OFFICE}/styles", "styles.xml"), ("rIdsettings", f"{_OFFICE}/settings", "settings.xml")]
    inner += [(_relation(part), f"{_OFFICE}/footer", part) for part in footers]
    return {
        "[Content_Types].xml": _HEAD + types.encode(),
        "_rels/.rels": package,
        "word/_rels/document.xml.rels": _relations(inner),
        "docProps/core.xml": b"",  # filled in when the package is written
    }


_HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def _relations(entries: list[tuple[str, str, str]]) -> bytes:
    inner = "".join(f'<Relationship Id="{i}" Type="{kind}" Target="{target}"/>' for i, kind, target in entries)
    return _HEAD + f'<Relationships xmlns="{_RELS}">{inner}</Relationships>'.encode()


# ----------------------------------------------------------- landscape pages


def turned_footer_part(even: bool) -> bytes:
    """Returns the footer of landscape pages: the number keeps its place on the sheet (GB/T 9704 chapter 8).

    On the printed page it is in a text box, turned clockwise, at the left edge: at the bottom on odd pages, at the top
    on even pages.
    """
    page, number = load_format()["page"], load_format()["page_number"]
    spacing = make("w:spacing", before=0, after=0, line=number["line"], lineRule="exact")
    # The box starts at the corner of the sheet. Its first line, turned, is at the right side of the box:
    # at the footer's distance from the edge, which is now the left edge. The text runs from the top down to
    # one character above the former right margin, where the number of an odd page ends.
    width, height = page["footer"] + number["line"], page["width"] - page["right"] - number["indent"]
    box = text_box([_turned_number(even)], width, height, 902 if even else 901, "页码", turned=True)
    return dump(make("w:ftr", make("w:p", make("w:pPr", make("w:snapToGrid", val=0), spacing), box)))


def _turned_number(even: bool) -> etree._Element:
    page, number = load_format()["page"], load_format()["page_number"]
    spacing = make("w:spacing", before=0, after=0, line=number["line"], lineRule="exact")
    # even: the number begins one character below the former left margin
    indent = [make("w:ind", left=page["left"] + number["indent"])] if even else []
    side = make("w:jc", val="left" if even else "right")
    return make("w:p", make("w:pPr", make("w:snapToGrid", val=0), spacing, *indent, side), *page_number_runs())
