#!/usr/bin/env python3
"""Measures product and peers in one run; prints a table and writes docs/benchmarks.md (--only: its rows there).

    pip install .[bench]
    python scripts/bench.py [--json FILE] [--only NAME ...] [--quick] [--full]
    python scripts/bench.py --against OTHER_CHECKOUT [--only check digest ...]

Every run is a fresh process; product and peers alternate. The result is the median of 5 rounds, or of
3 if a run takes more than a minute. NAME is a row of benchmarks/rows.py (end_to_end, loops, digest, ...).
The row `click` needs Xvfb, xdotool and LibreOffice.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.measure import Run  # noqa: E402
from benchmarks.rows import AGAINST, TABLE, Results, Setting, against, checkers, curve, facts, imports, readers  # noqa: E402

PAGE = ROOT / "docs" / "benchmarks.md"
LONGEST = 400  # characters shown of an error
SLOWEST = 8  # number of the slowest packages listed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", type=Path, help="write the ratios to this file")
    parser.add_argument(
        "--only", nargs="+", choices=[*TABLE, *AGAINST], metavar="NAME", help="these rows and nothing else"
    )
    parser.add_argument("--quick", action="store_true", help="a tenth of the workbooks, one round: does it run?")
    parser.add_argument("--full", action="store_true", help="the curve up to 10,000 workbooks")
    parser.add_argument(
        "--against", type=Path, metavar="DIR", help="compare with another checkout, of --only these rows"
    )
    asked = parser.parse_args()
    if asked.against:
        compare(asked.against.resolve(), asked.only or list(AGAINST), asked.quick)
        return
    if unknown := set(asked.only or ()) - set(TABLE):
        parser.error(f"only with --against: {', '.join(unknown)}")
    results: Results = {}
    lacking: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        s = Setting(Path(folder), 1, 100, 10, 8, 8) if asked.quick else Setting(Path(folder))
        for name in asked.only or TABLE:
            try:
                found = TABLE[name](s)
            except Exception as e:  # the tools of one row may be missing here; the others still count
                lacking.append(f"{name}: not measured: {e}")
                print(lacking[-1][:LONGEST], flush=True)
                continue
            for row, r in found.items():
                print(f"{row}: {r.ratio:.2f}, {'at least' if r.least else 'at most'} {r.target:g}", flush=True)
            results |= found
            if asked.json:  # after every row, so that a stopped run leaves its results
                asked.json.write_text(json.dumps(facts(results), ensure_ascii=False, indent=1), encoding="utf-8")
        text = "\n".join([*_table(results), *([] if asked.only else _others(s, asked.full))])
    print(text)
    if not (asked.quick or lacking):
        kept = PAGE.read_text(encoding="utf-8") if asked.only else ""
        PAGE.write_text(_measured_again(kept, text) if asked.only else f"{text}\n", encoding="utf-8")
    sys.exit(1 if lacking else 0)


def compare(other: Path, names: Sequence[str], quick: bool) -> None:
    """Prints how long the same work takes here and in the other checkout; both run in turn."""
    with tempfile.TemporaryDirectory() as folder:
        s = Setting(Path(folder), 1 if quick else 5)
        for name, runs in against(s, other, names).items():
            here, there = (r.process if name == "check" else r.seconds for r in (runs["here"], runs["there"]))
            print(f"{name}: here / there {here / there:.2f} ({here:.4g} s / {there:.4g} s)", flush=True)


def _measured_again(page: str, table: str) -> str:
    """Returns the page with the rows replaced that the table contains."""
    rows = {line.split("|")[1]: line for line in table.splitlines() if line.startswith("| ")}
    lines = (rows.get(line.split("|")[1], line) if "|" in line else line for line in page.splitlines())
    return "".join(f"{line}\n" for line in lines)


def _table(results: Results) -> Iterator[str]:
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    yield f"# Benchmarks\n\nWritten by scripts/bench.py: {machine}. Ratios hold elsewhere, seconds do not.\n"
    yield "| what | measured | target | met | seconds (peak MB) | remark |\n|---|---|---|---|---|---|"
    for name, r in results.items():
        target = f"{'≥' if r.least else '≤'} {r.target:g}"
        yield f"| {name} | {r.ratio:.2f} | {target} | {'yes' if r.met else 'no'} | {_runs(r.runs)} | {r.note} |"


def _runs(runs: Mapping[str, Run]) -> str:
    return "; ".join(f"{name} {_seconds(r)}" for name, r in runs.items())


def _seconds(r: Run) -> str:
    return f"{r.seconds:.3g}" + (f" ({r.peak:.0f})" if r.peak else "")


def _others(s: Setting, full: bool) -> Iterator[str]:
    for told, runs in ((readers.__doc__, readers(s)), (checkers.__doc__, checkers(s)), (curve.__doc__, curve(s, full))):
        yield f"\n## {told}\n\n| | seconds | peak MB |\n|---|---|---|"
        for name, r in runs.items():
            yield f"| {name} | {r.seconds:.3g} | {r.peak:.0f} |"
    yield "\n## What `dangjian check` imports\n\n| package | ms |\n|---|---|"
    for name, ms in list(imports(s).items())[:SLOWEST]:
        yield f"| {name} | {ms:.0f} |"


if __name__ == "__main__":
    main()
