"""Many processes: results in order, a process that dies costs one thing, and nothing stays behind."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, suppress
from pathlib import Path

import pytest
from support.interrupting import heeds_interrupts
from support.units import many

from toolkit.machine.quiet import quiet
from toolkit.machine.workers import over
from toolkit.model import Catalog


def square(n: int) -> int:
    return n * n


def deadly(n: int) -> int:
    """Ends the process at once, as an abort in a library would."""
    if n in (5, 6, 29):
        os.abort()
    return n * n


def greedy(n: int) -> int:
    if n == 7:
        return len(bytearray(8 << 30))
    return n


def test_results_come_in_order() -> None:
    assert list(over(square, range(50), 2)) == [n * n for n in range(50)]


def test_a_process_that_dies_costs_one_thing() -> None:
    found = list(over(deadly, range(40), 2, lost=lambda n: -n))
    assert found == [-n if n in (5, 6, 29) else n * n for n in range(40)]


def test_without_a_stand_in_a_dead_process_is_an_error() -> None:
    with pytest.raises(BrokenProcessPool):
        list(over(deadly, range(40), 2))


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is the system's")
def test_memory_is_limited() -> None:
    with pytest.raises(MemoryError):
        list(over(greedy, range(20), 2))


def test_whoever_stops_early_leaves_no_process() -> None:
    for result in over(square, range(500), 2):
        if result == 9:
            break
    assert children(os.getpid()) == []


def children(pid: int) -> list[int]:
    """Processes below `pid` that run Python workers."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            line = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == pid and b"spawn_main" in line:
            found.append(int(entry.name))
    return found


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_leaves_nothing_half_written(how: signal.Signals, catalog: Catalog, tmp_path: Path) -> None:
    made = many(catalog, tmp_path / "收件", 4)
    for n in range(800):
        os.link(made[n % 4], tmp_path / "收件" / f"连{n:04}.xlsx")
    out = tmp_path / "out"
    out.mkdir()
    command = [sys.executable, "-m", "toolkit", "aggregate", tmp_path / "收件", "-o", out / "汇总.xlsx", "--jobs", "2"]
    env = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    # It yields to this process, which is to see it in the middle, however busy the machine is.
    run = subprocess.Popen(
        ["nice", "-n", "19", *command],
        env=env,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=heeds_interrupts,
    )
    workers: list[int] = []
    # The sign that it is in the middle: some files are written down, most are not.
    while not written_down(tmp_path / "cache") and run.poll() is None:
        time.sleep(0.02)
        workers = children(run.pid) or workers
    assert run.poll() is None, "it was done before it could be stopped"
    assert len(workers) == 2
    if how is signal.SIGINT:
        os.killpg(run.pid, how)  # as a terminal does it: to the whole group
    else:
        os.kill(run.pid, how)
    _, said = run.communicate(timeout=120)
    if how is signal.SIGINT:
        assert run.returncode == 130
        assert "已中断" in said.decode()
    deadline = time.monotonic() + 60
    while (left := [pid for pid in workers if alive(pid)]) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left == []
    assert list(out.iterdir()) == []
    # What was read until then is sound: the next run goes on from there.
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert "实报4家" in done.stdout, done.stderr
    assert "损坏" not in done.stderr


def written_down(cache: Path) -> int:
    """How many files a run has committed to its cache."""
    for path in cache.rglob("read.sqlite"):
        with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            return int(db.execute("SELECT count(*) FROM files").fetchone()[0])
    return 0


def alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


@pytest.mark.parametrize("lead", ["", "import sys; del sys.modules['__main__'].__file__\n"], ids=["script", "notebook"])
def test_a_script_needs_no_guard(tmp_path: Path, lead: str) -> None:
    """The processes do not run the user's script again; a notebook has no script at all."""
    script = tmp_path / "plain.py"
    script.write_text(
        f"{lead}from math import sqrt\n"
        "from toolkit.machine.workers import over\n"
        "print('begun')\n"
        "print(sum(over(sqrt, [4] * 32, jobs=2)))\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=300, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("begun\n64.0\n", "", 0)


def test_what_a_library_prints_stays_off_the_screen(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet():
        with quiet():
            os.write(2, b"thread 'main' panicked at cfb.rs")
        os.write(2, b"stack backtrace")
    os.write(2, b"seen")
    assert capfd.readouterr().err == "seen"
