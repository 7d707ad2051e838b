#!/usr/bin/env python3
"""Reads thousands of damaged workbooks: none may end the run, take too long, or give a wrong figure in silence.

    python scripts/mutants.py [--count 10000] [--seed 0] [--jobs 2] [--keep FOLDER]

Each mutant is a sample workbook, a consolidated one or an .ods with one seeded mistake (mutations.py). A figure is
wrong in silence if nothing is found and it differs from the unmutated workbook's and from what an independent
reader gets from the mutant: openpyxl, for .ods the plain XML. Prints the counts; ends with 1 if any mutant failed.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from mutations import mutant  # noqa: E402
from readers import by_ods_xml, by_openpyxl, write_ods  # noqa: E402

from toolkit.excel.consolidated.consolidate import write_consolidated  # noqa: E402
from toolkit.excel.reading.read import read_here  # noqa: E402
from toolkit.figures.evaluate import figures_alone  # noqa: E402
from toolkit.machine.workers import over  # noqa: E402
from toolkit.model import Book, Catalog  # noqa: E402
from toolkit.standard.catalog import load_catalog  # noqa: E402
from toolkit.submissions.aggregate import aggregate  # noqa: E402
from toolkit.submissions.intake import _readings  # noqa: E402

SAMPLES = sorted((ROOT / "workbooks" / "samples").glob("*_*.xlsx"))
LONGEST = 10  # seconds of computing for one mutant
SHARES = {"unit.xlsx": 6, "consolidated.xlsx": 2, "unit.ods": 2}

Read = tuple[Counter[str], Mapping[str, Any]]  # the findings and the figures of a workbook


class TooLong(BaseException):
    """A mutant took more than LONGEST."""


@dataclass(frozen=True)
class Outcome:
    """What became of one mutant: "same", "found", "changed" (as the other reader has it), or a failure."""

    base: str
    state: str
    seconds: float = 0
    told: str = ""

    @property
    def failed(self) -> bool:
        """Whether this must not happen."""
        return self.state not in ("same", "found", "changed")


@cache
def _catalog() -> Catalog:
    return load_catalog()


def what(book: Book) -> Read:
    """Returns the findings and the figures of a workbook as read."""
    findings: Counter[str] = Counter()
    figures: dict[str, Any] = {}
    for r in _readings(_catalog(), book):
        findings.update(f"{f.code} {f.place.sheet} {f.place.cell} {f.message}" for f in r.submission.findings)
        if r.digest:
            code = str(r.submission.unit.get("unit_id"))
            for name, f in figures_alone(_catalog(), r.digest, "", "").items():
                figures[f"{code} {name}"] = (f.state, f.value, f.numerator, f.denominator)
    return findings, figures


@cache
def _base(path: Path) -> tuple[bytes, Read]:
    return path.read_bytes(), what(read_here(str(path)))


def tried(bases: Mapping[str, Path], keep: Path | None, number: int) -> Outcome:
    """Makes one mutant, reads it and judges what came out."""
    chance = Random(number)
    (base,) = chance.choices(list(SHARES), list(SHARES.values()))
    data, (known, figures) = _base(bases[base])
    made, place = mutant(chance, data)
    path = bases[base].with_name(f"{os.getpid()}{bases[base].suffix}")
    path.write_bytes(made)
    began = time.process_time()
    try:
        found, now = _in_time(path)
    except BaseException as e:
        state = "too long" if isinstance(e, TooLong) else f"crash {type(e).__name__}"
        outcome = Outcome(base, state, time.process_time() - began, place)
    else:
        took = time.process_time() - began
        if found - known or now == figures:
            outcome = Outcome(base, "found" if found - known else "same", took)
        else:
            outcome = Outcome(base, *_judged(path, now, figures, took, place))
    if outcome.failed and keep:
        (keep / f"{number}{path.suffix}").write_bytes(made)
    return outcome


def _in_time(path: Path) -> Read:
    def stop(*_: object) -> None:
        raise TooLong

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, LONGEST)
    try:
        return what(read_here(str(path)))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _judged(
    path: Path, now: Mapping[str, Any], before: Mapping[str, Any], took: float, place: str
) -> tuple[str, float, str]:
    """Judges figures that changed without a finding."""
    differing = [name for name in {*now, *before} if now.get(name) != before.get(name)]
    told = "; ".join(f"{n}: {before.get(n)} → {now.get(n)}" for n in differing[:2])
    try:
        other = (by_ods_xml if path.suffix == ".ods" else by_openpyxl)(path)
        _, theirs = what(other)
    except Exception as e:
        return "silent, not readable elsewhere", took, f"{place}: {told}: {type(e).__name__}"
    wrong = [n for n in differing if now.get(n) != theirs.get(n)]
    told = "; ".join(f"{n}: {before.get(n)} → {now.get(n)}, elsewhere {theirs.get(n)}" for n in wrong[:2])
    return ("silent" if wrong else "changed"), took, f"{place}: {told}" if wrong else ""


def bases(folder: Path) -> dict[str, Path]:
    """Writes the workbooks that are mutated."""
    made = {name: folder / name for name in SHARES}
    made["unit.xlsx"].write_bytes(SAMPLES[1].read_bytes())
    write_consolidated(aggregate(_catalog(), SAMPLES), made["consolidated.xlsx"])
    write_ods(read_here(str(SAMPLES[2])), made["unit.ods"])
    return made


def run(count: int, seed: int, jobs: int, keep: Path | None = None) -> list[Outcome]:
    """Tries `count` mutants from the seed on; returns their outcomes."""
    with tempfile.TemporaryDirectory() as folder:
        work = partial(tried, bases(Path(folder)), keep)
        numbers: Sequence[int] = range(seed, seed + count)
        return list(over(work, numbers, jobs, lambda number: Outcome("?", "process died", 0, str(number))))


def main() -> None:
    """Runs and prints what came out."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="write the mutants that failed to this folder")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    if asked.keep:
        asked.keep.mkdir(parents=True, exist_ok=True)
    found = run(asked.count, asked.seed, asked.jobs, asked.keep)
    for state, n in sorted(Counter(f"{o.base}: {o.state}" for o in found).items()):
        print(f"{state}: {n}")
    for number, o in enumerate(found, asked.seed):
        if o.failed:
            print(f"{number} {o.base} {o.state}: {o.told}")
    seconds = sorted(o.seconds for o in found)
    print(f"{len(found)} mutants, seconds of computing: median {seconds[len(found) // 2]:.2f}, most {seconds[-1]:.2f}")
    print(f"most memory of a process: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10} MB")
    sys.exit(any(o.failed for o in found))


if __name__ == "__main__":
    from mutants import main as importable  # processes of a pool import this module by its name

    importable()
