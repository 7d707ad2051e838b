#!/usr/bin/env python3
"""Takes the handbook's pictures of the buttons, docs/images/macros-*.png, from a real LibreOffice being clicked.

    python scripts/screenshots.py

Needs the tools of the click tests: soffice, Xvfb, xdotool, python3-uno.
"""

from __future__ import annotations

import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.desk import Desk, wait  # noqa: E402
from support.screen import Screen  # noqa: E402
from support.work import Work  # noqa: E402
from tutorial_book import tutorial_book  # noqa: E402

from toolkit.buttons.libreoffice.bridge.connection import properties, service  # noqa: E402
from toolkit.excel.actions import BY_NAME  # noqa: E402
from toolkit.standard.catalog import load_catalog  # noqa: E402
from toolkit.standard.sheets import RESULT  # noqa: E402

MIDDLE = (560, 400, 580, 200)  # x, y, width, height of a question on the screen
IMAGES = ROOT / "docs" / "images"
ASK = "1"  # medium macro security, which asks when a workbook is opened


def main() -> None:
    """Takes the pictures, each group in a fresh LibreOffice."""
    with tempfile.TemporaryDirectory() as folder:
        book = tutorial_book(load_catalog(), Path(folder) / "SL001_云州市示例局_2026.xlsm")
        desk = Desk()
        try:
            buttons_and_marks(desk, book)
        finally:
            desk.close()
        desk = Desk(security=ASK)
        try:
            question(desk, book)
        finally:
            desk.close()


def buttons_and_marks(desk: Desk, book: Path) -> None:
    """Pictures the buttons, a ledger, the result of a check, and the message after an approval."""
    work = Work(desk, book)
    work.screen.picture(IMAGES / "macros-buttons.png")
    work.front("组织生活")
    work.screen.still()
    work.screen.picture(IMAGES / "macros-ledger.png")
    work.front("封面")
    work.click("button", BY_NAME["check_all"].caption)
    wait("the result", lambda: work.has(RESULT) and work.text(RESULT, 1, 1))
    work.wait_idle()
    work.screen.still()
    work.screen.picture(IMAGES / "macros-result.png")
    work.front("组织生活")
    work.click("ledger bar", BY_NAME["approve"].caption)
    wait("message box", work.screen.message)
    work.screen.still()
    work.screen.picture(IMAGES / "macros-approve.png")
    work.screen.answer()
    work.wait_idle()
    work.document.close(True)


def question(desk: Desk, book: Path) -> None:
    """Pictures the question of LibreOffice when a workbook with macros is opened; it is not answered."""
    desktop = service(desk.context, "com.sun.star.frame.Desktop")
    handler = service(desk.context, "com.sun.star.task.InteractionHandler")
    asked = properties(MacroExecutionMode=3, InteractionHandler=handler)
    opening = threading.Thread(
        target=desktop.loadComponentFromURL, args=(book.as_uri(), "_default", 0, asked), daemon=True
    )
    opening.start()
    screen = Screen(desk.context, desk.env)
    wait("the question", screen.message, 60)
    screen.still()
    screen.picture(IMAGES / "macros-question.png", MIDDLE)


if __name__ == "__main__":
    main()
