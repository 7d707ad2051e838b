"""Return slips there and back, and approval: real workbooks, changed as a clerk would."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from support.small_city import YEAR, org, party_day, unit, write

from toolkit.errors import CannotRun
from toolkit.excel.changing.approve import approve
from toolkit.excel.changing.patch import patch
from toolkit.excel.changing.slips import merge_slip, write_slip
from toolkit.standard.catalog import load_catalog
from toolkit.submissions.reading import read_submission

CATALOG = load_catalog()
SHEET = "组织生活"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    rows = {
        "org": [org()],
        "orglife": [
            party_day(1),
            party_day(2, kind="主题党日活动"),
            party_day(3, due_n="约5人", topic="=1+1"),
            party_day(4, src=None),
            party_day(5, status="草稿"),
        ],
    }
    return write(CATALOG, tmp_path / "云岚.xlsx", unit("J001", "云海市云岚局"), rows)


@pytest.fixture
def slip(book: Path, tmp_path: Path) -> Path:
    path = tmp_path / "退回单.xlsx"
    assert write_slip(CATALOG, read_submission(CATALOG, book), path) == 3
    return path


def column(ws: Any, title: str, head: int = 3) -> int:
    return int(next(c.column for c in ws[head] if c.value == title))


def mend(slip: Path, *changes: tuple[int, str, Any]) -> None:
    """Type values into rows of the slip (the first row to mend is 0)."""
    made = load_workbook(slip)
    for row, title, value in changes:
        made[SHEET].cell(4 + row, column(made[SHEET], title)).value = value
    made.save(slip)


def values(path: Path, title: str) -> list[Any]:
    ws = load_workbook(path)[SHEET]
    return [ws.cell(row, column(ws, title)).value for row in range(5, 10)]


def test_slip_shows_only_bad_rows_and_what_is_wrong(slip: Path, book: Path) -> None:
    ws = load_workbook(slip)[SHEET]
    titles = [c.value for c in ws[3]]
    assert titles == ["问题与处理", "行号", "指纹", *(f.title for f in CATALOG.ledgers["orglife"].fields)]
    assert [ws.cell(r, 2).value for r in (4, 5, 6, 7)] == [6, 7, 8, None]
    assert ws.column_dimensions["C"].hidden and ws.protection.sheet
    bad = ws.cell(5, column(ws, "应到人数"))
    assert bad.value == "约5人" and bad.comment and "应是数" in bad.comment.text
    assert bad.fill.fgColor.rgb == "FFF8D5D0" and not bad.protection.locked
    assert ws.cell(5, 1).protection.locked and ws.cell(5, 2).protection.locked
    assert "处理：" in ws.cell(4, 1).value
    topic = ws.cell(5, column(ws, "主题议题"))
    assert (topic.value, topic.data_type) == ("=1+1", "s")
    lists = [str(v.formula1) for v in ws.data_validations.dataValidation]
    assert any("主题党日" in x for x in lists) and any("codes_org_org_name" in x for x in lists)


def test_a_slip_hides_empty_columns_and_never_one_that_is_wrong(slip: Path) -> None:
    ws = load_workbook(slip)[SHEET]
    hidden = {ws.cell(3, n).value for d in ws.column_dimensions.values() if d.hidden for n in range(d.min, d.max + 1)}
    assert {"联合单位", "授课人身份", "关联任务"} <= hidden
    assert not hidden & {"类型", "主题议题", "应到人数", "佐证材料", "日期"}  # the evidence lacks, and is asked for


def test_clean_workbook_gives_no_slip(tmp_path: Path) -> None:
    path = write(
        CATALOG, tmp_path / "a.xlsx", unit("J001", "云海市云岚局"), {"org": [org()], "orglife": [party_day(1)]}
    )
    assert write_slip(CATALOG, read_submission(CATALOG, path), tmp_path / "s.xlsx") == 0
    assert not (tmp_path / "s.xlsx").exists()


def test_mended_cells_go_back_and_nothing_else_changes(book: Path, slip: Path, tmp_path: Path) -> None:
    before, out = book.read_bytes(), tmp_path / "改.xlsx"
    mend(slip, (0, "类型", "主题党日"), (1, "应到人数", 5), (2, "佐证材料", "签到表"), (2, "日期", date(YEAR, 4, 6)))
    report = merge_slip(CATALOG, slip, book, out)
    assert sorted((c.place.cell, c.old, c.new) for c in report.changed if c.field != "日期") == [
        ("C6", "主题党日活动", "主题党日"),
        ("F8", None, "签到表"),
        ("G7", "约5人", 5),
    ]
    assert report.skipped == () and book.read_bytes() == before
    assert [f for f in read_submission(CATALOG, out).findings if f.severity == "error"] == []
    assert values(out, "日期")[3].date() == date(YEAR, 4, 6)
    with zipfile.ZipFile(book) as a, zipfile.ZipFile(out) as b:
        touched = {n for n in a.namelist() if a.read(n) != b.read(n)}
        assert a.namelist() == b.namelist()
    # The one sheet, the front page with 更正次数, 报送表 without its old results, and the order to calculate anew.
    assert len(touched) == 4 and "xl/workbook.xml" in touched
    left, right = load_workbook(book), load_workbook(out)
    changed = {c.place.cell for c in report.changed}
    for ws in left:
        for row in ws.iter_rows():
            for cell in row:
                if ws.title == "封面" and ws.cell(cell.row, 1).value == "更正次数":
                    continue
                if ws.title != SHEET or cell.coordinate not in changed:
                    assert right[ws.title][cell.coordinate].value == cell.value


def test_row_changed_meanwhile_is_skipped(book: Path, slip: Path, tmp_path: Path) -> None:
    newer = tmp_path / "新.xlsx"
    patch(book, newer, {SHEET: {(6, 4): "另一个主题"}})
    mend(slip, (0, "类型", "主题党日"), (1, "应到人数", 5))
    report = merge_slip(CATALOG, slip, newer, tmp_path / "改.xlsx")
    assert [c.place.cell for c in report.changed] == ["G7"]
    assert [(s.row, "又改过" in s.reason) for s in report.skipped] == [(6, True)]


def test_formulas_and_unreadable_cells_are_refused(book: Path, slip: Path, tmp_path: Path) -> None:
    mend(slip, (0, "类型", '=HYPERLINK("http://a.example")'), (1, "应到人数", "好几人"), (2, "佐证材料", "签到表"))
    report = merge_slip(CATALOG, slip, book, tmp_path / "改.xlsx")
    assert {s.row: s.reason for s in report.skipped}.keys() == {6, 7}
    assert "公式" in str(report.skipped[0]) and "G7" in str(report.skipped[1])
    assert [str(c) for c in report.changed] == ["组织生活!F8 佐证材料：空 → 签到表"]


def test_text_that_looks_like_a_formula_stays_text(book: Path, slip: Path, tmp_path: Path) -> None:
    made = load_workbook(slip)
    cell = made[SHEET].cell(6, column(made[SHEET], "备注"))
    cell.value = "=2+3"
    cell.data_type = "s"
    made.save(slip)
    merge_slip(CATALOG, slip, book, tmp_path / "改.xlsx")
    found = load_workbook(tmp_path / "改.xlsx")[SHEET]
    cell = found.cell(8, column(found, "备注"))
    assert (cell.value, cell.data_type) == ("=2+3", "s")


def test_merge_refuses_what_does_not_fit(book: Path, slip: Path, tmp_path: Path) -> None:
    other = write(
        CATALOG, tmp_path / "b.xlsx", unit("J002", "云海市青禾局"), {"org": [org()], "orglife": [party_day(1)]}
    )
    with pytest.raises(CannotRun, match="单位编码"):
        merge_slip(CATALOG, slip, other, tmp_path / "x.xlsx")
    with pytest.raises(CannotRun, match="不能覆盖"):
        merge_slip(CATALOG, slip, book, book)
    with pytest.raises(CannotRun, match="不是退回单"):
        merge_slip(CATALOG, book, book, tmp_path / "x.xlsx")
    with pytest.raises(CannotRun, match="后缀"):
        merge_slip(CATALOG, slip, book, tmp_path / "x.xlsm")
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(CannotRun, match="坏"):
        merge_slip(CATALOG, tmp_path / "坏.xlsx", book, tmp_path / "x.xlsx")
    assert not (tmp_path / "x.xlsx").exists()


def _as_1904(path: Path, out: Path) -> Path:
    """The same workbook, its days counted from 1904 as on an old Mac."""
    made = load_workbook(path)
    made.epoch = CALENDAR_MAC_1904
    made.save(out)
    return out


def test_days_since_1904_go_back_as_the_same_days(book: Path, tmp_path: Path) -> None:
    old = _as_1904(book, tmp_path / "旧.xlsx")
    s = read_submission(CATALOG, old)
    assert [r.values["date"] for r in s.rows["orglife"]] == [
        r.values["date"] for r in read_submission(CATALOG, book).rows["orglife"]
    ]
    paper, merged = tmp_path / "退回单.xlsx", tmp_path / "改.xlsx"
    assert write_slip(CATALOG, s, paper) == 3
    mend(paper, (0, "类型", "主题党日"), (0, "日期", date(YEAR, 7, 9)))
    merge_slip(CATALOG, _as_1904(paper, tmp_path / "旧退回单.xlsx"), old, merged)
    again = read_submission(CATALOG, merged).rows["orglife"]
    assert again[1].values["date"] == date(YEAR, 7, 9)
    assert again[0].values["date"] == s.rows["orglife"][0].values["date"]
    approved = tmp_path / "核.xlsx"
    approve(CATALOG, read_submission(CATALOG, merged), merged, approved)
    assert [r.values["date"] for r in read_submission(CATALOG, approved).rows["orglife"]] == [
        r.values["date"] for r in again
    ]


def test_a_number_mended_in_a_cell_of_percentages_is_shown_as_a_number(book: Path, tmp_path: Path) -> None:
    made = load_workbook(book)
    at = made[SHEET].cell(5, column(made[SHEET], "应到人数"))
    at.value, at.number_format = 0.95, "0%"
    made.save(book)
    s = read_submission(CATALOG, book)
    assert ("C02", "95%") in [(f.code, f.value) for f in s.findings]
    paper = tmp_path / "退回单.xlsx"
    write_slip(CATALOG, s, paper)
    mend(paper, (0, "应到人数", 12))
    report = merge_slip(CATALOG, paper, book, tmp_path / "改.xlsx")
    assert [c.place.cell for c in report.changed] == ["G5"] and report.skipped == ()
    assert read_submission(CATALOG, tmp_path / "改.xlsx").rows["orglife"][0].values["due_n"] == 12


def test_a_slip_prints_with_its_reasons_on_every_page_and_cuts_no_name(tmp_path: Path) -> None:
    filled = {f.name: "某" for f in CATALOG.ledgers["org"].fields if not f.calc}
    named = {**filled, **org(org_name="中共云海市云岚局机关第一支部委员会", org_type=None)}
    rows = {"org": [named], "orglife": [party_day(2, kind="主题党日活动")]}
    book, path = write(CATALOG, tmp_path / "云岚.xlsx", unit("J001", "云海市云岚局"), rows), tmp_path / "退回单.xlsx"
    write_slip(CATALOG, read_submission(CATALOG, book), path)
    wide, narrow = (load_workbook(path)[title] for title in ("党组织", SHEET))
    assert (narrow.page_setup.fitToWidth or 1, narrow.print_title_cols) == (1, None)
    assert (wide.page_setup.fitToWidth, wide.print_title_cols) == (2, "$A:$B")
    assert {ws.print_title_rows for ws in (wide, narrow)} == {"$1:$3"} and "&P" in str(wide.oddFooter.center.text)
    assert wide.row_dimensions[4].height > 2 * 14  # two lines of the name
