"""The data source of a document: a unit's workbook or a consolidated one, as figures and counted rows."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import CannotRun
from ..excel.reading.read import read_book
from ..figures.digest import UnitDigest, parts_of, takers
from ..figures.evaluate import figures, figures_alone
from ..figures.rolls import Rolls, called
from ..figures.tree import counts
from ..findings import findings_text, nearest
from ..model import UPWARD, Book, Catalog, Figure, Finding, Indicator, Listed, Place, Roll, Row, Submission
from ..rows.conditions import Context
from ..rows.cover import is_consolidated, read_meta
from ..rows.submission import context_of, taken
from ..span import Span
from ..standard.sayings import own_words
from ..standard.sheets import KIND_FIELD, META
from .consolidated import read_consolidated
from .reading import Digested, digest_book, digested

# Name in templates -> the usual word; kinds of unit may have their own.
PARTY = "党组称谓"  # follows the unit's short name, which may end with it: …工委
CALLED = {"系统称谓": "市直机关", "机关称谓": "机关", PARTY: "党组"}
if TYPE_CHECKING:
    import pandas

    from ..figures.consolidation import Consolidation


@dataclass(frozen=True)
class Source:
    """Figures of one unit, or of the head of a tree, and the rows behind them."""

    catalog: Catalog
    path: str
    kind: str  # unit, consolidated
    year: int
    period: Span
    unit: Mapping[str, Any]  # the unit sheet of the unit itself, or of the head of the tree
    context: Context
    figures: Mapping[str, Figure]
    rows: Mapping[str, tuple[tuple[Row, Context], ...]]  # counted rows, each with its unit's context
    expected: int = 1
    received: int = 1
    missing: tuple[str, ...] = ()  # names of units that have not reported
    findings: tuple[Finding, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)  # numbers of rows that do not count, by reason
    units: frozenset[str] = frozenset()  # codes of the units whose rows and figures these are
    submission: Submission | None = None  # of a unit: with the rows that do not count
    audience: str = UPWARD  # PUBLIC: see exchange.public
    told: Callable[[str], str] = str  # masks a text for that audience

    @cached_property
    def rolls(self) -> Rolls:
        """All declared lists of names."""
        return Rolls(self.catalog, self.rows, self.unit, self.year, self.kind == "consolidated", self.audience)

    def up_to(self, day: date) -> date:
        """Returns the day up to which the ledgers can be judged on `day`: the end of a part of the year, if it is over."""
        return day if self.period.is_long else min(day, self.period.end)

    def own_rows(self, ledger: str) -> list[Row]:
        """Returns the counted rows that the unit itself entered, without those of units below it."""
        code = self.unit.get("unit_id")
        return [r for r, _ in self.rows.get(ledger, ()) if r.sheet.unit == code]

    def frame(self, ledger: str) -> pandas.DataFrame:
        """Returns the counted rows of a ledger as a table; see frames.rows_frame."""
        from .frames import rows_frame

        return rows_frame(self.catalog, self.rows, ledger)

    def figures_frame(self) -> pandas.DataFrame:
        """Returns all figures as a table; see frames.figures_frame."""
        from .frames import figures_frame

        return figures_frame(self.figures)

    def explain(self, name: str) -> Iterator[tuple[Place, Row, Any]]:
        """Yields the cells behind one indicator or list of names, each as place, row and value."""
        if name in self.catalog.rolls:
            for e in self.rolls.entries(name):
                yield e.place(self.catalog.rolls[name]), e.row, e.name
            return
        wanted = parts_of(self.catalog.indicators[name])
        code = str(self.unit.get("unit_id") or "")
        for ledger, found in takers(self.catalog).items():
            for taker in (t for t in found if t.key in wanted):
                m = taker.measure
                name = m.field or (m.where[0].path.partition(".")[0] if m.where else "")
                for row, context in self.rows.get(ledger, ()):
                    own = row.sheet.unit == code or m.collect == "汇总"
                    if own and taker.takes(row.values, context):
                        yield row.place(name), row, row.values.get(name)

    def places(self, ledger: str, field: str, name: str) -> Iterator[tuple[Place, Row, Any]]:
        """Yields the counted cells of a field that hold a name, each as place, row and value."""
        wanted = called(name, "")
        for row, _ in self.rows.get(ledger, ()):
            value = row.values.get(field)
            if wanted in {called(one, "") for one in (value if isinstance(value, tuple) else (value,))}:
                yield row.place(field), row, value


def open_source(catalog: Catalog, path: str | Path) -> Source:
    """Opens the workbook at `path`, unit or consolidated. Raises CannotRun if it is neither."""
    return source_of(catalog, read_book(Path(path)))


def source_of(catalog: Catalog, book: Book) -> Source:
    """Returns a workbook that was read as a source. Raises CannotRun if it is neither kind."""
    if is_consolidated(book):
        return consolidated_source(catalog, book)
    return digested_source(catalog, digest_book(catalog, book))


def unit_source(catalog: Catalog, s: Submission) -> Source:
    """Returns a unit's submission as a source. Raises CannotRun if it cannot be used."""
    return digested_source(catalog, digested(catalog, s))


def digested_source(catalog: Catalog, r: Digested) -> Source:
    """Returns an already counted submission as a source. Raises CannotRun if it cannot be used."""
    s = r.submission
    if r.digest is None:
        raise CannotRun(f"{s.path}：不能作为数据来源。\n{findings_text(s.findings)}")
    year, period = int(s.unit.get("year") or r.context.end.year), Span.of(s.unit)
    return Source(
        catalog,
        s.path,
        "unit",
        year,
        period,
        s.unit,
        r.context,
        figures_alone(catalog, r.digest, str(s.unit["unit_name"]), period.code),
        {name: tuple((row, r.context) for row in rows) for name, rows in r.counted.items()},
        findings=s.findings,
        left_out=r.digest.left_out,
        units=frozenset({str(s.unit["unit_id"])}),
        submission=s,
    )


def consolidated_source(catalog: Catalog, book: Book) -> Source:
    """Returns a consolidated workbook as a source, with the figures of the head of its tree."""
    readings = read_consolidated(catalog, book)
    meta = read_meta(book.grids[META])
    top = str(meta.get("unit_id") or "")
    own = next((r for r in readings if r.submission.unit["unit_id"] == top), None)
    year = int(meta["year"])
    period = Span.read(meta.get("period", "")) or Span.months(year)
    unit = own.submission.unit if own else _bare(top, str(meta.get("unit_name")), year, period)
    rows: dict[str, list[tuple[Row, Context]]] = defaultdict(list)
    for r in readings:
        for name, found in r.counted.items():
            rows[name] += [(row, r.context) for row in found]
    digests = [r.digest for r in readings if r.digest]
    return Source(
        catalog,
        book.path,
        "consolidated",
        year,
        period,
        unit,
        Context.of(unit),
        figures(
            catalog,
            own.digest if own else None,
            digests,
            str(unit["unit_name"]),
            period.code,
            int(meta["expected_below"]) if meta.get("expected_below", "").isdecimal() else None,
        ),
        {name: tuple(found) for name, found in rows.items()},
        expected=_number(meta.get("expected"), len(readings)),
        received=_number(meta.get("received"), len(readings)),
        missing=tuple(n for n in str(meta.get("missing") or "").split("、") if n),
        left_out=_left_out(meta.get("left_out", ""), digests),
        findings=tuple(f for r in readings for f in r.submission.findings),
        units=frozenset(d.code for d in digests),
    )


def _bare(code: str, name: str, year: int, period: Span) -> Mapping[str, Any]:
    """Returns the unit sheet of a unit that did not file one itself."""
    days = {"period_start": period.start, "period_end": period.end}
    return {"unit_id": code, "unit_name": name, "year": year, **days}


def _number(said: str | None, otherwise: int) -> int:
    return int(said) if said and said.isascii() and said.isdecimal() and len(said) < 8 else otherwise


def _left_out(said: str, digests: Iterable[UnitDigest]) -> Mapping[str, int]:
    """Returns the numbers of rows left out that a consolidated workbook states; else those of its rows.

    The workbook holds no rows of submissions that were refused as a whole.
    """
    stated = dict(re.findall(r"([^；]{1,40})＝(\d{1,9})(?:；|$)", said))
    if stated:
        return {reason: int(n) for reason, n in stated.items()}
    return dict(sum((Counter(d.left_out) for d in digests), Counter()))


def consolidation_source(c: Consolidation, code: str = "") -> Source:
    """Returns a unit of a consolidation with all units below it as a source; "" is the head of the tree.

    Rows that do not leave their units are absent, as in a consolidated workbook.
    """
    code = code or c.top.code
    below = set(c.tree.below(code)) if code else {u.code for u, _ in c.tree.walk()}
    sent = {str(s.unit["unit_id"]): s for s in c.submissions}
    rows: dict[str, list[tuple[Row, Context]]] = defaultdict(list)
    for s in (s for unit, s in sent.items() if unit in below):
        context = context_of(c.catalog, s)
        for name, ledger in c.catalog.ledgers.items():
            rows[name] += [(r, context) for r in taken(s, name)] if ledger.reported else []
    own = sent.get(code)
    name = c.tree.units[code].name if code else c.top.name
    unit = own.unit if own else _bare(code, name, c.year, c.period)
    covered = [x for x in c.covered if x.unit.code in below]
    n = counts(covered)
    return Source(
        c.catalog,
        own.path if own else "",
        "consolidated",
        c.year,
        c.period,
        unit,
        Context.of(unit),
        c.figures_of(code),
        {name: tuple(found) for name, found in rows.items()},
        n["应报"],
        n["实报"],
        tuple(x.unit.name for x in covered if x.unit.expected and not x.digest),
        c.findings,
        dict(sum((Counter(x.digest.left_out) for x in covered if x.digest), Counter())),
        frozenset(x.unit.code for x in covered if x.digest),
    )


def kind_of(s: Source) -> str:
    """Returns the kind of unit whose words the documents use; "" for the totals of a unit that guides others."""
    kind = str(s.unit.get(KIND_FIELD) or "")
    return "" if s.kind == "consolidated" and kind in s.catalog.guides else kind


def facts(s: Source) -> dict[str, Any]:
    """Returns the facts about the unit and the period, by the names that templates use."""
    name, own = str(s.unit.get("unit_name") or ""), own_words(s.catalog, kind_of(s))
    short = str(s.unit.get("unit_short") or name)
    called = {title: own(usual) for title, usual in CALLED.items()}
    return {
        "单位全称": name,
        "单位简称": short,
        "年度": s.year,
        "时期": s.period.name,
        "报告期": s.period.of_report,
        "上年": s.year - 1,
        "下年": s.year + 1,
        "要点年度": plan_year(s),
        "要点范围": s.catalog.guides.get(str(s.unit.get(KIND_FIELD))) or short,
        "述职人": str(s.unit.get("reporter") or name),
        "学习品牌": str(s.unit.get("brand") or ""),
        "成文日期": s.unit.get("fill_date") or date.today(),
        "应报": s.expected,
        "实报": s.received,
        "缺报说明": coverage(s),
        **{title: "" if short.endswith(word) and title == PARTY else word for title, word in called.items()},
    }


def plan_year(s: Source) -> int:
    """Returns the year of the tasks on 工作要点, which a workbook may hold for the next year: that of most deadlines."""
    years = Counter(r.values["deadline"].year for r in s.own_rows("plan") if r.values.get("deadline"))
    return max(years, key=lambda y: (years[y], y), default=s.year)


def coverage(s: Source) -> str:
    """Returns the coverage in words: 应报65家、实报63家（缺：…）."""
    lacking = f"（缺：{'、'.join(s.missing)}）" if s.missing else ""
    return f"应报{s.expected}家、实报{s.received}家{lacking}"


def explain(
    catalog: Catalog, indicator: str, path: Path
) -> tuple[Figure | Listed, list[dict[str, Any]], Mapping[str, int]]:
    """Returns the figure or list of names that `indicator` (name or id) means, its cells, and the rows left out by reason.

    Raises CannotRun if it is unknown.
    """
    known: dict[str, Indicator | Roll] = {**catalog.indicators, **catalog.rolls}
    by_id = {one.id: name for name, one in known.items()}
    name = by_id.get(indicator, indicator)
    if name not in known:
        near = nearest(indicator, [*known, *by_id])
        raise CannotRun(f"没有指标“{indicator}”" + (f"，是否为“{near}”？" if near else "。"))
    source = open_source(catalog, path)
    cells = [
        {
            "cell": str(place),
            "value": value,
            "unit": row.sheet.unit,
            "rec_id": row.values.get("rec_id"),
            "date": row.values.get("date"),
            "origin": row.values.get("origin_file"),
            "origin_row": row.values.get("origin_row"),
        }
        for place, row, value in source.explain(name)
    ]
    return source.rolls[name] if name in catalog.rolls else source.figures[name], cells, source.left_out
