"""A pool of processes that outlives the death of one, and none of which outlives the command."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import signal
import threading
import zlib
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing.connection import wait
from typing import Any, TypeVar

AHEAD = 3  # batches under way for each process: what is finished but not yet taken is bounded by this
MEMORY = 2 << 30  # bytes of address space that a process may take, where the system can hold it to that

T = TypeVar("T")
R = TypeVar("R")
Lost = Callable[[T], R]


def pooled(
    function: Callable[[T], R], batches: Sequence[Sequence[T]], jobs: int, lost: Lost[T, R] | None
) -> Iterator[R]:
    """The results of all batches in their order; see workers.over."""
    left = deque(batches)
    while left:
        # A pool in which a process died is of no more use: what was under way is done with care, then a new one starts.
        unfinished = yield from _until_broken(function, left, jobs)
        if unfinished and lost is None:
            raise BrokenProcessPool("a process died")
        for batch in unfinished:
            yield from _one_by_one(function, batch, lost) if lost else ()


def _until_broken(
    function: Callable[[T], R], left: deque[Sequence[T]], jobs: int
) -> Generator[R, None, list[Sequence[T]]]:
    """Yields results; returns the batches that were under way when a process died."""
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
    """One process, one thing at a time, so that it is known at which the process dies."""
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
    """The function goes to each process once, with all that it carries.

    It goes packed: what does not fit a pipe's 64 KB keeps this process waiting until the new one is up and reads
    it, so that the next would be started only then.
    """
    packed = zlib.compress(pickle.dumps(function), 1)
    return ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), initializer=_start, initargs=(packed,))


_function: Callable[[Any], Any]


def _start(packed: bytes) -> None:
    global _function
    _function = pickle.loads(zlib.decompress(packed))
    gc.freeze()  # all that is here now stays: no collection need go through it
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    threading.Thread(target=_die_with_parent, daemon=True).start()
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limit
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, most))


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        wait([parent.sentinel])
        os._exit(1)


def _each(things: Sequence[Any]) -> list[Any]:
    return [_function(thing) for thing in things]
