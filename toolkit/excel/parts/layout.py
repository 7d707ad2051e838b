"""Positions in a unit workbook; the words that mark the places are in toolkit/standard/sheets.py.

The reader finds everything by these words, never by position. Positions (from 0, as XlsxWriter counts) are
only used for building.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell

from ...model import Catalog, Field, Ledger
from ...rows.conditions import Context
from ...standard.sheets import DECLARED_HEAD, KIND_FIELD, LEDGER_HEAD, NO, YES

DECLARATION_HEAD = (LEDGER_HEAD, DECLARED_HEAD, "已填行数", "已核行数", "说明")
LIST_SEPARATOR = "；"

HEAD_ROW = 2  # above it: the title and a hint
EXAMPLE_ROW = 3
FIRST_ROW = 4
LAST_ROW = 1999  # last row of validation and colours: Excel's row 2000
END_ROW = 19999  # last row that formulas see: Excel's row 20000; the 报送表 says when there are more
BLANK_ROWS = 12  # below the rows that have the formulas of computed columns; Excel copies them further
# Options of a workbook with other people's text, which must not become a formula or a link.
AS_TEXT = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
CREATED = datetime(2026, 1, 1)  # in every workbook's properties, so that equal content gives equal bytes
PERIOD = ("period_start", "period_end")  # unit-sheet fields, and their defined names in formulas

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
# Of each cell taken from an old ledger: sheet, index of the row, field, value, file, sheet, cell, text, how it was taken.
Origins = Sequence[tuple[str, int, str, str, str, str, str, str, str]]
Doubts = Mapping[tuple[str, int, str], str]  # ledger, index of the row, field -> why a person should look at the cell


@dataclass(frozen=True)
class Content:
    """The content of one unit workbook."""

    catalog: Catalog
    unit: Mapping[str, Any]
    rows: Rows
    declared: Mapping[str, str]
    context: Context
    buttons: bool = False
    doubts: Doubts = field(default_factory=dict)
    origins: Origins = ()


def is_hidden(content: Content, ledger: str) -> bool:
    """Whether the sheet is hidden: this kind of unit has no use for the ledger, and it has no row."""
    kind = str(content.unit.get(KIND_FIELD))
    return ledger in content.catalog.kinds.get(kind, ()) and not content.rows.get(ledger)


def find(fields: Sequence[Field], name: str) -> Field | None:
    """Returns the field called `name`, or None."""
    return next((f for f in fields if f.name == name), None)


def column(ledger: Ledger, name: str) -> int:
    """Returns the column (from 0) of the field on the ledger's sheet. Raises KeyError."""
    return ledger.fields.index(ledger.field(name))


def key_field(ledger: Ledger) -> Field:
    """Returns a field that every filled row has: the first required one without formula and default."""
    typed = [f for f in ledger.fields if not f.calc]
    return next((f for f in typed if f.constraints.required and f.default is None), typed[0])


def column_range(ledger: Ledger, name: str) -> str:
    """Returns a reference to the field's column, valid on any sheet, from the header to the end of the sheet.

    It includes the header, so that a row inserted right below the header is also included.
    """
    col = column(ledger, name)
    first = xl_rowcol_to_cell(HEAD_ROW, col, row_abs=True, col_abs=True)
    last = xl_rowcol_to_cell(END_ROW, col, row_abs=True, col_abs=True)
    return f"{quote_sheetname(ledger.title)}!{first}:{last}"


def in_words(value: Any) -> Any:
    """Returns a value as the clerk would type it: 是 or 否 for a boolean, one text for a list."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, (list, tuple)):
        return LIST_SEPARATOR.join(str(v) for v in value)
    return value
