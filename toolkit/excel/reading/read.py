"""Reads a file into a Book. Bad content never raises: an unreadable file gives a Book with a Finding."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import time, timedelta
from functools import partial
from io import BytesIO
from itertools import chain
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, Any, TypeVar

from ...findings import finding
from ...machine.apart.ask import Killed, ask
from ...machine.quiet import quiet
from ...model import Book, Finding, Grid, Percent, Place
from ...rows.casting.text import squeeze
from .ods import scan_ods
from .package import MAX_FILE, Attributes, Refused, main_part, open_zip, part, walk
from .scan import MAX_CHARACTERS, Scan, SheetScan
from .xls import CFB_MAGIC, compound_streams, scan_xls
from .xlsb import scan_xlsb
from .xlsx import MAX_SHEETS, scan_xlsx

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

T = TypeVar("T")

IN_PROCESS = 16 << 20  # bytes of all parts of an .xlsx that is read in the process of the command
LOST = 0.9  # smallest share of the filled cells that must be read; below it, the reader has dropped some

_KINDS: dict[str, tuple[str, ...]] = {
    "xlsx": (".xlsx", ".xlsm"),
    "xls": (".xls",),
    "xlsb": (".xlsb",),
    "ods": (".ods",),
}
_OTHERS = (
    (b"%PDF", "是 PDF 文件"),
    (b"{\\rtf", "是 RTF 文档"),
    (b"Rar!", "是压缩包"),
    (b"7z\xbc\xaf", "是压缩包"),
    (b"<?xml", "是 XML 文件"),
)


def read_book(path: str | Path) -> Book:
    """Reads the workbook at `path`: its sheets from A1 on, keyed by their names without spaces.

    Findings: F01 unreadable, F02 too large, F07 encrypted, F08 cells far apart, F09 cells lost.
    A Book with any of them has no grids. The file format is detected by content, not by file name.
    Error cells and formulas without a result are CellError, also in .xls, .xlsb and .ods.
    All but .xlsx of up to IN_PROCESS bytes are read in a child that is killed at its limits; that is an F01.
    """
    return _book(Path(path), apart=True)


def read_here(path: str) -> Book:
    """Reads as read_book does, always in this process."""
    return _book(Path(path), apart=False)


def _book(path: Path, apart: bool) -> Book:
    def refused(code: str, reason: str, content: str = "") -> Book:
        return Book(str(path), content, {}, (finding(code, Place(str(path)), reason=reason),))

    try:
        info = path.stat()
        size = info.st_size
        if not S_ISREG(info.st_mode):  # reading a pipe would never end
            return refused("F01", "不是普通文件")
        if size > MAX_FILE:
            return refused("F02", f"{size >> 20}MB")
        data = path.read_bytes()
    except (OSError, ValueError) as e:
        return refused("F01", "文件不存在" if isinstance(e, FileNotFoundError) else "没有权限，或正被其他程序占用")
    digest = hashlib.sha256(data).hexdigest()
    try:
        archive = open_zip(data) if data.startswith(b"PK") else None
        if apart and _is_heavy(data, archive):
            return _renamed(ask(read_here, os.path.abspath(path)), path)
        kind, scan = _scan(data, archive)
        scan.refuse_many()
        grids = _plain(scan) if kind == "xlsx" else _grids(_open(path, data, kind), scan)
        if scan.most_text is None or scan.most_text > MAX_CHARACTERS:
            _refuse_long(grids)
    except Refused as e:
        return Book(str(path), digest, {}, (_refusal(e, path),))
    except Killed as e:
        return refused("F01", str(e), digest)
    return Book(str(path), digest, grids, (), scan.date1904)


def _is_heavy(data: bytes, archive: zipfile.ZipFile | None) -> bool:
    """Whether a file must not be read in the process of the command: it is large, or code of others reads it alone."""
    if archive is None:
        return data.startswith(CFB_MAGIC)
    return sum(p.file_size for p in archive.infolist()) > IN_PROCESS or _kind(archive) != "xlsx"


def _renamed(book: Book, path: Path) -> Book:
    """The book under the path that its reader was given."""
    found = tuple(replace(f, place=replace(f.place, file=str(path))) for f in book.findings)
    return replace(book, path=str(path), findings=found)


def _refusal(refused: Refused, path: Path) -> Finding:
    row, column = refused.cell
    return finding(refused.code, Place(str(path), "", refused.sheet, row, column), reason=refused.reason)


def _scan(data: bytes, archive: zipfile.ZipFile | None) -> tuple[str, Scan]:
    """Returns the kind of workbook (a key of _KINDS) and its scan. Raises Refused."""
    if archive:
        kind = _kind(archive)
        return kind, _SCANS[kind](archive)
    if data.startswith(CFB_MAGIC):
        streams = compound_streams(data)
        if "EncryptedPackage" in streams:
            raise Refused("F07")
        if "Workbook" in streams:
            return "xls", scan_xls(streams["Workbook"])
        raise Refused("F01", "是 Excel 95 或更早的格式" if "Book" in streams else "不是 Excel 工作簿")
    if not data:
        raise Refused("F01", "是空文件")
    if b"<html" in data[:2000].lower() or b"<table" in data[:2000].lower():
        raise Refused("F01", "其实是网页，只是改了扩展名")
    raise Refused("F01", next((why for magic, why in _OTHERS if data.startswith(magic)), "不是工作簿文件，或已损坏"))


_SCANS = {"xlsx": scan_xlsx, "xlsb": scan_xlsb, "ods": scan_ods}


def _kind(archive: zipfile.ZipFile) -> str:
    """Returns what an archive is, a key of _SCANS. Raises Refused."""
    main = main_part(archive)
    kind = _types(archive).get(f"/{main}".casefold(), "")
    if "sheet.binary" in kind:
        return "xlsb"
    if "spreadsheet" in kind or "excel" in kind:
        return "xlsx"
    if "content.xml" in archive.namelist():
        return "ods"
    raise Refused("F01", "是 Word 文档" if "word" in kind + main else "是压缩包，不是工作簿")


def _types(archive: zipfile.ZipFile) -> dict[str, str]:
    """Returns the content types of the package's parts by their names, folded."""
    if "[Content_Types].xml" not in archive.namelist():
        return {}
    found: dict[str, str] = {}
    ends: dict[str, str] = {}

    def start(tag: str, a: Attributes) -> None:
        if tag == "Override":
            found[a.get("PartName", "").casefold()] = a.get("ContentType", "").casefold()
        elif tag == "Default":
            ends[a.get("Extension", "").casefold()] = a.get("ContentType", "").casefold()

    walk(part(archive, "[Content_Types].xml"), start)
    plain = {f"/{n}".casefold(): ends.get(n.rpartition(".")[2].casefold(), "") for n in archive.namelist()}
    return plain | found


def _open(path: Path, data: bytes, kind: str) -> CalamineWorkbook:
    from python_calamine import CalamineWorkbook  # not needed for an .xlsx

    # Opening by path is a third faster, but python-calamine then trusts the suffix.
    source: Any = str(path) if path.suffix.lower() in _KINDS[kind] else BytesIO(data)
    return _guarded(lambda: CalamineWorkbook.from_object(source))


def _guarded(read: Callable[[], T]) -> T:
    """Calls python-calamine and turns its exceptions and panics for bad files into Refused."""
    from python_calamine import PasswordError

    try:
        with quiet():
            return read()
    except (Refused, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except PasswordError:
        raise Refused("F07") from None
    except BaseException as e:  # a Rust panic is not an Exception
        raise Refused("F01", f"文件已损坏（{type(e).__name__}）") from e


def _plain(scan: Scan) -> dict[str, Grid]:
    """Returns the sheets of a workbook whose cells the scan has read."""
    return _keyed(Grid(name, _even(s.cells or []), *_shape(s)) for name, s in scan.sheets.items())


def _refuse_long(grids: dict[str, Grid]) -> None:
    """Raises Refused for more text than can be checked in reasonable time. A text that is too long is told as C21."""
    total = sum(len(v) for g in grids.values() for row in g.cells for v in row if type(v) is str)
    if total > MAX_CHARACTERS:
        raise Refused("F02", f"各表文字共{total}字")


def _even(rows: list[list[Any]]) -> list[list[Any]]:
    """Makes all rows as long as the longest."""
    width = max(map(len, rows), default=0)
    for row in rows:
        if len(row) < width:
            row.extend([None] * (width - len(row)))
    return rows


_Shape = tuple[frozenset[int], tuple[tuple[int, int, int, int], ...], frozenset[int], frozenset[tuple[int, int]], bool]


def _shape(s: SheetScan) -> _Shape:
    return frozenset(s.hidden), tuple(s.merged), frozenset(s.struck), frozenset(s.formulas), s.concealed


def _keyed(grids: Iterable[Grid]) -> dict[str, Grid]:
    """Sheets under their names without spaces; of two such names the exact one, the other under its full name."""
    found: dict[str, Grid] = {}
    for grid in sorted(grids, key=lambda g: g.title != squeeze(g.title)):
        key = squeeze(grid.title)
        found[grid.title if key in found else key] = grid
    return found


def _grids(book: CalamineWorkbook, scan: Scan) -> dict[str, Grid]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    if len(book.sheet_names) > MAX_SHEETS:
        raise Refused("F02", f"{len(book.sheet_names)}张工作表")
    sheets = [meta for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
    for meta in sheets:
        known = scan.sheets.setdefault(meta.name, SheetScan())
        known.concealed = known.concealed or meta.visible != SheetVisibleEnum.Visible
    return _keyed([_guarded(partial(_grid, book, meta.name, scan)) for meta in sheets])


def _grid(book: CalamineWorkbook, name: str, scanned: Scan) -> Grid:
    """Reads one sheet and adds from the scan what python-calamine does not report."""
    scan = scanned.sheets.get(name, SheetScan())
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    types = set(map(type, chain.from_iterable(rows)))
    cells: list[list[Any]] = [[None if v == "" else v for v in row] for row in rows]
    if types & {time, timedelta}:
        cells = [[str(v) if isinstance(v, (time, timedelta)) else v for v in row] for row in cells]
    if scan.filled is not None:
        arrived = sum(len(row) - row.count(None) for row in cells) + len(scan.special)
        if arrived < LOST * scan.filled:
            raise Refused("F09", f"“{name}”有{scan.filled}格内容，只读到{arrived}格", name)
    for (row, column), error in scan.special.items():
        _put(cells, row, column, error)
    for row, column in scan.percent:
        if row <= len(cells) and column <= len(cells[row - 1]) and type(cells[row - 1][column - 1]) is float:
            cells[row - 1][column - 1] = Percent(cells[row - 1][column - 1])
    return Grid(name, cells, *_shape(scan))


def _put(cells: list[list[Any]], row: int, column: int, value: Any) -> None:
    while len(cells) < row:
        cells.append([])
    line = cells[row - 1]
    line += [None] * (column - len(line))
    line[column - 1] = value
