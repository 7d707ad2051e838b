"""Scans .xls workbooks: BIFF8 records in a compound file ([MS-XLS] 2.4). Reads headers and cell positions only."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BytesIO

from ...model import CellError
from .compound import check_chains
from .formats import Kind, kind_of
from .package import Refused
from .scan import Scan, SheetScan

CFB_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
STREAMS = ("Workbook", "Book", "EncryptedPackage", "WordDocument", "PowerPoint Document")
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


def formula_error(code: int) -> CellError:
    """Returns an error value by its code in binary formats ([MS-XLS] 2.5.10)."""
    return CellError(_ERRORS.get(code, "#ERR!"))


# ------------------------------------------------------------- compound file


def compound_streams(data: bytes) -> dict[str, bytes]:
    """Returns those of STREAMS that the compound file holds. Raises Refused if it is damaged."""
    check_chains(data)
    import olefile  # imported late: only .xls files and encrypted workbooks need it

    try:
        with olefile.OleFileIO(BytesIO(data)) as found:
            return {name: found.openstream(name).read() for name in STREAMS if found.exists(name)}
    except (OSError, ValueError, IndexError, TypeError, AttributeError, RecursionError, struct.error) as e:
        raise Refused("F01", "文件已损坏") from e


# --------------------------------------------------------------------- .xls

_BOF, _EOF, _FILEPASS, _DATEMODE, _BOUNDSHEET = 0x809, 0x0A, 0x2F, 0x22, 0x85
_FORMULA, _STRING, _BOOLERR, _ROW, _MERGED = 0x06, 0x207, 0x205, 0x208, 0xE5
_FILLED = frozenset((0xFD, 0x203, 0x27E, 0x204, 0xD6))  # text, number, small number, two old kinds of text
_MULTIPLE = 0xBD  # several small numbers in one row
_NUMBERS = frozenset((0x203, 0x27E, _FORMULA))
_FORMAT, _XF = 0x41E, 0xE0
_BETWEEN = frozenset((0x4BC, 0x221, 0x236))  # records allowed between a formula and its text
_BIFF8 = 0x600


def scan_xls(workbook: bytes) -> Scan:
    """Scans the Workbook stream of an .xls file. Raises Refused."""
    scan, sheets = Scan(), {}
    own: dict[int, str] = {}
    formats: list[int] = []  # of the cell styles
    try:
        for kind, body in _biff(workbook, 0):
            if kind == _FORMAT:
                own[struct.unpack_from("<H", body)[0]] = _text(body[2:])
            elif kind == _XF:
                formats.append(struct.unpack_from("<H", body, 2)[0])
            if kind == _BOF and struct.unpack_from("<H", body)[0] != _BIFF8:
                raise Refused("F01", "是 Excel 95 或更早的格式")
            if kind == _FILEPASS:
                raise Refused("F07")
            if kind == _DATEMODE:
                scan.date1904 = body[0] == 1
            if kind == _BOUNDSHEET and body[5] == 0:
                wide = body[7] & 1
                name = body[8 : 8 + body[6] * (2 if wide else 1)].decode("utf-16-le" if wide else "latin-1", "replace")
                sheets[name] = struct.unpack_from("<I", body)[0]
        percent = {n for n, f in enumerate(formats) if kind_of(f, own.get(f)) is Kind.PERCENT}
        for name, at in sheets.items():
            scan.sheets[name] = _scan_biff_sheet(workbook, at, percent)
            scan.sheets[name].refuse_far(name)
    except (struct.error, IndexError):
        raise Refused("F01", "文件已损坏") from None
    return scan


def _text(body: bytes) -> str:
    """Returns an XLUnicodeString: its length, flags, and characters of one or two bytes."""
    length, wide = struct.unpack_from("<H", body)[0], body[2] & 1
    return body[3 : 3 + length * (2 if wide else 1)].decode("utf-16-le" if wide else "latin-1", "replace")


def _biff(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yields (kind, body) of the records of one substream, without those of embedded charts."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _scan_biff_sheet(stream: bytes, at: int, percent: set[int]) -> SheetScan:
    s = SheetScan(filled=0)
    waiting: tuple[int, int] | None = None  # a formula whose text record has not followed yet
    for kind, body in _biff(stream, at):
        if waiting and kind not in _BETWEEN:
            if kind != _STRING:
                s.special[waiting] = CellError("")
            waiting = None
        if kind == _ROW:
            if struct.unpack_from("<H", body, 12)[0] & 0x20:
                s.hidden.add(struct.unpack_from("<H", body)[0] + 1)
        elif kind in _FILLED or kind in (_FORMULA, _BOOLERR):
            row, column = (n + 1 for n in struct.unpack_from("<HH", body))
            if kind == _FORMULA:
                s.formulas.add((row, column))
            if kind == _FORMULA and body[12:14] == b"\xff\xff":
                if body[6] == 3:  # the result is an empty text
                    continue
                if body[6] == 2:
                    s.special[row, column] = formula_error(body[8])
                waiting = (row, column) if body[6] == 0 else None
            elif kind == _BOOLERR and body[7]:
                s.special[row, column] = formula_error(body[6])
            if kind in _NUMBERS and struct.unpack_from("<H", body, 4)[0] in percent:
                s.percent.add((row, column))
            s.see(row, column)
        elif kind == _MERGED:
            for n in range(struct.unpack_from("<H", body)[0]):
                top, bottom, left, right = (edge + 1 for edge in struct.unpack_from("<4H", body, 2 + 8 * n))
                s.merged.append((top, left, bottom, right))
        elif kind == _MULTIPLE:
            row, first = struct.unpack_from("<HH", body)
            for n in range((len(body) - 6) // 6):
                if struct.unpack_from("<H", body, 4 + 6 * n)[0] in percent:
                    s.percent.add((row + 1, first + n + 1))
                s.see(row + 1, first + n + 1)
    return s
