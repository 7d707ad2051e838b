"""The list of units: written, filled in by other programs, read, and turned into workbooks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from toolkit.errors import CannotRun
from toolkit.excel.unit.build import new_from_roster
from toolkit.excel.unit.roster import check_roster, read_roster, write_roster_template
from toolkit.figures.tree import Unit
from toolkit.standard.catalog import load_catalog
from toolkit.submissions.reading import read_submission

CATALOG = load_catalog()
TOP = Unit("YC000", "云川市样例工委", "样例工委", "", "工委", False)
CITY = (
    TOP,
    Unit("YC001", "云川市虚构局", "虚构局", "YC000", "市直单位", True),
    Unit("YC002", "云川市样例局", "样例/局 ", "YC001", "市直单位", True),
)


def values(unit: Unit) -> dict[str, Any]:
    return {
        "unit_id": unit.code,
        "unit_name": unit.name,
        "unit_short": unit.short,
        "parent_id": unit.parent or None,
        "sys_type": unit.sys_type,
        "expected": unit.expected,
    }


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    path = tmp_path / "名单.xlsx"
    write_roster_template(CATALOG, path, [values(u) for u in CITY])
    return path


def edited(path: Path, cells: dict[str, Any]) -> Path:
    book = openpyxl.load_workbook(path)
    for cell, value in cells.items():
        book["单位名单"][cell] = value
    book.save(path)
    return path


def test_units_come_back_as_they_went_in(roster: Path) -> None:
    found, findings = check_roster(CATALOG, roster)
    assert [(u.code, u.name, u.parent, u.sys_type, u.expected) for u in found] == [
        (u.code, u.name, u.parent, u.sys_type, u.expected) for u in CITY
    ]
    assert [f for f in findings if f.severity == "error"] == []


def test_titles_are_those_of_the_unit_sheet(roster: Path) -> None:
    ws = openpyxl.load_workbook(roster)["单位名单"]
    titles = {f.name: f.title for f in CATALOG.unit}
    named = [titles[n] for n in ("unit_id", "unit_name", "unit_short", "parent_id", "sys_type")]
    assert [c.value for c in ws[3]] == [*named, "应报"]


def test_blank_roster_says_that_it_is_blank(tmp_path: Path) -> None:
    write_roster_template(CATALOG, tmp_path / "x.xlsx")
    with pytest.raises(CannotRun, match="没有单位"):
        read_roster(CATALOG, tmp_path / "x.xlsx")


def test_expected_is_yes_when_blank(roster: Path) -> None:
    assert [u.expected for u in read_roster(CATALOG, edited(roster, {"F5": None, "F6": None}))] == [True, True, True]


@pytest.mark.parametrize(
    ("cells", "code", "place"),
    [
        ({"A7": "YC001", "D7": "YC000"}, "C10", "A7"),
        ({"D7": "YC999"}, "C09", "D7"),
        ({"D5": "YC002"}, "R07", "D5"),
        ({"D6": "YC001"}, "R07", "D6"),
        ({"B6": None}, "C01", "B6"),
        ({"E6": "企业"}, "C05", "E6"),
        ({"A7": "a-1"}, "C06", "A7"),
        ({"F6": "也许"}, "C05", "F6"),
    ],
)
def test_mistakes_are_found_at_the_cell(roster: Path, cells: dict[str, Any], code: str, place: str) -> None:
    _, findings = check_roster(CATALOG, edited(roster, cells))
    assert (code, place) in {(f.code, f.place.cell) for f in findings}
    with pytest.raises(CannotRun, match=place):
        read_roster(CATALOG, roster)


def test_a_file_that_is_no_roster(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_text("no workbook", encoding="utf-8")
    assert {f.severity for f in check_roster(CATALOG, tmp_path / "x.xlsx")[1]} == {"error"}
    book = openpyxl.Workbook()
    book.save(tmp_path / "y.xlsx")
    assert [f.code for f in check_roster(CATALOG, tmp_path / "y.xlsx")[1]] == ["S01"]


def test_one_workbook_for_every_unit_that_reports(roster: Path, tmp_path: Path) -> None:
    made = new_from_roster(CATALOG, roster, tmp_path / "out", 2026)
    assert [p.name for p in made] == ["YC001_虚构局_2026.xlsx", "YC002_样例局_2026.xlsx"]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(p.name for p in made)
    unit = read_submission(CATALOG, made[0]).unit
    assert [unit[k] for k in ("unit_id", "unit_name", "unit_short", "parent_id", "year")] == [
        "YC001",
        "云川市虚构局",
        "虚构局",
        "YC000",
        2026,
    ]


def test_filled_workbooks_are_not_overwritten(roster: Path, tmp_path: Path) -> None:
    made = new_from_roster(CATALOG, roster, tmp_path / "out", 2026)
    made[1].unlink()
    before = made[0].read_bytes() + b"filled in"
    made[0].write_bytes(before)
    with pytest.raises(CannotRun, match=made[0].name):
        new_from_roster(CATALOG, roster, tmp_path / "out", 2026)
    assert made[0].read_bytes() == before
    assert not made[1].exists()


def test_same_roster_same_bytes(roster: Path, tmp_path: Path) -> None:
    write_roster_template(CATALOG, tmp_path / "again.xlsx", [values(u) for u in CITY])
    assert (tmp_path / "again.xlsx").read_bytes() == roster.read_bytes()


def _merged(sheet: Any) -> None:
    sheet.merge_cells("D5:D6")


def _hidden(sheet: Any) -> None:
    sheet.row_dimensions[5].hidden = True


def _struck(sheet: Any) -> None:
    for cell in sheet[5]:
        cell.font = openpyxl.styles.Font(strike=True)


def _total(sheet: Any) -> None:
    sheet["A9"] = "合计"


def _second(sheet: Any) -> None:
    sheet.parent.copy_worksheet(sheet)


@pytest.mark.parametrize(
    ("change", "code"), [(_merged, "S09"), (_hidden, "S11"), (_struck, "S15"), (_total, "S14"), (_second, "S17")]
)
def test_a_list_that_may_mean_another_tree_is_refused(roster: Path, tmp_path: Path, change: Any, code: str) -> None:
    book = openpyxl.load_workbook(roster)
    change(book["单位名单"])
    book.save(tmp_path / "y.xlsx")
    assert {f.code for f in check_roster(CATALOG, tmp_path / "y.xlsx")[1] if f.is_error} == {code}
    with pytest.raises(CannotRun, match=code):
        read_roster(CATALOG, tmp_path / "y.xlsx")
