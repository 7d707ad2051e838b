"""The actions that are wanted now and then, by real clicks: a start from old papers, the plan, templates, the standard."""

from __future__ import annotations

import re
from pathlib import Path

import docx
import openpyxl
import pytest
from support.small_city import YEAR, org, party_day, unit, write
from support.window_desk import Clerk
from support.year_plans import task

from toolkit.model import Catalog

PLAN = f"示例市甲局{YEAR}年党建工作要点\n一、加强学习\n（一）抓好理论武装\n1.开展主题党日12次。责任部门：机关党委。\n"


@pytest.fixture
def book(tmp_path: Path, catalog: Catalog) -> Path:
    """A unit's workbook with a plan."""
    rows = {"org": [org()], "orglife": [party_day(1), party_day(2)], "plan": [task(1)]}
    return write(catalog, tmp_path / "甲局.xlsx", unit("AA001", "示例市甲局"), rows)


@pytest.fixture(autouse=True)
def fresh(clerk: Clerk) -> None:
    """The page as it is after a start."""
    clerk.reload()


def done(clerk: Clerk, action: str, given: dict[str, Path] | None = None, tick: str = "") -> list[Path]:
    """Fills in and starts an action, and returns the files that the page names."""
    clerk.action(action)
    for field, path in (given or {}).items():
        clerk.give(field, path)
    if tick:
        clerk.browser.click(tick)
    said = clerk.start()
    assert "：完成" in said, (said, clerk.browser.text("#said"))
    found = [Path(p) for p in clerk.browser.texts("#results .path")]
    assert all(p.exists() for p in found)
    return found


def words_of(path: Path) -> str:
    return "\n".join(p.text for p in docx.Document(str(path)).paragraphs)


# ------------------------------------------------------------------ workbooks


def test_the_next_year_begins_with_last_years_workbook(clerk: Clerk, book: Path) -> None:
    clerk.action("rollover")
    clerk.browser.write("#f-year", str(YEAR + 1))
    done(clerk, "rollover", {"book": book})
    assert "沿用：党组织1行" in clerk.browser.text("#said")
    assert [p.suffix for p in book.parent.glob(f"AA001*_{YEAR + 1}.*")] == [".xlsx"]


def test_what_is_signed_and_filed(clerk: Clerk, book: Path) -> None:
    assert done(clerk, "print", {"book": book}, tick="#f-xlsx") == [book.with_name("甲局_打印要件.xlsx")]


def old_ledger(path: Path) -> Path:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for row in (
        ["党支部", "日期", "类型", "主题", "应到人数", "实到人数"],
        ["一支部", "2026-1-5", "主题党日", "学党章", 6, 6],
    ):
        sheet.append(row)
    made.save(path)
    return path


def test_an_old_ledger_is_brought_over_and_its_sheet_of_decisions_used(clerk: Clerk, tmp_path: Path) -> None:
    old = old_ledger(tmp_path / "三会一课.xlsx")
    made = done(clerk, "adopt", {"old": old})
    assert [p.name for p in made] == ["三会一课_工作簿.xlsx", "三会一课_工作簿_对照.xlsx"]
    assert any("实到人数" in r for r in clerk.rows())
    clerk.browser.click('[data-next="adopt"]')
    assert clerk.browser.texts('[data-drop="mapping"] .chosen span') == [str(made[1])]
    clerk.where_to()
    clerk.browser.click("#f-force")
    assert clerk.start().startswith("转旧台账：完成")


def test_a_folder_of_old_ledgers(clerk: Clerk, tmp_path: Path) -> None:
    (tmp_path / "旧台账").mkdir()
    old_ledger(tmp_path / "旧台账" / "一支部.xlsx")
    made = done(clerk, "adopt", {"old": tmp_path / "旧台账"})
    assert [p.name for p in made] == ["旧台账_工作簿", "台账_对照.xlsx"]


def test_a_workbook_of_an_earlier_edition(clerk: Clerk, book: Path) -> None:
    assert done(clerk, "upgrade", {"book": book}) == [book.with_name("甲局_新标准.xlsx")]
    assert "组织生活2行" in clerk.browser.text("#said")


def test_a_list_of_units_to_fill_in_then_its_workbooks(clerk: Clerk, tmp_path: Path) -> None:
    (made,) = done(clerk, "roster", {"out": tmp_path})
    assert made == tmp_path / "单位名单.xlsx"
    clerk.browser.click('[data-next="new"]')
    assert clerk.browser.texts('[data-drop="roster"] .chosen span') == [str(made)]


def test_what_arrived_is_looked_at_once(clerk: Clerk, tmp_path: Path, catalog: Catalog) -> None:
    inbox = tmp_path / "收到"
    inbox.mkdir()
    wrong = {"org": [org()], "orglife": [party_day(1, present_n=9)]}
    write(catalog, inbox / "乙局.xlsx", unit("AA002", "示例市乙局"), wrong)
    (made,) = done(clerk, "watch", {"inbox": inbox})
    assert {p.name for p in made.iterdir()} >= {"问题清单.xlsx", "退回单", "报送登记.db"}


def test_tables_for_other_programs(clerk: Clerk, book: Path) -> None:
    made = done(clerk, "aggregate", {"paths": book}, tick="#f-export")
    assert book.with_name("汇总数据") in made and list((book.parent / "汇总数据").glob("*.csv"))


# ------------------------------------------------------------------ documents


def test_a_public_version(clerk: Clerk, tmp_path: Path, catalog: Catalog) -> None:
    rows = {"org": [org(full_n=4)], "orglife": [party_day(1, due_n=4, present_n=4)]}
    book = write(catalog, tmp_path / "甲局.xlsx", unit("AA001", "示例市甲局"), rows)
    clerk.action("fill")
    clerk.browser.choose("#f-document", "党建工作情况")
    clerk.browser.click("#f-draft")
    (plain,) = done(clerk, "fill", {"source": book})
    assert "××" not in words_of(plain)
    clerk.where_to()
    clerk.browser.click("#f-force")
    (public,) = done(clerk, "fill", tick="#f-public")
    assert "××" in words_of(public)


def test_a_document_for_each_unit_of_a_folder(clerk: Clerk, tmp_path: Path, catalog: Catalog) -> None:
    place = tmp_path / "报送件"
    place.mkdir()
    for code, name in (("AA001", "示例市甲局"), ("AA002", "示例市乙局")):
        write(catalog, place / f"{code}.xlsx", unit(code, name), {"org": [org()], "orglife": [party_day(1)]})
    clerk.action("fill-all")
    clerk.browser.choose("#f-document", "党建工作情况")
    clerk.browser.click("#f-draft")
    (made,) = done(clerk, "fill-all", {"source": place})
    assert made.name == "报送件_党建工作情况" and len(list(made.glob("*.docx"))) == 2


# ------------------------------------------------------------------ the plan


def test_tasks_rows_and_summary_against_each_other(clerk: Clerk, book: Path) -> None:
    summary = book.with_name("总结.txt")
    summary.write_text("示例市甲局总结\n开展主题党日2次。\n", "utf-8")
    assert done(clerk, "matrix", {"source": book, "summary": summary})[0].suffix == ".xlsx"
    assert "1项措施" in clerk.browser.text("#said")


def test_a_written_plan_and_the_next_one(clerk: Clerk, tmp_path: Path, book: Path) -> None:
    written = tmp_path / "要点.txt"
    written.write_text(PLAN, "utf-8")
    (made,) = done(clerk, "plan-import", {"document": written})
    assert made.name == "要点_要点.xlsx"
    (drafted,) = done(clerk, "plan-draft", {"source": book})
    assert drafted.name == "甲局_下年要点草稿.xlsx"
    assert f"{YEAR + 1}年要点草稿" in clerk.browser.text("#said")


# ------------------------------------------------------------------ templates


def test_a_template_is_begun_checked_and_its_names_are_listed(clerk: Clerk, tmp_path: Path) -> None:
    clerk.action("template-new")
    clerk.browser.choose("#f-document", "党建工作情况")
    (made,) = done(clerk, "template-new", {"out": tmp_path})
    assert made == tmp_path / "党建工作情况_我的模板.docx" and "{{" in words_of(made)
    edited = docx.Document(str(made))
    edited.add_paragraph("开展{{ 主题党日_支布 }}。")
    edited.save(str(made))
    clerk.browser.click('[data-next="template-check"]')
    clerk.browser.choose("#f-document", "党建工作情况")
    assert clerk.start().startswith("查模板：完成，有1处要改")
    assert any("主题党日_支布" in r and "M08" in r for r in clerk.rows())
    clerk.action("template-names")
    clerk.browser.choose("#f-document", "党建工作情况")
    done(clerk, "template-names")
    clerk.browser.write("#filter", "主题党日_支部")
    assert any(r.startswith("数\t主题党日_支部\t") for r in clerk.rows())


# ------------------------------------------------------------------ the standard, this machine


def test_the_standard_is_edited_and_put_in_force(clerk: Clerk, tmp_path: Path) -> None:
    (sheets,) = done(clerk, "standard-export", {"out": tmp_path})
    made = openpyxl.load_workbook(sheets)
    assert "栏目" in made.sheetnames
    done(clerk, "standard-import", {"book": sheets}, tick="#f-preview")
    assert "与随软件发布的标准相同" in clerk.browser.text("#said")


def test_what_works_on_this_machine(clerk: Clerk, tmp_path: Path) -> None:
    (report,) = done(clerk, "doctor", {"out": tmp_path}, tick="#f-report")
    assert report.read_text("utf-8")
    assert all(re.match("能用|必须处理|可以不装", r) for r in clerk.rows())
