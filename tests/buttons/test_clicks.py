"""Every action clicked for real: by its button, in the menu, in the toolbar, and in the bar of a ledger.

Each effect is something that only the action brings about, so a click that starts nothing fails.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from support import small_city
from support import small_city as city
from support.desk import Desk, wait
from support.work import (
    DRAFT,
    FRONT,
    LIFE,
    PRESENT,
    RED,
    STATUS,
    WRONG,
    WRONG_DRAFT,
    Work,
    clean_book,
    consolidated_book,
    second_bureau,
    unit_book,
)

from toolkit.excel.actions import ACTIONS, BY_NAME, offered
from toolkit.model import Catalog
from toolkit.standard.sheets import RESULT
from toolkit.submissions.check import write_slips
from toolkit.submissions.exchange.register import NAME as REGISTER
from toolkit.submissions.reading import read_submission

pytestmark = pytest.mark.office
BAR = "ledger bar"
WAYS = ("button", "menu", "toolbar")
YELLOW = 0xFFFF00
FOUND = "校验结果：2处错误"  # in the workbook of `unit`
# Starts the product as the extension asks, but what comes after the marks raises, with its marks still there.
FAILS_LATE = """
import sys
import toolkit.launch
from toolkit.buttons import open_book

def broken(*_, **__):
    raise RuntimeError("out of order")

open_book.write_result = broken
sys.exit(toolkit.launch.main(sys.argv[5:]))
"""
Opener = Callable[[Path], Work]


@pytest.fixture
def opened(desk: Desk) -> Iterator[Opener]:
    """Opens workbooks and closes them after the test."""
    works: list[Work] = []

    def open_book(path: Path) -> Work:
        works.append(Work(desk, path))
        return works[-1]

    yield open_book
    for work in works:
        work.close()


@pytest.fixture
def unit(opened: Opener, catalog: Catalog, tmp_path: Path) -> Work:
    """A unit's workbook in a folder whose name has a space and more that a command line would trip over."""
    folder = tmp_path / "报表 50%&(一)"
    folder.mkdir()
    return opened(unit_book(catalog, folder / "测试局 台账.xlsm"))


@pytest.fixture
def clean(opened: Opener, catalog: Catalog, tmp_path: Path) -> Work:
    return opened(clean_book(catalog, tmp_path / "局.xlsm"))


@pytest.fixture
def consolidated(opened: Opener, catalog: Catalog, tmp_path: Path) -> Work:
    return opened(consolidated_book(catalog, tmp_path / "汇总"))


def click(work: Work, way: str, name: str) -> None:
    work.click(way, BY_NAME[name].caption)


def answers(work: Work, name: str) -> Iterator[str]:
    """What the action says in its box, started in each way from the sheet that is in front now; it has ended by then."""
    front = work.active()
    for way in WAYS:
        work.front(front)
        click(work, way, name)
        said = work.answer()
        work.wait_idle()
        yield said


def marked(work: Work) -> bool:
    return work.cell(LIFE, WRONG, PRESENT).CellBackColor == RED


def result(work: Work, within: float = 30) -> str:
    """The headline of the sheet 校验结果, once it is there and the action has ended."""
    work.wait_idle()
    wait(f"the sheet {RESULT}", lambda: work.has(RESULT), within)
    return work.text(RESULT, 1, 1)


# ------------------------------------------------------------------- unit workbook


def test_check_all_marks_cells_and_clear_marks_restores_what_was_there(unit: Work) -> None:
    unit.cell(LIFE, DRAFT, PRESENT).CellBackColor = YELLOW
    unit.sheet(LIFE).Annotations.insertNew(unit.cell(LIFE, DRAFT, STATUS).CellAddress, "自己的批注")
    before = unit.cell(LIFE, WRONG, PRESENT).CellBackColor
    for way in WAYS:
        assert not marked(unit) and not unit.has(RESULT)
        unit.front(FRONT)
        click(unit, way, "check_all")
        assert result(unit).startswith(FOUND)
        assert marked(unit)
        assert "实到与请假人数之和超过应到人数" in unit.note(LIFE, WRONG, PRESENT)
        listed = unit.values(RESULT)
        assert any(f"{LIFE}!" in str(row[1]) and "超过应到人数" in str(row[4]) for row in listed)
        assert any(f"#'{LIFE}'!" in unit.cell(RESULT, row, 2).Formula for row in range(4, 30))
        assert unit.text(RESULT, 2, 1).startswith("先改：“组织生活”（2处）")
        assert unit.active() == RESULT

        unit.front(FRONT)
        click(unit, way, "clear_marks")
        wait("the mark goes", lambda: not marked(unit))
        unit.wait_idle()
        assert unit.cell(LIFE, WRONG, PRESENT).CellBackColor == before
        assert unit.note(LIFE, WRONG, PRESENT) == ""
        assert not unit.has(RESULT)
        assert unit.cell(LIFE, DRAFT, PRESENT).CellBackColor == YELLOW
        assert unit.note(LIFE, DRAFT, STATUS) == "自己的批注"


def test_check_sheet_checks_the_sheet_in_front(unit: Work) -> None:
    for way in ("menu", "toolbar", BAR):
        unit.front(LIFE)
        click(unit, way, "check_sheet")
        assert "处错误" in result(unit)
        assert marked(unit)
        assert {str(row[1]).partition("!")[0] for row in unit.values(RESULT)[3:] if row[1]} == {LIFE}
        unit.front(LIFE)
        click(unit, BAR, "clear_marks")
        wait("the mark goes", lambda: not marked(unit) and not unit.has(RESULT))
        unit.wait_idle()
    unit.front(FRONT)
    click(unit, "button", "check_sheet")
    assert result(unit).startswith("校验结果：0处错误")
    assert not marked(unit)


def test_approve_approves_clean_drafts_only(unit: Work) -> None:
    for way in (*WAYS, BAR):
        unit.front(LIFE if way == BAR else FRONT)
        unit.cell(LIFE, DRAFT, STATUS).String = "草稿"
        click(unit, way, "approve")
        said = unit.answer()
        assert f"{LIFE}：核定1行，1行未核定" in said and "校验结果" in said
        unit.wait_idle()
        assert unit.text(LIFE, DRAFT, STATUS) == "已核"
        assert unit.text(LIFE, WRONG_DRAFT, STATUS) == "草稿"


def test_the_row_above_again_and_a_date_as_it_is_typed(unit: Work) -> None:
    unit.front(LIFE)
    click(unit, BAR, "repeat_row")
    new = WRONG_DRAFT + 1
    wait("the new row", lambda: unit.text(LIFE, new, "主题议题"), 30)
    unit.wait_idle()
    assert unit.text(LIFE, new, "主题议题") == unit.text(LIFE, WRONG_DRAFT, "主题议题")
    assert unit.text(LIFE, new, "所属党组织") == "第1党支部" and unit.text(LIFE, new, STATUS) == ""
    day = unit.column(LIFE, "日期") - 1
    assert unit.selected() == (day, new - 1)  # where typing goes on, without another click
    unit.screen.press("Tab")
    wait("the cursor moves on", lambda: unit.selected() == (day + 1, new - 1))
    unit.cell(LIFE, new, "日期").String = f"{city.YEAR}.5.8"
    click(unit, BAR, "check_sheet")
    result(unit)
    assert unit.text(LIFE, new, "日期") == f"{city.YEAR}-05-08" and unit.cell(LIFE, new, "日期").Value > 0


def test_one_meeting_for_the_other_branches(opened: Opener, catalog: Catalog, tmp_path: Path) -> None:
    rows = {"org": [city.org(f"DZ00{n}") for n in (1, 2, 3)], "orglife": [city.party_day(1)]}
    work = opened(city.write(catalog, tmp_path / "某局.xlsm", city.unit("A001", "某某市测试局"), rows))
    work.front(LIFE)
    click(work, BAR, "repeat_for_others")
    wait("the new rows", lambda: work.text(LIFE, 6, "主题议题"), 30)
    work.wait_idle()
    assert [work.text(LIFE, n, "所属党组织") for n in (5, 6, 7, 8)] == ["第1党支部", "第2党支部", "第3党支部", ""]
    assert work.text(LIFE, 7, "主题议题") == "主题1" and work.text(LIFE, 7, PRESENT) == ""


def test_approval_is_undone_and_a_copy_is_kept(unit: Work) -> None:
    saved = unit.path.read_bytes()
    for way in (*WAYS, BAR):
        unit.front(LIFE if way == BAR else FRONT)
        click(unit, way, "approve")
        assert "核定1行" in unit.answer()
        unit.wait_idle()
        assert unit.text(LIFE, DRAFT, STATUS) == "已核"
        unit.front(LIFE if way == BAR else FRONT)
        click(unit, way, "undo")
        assert "已撤销“核定”" in unit.answer()
        unit.wait_idle()
        assert unit.text(LIFE, DRAFT, STATUS) == "草稿"
        assert unit.text(LIFE, DRAFT, "记录编号") == ""
    assert (unit.folder / f"{unit.path.name}.核定前.bak").read_bytes() == saved
    click(unit, "button", "undo")
    assert "没有可以撤销的操作" in unit.answer()


def test_undo_leaves_what_was_changed_since(unit: Work) -> None:
    click(unit, "button", "approve")
    unit.answer()
    unit.wait_idle()
    unit.cell(LIFE, DRAFT, STATUS).String = "作废"
    unit.front(FRONT)
    click(unit, "button", "undo")
    said = unit.answer()
    assert "1格后来又改过" in said and f"{LIFE}!" in said
    unit.wait_idle()
    assert unit.text(LIFE, DRAFT, STATUS) == "作废"


def mend(slip: Path, into: Path, heading: str, value: object) -> None:
    """What a clerk does with a slip: type over one cell of its first row, and save it beside the workbook."""
    book = openpyxl.load_workbook(slip)
    sheet = book[LIFE]
    column = next(c.column for c in sheet[3] if c.value == heading)
    sheet.cell(4, column).value = value
    book.save(into / slip.name)


def test_a_mended_slip_is_merged_and_undone(opened: Opener, catalog: Catalog, tmp_path: Path) -> None:
    path = unit_book(catalog, tmp_path / "局.xlsm")
    (slip,) = write_slips(catalog, [read_submission(catalog, path)], tmp_path / "收到")
    work = opened(path)
    click(work, "button", "merge_slip")
    assert "没有找到这个单位本年度的退回单" in work.answer()
    mend(slip, tmp_path, PRESENT, 5)
    before = work.text(LIFE, WRONG, PRESENT)
    for way in WAYS:
        work.front(FRONT)
        click(work, way, "merge_slip")
        said = work.answer()
        work.wait_idle()
        assert "已并回1个单元格，更正次数改为1" in said and slip.name in said.replace("\n", "")
        assert (work.text(LIFE, WRONG, PRESENT), before) == ("5", "9")
        work.front(FRONT)
        click(work, way, "undo")
        assert "恢复2格" in work.answer()
        work.wait_idle()
        assert work.text(LIFE, WRONG, PRESENT) == before


def test_the_whole_loop(consolidated: Work, opened: Opener, catalog: Catalog, tmp_path: Path) -> None:
    """A fault is returned, mended, merged and sent again; the new submission replaces the old one and counts."""
    click(consolidated, "button", "return_slips")
    assert "生成1份退回单" in consolidated.answer()
    consolidated.wait_idle()
    (slip,) = (consolidated.folder / "退回单").iterdir()
    home = tmp_path / "第二测试局"
    home.mkdir()
    mend(slip, home, PRESENT, 5)
    unit = opened(second_bureau(catalog, home / "局.xlsm"))
    click(unit, "button", "merge_slip")
    assert "更正次数改为1" in unit.answer()
    unit.wait_idle()
    click(unit, "button", "export")
    assert "已导出" in unit.answer()
    unit.wait_idle()
    for sent in home.glob("A002_2026_报送件.*"):
        shutil.copy(sent, consolidated.folder / "报送件" / sent.name)
    consolidated.to_front()
    click(consolidated, "button", "aggregate")
    said = consolidated.screen.answer()
    assert "读入8行＝计入8行＋未计入0行" in said and "已被" in said and "第1次更正件" in said
    consolidated.wait_idle()
    consolidated.close_other("测试工委2026年汇总.xlsm")


def test_summarize_fills_the_report_sheet(clean: Work) -> None:
    before = clean.formulas("报送表")
    for way in WAYS:
        clean.front(FRONT)
        click(clean, way, "summarize")
        assert "计入" in clean.answer()
        clean.wait_idle()
        assert clean.active() == "报送表"
        assert clean.formulas("报送表") != before
        clean.write_formulas("报送表", before)


def test_make_document_writes_the_chosen_document(clean: Work) -> None:
    for way in WAYS:
        click(clean, way, "make_document")
        said = clean.answer()
        assert "已生成" in said
        (name,) = clean.files()
        assert name.endswith("党建工作情况.docx") and name in said.replace("\n", "")
        assert "不够丰富" in " ".join(p.text for p in Document(clean.folder / name).paragraphs)
        (clean.folder / name).unlink()
        clean.wait_idle()


def test_a_document_that_lacks_its_words_is_not_written(unit: Work) -> None:
    click(unit, "button", "make_document")
    assert "请在“文字材料”表填写" in unit.answer()
    assert not unit.files()


def test_export_writes_a_copy_without_macros_and_its_manifest(clean: Work) -> None:
    for said in answers(clean, "export"):
        assert "已导出" in said
        (copy,), (listed,) = clean.folder.glob("*.xlsx"), clean.folder.glob("*.json")
        manifest = json.loads(listed.read_text(encoding="utf-8"))
        assert manifest["sha256"] == hashlib.sha256(copy.read_bytes()).hexdigest()
        assert manifest["unit_id"] == "A001" and manifest["errors"] == 0
        with zipfile.ZipFile(copy) as packed:
            assert not [name for name in packed.namelist() if "vba" in name.lower()]
        copy.unlink()
        listed.unlink()


def test_export_is_refused_while_errors_remain(unit: Work) -> None:
    before = unit.files()
    click(unit, "button", "export")
    said = unit.answer()
    assert "2处错误" in said and "未导出" in said
    assert unit.files() == before


def test_help_opens(unit: Work) -> None:
    for way in (*WAYS, BAR):
        unit.front(LIFE if way == BAR else FRONT)
        click(unit, way, "show_help")
        assert "校验全部" in unit.answer()
        unit.wait_idle()


# ----------------------------------------------------------- consolidated workbook


def test_import_lists_what_is_wrong_with_the_submissions(consolidated: Work) -> None:
    for said in answers(consolidated, "import_submissions"):
        assert "实报2家" in said
        assert result(consolidated).startswith("校验结果：1处错误")
        consolidated.document.Sheets.removeByName(RESULT)


def test_aggregate_writes_a_new_workbook_and_opens_it(consolidated: Work) -> None:
    before = consolidated.files()
    for way in WAYS:
        click(consolidated, way, "aggregate")
        said = consolidated.screen.answer()  # the new workbook comes to the front after it
        consolidated.wait_idle()
        assert "读入8行＝计入7行＋未计入1行" in said
        written = {n for n in consolidated.files() - before if not n.startswith(".")}
        assert REGISTER in written
        (made,) = written - {REGISTER}
        assert made.endswith(".xlsm")
        consolidated.close_other(made)


def test_return_slips_are_written_for_submissions_with_errors(consolidated: Work) -> None:
    folder = consolidated.folder / "退回单"
    for said in answers(consolidated, "return_slips"):
        assert "1份退回单" in said
        assert [p.name for p in folder.iterdir()] == ["退回单_A002.xlsx"]
        shutil.rmtree(folder)


@pytest.mark.parametrize("name", ["make_summary", "make_plan"])
def test_documents_are_written_from_the_consolidated_workbook(consolidated: Work, name: str) -> None:
    before = consolidated.files()
    for said in answers(consolidated, name):
        (made,) = consolidated.files() - before
        assert made.endswith(".docx") and made in said.replace("\n", "")
        (consolidated.folder / made).unlink()


def test_notice_lists_the_units_to_remind(consolidated: Work) -> None:
    for said in answers(consolidated, "notice"):
        assert "退回1家" in said and str(consolidated.folder.parent) not in said
        assert "通报" in consolidated.text("通报", 1, 1) and "应报2家" in consolidated.text("通报", 2, 1)
        assert "第二测试局" in str(consolidated.values("通报"))
        made = consolidated.folder / "测试工委2026年报送情况通报.docx"
        assert "第二测试局" in " ".join(p.text for p in Document(made).paragraphs)
        made.unlink()
        consolidated.document.Sheets.removeByName("通报")


def test_reminders_are_handed_out_to_each_unit(consolidated: Work) -> None:
    for said in answers(consolidated, "remind"):
        assert "已过期" in said and str(consolidated.folder.parent) not in said
        made = consolidated.folder / "月提示单"
        assert {"到期提醒.xlsx", "到期提醒.ics"} < {f.name for f in made.iterdir()}
        assert list(made.glob("*月提示单.docx"))
        shutil.rmtree(made)


def test_a_unit_reminds_itself(unit: Work) -> None:
    click(unit, "button", "remind")
    assert "已过期" in unit.answer()
    assert (unit.folder / "月提示单/到期提醒.xlsx").exists()


@pytest.mark.parametrize(("opened_book", "sheet"), [("unit", "报送表"), ("consolidated", "报送情况")])
def test_what_is_signed_becomes_a_pdf(opened_book: str, sheet: str, request: pytest.FixtureRequest) -> None:
    work: Work = request.getfixturevalue(opened_book)
    click(work, "button", "print_essentials")
    assert sheet in work.answer(60)
    (made,) = work.folder.glob("*_打印要件.pdf")
    assert made.read_bytes().startswith(b"%PDF")


def test_help_opens_from_the_consolidated_workbook(consolidated: Work) -> None:
    click(consolidated, "button", "show_help")
    assert "校验" in consolidated.answer()


# --------------------------------------------------------------- when it is not easy


def test_six_hundred_rows(opened: Opener, catalog: Catalog, tmp_path: Path) -> None:
    more = [small_city.party_day(n % 12 + 1, topic=f"主题{n}") for n in range(596)]
    work = opened(unit_book(catalog, tmp_path / "局.xlsm", *more))
    click(work, "button", "check_all")
    assert result(work, 60).startswith(FOUND)
    assert marked(work)


def test_a_failing_action_says_so_and_leaves_no_half_written_file(clean: Work) -> None:
    in_the_way = clean.folder / "A001_2026_报送件.xlsx"
    in_the_way.mkdir()
    click(clean, "button", "export")
    said = clean.answer()
    assert "“导出报送件”没有完成" in said and "日志" in said
    assert clean.files() == {in_the_way.name}
    in_the_way.rmdir()
    click(clean, "button", "export")
    assert "已导出" in clean.answer()


def test_approval_that_fails_in_the_middle_leaves_every_row_a_draft(
    opened: Opener, catalog: Catalog, tmp_path: Path
) -> None:
    rows = {"org": [small_city.org(status="草稿")], "orglife": [small_city.party_day(1, status="草稿")]}
    work = opened(small_city.write(catalog, tmp_path / "局.xlsm", small_city.unit("A001", "某某市测试局"), rows))
    statuses = lambda: [work.text(sheet, 5, STATUS) for sheet in ("党组织", LIFE)]  # noqa: E731
    work.sheet(LIFE).protect("")  # comes after 党组织 and cannot be written
    click(work, "button", "approve")
    said = work.answer()
    assert "“核定”没有完成" in said and "日志" in said
    assert statuses() == ["草稿", "草稿"]
    work.sheet(LIFE).unprotect("")
    click(work, "button", "approve")
    assert "核定1行" in work.answer()
    assert statuses() == ["已核", "已核"]


def test_a_check_that_fails_in_the_middle_leaves_no_marks(desk: Desk, unit: Work, tmp_path: Path) -> None:
    """The list of findings fails when the cells have been marked already."""
    sheets = unit.document.Sheets.ElementNames
    with desk.other_python(tmp_path / "python", f'exec "$PYTHON" -B -c \'{FAILS_LATE}\' "$@"'):
        click(unit, "button", "check_all")
        said = unit.answer()
    assert "“校验全部”没有完成" in said and "out of order" in said and "日志" in said
    assert not marked(unit) and unit.note(LIFE, WRONG, PRESENT) == ""
    assert unit.document.Sheets.ElementNames == sheets
    click(unit, "toolbar", "check_all")
    unit.wait_done(2)
    assert result(unit).startswith(FOUND) and marked(unit)


def test_a_second_click_is_refused_while_the_first_runs(unit: Work, slow_python: None) -> None:
    click(unit, "toolbar", "check_all")
    click(unit, "toolbar", "approve")
    assert result(unit).startswith(FOUND)
    assert unit.happened().count(": started") == 1
    assert "approve: refused" in unit.happened()
    assert unit.text(LIFE, DRAFT, STATUS) == "草稿" and unit.screen.message() is None
    click(unit, "toolbar", "approve")
    assert "核定1行" in unit.answer()


@pytest.fixture
def slow_python(desk: Desk, tmp_path: Path) -> Iterator[None]:
    """The product's Python, two seconds late."""
    with desk.other_python(tmp_path / "python", 'sleep 2; exec "$PYTHON" "$@"'):
        yield


def test_each_kind_of_workbook_has_a_button_for_each_of_its_actions(unit: Work, consolidated: Work) -> None:
    for work, kind in ((unit, "unit"), (consolidated, "consolidated")):
        assert work.screen.buttons(work.document) == [a.caption for a in offered(kind)]
    unit.front(LIFE)
    assert unit.screen.buttons(unit.document) == [a.caption for a in ACTIONS if a.bar]
