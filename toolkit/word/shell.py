"""What may stand around a document: red head, imprint, and the place of the signature.

All measures come from standard/format/gb9704.yaml.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from lxml import etree

from .ooxml import find, make, q
from .styles import Styles, load_format
from .text import ParagraphText, drop


@dataclass(frozen=True)
class RedHead:
    organ: str  # 发文机关标志, e.g. 示例市直属机关工作委员会文件
    number: str  # 发文字号, e.g. 示工发〔2026〕3号


@dataclass(frozen=True)
class Imprint:
    issuer: str  # 印发机关
    date: str  # 2026年1月8日
    copies: str = ""  # 抄送机关, without 抄送：


def _style(name: str) -> str:
    return str(next(s["id"] for s in load_format()["styles"] if s["name"] == name))


def _paragraph(style: str, *content: etree._Element | str, extra: tuple[etree._Element, ...] = ()) -> etree._Element:
    runs = [make("w:r", make("w:t", c)) if isinstance(c, str) else c for c in content]
    return make("w:p", make("w:pPr", make("w:pStyle", val=_style(style)), *extra), *runs)


def _body(root: etree._Element) -> etree._Element:
    return find(root, "//w:body")[0]


def add_red_head(root: etree._Element, head: RedHead) -> None:
    """Puts issuing body, number and the red line before the title, in place."""
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


def _organ(name: str) -> etree._Element:
    """The issuing body on one line: drawn smaller where its name is too long for the declared size."""
    declared = load_format()
    size = next(s["size"] for s in declared["styles"] if s["name"] == "公文发文机关标志")
    page = declared["page"]
    fits = int((page["width"] - page["left"] - page["right"]) / 10 / max(1.0, _width(name)))  # half-points
    p = _paragraph("公文发文机关标志", name)
    if fits < size:
        p[-1].insert(0, make("w:rPr", make("w:sz", val=fits), make("w:szCs", val=fits)))
    return p


def add_imprint(root: etree._Element, imprint: Imprint) -> None:
    """Puts 版记 at the foot of the last page, in place: a table that floats to the page's lower margin."""
    measures, body = load_format()["imprint"], _body(root)
    width = _last_text_width(body)
    rows = [_imprint_row(width, f"抄送：{imprint.copies.rstrip('。')}。")] if imprint.copies else []
    rows.append(_imprint_row(width, imprint.issuer, f"{imprint.date}印发"))
    edges = {"top": "thick", "bottom": "thick", "insideH": "thin"}
    borders = (
        make(f"w:{side}", val="single", sz=measures[kind], space=0, color="000000") for side, kind in edges.items()
    )
    properties = make(
        "w:tblPr",
        make("w:tblpPr", vertAnchor="margin", horzAnchor="margin", tblpXSpec="left", tblpYSpec="bottom"),
        make("w:tblOverlap", val="never"),
        make("w:tblW", w=width, type="dxa"),
        make("w:tblBorders", *borders),
        make("w:tblLayout", type="fixed"),
    )
    table = make("w:tbl", properties, make("w:tblGrid", make("w:gridCol", w=width)), *rows)
    last = body.find(q("w:sectPr"))
    at = len(body) if last is None else body.index(last)
    # a table needs a paragraph after it; this one takes no room
    tiny = make("w:p", make("w:pPr", make("w:spacing", line=20, lineRule="exact")))
    body[at:at] = [table, tiny]


def _last_text_width(body: etree._Element) -> int:
    """Between the margins of the last section; the declared page where the document says nothing."""
    found = [find(body, f"number(w:sectPr/{path})") for path in ("w:pgSz/@w:w", "w:pgMar/@w:left", "w:pgMar/@w:right")]
    width, left, right = (float(str(n)) for n in found)
    if width == width and left == left and right == right:  # none of them NaN
        return int(width - left - right)
    page = load_format()["page"]
    return int(page["width"] - page["left"] - page["right"])


def _imprint_row(width: int, left: str, right: str = "") -> etree._Element:
    measures = load_format()["imprint"]
    indent = {"left": measures["indent"], "right": measures["indent"]}
    chars = {"leftChars": measures["indent_chars"], "rightChars": measures["indent_chars"]}
    extra: tuple[etree._Element, ...] = (make("w:ind", **indent, **chars),)
    content: list[etree._Element | str] = [left]
    if right:
        stop = make("w:tab", val="right", pos=width - measures["indent"])
        extra = (make("w:tabs", stop), *extra)
        content += [make("w:r", make("w:tab")), right]
    cell = make(
        "w:tc", make("w:tcPr", make("w:tcW", w=width, type="dxa")), _paragraph("公文版记", *content, extra=extra)
    )
    return make("w:tr", make("w:trPr", make("w:cantSplit")), cell)


def place_signature(root: etree._Element, styles: Styles) -> None:
    """Without a seal (7.3.5.2): the signature two characters from the right, the date below it
    beginning two characters further right; a date that is longer keeps the two characters itself."""
    paragraphs = find(_body(root), "w:p")
    for sign, day in pairwise(paragraphs):
        if (_name(sign), _name(day)) != (styles.sign, styles.date) or not styles.sign:
            continue
        long, short = _width(ParagraphText(sign).text), _width(ParagraphText(day).text)
        right = (2.0, long - short) if long >= short else (short + 4 - long, 2.0)
        for p, chars in zip((sign, day), right, strict=True):
            _indent_right(p, chars)


def _name(p: etree._Element) -> str:
    return str(find(p, "string(w:pPr/w:pStyle/@w:val)"))


def _width(text: str) -> float:
    """In characters; ASCII takes half of one."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text.strip())


def _indent_right(p: etree._Element, chars: float) -> None:
    properties = find(p, "w:pPr")[0]
    for old in properties.findall(q("w:ind")):
        drop(old)
    made = make("w:ind", rightChars=round(chars * 100), right=round(chars * load_format()["char"]))
    later = {q(f"w:{n}") for n in ("contextualSpacing", "jc", "textAlignment", "outlineLvl", "rPr", "sectPr")}
    at = next((i for i, c in enumerate(properties) if c.tag in later), len(properties))
    properties.insert(at, made)
