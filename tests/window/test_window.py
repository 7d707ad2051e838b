"""The window, by real clicks in a browser: files chosen, work done, findings opened at their place."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.browser import wait
from support.small_city import org, party_day, unit, write
from support.window_desk import Clerk

from toolkit.model import Catalog


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog) -> Path:
    """What two bureaus sent: one clean, one with more people present than due."""
    place = tmp_path_factory.mktemp("报送") / "报送件"
    place.mkdir()
    days = [party_day(1), party_day(2)]
    write(catalog, place / "甲局.xlsx", unit("AA001", "示例市甲局"), {"org": [org()], "orglife": days})
    wrong = [party_day(1), party_day(2, present_n=9)]
    write(catalog, place / "乙局.xlsx", unit("AA002", "示例市乙局"), {"org": [org()], "orglife": wrong})
    return place


def test_check_a_folder_and_open_a_finding_at_its_cell(clerk: Clerk, folder: Path) -> None:
    clerk.action("check")
    clerk.give("paths", folder)
    assert clerk.start().startswith("校验：完成，有1处要改")
    wrong = [r for r in clerk.rows() if r.startswith("错误")]
    assert len(wrong) == 1 and "乙局.xlsx" in wrong[0] and "组织生活!" in wrong[0]
    clerk.browser.click("tr.error")
    where = clerk.browser.js("document.querySelector('tr.error').dataset.cell")
    told = wait("the workbook opens", clerk.opened)[0]
    assert told.startswith("soffice file://") and told.endswith(f".{where.partition('!')[2]}"), told
