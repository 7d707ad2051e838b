"""Finds LibreOffice on this machine, and prepares an environment in which its programs run."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from glob import glob
from pathlib import Path

USUAL_PLACES = (
    "/usr/bin",
    "/usr/lib/libreoffice/program",
    "/usr/lib64/libreoffice/program",
    "/opt/libreoffice*/program",
    "/Applications/LibreOffice.app/Contents/MacOS",
    r"C:\Program Files\LibreOffice\program",
    r"C:\Program Files (x86)\LibreOffice\program",
)
# LibreOffice's own Python aborts if these point to another one.
FOREIGN = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH")


def starter() -> Path | None:
    """Returns the program that starts LibreOffice, or None if there is none."""
    return next(_starters(), None)


def program_folders() -> Iterator[Path]:
    """Yields the folders that may contain its other programs, the likeliest first."""
    yield from (found.resolve().parent for found in _starters())
    yield from map(Path, _usual_places())


def clean_environment() -> dict[str, str]:
    """Returns this process's environment without what leads LibreOffice to another Python than its own."""
    env = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    if sys.platform != "win32":
        env["PATH"] = "/usr/bin:/bin"  # its Python also aborts if another one comes first
    return env


def _starters() -> Iterator[Path]:
    search = os.pathsep.join([os.environ.get("PATH", ""), *_usual_places()])
    for name in ("soffice", "libreoffice"):
        if found := shutil.which(name, path=search):
            yield Path(found)


def _usual_places() -> list[str]:
    """Returns the existing ones; of several versions, the later first."""
    return [place for pattern in USUAL_PLACES for place in sorted(glob(pattern), reverse=True)]
