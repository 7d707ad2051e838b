"""The address that the window gives LibreOffice leads it to the cell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.browser import wait
from support.markdown_book import book
from support.soffice import headless

from toolkit.buttons.libreoffice.bridge.connection import component_context, service
from toolkit.window import opening

pytestmark = pytest.mark.office
TABLE = "| 甲 | 乙 |\n|---|---|\n| 1 | 2 |"


@pytest.fixture(scope="module")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with headless(tmp_path_factory.mktemp("office")) as pipe:
        yield service(component_context(f"pipe,name={pipe}", 60), "com.sun.star.frame.Desktop")


@pytest.mark.parametrize("sheet", ["组织生活", "2026年 第1季度", "a.b", "李's#表"])
def test_libreoffice_goes_to_the_cell(
    desktop: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sheet: str
) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(opening, "_start", asked.append)
    path = book(tmp_path, {"封面": TABLE, sheet: TABLE}, name="甲 局.xlsx")
    opening.open_file(path, sheet, "B2")
    document = desktop.loadComponentFromURL(asked[0][1], "_blank", 0, ())

    def place() -> tuple[str, int, int]:
        at = document.CurrentSelection.RangeAddress
        return document.CurrentController.ActiveSheet.Name, at.StartColumn, at.StartRow

    try:
        wait("it shows the cell", lambda: place() == (sheet, 1, 1), 30)
    finally:
        document.close(True)
