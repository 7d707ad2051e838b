"""Writes several lists as one workbook, a sheet each; single cells may be coloured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ..parts.listing import HEAD, begin, end, workbook
from ..parts.pages import height
from ..parts.styles import AMBER, GREEN, ROSE, STONE, TAB_FRONT, Styles

TONES = {"green": GREEN, "amber": AMBER, "rose": ROSE, "stone": STONE}


@dataclass(frozen=True)
class Table:
    """One sheet: title, hint, column heads with their widths in characters, and rows.

    A value is a text, a number, a date, a Decimal (shown as a percentage) or None. `tones` gives words that colour their
    cell in the columns `toned`; `centred` are columns too.
    """

    sheet: str
    title: str
    hint: str
    heads: Sequence[str]
    widths: Sequence[float]
    rows: Sequence[Sequence[Any]]
    centred: Sequence[int] = ()
    toned: Sequence[int] = ()
    tones: Mapping[str, str] = field(default_factory=dict)
    frozen: int = 1


def write_tables(path: str | Path, title: str, tables: Sequence[Table]) -> None:
    """Writes the tables as the sheets of one workbook. Raises CannotRun if it cannot be written."""
    with workbook(path, title) as book:
        styles = Styles(book)
        for table in tables:
            ws = book.add_worksheet(table.sheet)
            begin(ws, styles, table.title, table.hint, table.heads, table.widths, TAB_FRONT)
            for n, row in enumerate(table.rows, HEAD + 1):
                texts = ((str(v), w) for v, w in zip(row, table.widths, strict=True) if isinstance(v, str))
                ws.set_row(n, height(*texts))
                for column, value in enumerate(row):
                    _write(ws, n, column, value, _style(styles, table, column, value))
            end(ws, len(table.heads), len(table.rows), frozen=table.frozen)


def _style(styles: Styles, table: Table, column: int, value: Any) -> Format:
    tone = table.tones.get(str(value)) if column in table.toned and value is not None else None
    shade = {"bg_color": TONES[tone]} if tone else {}
    kind = ["date"] if isinstance(value, date) else ["percent"] if isinstance(value, Decimal) else []
    return styles.get("boxed", "wrap", *(["centre"] if column in table.centred else []), *kind, **shade)


def _write(ws: Worksheet, row: int, column: int, value: Any, style: Format) -> None:
    if value is None or value == "":
        ws.write_blank(row, column, None, style)
    elif isinstance(value, str):
        ws.write_string(row, column, value, style)
    elif isinstance(value, date):
        ws.write_datetime(row, column, value, style)
    else:
        ws.write_number(row, column, float(value), style)
