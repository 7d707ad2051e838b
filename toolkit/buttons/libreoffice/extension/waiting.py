"""The product's Python, started ahead: its imports are done when a click needs them.

Packed into the extension beside handler.py. The process waits for one order on its standard input, carries it
out and ends; it ends without one when LibreOffice does.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Any

# All that the product's Python is given of LibreOffice's environment. LibreOffice's own LD_LIBRARY_PATH,
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
    """One such process, in a clean environment and never importing from a document's folder (-P).

    Its stdout goes to `log`; what it says on stderr is kept for the user.
    """

    def __init__(self, python: str, log: Any) -> None:
        self.said = tempfile.TemporaryFile()  # noqa: SIM115 (closed by words)
        command = [python, "-P", "-B", "-m", "toolkit.launch", "--standby"]
        environment = {name: os.environ[name] for name in KEPT if name in os.environ} | {"PYTHONIOENCODING": "utf-8"}
        streams: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": log, "stderr": self.said}
        self.process = subprocess.Popen(command, env=environment, cwd=Path.home(), **streams)

    def order(self, *arguments: str) -> None:
        """The arguments of launch.py. Whether the process still lives to read them, its exit code tells."""
        stdin: Any = self.process.stdin
        try:
            stdin.write(json.dumps(arguments).encode() + b"\n")
            stdin.close()
        except BrokenPipeError:
            pass

    def words(self) -> bytes:
        """What it said on stderr; once only, after its end."""
        with self.said:
            self.said.seek(0)
            return self.said.read()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


Noted = tuple[str, int]  # a Python, and when its place was noted: installed anew, it is another one


class Bench:
    """Room for one that waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._python: Noted | None = None
        self._waiting: Waiting | None = None

    def warm(self, python: Noted, log: Any) -> None:
        """See that one is waiting."""
        with self._lock:
            if self._waiting is None:
                self._waiting, self._python = Waiting(python[0], log), python

    def take(self, python: Noted, log: Any) -> Waiting:
        """The one that waits, or a new one where it is of another Python or has died."""
        with self._lock:
            found, self._waiting = self._waiting, None
        if found and self._python == python and found.process.poll() is None:
            return found
        if found:
            found.end()
        return Waiting(python[0], log)
