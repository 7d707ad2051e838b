"""Builds the standard workbook of one unit from the catalog."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from xlsxwriter.workbook import Workbook

from ...errors import CannotRun
from ...figures.tree import Unit, file_of
from ...machine.archive import SMALL, Member, members, pack
from ...machine.atomic import write_whole
from ...machine.guard import BOOK, check_file, guarding
from ...machine.workers import over
from ...model import Catalog, Ledger, Place
from ...names import Unused, visible
from ...rows.casting.cast import caster
from ...rows.casting.cell import Column, SheetFindings, read_cell
from ...rows.casting.constraints import quick_test
from ...rows.casting.settle import names_of
from ...rows.conditions import Context
from ...span import Span
from ..parts.layout import AS_TEXT, CREATED, PERIOD, Content, Doubts, Origins, Rows
from ..parts.styles import Styles
from .buttons import SUFFIX, add_macros, has_buttons
from .cover_sheet import add_cover_sheet
from .formulas import with_calcs
from .ledger_sheet import add_ledger_sheet
from .lists import Lists, define_codes
from .origin_sheet import add_origin_sheet
from .report_sheet import add_report_sheet, add_standard_sheet
from .roster import read_roster, reporting
from .stencil import Stencil, mark

NOTHING: Mapping[Any, Any] = {}
_OWN = ("unit_id", "unit_name", "unit_short", "parent_id")  # unit-sheet values that differ between units


def build_unit_workbook(
    catalog: Catalog,
    unit: Mapping[str, Any],
    path: str | Path,
    rows: Rows = NOTHING,
    declared: Mapping[str, str] = NOTHING,
    doubts: Doubts = NOTHING,
    origins: Origins = (),
) -> None:
    """Writes the workbook of one unit to `path`, completely or not at all; equal input gives equal bytes.

    `unit` holds values of the unit sheet by field name. Missing values get the declared default; the default period
    is the whole of `unit["year"]`. `rows` holds values by ledger and field name, typed as in model.Row (other text is
    written unchanged). `declared` holds 有, 本年无 or 不适用 by ledger. `doubts` colours cells, with a comment. `origins` are listed on a sheet of their own. A path that ends in .xlsm also gets buttons.

    Raises CannotRun if `path` cannot be written.
    """
    write_whole(path, unit_workbook(catalog, unit, rows, declared, has_buttons(path), doubts, origins), BOOK)


def unit_workbook(
    catalog: Catalog,
    unit: Mapping[str, Any],
    rows: Rows = NOTHING,
    declared: Mapping[str, str] = NOTHING,
    buttons: bool = False,
    doubts: Doubts = NOTHING,
    origins: Origins = (),
) -> bytes:
    """Returns the bytes that `build_unit_workbook` writes."""
    values = unit_values(catalog, unit)
    context = _context(values)
    filled = {
        name: [with_calcs(ledger, r, context) for r in _by_name(catalog, ledger, rows)]
        for name, ledger in catalog.ledgers.items()
    }
    return _workbook_bytes(Content(catalog, values, filled, declared, context, buttons, doubts, origins))


def _by_name(catalog: Catalog, ledger: Ledger, rows: Rows) -> Iterator[Mapping[str, Any]]:
    """Yields the rows of a ledger as a clerk writes them: names where the rows hold the codes of a reference."""
    keys = {f.name: f.foreignKey for f in ledger.fields if f.foreignKey and f.type != "list"}
    names = {name: names_of(catalog, key, rows) for name, key in keys.items()}
    for row in rows.get(ledger.name, ()):
        yield {**row, **{n: known.get(row[n], row[n]) for n, known in names.items() if row.get(n)}}


def new_from_roster(
    catalog: Catalog, roster_path: str | Path, out_dir: str | Path, period: int | Span, buttons: bool = False
) -> list[Path]:
    """Writes a blank workbook for every reporting unit of the roster; returns the paths in the roster's order.

    `period` is a year or a part of one. Files are named <code>_<short name>_<period>.xlsx, or .xlsm with buttons. Raises CannotRun if the roster has errors,
    or if one of the files exists already and may have been filled in.
    """
    with guarding([roster_path]):
        return _new(catalog, reporting(read_roster(catalog, roster_path)), Path(out_dir), period, buttons)


def new_for_unit(
    catalog: Catalog, name: str, code: str, period: int | Span, out_dir: str | Path, buttons: bool = False
) -> Path:
    """Writes a blank workbook for one unit, like `new_from_roster`, and returns its path.

    Raises CannotRun also for a name or a code that the front page would not accept.
    """
    code, name = _accepted(catalog, "unit_id", code), _accepted(catalog, "unit_name", name)
    return _new(catalog, [Unit(code, name, name)], Path(out_dir), period, buttons)[0]


def _accepted(catalog: Catalog, name: str, text: str) -> str:
    """Returns the text as the value of a field of the front page, read like a cell. Raises CannotRun."""
    field = next(f for f in catalog.unit if f.name == name)
    report = SheetFindings(Place(""))
    value, _ = read_cell(Column(field, 0, caster(field), quick_test(field)), text, 0, report)
    wrong = [f for f in report.findings if f.is_error]
    if wrong or not value:
        said = f"{wrong[0].message}。{wrong[0].remedy}" if wrong else f"“{field.title}”未填"
        raise CannotRun(f"{said}。")
    return str(value)


def _new(catalog: Catalog, units: Sequence[Unit], out_dir: Path, period: int | Span, buttons: bool) -> list[Path]:
    span = Span.months(period) if isinstance(period, int) else period
    suffix = SUFFIX if buttons else ".xlsx"
    paths = [out_dir / name for name in map(Unused(), (file_of(u, span.label, suffix) for u in units))]
    for path in paths:
        check_file(path, BOOK)
    out_dir.mkdir(parents=True, exist_ok=True)
    known = [
        {
            "unit_id": u.code,
            "unit_name": u.name,
            "unit_short": u.short,
            "parent_id": u.parent or None,
            "sys_type": u.sys_type or None,
            "year": span.end.year,
            **({} if span.is_year else {"period_start": span.start, "period_end": span.end}),
        }
        for u in units
    ]
    build_blanks(catalog, known, paths)
    return paths


def build_blanks(catalog: Catalog, units: Sequence[Mapping[str, Any]], paths: Sequence[Path]) -> None:
    """Writes blank workbooks with the same bytes as `build_unit_workbook`, but builds one stencil and fills it in."""
    stencils: dict[Any, Stencil] = {}
    for unit, path in zip(units, paths, strict=True):
        own = {name: str(unit[name]) for name in _OWN if unit.get(name)}
        texts = list(dict.fromkeys(own.values()))
        marked = {**unit, **{name: mark(texts.index(text)) for name, text in own.items()}}
        kind = (path.suffix, *marked.items())
        if kind not in stencils:
            stencils[kind] = Stencil(unit_workbook(catalog, marked, buttons=has_buttons(path)), len(texts))
        if stencils[kind].takes(texts):
            write_whole(path, stencils[kind].fill(texts), BOOK)
        else:
            build_unit_workbook(catalog, unit, path)


def build_many(orders: Sequence[tuple[Any, ...]]) -> None:
    """Does what `build_unit_workbook` does with each tuple of arguments; if there are many, in several processes."""
    for (_, _, path, *_), data in zip(orders, over(_built, orders), strict=True):
        write_whole(path, data, BOOK)  # here, where it is known what may be replaced


def _built(order: tuple[Any, ...]) -> bytes:
    catalog, unit, path, rows, declared = order
    return unit_workbook(catalog, unit, rows, declared, has_buttons(path))


def unit_values(catalog: Catalog, unit: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the unit sheet's values: those given, else declared defaults; the period defaults to the whole year."""
    values = {f.name: unit.get(f.name) if unit.get(f.name) is not None else f.default for f in catalog.unit}
    if year := values.get("year"):
        first, last = PERIOD
        values[first] = values.get(first) or date(year, 1, 1)
        values[last] = values.get(last) or date(year, 12, 31)
    return {name: visible(v) if isinstance(v, str) else v for name, v in values.items()}


def _context(values: Mapping[str, Any]) -> Context:
    first, last = (values.get(name) for name in PERIOD)
    return Context(values, first or date.min, last or date.max)


def _workbook_bytes(content: Content) -> bytes:
    buffer = BytesIO()
    with Workbook(buffer, AS_TEXT) as workbook:
        workbook.set_properties({"title": content.catalog.title, "created": CREATED})
        workbook.set_calc_mode("auto")
        _sheets(workbook, content)
        if content.buttons:
            add_macros(workbook)
    return pack(Member.of(m.name, m.unpack(), SMALL) for m in members(buffer.getvalue()))


def _sheets(workbook: Workbook, content: Content) -> None:
    styles, lists = Styles(workbook), Lists(content.catalog)
    cells = add_cover_sheet(workbook, styles, content, lists)
    for ledger in content.catalog.ledgers.values():
        add_ledger_sheet(workbook, styles, content, ledger, lists)
    add_report_sheet(workbook, styles, content, cells)
    if content.origins:
        add_origin_sheet(workbook, styles, content)
    add_standard_sheet(workbook, content, "unit", lists)
    define_codes(content.catalog, workbook)
