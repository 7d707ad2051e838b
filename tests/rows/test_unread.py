"""Every sheet and every row of a workbook is read, or a Finding names it and the account of rows counts it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import openpyxl.utils.datetime
import pytest
import xlwt
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from support.small_city import org, party_day, unit, write

from toolkit.cli.main import main
from toolkit.excel.reading.read import read_book
from toolkit.model import CellError, Grid, Place
from toolkit.rows.read import read_rows
from toolkit.rows.submission import submission_of
from toolkit.rows.unread import rows_held
from toolkit.standard.catalog import load_catalog
from toolkit.submissions.aggregate import consolidate
from toolkit.submissions.reading import digested, read_submission

CATALOG = load_catalog()
LIFE = "组织生活"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    rows = {"org": [org()], "orglife": [party_day(n) for n in range(1, 5)]}
    return write(CATALOG, tmp_path / "甲局.xlsx", unit("AA001", "示例市甲局"), rows)


def change(path: Path, **titles: str) -> openpyxl.Workbook:
    book = openpyxl.load_workbook(path)
    for old, new in titles.items():
        book[old].title = new
    return book


def told(path: Path) -> list[tuple[str, str]]:
    found = read_submission(CATALOG, path).findings
    return [(f.code, f.message) for f in found if f.is_error]


def account(path: Path) -> tuple[dict[str, int], dict[str, int]]:
    c = consolidate(CATALOG, [digested(CATALOG, read_submission(CATALOG, path))])
    return c.rows, c.reasons


@pytest.mark.parametrize("title", ["组织生活 (2)", "Sheet1", "组织生活 "])
def test_a_sheet_with_a_ledgers_header_is_named_and_its_rows_are_counted(path: Path, title: str) -> None:
    book = openpyxl.load_workbook(path)
    copy = book.copy_worksheet(book[LIFE])
    copy.title = title
    book.save(path)
    assert told(path) == [("S17", f"工作表“{title}”与台账“{LIFE}”表头相同，4行未读取")]
    assert account(path) == ({"read": 9, "counted": 5, "left_out": 4}, {"不在标准的工作表里": 4})
    assert CliRunner().invoke(main, ["check", str(path)]).exit_code == 1


def test_a_renamed_sheet_is_named_and_nothing_follows_from_its_absence(path: Path) -> None:
    change(path, 组织生活="三会一课").save(path)
    found = read_submission(CATALOG, path).findings
    assert [(f.code, f.place.sheet) for f in found] == [("S16", "三会一课")]
    assert found[0].remedy == "把名称改回“组织生活”"
    assert account(path) == ({"read": 5, "counted": 1, "left_out": 4}, {"不在标准的工作表里": 4})


def test_rows_of_a_ledger_that_this_run_does_not_know_are_named(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book.create_sheet("工会活动")
    sheet.append(["工会活动"])
    sheet.append(["记录编号", "所属党组织", "统计层级", "日期", "活动", "状态", "备注"])
    sheet.append(["示例", "DZ001", "支部", "2026-03-05", "运动会", "已核"])
    sheet.append([None, "DZ001", "支部", "2026-03-06", "运动会", "已核"])
    book.save(path)
    assert told(path) == [("S18", "工作表“工会活动”像是台账，标准中没有，1行未读取")]
    assert account(path)[1] == {"不在标准的工作表里": 1}


def test_a_sheet_of_notes_is_a_reminder_and_an_empty_one_is_nothing(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    book.create_sheet("空表")
    book.create_sheet("WpsReserved_CellImgList").append(["图"])
    book.create_sheet("备忘").append(["周五前报送"])
    book.save(path)
    found = read_submission(CATALOG, path).findings
    assert [(f.code, f.severity, f.place.sheet) for f in found if f.code != "O01"] == [("S19", "warning", "备忘")]
    assert account(path)[0] == {"read": 5, "counted": 5, "left_out": 0}


def test_a_sheet_without_its_header_has_its_rows_counted_and_nothing_follows(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book[LIFE]
    sheet.delete_rows(3)
    book.save(path)
    assert [f.code for f in read_submission(CATALOG, path).findings if f.is_error] == ["S12"]
    assert account(path)[1]["找不到表头"] >= 4


def test_rows_that_are_no_records_are_counted_with_their_reason(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book[LIFE]
    first = next(n for n in range(1, 20) if sheet.cell(n, 1).value == "示例")
    sheet.cell(first + 5, 1).value = "合计"
    book.save(path)
    assert account(path) == ({"read": 6, "counted": 5, "left_out": 1}, {"像是合计行": 1})


@pytest.mark.parametrize("below", [0, 1, 5])
def test_what_is_written_over_an_example_is_not_lost_in_silence(path: Path, below: int) -> None:
    """The example itself, or a copy of it, is filled in, and 示例 stays in its first cell."""
    book = openpyxl.load_workbook(path)
    sheet = book[LIFE]
    example = next(n for n in range(1, 20) if sheet.cell(n, 1).value == "示例")
    for column in range(1, 14):
        sheet.cell(example + below, column).value = sheet.cell(example + 4, column).value
    sheet.cell(example + below, 1).value = "示例"
    book.save(path)
    assert told(path) == [("S22", "这一行第一格写着“示例”，填的内容没有读取")]
    kept = 3 if below == 1 else 4
    assert account(path) == ({"read": kept + 2, "counted": kept + 1, "left_out": 1}, {"第一格写着“示例”": 1})


def test_a_copy_of_the_example_is_no_row(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book[LIFE]
    example = next(n for n in range(1, 20) if sheet.cell(n, 1).value == "示例")
    for column in range(1, 30):
        sheet.cell(example + 6, column).value = sheet.cell(example, column).value
    sheet.cell(example + 6, 4).value = "换了主题"
    book.save(path)
    assert (told(path), account(path)) == ([], ({"read": 5, "counted": 5, "left_out": 0}, {}))


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
@pytest.mark.parametrize("writer", ["openpyxl", "1904"])
def test_rows_of_a_sheet_that_nobody_sees_are_said(path: Path, state: str, writer: str) -> None:
    book = openpyxl.load_workbook(path)
    book[LIFE].sheet_state = state
    if writer == "1904":  # read by our own reader
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.save(path)
    found = read_submission(CATALOG, path).findings
    assert [(f.code, f.place.sheet) for f in found if f.code[0] == "S"] == [("S23", LIFE)]
    assert account(path)[0]["counted"] == 5


def test_a_hidden_sheet_of_an_old_workbook(tmp_path: Path) -> None:
    made = xlwt.Workbook()
    made.add_sheet("表")
    made.add_sheet(LIFE).visibility = 1
    made.get_sheet(LIFE).write(0, 0, "日期")
    made.save(str(tmp_path / "旧.xls"))
    assert {t: g.concealed for t, g in read_book(tmp_path / "旧.xls").grids.items()} == {"表": False, LIFE: True}


def test_a_row_that_is_lost_is_noticed(path: Path) -> None:
    """The rows are counted from the cells: if the reader drops one, the account no longer agrees."""
    s = submission_of(CATALOG, read_book(path))
    s.rows["orglife"] = s.rows["orglife"][:-1]  # type: ignore[index]
    r = digested(CATALOG, s)
    assert [f.message for f in r.submission.findings if f.is_error] == ["文件里有5行记录，说得清去向的只有4行"]
    assert consolidate(CATALOG, [r]).rows == {"read": 5, "counted": 4, "left_out": 0}


cells = st.sampled_from(
    [None, "", "  ", "　", "\u200b", "示例", "合计", "无", "/", "12", 12.0, True, "党课", CellError("")]
)


@given(st.lists(st.lists(cells, max_size=20), max_size=8))
def test_every_row_of_any_sheet_is_read_or_reported(below: list[list[object]]) -> None:
    ledger = CATALOG.ledgers["orglife"]
    sheet = Grid(LIFE, [[f.title for f in ledger.fields], *below])
    rows, found = read_rows(sheet, ledger, "f.xlsx", "AA001", 2026)
    assert rows_held(sheet, ledger) == len(rows) + sum(f.code in ("S14", "S21", "S22") for f in found)
    assert all(f.place == Place("f.xlsx", "AA001", LIFE, f.place.row, f.place.column) for f in found)
