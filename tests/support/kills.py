"""Runs commands that are killed: before a chosen change of the disk, or after a share of their computing time."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.cli.main import main
from toolkit.machine import written

CHANGES = {"os.rename", "os.link", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "sqlite3.connect"}
KILLED = (-signal.SIGKILL, -signal.SIGPROF)
USED = ("documents.batch", "documents.refresh", "excel.changing.approve", "excel.changing.slips", "submissions.rerun")
USED += (
    "excel.consolidated.consolidate",
    "excel.exports.csvfiles",
    "excel.exports.parquet",
    "submissions.check",
)


@dataclass(frozen=True)
class Ran:
    """How a command ended: its exit code, how often it was about to change the disk, and its seconds of computing."""

    code: int
    changes: int = 0
    seconds: float = 0


def run(line: list[str], folder: Path, change: int = 0, seconds: float = 0) -> Ran:
    """Runs a command in a process of its own, which dies before the change of that number, or after these seconds."""
    for name in USED:
        importlib.import_module(f"toolkit.{name}")  # here, so that no child loads it again
    importlib.import_module("pyarrow.parquet")
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        _in_child(line, folder, change, seconds, writing)
    os.close(writing)
    with open(reading) as told:
        found = told.read().split()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return Ran(code, int(found[0]), float(found[1])) if found else Ran(code)


def _in_child(line: list[str], folder: Path, change: int, seconds: float, told: int) -> None:
    code, count = 99, 0

    def watch(event: str, args: tuple[Any, ...]) -> None:
        nonlocal count
        if event in CHANGES or (event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)):
            count += 1
            if count == change:
                os.kill(os.getpid(), signal.SIGKILL)

    try:
        os.chdir(folder)
        for stream in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
        written._here.__dict__.clear()  # the parent's connection
        sys.addaudithook(watch)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        began = time.process_time()
        try:
            main(line)
        except SystemExit as e:
            code = int(e.code or 0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        os.write(told, f"{count} {time.process_time() - began}".encode())
    finally:
        os._exit(code)
