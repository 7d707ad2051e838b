"""Scans .xlsb workbooks: BIFF12 records in a zip package ([MS-XLSB] 2.4). Reads headers and cell positions only."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from zipfile import ZipFile

from .formats import Kind, kinds_of
from .package import Refused, main_part, part, relations
from .scan import Scan, SheetScan
from .xls import formula_error

_ROW_HEADER, _BUNDLE, _WORKBOOK_PROPERTIES = 0, 156, 153
_CELLS = frozenset(range(2, 12))  # 1 is a blank with a format
_SHORT = frozenset(range(12, 19))  # written by some tools only; python-calamine skips them
_ERROR_CELLS = (3, 11)
_MERGED_CELLS = 176
_FORMAT, _STYLE, _BEGIN_STYLES, _END_STYLES = 44, 47, 617, 618
_NUMBER_CELLS = (2, 5, 9)
_FORMULA_CELLS = (8, 9, 10, 11)


def scan_xlsb(archive: ZipFile) -> Scan:
    """Scans an .xlsb file. Raises Refused."""
    scan, sheets = Scan(), {}
    book = main_part(archive)
    try:
        for kind, body in _biff12(part(archive, book)):
            if kind == _WORKBOOK_PROPERTIES:
                scan.date1904 = bool(body[0] & 1)
            elif kind == _BUNDLE:
                relation, after = _wide_string(body, 8)
                sheets[_wide_string(body, after)[0]] = relation
        targets = relations(archive, book)
        styles = next((target for kind, target in targets.values() if kind == "styles"), "")
        percent = _percent(_biff12(part(archive, styles))) if styles else set()
        for name, relation in sheets.items():
            use, target = targets.get(relation, ("", ""))
            if use == "worksheet":
                scan.sheets[name] = _scan_biff12_sheet(_biff12(part(archive, target)), percent)
                scan.sheets[name].refuse_far(name)
    except (struct.error, IndexError):
        raise Refused("F01", "文件已损坏") from None
    return scan


def _percent(records: Iterable[tuple[int, bytes]]) -> set[int]:
    """Returns the numbers of the cell styles that show percentages."""
    own: dict[int, str] = {}
    formats: list[int] = []
    cells = False
    for kind, body in records:
        if kind == _FORMAT:
            own[struct.unpack_from("<H", body)[0]] = _wide_string(body, 2)[0]
        elif kind in (_BEGIN_STYLES, _END_STYLES):
            cells = kind == _BEGIN_STYLES
        elif kind == _STYLE and cells:
            formats.append(struct.unpack_from("<H", body, 2)[0])
    return {n for n, kind in enumerate(kinds_of(formats, own)) if kind is Kind.PERCENT}


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


def _scan_biff12_sheet(records: Iterable[tuple[int, bytes]], percent: set[int]) -> SheetScan:
    s = SheetScan(filled=0)
    row = 0
    for kind, body in records:
        if kind == _ROW_HEADER:
            row = struct.unpack_from("<I", body)[0] + 1
            if body[11] & 0x10:
                s.hidden.add(row)
        elif kind in _CELLS:
            column = struct.unpack_from("<I", body)[0] + 1
            if kind in _FORMULA_CELLS:
                s.formulas.add((row, column))
            if kind in _ERROR_CELLS:
                s.special[row, column] = formula_error(body[8])
            elif kind in _NUMBER_CELLS and int.from_bytes(body[4:7], "little") in percent:
                s.percent.add((row, column))
            s.see(row, column)
        elif kind == _MERGED_CELLS:
            top, bottom, left, right = (edge + 1 for edge in struct.unpack_from("<4I", body))
            s.merged.append((top, left, bottom, right))
        elif kind in _SHORT:
            raise Refused("F01", "这种 .xlsb 由其他软件生成，内容读不全")
    return s
