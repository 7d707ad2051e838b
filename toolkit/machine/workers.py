"""One function over many things, in several processes where there are enough of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

FEW = 16  # things for which starting processes costs more than it saves
AT_ONCE = 8  # things handed to a process together
MOST = 61  # processes that Windows can wait for

T = TypeVar("T")
R = TypeVar("R")


def over(
    function: Callable[[T], R], things: Sequence[T], jobs: int | None = None, lost: Callable[[T], R] | None = None
) -> Iterator[R]:
    """The results in the order of `things`. `function` must be importable by its name.

    Processes are spawned, not forked: a fork of a process with threads may hang. A thing at which a
    process dies costs that thing, not the run: its result is `lost(thing)`. Without `lost` BrokenProcessPool
    is raised. When the caller stops early, or is killed, no process stays behind.
    """
    jobs = min(jobs or (1 if len(things) < FEW else _cores()), -(-len(things) // AT_ONCE), MOST)
    if jobs <= 1:
        yield from map(function, things)
        return
    from .processes import pooled  # what it needs takes as long to load as a workbook

    yield from pooled(function, [things[n : n + AT_ONCE] for n in range(0, len(things), AT_ONCE)], jobs, lost)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
