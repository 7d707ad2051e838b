"""The child that `ask` starts: reads orders from stdin, runs each and writes its answer to stdout.

python -m toolkit.machine.apart.child MEMORY SECONDS
"""

from __future__ import annotations

import importlib
import json
import os
import pickle
import queue
import signal
import struct
import sys
import threading
from typing import Any

from .limits import confine, limit_computing

LENGTH = struct.Struct("<Q")  # of an answer, before it
DONE, NO_MEMORY, FAILED = "done", "memory", "failed"


def main(memory: int, seconds: float) -> None:
    """Serves until stdin closes, which it does when the parent ends, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # whatever a library prints is no answer
    confine(memory)
    orders: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(orders,), daemon=True).start()
    while True:
        limit_computing(seconds)
        answer = _answer(orders.get())
        answers.write(LENGTH.pack(len(answer)))
        answers.write(answer)
        answers.flush()


def _listen(orders: queue.SimpleQueue[bytes]) -> None:
    for line in sys.stdin.buffer:
        orders.put(line)
    os._exit(0)  # in the middle of its work, too


def _answer(order: bytes) -> bytes:
    try:
        module, name, given = json.loads(order)
        return pickle.dumps((DONE, _function(module, name)(*given)), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        return pickle.dumps((NO_MEMORY, ""))
    except Exception as e:
        return pickle.dumps((FAILED, type(e).__name__))


def _function(module: str, name: str) -> Any:
    return getattr(importlib.import_module(module), name)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
