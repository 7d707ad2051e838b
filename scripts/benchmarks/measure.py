"""Runs work in fresh processes, and measures its time, the time of the whole process, and its peak memory."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).resolve().parent.parent
ROOT = SCRIPTS.parent
_WARM = 2  # warm-up runs of short work
_LOOK = 0.05  # seconds between two looks at the memory
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


@dataclass(frozen=True)
class Run:
    """One run. `seconds` is the work alone, `process` the whole process with its start and its imports."""

    seconds: float
    process: float
    peak: float  # MB, of the process and all that it started
    result: Any = None


def work(name: str, *args: Any, times: int = 1, home: Path | None = None, root: Path = ROOT) -> Run:
    """Runs work in a new process; `module.function` of this package, called with `args`, returns that work.

    Short work runs `times` times, after two warm-up runs; the median counts. `root` is the checkout that runs it.
    """
    code = "from benchmarks.measure import child; child()"
    told = json.dumps(args, default=str)
    done, process, peak = _watched([sys.executable, "-c", code, name, str(times)], home, (0,), told, root)
    told = json.loads(done.splitlines()[-1])
    return Run(told["seconds"], process, max(peak, told["peak"]), told["result"])


def command(*args: str | Path, home: Path | None = None, root: Path = ROOT) -> Run:
    """Runs Python with these arguments, in the checkout `root`; exit codes 0 and 1 are accepted."""
    done_or_findings = (0, 1)
    _, process, peak = _watched([sys.executable, *map(str, args)], home, done_or_findings, root=root)
    return Run(process, process, peak)


def child() -> None:
    """Runs in the process that `work` starts: takes the arguments from stdin, prints the measurements as JSON."""
    import importlib

    module, _, function = sys.argv[1].partition(".")
    times = int(sys.argv[2])
    todo = getattr(importlib.import_module(f"benchmarks.{module}"), function)(*json.loads(sys.stdin.read()))
    took = []
    for n in range(times + _WARM if times > 1 else 1):
        start = time.perf_counter()
        result = todo()
        if times == 1 or n >= _WARM:
            took.append(time.perf_counter() - start)
    answer = {"seconds": statistics.median(took), "peak": _own_peak(), "result": result if times == 1 else None}
    print(json.dumps(answer, default=str))


def interleaved(rounds: int, runs: Mapping[str, Callable[[], Run]]) -> dict[str, Run]:
    """Runs each of `runs` in turn, for so many rounds; returns the medians, with the last result."""
    found: dict[str, list[Run]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            found[name].append(run())
    return {name: _median(took) for name, took in found.items()}


def _median(runs: list[Run]) -> Run:
    def of(key: str) -> float:
        return float(statistics.median(getattr(r, key) for r in runs))

    return Run(of("seconds"), of("process"), of("peak"), runs[-1].result)


def imported(*args: str) -> dict[str, float]:
    """Returns the milliseconds that Python with these arguments spends on imports, by package, slowest first."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *args],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        check=True,
    )
    found: dict[str, float] = {}
    for line in done.stderr.splitlines():
        own, _, name = (*(x.strip() for x in line.removeprefix("import time:").split("|")), "", "")[:3]
        if not own.isdigit():  # headings and other output
            continue
        package = name.partition(".")[0]
        found[package] = found.get(package, 0) + int(own) / 1e3
    return dict(sorted(found.items(), key=lambda x: -x[1]))


# ------------------------------------------------------------ the process


def _watched(
    arguments: list[str], home: Path | None, good: tuple[int, ...], told: str = "", root: Path = ROOT
) -> tuple[str, float, float]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(root / "scripts"), str(root))), "PYTHONWARNINGS": "ignore"}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # else each process compiles all modules anew, as nobody's does
    if home:  # everything kept between runs is below it
        home.mkdir(parents=True, exist_ok=True)
        env |= {name: str(home) for name in ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "LOCALAPPDATA")}
    start = time.perf_counter()
    process = subprocess.Popen(
        arguments,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=env,
        cwd=root,
    )
    peaks, over = [0.0], threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, peaks, over))
    watcher.start()
    said, wrong = process.communicate(told)
    took = time.perf_counter() - start
    over.set()
    watcher.join()
    if process.returncode not in good:
        raise RuntimeError(f"{arguments[1:]}: {wrong[-2000:]}")
    return said, took, max(peaks)


def _watch(pid: int, peaks: list[float], over: threading.Event) -> None:
    while not over.wait(_LOOK):
        peaks.append(sum(_resident(p) for p in _tree(pid)))


def _tree(pid: int) -> list[int]:
    """Returns the process and all that it started; without /proc, only the process."""
    try:
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(p for c in below for p in _tree(int(c)))]


def _resident(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE / 1e6
    except (OSError, IndexError):
        return 0.0


def _own_peak() -> float:
    try:
        status = Path("/proc/self/status").read_text().split("VmHWM:")[1]
        return int(status.split()[0]) / 1e3
    except (OSError, IndexError):
        return 0.0
