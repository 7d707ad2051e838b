"""One order in a child: it is killed at its limits, whatever it does, and the next order is served."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from support.paths import ROOT
from support.small_city import org, unit, write

from toolkit.excel.reading.read import read_book
from toolkit.machine.apart import ask as parent
from toolkit.machine.apart.ask import Killed, ask
from toolkit.machine.apart.limits import job_limits
from toolkit.machine.workers import AT_ONCE, FEW
from toolkit.model import Catalog


def doubled(text: str, more: str = "") -> str:
    """An order that is done."""
    print("what a library prints is no answer")
    os.write(2, b"thread 'main' panicked")
    return text * 2 + more


def endless(text: str) -> str:
    while True:
        text = text[::-1]


def greedy(text: str) -> int:
    return len(bytearray(8 << 30))


def deadly(text: str) -> None:
    os.abort()


def wrong(text: str) -> None:
    raise ZeroDivisionError(text)


@pytest.fixture(autouse=True)
def _children_find_this_module(monkeypatch: pytest.MonkeyPatch) -> None:
    here = [str(Path(__file__).parent), str(Path(__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(here))
    monkeypatch.setattr(parent, "SECONDS", 100.0 + os.getpid() % 7)  # a child that was started with this path


def test_an_order_is_done_and_names_are_any_text(capfd: pytest.CaptureFixture[str]) -> None:
    assert ask(doubled, "甲\n\udce4\0", "乙") == "甲\n\udce4\0甲\n\udce4\0乙"
    assert capfd.readouterr() == ("", "")


def test_one_child_serves_many_orders() -> None:
    ask(doubled, "甲")
    first = parent._children[0].process.pid
    assert ask(doubled, "乙") == "乙乙"
    assert parent._children[0].process.pid == first


@pytest.mark.parametrize(
    ("order", "why"),
    [
        (deadly, "读取时程序意外终止，文件可能已损坏或内容过大"),
        (wrong, "读取时程序出错（ZeroDivisionError）"),
        pytest.param(
            greedy,
            "太大，内存不够",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="the limit is the system's"),
        ),
    ],
)
def test_a_child_that_fails_is_replaced(order: object, why: str) -> None:
    with pytest.raises(Killed, match=why):
        ask(order, "甲")  # type: ignore[arg-type]
    assert ask(doubled, "乙") == "乙乙"


def test_an_order_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parent, "SECONDS", 1.0)
    with pytest.raises(Killed, match="读取超过1秒，已停止"):
        ask(endless, "甲")
    assert not parent._children[0].serves(parent.MEMORY, parent.SECONDS)
    monkeypatch.setattr(parent, "SECONDS", 100.0)
    assert ask(doubled, "乙") == "乙乙"


def test_without_a_python_the_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    monkeypatch.setattr(parent, "MEMORY", 3 << 30)
    with pytest.raises(Killed, match="不能启动"):
        ask(doubled, "甲")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_a_fork_has_a_child_of_its_own() -> None:
    ask(doubled, "甲")
    before = parent._children[0].process.pid
    forked = os.fork()
    if not forked:
        answer = ask(doubled, "乙")
        os._exit(0 if answer == "乙乙" and parent._children[0].process.pid != before else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(forked, 0)[1]) == 0
    assert ask(doubled, "丙") == "丙丙"
    assert parent._children[0].process.pid == before


def test_the_limits_of_windows_have_the_shape_that_it_wants() -> None:
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION, winnt.h: 144 bytes, flags at 16 and the memory of a process at 112."""
    told = job_limits(5 << 30)
    size, flags = ctypes.sizeof(told), type(told).LimitFlags.offset
    assert (size, flags, type(told).ProcessMemoryLimit.offset) == (144, 16, 112)
    assert (told.LimitFlags, told.ProcessMemoryLimit) == (0x2100, 5 << 30)


# ------------------------------------------------------------- bad files of a folder

SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


def swollen(good: Path, bad: Path, megabytes: int, text: bytes) -> None:
    """A copy of a workbook in which one sheet has become so large; its cells are not written as usual."""
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(bad, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet3.xml":
                cells = b"".join(b'<c r="%c5" t="str"><v>%s</v></c >' % (65 + n, text) for n in range(20))
                rows = b"".join(
                    b'<row r="%d">%s</row>' % (n, cells.replace(b'5" t', b'%d" t' % n))
                    for n in range(5, 5 + (megabytes << 20) // len(cells))
                )
                data = SHEET % rows
            new.writestr(name, data)


# Written as people write a script: without `if __name__ == "__main__"`.
SCRIPT = """
import sys
from toolkit.cli.main import main
from toolkit.machine.apart import ask

ask.SECONDS, ask.MEMORY = float(sys.argv[1]), int(sys.argv[2]) << 20
print("begun")
main(["check", sys.argv[3], "--no-cache", "--jobs", "1"])
"""


@pytest.mark.parametrize(
    ("seconds", "memory", "text", "why"),
    [
        (0.6, 2000, b"1", "读取超过0.6秒，已停止"),
        pytest.param(
            100, 300, b"%d" * 40, "太大，内存不够", marks=pytest.mark.skipif(sys.platform != "linux", reason="Linux's")
        ),
    ],
    ids=["time", "memory"],
)
@pytest.mark.parametrize("files", [1, FEW], ids=["few", "many"])
def test_files_that_burn_cost_themselves_alone(
    catalog: Catalog, tmp_path: Path, seconds: float, memory: int, text: bytes, why: str, files: int
) -> None:
    folder = tmp_path / "收件"
    folder.mkdir()
    for n in range(files):
        write(catalog, folder / f"好{n}.xlsx", unit(f"AA{n:03}", f"示例市第{n}局"), {"org": [org()]})
    swollen(folder / "好0.xlsx", tmp_path / "坏.xlsx", 90, text)
    for n in range(2):
        os.link(tmp_path / "坏.xlsx", folder / f"坏{n}.xlsx")
    (tmp_path / "plain.py").write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, tmp_path / "plain.py", str(seconds), str(memory), folder]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1, done.stderr
    assert done.stdout.count("begun") == 1
    assert done.stdout.count(f"[错误 F01] 文件打不开：{why}。") == 2, done.stdout
    assert f"检查{files + 2}份工作簿、{files}行记录" in done.stdout


# Python runs it at the start of every process: of the command, of a pool, of a cluster.
LIMITS = """
from toolkit.machine.apart import ask

ask.SECONDS, ask.MEMORY = {}, {} << 20
"""
IN_TIME, IN_MEMORY = (0.6, 2000, b"1", "读取超过0.6秒，已停止"), (100, 300, b"%d" * 40, "太大，内存不够")


@pytest.mark.skipif(sys.platform != "linux", reason="a limit of memory is Linux's")
@pytest.mark.parametrize(("seconds", "memory", "text", "why"), [IN_TIME, IN_MEMORY], ids=["time", "memory"])
@pytest.mark.parametrize("how", [["--jobs", "2"], ["--cluster", "local", "--jobs", "2"]], ids=["pool", "cluster"])
def test_a_large_bad_file_in_a_pool_costs_itself_alone(
    catalog: Catalog, tmp_path: Path, how: list[str], seconds: float, memory: int, text: bytes, why: str
) -> None:
    """Each process of the pool has a child of its own; the other files are read, and no process is left over."""
    if "--cluster" in how:
        pytest.importorskip("distributed")
    folder, good = tmp_path / "收件", 2 * AT_ONCE
    folder.mkdir()
    for n in range(good):
        write(catalog, folder / f"好{n}.xlsx", unit(f"AA{n:03}", f"示例市第{n}局"), {"org": [org()]})
    swollen(folder / "好0.xlsx", folder / "坏.xlsx", 90, text)
    (tmp_path / "sitecustomize.py").write_text(LIMITS.format(seconds, memory), encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)]), "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "toolkit", "aggregate", folder, "-o", tmp_path / "汇总.xlsx", *how]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=env, cwd=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"坏.xlsx：\n  [错误 F01] 文件打不开：{why}" in done.stdout, done.stdout
    assert done.stdout.count("文件打不开") == 1
    read = read_book(tmp_path / "汇总.xlsx")
    assert not read.findings
    told = {str(v) for grid in read.grids.values() for row in grid.cells for v in row}
    assert {f"AA{n:03}" for n in range(good)} <= told
