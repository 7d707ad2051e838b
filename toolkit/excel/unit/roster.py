"""The roster (list of units): one sheet that is declared, built and read like a ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from ...errors import CannotRun
from ...figures.tree import Unit
from ...findings import finding, findings_text
from ...model import ERROR, Catalog, Constraints, Field, Finding, Ledger, Place, Row, Rule
from ...rows.checks import check_rows
from ...rows.conditions import Context
from ...rows.header import find_header
from ...rows.read import read_rows
from ...rows.unread import rows_held
from ...standard.sheets import ROSTER
from ..parts.layout import Content
from ..parts.listing import workbook
from ..parts.styles import Styles
from ..reading.read import read_book
from .ledger_sheet import add_ledger_sheet
from .lists import Lists, define_codes
from .report_sheet import add_standard_sheet

NAME, TITLE = ROSTER, "单位名单"
DOUBTFUL = frozenset({"S09", "S11", "S14", "S15", "S21", "S22", "S23"})
COLUMNS = ("unit_id", "unit_name", "unit_short", "parent_id", "sys_type")  # of the unit sheet
EXPECTED = Field(
    "expected",
    "应报",
    "boolean",
    default=True,
    example=True,
    description="不需要报送的单位选“否”，只用来表明上下级关系",
)
EXAMPLES: Mapping[str, Any] = {"unit_name": "示例市样例局", "unit_short": "样例局"}


def roster_ledger(catalog: Catalog) -> Ledger:
    """Returns the roster as a ledger: the unit-sheet fields that identify a unit, and whether it reports."""
    declared = {f.name: f for f in catalog.unit}
    fields = [replace(declared[name], example=EXAMPLES.get(name)) for name in COLUMNS]
    fields[0] = replace(fields[0], constraints=replace(fields[0].constraints, unique=True))
    at = COLUMNS.index("parent_id")
    fields[at] = replace(fields[at], constraints=Constraints(), foreignKey=f"{NAME}.{COLUMNS[0]}")
    remedy = "核对这几个单位的上级单位编码；最高一级留空"
    loop = Rule("acyclic", {"field": "parent_id"}, "上级单位绕成了圈，分不出谁管谁", remedy)
    about = "一个单位一行；上级单位编码填本表中的单位编码。"
    return Ledger(NAME, TITLE, "", (*fields, EXPECTED), about, (loop,))


def _own_catalog(catalog: Catalog) -> Catalog:
    """Returns a catalog with only the roster, so that the ledger code can build and check it."""
    return replace(catalog, ledgers={NAME: roster_ledger(catalog)}, indicators={}, obligations=(), documents={})


def write_roster_template(catalog: Catalog, path: str | Path, rows: Iterable[Mapping[str, Any]] = ()) -> None:
    """Writes a roster to fill in, with `rows` (values by field name) if given.

    Raises CannotRun if `path` cannot be written.
    """
    own = _own_catalog(catalog)
    content = Content(own, {}, {NAME: list(rows)}, {}, Context({}, date.min, date.max))
    with workbook(path, TITLE) as book:
        styles, lists = Styles(book), Lists(own)
        add_ledger_sheet(book, styles, content, own.ledgers[NAME], lists, home="")
        add_standard_sheet(book, content, NAME, lists)
        define_codes(own, book)


def check_roster(catalog: Catalog, path: str | Path) -> tuple[tuple[Unit, ...], list[Finding]]:
    """Returns the units of a roster and all findings. Bad content of the file never raises.

    What is a reminder in a ledger is an error here if it may make another tree: merged cells, hidden rows, rows that
    are struck out or not read, a second list. Besides errors in single cells it finds duplicate codes (C10), parents missing from the roster (C09),
    and cycles of parents (R07).
    """
    own = _own_catalog(catalog)
    ledger = own.ledgers[NAME]
    book = read_book(Path(path))
    findings = list(book.findings)
    if any(f.is_error for f in findings):
        return (), findings
    grid = book.grids.get(TITLE)
    if grid is None:
        return (), [*findings, finding("S01", Place(str(path), sheet=TITLE), value=TITLE)]
    rows, found = read_rows(grid, ledger, str(path), "", None, book.date1904)
    findings += [replace(f, severity=ERROR) if f.code in DOUBTFUL else f for f in found]
    findings += [
        finding("S17", Place(str(path), sheet=g.title), value=g.title, near=TITLE, count=n)
        for g in book.grids.values()
        if g is not grid
        and (head := find_header(g, ledger.fields, Place("")))
        and len(head.columns) > len(COLUMNS) // 2
        if (n := rows_held(g, ledger))
    ]
    findings += check_rows(own, {NAME: rows}, Context({}, date.min, date.max, own.ledgers, {NAME: rows}))
    return tuple(_unit(r) for r in rows if r.values.get(COLUMNS[0])), findings


def _unit(row: Row) -> Unit:
    code, name, short, parent, kind = (row.values.get(c) for c in COLUMNS)
    expected = row.values["expected"] is not False
    return Unit(code or "", name or "", short or "", parent or "", kind or "", expected)


def read_roster(catalog: Catalog, path: str | Path) -> tuple[Unit, ...]:
    """Returns the units of the roster at `path`, in its order.

    Raises CannotRun with every cell to correct if the roster has an error or no unit: a wrong list of units
    would make every later number wrong.
    """
    units, findings = check_roster(catalog, path)
    errors = [f for f in findings if f.is_error]
    if errors:
        raise CannotRun(f"单位名单有错误，请改正后重试。\n{findings_text(errors)}")
    if not units:
        raise CannotRun(f"单位名单“{Path(path).name}”中没有单位。请从示例行下面一行填起，保存后重试。")
    return units


def reporting(units: Sequence[Unit]) -> list[Unit]:
    """Returns the units that have to report."""
    return [u for u in units if u.expected]
