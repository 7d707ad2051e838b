"""One function over many things, in several processes where there are enough of them."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

FEW = 16  # things for which starting processes costs more than it saves

T = TypeVar("T")
R = TypeVar("R")


def over(function: Callable[[T], R], things: Sequence[T], jobs: int | None = None) -> Iterator[R]:
    """The results in the order of `things`. `function` must be importable by its name.

    Processes are spawned, not forked: a fork of a process with threads may hang.
    """
    jobs = jobs or (1 if len(things) < FEW else os.cpu_count() or 1)
    if jobs == 1:
        yield from map(function, things)
        return
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(function, things, chunksize=max(1, min(16, len(things) // (jobs * 4))))
