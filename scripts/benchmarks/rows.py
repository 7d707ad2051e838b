"""The table: one function per row, each giving a ratio from runs that alternate."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from shutil import copytree
from typing import Any

from . import data
from .measure import ROOT, Run, command, imported, interleaved, work

SETTLED = 3  # seconds after which the time stamp of a file is trusted


@dataclass(frozen=True)
class Result:
    """One measured ratio against its target."""

    ratio: float
    target: float
    least: bool  # whether the target is a minimum; otherwise it is a maximum
    runs: Mapping[str, Run]
    note: str = ""

    @property
    def met(self) -> bool:
        return self.ratio >= self.target if self.least else self.ratio <= self.target


@dataclass
class Setting:
    """Where the measurements work and how thorough they are."""

    folder: Path
    rounds: int = 5
    many: int = 1000  # workbooks of the large runs
    few: int = 100
    city: int = 64
    units: int = 177  # workbooks of the consolidated one: 40,000 rows
    _folders: dict[int, Path] = field(default_factory=dict)
    _made: int = 0

    def workbooks(self, n: int) -> Path:
        if n not in self._folders:
            self._folders |= data.units(self.folder / "workbooks", [n])
        return self._folders[n]

    def copies(self) -> Path:
        """A folder of `city` workbooks with a plan."""
        folder = self.folder / "plans"
        return folder if folder.exists() else data.copies(folder, self.city)

    def new(self) -> Path:
        """A new empty folder."""
        self._made += 1
        made = self.folder / f"out{self._made}"
        made.mkdir(parents=True)
        return made

    def home(self) -> Path:
        """A new home of somebody who has used the product before: the standard is parsed, nothing is read."""
        used, made = self.folder / "used", self.new()
        if not used.exists():
            command("-c", "from toolkit.standard.catalog import load_catalog; load_catalog()", home=used)
        copytree(used, made, dirs_exist_ok=True)
        return made

    def large(self) -> Path:
        path = self.folder / "large.xlsx"
        return path if path.exists() else data.large(path)

    @property
    def long_rounds(self) -> int:
        """For runs of more than a minute."""
        return min(self.rounds, 3)


Results = dict[str, Result]


def end_to_end(s: Setting) -> Results:
    """64 units: read, check, aggregate, consolidated workbook with its full look, 64 documents"""
    folder = s.workbooks(s.city)
    template = work("ours.words", folder, data.DOCUMENT, s.new()).result["template"]

    def ours() -> Run:
        out, home = s.new(), s.home()  # one home for both: filling finds in the store what aggregating has read
        made = command("-m", "toolkit", "aggregate", folder, "-o", out / "汇总.xlsx", home=home)
        fill = ("-m", "toolkit", "fill", data.DOCUMENT, folder, "--all-units", "-o", out / "docs")
        filled = command(*fill, home=home)
        return Run(made.seconds + filled.seconds, made.process + filled.process, max(made.peak, filled.peak))

    runs = interleaved(s.long_rounds, {"script": lambda: work("peers.script", folder, s.new(), template), "ours": ours})
    ratio = runs["script"].process / runs["ours"].process
    return {"end_to_end_64": Result(ratio, 15, True, runs, "whole processes, the standard parsed before; 3 rounds")}


def loops(s: Setting) -> Results:
    """64 workbooks: read, check and aggregate, against sequential pandas loops"""
    folder = s.workbooks(s.city)
    runs = interleaved(
        s.rounds,
        {
            "openpyxl": lambda: work("peers.loop_openpyxl", folder),
            "calamine": lambda: work("peers.loop_calamine", folder),
            "ours": lambda: work("ours.loop", folder, home=s.new()),
        },
    )
    own = runs["ours"].seconds
    return {
        "aggregate_64_against_openpyxl": Result(runs["openpyxl"].seconds / own, 20, True, runs),
        "aggregate_64_against_calamine": Result(runs["calamine"].seconds / own, 3, True, runs),
    }


def digest(s: Setting) -> Results:
    """One workbook of 600 rows: read, check and digest, against inflating and scanning its XML"""
    path = s.large()
    runs = interleaved(
        s.rounds,
        {
            "scan": lambda: work("peers.scan", path, times=15),
            "ours": lambda: work("ours.digest", path, times=15),
        },
    )
    return {"digest_over_scan": Result(runs["ours"].seconds / runs["scan"].seconds, 3, False, runs)}


def growth(s: Setting) -> Results:
    """1,000 workbooks against 100: time for each, and memory at the peak"""
    runs = interleaved(
        s.long_rounds,
        {str(n): partial(lambda n: work("ours.loop", s.workbooks(n), home=s.new()), n) for n in (s.few, s.many)},
    )
    few, many = runs[str(s.few)], runs[str(s.many)]
    per_file = many.seconds / few.seconds * s.few / s.many
    return {
        "growth_1000": Result(per_file, 1.1, False, runs, "3 rounds"),
        "memory_1000": Result(many.peak / few.peak, 1.3, False, runs, "3 rounds"),
    }


def again(s: Setting) -> Results:
    """A second run over 1,000 workbooks: nothing changed, and 1 % changed"""
    folder, home = s.workbooks(s.many), s.new()
    time.sleep(SETTLED)
    first = interleaved(min(s.rounds, 2), {"first": lambda: work("ours.loop", folder, home=s.new())})["first"]
    work("ours.loop", folder, home=home)
    same = interleaved(s.rounds, {"same": lambda: work("ours.loop", folder, home=home)})["same"]
    some = []
    for n in range(s.rounds):
        data.changed(folder, 100, n + 1)
        time.sleep(SETTLED)
        some.append(work("ours.loop", folder, home=home))
    changed = sorted(some, key=lambda r: r.seconds)[len(some) // 2]
    data.changed(folder, 100, 0)
    runs = {"first": first, "unchanged": same, "1 % changed": changed}
    return {
        "second_run_unchanged": Result(first.seconds / same.seconds, 100, True, runs, "first run: 2 rounds"),
        "second_run_1_percent": Result(first.seconds / changed.seconds, 20, True, runs, "first run: 2 rounds"),
    }


def processes(s: Setting) -> Results:
    """1,000 workbooks: two processes against one"""
    folder = s.workbooks(s.many)
    runs = interleaved(
        s.long_rounds,
        {f"{n}": partial(lambda n: work("ours.loop", folder, n, home=s.new()), n) for n in (1, 2)},
    )
    return {"two_processes": Result(runs["1"].seconds / runs["2"].seconds, 1.7, True, runs, "3 rounds")}


def cluster(s: Setting) -> Results:
    """1,000 workbooks: a local Dask cluster against the process pool, its start apart"""
    folder = s.workbooks(s.many)
    runs = interleaved(
        s.long_rounds,
        {
            "pool": lambda: work("ours.loop", folder, 2, home=s.new()),
            "cluster": lambda: work("ours.loop", folder, 2, True, home=s.new()),
        },
    )
    if runs["pool"].result != runs["cluster"].result:
        raise RuntimeError("the cluster's figures differ from the pool's")
    ratio = runs["cluster"].seconds / runs["pool"].seconds
    return {"cluster_over_pool": Result(ratio, 1.5, False, runs, "3 rounds; same figures")}


def documents(s: Setting) -> Results:
    """64 documents against plain docxtpl: the plan, four pages with loops and a table; the report, two of sentences"""
    return {
        "documents_64": _batch(s, data.PLAN, s.copies()),
        "documents_64_of_sentences": _batch(s, data.DOCUMENT, s.workbooks(s.city)),
    }


def _batch(s: Setting, document: str, folder: Path) -> Result:
    known = work("ours.words", folder, document, s.new()).result
    runs = interleaved(
        s.rounds,
        {
            "docxtpl": lambda: work("peers.documents", known["template"], s.new(), known["words"]),
            "ours": lambda: work("ours.documents", folder, document, s.new()),
        },
    )
    return Result(runs["docxtpl"].seconds / runs["ours"].seconds, 30, True, runs, "compiling included")


def consolidated(s: Setting) -> Results:
    """The consolidated workbook of 40,000 rows with its full look, against pandas and openpyxl"""
    folder, tables = s.workbooks(s.units), s.folder / "tables.pickle"
    work("ours.tables", folder, tables)
    runs = interleaved(
        s.rounds,
        {
            "pandas": lambda: work("peers.consolidated", tables, s.new() / "x.xlsx"),
            "ours": lambda: work("ours.consolidated", folder, s.new() / "x.xlsx"),
        },
    )
    return {"consolidated_40000": Result(runs["pandas"].seconds / runs["ours"].seconds, 6, True, runs)}


def check(s: Setting) -> Results:
    """`dangjian check` of a workbook of 600 rows, whole process, against an interpreter importing its libraries"""
    path = s.large()
    runs = interleaved(
        3 * s.rounds,
        {
            "bare": lambda: command("-c", "import click, python_calamine"),
            "check": lambda: command("-m", "toolkit", "check", path, home=s.folder / "home"),
        },
    )
    return {"check_over_bare": Result(runs["check"].process / runs["bare"].process, 2, False, runs)}


def click(s: Setting) -> Results:
    """Checking 600 rows by a mouse click in LibreOffice, seconds more than the command takes"""
    from .click import ALLOWED, click_and_command

    took, told = click_and_command(s.rounds)
    runs = {"click": Run(took, took, 0), "command": Run(told, told, 0)}
    return {"click_over_check_s": Result(took - told, ALLOWED, False, runs, "a difference in seconds")}


TABLE: dict[str, Callable[[Setting], Results]] = {
    f.__name__: f
    for f in (end_to_end, loops, digest, growth, again, processes, cluster, documents, consolidated, check, click)
}


# ------------------------------------------------------------ against another checkout


def against(s: Setting, other: Path, names: Sequence[str]) -> dict[str, dict[str, Run]]:
    """The same work in this checkout (`here`) and in another one (`there`), in turn: by name of a row of AGAINST."""
    found = {}
    for name in names:
        runs = {where: partial(AGAINST[name], s, root) for where, root in (("there", other), ("here", ROOT))}
        found[name] = interleaved(3 * s.rounds, runs)
    return found


AGAINST: dict[str, Callable[[Setting, Path], Run]] = {
    "check": lambda s, root: command(
        "-m", "toolkit", "check", s.large(), home=s.folder / f"home of {root.name}", root=root
    ),
    "read": lambda s, root: work("ours.read", s.large(), times=15, root=root),
    "digest": lambda s, root: work("ours.digest", s.large(), times=15, root=root),
    "documents": lambda s, root: work("ours.documents", s.workbooks(s.city), data.DOCUMENT, s.new(), root=root),
    "consolidated": lambda s, root: work("ours.consolidated", s.workbooks(s.city), s.new() / "x.xlsx", root=root),
}


# ------------------------------------------------------------ beside the table


def readers(s: Setting) -> dict[str, Run]:
    """Digested the workbook of 600 rows, nothing else"""
    path = s.large()
    names = ("peers.scan", "peers.read_openpyxl", "peers.read_calamine", "peers.read_polars", "ours.read")
    return interleaved(s.rounds, {n: lambda n=n: work(n, path, times=3) for n in names})  # type: ignore[misc]


def checkers(s: Setting) -> dict[str, Run]:
    """Checking 40,000 rows that are read already: a pandera schema for each ledger, and all our rules"""
    folder, tables = s.workbooks(s.units), s.folder / "tables.pickle"
    work("ours.tables", folder, tables)
    return interleaved(
        s.rounds,
        {
            "peers.pandera": lambda: work("peers.pandera", tables),
            "ours.check": lambda: work("ours.check", folder),
        },
    )


def curve(s: Setting, full: bool) -> dict[str, Run]:
    """Workbooks read, checked and aggregated, by their number"""
    counts = [n for n in (1, 10, 100, 1000, 10_000) if n <= s.many or full]
    return {f"{n:,}": work("ours.loop", s.workbooks(n), home=s.new()) for n in counts}


def imports(s: Setting) -> dict[str, float]:
    """What `dangjian check` imports, in ms by package, the slowest first."""
    return imported("-m", "toolkit", "check", str(s.large()))


def facts(results: Results) -> dict[str, Any]:
    """What a program may read of the results."""
    return {
        name: {
            "ratio": round(r.ratio, 3),
            "target": r.target,
            "met": r.met,
            "runs": {k: {"seconds": round(x.seconds, 4), "peak_mb": round(x.peak)} for k, x in r.runs.items()},
        }
        for name, r in results.items()
    }
