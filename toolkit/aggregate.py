"""Many workbooks to one: digests merged up the tree, every row accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial, reduce
from pathlib import Path

from .consolidated import is_consolidated, read_consolidated
from .errors import CannotRun
from .excel.read import read_book
from .figures import Digest, figures, merge
from .findings import finding
from .model import Catalog, Figure, Finding, LeftOut, Place, Submission
from .submission import Reading, reading, submission_of
from .tree import Coverage, Tree, Unit, counts, coverage, tree_of
from .workers import over

SUFFIXES = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}


@dataclass(frozen=True)
class Consolidation:
    """All that an aggregation knows."""

    catalog: Catalog
    year: int
    tree: Tree
    digest: Digest
    covered: tuple[Coverage, ...]
    submissions: tuple[Submission, ...]  # the chosen ones, with their rows
    left_out: tuple[LeftOut, ...]
    findings: tuple[Finding, ...]

    @property
    def top(self) -> Unit:
        """The unit at the head of the tree; where several stand side by side, a name for all of them."""
        if len(self.tree.roots) == 1:
            return self.tree.units[self.tree.roots[0]]
        return Unit("", "全部单位", "全部单位")

    @property
    def counts(self) -> dict[str, int]:
        return dict(counts(self.covered))

    @property
    def rows(self) -> dict[str, int]:
        """read = counted + left_out, over the chosen submissions."""
        counted = sum(d.counted for d in self.digest.chosen().values())
        return {"read": sum(len(r) for s in self.submissions for r in s.rows.values()),
                "counted": counted, "left_out": len(self.left_out)}  # fmt: skip

    @property
    def reasons(self) -> dict[str, int]:
        """Why rows were left out, with how many."""
        return dict(sum((Counter(d.left_out) for d in self.digest.chosen().values()), Counter()))

    def figures_of(self, code: str) -> dict[str, Figure]:
        """The figures of one unit with all below it; "" is the head of the tree."""
        code = code or self.top.code
        chosen = self.digest.chosen()
        below = self.tree.below(code) if code else [u.code for u, _ in self.tree.walk()]
        name = self.tree.units[code].name if code else self.top.name
        return figures(self.catalog, chosen.get(code), (chosen[c] for c in below if c in chosen), name, str(self.year))


def workbooks(paths: Iterable[str | Path]) -> list[Path]:
    """The workbooks among the paths, and inside those that are folders, in a stable order.

    Office lock files (~$…) and hidden files are passed over.
    """
    found: set[Path] = set()
    for path in map(Path, paths):
        if path.is_dir():
            found.update(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.name[0] not in "~.")
        else:
            found.add(path)
    return sorted(found)


def read_all(paths: Sequence[Path], catalog: Catalog, jobs: int | None = None) -> Iterator[list[Reading]]:
    """Every workbook read and digested, in the order of `paths`; a consolidated one gives a Reading for each unit."""
    return over(partial(read_workbook, catalog=catalog), paths, jobs)


def read_workbook(path: str | Path, catalog: Catalog) -> list[Reading]:
    """The submissions in one workbook. Never raises for what a file holds."""
    book = read_book(Path(path))
    if not is_consolidated(book):
        return [reading(catalog, submission_of(book, catalog))]
    try:
        return read_consolidated(book, catalog)
    except CannotRun as e:
        broken = finding("F01", Place(book.path), reason=str(e))
        return [reading(catalog, Submission(book.path, book.sha256, "", {}, {}, {}, (broken,)))]


def aggregate(
    paths: Iterable[str | Path],
    catalog: Catalog,
    roster: Sequence[Unit] = (),
    year: int | None = None,
    due: date | None = None,
    jobs: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Consolidation:
    """All submissions below `paths` as one. Raises CannotRun when there is nothing to read.

    A file that cannot be used becomes a Finding and the rest goes on.
    """
    files = workbooks(paths)
    if not files:
        raise CannotRun("没有找到工作簿：请检查路径，支持 .xlsx .xlsm .xls .xlsb .ods。")
    reads: list[Reading] = []
    for n, found in enumerate(read_all(files, catalog, jobs), 1):
        reads += found
        progress(n, len(files))
    return consolidate(catalog, reads, roster, year, due)


def consolidate(
    catalog: Catalog,
    reads: Sequence[Reading],
    roster: Sequence[Unit] = (),
    year: int | None = None,
    due: date | None = None,
) -> Consolidation:
    """What was read as one. Raises CannotRun when none of it can be used."""
    year = year or _usual_year(reads)
    findings: list[Finding] = []
    digests = []
    for r in reads:
        findings += r.submission.findings
        if r.digest is None:
            continue
        if r.digest.unit["year"] != year:
            findings.append(finding("F05", Place(r.submission.path), value=str(r.digest.unit["year"]), expected=year))
            continue
        digests.append(Digest.of(r.digest))
    merged = reduce(merge, digests, Digest())
    if not merged.units:
        raise CannotRun("没有一份工作簿可以汇总：请先用 dangjian check 查看每份文件的问题。")
    tree = tree_of(merged, roster)
    covered = coverage(tree, merged, due)
    findings += _about_units(merged, covered, {u.code for u in roster}, due)
    used = [r for r in reads if r.digest and r.digest is merged.chosen().get(r.digest.code)]
    return Consolidation(
        catalog, year, tree, merged, tuple(covered), tuple(r.submission for r in used),
        tuple(x for r in used for x in r.left_out), tuple(findings),
    )  # fmt: skip


def _usual_year(reads: Sequence[Reading]) -> int:
    years = Counter(r.digest.unit["year"] for r in reads if r.digest and r.digest.unit["year"])
    return max(years, key=lambda y: (years[y], y)) if years else date.today().year


def _about_units(digest: Digest, covered: Sequence[Coverage], roster: set[str], due: date | None) -> Iterator[Finding]:
    chosen = digest.chosen()
    for code, path in sorted(digest.replaced):
        used = chosen[code].path if code in chosen else "（未定）"
        yield finding("U01", Place(path, code), value=code, used=used)
    for c in covered:
        code, name = c.unit.code, c.unit.name
        if c.status == "重复待定":
            yield finding("U02", Place(digest.units[code][0].path, code), value=name, note=c.note)
        elif c.status == "缺报":
            yield finding("U04", Place("", code), value=name)
        elif c.status == "迟报":
            yield finding("U05", Place(c.digest.path if c.digest else "", code), value=name, due=due)
        if c.digest and c.digest.unit.get("revision"):
            yield finding("U06", Place(c.digest.path, code), value=name, times=c.digest.unit["revision"])
        if roster and code not in roster:
            yield finding("U03", Place(c.digest.path if c.digest else "", code), value=name)
