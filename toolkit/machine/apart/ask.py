"""Runs a function in a child process that is killed at its limit of time or memory; the caller goes on.

The child is started as `python -m toolkit.machine.apart.child`, or by the frozen program in the same way. It never runs
the user's script, so that script needs no guard. One child serves one order after the other.
"""

from __future__ import annotations

import atexit
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

from . import child as _child
from .limits import MEMORY, end_job, in_job

SECONDS = 120.0  # for one order: of computing, and on the clock

T = TypeVar("T")
_PACKAGE = Path(__file__).resolve().parents[3]
_lock = threading.Lock()
_children: list[_Child] = []  # at most one


class Killed(Exception):
    """The child gave no answer; the message says in Chinese why."""


def ask(function: Callable[..., T], *given: str) -> T:
    """Returns function(*given), computed in a child. `function` must be importable by its name. Raises Killed.

    The answer must be data that can be pickled. An exception in the child is a Killed, too.
    """
    with _lock:
        if not (_children and _children[0].serves(MEMORY, SECONDS)):
            for old in _children:
                old.close()
            _children[:] = [_Child(MEMORY, SECONDS)]
        return cast(T, _children[0].ask(function, given))


class _Child:
    """One child process, and the pipes to it."""

    def __init__(self, memory: int, seconds: float) -> None:
        self.memory, self.seconds, self.owner = memory, seconds, os.getpid()
        paths = [str(_PACKAGE), *filter(None, [os.environ.get("PYTHONPATH")])]
        try:
            self.process = subprocess.Popen(
                [sys.executable or "", "-P", "-m", _child.__name__, str(memory), str(seconds)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # a panic in Rust prints there
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except (OSError, ValueError) as e:
            raise Killed("读取它的进程不能启动") from e
        self.job = in_job(int(getattr(self.process, "_handle", 0)), memory)
        self.overdue = False
        atexit.register(self.close)

    def serves(self, memory: int, seconds: float) -> bool:
        """Whether this child lives, is our own and not that of the process we were forked from, and has these limits."""
        ours = self.owner == os.getpid() and (self.memory, self.seconds) == (memory, seconds)
        return ours and self.process.poll() is None

    def ask(self, function: Callable[..., Any], given: Sequence[str]) -> Any:
        timer = threading.Timer(self.seconds, self._overdue)
        timer.daemon = True
        timer.start()
        try:
            told = self._exchange(json.dumps([function.__module__, function.__name__, given]))
        except BaseException:
            self.close()  # what it answers later belongs to no question
            raise
        finally:
            timer.cancel()
        if told is None:
            raise Killed(self._why())
        state, answer = pickle.loads(told)
        if state == _child.DONE:
            return answer
        self.close()  # after a lack of memory nothing can be relied on
        raise Killed("太大，内存不够" if state == _child.NO_MEMORY else f"读取时程序出错（{answer}）")

    def _exchange(self, order: str) -> bytes | None:
        """Sends an order and returns the answer, None if the child died."""
        given, taken = self.process.stdin, self.process.stdout
        assert given and taken
        try:
            given.write(f"{order}\n".encode())
            given.flush()
            head = taken.read(_child.LENGTH.size)
            if len(head) < _child.LENGTH.size:
                return None
            (length,) = _child.LENGTH.unpack(head)
            answer = taken.read(length)
        except OSError:
            return None
        return answer if len(answer) == length else None

    def _overdue(self) -> None:
        self.overdue = True
        self._kill()

    def _kill(self) -> None:
        job, self.job = self.job, None
        end_job(job)
        with suppress(OSError):
            self.process.kill()

    def _why(self) -> str:
        self.close()
        if self.overdue or self.process.returncode == -getattr(signal, "SIGXCPU", 0):
            return f"读取超过{self.seconds:g}秒，已停止"
        return "读取时程序意外终止，文件可能已损坏或内容过大"

    def close(self) -> None:
        """Ends the child; does nothing in a process that was forked from ours."""
        atexit.unregister(self.close)
        if self.owner != os.getpid():
            return
        self._kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()
