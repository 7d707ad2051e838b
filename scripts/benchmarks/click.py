"""Compares a mouse click in LibreOffice, up to the visible result, with the command (Xvfb, xdotool, LibreOffice)."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .measure import ROOT

READS = 2  # seconds that a person looks at a result before the next click
ALLOWED = 0.5  # seconds that a click may take longer than the command


def click_and_command(rounds: int) -> tuple[float, float]:
    """Returns the median seconds of a click on 检查 and of `dangjian check` (600 rows, interleaved rounds)."""
    sys.path.insert(0, str(ROOT / "tests"))
    from support import small_city
    from support.desk import Desk, wait
    from support.work import Work, unit_book

    from toolkit.excel.actions import BY_NAME
    from toolkit.standard.catalog import load_catalog
    from toolkit.standard.sheets import RESULT

    clicks, commands = [], []
    with tempfile.TemporaryDirectory() as folder:
        more = [small_city.party_day(n % 12 + 1, topic=f"主题{n}") for n in range(596)]
        path = unit_book(load_catalog(), Path(folder) / "局.xlsm", *more)
        desk = Desk()
        work = Work(desk, path)
        for _ in range(rounds + 1):  # the first round warms up and is not counted
            time.sleep(READS)
            work.click("button", BY_NAME["check_all"].caption)
            wait("the result", lambda: work.has(RESULT) and work.text(RESULT, 1, 1), 60)
            clicks.append(time.perf_counter() - work.screen.pressed)
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
    return statistics.median(clicks[1:]), statistics.median(commands[1:])
