"""Scans OpenDocument spreadsheets (.ods), where LibreOffice writes repeated cells once with a count."""

from __future__ import annotations

from zipfile import ZipFile

from ...model import CellError
from .package import Attributes, Refused, part, walk
from .scan import Scan, SheetScan

MARKED = 1000  # most repeated rows that are marked one by one, as hidden or with an error
# Which attribute holds the value of a cell, by its type.
_VALUE_OF = {
    **dict.fromkeys(("float", "percentage", "currency"), "value"),
    "date": "date-value",
    "time": "time-value",
    "boolean": "boolean-value",
}
_VALUES = tuple(dict.fromkeys(_VALUE_OF.values()))
_OPEN = "urn:oasis:names:tc:opendocument:xmlns:%s:1.0"
PREFIXES = {
    **{_OPEN % name: "" for name in ("office", "table", "text")},
    "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0": "calc:",
}


def scan_ods(archive: ZipFile) -> Scan:
    """Scans an .ods file. Raises Refused."""
    if "META-INF/manifest.xml" in archive.namelist() and b"encryption-data" in part(archive, "META-INF/manifest.xml"):
        raise Refused("F07")
    parser = _Parser()
    walk(part(archive, "content.xml"), parser.start, parser.end, parser.text, PREFIXES)
    for name, sheet in parser.scan.sheets.items():
        sheet.refuse_far(name)
    return parser.scan


def _times(a: Attributes, name: str) -> int:
    count = a.get(name, "1")
    return min(int(count), 1 << 24) if count.isdecimal() and count.isascii() else 1


def _refuse_odd(a: Attributes, words: str, cell: tuple[int, int]) -> None:
    """Raises Refused for a cell that python-calamine would read as blank although something is meant to be there."""
    kind = a.get("value-type", "")
    if _VALUE_OF.get(kind, "value-type" if words.strip() and "calc:value-type" not in a else None) not in (None, *a):
        raise Refused("F01", "文件已损坏（有一格没有值）", cell=cell)
    if "value-type" in a and kind != "string" and kind not in _VALUE_OF:
        raise Refused("F01", f"文件已损坏（单元格类型“{kind[:20]}”）", cell=cell)


class _Parser:
    def __init__(self) -> None:
        self.scan = Scan()
        self.sheet = SheetScan()
        self.row = self.column = 0  # of the last cell seen
        self.rows = self.columns = 1  # repeat counts of the current row and cell
        self.cell: Attributes = {}
        self.words: list[str] = []
        self.inside = self.shown = False
        self.depth = (
            0  # of the element inside its cell: a paragraph at 1 is the cell's, one below is of a note or a shape
        )

    def start(self, tag: str, a: Attributes) -> None:
        self.depth += 1
        if tag == "table" and "name" in a:
            self.sheet = self.scan.sheets[a["name"]] = SheetScan(filled=0)
            self.row = 0
        elif tag == "table-row":
            self.rows, self.column = _times(a, "number-rows-repeated"), 0
            if a.get("visibility") in ("collapse", "filter"):
                self.sheet.hidden.update(range(self.row + 1, self.row + 1 + min(self.rows, MARKED)))
        elif tag in ("table-cell", "covered-table-cell"):
            self.cell, self.words, self.shown, self.depth = a, [], False, 0
            self.columns = _times(a, "number-columns-repeated")
        elif tag == "p" and self.depth == 1:
            self.inside = self.shown = True

    def text(self, data: str) -> None:
        if self.inside:
            self.words.append(data)

    def end(self, tag: str) -> None:
        if tag == "p" and self.depth == 1:
            self.inside = False
        elif tag in ("table-cell", "covered-table-cell"):
            self._finish_cell()
            self.column += self.columns
        elif tag == "table-row":
            self.row += self.rows
        self.depth -= 1

    def _finish_cell(self) -> None:
        a, top, left = self.cell, self.row + 1, self.column + 1
        down, right = _times(a, "number-rows-spanned"), _times(a, "number-columns-spanned")
        if down > 1 or right > 1:
            self.sheet.merged.append((top, left, top + down - 1, left + right - 1))
        problem = None
        words = "".join(self.words)
        _refuse_odd(a, words, (top, left))
        if a.get("calc:value-type") == "error":  # office:value-type says "string"
            problem = CellError(words or "#ERR!")
        elif "formula" in a and "value-type" not in a and not self.shown:  # shown: the result is an empty text
            problem = CellError("")
        percent, formula = a.get("value-type") == "percentage", "formula" in a
        if problem or percent or formula:
            spots = [(top + r, left + c) for r in range(min(self.rows, MARKED)) for c in range(min(self.columns, 16))]
            if formula:
                self.sheet.formulas.update(spots)
            if problem:
                self.sheet.special.update(dict.fromkeys(spots, problem))
            elif percent:
                self.sheet.percent.update(spots)
        if problem or words or any(v in a for v in _VALUES):
            self.sheet.see(top + self.rows - 1, left + self.columns - 1, self.rows * self.columns)
