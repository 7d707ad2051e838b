#!/usr/bin/env python3
"""Measurements, side by side in one run; prints a table and writes docs/benchmarks.md.

    python scripts/bench.py [--json FILE]

click   validating a 600-row workbook by a mouse click in LibreOffice, from click to result visible,
        against `dangjian check` of the same file in a fresh process (needs Xvfb, xdotool, LibreOffice)
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

ROUNDS = 5
ALLOWED = 0.5  # seconds that a click may take longer than the command


def click() -> dict[str, Any]:
    """Seconds of a click and of the command, medians of ROUNDS interleaved rounds."""
    import city
    from desk import Desk, wait
    from work import Work, unit_book

    from toolkit.actions import BY_NAME
    from toolkit.catalog import load_catalog
    from toolkit.excel.live import RESULT

    clicks, commands = [], []
    with tempfile.TemporaryDirectory() as folder:
        more = [city.party_day(n % 12 + 1, topic=f"主题{n}") for n in range(596)]
        path = unit_book(load_catalog(), Path(folder) / "局.xlsm", *more)
        desk = Desk()
        work = Work(desk, path)
        for _ in range(ROUNDS + 1):  # the first round warms up and is not counted
            start = time.perf_counter()
            work.click("button", BY_NAME["check_all"].caption)
            wait("the result", lambda: work.has(RESULT) and work.text(RESULT, 1, 1), 60)
            clicks.append(time.perf_counter() - start)
            work.wait_idle()
            work.front("封面")
            work.click("button", BY_NAME["clear_marks"].caption)
            wait("the marks go", lambda: not work.has(RESULT), 60)
            work.wait_idle()
            start = time.perf_counter()
            subprocess.run([sys.executable, "-m", "toolkit", "check", str(path)], capture_output=True, check=False)
            commands.append(time.perf_counter() - start)
        work.close()
        desk.close()
    took, command = statistics.median(clicks[1:]), statistics.median(commands[1:])
    return {"ratio": round(took - command, 2), "target": ALLOWED, "met": took - command <= ALLOWED,
            "click_s": round(took, 2), "command_s": round(command, 2)}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", type=Path, help="write the results to this file")
    asked = parser.parse_args()
    found = {"click_over_check_s": click()}
    lines = ["# Benchmarks", "", "Written by scripts/bench.py. Seconds depend on the machine.", "",
             "| what | measured | at most | met |", "|---|---|---|---|"]  # fmt: skip
    for name, r in found.items():
        lines.append(
            f"| {name} | {r['ratio']} ({r['click_s']} against {r['command_s']}) | {r['target']} | {r['met']} |"
        )
    text = "\n".join(lines)
    print(text)
    (ROOT / "docs" / "benchmarks.md").write_text(text + "\n", encoding="utf-8")
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
