"""A process of the product's Python, started ahead so that its imports are done before the click.

Packed into the extension beside handler.py. The process waits for one order on its stdin, runs it and ends.
It ends without an order if LibreOffice ends.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Any

# The only variables that the product's Python gets from LibreOffice's environment. LibreOffice's LD_LIBRARY_PATH,
# PYTHONPATH and the like would make another Python load the wrong libraries.
KEPT = (
    "HOME",
    "USER",
    "LOGNAME",
    "PATH",
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_CTYPE",
    "TMPDIR",
    "TZ",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "DBUS_SESSION_BUS_ADDRESS",
    "XDG_RUNTIME_DIR",
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
    "XDG_DATA_DIRS",
    "XDG_CURRENT_DESKTOP",
)


class Waiting:
    """One waiting process in a clean environment; -P keeps it from importing from a document's folder.

    Its stdout goes to `log`; its stderr is kept for the user.
    """

    def __init__(self, python: str, log: Any) -> None:
        self.said = tempfile.TemporaryFile()  # noqa: SIM115 (closed by words)
        command = [python, "-P", "-B", "-m", "toolkit.launch", "--standby"]
        environment = {name: os.environ[name] for name in KEPT if name in os.environ} | {"PYTHONIOENCODING": "utf-8"}
        streams: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": log, "stderr": self.said}
        self.process = subprocess.Popen(command, env=environment, cwd=Path.home(), **streams)

    def order(self, *arguments: str) -> None:
        """Sends the arguments of launch.py. If the process has ended before, its exit code shows that."""
        stdin: Any = self.process.stdin
        try:
            stdin.write(json.dumps(arguments).encode() + b"\n")
            stdin.close()
        except BrokenPipeError:
            pass

    def words(self) -> bytes:
        """Returns what the process wrote to stderr; call it only once, after the process has ended."""
        with self.said:
            self.said.seek(0)
            return self.said.read()

    def end(self) -> None:
        """Kills the process and waits for its end."""
        self.process.kill()
        self.process.wait()


Noted = tuple[str, int]  # path of a Python and when it was recorded; a new installation changes the time


class Bench:
    """Holds at most one waiting process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._python: Noted | None = None
        self._waiting: Waiting | None = None

    def warm(self, python: Noted, log: Any) -> None:
        """Starts a waiting process if there is none."""
        with self._lock:
            if self._waiting is None:
                self._waiting, self._python = Waiting(python[0], log), python

    def take(self, python: Noted, log: Any) -> Waiting:
        """Returns the waiting process, or a new one if it has died or belongs to another Python."""
        with self._lock:
            found, self._waiting = self._waiting, None
        if found and self._python == python and found.process.poll() is None:
            return found
        if found:
            found.end()
        return Waiting(python[0], log)
