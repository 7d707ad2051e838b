"""Recognises worksheet parts that are written as Excel, WPS, LibreOffice and XlsxWriter usually write them.

For these python-calamine gives the right values, and gives them fast. Expat has the last word on whether the XML is
well-formed. In well-formed XML without comments, sections and instructions, "<" begins a tag and nothing else, so the
patterns below see exactly the tags that a parser sees. Whatever is not usual is left to `sheet`, which reads every cell
itself (docs/decisions/0012).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.parsers import expat

from ...model import CellError, column_number
from .formats import Kind
from .package import MAIN, parse
from .scan import FREE_AREA, MAX_CHARACTERS, SheetScan

_ROOT = re.compile(
    rb'(?:<\?xml version="1.0"(?: encoding="(?:utf-8|UTF-8)")?(?: standalone="[a-z]+")?\s*\?>)?\s*'
    rb'<(?:worksheet|sst) (?:[^>]* )?xmlns="(?:%s)"[^>]*>' % "|".join(map(re.escape, MAIN)).encode()
)
_ROW = re.compile(rb'<row r="([1-9][0-9]{0,6})"((?: [A-Za-z0-9:]+="[^"<>]*")*) ?/?>')
# A cell with content: column, row, style, type, formula, value or text.
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="([0-9]{1,5})")?(?: t="(s|n|b|str|inlineStr)")?>'
    rb"(<f[^>]*/>|<f[^>]*>[^<]*</f>)?"
    rb'(?:<(?:v|is><t(?: xml:space="preserve")?)>([^<]*)</(?:v|t></is)>|<v/>)?</c>'
)
_DIMENSION = re.compile(rb'<dimension ref="[A-Z]{1,3}[1-9][0-9]{0,6}(?::[A-Z]{1,3}[1-9][0-9]{0,6})?" ?/>')
_HIDDEN = re.compile(rb' (?:hidden="(?:1|true)"|ht="0(?:\.0*)?")')
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)" ?/>')
_ESCAPED = re.compile(rb"_x[0-9A-Fa-f]{4}_")
_NUMBER = re.compile(rb"-?[0-9]{1,100}(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?")  # no infinity
_INDEX = re.compile(rb"0|[1-9][0-9]{0,8}")
_CONTENTS = {
    b"": _NUMBER,
    b"n": _NUMBER,
    b"b": re.compile(rb"[01]"),
    b"str": re.compile(rb"\S(?:.*\S)?", re.DOTALL),
    b"inlineStr": re.compile(rb"\S(?:.*\S)?", re.DOTALL),
}

_Cell = tuple[bytes, bytes, bytes, bytes, bytes, bytes]


def scan_ordinary(xml: bytes, texts: Sequence[int], kinds: Sequence[Kind | None]) -> SheetScan | None:
    """Returns the facts about an ordinary sheet, without its cells; None for any other. Raises Refused for bad XML.

    `texts` are the lengths of the shared texts in bytes, `kinds` says what each cell style means, None if that is doubtful.
    """
    first, end = xml.find(b"<sheetData"), xml.rfind(b"</sheetData>")
    if not _one_namespace(xml) or xml.count(b"<dimension") != len(_DIMENSION.findall(xml, 0, first)):
        return None
    rows, cells, merged = _ROW.findall(xml, first, end), _CELL.findall(xml, first, end), _MERGED.findall(xml, end)
    if len(rows) != xml.count(b"<row", first, end) or len(merged) != xml.count(b"<mergeCell ", end):
        return None
    if not xml.count(b"</c", first, end) == len(cells) == len({c[:2] for c in cells}) or not _usual(
        cells, len(texts), kinds
    ):
        return None
    if xml.count(b"<is>", first) != xml.count(b' t="inlineStr"><is>', first) or _ESCAPED.search(xml, first):
        return None
    if not _parsed(xml):
        return None
    filled = {c[1] for c in cells}
    last = max(map(int, filled), default=0), max((column_number(c.decode()) for c in {c[0] for c in cells}), default=0)
    if not filled <= {r[0] for r in rows} or last[0] * last[1] > FREE_AREA:
        return None
    empty = [c for c in cells if not c[5]]
    special = {
        (int(c[1]), column_number(c[0].decode())): CellError("")
        for c in empty
        if c[4] and c[3] not in (b"str", b"inlineStr")
    }
    percent = {b"%d" % s for s, kind in enumerate(kinds) if kind is Kind.PERCENT}
    scan = SheetScan(
        special=special,
        percent={(int(c[1]), column_number(c[0].decode())) for c in cells if c[2] in percent and c[3] in (b"", b"n")},
        filled=sum(c[3] != b"s" for c in cells) - len(empty) + len(special),  # a shared text may be blank
        hidden={int(row) for row, a in rows if _HIDDEN.search(a)},
        formulas={(int(c[1]), column_number(c[0].decode())) for c in cells if c[4]},
        bytes_of_texts=_together(cells, texts),
        last_row=(last[0], 1),
        last_column=(1, last[1]),
    )
    for reference in merged:
        scan.merge(reference.decode())
    return scan


def _together(cells: Sequence[_Cell], texts: Sequence[int]) -> int:
    """How long the shared texts of the cells are, each counted as often as it is used; at least."""
    most = max(texts, default=0) * len(cells)
    return most if most <= MAX_CHARACTERS else sum(texts[int(c[5])] for c in cells if c[3] == b"s")


def ordinary_texts(xml: bytes) -> Sequence[int] | None:
    """Returns the lengths of the shared texts of an ordinary part, with tags; None for any other. Raises Refused."""
    texts = xml.count(b"<si>") + xml.count(b"<si/>")
    strange = (b"<rPh", b"<strike", b"_x")
    if texts != xml.count(b"<si") or any(s in xml for s in strange) or not _one_namespace(xml) or not _parsed(xml):
        return None
    return [*map(len, xml.split(b"<si"))][1:]


def _one_namespace(xml: bytes) -> bool:
    """Whether the names without a prefix are SpreadsheetML everywhere, and no others are."""
    root = _ROOT.match(xml)
    if not root or root[0].count(b"xmlns=") != 1 or sum(root[0].count(m.encode()) for m in MAIN) != 1:
        return False
    return xml.find(b"xmlns", root.end()) < 0


def _usual(cells: Sequence[_Cell], texts: int, kinds: Sequence[Kind | None]) -> bool:
    """Whether all cells have contents of their type, and styles that every reader takes for the same."""
    if any(s < len(kinds) and not kinds[s] for s in {int(s or 0) for s in {c[2] for c in cells}}):
        return False
    shared = {c[5] for c in cells if c[3] == b"s"}
    if not all(map(_INDEX.fullmatch, shared)) or max(map(int, shared), default=-1) >= texts:
        return False
    return all(not c[5] or c[3] == b"s" or _CONTENTS[c[3]].fullmatch(c[5]) for c in cells)


def _parsed(xml: bytes) -> bool:
    """Parses the part. False if it holds comments, CDATA sections or processing instructions. Raises Refused."""
    plain = True

    def unusual(*_: object) -> None:
        nonlocal plain
        plain = False

    parser = expat.ParserCreate(namespace_separator="}")
    parser.CommentHandler = parser.StartCdataSectionHandler = parser.ProcessingInstructionHandler = unusual
    parse(parser, xml)
    return plain
