"""Runs the commands that the window orders, each in a process of its own: with progress, and an end on demand."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import CannotRun
from .opening import OPENED
from .orders import Run
from .tables import table
from .telling import ASKED, progress_of

RUNNING, DONE, FAILED, CANCELLED = "running", "done", "failed", "cancelled"
KEPT = 20  # finished jobs that the page may still ask for
PATIENCE = 10  # seconds for a command to end by itself
USAGE = "用法"  # click's lines on how a command is typed
TOO_LONG = 206  # Windows' error for a command line of more than 32,767 characters
LINES = 2000  # lines of text that are shown
COMMAND = (sys.executable, "-P", "-B", "-m", "toolkit")


@dataclass
class Job:
    """One running or finished command."""

    id: str
    run: Run
    process: subprocess.Popen[str]
    state: str = RUNNING
    done: int = 0
    total: int = 0
    said: list[str] = field(default_factory=list)
    notes: deque[str] = field(default_factory=lambda: deque(maxlen=LINES))
    table: dict[str, Any] | None = None
    code: int | None = None
    cancelled: bool = False

    def shown(self) -> dict[str, Any]:
        """Returns the job as JSON for the page."""
        return {
            "id": self.id,
            "action": self.run.action,
            "state": self.state,
            "code": self.code,
            "done": self.done,
            "total": self.total,
            "said": self.said,
            "notes": list(self.notes),
            "table": self.table if self.state != RUNNING else None,
            "results": self._results() if self.state == DONE else [],
        }

    def _results(self) -> list[dict[str, Any]]:
        there = [p for p in self.run.results if p.exists()]
        return [
            {"path": str(p), "name": p.name, "folder": p.is_dir(), "opens": p.suffix.lower() in OPENED} for p in there
        ]

    def follow(self) -> None:
        """Reads what the command says until it ends."""
        reader = threading.Thread(target=self._progress, daemon=True)
        reader.start()
        assert self.process.stdout is not None
        text = self.process.stdout.read()
        code = self.process.wait()
        reader.join()
        self._finish(text, code)

    def _progress(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if step := progress_of(line):
                self.done, self.total = step
            elif line.strip():
                self.notes.append(line.rstrip().removeprefix("无法执行："))  # the heading says so

    def _finish(self, text: str, code: int) -> None:
        self.code = code
        answer = _json(text)
        if self.cancelled and code not in (0, 1):
            self.state = CANCELLED
            return
        if answer is None:
            self.said = text.splitlines()[:LINES]
        else:
            self.said = str(answer.get("said") or answer.get("error") or "").splitlines()[:LINES]
            if "error" in answer:  # the same stands on stderr, for people
                self.notes = deque(n for n in self.notes if n.strip() not in str(answer["error"]))
            with suppress(KeyError, TypeError):
                self.table = table(self.run.action, answer, self.run.arguments[-1])
        self.notes = deque(self._for_page(n) for n in self.notes if not n.startswith(USAGE))
        crashed = code not in (0, 1, 2) or (code == 1 and not text.strip())
        self.state = FAILED if crashed or (code == 2 and not self.table) else DONE
        if crashed:
            self.said = ["程序出错，没有做完。请把下面的文字发给管理本工具的人。"]

    def _for_page(self, note: str) -> str:
        """A note without the options of the command line: the field stands for them."""
        note = note.removeprefix("错误：")
        for option, caption in self.run.captions.items():
            note = note.replace(f"'{option}' ", f"“{caption}”")
        return note

    def cancel(self) -> None:
        """Ends the command; it removes what is not finished."""
        self.cancelled = True
        if self.process.poll() is not None:
            return
        with suppress(OSError):
            if sys.platform == "win32":
                self.process.terminate()
            else:
                os.killpg(self.process.pid, signal.SIGINT)  # its workers too
        threading.Thread(target=self._insist, daemon=True).start()

    def _insist(self) -> None:
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            if sys.platform == "win32":
                self.process.kill()
                return
            with suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL)


def _json(text: str) -> dict[str, Any] | None:
    if not text.startswith("{"):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


class Jobs:
    """The jobs of one window: one at a time runs, the last ones are kept."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._command, self._jobs, self._lock = list(command), dict[str, Job](), threading.Lock()

    def start(self, run: Run) -> Job:
        """Starts a command. Raises CannotRun while another one is running."""
        with self._lock:
            if self.busy:
                raise CannotRun("还有一项工作在做。请等它做完，或先取消。")
            job = Job(str(len(self._jobs) + 1), run, self._process(run.arguments))
            self._jobs[job.id] = job
            for old in list(self._jobs.values())[:-KEPT]:
                old.run, old.table, old.said = Run(old.run.action, [], []), None, ["结果已经不在了，请再做一次。"]
        threading.Thread(target=job.follow, daemon=True).start()
        return job

    def _process(self, arguments: Sequence[str]) -> subprocess.Popen[str]:
        more: Mapping[str, Any] = (
            {"creationflags": 0x08000000}  # CREATE_NO_WINDOW
            if sys.platform == "win32"
            else {"start_new_session": True}
        )
        try:
            return subprocess.Popen(
                [*self._command, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
                env=os.environ | {ASKED: "1", "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"},
                cwd=Path.home(),
                **more,
            )
        except OSError as e:
            if e.errno == errno.E2BIG or getattr(e, "winerror", 0) == TOO_LONG:
                raise CannotRun("一次选的文件太多。请不要逐份选，改选它们所在的文件夹。") from e
            raise CannotRun(f"工作台不能启动命令（{e.strerror or e}）。可能被安全策略阻止，请管理员允许。") from e

    def __getitem__(self, name: str) -> Job:
        """Returns a job. Raises CannotRun if there is none of that number."""
        try:
            return self._jobs[name]
        except KeyError:
            raise CannotRun("没有这项工作。") from None

    @property
    def running(self) -> Job | None:
        """The job that is running."""
        return next((j for j in self._jobs.values() if j.state == RUNNING), None)

    @property
    def busy(self) -> bool:
        """Whether a command is running."""
        return self.running is not None

    def end(self) -> None:
        """Ends what is running and waits for it."""
        for job in self._jobs.values():
            if job.state == RUNNING:
                job.cancel()
                with suppress(subprocess.TimeoutExpired):
                    job.process.wait(PATIENCE + 1)
