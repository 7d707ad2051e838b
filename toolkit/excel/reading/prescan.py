"""Scans a workbook's raw parts: reads plain sheets itself (plain.py), checks others before python-calamine reads.

python-calamine returns a blank for an error cell and for a formula without a result. It does not report hidden rows.
It ends the whole process if cells are far apart, because it allocates the rectangle between them.
This module finds these cases in a third of the reading time (docs/decisions/0005).
Regularly written sheet XML is searched with regular expressions; anything unusual is parsed in full.
"""

from __future__ import annotations

import lzma
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from xml.parsers import expat

from ...model import CellError
from .plain import HIDDEN, Ways, cells_of, date_styles, shared_strings

MAX_FILE = 50 << 20  # bytes on disk
MAX_UNPACKED = 400 << 20  # bytes of all parts of one file
MAX_PARTS = 5000
FREE_AREA = 2_000_000  # cells of a sheet's rectangle that are always allowed
SPARSE = 8  # above FREE_AREA: most cells of the rectangle per filled cell
MAX_AREA = 12_000_000  # cells of a sheet, even if all are filled

# Exceptions that zipfile and the decompressors raise for damaged archives.
ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, ValueError, OSError, EOFError, RuntimeError)

Attributes = Mapping[str, str]


class Refused(Exception):
    """The file must not be read: code and reason of the Finding, and `sheet` and `cell` if known."""

    def __init__(self, code: str, reason: str = "", sheet: str = "", cell: tuple[int, int] = (0, 0)) -> None:
        super().__init__(code, reason)
        self.code, self.reason, self.sheet, self.cell = code, reason, sheet, cell


@dataclass
class SheetScan:
    """Facts about one sheet that python-calamine does not report. Rows and columns count from 1."""

    cells: list[list[Any]] | None = None  # all cells, if the sheet is plain; they include the `special` ones
    special: dict[tuple[int, int], CellError] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    filled: int | None = None  # cells with content; None if not counted
    last_row: tuple[int, int] = (0, 0)  # the lowest filled cell
    last_column: tuple[int, int] = (0, 0)  # the rightmost filled cell

    def see(self, row: int, column: int, times: int = 1) -> None:
        """Counts a filled cell, `times` times."""
        self.filled = (self.filled or 0) + times
        if row > self.last_row[0]:
            self.last_row = row, column
        if column > self.last_column[1]:
            self.last_column = row, column

    def merge(self, reference: str) -> None:
        """Adds a merged range such as B2:C5."""
        if found := _RANGE.fullmatch(reference):
            self.merged.append((int(found[2]), _column(found[1]), int(found[4]), _column(found[3])))

    def refuse_far(self, sheet: str) -> None:
        """Raises Refused if filled cells are so far apart, or so many, that reading would exhaust the memory."""
        rows, columns = self.last_row[0], self.last_column[1]
        if rows * columns > MAX_AREA and rows * columns <= SPARSE * (self.filled or 0):
            raise Refused("F02", f"“{sheet}”有{rows}行{columns}列")
        if rows * columns > max(FREE_AREA, SPARSE * (self.filled or 0)):
            raise Refused("F08", "", sheet, self.last_row if rows > 50 * columns else self.last_column)


@dataclass
class Scan:
    """The result of scanning a workbook: its sheets by name, and its date system."""

    sheets: dict[str, SheetScan] = field(default_factory=dict)
    date1904: bool = False

    @property
    def plain(self) -> bool:
        """Whether the scan has all cells, so that python-calamine is not needed."""
        return bool(self.sheets) and all(s.cells is not None for s in self.sheets.values())


def open_zip(data: bytes) -> zipfile.ZipFile:
    """Opens the zip archive. Raises Refused if it is damaged, encrypted, too large, or has duplicate part names."""
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except ZIP_ERRORS:
        raise Refused("F01", "文件已损坏") from None
    parts = archive.infolist()
    if len({p.filename.casefold() for p in parts}) < len(parts):
        raise Refused("F01", "文件已损坏（部件重名）")
    if any(p.flag_bits & 1 for p in parts):
        raise Refused("F07")
    unpacked = sum(p.file_size for p in parts)
    if unpacked > MAX_UNPACKED or len(parts) > MAX_PARTS:
        raise Refused("F02", f"解开后有{unpacked >> 20}MB、{len(parts)}个部件")
    return archive


def part(archive: zipfile.ZipFile, name: str) -> bytes:
    """Returns one part; reading verifies its declared size and checksum. Raises Refused."""
    try:
        return archive.read(name)
    except KeyError:
        raise Refused("F01", f"缺少部件 {name}") from None
    except ZIP_ERRORS:
        raise Refused("F01", "文件已损坏") from None


def walk(
    data: bytes,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Parses XML and calls the handlers with local names. Raises Refused for invalid XML and for any DTD."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def doctype(*_: object) -> None:
        raise Refused("F01", "含有不允许的 DTD 声明")

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = lambda name, attributes: start(
        name.rpartition(":")[2], {k.rpartition(":")[2]: v for k, v in attributes.items()}
    )
    if end:
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    if text:
        parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        raise Refused("F01", "文件已损坏（XML 有错）") from None


def relations(archive: zipfile.ZipFile, name: str) -> dict[str, str]:
    """Returns relationship id -> part name for the internal relationships of part `name`."""
    folder, base = posixpath.split(name)
    found: dict[str, str] = {}

    def start(tag: str, a: Attributes) -> None:
        if tag == "Relationship" and "Id" in a and "Target" in a and a.get("TargetMode") != "External":
            found[a["Id"]] = posixpath.normpath(posixpath.join("/" + folder, a["Target"])).lstrip("/")

    walk(part(archive, f"{folder}/_rels/{base}.rels"), start)
    return found


# --------------------------------------------------------------------- .xlsx

# Any cell or row tag that is not exactly `<c r="B2"` (up to CZ9999) or `<row r="2"` (up to 9999), and any `<!`.
_ODD = re.compile(rb'<(?:c(?! r="[A-C]?[A-Z][1-9][0-9]{0,3}"[ />])[\s/>]|row(?! r="[1-9][0-9]{0,3}"[ />])[\s/>]|!)')
_PREFIXED = re.compile(rb":(?:c|row)[\s/>]")
_ERROR = re.compile(rb'<c r="([A-Z]+)([0-9]+)"[^>]* ?t="e"[^>]*>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?<v>([^<]*)</v>')
_UNCACHED = re.compile(
    rb'<c r="([A-Z]+)([0-9]+)"([^>]*)>\s*(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>'
)
_STRINGS, _STYLES, _WORKSHEETS = "xl/sharedstrings.xml", "xl/styles.xml", "/worksheets/"
_MERGED = re.compile(rb'<mergeCell ref="([A-Z0-9:]+)"')


def scan_xlsx(archive: zipfile.ZipFile) -> Scan:
    """Scans an .xlsx or .xlsm file. Raises Refused."""
    scan = Scan()
    names: dict[str, str] = {}

    def start(tag: str, a: Attributes) -> None:
        if tag == "workbookPr":
            scan.date1904 = a.get("date1904") in ("1", "true")
        elif tag == "sheet" and "name" in a and "id" in a:
            names.setdefault(a["name"], a["id"])

    walk(part(archive, "xl/workbook.xml"), start)
    targets = relations(archive, "xl/workbook.xml")
    ways = _ways(archive)
    for name, id_ in names.items():
        if (target := targets.get(id_, "")) and "chartsheet" not in target:
            scan.sheets[name] = scan_sheet_xml(
                part(archive, target), ways if _WORKSHEETS in target and not scan.date1904 else None
            )
            scan.sheets[name].refuse_far(name)
    return scan


def _ways(archive: zipfile.ZipFile) -> Ways:
    # These parts are always read, because reading verifies the sizes that the archive declares.
    found = {n.casefold(): part(archive, n) for n in archive.namelist() if n.casefold() in (_STRINGS, _STYLES)}
    return Ways(shared_strings(found.get(_STRINGS, b"")), date_styles(found.get(_STYLES, b"")))


def scan_sheet_xml(xml: bytes, ways: Ways | None = None) -> SheetScan:
    """Scans one worksheet part; includes its cells if it is plain and `ways` are given. Raises Refused."""
    if ways is not None and (cells := cells_of(xml, ways)) is not None:
        plain = SheetScan(cells=cells)
        _merged_and_hidden(xml, plain)
        return plain
    if _ODD.search(xml) or _PREFIXED.search(xml) or b"\0" in xml or (b"'" in xml and b"='" in xml):
        return _parse_sheet_xml(xml)
    s = SheetScan()
    if b't="e"' in xml:
        for column, row, text in _ERROR.findall(xml):
            s.special[int(row), _column(column.decode())] = CellError(text.decode("utf-8", "replace"))
    if b"<f" in xml:
        for column, row, attributes in _UNCACHED.findall(xml):
            if b't="str"' not in attributes:  # with it, the result is an empty text
                s.special[int(row), _column(column.decode())] = CellError("")
    _merged_and_hidden(xml, s)
    return s


def _merged_and_hidden(xml: bytes, s: SheetScan) -> None:
    for ref in _MERGED.findall(xml) if b"<mergeCell " in xml else ():
        s.merge(ref.decode())
    if b' hidden="' in xml:
        s.hidden.update(int(n) for n in HIDDEN.findall(xml))


def _column(letters: str) -> int:
    n = 0
    for letter in letters:
        n = n * 26 + ord(letter) - 64
    return n


_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_RANGE = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")


class _SheetParser:
    """Scans a sheet by a full parse: for XML with prefixes, extra spaces, cells beyond CZ9999 or other oddities."""

    def __init__(self) -> None:
        self.scan = SheetScan(filled=0)
        self.row = self.column = 0
        self.type = ""
        self.formula = self.inside = False
        self.value = ""

    def start(self, tag: str, a: Attributes) -> None:
        if tag == "row":
            self.row = int(a["r"]) if a.get("r", "").isdecimal() else self.row + 1
            self.column = 0
            if a.get("hidden") in ("1", "true"):
                self.scan.hidden.add(self.row)
        elif tag == "c":
            self._cell(a)
        elif tag == "f":
            self.formula = True
        elif tag == "mergeCell":
            self.scan.merge(a.get("ref", ""))
        elif tag in ("v", "t"):
            self.inside = True

    def _cell(self, a: Attributes) -> None:
        if found := _REFERENCE.fullmatch(a.get("r", "")):
            self.column, self.row = _column(found[1].upper()), int(found[2])
        else:
            self.column += 1
        self.type, self.formula, self.value = a.get("t", ""), False, ""

    def text(self, data: str) -> None:
        if self.inside:
            self.value += data

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self.inside = False
        elif tag == "c":
            at = self.row, self.column
            if self.type == "e":
                self.scan.special[at] = CellError(self.value)
            elif self.formula and not self.value.strip() and self.type != "str":
                self.scan.special[at] = CellError("")
            if self.value or at in self.scan.special:
                self.scan.see(*at)


def _parse_sheet_xml(xml: bytes) -> SheetScan:
    parser = _SheetParser()
    walk(xml, parser.start, parser.end, parser.text)
    return parser.scan
