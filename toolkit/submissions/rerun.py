"""Implements `aggregate`; an identical second run is answered from the cache."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar
from zlib import crc32

from ..errors import CannotRun
from ..figures.consolidation import Consolidation
from ..figures.digest import UnitDigest
from ..figures.evaluate import Figures, Known, value_of
from ..figures.tree import Due, Unit
from ..findings import findings_text, listed
from ..machine.guard import BOOK, check_file, guarding
from ..machine.written import hash_of, key
from ..model import Catalog, Figure, Finding
from ..rows.submission import in_error
from ..span import Span
from ..wording.phrase import untrue
from .aggregate import consolidated
from .comparing.last import compared
from .files import File, How, Progress, workbooks
from .intake import receive
from .pack import pack_findings, pack_known, to_json
from .store import Store
from .unpack import findings_of, from_json, known_again, sound

T = TypeVar("T")
LISTED = 20  # missing units that a message names


@dataclass(frozen=True)
class Outcome:
    """The results of an aggregation that the command reports."""

    year: int
    period: Span
    top: Unit
    counts: Mapping[str, int]
    rows: Mapping[str, int]
    reasons: Mapping[str, int]
    missing: Sequence[str]  # names of units
    figures: Mapping[str, Figure]  # of the head of the tree, each with empty `missing`
    findings: tuple[Finding, ...]  # about units and whole files
    errors_inside: int  # errors within the workbooks

    @classmethod
    def of(cls, c: Consolidation, figures: Mapping[str, Figure] | None = None) -> Outcome:
        """Builds the outcome of a consolidation; `figures` may be passed if already computed."""
        about = [f for f in c.findings if f.code[0] in "UF"]
        errors = sum(f.is_error for f in c.findings) - sum(f.is_error for f in about)
        shown = {name: replace(f, missing=()) for name, f in (figures or c.figures).items()}
        told = (*about, *untrue(c.catalog, shown.values()))
        return cls(c.year, c.period, c.top, c.counts, c.rows, c.reasons, c.missing, shown, told, errors)

    @property
    def clean(self) -> bool:
        """Whether there are no errors, neither in the workbooks nor about units and files, and none kept a row out."""
        return not self.errors_inside and not in_error(self.reasons) and not any(f.is_error for f in self.findings)

    def lines(self, limit: int = 200) -> Iterator[str]:
        """Yields the result for the clerk: units, rows with the reasons why they do not count, at most `limit` findings."""
        n, rows = self.counts, self.rows
        late = f"、迟报{n['迟报']}家" if n["迟报"] else ""
        yield f"{self.top.name} {self.period.name}：应报{n['应报']}家、实报{n['实报']}家{late}"
        if self.missing:
            yield f"缺报：{listed(self.missing, LISTED, '家')}"
        reasons = "、".join(f"{reason}{k}行" for reason, k in sorted(self.reasons.items()))
        why = f"（{reasons}）" if reasons else ""
        equal = "＝" if rows["read"] == rows["counted"] + rows["left_out"] else "≠"
        yield f"读入{rows['read']}行{equal}计入{rows['counted']}行＋未计入{rows['left_out']}行{why}"
        if self.findings:
            yield findings_text(self.findings, limit)
        if self.errors_inside:
            yield f"工作簿内另有{self.errors_inside}处错误，见“问题清单”。"

    def packed(self) -> list[Any]:
        """Returns the outcome as a JSON value."""
        figures = [
            [
                name,
                f.state,
                f.unit,
                f.period,
                to_json(f.numerator),
                to_json(f.denominator),
                f.est,
                f.cells,
                to_json(f.as_of),
            ]
            for name, f in self.figures.items()
        ]
        top = [self.top.code, self.top.name, self.top.short, self.top.parent, self.top.sys_type, self.top.expected]
        return [
            self.year,
            self.period.code,
            top,
            dict(self.counts),
            dict(self.rows),
            dict(self.reasons),
            list(self.missing),
            figures,
            pack_findings(self.findings),
            self.errors_inside,
        ]

    @classmethod
    def unpacked(cls, catalog: Catalog, packed: Any) -> Outcome:
        """Restores the outcome from `packed()`. Raises Damaged."""
        with sound():
            year, period, top, counts, rows, reasons, missing, figures, findings, inside = packed
            return cls(
                year,
                Span.read(str(period)) or Span.months(year),
                Unit(*top),
                counts,
                rows,
                reasons,
                tuple(missing),
                dict(_figure(catalog, *f) for f in figures),
                findings_of(findings),
                inside,
            )


def _figure(
    catalog: Catalog,
    name: str,
    state: str,
    unit: str,
    period: str,
    above: Any,
    below: Any,
    est: bool,
    cells: int,
    as_of: Any,
) -> tuple[str, Figure]:
    indicator, numerator, denominator = catalog.indicators[name], from_json(above), from_json(below)
    value = value_of(indicator, numerator, denominator) if state == "known" else None
    return name, Figure(indicator, state, value, unit, period, numerator, denominator, est, cells, from_json(as_of))


class Aggregation:
    """One run over some files; nothing is read before it is needed."""

    def __init__(
        self,
        catalog: Catalog,
        paths: Iterable[str | Path],
        store: Store,
        roster: Sequence[Unit] = (),
        year: int | None = None,
        due: Due = None,
        how: How | None = None,
        progress: Progress = lambda done, total: None,
        output: Path | None = None,
        last: Path | None = None,
    ) -> None:
        """`output` is the path of the consolidated workbook, `last` that of last year; neither is read as a submission.

        Raises CannotRun if there are no workbooks, or if `output` must not be written.
        """
        paths = list(paths)
        self._guarding = partial(guarding, [*paths, *([last] if last else [])])
        if output:
            with self._guarding():
                check_file(output, BOOK)
        found = workbooks(paths)
        self.files = [f for f in found.files if not any(p and _is_at(f, p) for p in (output, last))]
        self.skipped = found.skipped
        if not self.files:
            raise CannotRun(f"除了汇总工作簿 {output}，没有找到别的工作簿。")
        self.catalog, self.store, self.roster, self.year, self.due = catalog, store, roster, year, due
        self.how, self.progress, self.output, self.last = how or How(), progress, output, last
        self._written = False

    @cached_property
    def _key(self) -> str:
        """A hash of everything the outcome depends on, except the standard and the code."""
        found = hashlib.blake2b(repr((self.year, self.due, list(self.roster))).encode(), digest_size=16)
        found.update("\n".join(f"{f.path}\0{f.key}\0{f.stamp}" for f in self.files).encode("utf-8", "surrogatepass"))
        found.update(_content(self.last).encode() if self.last else b"")
        found.update(repr([(f.code, f.place.file, f.message) for f in self.skipped]).encode())
        return found.hexdigest()

    @cached_property
    def _trusted(self) -> bool:
        """Whether unchanged names, sizes and times prove that the contents are unchanged since an earlier run."""
        return not self.how.verify and all(f.settled for f in self.files)

    @cached_property
    def outcome(self) -> Outcome:
        """The outcome, computed or from the cache. Raises CannotRun if none of the files can be used."""
        return self.store.whole(self._outcome, self._forget)

    def _outcome(self) -> Outcome:
        known = self.store.note(self._key) if self._trusted else None
        if known is not None:
            return Outcome.unpacked(self.catalog, known)
        made = Outcome.of(self.consolidation, self._figures(self.consolidation))
        if all(f.settled for f in self.files):
            self.store.write_note(self._key, made.packed())
            self.store.commit()
        return made

    def _figures(self, c: Consolidation) -> Mapping[str, Figure]:
        """Returns the figures of the head of the tree, using sums of groups of units that earlier runs cached.

        After a change to one submission only its group is summed again, not the whole tree.
        """
        chosen = c.digest.chosen()
        groups: dict[int, list[tuple[str, UnitDigest]]] = {}
        for d in (chosen[unit.code] for unit, _ in c.tree.walk() if unit.code in chosen):
            content = f"{self._contents[d.source[0]]}.{d.source[1]}"
            groups.setdefault(crc32(d.code.encode()) % _groups(len(chosen)), []).append((content, d))
        below = Known()
        for found in groups.values():
            key = "sum " + " ".join(sorted(content for content, _ in found))
            if (kept := self.store.note(key)) is None:
                kept = pack_known(self.catalog, Known.of(self.catalog, [d for _, d in found]))
                self.store.write_note(key, kept)
            below.add(known_again(kept))
        own = chosen.get(c.top.code)
        alone, expected = Known.of(self.catalog, [own] if own else ()), c.tree.expected_below(c.top.code)
        return Figures(self.catalog, alone, below, c.top.name, c.period.code, expected)

    @cached_property
    def consolidation(self) -> Consolidation:
        """All submissions merged. Raises CannotRun if none can be used, Damaged if the store is damaged."""
        contents, merged = receive(self.catalog, self.files, self.store, self.how, self.progress)
        self._contents = {f.path: content for f, content in zip(self.files, contents, strict=True)}
        c = consolidated(self._contents, self.store, self.roster, self.year, self.due, merged, self.skipped)
        return compared(c, self.last) if self.last else c

    def write(self) -> bool:
        """Writes the consolidated workbook to `output`; returns False if an earlier run already wrote the same one."""
        return self.store.whole(self._write, self._forget)

    def _write(self) -> bool:
        from ..excel.consolidated.consolidate import write_consolidated

        if self.output is None:
            raise ValueError("no output")
        note = f"output {os.path.abspath(self.output)}"
        if self._trusted and self.store.note(note) == [self._key, hash_of(self.output)]:
            return False
        if not self._written:
            with self._guarding():
                write_consolidated(self.consolidation, self.output)
            self._written = True
        self.store.write_note(note, [self._key, hash_of(self.output)])
        self.store.commit()
        return True

    def _forget(self) -> None:
        """Drops what was made from a damaged store, so that it is made again."""
        with suppress(AttributeError):
            del self.consolidation


def _content(path: Path) -> str:
    """Returns a hash of a file, or of the files of a folder."""
    return " ".join(map(hash_of, sorted(path.rglob("*.xls*")))) if path.is_dir() else hash_of(path)


def _is_at(file: File, path: Path) -> bool:
    """Returns whether this is the file at the path, however either is spelled."""
    return os.path.basename(file.key).lower() == path.name.lower() and key(file.key) == key(path)


def _groups(units: int) -> int:
    """Returns the number of groups: a power of two, so that a few more or fewer units do not change the groups."""
    return 1 << max(0, round(math.log2(max(1, units)) / 2) + 1)
