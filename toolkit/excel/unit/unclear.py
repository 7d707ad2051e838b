"""Counts the cells that the formulas of 报送表 cannot understand as the tool does: a text for a date, 12人, a blank.

The tool understands them, asks for them or takes their default; COUNTIFS passes them over. So the sheet says how many
there are, and is never silently another truth than the tool's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell

from ...figures.digest import conditions_of, parts_of
from ...model import Catalog, Field, Ledger
from ...standard.sheets import COUNTED, NO, YES
from ...standard.vocabulary import EXPECTED
from ..parts.layout import END_ROW, FIRST_ROW, column, column_range, find, in_words, key_field
from .columns import EIGHT_DIGITS
from .formulas import Pair, counting, matching, not_example

Values = Mapping[str, Any]
# The format of the number that the formula gives: some cells, rows below those that formulas see, none.
SAYS = f'"有"0"格公式认不准，以“汇总本单位”的数为准";"第{END_ROW + 1}行以下公式看不到，以“汇总本单位”的数为准";""'
_LAST_OF_SHEET = 1048575
_NUMBERS = '">=-1E+300"'  # matches numbers only; LibreOffice lets "*" match numbers as well


def unclear_formula(catalog: Catalog, ledger: Ledger) -> str:
    """Returns the formula that counts the unclear cells of the ledger's 已核 rows; -1 if rows are out of sight."""
    col = column(ledger, key_field(ledger).name)
    area = ":".join(xl_rowcol_to_cell(row, col, True, True) for row in (END_ROW + 1, _LAST_OF_SHEET))
    cells = "+".join(_terms(catalog, ledger)) or "0"
    return f"=IF(COUNTA({quote_sheetname(ledger.title)}!{area})>0,-1,{cells})"


def unclear_value(catalog: Catalog, ledger: Ledger, rows: Sequence[Values]) -> int:
    """Returns the result of unclear_formula."""
    status = find(ledger.fields, "status")
    count = sum(
        _is_unclear(f, wanted, row.get(f.name))
        for row in rows
        if row.get("status") == COUNTED or status is None
        for f, wanted in _looked_at(catalog, ledger)
    )
    if status:
        count += sum(row.get("status") not in (None, "", *status.constraints.enum) for row in rows)
    return -1 if len(rows) > END_ROW + 1 - FIRST_ROW else count


@lru_cache(maxsize=64)
def _looked_at(catalog: Catalog, ledger: Ledger) -> tuple[tuple[Field, bool], ...]:
    """Returns the fields that decide about figures, each with whether it must be filled for that."""
    used = {f.name for f in ledger.fields if f.in_year}
    conditions = set()
    for ind in catalog.indicators.values():
        for m in parts_of(ind).values():
            if m.ledger == ledger.name and m.op != EXPECTED:
                used |= {name for name in (m.field, m.minus) if name}
                conditions |= {c.path for c in conditions_of(ledger, ind, m)}
    status = {"status"} if find(ledger.fields, "status") else set()
    return tuple(
        (f, f.constraints.required or (f.name in conditions and bool(f.follows or f.default is not None)))
        for f in ledger.fields
        if not f.calc and f.name in used | conditions | _required(ledger) and f.name not in status
    )


def _required(ledger: Ledger) -> set[str]:
    return {f.name for f in ledger.fields if f.constraints.required}


def _terms(catalog: Catalog, ledger: Ledger) -> Iterator[str]:
    status = find(ledger.fields, "status")
    rows = [(column_range(ledger, "status"), matching(COUNTED))] if status else []
    last = [not_example(ledger)]
    if not rows:
        area = column_range(ledger, key_field(ledger).name)
        rows = [(area, '"<>"'), (area, f'"<>{key_field(ledger).title}"')]
    for f, wanted in _looked_at(catalog, ledger):
        area = column_range(ledger, f.name)
        filled: Pair = (area, '"<>"')
        if wanted:
            yield f"{counting([*rows, *last])}-{counting([*rows, filled, *last])}"
        if f.type == "date":
            days = [(area, '">=1"'), (area, f'"<{EIGHT_DIGITS}"')]
            yield f"{counting([*rows, filled, *last])}-{counting([*rows, *days, *last])}"
        elif f.type in ("integer", "number"):
            yield f"{counting([*rows, filled, *last])}-{counting([*rows, (area, _NUMBERS), *last])}"
        elif words := _words(f):
            listed = "{" + ",".join(map(matching, words)) + "}"
            yield f"{counting([*rows, filled, *last])}-SUMPRODUCT({counting([*rows, (area, listed), *last])})"
    if status:
        area = column_range(ledger, "status")
        listed = "{" + ",".join(map(matching, (*status.constraints.enum, status.title))) + "}"
        yield f"{counting([(area, chr(34) + '<>' + chr(34))])}-SUMPRODUCT({counting([(area, listed)])})"


def _words(f: Field) -> tuple[str, ...]:
    if f.type == "boolean":
        return YES, NO
    return () if f.type == "list" else tuple(map(str, f.constraints.enum))


def _is_unclear(f: Field, wanted: bool, value: Any) -> int:
    if value is None or value == "":
        return int(wanted)
    if f.type == "date":
        return int(not isinstance(value, date))
    if f.type in ("integer", "number"):
        return int(isinstance(value, bool) or not isinstance(value, (int, float, Decimal)))
    words = _words(f)
    return int(bool(words) and in_words(value) not in words)
