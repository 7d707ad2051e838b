"""Checks the page of a .docx: paper, margins, page numbers, red head, imprint, tables.

Clause numbers are those of GB/T 9704.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial

from lxml import etree

from ..filling.page import footer_part
from ..ooxml import MAIN, R, dump, find, make, parse, q
from .layout import Flaw, Page, runs
from .mend import put, put_font, put_size

_TWIPS = 56.7  # per millimetre
_SIDES = ("top", "right", "bottom", "left")
_TYPES, _SETTINGS, _RELATIONS = "[Content_Types].xml", "word/settings.xml", "word/_rels/document.xml.rels"
_NO_RELATIONS = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
# what stands before w:evenAndOddHeaders in w:settings
_BEFORE_EVEN = frozenset(
    [
        "writeProtection",
        "view",
        "zoom",
        "removePersonalInformation",
        "removeDateAndTime",
        "doNotDisplayPageBoundaries",
        "displayBackgroundShape",
        "printPostScriptOverText",
        "printFractionalCharacterWidth",
        "printFormsData",
        "embedTrueTypeFonts",
        "embedSystemFonts",
        "saveSubsetFonts",
        "saveFormsData",
        "mirrorMargins",
        "alignBordersAndEdges",
        "bordersDoNotSurroundHeader",
        "bordersDoNotSurroundFooter",
        "gutterAtTop",
        "hideSpellingErrors",
        "hideGrammaticalErrors",
        "activeWritingStyle",
        "proofState",
        "formsDesign",
        "attachedTemplate",
        "linkStyles",
        "stylePaneFormatFilter",
        "stylePaneSortMethod",
        "documentType",
        "mailMerge",
        "revisionView",
        "trackRevisions",
        "doNotTrackMoves",
        "doNotTrackFormatting",
        "documentProtection",
        "autoFormatOverride",
        "styleLockTheme",
        "styleLockQFSet",
        "defaultTabStop",
        "autoHyphenation",
        "consecutiveHyphenLimit",
        "hyphenationZone",
        "doNotHyphenateCaps",
        "showEnvelope",
        "summaryLength",
        "clickAndTypeStyle",
        "defaultTableStyle",
    ]
)


def _sections(page: Page) -> list[etree._Element]:
    return find(
        page.opened.roots[MAIN], "//w:body//w:sectPr[not(ancestor::w:pPrChange)][not(ancestor::w:sectPrChange)]"
    )


def _twips(section: etree._Element, path: str) -> int:
    found = float(str(find(section, f"number({path})")))
    return int(found) if found == found else 0


def _is_turned(section: etree._Element) -> bool:
    return _twips(section, "w:pgSz/@w:w") > _twips(section, "w:pgSz/@w:h")


def page_size(page: Page) -> Iterator[Flaw]:
    """Finds pages that are not A4, portrait or landscape (G01, 5.1)."""
    declared, off = page.format["page"], page.format["lint"]["tolerance"]
    for section in _sections(page):
        found = [_twips(section, f"w:pgSz/@w:{side}") for side in ("w", "h")]
        wanted = [declared["width"], declared["height"]]
        if _is_turned(section):
            wanted.reverse()
        if any(abs(a - b) > off for a, b in zip(found, wanted, strict=True)):
            size = section.find(q("w:pgSz"))
            mend = None if size is None else partial(_set, size, {"w": wanted[0], "h": wanted[1]})
            yield Flaw(
                None,
                "×".join(f"{_mm(n)}" for n in found) + "毫米",
                "×".join(f"{_mm(n)}" for n in wanted) + "毫米",
                mend,
            )


def margins(page: Page) -> Iterator[Flaw]:
    """Finds wrong margins (G02, 5.2.1).

    A landscape page is the portrait page turned clockwise, so its margins turn with it.
    """
    declared, off = page.format["page"], page.format["lint"]["tolerance"]
    for section in _sections(page):
        sides = ("left", "top", "right", "bottom") if _is_turned(section) else _SIDES
        wanted = [declared[side] for side in sides]
        found = [_twips(section, f"w:pgMar/@w:{side}") for side in _SIDES]
        found[3] += _twips(section, "w:pgMar/@w:gutter")
        if any(abs(a - b) > off for a, b in zip(found, wanted, strict=True)):
            element = section.find(q("w:pgMar"))
            values = dict(zip(_SIDES, wanted, strict=True)) | {"gutter": 0}
            mend = None if element is None else partial(_set, element, values)
            yield Flaw(None, "、".join(map(_mm, found)) + "毫米", "、".join(map(_mm, wanted)) + "毫米", mend)


def _mm(twips: float) -> str:
    return f"{twips / _TWIPS:.0f}"


def _set(element: etree._Element, values: Mapping[str, int]) -> None:
    for key, value in values.items():
        element.set(q(f"w:{key}"), str(value))


# ------------------------------------------------------------ page numbers


def _numbered(page: Page) -> list[tuple[str, etree._Element]]:
    """Returns (type of the footer, its paragraph with the page number) of portrait sections."""
    names = _footers(page)
    found = []
    for section in _sections(page):
        for reference in find(section, "w:footerReference") if not _is_turned(section) else ():
            root = page.opened.roots.get(names.get(str(reference.get(f"{{{R}}}id")), ""))
            for p in root.iter(q("w:p")) if root is not None else ():
                fields = "".join(map(str, find(p, ".//w:instrText/text() | .//w:fldSimple/@w:instr")))
                if re.search(r"\bPAGE\b", fields) and not find(p, "descendant::w:p"):
                    found.append((str(reference.get(q("w:type"))), p))
    return found


def _footers(page: Page) -> dict[str, str]:
    """Returns relation id -> part name, from the relations of the body."""
    data = page.opened.parts.get("word/_rels/document.xml.rels", b"").decode("utf-8", "replace")
    made = {}
    for tag in re.findall("<Relationship [^<>]{1,600}>", data):
        ids, targets = re.search('Id="([^"]*)"', tag), re.search('Target="([^"]*)"', tag)
        if ids and targets:
            made[ids[1]] = "word/" + targets[1].removeprefix("/word/")
    return made


def page_number(page: Page) -> Iterator[Flaw]:
    """Finds a document that has no PAGE field in a header or a footer (G09, 7.5)."""
    anywhere = any(
        re.search(r"\bPAGE\b", "".join(map(str, find(root, "//w:instrText/text() | //w:fldSimple/@w:instr"))))
        for name, root in page.opened.roots.items()
        if name.startswith(("word/header", "word/footer"))
    )
    if not anywhere:
        sections = _sections(page)
        free = sections and not any(find(s, "w:footerReference") for s in sections)
        can = free and _TYPES in page.opened.parts and _SETTINGS in page.opened.parts
        yield Flaw(None, mend=partial(_add_page_numbers, page, sections[0]) if can else None)


def _add_page_numbers(page: Page, section: etree._Element) -> None:
    """Adds footers with the page number outside, and tells the document that odd and even pages differ."""
    parts, names = page.opened.parts, {"default": "footer_dj1.xml", "even": "footer_dj2.xml"}
    page.added.update({f"word/{name}": footer_part(even=kind == "even") for kind, name in names.items()})
    types, relations = parse(parts[_TYPES], _TYPES), parse(parts.get(_RELATIONS, _NO_RELATIONS), _RELATIONS)
    for kind, name in names.items():
        override = etree.SubElement(types, f"{{{types.nsmap[None]}}}Override", PartName=f"/word/{name}")
        override.set("ContentType", "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml")
        key = f"rIdDJ{kind}"
        etree.SubElement(relations, f"{{{relations.nsmap[None]}}}Relationship", Id=key, Type=f"{R}/footer", Target=name)
        reference = make("w:footerReference", type=kind)
        reference.set(q("r:id"), key)
        section.insert(0, reference)
    settings = parse(parts[_SETTINGS], _SETTINGS)
    if settings.find(q("w:evenAndOddHeaders")) is None:
        at = max((i + 1 for i, x in enumerate(settings) if etree.QName(x).localname in _BEFORE_EVEN), default=0)
        settings.insert(at, make("w:evenAndOddHeaders"))
    page.added.update({_TYPES: dump(types), _RELATIONS: dump(relations), _SETTINGS: dump(settings)})


def page_number_side(page: Page) -> Iterator[Flaw]:
    """Finds page numbers that are not outside: right on odd pages, left on even ones (G10, 7.5)."""
    found = _numbered(page)
    if not found:
        return
    settings = page.opened.parts.get("word/settings.xml", b"")
    if b"evenAndOddHeaders" not in settings:
        yield Flaw(None, "没有分单双页")
        return
    for kind, p in found:
        side, wanted = page.look.value(p, "jc") or "left", {"default": "right", "even": "left"}.get(kind)
        if wanted and not _framed(p) and {"start": "left", "end": "right"}.get(side, side) != wanted:
            name = "单页" if kind == "default" else "双页"
            right = "右" if wanted == "right" else "左"
            yield Flaw(None, f"{name}没有居{right}", "", partial(put, p, "pPr", "jc", val=wanted))


def _framed(p: etree._Element) -> bool:
    return bool(find(p, "w:pPr/w:framePr | ancestor::*[local-name()='txbxContent']"))


def page_number_look(page: Page) -> Iterator[Flaw]:
    """Finds page numbers without dashes, or not in 4号 (14 pt) 宋体 (G11, 7.5)."""
    declared = page.format["page_number"]
    font = page.format["fonts"][declared["font"]]
    for _, p in _numbered(page):
        text = "".join(map(str, find(p, ".//w:t/text()")))
        if not re.match(r"^\s*[—－―–-]", text):
            yield Flaw(None, "两旁没有一字线", f"{declared['before']}1{declared['after']}")
        for run in find(p, ".//w:r[w:t or w:instrText]"):
            if page.look.value(p, "sz", run=run) != str(declared["size"]):
                yield Flaw(
                    None, "不是4号字", f"4号（{declared['size'] / 2:g}磅）", partial(put_size, run, declared["size"])
                )
            name = page.look.font(p, run, "ascii")
            if not page.accepts(declared["font"], name):
                yield Flaw(None, f"字体为“{name or '未设置'}”", font, partial(put_font, run, font))


# ------------------------------------------------- red head, imprint, tables


def red_head(page: Page) -> Iterator[Flaw]:
    """Finds a red head that is not red, not centred or without its line (G16, 7.2.4, 7.2.7).

    It is checked only if a line before the title ends like the name of an issuing body (`organ_ends`).
    """
    organ = next(
        (x for x in page.script.role("head") if re.search(page.format["lint"]["organ_ends"], x.text.strip())), None
    )
    if organ is None:
        return
    p, red = organ.paragraph.element, page.format["red"]
    for run, _, _ in runs(organ):
        if (page.look.value(p, "color", run=run) or "").upper() != red:
            yield Flaw(
                organ, "发文机关标志不是红色", "红色", partial(put, run, "rPr", "color", val=red, themeColor=None)
            )
    if page.look.value(p, "jc") != "center":
        yield Flaw(organ, "发文机关标志没有居中", "居中", partial(put, p, "pPr", "jc", val="center"))
    heads = [x.paragraph.element for x in page.script.role("head")]
    lines = [b for e in heads for b in find(e, "w:pPr/w:pBdr/w:bottom | .//w:drawing | .//w:pict")]
    if not lines:
        yield Flaw(organ, "没有红色分隔线", "发文字号下加与版心等宽的红线")


def imprint(page: Page) -> Iterator[Flaw]:
    """Finds imprint lines that are not 4号 (14 pt) (G17, 7.4.2)."""
    size = page.style("公文版记")["size"]
    begins = re.compile(page.format["lint"]["imprint_begins"])
    for line in page.script.lines:
        if begins.search(line.text) and line.index > len(page.script.lines) // 2:
            for run, text, _ in runs(line):
                found = page.look.value(line.paragraph.element, "sz", run=run)
                if text.strip() and found != str(size):
                    yield Flaw(line, "不是4号字", f"4号（{size / 2:g}磅）", partial(put_size, run, size))


def table_head(page: Page) -> Iterator[Flaw]:
    """Finds tables of `long_table` rows or more without a repeated head row (G18, chapter 8)."""
    least = page.format["lint"]["long_table"]
    for n, table in enumerate(find(page.opened.roots[MAIN], "//w:body/w:tbl"), 1):
        rows = table.findall(q("w:tr"))
        if len(rows) >= least and not find(rows[0], "w:trPr/w:tblHeader"):
            yield Flaw(None, str(n), "", partial(put, rows[0], "trPr", "tblHeader"))


def table_width(page: Page) -> Iterator[Flaw]:
    """Finds tables wider than the text block (G19, 5.2.1)."""
    for table in find(page.opened.roots[MAIN], "//w:body/w:tbl"):
        section = next(iter(find(table, "following::w:sectPr[not(ancestor::w:sectPrChange)]")), None)
        widths = [int(w) for w in map(str, find(table, "w:tblGrid/w:gridCol/@w:w")) if w.isdigit()]
        if section is None or not widths:
            continue
        room = _twips(section, "w:pgSz/@w:w") - _twips(section, "w:pgMar/@w:left") - _twips(section, "w:pgMar/@w:right")
        if room > 0 and sum(widths) > room + 2 * page.format["lint"]["tolerance"] + 216:
            yield Flaw(None, _mm(sum(widths)), _mm(room))
