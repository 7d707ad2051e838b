"""Approval and the change of single cells: what was understood is written, all else stays, every refusal is told."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from support.small_city import YEAR, org, party_day, unit, write

from toolkit.errors import CannotRun
from toolkit.excel.changing.approve import approve
from toolkit.excel.changing.patch import patch
from toolkit.excel.reading.read import read_book
from toolkit.model import Percent
from toolkit.standard.catalog import load_catalog
from toolkit.submissions.reading import read_submission

CATALOG = load_catalog()
SHEET = "组织生活"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    rows = {"org": [org()], "orglife": [party_day(n) for n in range(1, 6)]}
    return write(CATALOG, tmp_path / "云岚.xlsx", unit("J001", "云海市云岚局"), rows)


def test_patch_makes_cells_and_keeps_their_format(book: Path, tmp_path: Path) -> None:
    out = tmp_path / "p.xlsx"
    patch(
        book, out, {SHEET: {(30, 2): date(YEAR, 2, 3), (30, 4): "a<b & \x01c", (5, 8): None, (6, 4): "_x0041_x0042_"}}
    )
    assert read_book(out).grids[SHEET].cells[5][3] == "_x0041_x0042_"
    ws = load_workbook(out)[SHEET]
    assert ws["B30"].value.date() == date(YEAR, 2, 3) and ws["B30"].number_format == "yyyy-mm-dd"
    assert ws["D30"].value == "a<b & c" and ws["H5"].value is None
    with pytest.raises(CannotRun, match="没有工作表“没有这张表”"):
        patch(book, tmp_path / "q.xlsx", {"没有这张表": {(1, 1): 1}})


def rewritten(path: Path, out: Path, title: str, change: Callable[[str], str]) -> Path:
    """A copy of the workbook in which the XML of one sheet was changed."""
    number = load_workbook(path, read_only=True).sheetnames.index(title) + 1
    with zipfile.ZipFile(path) as a, zipfile.ZipFile(out, "w") as b:
        for name in a.namelist():
            data = a.read(name)
            if name == f"xl/worksheets/sheet{number}.xml":
                data = change(data.decode()).encode()
                assert data != a.read(name)
            b.writestr(name, data)
    return out


def sheet_xml(path: Path, title: str) -> str:
    number = load_workbook(path, read_only=True).sheetnames.index(title) + 1
    with zipfile.ZipFile(path) as archive:
        return archive.read(f"xl/worksheets/sheet{number}.xml").decode()


def without_references(xml: str) -> str:
    return re.sub(r'<c r="[A-Z]+[0-9]+"', "<c", xml)


def test_cells_without_references_are_changed_in_their_place(book: Path, tmp_path: Path) -> None:
    odd = rewritten(book, tmp_path / "odd.xlsx", SHEET, lambda xml: re.sub(r'<row r="[0-9]+"', "<row", xml))
    odd = rewritten(odd, tmp_path / "bare.xlsx", SHEET, without_references)
    before = read_book(odd).grids[SHEET].cells
    patch(odd, tmp_path / "p.xlsx", {SHEET: {(6, 1): "OL2026-0009", (6, 4): "新主题", (6, 40): "远处"}})
    after = read_book(tmp_path / "p.xlsx").grids[SHEET].cells
    assert (after[5][0], after[5][3], after[5][39]) == ("OL2026-0009", "新主题", "远处")
    for n, (old, new) in enumerate(zip(before, after, strict=True), 1):
        assert [v for c, v in enumerate(old) if n != 6 or c not in (0, 3)] == [
            v for c, v in enumerate(new[: len(old)]) if n != 6 or c not in (0, 3)
        ]
    references = re.findall(r'<c r="([A-Z]+6)"', sheet_xml(tmp_path / "p.xlsx", SHEET))
    assert len(references) == len(set(references)) and references == sorted(references, key=lambda r: (len(r), r))


def test_a_cell_or_row_that_stands_twice_is_refused(book: Path, tmp_path: Path) -> None:
    twice = rewritten(book, tmp_path / "r.xlsx", SHEET, lambda xml: xml.replace('<row r="7"', '<row r="6"', 1))
    with pytest.raises(CannotRun, match="第6行出现两次"):
        patch(twice, tmp_path / "x.xlsx", {SHEET: {(6, 1): "甲"}})
    twice = rewritten(book, tmp_path / "c.xlsx", SHEET, lambda xml: re.sub(r'<c r="D6"', '<c r="C6"', xml, count=1))
    with pytest.raises(CannotRun, match="C6 出现两次"):
        patch(twice, tmp_path / "x.xlsx", {SHEET: {(6, 1): "甲"}})
    assert not (tmp_path / "x.xlsx").exists()


def formatted(book: Path, path: Path, address: str, look: str, value: Any = "旧") -> Path:
    made = load_workbook(book)
    made[SHEET][address].value, made[SHEET][address].number_format = value, look
    made.save(path)
    return path


@pytest.mark.parametrize("look", ["General", "0%", "yyyy-mm-dd", "@", "h:mm", "0.00", '0"人"', "[$-804]yyyy年m月d日"])
@pytest.mark.parametrize("value", [12, 0.5, date(YEAR, 5, 6), "5月6日"])
def test_a_value_reads_as_itself_whatever_the_format_of_its_cell(
    book: Path, tmp_path: Path, look: str, value: Any
) -> None:
    patch(formatted(book, tmp_path / "f.xlsx", "G6", look), tmp_path / "p.xlsx", {SHEET: {(6, 7): value}})
    found = read_book(tmp_path / "p.xlsx").grids[SHEET].cells[5][6]
    assert found == value and not isinstance(found, Percent)
    shown = load_workbook(tmp_path / "p.xlsx")[SHEET]["G6"]
    assert shown.is_date == isinstance(value, date)
    assert shown.font.name == load_workbook(book)[SHEET]["G6"].font.name  # the look stays


def test_a_cell_that_nobody_would_see_is_not_changed(book: Path, tmp_path: Path) -> None:
    made = load_workbook(book)
    made[SHEET].merge_cells("D6:D7")
    made.save(tmp_path / "m.xlsx")
    with pytest.raises(CannotRun, match="D7 在合并单元格"):
        patch(tmp_path / "m.xlsx", tmp_path / "x.xlsx", {SHEET: {(7, 4): "看不见"}})
    patch(tmp_path / "m.xlsx", tmp_path / "x.xlsx", {SHEET: {(6, 4): "看得见"}})


# --------------------------------------------------------------------- approval


def drafts(tmp_path: Path) -> Path:
    rows = {
        "org": [org()],
        "orglife": [
            party_day(1, rec_id=f"OL{YEAR}-0007"),
            party_day(2, status="草稿"),
            party_day(3, status="草稿", src=None),
            party_day(4, status="草稿", present_n=9),
            party_day(5, status="作废"),
            party_day(6, status="草稿"),
        ],
    }
    return write(CATALOG, tmp_path / "草.xlsx", unit("J001", "云海市云岚局"), rows)


def test_approves_only_what_would_count(tmp_path: Path) -> None:
    path, out = drafts(tmp_path), tmp_path / "核.xlsx"
    before = read_submission(CATALOG, path)
    done = approve(CATALOG, before, path, out)
    assert done.rows[SHEET] == (2, 2) and done.rows["党组织"] == (0, 0)
    after = read_submission(CATALOG, out)
    assert [r.values["status"] for r in after.rows["orglife"]] == ["已核", "已核", "草稿", "草稿", "作废", "已核"]
    ids = [r.values["rec_id"] for r in after.rows["orglife"]]
    assert ids == [f"OL{YEAR}-0007", f"OL{YEAR}-0008", None, None, None, f"OL{YEAR}-0009"]
    why = done.objections
    assert {(f.place.cell, f.code) for f in why} >= {("F7", "C01")} and {f.place.row for f in why} == {7, 8}
    assert [r.values["status"] for r in read_submission(CATALOG, path).rows["orglife"]][1] == "草稿"


def test_approve_limits_and_refusals(tmp_path: Path) -> None:
    path, out = drafts(tmp_path), tmp_path / "核.xlsx"
    s = read_submission(CATALOG, path)
    assert approve(CATALOG, s, path, out, ["志愿服务"]).rows == {"志愿服务": (0, 0)}
    with pytest.raises(CannotRun, match="组织生活"):
        approve(CATALOG, s, path, out, ["组织生话"])
    with pytest.raises(CannotRun, match="不能覆盖"):
        approve(CATALOG, s, path, path)
    patch(path, tmp_path / "新.xlsx", {SHEET: {(5, 4): "别的"}})
    with pytest.raises(CannotRun, match="又改过"):
        approve(CATALOG, s, tmp_path / "新.xlsx", out)


def test_approved_rows_hold_what_was_understood(tmp_path: Path) -> None:
    rows = {
        "org": [org()],
        "orglife": [party_day(1), party_day(2, status=None, est=None, due_n="5人", date="2月6日", kind="主题党日 ")],
    }
    path, out = write(CATALOG, tmp_path / "草.xlsx", unit("J001", "云海市云岚局"), rows), tmp_path / "核.xlsx"
    before = read_submission(CATALOG, path)
    done = approve(CATALOG, before, path, out)
    assert {(c.place.cell, c.old, c.new) for c in done.understood} == {
        ("B6", "2月6日", f"{YEAR}-02-06"),
        ("C6", "主题党日 ", "主题党日"),
        ("G6", "5人", "5"),
        ("Z6", "", "否"),
    }
    row = read_book(out).grids[SHEET].cells[5]
    assert (row[1], row[6], row[25], row[14]) == (date(YEAR, 2, 6), 5, "否", "已核")
    after = read_submission(CATALOG, out)
    assert [r.values for r in after.rows["orglife"]] == [
        {**r.values, "status": "已核", "rec_id": r.values["rec_id"] or f"OL{YEAR}-0001"} if r.number == 6 else r.values
        for r in before.rows["orglife"]
    ]
    assert not [f for f in after.findings if f.code == "N01"]
    assert load_workbook(out)[SHEET]["B6"].is_date


def test_every_row_kept_back_is_told_with_cell_and_reason(tmp_path: Path) -> None:
    path = drafts(tmp_path)
    s = read_submission(CATALOG, path)
    assert [(f.code, f.place.cell) for f in s.findings if f.place.row == 7] == [("C24", "F7")]
    done = approve(CATALOG, s, path, tmp_path / "核.xlsx")
    assert {(f.code, f.place.cell) for f in done.objections} == {("C01", "F7"), ("R01", "H8")}
    told = "\n".join(done.lines())
    assert str(tmp_path) not in told  # a dialog shows it
    assert "组织生活：核定2行，2行未核定，原因见下" in told and f"{SHEET}!F7：“佐证材料”未填" in told and "!H8" in told


def test_approving_bare_cells_writes_none_twice(tmp_path: Path) -> None:
    path = drafts(tmp_path)
    bare = rewritten(path, tmp_path / "bare.xlsx", SHEET, without_references)
    s = read_submission(CATALOG, bare)
    approve(CATALOG, s, bare, tmp_path / "核.xlsx")
    references = re.findall(r'<c r="([A-Z]+[0-9]+)"', sheet_xml(tmp_path / "核.xlsx", SHEET))
    assert len(references) == len(set(references))
