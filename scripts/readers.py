"""Independent readers of workbooks, to judge the product's own: openpyxl, and for .ods the plain XML."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time, timedelta
from html import escape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl

from toolkit.machine.archive import Member, pack
from toolkit.model import Book, CellError, Grid, Percent
from toolkit.rows.casting.text import squeeze


def by_openpyxl(path: Path) -> Book:
    """Returns an .xlsx as openpyxl reads it. Raises whatever openpyxl raises."""
    values, formulas = openpyxl.load_workbook(path, data_only=True), openpyxl.load_workbook(path)
    return _book(path, [_sheet(s, formulas[s.title]) for s in values.worksheets])


def _book(path: Path, grids: list[Grid]) -> Book:
    return Book(str(path), "", {squeeze(g.title): g for g in grids})


def _sheet(sheet: Any, formulas: Any) -> Grid:
    cells, struck, given = [], set(), set()
    for row in sheet.iter_rows(min_row=1, min_col=1):
        line = []
        for c in row:
            formula = formulas.cell(c.row, c.column).data_type == "f"
            line.append(_value(c, formula))
            if formula:
                given.add((c.row, c.column))
            if c.value is not None and c.font and c.font.strike:
                struck.add(c.row)
        cells.append(line)
    hidden = frozenset(n for n, d in sheet.row_dimensions.items() if d.hidden or d.height == 0)
    merged = tuple((m.min_row, m.min_col, m.max_row, m.max_col) for m in sheet.merged_cells.ranges)
    return Grid(sheet.title, cells, hidden, merged, frozenset(struck), frozenset(given))


def _value(c: Any, formula: bool) -> Any:
    v = c.value
    if v is None:
        return CellError("") if formula else None
    if c.data_type == "e":
        return CellError(str(v))
    if isinstance(v, datetime):
        return v.date() if v.time() == time() else v
    if isinstance(v, (time, timedelta)):
        return str(v)
    if isinstance(v, (int, float)) and not isinstance(v, bool):
        return Percent(v) if "%" in c.number_format else float(v)
    return v or None


_O = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_T = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_X = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_SPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
}
MANY = 2000  # repeats of blank rows and cells that are written out


def by_ods_xml(path: Path) -> Book:
    """Returns an .ods as its XML says, for what write_ods writes."""
    with zipfile.ZipFile(path) as archive:
        root = ElementTree.fromstring(archive.read("content.xml"))
    grids = []
    for table in root.iter(f"{_T}table"):
        cells: list[list[Any]] = []
        merged = []
        for row in table.iter(f"{_T}table-row"):
            line: list[Any] = []
            for cell in row:
                if cell.tag in (f"{_T}table-cell", f"{_T}covered-table-cell"):
                    down, right = (int(cell.get(f"{_T}number-{w}-spanned", 1)) for w in ("rows", "columns"))
                    if down > 1 or right > 1:
                        merged.append((len(cells) + 1, len(line) + 1, len(cells) + down, len(line) + right))
                    line += [_ods_value(cell)] * min(int(cell.get(f"{_T}number-columns-repeated", 1)), MANY)
            cells += [list(line) for _ in range(min(int(row.get(f"{_T}number-rows-repeated", 1)), MANY))]
        grids.append(Grid(table.get(f"{_T}name", ""), cells, merged=tuple(merged)))
    return _book(path, grids)


def _ods_value(cell: ElementTree.Element) -> Any:
    kind, v = cell.get(f"{_O}value-type"), cell.get(f"{_O}value")
    if kind == "percentage":
        return Percent(v or "")
    if kind in ("float", "currency"):
        return float(v or "")
    if kind == "date":
        return date.fromisoformat((cell.get(f"{_O}date-value") or "")[:10])
    if kind == "boolean":
        return cell.get(f"{_O}boolean-value") == "true"
    return "\n".join("".join(p.itertext()) for p in cell.iter(f"{_X}p")) or None


def write_ods(book: Book, path: Path) -> None:
    """Writes the values of a workbook as an .ods."""
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _SPACES.items())
    tables = "".join(
        f'<table:table table:name="{escape(g.title)}">'
        + "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in g.cells)
        + "</table:table>"
        for g in book.grids.values()
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    parts = {"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content}
    path.write_bytes(pack(Member.of(name, text.encode()) for name, text in parts.items()))


def _ods_cell(v: Any) -> str:
    if v is None or isinstance(v, CellError):
        return "<table:table-cell/>"
    if isinstance(v, bool):
        told = f'boolean" office:boolean-value="{str(v).lower()}'
    elif isinstance(v, (int, float)):
        told = f'{"percentage" if isinstance(v, Percent) else "float"}" office:value="{float(v)!r}'
    elif isinstance(v, date):
        told = f'date" office:date-value="{v.isoformat()}'
    else:
        told = "string"
    return f'<table:table-cell office:value-type="{told}"><text:p>{escape(str(v))}</text:p></table:table-cell>'
