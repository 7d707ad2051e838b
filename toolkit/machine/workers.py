"""Runs one function over many things, in several processes if there are enough things."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

FEW = 16  # below this number, starting processes costs more than it saves
AT_ONCE = 8  # things sent to a process together
MOST = 61  # processes that Windows can wait for

T = TypeVar("T")
R = TypeVar("R")


def over(
    function: Callable[[T], R], things: Sequence[T], jobs: int | None = None, lost: Callable[[T], R] | None = None
) -> Iterator[R]:
    """Yields the results in the order of `things`. `function` must be importable by its name.

    Processes are spawned, not forked: a fork of a process with threads may hang. If a process dies,
    only the thing it worked on is lost: its result is `lost(thing)`. Without `lost`,
    BrokenProcessPool is raised. No process remains if the caller stops early or is killed.
    """
    jobs = min(jobs or (1 if len(things) < FEW else _cores()), -(-len(things) // AT_ONCE), MOST)
    if jobs <= 1:
        yield from map(function, things)
        return
    from .processes import pooled  # its imports take as long as reading a workbook

    yield from pooled(function, [things[n : n + AT_ONCE] for n in range(0, len(things), AT_ONCE)], jobs, lost)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
