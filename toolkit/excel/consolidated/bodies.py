"""Writes the many rows of a workbook as XML directly into the sheets that XlsxWriter has prepared.

XlsxWriter makes the sheet with its header, table, formats and one blank row. The uniform data rows bypass it,
which takes a fraction of the time and memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from html import escape
from itertools import islice
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from xlsxwriter.utility import xl_col_to_name

from ...model import Field
from ...rows.casting.text import EPOCH
from ..parts.cells import storable
from ..parts.layout import in_words

FIRST = 2  # the blank row that is replaced, counted from 1
_BLANK_ROW = re.compile(rb'<row r="2"[^>]*>(.*?)</row>', re.DOTALL)
_CELL = re.compile(rb'<c r="[A-Z]+2"(?: s="(\d+)")?')
_UNUSUAL = re.compile("[\x00-\x1f\ufffe\uffff\ud800-\udfff_&<>]|^ | $")
_EPOCH = EPOCH.toordinal()
_LONGEST = 32_767  # characters of a cell: Excel's limit
_SHORT = 30  # most characters of a text that is cached, because it probably repeats
_LARGE = 10_000_000  # above so many cells the XML of a sheet may exceed 2 GB
_AT_ONCE = 1000  # rows joined into one chunk of XML

Cell = Callable[[Any], str]  # a value -> the rest of its <c> element, after the style


@dataclass(frozen=True)
class Body:
    """The rows of one sheet: its number (from 1), a writer per column, the values by row, and how many rows."""

    sheet: int
    cells: Sequence[Cell]
    lines: Iterable[Sequence[Any]]  # iterated once, in the order of the sheets
    count: int


def text(value: Any) -> str:
    """Returns a text cell; the text never becomes a formula or a link."""
    said = str(value)
    return _often(said) if len(said) <= _SHORT else _text(said[:_LONGEST])


def _text(said: str) -> str:
    if not _UNUSUAL.search(said):
        return f' t="inlineStr"><is><t>{said}</t></is></c>'
    clean = escape(storable(said), quote=False)
    return f' t="inlineStr"><is><t xml:space="preserve">{clean}</t></is></c>'


_often = lru_cache(maxsize=4096)(_text)  # names, codes and options repeat often


def number(value: Any) -> str:
    """Returns a number cell, or a text cell if the value is text."""
    if isinstance(value, str):
        return text(value)
    return f"><v>{value:f}</v></c>" if isinstance(value, Decimal) else f"><v>{value}</v></c>"


def day(value: Any) -> str:
    """Returns a date as a cell with Excel's serial number."""
    if isinstance(value, datetime):
        value = value.date()
    return f"><v>{value.toordinal() - _EPOCH}</v></c>"


def worded(value: Any) -> str:
    """Returns a text cell: 是 or 否 for a boolean, one text for a list."""
    return text(in_words(value))


def cell_of(field: Field) -> Cell:
    """Returns the function that writes values of the field."""
    by_type: Mapping[str, Cell] = {
        "date": day,
        "integer": number,
        "number": number,
        "boolean": worded,
        "list": worded,
    }
    return by_type.get(field.type, text)


def fill_bodies(workbook: IO[bytes], bodies: Sequence[Body], target: IO[bytes]) -> None:
    """Copies the workbook; replaces the blank second row of each sheet by the sheet's rows, in that row's formats.

    At most _AT_ONCE rows are in memory at a time. Raises ValueError if a sheet has no blank row.
    """
    wanted = {f"xl/worksheets/sheet{b.sheet}.xml": b for b in bodies if b.count}
    with ZipFile(workbook) as source, ZipFile(target, "w", ZIP_DEFLATED) as made:
        for info in source.infolist():
            data = source.read(info)
            info.compress_type = ZIP_DEFLATED
            if body := wanted.get(info.filename):
                large = body.count * len(body.cells) > _LARGE
                with made.open(info, "w", force_zip64=large) as out:
                    out.writelines(_filled(data, body))
            else:
                made.writestr(info, data)


def _filled(sheet: bytes, body: Body) -> Iterator[bytes]:
    blank = _BLANK_ROW.search(sheet)
    if blank is None:
        raise ValueError(f"sheet {body.sheet}: the blank row is missing")
    styles = [found.decode() or "0" for found in _CELL.findall(blank[1])]
    rows = _rows(body, styles)
    yield sheet[: blank.start()]
    while some := "".join(islice(rows, _AT_ONCE)):
        yield some.encode()
    yield sheet[blank.end() :]


def _rows(body: Body, styles: Sequence[str]) -> Iterator[str]:
    columns = [(f'<c r="{xl_col_to_name(n)}', f'" s="{s}"') for n, s in enumerate(styles)]
    plan = [(head, style, cell) for (head, style), cell in zip(columns, body.cells, strict=True)]
    for r, line in enumerate(body.lines, FIRST):
        cells = [
            f"{head}{r}{style}{cell(value)}"
            for (head, style, cell), value in zip(plan, line, strict=True)
            if value is not None
        ]
        yield f'<row r="{r}">{"".join(cells)}</row>'
