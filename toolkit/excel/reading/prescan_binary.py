"""Scans the binary formats: .xls (BIFF8 records in a compound file) and .xlsb (BIFF12 in a zip).

Reads only record headers and cell positions; see [MS-XLS] 2.4 and [MS-XLSB] 2.4.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from io import BytesIO
from zipfile import ZipFile

from ...model import CellError
from .prescan import Refused, Scan, SheetScan, part, relations

CFB_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
STREAMS = ("Workbook", "Book", "EncryptedPackage", "WordDocument", "PowerPoint Document")
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


def _error(code: int) -> CellError:
    return CellError(_ERRORS.get(code, "#ERR!"))


# ------------------------------------------------------------- compound file


def compound_streams(data: bytes) -> dict[str, bytes]:
    """Returns those of STREAMS that the compound file holds. Raises Refused if it is damaged."""
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
_BETWEEN = frozenset((0x4BC, 0x221, 0x236))  # records allowed between a formula and its text
_BIFF8 = 0x600


def scan_xls(workbook: bytes) -> Scan:
    """Scans the Workbook stream of an .xls file. Raises Refused."""
    scan, sheets = Scan(), {}
    try:
        for kind, body in _biff(workbook, 0):
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
        for name, at in sheets.items():
            scan.sheets[name] = _scan_biff_sheet(workbook, at)
            scan.sheets[name].refuse_far(name)
    except (struct.error, IndexError):
        raise Refused("F01", "文件已损坏") from None
    return scan


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


def _scan_biff_sheet(stream: bytes, at: int) -> SheetScan:
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
            if kind == _FORMULA and body[12:14] == b"\xff\xff":
                if body[6] == 3:  # the result is an empty text
                    continue
                if body[6] == 2:
                    s.special[row, column] = _error(body[8])
                waiting = (row, column) if body[6] == 0 else None
            elif kind == _BOOLERR and body[7]:
                s.special[row, column] = _error(body[6])
            s.see(row, column)
        elif kind == _MERGED:
            for n in range(struct.unpack_from("<H", body)[0]):
                top, bottom, left, right = (edge + 1 for edge in struct.unpack_from("<4H", body, 2 + 8 * n))
                s.merged.append((top, left, bottom, right))
        elif kind == _MULTIPLE:
            row, first = struct.unpack_from("<HH", body)
            for column in range(first, first + (len(body) - 6) // 6):
                s.see(row + 1, column + 1)
    return s


# --------------------------------------------------------------------- .xlsb

_ROW_HEADER, _BUNDLE, _WORKBOOK_PROPERTIES = 0, 156, 153
_CELLS = frozenset(range(2, 12))  # 1 is a blank with a format
_SHORT = frozenset(range(12, 19))  # written by some tools only; python-calamine skips them
_ERROR_CELLS = (3, 11)
_MERGED_CELLS = 176


def scan_xlsb(archive: ZipFile) -> Scan:
    """Scans an .xlsb file. Raises Refused."""
    scan, sheets = Scan(), {}
    try:
        for kind, body in _biff12(part(archive, "xl/workbook.bin")):
            if kind == _WORKBOOK_PROPERTIES:
                scan.date1904 = bool(body[0] & 1)
            elif kind == _BUNDLE:
                relation, after = _wide_string(body, 8)
                sheets[_wide_string(body, after)[0]] = relation
        targets = relations(archive, "xl/workbook.bin")
        for name, relation in sheets.items():
            if "worksheets/" in (target := targets.get(relation, "")):
                scan.sheets[name] = _scan_biff12_sheet(_biff12(part(archive, target)))
                scan.sheets[name].refuse_far(name)
    except (struct.error, IndexError):
        raise Refused("F01", "文件已损坏") from None
    return scan


def _wide_string(body: bytes, at: int) -> tuple[str, int]:
    end = at + 4 + 2 * struct.unpack_from("<I", body, at)[0]
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


def _biff12(stream: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(stream):
        kind = stream[at]
        at += 1
        if kind & 0x80:
            kind = kind & 0x7F | (stream[at] & 0x7F) << 7
            at += 1
        size = shift = 0
        for _ in range(4):
            size |= (stream[at] & 0x7F) << shift
            shift, at = shift + 7, at + 1
            if not stream[at - 1] & 0x80:
                break
        yield kind, stream[at : at + size]
        at += size


def _scan_biff12_sheet(records: Iterable[tuple[int, bytes]]) -> SheetScan:
    s = SheetScan(filled=0)
    row = 0
    for kind, body in records:
        if kind == _ROW_HEADER:
            row = struct.unpack_from("<I", body)[0] + 1
            if body[11] & 0x10:
                s.hidden.add(row)
        elif kind in _CELLS:
            column = struct.unpack_from("<I", body)[0] + 1
            if kind in _ERROR_CELLS:
                s.special[row, column] = _error(body[8])
            s.see(row, column)
        elif kind == _MERGED_CELLS:
            top, bottom, left, right = (edge + 1 for edge in struct.unpack_from("<4I", body))
            s.merged.append((top, left, bottom, right))
        elif kind in _SHORT:
            raise Refused("F01", "这种 .xlsb 由其他软件生成，内容读不全")
    return s
