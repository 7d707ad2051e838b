"""Last year's figures, to compare with: a unit's workbook, a consolidated one, a folder, or a sheet of `extract`.

What is compared covers the same units and the same months; anything else is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from ...errors import CannotRun
from ...excel.reading.read import read_book
from ...figures.consolidation import Consolidation
from ...figures.evaluate import figures_alone
from ...findings import finding, findings_text, listed
from ...model import Book, Catalog, Figure, Place
from ...rows.cover import is_consolidated
from ...rows.submission import submission_of
from ...span import Span
from ...standard.sheets import COMPARED
from ...wording.phrase import is_void, rounded, share, words
from ..consolidated import read_consolidated
from ..files import workbooks
from ..reading import Digested, digested
from ..source import Source, consolidated_source, consolidation_source
from .sheet import values_of, year_of

PATTERN = "上年*.xlsx"  # the file beside a workbook that the buttons take
NAMED = 5  # units in a message
Values = Mapping[str, Decimal | None]  # by the indicator's name; shares in percent; None: not known


@dataclass(frozen=True)
class LastYear:
    """What one file or folder says about last year."""

    catalog: Catalog
    path: Path
    units: Mapping[str, Digested] = field(default_factory=dict)  # by code
    whole: Source | None = None  # of a consolidated workbook
    said: Values | None = None  # of a sheet of `extract`, which names no unit
    year: int | None = None  # that its title names

    def values(self, s: Source) -> tuple[Values, tuple[str, ...]]:
        """Returns last year's values for a source, and why they are not known.

        Raises CannotRun if the file is about another year.
        """
        if self.said is not None:
            self._check_year(self.year or s.year - 1, s.year - 1)
            return {name: self.said.get(name) for name in self.catalog.indicators}, ()
        nothing = dict.fromkeys(self.catalog.indicators)
        if s.kind == "consolidated":
            return self._of_all(s, nothing)
        code = str(s.unit.get("unit_id") or "")
        if code not in self.units:
            return nothing, (f"“{self.path.name}”里没有“{s.unit.get('unit_name')}”（{code}）",)
        old = self.units[code]
        wanted, had = s.period.last, Span.of(old.submission.unit)
        self._check_year(int(old.submission.unit.get("year") or had.end.year), s.year - 1)
        if had != wanted and had.start <= wanted.start and wanted.end <= had.end and self.whole is None:
            old = _narrowed(self.catalog, old, wanted)
        elif had != wanted:
            return nothing, (f"“{self.path.name}”的填报期是{had.name}，不是{wanted.name}",)
        if old.digest is None:
            return nothing, (f"“{self.path.name}”里“{s.unit.get('unit_name')}”的报送件不能用",)
        figures = figures_alone(self.catalog, old.digest, str(s.unit.get("unit_name") or ""), wanted.code)
        return known_values(self.catalog, figures), ()

    def _of_all(self, s: Source, nothing: Values) -> tuple[Values, tuple[str, ...]]:
        if self.whole is None:
            raise CannotRun(f"“{self.path.name}”不是汇总工作簿：汇总数要与上年的汇总工作簿比较。")
        self._check_year(self.whole.year, s.year - 1)
        if self.whole.period != s.period.last:
            had, wanted = self.whole.period.name, s.period.last.name
            return nothing, (f"“{self.path.name}”的填报期是{had}，不是{wanted}",)
        if gone := _others(
            self.whole.units, s.units, {c: str(r.submission.unit["unit_name"]) for c, r in self.units.items()}
        ):
            return nothing, (f"“{self.path.name}”汇总的单位与今年不同（{gone}）",)
        return known_values(self.catalog, self.whole.figures), ()

    def _check_year(self, year: int, wanted: int) -> None:
        if year != wanted:
            raise CannotRun(f"“{self.path.name}”是{year}年的，不是上年（{wanted}年）的。请换用上年的。")


def read_last(catalog: Catalog, path: Path) -> LastYear:
    """Reads last year's figures. Raises CannotRun if there are none."""
    if path.is_dir():
        books = [read_book(Path(f.path)) for f in workbooks([path]).files]
        return LastYear(catalog, path, _by_code(_unit(catalog, b) for b in books if not is_consolidated(b)))
    book = read_book(path)
    if COMPARED in book.grids:
        return LastYear(catalog, path, said=values_of(catalog, book), year=year_of(book))
    if is_consolidated(book):
        readings = read_consolidated(catalog, book)
        return LastYear(catalog, path, _by_code(readings), consolidated_source(catalog, book))
    made = _unit(catalog, book)
    if made.digest is None:
        raise CannotRun(f"{path}：不能与上年比较。\n{findings_text(made.submission.findings)}")
    return LastYear(catalog, path, _by_code([made]))


def compared(c: Consolidation, path: Path) -> Consolidation:
    """Returns the consolidation with last year's values of its root, or a warning why they are not known.

    Raises CannotRun.
    """
    values, unknown = read_last(c.catalog, path).values(consolidation_source(c))
    told = (finding("U09", Place(str(path)), why=why) for why in unknown)
    return replace(c, before=values, findings=(*c.findings, *told))


def beside(folder: Path) -> Path | None:
    """Returns the file of last year in a folder; None if there is none. Raises CannotRun if there are several."""
    found = [p for p in sorted(folder.glob(PATTERN)) if p.is_file()]
    if len(found) > 1:
        raise CannotRun(
            f"文件夹里有{len(found)}个以“上年”开头的工作簿（{listed([p.name for p in found], NAMED, '个')}），请只留一个。"
        )
    return found[0] if found else None


def known_values(catalog: Catalog, figures: Mapping[str, Figure]) -> Values:
    """Returns the value of each figure that is known for certain, else None."""
    return {name: _value(catalog, figures[name]) for name in catalog.indicators}


def _value(catalog: Catalog, f: Figure) -> Decimal | None:
    if f.state != "known" or f.est or is_void(f) or f.missing:
        return None
    return rounded(share(f), words(catalog)) if f.indicator.denominator else Decimal(f.value or 0)


def _unit(catalog: Catalog, book: Book) -> Digested:
    return digested(catalog, submission_of(catalog, book))


def _by_code(readings: Iterable[Digested]) -> dict[str, Digested]:
    return {str(r.submission.unit["unit_id"]): r for r in readings if r.submission.unit.get("unit_id")}


def _narrowed(catalog: Catalog, r: Digested, span: Span) -> Digested:
    """Returns a submission of a year as if it were one of these months: the rows are all there."""
    days = {"period_start": span.start, "period_end": span.end}
    return digested(catalog, replace(r.submission, unit={**r.submission.unit, **days}, left_out={}))


def _others(theirs: frozenset[str], ours: frozenset[str], names: Mapping[str, str]) -> str:
    """Returns the units that only one of the two years has, in words; "" if both have the same."""
    more = [names.get(c, c) for c in sorted(theirs - ours)]
    parts = [f"上年多{listed(more, NAMED, '家')}"] if more else []
    return "；".join([*parts, *([f"今年多{listed(sorted(ours - theirs), NAMED, '家')}"] if ours - theirs else [])])
