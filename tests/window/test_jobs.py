"""Work in a process of its own: progress, an end on demand, a crash that costs nothing but its job."""

from __future__ import annotations

import errno
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from support.browser import wait

from toolkit.errors import CannotRun
from toolkit.window.jobs import CANCELLED, DONE, FAILED, RUNNING, Job, Jobs
from toolkit.window.orders import Run

WAITS = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # as commands do, also where the tests run in the background
print("进度 3/60", file=sys.stderr, flush=True)
try:
    time.sleep(600)
except KeyboardInterrupt:
    sys.exit(130)
"""

DEAF = """
import signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)  # its worker inherits it
works = "import sys, time; print('进度 1/2', file=sys.stderr, flush=True); time.sleep(600)"
subprocess.Popen([sys.executable, "-c", works])
time.sleep(600)
"""


def job(code: str, *results: Path) -> tuple[Jobs, Job]:
    jobs = Jobs((sys.executable, "-c", code))
    return jobs, jobs.start(Run("check", ["check"], results))


def finished(code: str, *results: Path) -> Job:
    _, made = job(code, *results)
    wait("it ends", lambda: made.state != RUNNING)
    return made


def test_progress_is_shown_and_the_work_is_cancelled() -> None:
    jobs, made = job(WAITS)
    wait("progress", lambda: (made.done, made.total) == (3, 60))
    with pytest.raises(CannotRun, match="还有一项工作"):
        jobs.start(made.run)
    made.cancel()
    wait("it ends", lambda: made.state == CANCELLED)
    assert made.process.returncode in (130, -2)
    assert not jobs.busy


@pytest.mark.skipif(sys.platform == "win32", reason="has no process groups")
def test_what_does_not_end_by_itself_is_ended_with_its_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.window.jobs.PATIENCE", 0.01)
    jobs, made = job(DEAF)
    wait("the worker works", lambda: made.total)
    jobs.end()
    wait("nobody holds the pipe", lambda: made.state != RUNNING)


def test_the_end_of_the_window_ends_the_work() -> None:
    jobs, made = job(WAITS)
    wait("progress", lambda: made.total)
    jobs.end()
    assert made.process.poll() is not None


def test_a_crash_is_said_with_its_last_words() -> None:
    made = finished("raise ValueError('甲')")
    assert made.state == FAILED
    assert "程序出错" in made.said[0] and made.notes[-1] == "ValueError: 甲"


def test_what_could_not_run_is_one_sentence() -> None:
    made = finished("""import sys
print('{"error": "没有找到工作簿。"}')
print("无法执行：没有找到工作簿。", file=sys.stderr)
sys.exit(2)""")
    assert (made.state, made.said, list(made.notes)) == (FAILED, ["没有找到工作簿。"], [])


def test_only_results_that_are_there_are_offered(tmp_path: Path) -> None:
    there, gone = tmp_path / "有.xlsx", tmp_path / "无.xlsx"
    there.touch()
    made = finished("print('完成')", there, gone)
    assert made.state == DONE
    assert [r["name"] for r in made.shown()["results"]] == ["有.xlsx"]


class Refusing:
    """Windows, when a command line is longer than it takes, or a policy bars the program."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __call__(self, command: Sequence[str], **_: object) -> None:
        assert len(" ".join(command)) > 32_767 or self.number != 206
        error = OSError(errno.EINVAL, "refused")
        error.winerror = self.number  # type: ignore[attr-defined]
        raise error


@pytest.mark.parametrize(("number", "said"), [(206, "改选它们所在的文件夹"), (1260, "请管理员允许")])
def test_a_start_that_windows_refuses_is_told(number: int, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.window.jobs.subprocess.Popen", Refusing(number))
    many = [f"C:\\台账\\单位{n:04}.xlsx" for n in range(2000)]
    with pytest.raises(CannotRun, match=said):
        Jobs().start(Run("check", ["check", *many], []))


def test_an_old_job_says_that_it_is_gone() -> None:
    with pytest.raises(CannotRun):
        Jobs()["7"]
