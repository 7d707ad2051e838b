"""A clerk at the window: what is clicked, and what is seen; programs that note what they are told to open."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .browser import Browser, wait

OPENER = '#!/bin/sh\nfor last; do :; done\nprintf "%s %s\\n" "$(basename "$0")" "$last" >> "$HOME/opened"\n'


def own_home(home: Path) -> dict[str, str]:
    """The environment of a user whose home is this folder, with programs that only note what they are to open."""
    (home / "Documents").mkdir()
    (home / "bin").mkdir()
    for name in ("xdg-open", "soffice"):
        program = home / "bin" / name
        program.write_text(OPENER)
        program.chmod(0o755)
    own = {f"XDG_{n}_HOME": str(home / n.lower()) for n in ("STATE", "CACHE", "CONFIG", "DATA")}
    return os.environ | own | {"HOME": str(home), "PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"}


@dataclass
class Clerk:
    """The clerk's home, the running window, and the browser."""

    home: Path
    browser: Browser
    process: subprocess.Popen[str]

    def opened(self) -> list[str]:
        """What programs were told to open."""
        file = self.home / "opened"
        return file.read_text("utf-8").splitlines() if file.exists() else []

    def opens(self, selector: str) -> str:
        """Clicks, and returns what is then opened."""
        before = len(self.opened())
        self.browser.click(selector)
        return wait("it is opened", lambda: self.opened()[before:])[0]

    def reload(self) -> None:
        """Loads the page again, as it is after a start."""
        self.browser.js("location.hash = ''; document.title = 'old'; location.reload()")
        wait("the page", lambda: self.browser.js("document.title") != "old" and self.browser.text("#title"))

    def tab_to(self, selector: str) -> None:
        """Presses Tab until the element has the focus."""
        for _ in range(80):
            if self.browser.js(f"document.activeElement.matches({selector!r})"):
                return
            self.browser.press("Tab")
        raise AssertionError(f"Tab never comes to {selector}")

    def action(self, name: str) -> None:
        """Clicks an action's button."""
        self.browser.click(f'nav button[data-action="{name}"]')
        wait("the action is shown", lambda: self.browser.js("location.hash") == f"#{name}")

    def give(self, field: str, path: Path) -> None:
        """Pastes a place into a field and presses Enter."""
        if field == "out":
            self.where_to()
        before = self.browser.texts(f'[data-drop="{field}"] .chosen span')
        self.browser.write(f'input[data-paste="{field}"]', str(path))
        self.browser.press("Enter")
        wait("it is chosen", lambda: self.browser.texts(f'[data-drop="{field}"] .chosen span') != before)

    def browse(self, button: str, folder: Path) -> list[str]:
        """Opens the list of a folder by a button, and the folder by writing its place; returns what it lists."""
        self.browser.click(button)
        wait("a first list", lambda: self.browser.texts("#entries li"))
        self.browser.write("#where", str(folder))
        self.browser.press("Enter")
        wait("the folder is shown", lambda: self.browser.js("picking.path") == str(folder))
        return self.browser.texts("#entries li")

    def where_to(self) -> None:
        """Unfolds where results go."""
        if not self.browser.js("document.querySelector('#where-to').open"):
            self.browser.click("#where-to > summary")

    def start(self) -> str:
        """Clicks 开始 and returns the heading of the outcome."""
        wait("it can start", lambda: not self.browser.js("document.querySelector('#start').disabled"))
        self.browser.js("document.querySelector('#done').textContent = ''; trouble('')")
        self.browser.click("#start")
        return self.outcome()

    def outcome(self) -> str:
        """The heading of the outcome, once it is there."""
        said = wait("the outcome", lambda: self.browser.text("#done") or self.trouble())
        wait("it can start", lambda: not self.browser.js("document.querySelector('#start').disabled"))
        return said

    def trouble(self) -> str:
        """What went wrong before anything was started."""
        return self.browser.text("#trouble")

    def rows(self) -> list[str]:
        """The rows of the table, cells apart by tabs."""
        return self.browser.texts("tbody tr")


Started = tuple[subprocess.Popen[str], str]


def started(environment: dict[str, str], *more: str) -> Started:
    """The process of `dangjian window --no-browser`, and the address that it says."""
    command = [sys.executable, "-m", "toolkit", "window", "--no-browser", *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"http://127\.0\.0\.1:[0-9]+/\?t=\S+", line):
            return process, found[0]
    raise AssertionError("the window said no address")
