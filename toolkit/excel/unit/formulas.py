"""The formulas of a unit workbook, with their results.

Only functions that Excel and LibreOffice compute alike are used. Each formula is written with its result,
because no program has computed a file that was never opened.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from ...figures.digest import conditions_of
from ...figures.operations import OPERATIONS
from ...model import Field, Indicator, Ledger, Measure, Where
from ...rows.casting.text import EPOCH
from ...rows.conditions import Context, compute, where
from ...standard.sheets import COUNTED, EXAMPLE
from ..parts.layout import (
    PERIOD,
    column,
    column_range,
    find,
    in_words,
    key_field,
)

MOST_TERMS = 12  # most COUNTIFS terms added up for `in` filters; above that the tool fills in the number
Values = Mapping[str, Any]
Cell = Callable[[str], str]  # field name -> its cell reference


# ------------------------------------------------------------ formula columns


def calc_formula(ledger: Ledger, field: Field, row: int) -> str:
    """Returns the formula of a calc field in `row` (from 0), with references into the same row."""
    return _calc(field, lambda name: xl_rowcol_to_cell(row, column(ledger, name), col_abs=True))


def _calc(field: Field, cell: Cell) -> str:
    ((kind, args),) = (field.calc or {}).items()
    return f"={_CALCS[kind](args, cell)}"


def _edate(args: Any, cell: Cell) -> str:
    needed = [cell(a) for a in (args["from"], args.get("years"), args.get("months")) if isinstance(a, str)]
    years, months = (cell(a) if isinstance(a, str) else int(a) for a in (args.get("years", 0), args.get("months", 0)))
    blank = ",".join(f'{c}=""' for c in needed)
    return f'IF(OR({blank}),"",EDATE({needed[0]},12*{years}+{months}))'


def _first(args: Any, cell: Cell) -> str:
    formula = '""'
    for name in reversed(args):
        formula = f'IF({cell(name)}<>"",{cell(name)},{formula})'
    return formula


def _over_filled(function: str) -> Callable[[Any, Cell], str]:
    """Returns a maker of formulas that apply `function` to cells with a number or date; blank if there is none."""

    def formula(args: Any, cell: Cell) -> str:
        cells = ",".join(map(cell, args))
        return f'IF(COUNT({cells})=0,"",{function}({cells}))'

    return formula


def _intervals(args: Any, cell: Cell) -> str:
    start, end = cell(args["from"]), PERIOD[1]
    if args.get("to"):
        end = f'IF({cell(args["to"])}="",{end},{cell(args["to"])})'
    return f'IF({start}="","",IF({end}<{start},0,INT(DATEDIF({start},{end},"m")/{int(args["months"])})))'


def _years_since(args: Any, cell: Cell) -> str:
    start = cell(args["from"])
    return f'IF({start}="","",YEAR({PERIOD[1]})-{start}+1)'


_CALCS: dict[str, Callable[[Any, Cell], str]] = {
    "edate": _edate,
    "first": _first,
    "latest": _over_filled("MAX"),
    "sum": _over_filled("SUM"),
    "intervals": _intervals,
    "years_since": _years_since,
}


def with_calcs(ledger: Ledger, values: Values, context: Context) -> dict[str, Any]:
    """Returns the row's values with those of its formula columns added.

    If a cell holds text where a date belongs, its formula gets no value, as in Excel; the checks report the cell.
    """
    made = dict(values)
    for f in ledger.fields:
        if f.calc:
            try:
                made[f.name] = compute(f, made, context)
            except (TypeError, AttributeError):
                made[f.name] = None
    return made


def cached(value: Any) -> Any:
    """Converts a value to the cached result of a formula for XlsxWriter: dates to serial numbers, None to ""."""
    if value is None:
        return ""
    if isinstance(value, date):
        return (value - EPOCH).days
    return float(value) if isinstance(value, Decimal) else value


# ------------------------------------------------------------ counting rows

Pair = tuple[str, str]  # a column range and its criterion, as COUNTIFS takes them


def matching(value: str) -> str:
    """Returns the criterion of COUNTIFS that matches exactly this text."""
    escaped = "".join(f"~{c}" if c in "*?~" else c for c in value).replace('"', '""')
    return f'"={escaped}"' if value[:1] in "=<>" else f'"{escaped}"'


def _criterion(value: Any) -> str:
    value = in_words(value)
    return matching(value) if isinstance(value, str) else str(value)


def filled_formula(ledger: Ledger) -> str:
    """Returns the formula that counts the filled rows of the ledger, without the example and the header."""
    return f"={counting(_filled(ledger))}"


def counted_formula(ledger: Ledger) -> str:
    """Returns the formula that counts the 已核 rows; the same as filled_formula if the ledger has no status."""
    if find(ledger.fields, "status") is None:
        return filled_formula(ledger)
    return f"={counting([(column_range(ledger, 'status'), matching(COUNTED)), *_filled(ledger)])}"


def _filled(ledger: Ledger) -> list[Pair]:
    key = key_field(ledger)
    area = column_range(ledger, key.name)
    return [(area, '"<>"'), (area, f'"<>{matching(key.title)[1:-1]}"'), not_example(ledger)]


def not_example(ledger: Ledger) -> Pair:
    """Returns the pair that excludes the example; put it last: LibreOffice 7 counts 0 if blanks meet the first one."""
    return column_range(ledger, ledger.fields[0].name), f'"<>{EXAMPLE}"'


def counting(pairs: Iterable[Pair]) -> str:
    """Returns COUNTIFS over the pairs."""
    return f"COUNTIFS({_joined(pairs)})"


def _joined(pairs: Iterable[Pair]) -> str:
    return ",".join(f"{area},{criterion}" for area, criterion in pairs)


# ------------------------------------------------------------ indicators


def indicator_formula(ledgers: Mapping[str, Ledger], ind: Indicator) -> str | None:
    """Returns the indicator as an expression over the unit's own tables; None if cell formulas cannot express it."""
    top = _measure(ledgers[ind.numerator.ledger], ind, ind.numerator)
    if ind.denominator is None or top is None:
        return top
    below = _measure(ledgers[ind.denominator.ledger], ind, ind.denominator)
    return None if below is None else f'IFERROR({top}/{below},"")'


def indicator_value(
    ledgers: Mapping[str, Ledger], ind: Indicator, rows: Mapping[str, Sequence[Values]], context: Context
) -> Any:
    """Returns the result of indicator_formula, "" if the denominator is 0."""
    top = _amount(ledgers[ind.numerator.ledger], ind, ind.numerator, rows, context)
    if ind.denominator is None:
        return top
    below = _amount(ledgers[ind.denominator.ledger], ind, ind.denominator, rows, context)
    return top / below if below else ""


def _sayable(ledger: Ledger, conditions: Where) -> bool:
    """Returns whether COUNTIFS can express the conditions: equality with plain values in columns of the same sheet."""
    for c in conditions:
        f = find(ledger.fields, c.path)
        if f is None or f.type == "list" or c.op not in ("eq", "in"):
            return False
    return True


def _general(ledger: Ledger) -> tuple[list[Pair], list[Pair]]:
    """Returns the pairs to put before (approved, in the period) and after (filled, no example) those of every count."""
    first: list[Pair] = []
    for f in ledger.fields:
        if f.in_year:
            area = column_range(ledger, f.name)
            # A day with a time of day is that day, also the last one.
            first += [(area, f'">="&{PERIOD[0]}'), (area, f'"<"&{PERIOD[1]}+1')]
    if find(ledger.fields, "status"):
        return [(column_range(ledger, "status"), matching(COUNTED)), *first], [not_example(ledger)]
    return first, _filled(ledger)


def _measure(ledger: Ledger, ind: Indicator, m: Measure) -> str | None:
    conditions = conditions_of(ledger, ind, m)
    if not _sayable(ledger, conditions) or "." in f"{m.field}{m.minus}":
        return None
    choices = [
        [(column_range(ledger, c.path), _criterion(v)) for v in (c.value if c.op == "in" else (c.value,))]
        for c in conditions
    ]
    terms = list(itertools.islice(itertools.product(*choices), MOST_TERMS + 1))
    if len(terms) > MOST_TERMS:
        return None
    before, after = _general(ledger)
    operation = OPERATIONS[m.op]
    said = [
        operation.excel(m, lambda name: column_range(ledger, name), _joined([*before, *term, *after])) for term in terms
    ]
    if len(said) == 1:
        return said[0]
    return f"({'+'.join(filter(None, said))})" if operation.added_up and None not in said else None


def _amount(
    ledger: Ledger, ind: Indicator, m: Measure, rows: Mapping[str, Sequence[Values]], context: Context
) -> float:
    takes = where(ledger, conditions_of(ledger, ind, m))
    taken = [r for r in rows.get(ledger.name, ()) if _counts(ledger, r, context) and takes(r, context)]
    return OPERATIONS[m.op].excel_value(m, taken)


def _counts(ledger: Ledger, row: Values, context: Context) -> bool:
    if find(ledger.fields, "status") and row.get("status") != COUNTED:
        return False
    days = [row.get(f.name) for f in ledger.fields if f.in_year]
    return all(isinstance(d, date) and context.start <= d <= context.end for d in days)
