"""Reads the parts that are written as Excel, WPS, LibreOffice, openpyxl and XlsxWriter usually write them.

Expat has the last word on whether the XML is well-formed. In well-formed XML without comments, sections and
instructions, "<" begins a tag and nothing else, so the patterns below see exactly the tags that a parser sees. They must
account for every row and for every cell that holds anything, in their order; whatever is not usual is left to `sheet`,
which reads tag by tag. What a cell's text stands for, both ask of `values` (docs/decisions/0012).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from functools import partial
from typing import Any
from xml.parsers import expat

from ...model import CellError, column_number
from .package import MAIN, Refused, parse
from .scan import FREE_AREA, MAX_COLUMN, MAX_ROW, SheetScan
from .values import Values, decoded

_ROOT = re.compile(
    rb'(?:<\?xml version="1.0"(?: encoding="(?:utf-8|UTF-8)")?(?: standalone="[a-z]+")?\s*\?>)?\s*'
    rb'<(?:worksheet|sst) (?:[^>]* )?xmlns="(?:%s)"[^>]*>' % "|".join(map(re.escape, MAIN)).encode()
)
# A row: its number and attributes. A cell with content: column, row, style and type, formula, value or text.
# Possessive: nothing is tried twice.
_TAG = re.compile(
    rb'<(?:row r="([1-9][0-9]{0,6})"((?: [A-Za-z0-9:]++="[^"<>]*+")*+) ?/?>|'
    rb'c r="([A-Z]{1,3})([1-9][0-9]{0,6})"((?: s="[0-9]{1,5}")?+(?: t="(?:s|n|b|e|str|inlineStr)")?+)>'
    rb"(<f(?=[ />])[^>]*+>(?:(?<=/>)|[^<]*+</f>))?+"
    rb'(?:<(?:v|is><t(?: xml:space="preserve")?)>([^<]*+)</(?:v|t></is)>|<v/>)?+</c>)'
)
_STRAY = re.compile(rb"<(?:c|row)[\s/>]")
_ATTRIBUTES = re.compile('(?: s="([0-9]+)")?(?: t="([A-Za-z]+)")?')
_HIDDEN = re.compile(rb' (?:hidden="(?:1|true)"|ht="0(?:\.0)?")')
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)" ?/>')
# East Asian versions of Excel add how a text is pronounced.
_TEXT = re.compile(rb'<si><t(?: xml:space="preserve")?>([^<]*+)</t>(?:<phoneticPr(?: [^<>]*)?/>)?</si>')
_ENTITY = re.compile("&(?:#([0-9]+)|#x([0-9A-Fa-f]+)|(lt|gt|quot|apos|amp));")
_NAMED = {"lt": "<", "gt": ">", "quot": '"', "apos": "'", "amp": "&"}

Way = Callable[[bytes], Any]  # what stands in a cell -> its value


class Ways(dict[bytes, Way]):
    """How the cells of one workbook are understood, by their style and type as they are written.

    A way raises Refused or KeyError for what it does not understand.
    """

    def __init__(self, values: Values, struck: Sequence[bool], out: Container[int]) -> None:
        """Struck out are the cells of a style for which `struck` says so, and the shared texts `out`: `sheet` reads them."""
        super().__init__()
        self._texts = {b"%d" % n: text for n, text in enumerate(values.texts) if n not in out}
        self._values, self._struck = values, struck

    def __missing__(self, attributes: bytes) -> Way:
        found = _ATTRIBUTES.fullmatch(attributes.decode())
        style, kind = int(found[1] or 0) if found else 0, found[2] or "n" if found else ""
        if style < len(self._struck) and self._struck[style]:
            raise KeyError(attributes)
        # The number of a shared text is looked up as it is written.
        known = self._texts if kind == "s" else _Memo(partial(self._values.of, kind, style))
        self[attributes] = way = known.__getitem__
        return way


class _Memo(dict[bytes, Any]):
    """Values by how they are written: of thousands of cells many hold the same."""

    def __init__(self, way: Callable[[str], Any]) -> None:
        super().__init__()
        self._way = way

    def __missing__(self, written: bytes) -> Any:
        self[written] = value = self._way(unescaped(written.decode()))
        return value


class _Columns(dict[bytes, int]):
    def __missing__(self, letters: bytes) -> int:
        self[letters] = column = column_number(letters.decode())
        return column


_COLUMNS = _Columns()


def read_ordinary(xml: bytes, ways: Mapping[bytes, Way]) -> SheetScan | None:
    """Returns a worksheet with its cells if it is ordinary, None for any other. Raises Refused for bad XML."""
    first, end = xml.find(b"<sheetData>"), xml.rfind(b"</sheetData>")
    if first < 0 or not _one_namespace(xml, end) or xml.find(b"\r", first, end) >= 0:
        return None
    found, merged = _TAG.findall(xml, first, end), _MERGED.findall(xml, end)
    rows = xml.count(b"<row", first, end)
    if xml.count(b"</c", first, end) != len(found) - rows or rows != sum(1 for f in found if f[0]):
        return None
    if len(merged) != xml.count(b"<mergeCell ") or _STRAY.search(xml, 0, first) or _STRAY.search(xml, end):
        return None
    # A text in the cell is its value only in one of that type.
    if xml.count(b"<is>", first, end) != xml.count(b' t="inlineStr"><is>', first, end):
        return None
    if not _parsed(xml):  # before any text is decoded: only then are characters and entities what they seem
        return None
    try:
        scan = _read(found, rows, ways)
    except (Refused, KeyError):  # the other reader says where
        return None
    if scan is None:
        return None
    for reference in merged:
        scan.merge(reference.decode())
    return scan


def _read(found: Sequence[tuple[bytes, ...]], rows: int, ways: Mapping[bytes, Way]) -> SheetScan | None:
    """The cells of rows and cells as _TAG finds them. None if they are not in order, or far apart."""
    scan = SheetScan(filled=0)
    width = max((_COLUMNS[letters] for letters in {f[2] for f in found if f[2]}), default=0)
    if rows * width > FREE_AREA or width > MAX_COLUMN:
        return None
    lines: dict[int, list[Any]] = {}
    row = column = filled = 0
    here, line = b"", None
    for number, attributes, letters, below, kind, formula, v in found:
        if number:
            here, line, column, last = number, None, 0, row
            row = int(number)
            if not last < row <= MAX_ROW:
                return None
            if attributes and _HIDDEN.search(attributes):
                scan.hidden.add(row)
            continue
        last, column = column, _COLUMNS[letters]
        if below != here or column <= last:  # in another row, or given twice
            return None
        if formula:
            scan.formulas.add((row, column))
        if v:
            value = ways[kind](v)
        elif formula and not kind.endswith(b't="str"'):  # with this type, the result is a text without characters
            value = CellError("")
        else:
            continue
        if value is None:
            continue
        if line is None:
            if row * width > FREE_AREA:
                return None
            line = lines[row] = [None] * width
        line[column - 1] = value
        filled += 1
    height = max(lines, default=0)
    scan.cells = [lines.get(n) or [None] * width for n in range(1, height + 1)]
    scan.filled, scan.last_row, scan.last_column = filled, (height, 1), (1, width if lines else 0)
    return scan


def ordinary_texts(xml: bytes) -> list[str | None] | None:
    """Returns the shared texts of an ordinary part, blank ones None; None for any other. Raises Refused for bad XML."""
    found = _TEXT.findall(xml)
    if len(found) != xml.count(b"<si") or xml.find(b"\r", xml.find(b"<sst")) >= 0:
        return None
    if not _one_namespace(xml, len(xml)) or not _parsed(xml):
        return None
    return [decoded(unescaped(text.decode())) or None for text in found]


def unescaped(text: str) -> str:
    """Returns text of well-formed XML without DTD as it was before it was written."""
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(entity: re.Match[str]) -> str:
    decimal, hexadecimal, name = entity.groups()
    return _NAMED[name] if name else chr(int(decimal) if decimal else int(hexadecimal, 16))


def _one_namespace(xml: bytes, end: int) -> bool:
    """Whether the names without a prefix are SpreadsheetML up to `end`, and no others are anywhere."""
    root = _ROOT.match(xml)
    if not root or root[0].count(b"xmlns=") != 1 or sum(xml.count(m.encode()) for m in MAIN) != 1:
        return False
    return xml.find(b"xmlns", root.end(), end) < 0 and xml.find(b"xmlns=", end) < 0


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
