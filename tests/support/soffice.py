"""A LibreOffice without a window, listening on a pipe of its own, for tests that look at cells only."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from toolkit.machine.office import clean_environment

FRESH = 81  # soffice.bin ends with it on a new profile: start again


def need_soffice() -> str:
    """The program soffice.bin; without it the test is skipped, in CI it fails."""
    found = shutil.which("soffice")
    program = Path(found).resolve().with_name("soffice.bin") if found else None
    if program and program.exists():
        return str(program)
    if os.environ.get("CI"):
        pytest.fail("LibreOffice is needed")
    pytest.skip("needs LibreOffice")


@contextmanager
def headless(folder: Path) -> Iterator[str]:
    """The name of the pipe on which it listens."""
    pipe = f"dangjian-test-{uuid.uuid4().hex}"
    command = [
        need_soffice(),
        "--headless",
        "--norestore",
        "--nologo",
        "--nodefault",
        "--nofirststartwizard",
        "--nolockcheck",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        f"--accept=pipe,name={pipe};urp;StarOffice.ComponentContext",
    ]
    process = _start(command, clean_environment())
    try:
        yield pipe
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _start(command: list[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
    while True:
        process = subprocess.Popen(command, env=env, start_new_session=True)
        until = time.monotonic() + 3
        while process.poll() is None and time.monotonic() < until:
            time.sleep(0.1)
        if process.poll() != FRESH:
            return process


def through_libreoffice(
    paths: list[Path], folder: Path, form: str = "docx:MS Word 2007 XML", profile: Path | None = None
) -> dict[Path, Path]:
    """All files opened and saved by LibreOffice in another format, in one process."""
    program = Path(need_soffice())
    command = [
        str(program.with_name("soffice")),
        "--headless",
        f"-env:UserInstallation={(profile or folder / 'p').as_uri()}",
        "--convert-to",
        form,
        "--outdir",
        str(folder),
        *map(str, paths),
    ]
    subprocess.run(command, env=clean_environment(), check=True, capture_output=True, timeout=300)
    return {p: folder / f"{p.stem}.{form.partition(':')[0]}" for p in paths}


ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode"><value>0</value></prop></item>
</oor:items>"""


def recalculated(paths: list[Path], folder: Path) -> dict[Path, Path]:
    """All workbooks with the results that LibreOffice calculates, whatever results they came with."""
    user = folder / "p" / "user"
    user.mkdir(parents=True, exist_ok=True)
    (user / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE, encoding="utf-8")
    (folder / "calculated").mkdir(exist_ok=True)
    return through_libreoffice(paths, folder / "calculated", "xlsx:Calc MS Excel 2007 XML", folder / "p")
