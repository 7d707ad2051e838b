"""The rows of all units, one sheet per ledger, and the hidden sheets for recomputing the figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_range
from xlsxwriter.worksheet import Worksheet

from ... import __version__
from ...figures.digest import NOTHING, measures_of
from ...figures.operations import OPERATIONS
from ...model import UPWARD, Field, Ledger, may_go
from ...standard.sheets import META, NO, ORIGIN, SUMS, UNIT_ORIGIN, UNITS, YES
from ..parts.cells import write_value
from ..parts.pages import FILTERED, pages, widths
from ..parts.styles import GREY, TAB_ACTIVITY, TAB_WRITING, TABLE_STYLE
from ..unit.columns import demand, width
from .bodies import Body, cell_of, number, text
from .lines import Line, shown
from .view import View, numbered

_ORIGIN_WIDTHS = (12, 24, 26, 8, 9, 16)
_COUNTED = 4  # column 是否计入 of ORIGIN
_LONG_TEXT = 500  # maxLength from which a column wraps


def write_ledgers(view: View) -> None:
    """Adds one sheet per reported ledger with every row of the chosen submissions, counted or not.

    The rows themselves are written after the workbook is closed (bodies.py).
    """
    for ledger in view.c.catalog.ledgers.values():
        if ledger.reported:
            count, lines = view.lines.count(ledger), view.lines.of(ledger)
            for n, start in enumerate(range(0, count or 1, view.rows_a_sheet)):
                size = min(view.rows_a_sheet, count - start)
                _ledger_sheet(view, ledger, islice(lines, size), size, n)


def _ledger_sheet(view: View, ledger: Ledger, lines: Iterator[Line], count: int, n: int) -> None:
    fields = shown(ledger)
    tab = TAB_ACTIVITY if any(f.name == "status" for f in fields) else TAB_WRITING
    # a ledger without rows is hidden: it is read back and is not printed
    ws = view.sheet(numbered(ledger.title, n), f"逐行明细，{count}行" if count else "", tab)
    titles = [*ORIGIN, *(f.title for f in fields)]
    _table(ws, f"rows_{ledger.name}_{n + 1}", titles, count)
    origin = view.styles.get("head", "computed", "top")
    for c, title in enumerate(titles):
        head = origin if c < len(ORIGIN) else view.styles.get("head", demand(fields[c - len(ORIGIN)]), "top")
        ws.write_string(0, c, title, head)
    _body(view, ws, fields, lines, count)
    counted = f'=${xl_col_to_name(_COUNTED)}2="{NO}"'
    ws.conditional_format(
        1,
        0,
        max(1, count),
        len(titles) - 1,
        {
            "type": "formula",
            "criteria": counted,
            "format": view.styles.signal(font_color=GREY, italic=True),
        },
    )
    widths(ws, [*_ORIGIN_WIDTHS, *(width(f) for f in fields)])
    ws.set_row(0, FILTERED)
    ws.freeze_panes(1, 2)
    pages(ws, 1, title=view.headed(ledger.title))
    ws.fit_to_pages(2, 0)  # one page wide would be too small to read
    ws.repeat_columns(0, 1)  # whose row it is, on the second page too
    ws.hide_gridlines(1)


def _table(ws: Worksheet, name: str, titles: Sequence[str], count: int) -> None:
    """Adds a table of `count` rows.

    The range is set after add_table, because XlsxWriter would store every cell to find overlaps, which cannot occur.
    """
    last = len(titles) - 1
    columns = [{"header": t} for t in titles]
    ws.add_table(0, 0, 1, last, {"name": name, "style": TABLE_STYLE, "columns": columns})
    ws.tables[-1].update(dict.fromkeys(("range", "a_range", "autofilter"), xl_range(0, 0, max(1, count), last)))


def _body(view: View, ws: Worksheet, fields: Sequence[Field], lines: Iterator[Line], count: int) -> None:
    """Writes a blank row in the formats of the columns, and registers the Body that will replace it."""
    plain, centre = view.styles.get(), view.styles.get("centre")
    before = [centre if title in ("来源行", "是否计入") else plain for title in ORIGIN]
    for c, style in enumerate(before + [_style(view, f) for f in fields]):
        ws.write_blank(1, c, None, style)
    origin = [number if title == "来源行" else text for title in ORIGIN]
    view.bodies.append(Body(view.book.worksheets().index(ws) + 1, [*origin, *map(cell_of, fields)], lines, count))


def _style(view: View, f: Field) -> Format:
    get = view.styles.get
    if f.type == "date":
        return get("date")
    if f.type in ("integer", "number"):
        return get(num_format="0." + "0" * f.decimals if f.decimals else "0")
    if f.type == "boolean":
        return get("centre")
    return get("wrap") if (f.constraints.maxLength or 0) > _LONG_TEXT else get()


# ------------------------------------------------------------------ hidden sheets


def write_hidden(view: View) -> None:
    """Writes `_单位`, `_只报数` and `_标准`: data for reading back that the row sheets do not hold."""
    _units(view)
    _sums(view)
    _standard(view)


def _units(view: View) -> None:
    catalog = view.c.catalog
    fields = [f for f in catalog.unit if may_go(f, UPWARD)]
    ws = view.sheet(UNITS)
    ws.write_row(0, 0, [*(f.title for f in fields), *UNIT_ORIGIN, *(x.title for x in catalog.ledgers.values())])
    styles = [_style(view, f) for f in fields]
    for r, s in enumerate(view.lines.submissions, 1):
        for c, (f, style) in enumerate(zip(fields, styles, strict=True)):
            if (value := s.unit.get(f.name)) is not None:
                write_value(ws, r, c, value, style)
        for c, told in enumerate((view.lines.file(s.path), s.sha256), len(fields)):
            ws.write_string(r, c, told)
        for c, name in enumerate(catalog.ledgers, len(fields) + len(UNIT_ORIGIN)):
            if said := s.declared.get(name):
                ws.write_string(r, c, said)


def _sums(view: View) -> None:
    """Writes the known numbers of ledgers whose rows stay in the unit.

    If a unit has no line for a measure, its number is unknown.
    """
    ws = view.sheet(SUMS)
    ws.write_row(0, 0, ("单位编码", "指标键", "数值", "估算", "行数"))
    ledgers = view.c.catalog.ledgers
    measures = measures_of(view.c.catalog).items()
    keys = [(key, m) for key, m in measures if not ledgers[m.ledger].reported and OPERATIONS[m.op].added_up]
    r = 0
    for code in (str(s.unit["unit_id"]) for s in view.lines.submissions):
        digest = view.chosen[code]
        parts = dict(digest.parts.items())
        for key, m in keys:
            if digest.state(m.ledger) == "known":
                part, r = parts.get(key, NOTHING), r + 1
                ws.write_string(r, 0, code)
                ws.write_string(r, 1, key)
                ws.write_number(r, 2, part.value)
                ws.write_string(r, 3, YES if part.est else NO)
                ws.write_number(r, 4, part.cells)


def _standard(view: View) -> None:
    c = view.c
    counts = c.counts
    missing = [x.unit.name for x in c.covered if x.unit.expected and x.digest is None]
    pairs = {
        "standard": c.catalog.title,
        "version": c.catalog.version,
        "product": __version__,
        "kind": "consolidated",
        "unit_id": c.top.code,
        "unit_name": c.top.name,
        "year": c.year,
        "period": c.period.code,
        "expected": counts["应报"],
        "received": counts["实报"],
        "missing": "、".join(missing),
        "left_out": "；".join(f"{reason}＝{n}" for reason, n in sorted(c.reasons.items())),
        "expected_below": c.tree.expected_below(c.top.code),
    }
    ws = view.sheet(META)
    for r, (key, value) in enumerate(pairs.items()):
        ws.write_string(r, 0, key)
        ws.write(r, 1, value)
