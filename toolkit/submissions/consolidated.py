"""Reads a consolidated workbook back into one submission per unit, with counted and excluded rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from ..errors import CannotRun
from ..figures.digest import UnitDigest, digest_submission, measures_of
from ..figures.operations import Part
from ..model import Book, Catalog, Field, Ledger, LeftOut, Row, SheetRef, Submission
from ..rows.cover import read_meta
from ..rows.read import read_rows
from ..rows.submission import compute_columns, context_of, with_fates
from ..standard.sheets import META, ORIGIN, SUMS, UNIT_ORIGIN, UNITS
from .reading import Digested

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
Rows = dict[str, dict[str, tuple[Row, ...]]]  # unit -> ledger -> rows


def read_consolidated(catalog: Catalog, book: Book) -> list[Digested]:
    """Returns one Digested per unit in the workbook. Raises CannotRun if a hidden sheet is missing.

    Cells are cast and formula columns computed again. Whether a row counts is not decided again: the
    decision made when the unit's workbook was read applies.
    """
    year = int(read_meta(book.grids[META]).get("year") or date.today().year)
    units = {str(u["unit_id"]): u for u in _units(catalog, book, year) if u.get("unit_id")}
    rows, sums = _all_rows(catalog, book, units, year), _sums(book, year)
    readings = []
    for code, unit in units.items():
        declared = {name: str(unit.get(f"declared_{name}") or "") for name in catalog.ledgers}
        path, sha256 = (str(unit.get(name) or "") for name in ("path", "sha256"))
        s = Submission(path or book.path, sha256 or book.sha256, catalog.version, unit, declared, rows[code])
        context = context_of(catalog, s)
        compute_columns(catalog, s.rows, context)
        counted = {name: [r for r in found if r.values.get("origin_counted")] for name, found in s.rows.items()}
        left_out = [
            LeftOut(r, r.values.get("origin_reason") or "")
            for found in s.rows.values()
            for r in found
            if not r.values.get("origin_counted")
        ]
        digest = _with_sums(catalog, digest_submission(catalog, s, context, counted, left_out), sums.get(code, {}))
        readings.append(Digested(with_fates(s, left_out), context, counted, tuple(left_out), digest))
    return readings


def _table(book: Book, title: str, fields: tuple[Field, ...], year: int) -> list[Row]:
    grid = book.grids.get(title)
    if grid is None:
        raise CannotRun(f"{book.path}：汇总工作簿缺少工作表“{title}”，请用 dangjian aggregate 重新汇总。")
    rows, _ = read_rows(grid, Ledger(title, title, "ZZ", fields), book.path, "", year, book.date1904)
    return rows


def _units(catalog: Catalog, book: Book, year: int) -> list[dict[str, Any]]:
    declared = tuple(Field(f"declared_{name}", ledger.title, "string") for name, ledger in catalog.ledgers.items())
    origin = tuple(Field(n, t, "string") for n, t in zip(("path", "sha256"), UNIT_ORIGIN, strict=True))
    fields = tuple(f for f in catalog.unit if not f.privacy)
    return [r.values for r in _table(book, UNITS, (*fields, *origin, *declared), year)]


def _sums(book: Book, year: int) -> dict[str, dict[str, Part]]:
    fields = (
        Field("unit_id", "单位编码", "string"),
        Field("key", "指标键", "string"),
        Field("value", "数值", "integer"),
        Field("est", "估算", "boolean"),
        Field("cells", "行数", "integer"),
    )
    found: dict[str, dict[str, Part]] = defaultdict(dict)
    for row in _table(book, SUMS, fields, year):
        v = row.values
        found[v["unit_id"]][v["key"]] = Part(v["value"] or 0, bool(v["est"]), v["cells"] or 0)
    return found


def _with_sums(catalog: Catalog, digest: UnitDigest, sums: Mapping[str, Part]) -> UnitDigest:
    """Adds the figures of ledgers whose rows stay in the unit to the digest."""
    kept = frozenset(m.ledger for key, m in measures_of(catalog).items() if key in sums)
    return replace(digest, parts={**digest.parts, **sums}, filled=digest.filled | kept)


def _all_rows(catalog: Catalog, book: Book, units: Mapping[str, Any], year: int) -> Rows:
    """Returns all rows by unit and ledger, counted or not; joins sheets that Excel's row limit split."""
    sorted_out: dict[str, dict[str, list[Row]]] = {code: defaultdict(list) for code in units}
    for name, ledger in catalog.ledgers.items():
        fields = (*_ORIGIN, *(f for f in ledger.fields if not f.privacy))
        for title in (t for t in book.grids if t == ledger.title or t.startswith(f"{ledger.title}_")):
            rows, _ = read_rows(book.grids[title], replace(ledger, fields=fields), book.path, "", year, book.date1904)
            refs: dict[str, SheetRef] = {}
            for row in rows:
                code = str(row.values.get("origin_unit"))
                if code in units:
                    ref = refs.setdefault(code, replace(row.sheet, unit=code))
                    sorted_out[code][name].append(Row(name, ref, row.number, row.values))
    return {c: {n: tuple(r) for n, r in by.items()} for c, by in sorted_out.items()}
