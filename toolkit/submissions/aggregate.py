"""Merges the digests of many workbooks up the tree of units, with every row accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from ..errors import CannotRun
from ..figures.consolidation import OTHER_PERIOD, OTHER_YEAR, Consolidation
from ..figures.digest import Digest, Period, Periods, by_period, merge_periods, name_key
from ..figures.tree import Coverage, Due, Unit, coverage, same_code, tree_of
from ..findings import finding
from ..model import Catalog, Finding, Place, Submission
from ..span import Span
from .files import File, How, Progress, workbooks
from .intake import Merged, packed, read_workbook, receive
from .reading import Digested
from .store import Store

__all__ = ["Consolidation", "aggregate", "consolidate", "read_workbook"]


def aggregate(
    catalog: Catalog,
    paths: Iterable[str | Path],
    roster: Sequence[Unit] = (),
    year: int | None = None,
    due: Due = None,
    jobs: int | None = None,
    progress: Progress = lambda done, total: None,
) -> Consolidation:
    """Reads all submissions below `paths` and merges them. Raises CannotRun if there is nothing to read.

    A file that cannot be used becomes a Finding; the others are still merged.
    """
    found, store = workbooks(paths), Store(catalog, None)
    contents, _ = receive(catalog, found.files, store, How(jobs), progress)
    held = dict(zip((f.path for f in found.files), contents, strict=True))
    return consolidated(held, store, roster, year, due, skipped=found.skipped)


def consolidate(
    catalog: Catalog,
    reads: Sequence[Digested],
    roster: Sequence[Unit] = (),
    year: int | None = None,
    due: Due = None,
) -> Consolidation:
    """Merges submissions that were not read from files. Raises CannotRun if none can be used."""
    store = Store(catalog, None)
    files = [File(r.submission.path, f"{n}", 0, "", False) for n, r in enumerate(reads)]
    held = {f.path: store.add(f, packed(catalog, f.path, "", [r])) for f, r in zip(files, reads, strict=True)}
    return consolidated(held, store, roster, year, due)


def consolidated(
    held: Mapping[str, int],
    store: Store,
    roster: Sequence[Unit] = (),
    year: int | None = None,
    due: Due = None,
    merged: Merged | None = None,
    skipped: Sequence[Finding] = (),
) -> Consolidation:
    """Merges the submissions that the store holds of some files.

    `held` maps each file to the number of its content; `merged` covers files that a cluster already merged;
    `skipped` are the findings on files that were not read.
    Raises CannotRun if none can be used, Damaged if the store is damaged.
    """
    findings = [*skipped]
    findings += [x for path, content in held.items() for x in store.findings(content, path)]
    known = merged.files if merged else frozenset()
    periods = merge_periods(
        [
            by_period(d for path, content in held.items() if path not in known for d in store.digests(content, path)),
            merged.periods if merged else {},
        ]
    )
    year, span = period = _usual(periods, year)
    others = {p: d for p, d in sorted(periods.items()) if p != period}
    findings += [_not_of(period, other, path) for other, d in others.items() for path in _paths(d)]
    digest = _against_roster(periods.get(period, Digest()), roster)
    if not digest.units:
        raise CannotRun("没有一份工作簿可以汇总：请先校验，查看每份文件的问题。", "命令：dangjian check。")
    gone = _gone(digest)
    findings = [f for f in findings if f.place.file not in gone]
    tree = tree_of(digest, roster)
    covered = [_with_others(x, period, others) for x in coverage(tree, digest, due)]
    findings += _about_units(digest, covered, {u.code: u for u in roster}, due)
    chosen = digest.chosen()
    used = [chosen[u.code].source for u, _ in tree.walk() if u.code in chosen]
    places = [(held[file], n, file) for file, n in used]
    rows = Counter(
        {
            reason: sum(
                d.read
                for p, of in others.items()
                if (p[0] != year) == away
                for found in of.units.values()
                for d in found
            )
            for away, reason in ((True, OTHER_YEAR), (False, OTHER_PERIOD))
        }
    )
    submissions = Fetched(store, places)
    return Consolidation(
        store.catalog, year, span, tree, digest, tuple(covered), submissions, tuple(findings), others=dict(+rows)
    )


class Fetched(Sequence[Submission]):
    """Submissions that are loaded from the store only when accessed."""

    def __init__(self, store: Store, places: Sequence[tuple[int, int, str]]) -> None:
        self._store, self._places = store, places

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, n: Any) -> Any:
        if isinstance(n, slice):
            return Fetched(self._store, self._places[n])
        return self._store.submission(*self._places[n])


def _paths(digest: Digest) -> list[str]:
    """Returns the files of all submissions, including replaced ones."""
    return sorted({u.path for found in digest.units.values() for u in found} | {path for _, path in digest.replaced})


def _usual(periods: Periods, year: int | None) -> Period:
    """Returns the period of most submissions, of `year` if it is given; of several the longest, then the latest."""
    found = [p for p in periods if (p[0] == year if year else p[0])]
    otherwise = year or date.today().year
    return max(
        found,
        key=lambda p: (len(_paths(periods[p])), p[1].length, p),
        default=(otherwise, Span.months(otherwise)),
    )


def _gone(digest: Digest) -> set[str]:
    """Returns the files that newer ones replaced as a whole: what was wrong in them is mended, or wrong again there."""
    undecided = (u for found in digest.undecided().values() for u in found)
    return {path for _, path in digest.replaced} - {u.path for u in (*digest.chosen().values(), *undecided)}


def _with_others(covered: Coverage, period: Period, others: Periods) -> Coverage:
    """Returns the coverage of a unit, with the files for other periods if it sent nothing else."""
    if covered.digest or covered.undecided:
        return covered
    found = [
        (_period_words(period, p), sorted({u.path for u in sent}))
        for p, d in others.items()
        if (sent := d.units.get(covered.unit.code))
    ]
    note = "；".join(f"只收到{said}的，未计入：{'、'.join(paths)}" for said, paths in found)
    return replace(covered, note=note, elsewhere=tuple(path for _, paths in found for path in paths))


def _period_words(ours: Period, theirs: Period) -> str:
    return theirs[1].name if theirs[0] == ours[0] else f"{theirs[0] or '不明'}年"


def _not_of(period: Period, other: Period, path: str) -> Finding:
    """Returns the error of a submission of another year, or of another period of the same year."""
    (year, span), (theirs, months) = period, other
    if theirs == year:
        return finding("F18", Place(path), value=months.name, expected=span.name)
    return finding("F05", Place(path), value=str(theirs or "不明"), expected=year)


def _against_roster(digest: Digest, roster: Sequence[Unit]) -> Digest:
    """Returns the digest with the codes that the roster gives to a unit of another name, full or short."""
    names = {u.code: {name_key(u.name), name_key(u.short), ""} for u in roster}
    wrong = (c for c, found in digest.units.items() if c in names and any(u.name not in names[c] for u in found))
    return replace(digest, misnamed=frozenset(wrong))


def _about_units(
    digest: Digest, covered: Sequence[Coverage], roster: Mapping[str, Unit], due: Due
) -> Iterator[Finding]:
    chosen = digest.chosen()
    for code, path in sorted(digest.replaced):
        used = chosen[code].path if code in chosen else "（未定）"
        yield finding("U01", Place(path, code), value=code, used=used)
    for c in covered:
        code, name = c.unit.code, c.unit.name
        if c.status == "重复待定":
            yield finding("U02", Place(c.undecided[0].path, code), value=name, note=c.note)
        elif c.status == "编码冲突":
            listed = roster[code].name if code in digest.misnamed else ""
            yield from same_code(code, [(u.path, str(u.unit.get("unit_name") or "")) for u in c.undecided], listed)
        elif c.status == "缺报":
            yield finding("U04", Place("", code), value=name)
        elif c.status == "迟报":
            yield finding("U05", Place(c.digest.path if c.digest else "", code), value=name, due=due)
        if c.digest and c.digest.unit.get("revision"):
            yield finding("U06", Place(c.digest.path, code), value=name, times=c.digest.unit["revision"])
        if roster and code not in roster:
            yield finding("U03", Place(c.digest.path if c.digest else "", code), value=name)
