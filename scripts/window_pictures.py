#!/usr/bin/env python3
"""Takes the pictures of the window, docs/images/window-*.png, from a headless Chromium that is clicked.

    python scripts/window_pictures.py FOLDER      FOLDER: a new folder to work in; its name stands in the pictures

The sizes are those of a small laptop: 1366 x 768 pixels, and the same at a scaling of 200 %.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.browser import browser, wait  # noqa: E402
from support.small_city import YEAR, org, party_day, unit, write  # noqa: E402
from support.window_desk import Clerk, own_home, started  # noqa: E402
from tutorial_book import tutorial_book  # noqa: E402

from toolkit.standard.catalog import load_catalog  # noqa: E402

IMAGES = ROOT / "docs" / "images"
SCREEN = (1366, 768)
BUREAUS = {"AA001": "云州市示例局", "AA002": "云州市样本局", "AA003": "云州市演示局"}


def main(folder: Path) -> None:
    """Takes the pictures; removes the folder again."""
    folder.mkdir(parents=True)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            home = Path(scratch) / "home"
            home.mkdir()
            with browser(home) as b:
                process, address = started(own_home(home))
                b.go(address)
                wait("the page", lambda: b.text("#title"))
                try:
                    clerk = Clerk(home, b, process)
                    morning(clerk, folder / "SL001_云州市示例局_2026.xlsx")
                    pictures(clerk, sent(folder / "报送件"))
                finally:
                    process.terminate()
                    process.wait(60)
    finally:
        shutil.rmtree(folder)


def sent(folder: Path) -> Path:
    """Workbooks of three bureaus, with some mistakes in them."""
    folder.mkdir()
    days = [party_day(n) for n in (1, 2, 3)]
    wrong = [party_day(1), party_day(2, present_n=9), party_day(3, date=date(YEAR + 1, 3, 5)), party_day(4, src=None)]
    for (code, name), rows in zip(BUREAUS.items(), (days, wrong, wrong[:2]), strict=True):
        write(load_catalog(), folder / f"{code}_{name}.xlsx", unit(code, name), {"org": [org()], "orglife": rows})
    return folder


def morning(clerk: Clerk, book: Path) -> None:
    """The steps of the tutorial: a mistake found and mended, all rows approved, a draft of the report."""
    _step(clerk, "check", "paths", tutorial_book(load_catalog(), book))
    _step(clerk, "approve", "book", tutorial_book(load_catalog(), book, mended=True))
    clerk.action("fill")
    clerk.browser.choose("#f-document", "党建工作情况")
    clerk.browser.click("#f-draft")
    _step(clerk, "fill", "source", book.with_stem(f"{book.stem}_已核"), top=".flags")


def _step(clerk: Clerk, action: str, field: str, path: Path, top: str = "body") -> None:
    clerk.action(action)
    clerk.give(field, path)
    clerk.start()
    clerk.browser.js(f"document.querySelector('{top}').scrollIntoView()")
    take(clerk, f"morning-{action}")


def pictures(clerk: Clerk, folder: Path) -> None:
    """Checks, aggregates, chooses a file; the same at 200 %."""
    clerk.reload()
    clerk.action("check")
    clerk.give("paths", folder)
    clerk.start()
    clerk.browser.js("scrollTo(0, 0)")
    take(clerk, "check")
    clerk.browse('[data-pick="paths"]', folder)
    clerk.browser.click("#entries li:nth-child(2)")
    take(clerk, "choose")
    clerk.browser.press("Escape")
    clerk.action("aggregate")
    clerk.give("paths", folder)
    clerk.start()
    clerk.browser.js("scrollTo(0, 0)")
    take(clerk, "aggregate")
    clerk.browser.resize(SCREEN, 2)
    clerk.action("check")
    clerk.browser.js("scrollTo(0, 0)")
    clerk.start()
    take(clerk, "200-found")


def take(clerk: Clerk, name: str) -> None:
    """Saves what is on the screen."""
    clerk.browser.js("document.activeElement.blur()")
    clerk.browser.picture(IMAGES / f"window-{name}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
