"""Adds what surrounds the text of a document: red head, imprint (版记), and the place of the signature.

All measures come from standard/format/gb9704.yaml; clause numbers are those of GB/T 9704.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from lxml import etree

from ..edited.story import Para, Story
from ..ooxml import dump, find, make, parse, q
from ..styles import Styles, declared_style, load_format
from .box import text_box
from .page import frame_style

_COPIES = "抄送："
_FRAME_STYLES = ("公文发文机关标志", "公文发文字号", "公文版记")
NO_ROOM = 20  # twips
IMPRINT = 903  # id of the 版记 among the document's boxes
_INDENT = re.compile("<w:ind [^<>]*/>")
_AFTER_INDENT = re.compile("<w:(?:contextualSpacing|mirrorIndents|jc|textAlignment|outlineLvl|rPr|sectPr)[ />]")


@dataclass(frozen=True)
class RedHead:
    """The red head (红头): issuing body and document number."""

    organ: str  # 发文机关标志, e.g. 示例市直属机关工作委员会文件
    number: str  # 发文字号, e.g. 示工发〔2026〕3号


@dataclass(frozen=True)
class Imprint:
    """The imprint (版记): who issued the document, when, and who gets copies."""

    issuer: str  # 印发机关
    date: str  # 2026年1月8日
    copies: str = ""  # 抄送机关, without 抄送：


@dataclass(frozen=True)
class Frame:
    """What surrounds the text of one document."""

    red_head: RedHead | None = None
    imprint: Imprint | None = None
    sealed: bool = False  # the signature leaves room for a seal
    kind: str = ""  # name of the bookmark over the whole text that says which document it is (kind_name)


def _paragraph(style: str, *content: etree._Element | str, extra: tuple[etree._Element, ...] = ()) -> etree._Element:
    runs = [make("w:r", make("w:t", c)) if isinstance(c, str) else c for c in content]
    return make("w:p", make("w:pPr", make("w:pStyle", val=declared_style(style)["id"]), *extra), *runs)


def _body(root: etree._Element) -> etree._Element:
    return find(root, "//w:body")[0]


def add_red_head(root: etree._Element, head: RedHead) -> None:
    """Inserts issuing body, number and red line before the title, in place (7.2.4, 7.2.5, 7.2.7)."""
    declared = load_format()
    measures = declared["red_head"]
    line = make(
        "w:pBdr",
        make("w:bottom", val="single", sz=measures["line"], space=measures["line_space"], color=declared["red"]),
    )
    made = [
        _organ(head.organ),
        *(_paragraph("公文发文字号") for _ in range(measures["blank_after_organ"])),
        _paragraph("公文发文字号", head.number, extra=(line,)),
        *(_paragraph("公文发文字号") for _ in range(measures["blank_after_line"])),
    ]
    body = _body(root)
    for i, p in enumerate(made):
        body.insert(i, p)


def with_styles(styles: bytes) -> bytes:
    """Returns word/styles.xml with the styles of red head and 版记, which a template of one's own may lack."""
    root = parse(styles, "word/styles.xml")
    there = set(find(root, "w:style/@w:styleId"))
    normal = find(root, "w:style[@w:type='paragraph'][@w:default='1' or @w:default='true']/@w:styleId")
    for declared in load_format()["styles"]:
        if declared["name"] in _FRAME_STYLES and declared["id"] not in there:
            root.append(frame_style(declared, str(normal[0]) if normal else ""))
    return dump(root)


SETTINGS = "word/settings.xml"
# What follows w:updateFields in the settings, as far as it is common.
_AFTER_FIELDS = (
    *("hdrShapeDefaults", "footnotePr", "endnotePr", "compat", "docVars", "rsids", "attachedSchema", "themeFontLang"),
    *("clrSchemeMapping", "shapeDefaults", "decimalSymbol", "listSeparator"),
)
_CONTENTS = re.compile(rb'<w:instrText[^<>]*>[^<>]*\bTOC\b|<w:fldSimple[^<>]*w:instr="[^"<>]*\bTOC\b')


def has_contents(part: bytes) -> bool:
    """Returns whether a part has a table of contents, whose page numbers only Word can tell."""
    return bool(_CONTENTS.search(part))


def with_fields_updated(settings: bytes) -> bytes:
    """Returns word/settings.xml so that Word brings contents and page numbers up to date when it opens the document."""
    root = parse(settings, SETTINGS)
    if not find(root, "w:updateFields"):
        later = {q(f"w:{name}") for name in _AFTER_FIELDS}
        at = next((n for n, child in enumerate(root) if child.tag in later or "/math" in child.tag), len(root))
        root.insert(at, make("w:updateFields", val="true"))
    return dump(root)


def _organ(name: str) -> etree._Element:
    """Returns the issuing body on one line, in a smaller size if the declared size is too wide."""
    declared = load_format()
    size = next(s["size"] for s in declared["styles"] if s["name"] == "公文发文机关标志")
    page = declared["page"]
    fits = int((page["width"] - page["left"] - page["right"]) / 10 / max(1.0, _width(name)))  # half-points
    p = _paragraph("公文发文机关标志", name)
    if fits < size:
        p[-1].insert(0, make("w:rPr", make("w:sz", val=fits), make("w:szCs", val=fits)))
    return p


def add_imprint(root: etree._Element, imprint: Imprint) -> None:
    """Adds the 版记, in place, as a box on the lower edge of the last page's text block (7.4)."""
    measures, body = load_format()["imprint"], _body(root)
    width = _last_text_width(body)
    rows = [_imprint_row(width, f"{_COPIES}{imprint.copies.rstrip('。')}。")] if imprint.copies else []
    rows.append(_imprint_row(width, imprint.issuer, f"{imprint.date}印发"))
    edges = {"top": "thick", "bottom": "thick", "insideH": "thin"}
    borders = (
        make(f"w:{side}", val="single", sz=measures[kind], space=0, color="000000") for side, kind in edges.items()
    )
    properties = make(
        "w:tblPr",
        make("w:tblW", w=width, type="dxa"),
        make("w:tblBorders", *borders),
        make("w:tblLayout", type="fixed"),
        make("w:tblCellMar", make("w:left", w=0, type="dxa"), make("w:right", w=0, type="dxa")),
    )
    table = make("w:tbl", properties, make("w:tblGrid", make("w:gridCol", w=width)), *rows)
    style = declared_style("公文版记")
    fits = (width - 2 * measures["indent"]) / (style["size"] * 10)  # characters of a line
    lines = ceil(_width(imprint.copies) / (fits - len(_COPIES)) if imprint.copies else 0) + 1
    height = lines * style["line"] + NO_ROOM
    box = text_box([table, _no_room()], width, height, IMPRINT, "版记", "margin", "bottom", clear=True)
    last = body.find(q("w:sectPr"))
    body.insert(len(body) if last is None else body.index(last), _no_room(box))


def _no_room(*content: etree._Element) -> etree._Element:
    """Returns a paragraph of minimal height: to hold a box, or because a paragraph must follow a table."""
    return make("w:p", make("w:pPr", make("w:spacing", line=NO_ROOM, lineRule="exact")), *content)


def _last_text_width(body: etree._Element) -> int:
    """Returns the text width of the last section in twips; of the declared page if the document gives none."""
    found = [find(body, f"number(w:sectPr/{path})") for path in ("w:pgSz/@w:w", "w:pgMar/@w:left", "w:pgMar/@w:right")]
    width, left, right = (float(str(n)) for n in found)
    if width == width and left == left and right == right:  # none of them NaN
        return int(width - left - right)
    page = load_format()["page"]
    return int(page["width"] - page["left"] - page["right"])


def _imprint_row(width: int, left: str, right: str = "") -> etree._Element:
    measures = load_format()["imprint"]
    hanging = len(_COPIES) * measures["indent"] if left.startswith(_COPIES) else 0
    indent = make("w:ind", left=measures["indent"] + hanging, right=measures["indent"], hanging=hanging)
    extra: tuple[etree._Element, ...] = (indent,)
    content: list[etree._Element | str] = [left]
    if right:
        stop = make("w:tab", val="right", pos=width - measures["indent"])
        extra = (make("w:tabs", stop), indent)
        content += [make("w:r", make("w:tab")), right]
    cell = make(
        "w:tc", make("w:tcPr", make("w:tcW", w=width, type="dxa")), _paragraph("公文版记", *content, extra=extra)
    )
    return make("w:tr", make("w:trPr", make("w:cantSplit")), cell)


def title_lines(parts: Sequence[str]) -> str:
    """Returns the title on one line if it fits, else broken between two of its `parts` (7.3.1).

    The break is chosen so that the longer line is as short as possible.
    """
    title = "".join(parts)
    declared = load_format()
    size = next(s["size"] for s in declared["styles"] if s["name"] == "公文标题")
    page = declared["page"]
    if len(parts) < 2 or _width(title) * size * 10 <= page["width"] - page["left"] - page["right"]:
        return title
    ways = [("".join(parts[:n]), "".join(parts[n:])) for n in range(1, len(parts))]
    return "\n".join(min(ways, key=lambda way: max(map(_width, way))))


_KEEP = re.compile("<w:keepNext(?: [^<>]*)?/>")
_STYLE = re.compile("<w:pStyle [^<>]*/>")
_ROW = re.compile("<w:tr[ >]")


def keep_signature(story: Story, styles: Styles) -> None:
    """Keeps the signature on one page with what stands above it, in place (7.3.5.5).

    That is the text's last paragraph, not 附件说明 and the like; or the last row of a table.
    """
    body, paragraphs = story.body_paragraphs(), [p for p in story.paragraphs if not p.dropped]
    sign = next((p for p in body if styles.sign and p.setting.style == styles.sign), None)
    for p in reversed(paragraphs[: paragraphs.index(sign)] if sign else ()):
        if p.setting.inner and not p.setting.in_table:
            continue
        plain = _KEEP.sub("", story.tokens[p.start])  # a second one is against the schema
        story.tokens[p.start] = _STYLE.sub(lambda m: m[0] + "<w:keepNext/>", plain, count=1)
        if _ROW.search(story.tokens[p.start - 1]) if p.setting.in_table else _is_text(p, styles):
            return


def _is_text(p: Para, styles: Styles) -> bool:
    return bool(p.text.strip()) and p.setting.style not in styles.closing


def place_signature(story: Story, styles: Styles, sealed: bool = False) -> None:
    """Sets the right indents of signature and date, in place.

    Without a seal (7.3.5.2): the signature ends two characters from the right; the date begins two characters
    to the right of the signature's start. A date longer than the signature ends two characters from the right.
    `sealed` (7.3.5.1): the date ends four characters from the right, the signature is centred above it.
    """
    paragraphs = story.body_paragraphs() if styles.sign else []
    for sign, day in pairwise(paragraphs):
        if sign.setting.style != styles.sign or day.setting.style != styles.date:
            continue
        long, short = _width(sign.text), _width(day.text)
        if sealed:
            right = (max(0.0, 4 + (short - long) / 2), 4.0)
        else:
            right = (2.0, long - short) if long >= short else (short + 4 - long, 2.0)
        for p, chars in zip((sign, day), right, strict=True):
            story.tokens[p.start] = _indented(story.tokens[p.start], chars)


def _width(text: str) -> float:
    """Returns the width in characters; a narrow (ASCII) character counts half."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text.strip())


def _indented(paragraph: str, chars: float) -> str:
    """Returns a paragraph's first token with a right indent of `chars` characters, in schema order."""
    made = f'<w:ind w:rightChars="{round(chars * 100)}" w:right="{round(chars * load_format()["char"])}"/>'
    head, properties, rest = paragraph.partition("</w:pPr>")
    head = _INDENT.sub("", head)
    at = later.start() if (later := _AFTER_INDENT.search(head)) else len(head)
    return head[:at] + made + head[at:] + properties + rest
