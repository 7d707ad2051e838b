"""Reads a consolidated workbook back into one submission per unit, with counted and excluded rows."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import CannotRun
from ..figures.digest import UnitDigest, digest_submission, measures_of
from ..figures.operations import Part
from ..findings import BREAKS_SHEET, finding
from ..model import (
    UPWARD,
    Book,
    Catalog,
    Constraints,
    Field,
    Finding,
    Ledger,
    LeftOut,
    Place,
    Row,
    SheetRef,
    Submission,
    may_go,
)
from ..rows.conditions import Context
from ..rows.cover import read_meta
from ..rows.header import find_header
from ..rows.read import read_rows
from ..rows.submission import check_submission, context_of, other_version, usable, with_fates
from ..rows.unread import NO_HEADER, NO_LEDGER, rows_filled, rows_held
from ..standard.sheets import COVER, DECLARED, META, ORIGIN, SUMS, UNIT_ORIGIN, UNITS
from .reading import Digested

_PAGES = (COVER, META, UNITS, SUMS)
_ORIGIN = tuple(
    Field(name, title, kind)
    for (name, kind), title in zip(
        (
            ("origin_unit", "string"),
            ("origin_name", "string"),
            ("origin_file", "string"),
            ("origin_row", "integer"),
            ("origin_counted", "boolean"),
            ("origin_reason", "string"),
        ),
        ORIGIN,
        strict=True,
    )
)


@dataclass
class _Read:
    """What the sheets of a consolidated workbook hold."""

    rows: dict[str, dict[str, list[Row]]]  # unit -> ledger -> rows, of the sheets that could be read
    sums: dict[str, dict[str, Part]]  # unit -> key of a measure -> its number
    findings: dict[str, list[Finding]]  # by unit; "" is the whole workbook
    held: Counter[str] = field(default_factory=Counter)  # rows by unit
    lost: Counter[str] = field(default_factory=Counter)  # rows without a unit, or of no ledger, by reason


def read_consolidated(catalog: Catalog, book: Book) -> list[Digested]:
    """Returns one Digested per unit in the workbook. Raises CannotRun if a hidden sheet or the year is missing.

    The workbook is as untrusted as a unit's: all cells are cast and all checks run again. A row that did not count
    when its unit's workbook was read does not count here either; a row that has an error now does not count any more.
    Findings on the whole workbook are with the first unit.
    """
    year = _year(book)
    found = _Read({}, {}, defaultdict(list))
    units = {str(u["unit_id"]): u for u in _units(catalog, book, year, found) if u.get("unit_id")}
    if not units:
        raise CannotRun(f"{book.path}：汇总工作簿的工作表“{UNITS}”里没有单位，请重新汇总。")
    found.rows = {code: {} for code in units}
    _read_rows(catalog, book, year, found)
    _read_sums(catalog, book, year, found)
    unreliable = {f.place.sheet for some in found.findings.values() for f in some if f.code in BREAKS_SHEET}
    readings = []
    for n, (code, unit) in enumerate(units.items()):
        told = (*(found.findings[""] if n == 0 else ()), *found.findings[code])
        declared = {name: str(unit.get(f"declared_{name}") or "") for name in catalog.ledgers}
        path, sha256 = (str(unit.get(name) or "") for name in ("path", "sha256"))
        if len(units) == 1:  # a 报送件: who receives it knows this file, not the one it was exported from
            path = ""
        rows = {name: tuple(some) for name, some in found.rows[code].items()}
        lost = found.lost if n == 0 else {}
        s = Submission(
            path or book.path,
            sha256 or book.sha256,
            catalog.version,
            unit,
            declared,
            rows,
            told,
            held=found.held[code] + sum(lost.values()),
            unread=dict(lost),
        )
        readings.append(_digested(catalog, check_submission(catalog, s), unreliable, found.sums.get(code, {})))
    return readings


def _digested(catalog: Catalog, s: Submission, unreliable: Container[str], sums: Mapping[str, Part]) -> Digested:
    s = replace(s, findings=tuple(_of_counted(catalog, s)))
    if not usable(s):
        return Digested(s, Context.of(s.unit), {})
    context, left_out = context_of(catalog, s), list(_left_out(s, unreliable))
    gone = {id(x.row) for x in left_out}
    counted = {name: [r for r in rows if id(r) not in gone] for name, rows in s.rows.items()}
    digest = _with_sums(catalog, digest_submission(catalog, s, context, counted, left_out), sums)
    return Digested(with_fates(s, left_out), context, counted, tuple(left_out), digest)


def _of_counted(catalog: Catalog, s: Submission) -> Iterator[Finding]:
    """Yields the findings, without those on rows that do not count and on fields that stay in the unit."""
    idle = {(r.sheet.title, r.number) for rows in s.rows.values() for r in rows if not _counts(r)}
    kept = {(x.title, f.title) for x in catalog.ledgers.values() for f in x.fields if not may_go(f, UPWARD)}
    kept |= {(x.title, x.field(name).title) for x in catalog.ledgers.values() for y in x.sensitive for name in y.hide}
    for f in s.findings:
        if (f.place.sheet, f.place.row) not in idle and (f.code != "C01" or (f.place.sheet, f.field) not in kept):
            yield f


def _counts(row: Row) -> bool:
    """Whether the workbook says that the row counts; a cell that is not understood does not say that it does not."""
    return row.values.get("origin_counted") is not False


def _left_out(s: Submission, unreliable: Container[str]) -> Iterator[LeftOut]:
    broken = {(f.place.sheet, f.place.row) for f in s.findings if f.is_error and f.place.row}
    for row in (r for rows in s.rows.values() for r in rows):
        if row.sheet.title in unreliable:
            yield LeftOut(row, "表头有误")
        elif not _counts(row):
            yield LeftOut(row, str(row.values.get("origin_reason") or "原因未写"))
        elif (row.sheet.title, row.number) in broken:
            yield LeftOut(row, "有错误")


# ------------------------------------------------------------------- the sheets


def _year(book: Book) -> int:
    """Returns the year that the hidden sheet names. Raises CannotRun if it names none."""
    said = read_meta(book.grids[META]).get("year", "")
    if not re.fullmatch("20[0-9]{2}", said):
        raise CannotRun(f"{book.path}：汇总工作簿的年度是“{said[:20]}”，请重新汇总。")
    return int(said)


def _table(book: Book, title: str, fields: tuple[Field, ...], year: int, found: _Read) -> list[Row]:
    grid = book.grids.get(title)
    if grid is None:
        raise CannotRun(f"{book.path}：汇总工作簿缺少工作表“{title}”，请重新汇总。", "命令：dangjian aggregate。")
    rows, told = read_rows(grid, Ledger(title, title, "ZZ", fields), book.path, "", year, book.date1904)
    found.findings[""] += told
    broken = {f.place.row for f in told if f.is_error}
    return [r for r in rows if r.number not in broken]


def _units(catalog: Catalog, book: Book, year: int, found: _Read) -> list[dict[str, Any]]:
    meta = read_meta(book.grids[META])
    found.findings[""] += other_version(catalog, book.path, meta)
    said = Constraints(enum=DECLARED)
    declared = tuple(Field(f"declared_{name}", x.title, "string", said) for name, x in catalog.ledgers.items())
    origin = tuple(Field(n, t, "string") for n, t in zip(("path", "sha256"), UNIT_ORIGIN, strict=True))
    fields = tuple(f for f in catalog.unit if may_go(f, UPWARD))
    return [r.values for r in _table(book, UNITS, (*fields, *origin, *declared), year, found)]


_SUMS = (
    Field("unit_id", "单位编码", "string", Constraints(required=True)),
    Field("key", "指标键", "string", Constraints(required=True)),
    Field("value", "数值", "number", Constraints(required=True, minimum=0), decimals=6),
    Field("est", "估算", "boolean"),
    Field("cells", "行数", "integer", Constraints(minimum=0)),
)


def _read_sums(catalog: Catalog, book: Book, year: int, found: _Read) -> None:
    """Reads the numbers of ledgers whose rows stay in the unit; a number of any other ledger is not taken."""
    sums: dict[str, dict[str, Part]] = defaultdict(dict)
    measures = measures_of(catalog)
    for row in _table(book, SUMS, _SUMS, year, found):
        v = row.values
        m = measures.get(v["key"])
        if m is None or catalog.ledgers[m.ledger].reported or v["unit_id"] not in found.rows:
            place = row.place("key" if v["unit_id"] in found.rows else "unit_id")
            found.findings[""].append(finding("S20", place, value=f"{v['unit_id']} {v['key']}", count=1))
            continue
        value = v["value"]
        sums[v["unit_id"]][v["key"]] = Part(
            int(value) if value == int(value) else value, bool(v["est"]), v["cells"] or 0
        )
    found.sums = sums


def _with_sums(catalog: Catalog, digest: UnitDigest, sums: Mapping[str, Part]) -> UnitDigest:
    """Adds the figures of ledgers whose rows stay in the unit to the digest."""
    kept = frozenset(m.ledger for key, m in measures_of(catalog).items() if key in sums)
    return replace(digest, parts={**digest.parts, **sums}, filled=digest.filled | kept)


def _read_rows(catalog: Catalog, book: Book, year: int, found: _Read) -> None:
    """Reads all rows, counted or not; joins sheets that Excel's row limit split."""
    known = set(_PAGES)
    for ledger in catalog.ledgers.values():
        titles = [t for t in book.grids if re.fullmatch(rf"{re.escape(ledger.title)}(_\d+)?", t)]
        known.update(titles)
        if ledger.reported and ledger.title not in titles:
            found.findings[""].append(finding("S01", Place(book.path, "", ledger.title), value=ledger.title))
            continue
        shown = replace(ledger, fields=(*_ORIGIN, *(f for f in ledger.fields if may_go(f, UPWARD))))
        for title in titles:
            _read_sheet(book, title, shown, year, found)
    for title, grid in book.grids.items():
        head = find_header(grid, _ORIGIN, Place("")) if title not in known else None
        if head and len(head.columns) == len(_ORIGIN) and (count := rows_filled(grid.cells[head.row :])):
            found.findings[""].append(finding("S18", Place(book.path, "", grid.title), value=grid.title, count=count))
            found.lost[NO_LEDGER] += count


def _read_sheet(book: Book, title: str, ledger: Ledger, year: int, found: _Read) -> None:
    grid = book.grids[title]
    rows, told = read_rows(grid, ledger, book.path, "", year, book.date1904)
    if any(f.code == "S12" for f in told):
        found.findings[""] += told
        found.lost[NO_HEADER] += rows_held(grid, ledger)
        return
    for by in found.rows.values():
        by.setdefault(ledger.name, [])
    owner: dict[int, str] = {}
    strange: Counter[str] = Counter()
    refs: dict[str, SheetRef] = {}
    for row in rows:
        code = str(row.values.get("origin_unit") or "")
        if code in found.rows:
            owner[row.number] = code
            ref = refs.setdefault(code, replace(row.sheet, unit=code))
            found.rows[code][ledger.name].append(Row(ledger.name, ref, row.number, row.values))
        else:
            strange[code] += 1
    for code, count in strange.items():
        found.findings[""].append(finding("S20", Place(book.path, code, title), value=code, count=count))
    for f in told:
        code = owner.get(f.place.row, "")
        found.findings[code].append(replace(f, place=replace(f.place, unit=code)))
    # The rows in the file are counted from its cells, as in a unit's workbook.
    found.held.update(owner.values())
    found.lost["单位不在名单里"] += rows_held(grid, ledger) - len(owner)
