"""A process pool that survives the death of a process; no process outlives the command."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import zlib
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType
from typing import Any, TypeVar

from .apart.limits import confine

AHEAD = 3  # batches in progress per process; limits the results that are finished but not yet taken

T = TypeVar("T")
R = TypeVar("R")
Lost = Callable[[T], R]


def pooled(
    function: Callable[[T], R], batches: Sequence[Sequence[T]], jobs: int, lost: Lost[T, R] | None
) -> Iterator[R]:
    """Yields the results of all batches in order; see workers.over."""
    left = deque(batches)
    while left:
        # A pool is unusable once a process died: the batches in progress run one by one, then a new pool starts.
        unfinished = yield from _until_broken(function, left, jobs)
        if unfinished and lost is None:
            raise BrokenProcessPool("a process died")
        for batch in unfinished:
            yield from _one_by_one(function, batch, lost) if lost else ()


def _until_broken(
    function: Callable[[T], R], left: deque[Sequence[T]], jobs: int
) -> Generator[R, None, list[Sequence[T]]]:
    """Yields results; returns the batches that were in progress when a process died."""
    pool, under_way = _pool(function, jobs), deque[tuple[Sequence[T], Future[list[Any]]]]()
    try:
        while left or under_way:
            while left and len(under_way) < jobs * AHEAD:
                under_way.append((left[0], pool.submit(_each, left[0])))
                left.popleft()
            results = under_way[0][1].result()
            under_way.popleft()
            yield from results
        return []
    except BrokenProcessPool:
        return [batch for batch, _ in under_way]
    finally:
        pool.shutdown(cancel_futures=True)


def _one_by_one(function: Callable[[T], R], batch: Sequence[T], lost: Lost[T, R]) -> Iterator[R]:
    """Processes one thing at a time, to identify the one at which the process dies."""
    things = deque(batch)
    while things:
        pool = _pool(function, 1)
        try:
            while things:
                try:
                    yield pool.submit(_each, [things[0]]).result()[0]
                except BrokenProcessPool:
                    yield lost(things.popleft())
                    break
                things.popleft()
        finally:
            pool.shutdown(cancel_futures=True)


# --------------------------------------------------------- inside a process


def _pool(function: Callable[[Any], Any], jobs: int) -> ProcessPoolExecutor:
    """Starts processes; the function is sent to each once, with all its data.

    It is sent compressed. More than a pipe's 64 KB would block this process until the new one reads
    it, and the next process would start only then.
    """
    packed = zlib.compress(pickle.dumps(function), 1)
    return ProcessPoolExecutor(jobs, _Context(), initializer=_start, initargs=(packed,))


class _Process(SpawnProcess):
    """A process that does not run the user's script again, so that the script needs no `if __name__` guard."""

    @staticmethod
    def _Popen(process_obj: Any) -> Any:
        main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
        try:
            return SpawnProcess._Popen(process_obj)  # type: ignore[attr-defined]
        finally:
            sys.modules["__main__"] = main


class _Context(SpawnContext):
    Process = _Process


_function: Callable[[Any], Any]


def _start(packed: bytes) -> None:
    global _function
    _function = pickle.loads(zlib.decompress(packed))
    gc.freeze()  # these objects stay, so the garbage collector need not scan them
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    threading.Thread(target=_die_with_parent, daemon=True).start()
    confine()


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        wait([parent.sentinel])
        os._exit(1)


def _each(things: Sequence[Any]) -> list[Any]:
    return [_function(thing) for thing in things]
