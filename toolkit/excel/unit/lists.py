"""The drop-down lists of a workbook: columns of its hidden sheet, and defined names for codes of a ledger."""

from __future__ import annotations

from typing import Any

from xlsxwriter.utility import quote_sheetname, xl_range_abs
from xlsxwriter.workbook import Workbook

from ...model import Catalog, Field
from ...standard.sheets import EXAMPLE, META
from ..parts.layout import column_range
from .columns import options

INDICATOR_FIELD = "indicator_id"  # a column that names an indicator of the standard
FIRST_COLUMN = 3  # D: columns A and B of the hidden sheet hold keys and values


class Lists:
    """Collects the lists that drop-downs need; equal lists share a column."""

    def __init__(self, catalog: Catalog) -> None:
        self.columns: dict[tuple[Any, ...], tuple[int, str]] = {}  # values -> column, heading
        self.known = {INDICATOR_FIELD: tuple(catalog.indicators)}

    def source(self, field: Field, owner: str = "") -> str:
        """Returns the formula that lists the values of `field`, or "" if it has no drop-down."""
        if field.foreignKey and field.type != "list":
            return f"={codes_name(field.foreignKey)}"
        values = options(field) or self.known.get(field.name, ())
        if not values:
            return ""
        col, _ = self.columns.setdefault(values, (FIRST_COLUMN + len(self.columns), f"{owner}.{field.name}"))
        return f"={quote_sheetname(META)}!{xl_range_abs(1, col, len(values), col)}"


def codes_name(key: str) -> str:
    """Returns the defined name for the values of a referenced column, e.g. codes_org_org_id for "org.org_id"."""
    return "codes_" + key.replace(".", "_")


def define_codes(catalog: Catalog, workbook: Workbook) -> None:
    """Defines a name for every referenced column: its values below the header, without the example.

    The list ends with the last filled cell; blank cells in a list would make Excel accept any value.
    """
    for key in sorted({f.foreignKey for x in catalog.ledgers.values() for f in x.fields if f.foreignKey}):
        name, _, field = key.partition(".")
        ledger = catalog.ledgers[name]
        area = column_range(ledger, field)
        first = column_range(ledger, ledger.fields[0].name)
        examples = f'COUNTIF({first},"{EXAMPLE}")'
        filled = f"MAX(1,COUNTA({area})-1-{examples})"
        head = area.split(":")[0]
        workbook.define_name(codes_name(key), f"=OFFSET({head},1+{examples},0,{filled},1)")
