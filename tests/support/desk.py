"""A desk to click at: a screen (Xvfb), LibreOffice with the extension, a mouse (xdotool), and eyes (UNO).

Everything is private: home, profile, display and pipe are made anew, and all processes end with the desk.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from toolkit.buttons.libreoffice.bridge.connection import component_context, properties, service
from toolkit.buttons.libreoffice.extension.build import build_oxt
from toolkit.buttons.libreoffice.extension.install import add_command, unopkg
from toolkit.errors import CannotRun
from toolkit.machine.office import clean_environment

NEEDED = ("soffice", "Xvfb", "xdotool")
SIZE = (1700, 1000)
FRAMEBUFFER = "Xvfb_screen0"  # the file in which Xvfb keeps what it shows
NOBODY = 65534
OPENS_WITHIN = 60  # seconds
FRESH = 81  # LibreOffice's exit code when it wants to be started once more
SECURITY = "/org.openoffice.Office.Common/Security/Scripting"
SETTINGS = (
    ("/org.openoffice.Office.Common/Misc", "FirstRun", "false"),
    ("/org.openoffice.Office.Common/Misc", "ShowTipOfTheDay", "false"),
    ("/org.openoffice.Office.Common/Misc", "MacroRecorderMode", "false"),
    ("/org.openoffice.Office.Common/Misc", "UseLocking", "false"),
    ("/org.openoffice.Setup/Office", "ooSetupInstCompleted", "true"),
    ("/org.openoffice.Setup/Product", "WhatsNew", "false"),
    ("/org.openoffice.Office.Recovery/RecoveryInfo", "Enabled", "false"),
    ("/org.openoffice.Office.Recovery/AutoSave", "Enabled", "false"),
)


def need_desk() -> None:
    """Skip where there is nothing to click with; in CI that is a failure."""
    missing = [name for name in NEEDED if not shutil.which(name)]
    if not missing:
        return
    text = f"needs {', '.join(missing)}"
    if os.environ.get("CI"):
        pytest.fail(text)
    pytest.skip(text)


def wait(what: str, condition: Callable[[], Any], seconds: float = 20) -> Any:
    """The first true value of the condition; fails the test when there is none in time."""
    limit = time.monotonic() + seconds
    while True:
        if value := condition():
            return value
        if time.monotonic() > limit:
            raise AssertionError(f"not within {seconds:g} s: {what}")
        time.sleep(0.05)


class Desk:
    """One screen with one LibreOffice."""

    def __init__(
        self,
        python: Path | None = Path(sys.executable),
        environment: Mapping[str, str] | None = None,
        security: str = "0",  # of macros: 0 runs all, 1 asks
    ) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="desk"))
        self.home.chmod(0o755)
        self.profile = self.home / "profile"
        self.pipe = f"desk{uuid.uuid4().hex}"
        self._running: list[subprocess.Popen[Any]] = []
        try:
            self.env = self._environment() | dict(environment or {})
            self._write_settings(security)
            self.install()
            if python:
                self.write_python(python)
            self.screen()
            self._office = self._start_office()
            self.context: Any = wait("LibreOffice answers", self._connect, 90)
        except BaseException:
            self.close()
            raise

    # -------------------------------------------------------- set up and tear down

    def _environment(self) -> dict[str, str]:
        kept = {k: v for k, v in clean_environment().items() if not k.startswith(("XDG_", "SAL_"))}
        kept.pop("WAYLAND_DISPLAY", None)
        own = {"HOME": str(self.home), "LC_ALL": "C.UTF-8", "SAL_USE_VCLPLUGIN": "gen"}
        return kept | own | {"BROWSER": "true"}  # no browser comes up over LibreOffice

    def _write_settings(self, security: str) -> None:
        items = "".join(
            f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
            for path, name, value in (*SETTINGS, (SECURITY, "MacroSecurityLevel", security))
        )
        (self.profile / "user").mkdir(parents=True)
        (self.profile / "user" / "registrymodifications.xcu").write_text(
            '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
            f'xmlns:xs="http://www.w3.org/2001/XMLSchema">{items}</oor:items>',
            encoding="utf-8",
        )

    def install(self) -> None:
        """The extension, by the product's own command; unopkg refuses root, so as an ordinary user."""
        oxt = self.home / "dangjian.oxt"
        build_oxt(oxt)
        root = os.geteuid() == 0
        if root:
            _give(self.home, NOBODY)
        command = [*add_command(unopkg(), oxt), f"-env:UserInstallation={self.profile.as_uri()}"]
        who: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if root else {}
        env = self.env | {"SAL_USE_VCLPLUGIN": "svp"}
        done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=120, check=False, **who)
        if root:
            _give(self.home, 0)
        assert done.returncode == 0, done.stdout + done.stderr

    def write_python(self, python: Path) -> None:
        path = self.home / ".config" / "dangjian" / "python.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{python}\n", encoding="utf-8")

    @contextmanager
    def other_python(self, script: Path, does: str) -> Iterator[None]:
        """A shell script in place of the product's Python, which it may call as $PYTHON."""
        script.write_text(f"#!/bin/sh\nPYTHON={shlex.quote(sys.executable)}\n{does}\n", encoding="utf-8")
        script.chmod(0o755)
        self.write_python(script)
        try:
            yield
        finally:
            self.write_python(Path(sys.executable))

    def screen(self) -> None:
        """A display of its own; the X server picks a free number."""
        out, into = os.pipe()
        shows = ["-screen", "0", "{}x{}x24".format(*SIZE), "-fbdir", str(self.home)]
        command = ["Xvfb", "-displayfd", str(into), *shows, "-nolisten", "tcp", "-noreset"]
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._running.append(subprocess.Popen(command, pass_fds=(into,), start_new_session=True, **quiet))
        os.close(into)
        with os.fdopen(out) as said:
            number = said.readline().strip()
        assert number, "Xvfb did not start"
        self.env["DISPLAY"] = f":{number}"

    def _start_office(self) -> subprocess.Popen[Any]:
        program = unopkg().parent / "soffice.bin"
        command = [
            str(program),
            "--norestore",
            "--nologo",
            "--nodefault",
            "--nofirststartwizard",
            "--nolockcheck",
            f"-env:UserInstallation={self.profile.as_uri()}",
            f"--accept=pipe,name={self.pipe};urp;",
        ]
        with open(self.home / "soffice.log", "ab") as log:
            started = subprocess.Popen(
                command, env=self.env, stdout=log, stderr=log, cwd=self.home, start_new_session=True
            )
        self._running.append(started)
        return started

    def _connect(self) -> Any:
        if self._office.poll() == FRESH:
            self._office = self._start_office()
        assert self._office.poll() is None, f"soffice ended with {self._office.returncode}"
        try:
            return component_context(f"pipe,name={self.pipe}", 0)
        except CannotRun:
            return None

    def close(self) -> None:
        """End every process of the desk and clear it away."""
        for process in reversed(self._running):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        shutil.rmtree(self.home, ignore_errors=True)

    # -------------------------------------------------------- LibreOffice

    def open(self, path: Path) -> Any:
        """Open a workbook, with its macros as the settings of the profile have it, over the whole screen."""
        desktop = service(self.context, "com.sun.star.frame.Desktop")
        asked = properties(MacroExecutionMode=3)  # USE_CONFIG
        too_long = threading.Timer(OPENS_WITHIN, self._office.kill)  # a question on the screen would wait for ever
        too_long.start()
        try:
            document = desktop.loadComponentFromURL(path.as_uri(), "_default", 0, asked)
        finally:
            too_long.cancel()
        assert document is not None, f"not opened: {path}"
        window = document.CurrentController.Frame.ContainerWindow
        window.setPosSize(0, 0, *SIZE, 15)
        wait("the window fills the screen", lambda: window.getPosSize().Width == SIZE[0])
        return document

    def file(self, *names: str) -> Path:
        """A file in the home of the desk, such as a log."""
        return self.home.joinpath(*names)


def _give(folder: Path, user: int) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user, user, follow_symlinks=False)
