"""The handbook in the package: its files, the page of an action, and a browser that shows it.

The pages are built from docs/handbook/*.md (scripts/build_handbook.py). Above a heading there,
`<!-- 帮助：check check_all -->` says of which commands, buttons, window actions or sheets it is the page.
"""

from __future__ import annotations

import html
import json
import os
import sys
import webbrowser
from contextlib import suppress
from functools import cache
from pathlib import Path
from urllib.parse import quote

from .machine.shipped import shipped
from .machine.userdirs import state_dir

FIRST = "README.html"
PAGES, IMAGES = "handbook/html", "images"  # below docs/, in the checkout and in the package


def files() -> dict[str, Path]:
    """Returns all files of the handbook by their way below docs/, with `/`; pages point at pictures by it."""
    docs = shipped("docs")
    return {f"{folder}/{p.name}": p for folder in (PAGES, IMAGES) for p in sorted((docs / folder).glob("*.*"))}


def page_of(action: str) -> str:
    """Returns page and anchor for a command, a button, a window action, a sheet, or the title of a page."""
    return _index().get(action, FIRST)


def known(name: str) -> bool:
    """Whether the handbook has a place for `name`."""
    return name in _index()


def titles() -> list[str]:
    """Returns the titles of the pages, in the order of the side index."""
    return [name for name, place in _index().items() if place == f"{name}.html"]


@cache
def _index() -> dict[str, str]:
    found: dict[str, str] = json.loads((shipped("docs") / PAGES / "index.json").read_text("utf-8"))
    return found


def path_of(action: str) -> Path:
    """Returns the file of an action's page."""
    return shipped("docs") / PAGES / page_of(action).partition("#")[0]


def show(action: str) -> bool:
    """Opens the page of an action at its heading; returns whether a browser was started."""
    anchor = page_of(action).partition("#")[2]
    address = path_of(action).as_uri() + (f"#{quote(anchor)}" if anchor else "")
    if anchor and sys.platform == "win32":  # which opens a file without what follows #: a page of our own leads there
        with suppress(OSError):
            way = state_dir() / "handbook.html"
            way.parent.mkdir(parents=True, exist_ok=True)
            to = html.escape(address)
            way.write_text(f'<meta charset="utf-8"><meta http-equiv="refresh" content="0;url={to}">', "utf-8")
            address = way.as_uri()
    return browse(address)


def browse(address: str) -> bool:
    """Whether a browser was started; it gets its own libraries, not those of the one-folder program."""
    kept = os.environ.pop("LD_LIBRARY_PATH", None)
    try:
        return webbrowser.open(address)
    finally:
        if kept is not None:
            os.environ["LD_LIBRARY_PATH"] = kept
