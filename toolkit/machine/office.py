"""Finds LibreOffice on this machine, and prepares an environment in which its programs run."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from glob import glob
from pathlib import Path
from time import monotonic

from ..errors import CannotRun

USUAL_PLACES = (
    "/usr/bin",
    "/usr/lib/libreoffice/program",
    "/usr/lib64/libreoffice/program",
    "/opt/libreoffice*/program",
    "/Applications/LibreOffice.app/Contents/MacOS",
    r"C:\Program Files\LibreOffice\program",
    r"C:\Program Files (x86)\LibreOffice\program",
)
LONGEST_COMMAND = 30_000  # UTF-16 units of a command line; Windows starts no program with more than 32,767
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


def convert_by_office(
    program: Path,
    documents: Sequence[Path],
    kind: str,
    out: Path,
    profile: Path,
    seconds: float,
    more: Mapping[str, str] | None = None,
) -> None:
    """Converts documents to `kind` (pdf, docx) in `out`, with a profile of its own and a limit in seconds.

    `more`: added to the environment. Leaves no process behind. Raises CannotRun if it takes longer.
    """
    command = [
        str(program),
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--convert-to",
        kind,
        "--outdir",
        str(out),
    ]
    end = monotonic() + seconds
    for part in portions([str(d.resolve()) for d in documents], LONGEST_COMMAND - characters(command)):
        _run([*command, *part], max(1.0, end - monotonic()), clean_environment() | dict(more or {}))


def characters(arguments: Sequence[str]) -> int:
    """Returns the length of a command line in the UTF-16 units that Windows counts, quotes and blanks included."""
    return sum(len(a.encode("utf-16-le", "surrogatepass")) // 2 + a.count('"') + 3 for a in arguments)


def portions(arguments: Sequence[str], most: int) -> Iterator[list[str]]:
    """Yields the arguments in runs that are at most so long together; one that is longer stands alone."""
    part: list[str] = []
    for argument in arguments:
        if part and characters([*part, argument]) > most:
            yield part
            part = []
        part.append(argument)
    if part:
        yield part


def _run(command: list[str], seconds: float, env: Mapping[str, str]) -> None:
    """Runs the command with a time limit and leaves no process behind: soffice starts others."""
    process = subprocess.Popen(
        command,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        raise CannotRun(f"LibreOffice {seconds:.0f}秒内没有转完，已停止。请减少份数后再试。") from None
    finally:
        if process.poll() is None:
            if sys.platform == "win32":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _starters() -> Iterator[Path]:
    search = os.pathsep.join([os.environ.get("PATH", ""), *_usual_places()])
    for name in ("soffice", "libreoffice"):
        if found := shutil.which(name, path=search):
            yield Path(found)


def _usual_places() -> list[str]:
    """Returns the existing ones; of several versions, the later first."""
    return [place for pattern in USUAL_PLACES for place in sorted(glob(pattern), reverse=True)]
