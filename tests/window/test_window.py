"""The window, by real clicks in a browser: files chosen, work done, findings opened at their place."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import docx
import openpyxl
import pytest
from support.browser import wait
from support.small_city import YEAR, org, party_day, unit, write
from support.window_desk import Clerk
from support.year_plans import task

from toolkit.model import Catalog
from toolkit.submissions.check import write_slips
from toolkit.submissions.reading import read_submission

REPORT = "示例市甲局2025年党建工作总结\n一年来，各支部开展主题党日12次。\n"


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog) -> Path:
    """What two bureaus sent: one clean, one with more people present than due."""
    place = tmp_path_factory.mktemp("收到") / "报送件"
    place.mkdir()
    rows = {"org": [org()], "orglife": [party_day(1), party_day(2)], "plan": [task(1)]}
    write(catalog, place / "甲局.xlsx", unit("AA001", "示例市甲局"), rows)
    wrong = [party_day(1), party_day(2, present_n=9)]
    write(catalog, place / "乙局.xlsx", unit("AA002", "示例市乙局"), {"org": [org()], "orglife": wrong})
    return place


@pytest.fixture
def folder(sent: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of it, which the clerk's work does not change."""
    copy = tmp_path / "报送件"
    shutil.copytree(sent, copy)
    before = {p.name: p.read_bytes() for p in copy.iterdir()}
    yield copy
    assert {name: (copy / name).read_bytes() for name in before} == before


@pytest.fixture(autouse=True)
def fresh(clerk: Clerk) -> None:
    """The page as it is after a start."""
    clerk.reload()


def results(clerk: Clerk) -> list[str]:
    return clerk.browser.texts("#results .path")


# ------------------------------------------------------------------ each action


def test_check_a_folder_and_open_a_finding_at_its_cell(clerk: Clerk, folder: Path) -> None:
    clerk.action("check")
    clerk.give("paths", folder)
    assert clerk.start() == "校验：完成，有1处要改。"
    wrong = [r for r in clerk.rows() if r.startswith("错误")]
    assert len(wrong) == 1 and "乙局.xlsx" in wrong[0] and "组织生活!" in wrong[0]
    assert "检查2份工作簿" in clerk.browser.text("#said")
    where = clerk.browser.js("document.querySelector('tr.error').dataset.cell")
    told = clerk.opens("tr.error")
    assert told.startswith("soffice file://") and told.endswith(f".{where.partition('!')[2]}"), told


def test_slips_beside_the_folder_and_merged_back(clerk: Clerk, folder: Path, catalog: Catalog) -> None:
    clerk.action("check")
    clerk.give("paths", folder)
    clerk.browser.click("#f-slips")
    clerk.start()
    slips = folder.parent / "退回单"
    assert results(clerk) == [str(slips)]
    assert clerk.opens(f'[data-show="{slips}"]') == f"xdg-open {slips}"
    slip = next(slips.glob("*.xlsx"))
    book = openpyxl.load_workbook(slip)
    sheet = book["组织生活"]
    cell = next(c for row in sheet.iter_rows() for c in row if c.value == 9)
    cell.value = 5
    book.save(slip)
    clerk.action("merge-slip")
    clerk.give("slip", slip)
    clerk.give("book", folder / "乙局.xlsx")
    assert clerk.start() == "并回退回单：完成。"
    mended = read_submission(catalog, folder / "乙局_已更正.xlsx")
    assert not [f for f in mended.findings if f.is_error]
    assert write_slips(catalog, [mended], slips) == []
    assert clerk.opens("[data-open]") == f"xdg-open {folder / '乙局_已更正.xlsx'}"


def test_approve(clerk: Clerk, tmp_path: Path, catalog: Catalog) -> None:
    book = write(catalog, tmp_path / "草稿.xlsx", unit("AA003", "示例市丙局"), {
        "org": [org()], "orglife": [party_day(1, status="草稿"), party_day(2, status="草稿", present_n=9)]})  # fmt: skip
    clerk.action("approve")
    clerk.give("book", book)
    assert clerk.start().startswith("核定：完成，有")
    assert results(clerk) == [str(tmp_path / "草稿_已核.xlsx")]
    assert any("组织生活!" in r for r in clerk.rows())


def test_export(clerk: Clerk, folder: Path) -> None:
    clerk.action("export")
    clerk.give("book", folder / "甲局.xlsx")
    clerk.give("out", folder.parent)
    assert clerk.start() == "导出报送件：完成。"
    assert len(list(folder.parent.glob("*.json"))) == 1


def test_new_for_one_unit(clerk: Clerk, tmp_path: Path) -> None:
    clerk.action("new")
    clerk.browser.write("#f-unit", "示例市丁局")
    clerk.browser.write("#f-code", "AA004")
    clerk.give("out", tmp_path)
    assert clerk.start() == "新建：完成。"
    assert [p.suffix for p in tmp_path.glob("AA004*")] == [".xlsx"]


def test_aggregate_with_the_register_then_history_and_dashboard(clerk: Clerk, folder: Path) -> None:
    clerk.action("aggregate")
    clerk.give("paths", folder)
    assert clerk.start().startswith("汇总：完成，")
    out = folder.parent / "汇总.xlsx"
    assert results(clerk) == [str(out), str(folder.parent / "报送登记.db")]
    assert "应报2家、实报2家" in clerk.browser.text("#said")
    assert any("主题党日" in r for r in clerk.rows())
    clerk.action("history")
    clerk.give("register", folder.parent / "报送登记.db")
    clerk.browser.write("#f-unit", "AA001")
    assert clerk.start() == "登记：完成。"
    assert [r.split("\t")[2] for r in clerk.rows()] == ["示例市甲局"]
    clerk.action("aggregate")
    clerk.start()
    clerk.browser.click('[data-next="dashboard"]')
    assert clerk.browser.texts('[data-drop="source"] .chosen span') == [str(out)]
    clerk.give("tasks", folder / "甲局.xlsx")
    assert clerk.start().startswith("看板：完成")
    page = folder.parent / "汇总_看板.html"
    assert page.exists() and clerk.opens("[data-open]") == f"xdg-open {page}"


def test_notice(clerk: Clerk, folder: Path) -> None:
    clerk.action("notice")
    clerk.give("paths", folder)
    assert clerk.start().startswith("通报：完成")
    assert (folder.parent / "报送情况通报.docx").exists()


def test_remind_with_a_sheet(clerk: Clerk, folder: Path) -> None:
    clerk.action("remind")
    clerk.give("paths", folder)
    clerk.browser.click("#f-sheet")
    assert clerk.start().startswith("提醒：完成")
    assert results(clerk) == [str(folder.parent / "到期提醒.xlsx")]
    assert clerk.browser.text("#said").startswith("截至")


def test_fill_by_the_keyboard_then_lint_and_verify(clerk: Clerk, folder: Path) -> None:
    clerk.action("fill")
    clerk.browser.choose("#f-document", "党建工作情况")
    clerk.browser.click("#f-draft")
    clerk.give("source", folder / "甲局.xlsx")
    assert clerk.start().startswith("成文：完成")
    made = Path(results(clerk)[0])
    assert made.exists() and made.suffix == ".docx"
    assert clerk.opens("[data-open]") == f"xdg-open {made}"
    for name in ("lint", "verify"):
        clerk.action(name)
        clerk.give("document", made)
        if name == "verify":
            clerk.give("source", folder / "甲局.xlsx")
        assert clerk.start().startswith({"lint": "审稿：完成", "verify": "核对：完成"}[name])
        assert all(made.name in r for r in clerk.rows())
    clerk.action("refresh")
    clerk.give("document", made)
    clerk.give("source", folder / "甲局.xlsx")
    assert clerk.start().startswith("更新：完成")
    assert results(clerk) == [str(made.with_name(f"{made.stem}_已更新.docx"))]


def test_lint_mends_a_copy(clerk: Clerk, tmp_path: Path) -> None:
    text = tmp_path / "总结.txt"
    text.write_text("示例市甲局总结\n各支部开展活动,成效明显。\n", "utf-8")
    clerk.action("lint")
    clerk.give("document", text)
    clerk.browser.click("#f-fix")
    assert clerk.start().startswith("审稿：完成")
    assert "活动，成效" in (tmp_path / "总结_已改.txt").read_text("utf-8")
    assert any(r.startswith("已改") for r in clerk.rows())
    assert clerk.opens("tbody tr.opens") == f"xdg-open {tmp_path / '总结_已改.txt'}"


def test_extract(clerk: Clerk, tmp_path: Path) -> None:
    report = tmp_path / "上年总结.txt"
    report.write_text(REPORT, "utf-8")
    clerk.action("extract")
    clerk.give("document", report)
    assert clerk.start() == "提取：完成。"
    assert results(clerk) == [str(tmp_path / "上年总结_对照.xlsx")]
    assert any("12次" in r for r in clerk.rows())


def test_explain_a_figure_and_open_its_cell(clerk: Clerk, folder: Path) -> None:
    clerk.action("explain")
    clerk.browser.write("#f-indicator", "主题党日_支部")
    clerk.give("source", folder / "甲局.xlsx")
    assert clerk.start().startswith("出处：完成")
    assert [r.split("\t")[:2] for r in clerk.rows()] == [["AA001", f"组织生活!{c}"] for c in cells_of(clerk)]
    assert len(clerk.rows()) == 2
    assert clerk.opens("tbody tr.opens").endswith(f".{cells_of(clerk)[0]}")


def cells_of(clerk: Clerk) -> list[str]:
    found: list[str] = clerk.browser.js(
        "[...document.querySelectorAll('tbody tr')].map(r => r.dataset.cell.split('!')[1])"
    )
    return found


def test_plan(clerk: Clerk, folder: Path) -> None:
    clerk.action("plan")
    clerk.give("source", folder / "甲局.xlsx")
    assert clerk.start().startswith("任务进度：完成")
    assert [r.split("\t")[1] for r in clerk.rows()] == ["落实第1项措施"]
    assert results(clerk) == [str(folder / "甲局_任务进度.xlsx")]


def test_template_from_an_old_report(clerk: Clerk, tmp_path: Path) -> None:
    report = docx.Document()
    for line in REPORT.splitlines():
        report.add_paragraph(line)
    report.save(str(tmp_path / "旧报告.docx"))
    clerk.action("template")
    clerk.give("document", tmp_path / "旧报告.docx")
    assert clerk.start().startswith("做模板：完成")
    assert [Path(r).name for r in results(clerk)] == ["旧报告_模板.docx", "旧报告_模板_复核.xlsx"]
    assert any("12次" in r for r in clerk.rows())
    clerk.browser.click('[data-next="fill"]')
    assert clerk.browser.texts('[data-drop="template"] .chosen span') == [str(tmp_path / "旧报告_模板.docx")]


def test_every_action_has_been_clicked(clerk: Clerk) -> None:
    """A new action needs a test."""
    offered = clerk.browser.js("actions.map(a => a.name)")
    text = "".join(p.read_text("utf-8") for p in Path(__file__).parent.glob("test_*.py"))
    assert [a for a in offered if f'"{a}"' not in text] == []


# ------------------------------------------------------------------ files and folders


def test_files_are_chosen_by_the_keyboard(clerk: Clerk, folder: Path) -> None:
    clerk.action("check")
    assert clerk.browse('[data-pick="paths"]', folder.parent) == ["上一级", "报送件"]
    clerk.browser.js("document.getElementById('entries').focus()")
    clerk.browser.press("ArrowDown")
    clerk.browser.press("Enter")
    wait("the files are shown", lambda: clerk.browser.texts("#entries li") == ["上一级", "乙局.xlsx", "甲局.xlsx"])
    for key in ("ArrowDown", " ", "ArrowDown", " ", "Enter"):
        clerk.browser.press(key)
    wait("both are chosen", lambda: len(clerk.browser.texts('[data-drop="paths"] .chosen span')) == 2)
    assert clerk.browser.js("document.querySelector('#picker').open") is False
    assert clerk.start() == "校验：完成，有1处要改。"


def test_all_files_of_a_folder_are_chosen_at_once(clerk: Clerk, folder: Path) -> None:
    for way in ("by the button", "by the keyboard"):
        clerk.reload()
        clerk.action("check")
        clerk.browse('[data-pick="paths"]', folder)
        if way == "by the button":
            clerk.browser.click("#all")
        else:
            clerk.browser.js("document.getElementById('entries').focus()")
            clerk.browser.press("a", modifiers=2)
        assert clerk.browser.text("#choose") == "选定（2份）", way
        clerk.browser.click("#choose")
        assert len(clerk.browser.texts('[data-drop="paths"] .chosen span')) == 2, way
    clerk.browse('[data-folder="paths"]', folder)
    assert clerk.browser.text("#all") == ""  # one folder is chosen


def test_a_folder_is_chosen_by_the_mouse_and_is_recent_afterwards(clerk: Clerk, folder: Path) -> None:
    clerk.action("check")
    assert clerk.browse('[data-folder="paths"]', folder.parent) == ["上一级", "报送件"]
    clerk.browser.click("#entries li:nth-child(2)")
    wait("it is entered", lambda: clerk.browser.js("document.getElementById('where').value") == str(folder))
    clerk.browser.click("#choose")
    assert clerk.browser.texts('[data-drop="paths"] .chosen span') == [str(folder)]
    clerk.start()
    clerk.reload()
    clerk.action("check")
    clerk.browser.choose('[data-recent="paths"]', "报送件")
    wait("it is chosen", lambda: clerk.browser.texts('[data-drop="paths"] .chosen span') == [str(folder)])


def test_dropped_files_are_kept_and_the_clerk_is_told_where(clerk: Clerk, folder: Path) -> None:
    clerk.action("check")
    clerk.browser.drop('[data-drop="paths"]', sorted(folder.glob("*.xlsx")))
    kept = wait("they are kept", lambda: clerk.browser.texts('[data-drop="paths"] .chosen span'))
    place = Path(kept[0]).parent
    assert place.parent == clerk.home / "Documents" / "党建工作" / "收件"
    assert [Path(k).read_bytes() for k in kept] == [p.read_bytes() for p in sorted(folder.glob("*.xlsx"))]
    assert f"已收下2份，副本存在 {place}" in clerk.browser.text("#tip")
    clerk.browser.click("#f-slips")
    clerk.start()
    assert results(clerk) == [str(place / "退回单")]


def test_what_is_missing_or_gone_is_said_before_anything_starts(clerk: Clerk, tmp_path: Path) -> None:
    clerk.action("check")
    assert clerk.start() == "请先选“工作簿或文件夹”。"
    clerk.give("paths", tmp_path / "没有.xlsx")
    assert clerk.start().startswith("没有找到“")
    clerk.action("fill")
    assert clerk.start() == "请先填“文种”。"


def test_what_people_changed_is_not_overwritten_and_the_window_says_what_to_do(clerk: Clerk, folder: Path) -> None:
    out = folder.parent / "汇总.xlsx"
    out.write_bytes(b"mine")
    clerk.action("aggregate")
    clerk.give("paths", folder)
    assert clerk.start() == "汇总：没有做成。"
    said = clerk.browser.text("#said")
    assert "勾选“旧的改名保留”" in said and "--force" not in said
    assert out.read_bytes() == b"mine"
    clerk.browser.click("#f-force")
    assert clerk.start().startswith("汇总：完成")
    assert (folder.parent / "汇总（旧稿1）.xlsx").read_bytes() == b"mine"


def start_long_work(clerk: Clerk, book: Path, folder: Path) -> None:
    """Starts 校验 of 400 workbooks, no two alike, and waits until it is on the way."""
    for n in range(400):
        (folder / f"{n}.xlsx").write_bytes(book.read_bytes() + bytes(n))
    clerk.action("check")
    clerk.give("paths", folder)
    clerk.browser.click("#start")
    wait("progress", lambda: "/400" in clerk.browser.text("#doing"))


def test_long_work_shows_progress_and_is_cancelled_by_a_click(clerk: Clerk, sent: Path, tmp_path: Path) -> None:
    start_long_work(clerk, sent / "甲局.xlsx", tmp_path)
    assert clerk.browser.js("document.querySelector('#bar').max") == 400
    clerk.browser.click("#cancel")
    assert clerk.outcome() == "校验：已取消，没有写完的结果不会留下。"


def test_a_page_that_is_loaded_anew_finds_its_work(clerk: Clerk, sent: Path, tmp_path: Path) -> None:
    start_long_work(clerk, sent / "甲局.xlsx", tmp_path)
    clerk.reload()
    wait("progress again", lambda: clerk.browser.text("#doing").startswith("正在校验……"))
    clerk.browser.press("Escape")
    assert clerk.outcome() == "校验：已取消，没有写完的结果不会留下。"


def test_what_a_command_refuses_is_said_by_the_name_of_the_field(clerk: Clerk, folder: Path) -> None:
    clerk.action("remind")
    clerk.give("paths", folder)
    clerk.browser.write("#f-days", "9999")
    assert clerk.start() == "提醒：没有做成。"
    said = clerk.browser.text("#said")
    assert said.startswith("“提前天数”填写有误：9999") and "dangjian" not in said and "--" not in said


def test_a_failure_of_many_lines_is_said_once(clerk: Clerk, tmp_path: Path) -> None:
    (tmp_path / "乱.xlsx").write_text("这不是工作簿", "utf-8")
    clerk.action("plan")
    clerk.give("source", tmp_path / "乱.xlsx")
    assert clerk.start() == "任务进度：没有做成。"
    assert clerk.browser.text("#said").count("F01") == 1


# ------------------------------------------------------------------ the table


def test_the_table_is_filtered_and_sorted(clerk: Clerk, tmp_path: Path, catalog: Catalog) -> None:
    wrong = [party_day(n, present_n=9, date=date(YEAR, n, 5)) for n in (3, 1, 2)]
    write(catalog, tmp_path / "乙局.xlsx", unit("AA002", "示例市乙局"), {"org": [org()], "orglife": wrong})
    clerk.action("check")
    clerk.give("paths", tmp_path)
    clerk.start()
    assert len(clerk.rows()) > 3
    clerk.browser.choose("#level", "错误")
    wait("the errors alone", lambda: len(clerk.rows()) == 3)
    clerk.browser.click('thead button[data-sort="2"]')
    up = clerk.rows()
    clerk.browser.click('thead button[data-sort="2"]')
    assert clerk.rows() == up[::-1] != up
    place = up[1].split("\t")[2]
    clerk.browser.write("#filter", place.lower())
    wait("one row", lambda: clerk.rows() == [up[1]])
    assert clerk.browser.text("#count").startswith("1条（共")


def test_text_of_a_workbook_is_text_on_the_page(clerk: Clerk, tmp_path: Path, catalog: Catalog) -> None:
    evil = "<img src=x onerror=document.title='x'><b>甲</b>"
    write(
        catalog,
        tmp_path / "甲局.xlsx",
        unit("AA001", "示例市甲局"),
        {"org": [org()], "orglife": [party_day(1, src=evil, kind=evil)]},
    )
    clerk.action("check")
    clerk.give("paths", tmp_path)
    clerk.start()
    assert any("<b>甲</b>" in r or "<img" in r for r in clerk.rows())
    assert clerk.browser.js("document.querySelectorAll('main img, main b').length") == 0
    assert clerk.browser.js("document.title") != "x"


# ------------------------------------------------------------------ keyboard, screen, end


def test_the_whole_way_by_the_keyboard(clerk: Clerk, folder: Path) -> None:
    clerk.browser.press("2", modifiers=1)
    wait("Alt+2 is 核定", lambda: clerk.browser.text("#title") == "核定")
    clerk.browser.press("1", modifiers=1)
    wait("Alt+1 is 校验", lambda: clerk.browser.text("#title") == "校验")
    clerk.tab_to("[data-paste=paths]")
    clerk.browser.order("Input.insertText", text=str(folder))
    clerk.browser.press("Enter")
    clerk.tab_to("#start")
    clerk.browser.press("Enter")
    assert clerk.outcome() == "校验：完成，有1处要改。"
    clerk.tab_to("tr.error")
    clerk.browser.press("Enter")
    wait("the workbook opens", clerk.opened)


def test_help_is_the_page_of_the_action(clerk: Clerk) -> None:
    clerk.action("aggregate")
    before = clerk.browser.pages()
    clerk.browser.click("#help")
    place = "/docs/handbook/html/下发与收集.html#四汇总"
    new = lambda: [p for p in clerk.browser.pages() if p not in before and unquote(p).endswith(place)]  # noqa: E731
    (address,) = wait("a second page", new)
    shown = clerk.browser.js(f"fetch({json.dumps(address)}).then(a => a.text())")
    assert '<h2 id="四汇总">四、汇总</h2>' in shown


@pytest.mark.parametrize("scale", [1, 1.25, 1.5, 2])
def test_it_fits_a_small_screen_at_every_scaling(clerk: Clerk, folder: Path, scale: float) -> None:
    clerk.browser.resize((1366, 768), scale)
    try:
        clerk.action("check")
        clerk.give("paths", folder)
        clerk.start()
        assert clerk.browser.js("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        clerk.browser.click('[data-pick="paths"]')
        inside = "(r => r.left >= 0 && r.top >= 0 && r.right <= innerWidth && r.bottom <= innerHeight)"
        for part in ("#picker", "#entries", "#choose", "#dismiss"):
            assert clerk.browser.js(f"{inside}(document.querySelector('{part}').getBoundingClientRect())"), part
        clerk.browser.press("Escape")
        wait("the dialog closes", lambda: not clerk.browser.js("document.querySelector('#picker').open"))
    finally:
        clerk.browser.resize((1366, 768))


def test_a_screen_reader_hears_a_name_for_everything(clerk: Clerk) -> None:
    for name in clerk.browser.js("actions.map(a => a.name)"):
        clerk.action(name)
        roles = {"button", "textbox", "combobox", "checkbox", "searchbox", "spinbutton", "Date"}
        assert [(r, n) for r, n in clerk.browser.named() if r in roles and not n] == []
    assert ("progressbar", "") not in clerk.browser.named()
    live = clerk.browser.js("[...document.querySelectorAll('[aria-live], [role=alert]')].map(e => e.id)")
    assert {"doing", "done", "trouble"} <= set(live)
