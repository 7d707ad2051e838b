"""The drop-down lists of a workbook: columns of its hidden sheet, and defined names for codes of a ledger."""

from __future__ import annotations

from typing import Any

from xlsxwriter.utility import quote_sheetname, xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook

from ...model import Catalog, Field
from ...standard.sheets import EXAMPLE, META
from ...standard.vocabulary import PASSAGES
from ..parts.layout import column_range
from .columns import OTHER_CELL, options

INDICATOR_FIELD = "indicator_id"  # a column that names an indicator of the standard
SHORT = 120  # characters of a list that stands in the validation itself, where Excel allows 255
FIRST_FITTING = 100  # column of the hidden sheet; the lists that stand alone come before
FIRST_COLUMN = 3  # D: columns A and B of the hidden sheet hold keys and values


class Lists:
    """Collects the lists that drop-downs need; equal lists share a column."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.columns: dict[tuple[Any, ...], tuple[int, str]] = {}  # values -> column, heading
        self.fitting: dict[str, tuple[int, list[tuple[str, str]]]] = {}  # name -> column, pairs of condition and option
        self.known = {INDICATOR_FIELD: tuple(catalog.indicators)}

    def source(self, field: Field, owner: str = "") -> str | list[str]:
        """Returns the values of `field`, or the formula that lists them if they are many; "" without a drop-down."""
        if field.foreignKey and field.type != "list":
            return f"={codes_name(shown_key(self.catalog, field.foreignKey))}"
        if field.fits:
            return self._fitting(field, owner)
        values = options(field) or self.known.get(field.name, ())
        if not values:
            return ""
        if all(isinstance(v, str) and "," not in v for v in values) and sum(map(len, values)) + len(values) < SHORT:
            return list(values)
        col, _ = self.columns.setdefault(values, (FIRST_COLUMN + len(self.columns), f"{owner}.{field.name}"))
        return f"={quote_sheetname(META)}!{xl_range_abs(1, col, len(values), col)}"

    def _fitting(self, field: Field, owner: str) -> str:
        """Returns the formula of a list that depends on another cell of the row, whose address replaces OTHER_CELL.

        Two defined names hold the pairs; a value without options of its own gets all of them, which stand last.
        """
        ((_, listed),) = (field.fits or {}).items()
        if listed == PASSAGES:
            listed = {d.title: [p.id for p in d.passages] for d in self.catalog.documents.values()}
        every = list(dict.fromkeys(options(field) or (o for chosen in listed.values() for o in chosen)))
        pairs = [(value, option) for value, chosen in listed.items() for option in chosen]
        name = f"{owner}_{field.name}"
        if name not in self.fitting:
            self.fitting[name] = (FIRST_FITTING + 2 * len(self.fitting), [*pairs, *(("", option) for option in every)])
        of, same = f"of_{name}", f"COUNTIF(of_{name},{OTHER_CELL})"
        first = f"IFERROR(MATCH({OTHER_CELL},{of},0),{len(pairs) + 1})"
        return f"=OFFSET(fits_{name},{first},0,IF({same}=0,{len(every)},{same}),1)"

    def define(self, workbook: Workbook) -> None:
        """Defines the names behind the lists that depend on another cell."""
        for name, (col, pairs) in self.fitting.items():
            sheet = quote_sheetname(META)
            workbook.define_name(f"of_{name}", f"={sheet}!{xl_range_abs(1, col, len(pairs), col)}")
            workbook.define_name(f"fits_{name}", f"={sheet}!{xl_rowcol_to_cell(0, col + 1, True, True)}")


def shown_key(catalog: Catalog, key: str) -> str:
    """Returns what a drop-down lists for a reference ("org.org_id"): the names if there are any, else the codes."""
    ledger = key.partition(".")[0]
    label = catalog.ledgers[ledger].label if ledger in catalog.ledgers else ""
    return f"{ledger}.{label}" if label else key


def references(catalog: Catalog) -> list[str]:
    """Returns what the drop-downs of all references list, each once."""
    keys = {f.foreignKey for x in catalog.ledgers.values() for f in x.fields if f.foreignKey}
    return sorted({shown_key(catalog, key) for key in keys})


def codes_name(key: str) -> str:
    """Returns the defined name for the values of a referenced column, e.g. codes_org_org_name for "org.org_name"."""
    return "codes_" + key.replace(".", "_")


def define_codes(catalog: Catalog, workbook: Workbook) -> None:
    """Defines a name for every referenced column: its values below the header, without the example.

    The list ends with the last filled cell; blank cells in a list would make Excel accept any value.
    """
    for key in references(catalog):
        name, _, field = key.partition(".")
        ledger = catalog.ledgers[name]
        area = column_range(ledger, field)
        first = column_range(ledger, ledger.fields[0].name)
        examples = f'COUNTIF({first},"{EXAMPLE}")'
        filled = f"MAX(1,COUNTA({area})-1-{examples})"
        head = area.split(":")[0]
        workbook.define_name(codes_name(key), f"=OFFSET({head},1+{examples},0,{filled},1)")
