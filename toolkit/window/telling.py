"""What a command and the program that started it tell each other: progress line by line, the clerk's text in the JSON."""

from __future__ import annotations

import os
import re
import signal
import sys

ASKED = "DANGJIAN_TELLING"  # in the environment of a command that the window started
_PROGRESS = re.compile(r"进度 ([0-9]+)/([0-9]+)")
_STEPS = 200  # at most so many lines of progress


def heed_interrupts() -> None:
    """Lets the program that shows this command cancel it, also where that one was started in the background."""
    if telling():
        signal.signal(signal.SIGINT, signal.default_int_handler)


def telling() -> bool:
    """Whether another program shows what this command says."""
    return os.environ.get(ASKED) == "1"


def tell_progress(done: int, total: int) -> None:
    """Writes one line of progress to stderr."""
    if done == total or done % max(1, total // _STEPS) == 0:
        print(f"进度 {done}/{total}", file=sys.stderr, flush=True)


def progress_of(line: str) -> tuple[int, int] | None:
    """Returns done and total of a line of progress; None if the line says something else."""
    found = _PROGRESS.fullmatch(line.strip())
    return (int(found[1]), int(found[2])) if found else None
