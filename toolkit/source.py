"""What a document is filled from: a unit's workbook or a consolidated one, as figures and counted rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from .conditions import Context
from .errors import CannotRun
from .excel.read import read_book
from .figures import Part, UnitDigest, digest_submission, figures, parts_of, takers
from .findings import as_text
from .front import read_meta
from .model import Book, Catalog, Field, Figure, Finding, Ledger, Place, Row, SheetRef, Submission
from .rows import read_rows
from .submission import compute_columns, context_of, counted, read_submission, usable
from .vocabulary import META, ORIGIN, SUMS, UNITS

_ORIGIN = tuple(
    Field(name, title, kind)
    for (name, kind), title in zip(
        (
            ("origin_unit", "string"), ("origin_name", "string"), ("origin_file", "string"),
            ("origin_row", "integer"), ("origin_counted", "boolean"), ("origin_reason", "string"),
        ),
        ORIGIN,
        strict=True,
    )
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """Figures of one unit, or of the head of a tree, and the rows behind them."""

    catalog: Catalog
    path: str
    kind: str  # unit, consolidated
    year: int
    unit: Mapping[str, Any]  # the unit sheet of the unit itself, or of the head of the tree
    context: Context
    figures: Mapping[str, Figure]
    rows: Mapping[str, tuple[tuple[Row, Context], ...]]  # counted rows, each with its unit's context
    expected: int = 1
    received: int = 1
    missing: tuple[str, ...] = ()  # names of units that have not reported
    findings: tuple[Finding, ...] = ()

    def own_rows(self, ledger: str) -> list[Row]:
        """The counted rows that the unit itself, not those below it, entered."""
        code = self.unit.get("unit_id")
        return [r for r, _ in self.rows.get(ledger, ()) if r.sheet.unit == code]

    def explain(self, name: str) -> Iterator[tuple[Place, Row, Any]]:
        """The cells behind one indicator: where each stands, its row, and what it holds."""
        wanted = parts_of(self.catalog.indicators[name])
        code = str(self.unit.get("unit_id") or "")
        for ledger, found in takers(self.catalog).items():
            for taker in (t for t in found if t.key in wanted):
                m = taker.measure
                field = m.field or (m.where[0].path.partition(".")[0] if m.where else "")
                for row, context in self.rows.get(ledger, ()):
                    own = row.sheet.unit == code or m.collect == "汇总"
                    if own and taker.takes(row.values, context):
                        yield row.place(field), row, row.values.get(field)


def open_source(path: str | Path, catalog: Catalog) -> Source:
    """The workbook at `path`, unit or consolidated. Raises CannotRun when it is neither."""
    book = read_book(Path(path))
    kind = read_meta(book.grids[META]).get("kind") if META in book.grids else None
    if kind == "consolidated":
        return _consolidated(book, catalog)
    s = read_submission(path, catalog)
    if not usable(s):
        raise CannotRun(f"{path}：不能作为数据来源。\n{as_text(s.findings)}")
    count, left_out = counted(catalog, s)
    context = context_of(catalog, s)
    own = digest_submission(catalog, s, context, count, left_out)
    year = int(s.unit.get("year") or context.end.year)
    return Source(
        catalog, str(path), "unit", year, s.unit, context,
        figures(catalog, own, [own], str(s.unit["unit_name"]), str(year)),
        {name: tuple((r, context) for r in rows) for name, rows in count.items()},
        findings=s.findings,
    )  # fmt: skip


# --------------------------------------------------- reading a consolidated workbook


def _consolidated(book: Book, catalog: Catalog) -> Source:
    meta = read_meta(book.grids[META])
    year = int(meta.get("year") or date.today().year)
    units = {str(u["unit_id"]): u for u in _units(book, catalog, year)}
    declared = {
        code: {name: str(u.get(f"declared_{name}") or "") for name in catalog.ledgers} for code, u in units.items()
    }
    rows, findings = _all_rows(book, catalog, units, year)
    sums = _sums(book, year)
    digests: list[UnitDigest] = []
    by_ledger: dict[str, list[tuple[Row, Context]]] = defaultdict(list)
    for code, unit in units.items():
        s = Submission(book.path, book.sha256, catalog.version, unit, declared[code], rows[code])
        context = context_of(catalog, s)
        compute_columns(catalog, s.rows, context)
        count = {name: [r for r in found if r.values.get("origin_counted")] for name, found in s.rows.items()}
        digests.append(_with_sums(digest_submission(catalog, s, context, count, []), sums.get(code, {}), catalog))
        for name, found in count.items():
            by_ledger[name] += [(r, context) for r in found]
    top = str(meta.get("unit_id") or "")
    unit = units.get(top) or {"unit_id": top, "unit_name": meta.get("unit_name") or "全部单位", "year": year}
    own = next((d for d in digests if d.code == top), None)
    return Source(
        catalog, book.path, "consolidated", year, unit, Context.of(unit),
        figures(catalog, own, digests, str(unit["unit_name"]), str(year)),
        {name: tuple(found) for name, found in by_ledger.items()},
        expected=int(meta.get("expected") or len(units)),
        received=int(meta.get("received") or len(units)),
        missing=tuple(n for n in str(meta.get("missing") or "").split("、") if n),
        findings=tuple(findings),
    )  # fmt: skip


def _table(book: Book, title: str, fields: tuple[Field, ...], year: int) -> list[Row]:
    grid = book.grids.get(title)
    if grid is None:
        raise CannotRun(f"{book.path}：汇总工作簿缺少工作表“{title}”，请用 dangjian aggregate 重新汇总。")
    rows, _ = read_rows(grid, Ledger(title, title, "ZZ", fields), book.path, "", year, book.date1904)
    return rows


def _units(book: Book, catalog: Catalog, year: int) -> list[dict[str, Any]]:
    declared = tuple(Field(f"declared_{name}", ledger.title, "string") for name, ledger in catalog.ledgers.items())
    fields = tuple(f for f in catalog.unit if not f.privacy)
    return [r.values for r in _table(book, UNITS, (*fields, *declared), year)]


def _sums(book: Book, year: int) -> dict[str, dict[str, Part]]:
    fields = (
        Field("unit_id", "单位编码", "string"), Field("key", "指标键", "string"), Field("value", "数值", "integer"),
        Field("est", "估算", "boolean"), Field("cells", "行数", "integer"),
    )  # fmt: skip
    found: dict[str, dict[str, Part]] = defaultdict(dict)
    for row in _table(book, SUMS, fields, year):
        v = row.values
        found[v["unit_id"]][v["key"]] = Part(v["value"] or 0, bool(v["est"]), v["cells"] or 0)
    return found


def _with_sums(digest: UnitDigest, sums: Mapping[str, Part], catalog: Catalog) -> UnitDigest:
    """The digest with the figures of ledgers whose rows stay in the unit."""
    kept = frozenset(m.ledger for i in catalog.indicators.values() for key, m in parts_of(i).items() if key in sums)
    return replace(digest, parts={**digest.parts, **sums}, filled=digest.filled | kept)


def _all_rows(
    book: Book, catalog: Catalog, units: Mapping[str, Any], year: int
) -> tuple[dict[str, dict[str, tuple[Row, ...]]], list[Finding]]:
    """All rows by unit and ledger, counted or not; sheets that Excel's row limit split are joined again."""
    sorted_out: dict[str, dict[str, list[Row]]] = {code: defaultdict(list) for code in units}
    findings: list[Finding] = []
    for name, ledger in catalog.ledgers.items():
        fields = (*_ORIGIN, *(f for f in ledger.fields if not f.privacy))
        for title in (t for t in book.grids if t == ledger.title or t.startswith(f"{ledger.title}_")):
            rows, found = read_rows(
                book.grids[title], replace(ledger, fields=fields), book.path, "", year, book.date1904
            )
            findings += found
            refs: dict[str, SheetRef] = {}
            for row in rows:
                code = str(row.values.get("origin_unit"))
                if code in units:
                    ref = refs.setdefault(code, replace(row.sheet, unit=code))
                    sorted_out[code][name].append(Row(name, ref, row.number, row.values))
    return {c: {n: tuple(r) for n, r in by.items()} for c, by in sorted_out.items()}, findings
