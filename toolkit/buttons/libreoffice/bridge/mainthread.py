"""Runs calls in LibreOffice's main thread, the only thread whose windows are reliable."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from .connection import service
from .load import load_uno

ALIVE = 0.5  # seconds between two checks that LibreOffice still runs


class _Callback:
    """Implements com.sun.star.awt.XCallback for a Python function; keeps its result or its error."""

    def __init__(self, function: Callable[[], Any]) -> None:
        self._function = function
        self.over = threading.Event()
        self.result: Any = None
        self.error: Exception | None = None

    def notify(self, data: Any) -> None:
        try:
            self.result = self._function()
        except Exception as e:
            self.error = e
        finally:
            self.over.set()

    def getTypes(self) -> tuple[Any, ...]:
        names = ("com.sun.star.lang.XTypeProvider", "com.sun.star.awt.XCallback")
        return tuple(load_uno().getTypeByName(n) for n in names)

    def getImplementationId(self) -> Any:
        return load_uno().ByteSequence(b"")


def in_main_thread(context: Any, function: Callable[[], Any]) -> Any:
    """Calls `function` and returns or raises what it does; its UNO calls run in LibreOffice's main thread.

    Raises a UNO exception if LibreOffice ends meanwhile.
    """
    callback = _Callback(function)
    service(context, "com.sun.star.awt.AsyncCallback").addCallback(callback, None)
    while not callback.over.wait(ALIVE):
        context.getServiceManager()  # raises if LibreOffice has ended
    if callback.error is not None:
        raise callback.error
    return callback.result
