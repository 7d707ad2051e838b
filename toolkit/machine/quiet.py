"""Keeps what a library writes to the terminal from the clerk's screen."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_lock = threading.Lock()
_inside = 0
_kept = -1


@contextmanager
def quiet() -> Iterator[None]:
    """Sends file descriptor 2 nowhere meanwhile: a panic in Rust prints there, whatever Python does.

    May be entered in several threads at once. Does nothing in a process without a terminal.
    """
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _inside, _kept
    with _lock:
        _inside += 1
        if _inside == 1:
            with suppress(OSError, ValueError, AttributeError):
                sys.stderr.flush()
            with suppress(OSError):
                _kept = os.dup(2)
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, 2)
                os.close(nowhere)


def _leave() -> None:
    global _inside, _kept
    with _lock:
        _inside -= 1
        if _inside == 0 and _kept >= 0:
            with suppress(OSError):
                os.dup2(_kept, 2)
                os.close(_kept)
            _kept = -1
