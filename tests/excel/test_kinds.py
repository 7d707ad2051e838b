"""A workbook shows what concerns its kind of unit; the rest is there, hidden, and counts as 不适用 until it is used."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from support.small_city import YEAR, org, unit

from toolkit.excel.unit.build import build_unit_workbook
from toolkit.model import Catalog
from toolkit.submissions.reading import read_submission

TITLE = "工作要点"
TASK = {"plan_id": f"GZ{YEAR}-01-01", "section_no": 1, "section_title": "突出理论武装", "task_no": 1}


def build(catalog: Catalog, path: Path, kind: str, rows: dict[str, list[dict[str, object]]]) -> Path:
    build_unit_workbook(catalog, unit("J001", "第一党支部", sys_type=kind), path, rows)
    return path


@pytest.mark.parametrize("kind", ["政协机关", "市直单位", "党政机关", "工委", "党支部"])
def test_sheets_that_the_kind_has_no_use_for_are_hidden(catalog: Catalog, tmp_path: Path, kind: str) -> None:
    path = build(catalog, tmp_path / "a.xlsx", kind, {"org": [org()]})
    book = openpyxl.load_workbook(path)
    without = {catalog.ledgers[name].title for name in catalog.kinds[kind]}
    assert {ws.title for ws in book if ws.sheet_state == "hidden"} == {*without, "_标准"}
    s = read_submission(catalog, path)
    assert {n for n, said in s.declared.items() if said == "不适用"} == set(catalog.kinds[kind])
    assert without.isdisjoint(f.message.split("”")[0].removeprefix("“") for f in s.findings if f.code == "S06")


def test_a_hidden_ledger_counts_once_it_holds_a_row(catalog: Catalog, tmp_path: Path) -> None:
    path = build(catalog, tmp_path / "a.xlsx", "党支部", {"org": [org()], "plan": [TASK]})
    assert openpyxl.load_workbook(path)[TITLE].sheet_state == "visible"
    s = read_submission(catalog, path)
    assert s.declared["plan"] == "" and len(s.rows["plan"]) == 1


def test_what_the_front_page_declares_is_not_overruled(catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    build_unit_workbook(catalog, unit("J001", "第一党支部", sys_type="党支部"), path, {}, {"plan": "本年无"})
    assert read_submission(catalog, path).declared["plan"] == "本年无"
