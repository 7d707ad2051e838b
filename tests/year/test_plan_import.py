"""Written plans in several layouts, read into the sheet; next year's plan proposed from this year's."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.small_city import YEAR, party_day
from support.year_plans import NONE, book, run, task

from toolkit.model import Catalog
from toolkit.standard.catalog import load_catalog
from toolkit.year.drafts.deadlines import deadline
from toolkit.year.drafts.planimport import import_plan, measures

SENTENCES = """示例市2027年机关党建工作要点
2027年工作的总体思路是：围绕中心，落实好两个“书记项目”，保障发展。
一、突出政治引领
1.强化理论武装。各级党组理论学习中心组围绕民族政策至少开展1次专题学习研讨，持续抓好日常学习。
2.抓实讲党课制度。推进微党课竞讲，党员领导干部、党支部书记全年至少讲1次党课。
二、建强基层组织
3.锻造过硬支部。“七一”前后，机关各支部开展1次“建功新征程”主题党日活动。年内，60%以上的党支部要达到“最强党支部”标准，选树表彰10个模范机关。
4.抓好“书记项目”。扎实推进抓基层党建“书记项目”。
"""

BRACKETS = """关于印发《示例局2027年党建工作计划》的通知
一、理论学习
（一）抓好中心组学习
1.每季度开展中心组集体学习研讨。（责任部门：宣传科；配合部门：办公室；完成时限：每季度末）
2.组织专题研讨不少于4次。（责任部门：宣传科；完成时限：11月底前）
（二）抓好警示教育
召开警示教育会2次。
责任单位：机关纪委；完成时限：上半年
二、组织建设
（一）规范组织生活
1.各党支部每月开展主题党日1次。（组织科牵头，各支部配合，12月15日前完成）
"""

ITEMS_ONLY = """2027年某镇党建工作安排
1、落实第一议题制度，全年开展第一议题学习不少于12次。
2、开展志愿服务活动，上半年完成。
3、组建3个宣讲组。
"""


def written(tmp_path: Path, text: str, suffix: str = ".txt") -> Path:
    path = tmp_path / f"要点{suffix}"
    if suffix == ".txt":
        path.write_text(text, encoding="utf-8")
    else:
        document = docx.Document()
        for line in text.splitlines():
            document.add_paragraph(line)
        document.save(str(path))
    return path


def short(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    names = ("plan_id", "indicator_id", "target_op", "target_value", "target_unit", "per")
    return [tuple(r.get(n) for n in names) for r in rows if r.get("target_value") is not None]


@pytest.mark.parametrize("suffix", [".txt", ".docx"])
def test_every_target_of_a_plan_in_sentences(catalog: Catalog, tmp_path: Path, suffix: str) -> None:
    made = import_plan(catalog, written(tmp_path, SENTENCES, suffix))
    assert (made.year, made.parts, made.items) == (2027, 2, 4)
    assert short(made.rows) == [
        ("GZ2027-01-01", "中心组专题研讨", "≥", 1, "次", "每单位"),
        ("GZ2027-02-01", "领导干部讲党课", "≥", 1, "次", "每人"),
        ("GZ2027-03-01", "主题党日_支部", "=", 1, "次", "每支部"),
        ("GZ2027-03-02", "最强党支部达标率", "≥", 60, "%", "全单位"),
        ("GZ2027-03-03", "模范机关数", "=", 10, "个", "全单位"),
        ("GZ2027-04-01", "书记项目数", "=", 2, "个", "全单位"),
    ]
    rows = {r["plan_id"]: r for r in made.rows}
    assert rows["GZ2027-01-01"]["topics"] == ("民族政策",)
    assert rows["GZ2027-03-01"]["topics"] == ("建功新征程",)
    assert (rows["GZ2027-03-01"]["deadline"], rows["GZ2027-03-01"]["deadline_text"]) == (date(2027, 7, 1), "七一前后")
    assert rows["GZ2027-03-03"]["deadline_text"] == "年内"  # said once for both targets of the sentence
    assert [r["section_title"] for r in made.rows if r["measure_no"] == 1][-1] == "建强基层组织"


def test_brackets_say_who_and_by_when(catalog: Catalog, tmp_path: Path) -> None:
    made = import_plan(catalog, written(tmp_path, BRACKETS, ".docx"))
    assert (made.parts, made.items, len(made.rows)) == (2, 3, 4)
    found = [(r["dept"], r["co_dept"], r["deadline"], r["freq"]) for r in made.rows]
    assert found == [
        ("宣传科", "办公室", date(2027, 12, 31), "季"),
        ("宣传科", None, date(2027, 11, 30), "年"),
        ("机关纪委", None, date(2027, 6, 30), "一次性"),
        ("组织科", "各支部", date(2027, 12, 15), "月"),
    ]
    assert short(made.rows)[-1][1:] == ("主题党日_支部", "=", 1, "次", "每月")


def test_items_without_parts_and_a_number_that_no_indicator_states(catalog: Catalog, tmp_path: Path) -> None:
    made = import_plan(catalog, written(tmp_path, ITEMS_ONLY))
    assert (made.parts, made.items) == (1, 3)
    assert short(made.rows) == [("GZ2027-01-01", "第一议题学习", "≥", 12, "次", "全单位")]
    assert "“3个”没有对应的指标" in made.rows[2]["note"]
    assert (0, "section_title") in made.doubts


def test_the_sheet_marks_what_is_uncertain_and_the_plan_can_be_tracked(tmp_path: Path) -> None:
    source, out = written(tmp_path, SENTENCES), tmp_path / "要点.xlsx"
    code, said = run("plan", "import", source, "-o", out, "--unit", "示例市工委", "--code", "AA001")
    assert code == 0
    assert "2个部分、4条" in said
    assert "6个目标" in said
    sheet = openpyxl.load_workbook(out)["工作要点"]
    heads = {c.value: c.column for c in sheet[3]}
    cell = sheet.cell(5, heads["责任部门"])
    assert (cell.value, cell.fill.start_color.rgb) == ("待定", "FFFFF0C2")
    assert cell.comment is not None
    assert "没有写责任部门" in cell.comment.text
    code, said = run("plan", "status", out, "--as-of", "2027-03-01", "--json")
    assert code == 0
    assert len(json.loads(said)["tasks"]) == len(json.loads(run("plan", out, "--json")[1])["tasks"])


def test_what_is_no_plan_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = written(tmp_path, "随手写的一段话。")
    assert "--year" in run("plan", "import", path, "-o", tmp_path / "a.xlsx")[1]
    assert "没有带序号的任务" in run("plan", "import", path, "-o", tmp_path / "a.xlsx", "--year", "2027")[1]


@given(
    st.lists(
        st.sampled_from(["开展学习", "至少2次", "，", "。", "“七一”", "60%以上", "党支部", "；", "召开警示教育会3次"]),
        max_size=40,
    )
)
@settings(max_examples=60, deadline=None)
def test_no_word_of_an_item_is_lost(words: list[str]) -> None:
    text = "".join(words)
    assert "".join(t for t, _ in measures(load_catalog(), text)).strip() == text.strip()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("九月底前完成", (9, 30)), ("“七一”前后", (7, 1)), ("年内", (12, 31)), ("第三季度", (9, 30)), ("10月15日前", (10, 15)),
        ("3月至5月", (5, 31)), ("6月上旬", (6, 10)), ("上半年", (6, 30)), ("二月底前", (2, 28)),
    ],
)  # fmt: skip
def test_deadlines(text: str, day: tuple[int, int]) -> None:
    found = deadline(f"，{text}，组织开展活动", 2027)
    assert found is not None
    assert (found.day.month, found.day.day) == day


def test_a_number_that_is_no_day_is_no_deadline() -> None:
    assert deadline("13月40日前", 2027) is None
    assert deadline("落实《2019—2023年规划》", 2027) is None


def test_next_year_keeps_raises_drops_and_adds(tmp_path: Path) -> None:
    issue = {
        "date": date(YEAR, 3, 1), "source": "巡察反馈", "field": "党建", "brief": "会议记录不完整", "org_id": "DZ001",
        "scope": "单位",
        "est": False,
        "found_n": 3, "solved_n": 1,
        "classifier": "个", "measure": "逐次核对", "dept": "机关党办", "deadline": date(YEAR, 11, 30), "state": "整改中",
        "status": "已核", "src": "检查通报",
    }  # fmt: skip
    plan = [
        task(1, target_value=2),  # five held
        task(2, target_value=12),  # not reached
        task(3, target_value=1, freq="一次性"),
        task(4, **NONE),
        task(5, state="取消"),
    ]
    rows = {"orglife": [party_day(n) for n in (1, 2, 3, 4, 5)], "plan": plan, "issue": [issue]}
    path, out = book(tmp_path / "局.xlsx", rows, fill_date=date(YEAR, 11, 30)), tmp_path / "下年.xlsx"
    code, said = run("plan", "draft", path, "-o", out, "--as-of", f"{YEAR}-11-30", "--json")
    found = {p["plan_id"]: p for p in json.loads(said)["proposals"]}
    assert code == 0, said
    assert [found[f"GZ{YEAR + 1}-{n:02}-01"]["kind"] for n in range(1, 7)] == [
        "提高", "保留", "不再列入", "保留", "不再列入", "新增",
    ]  # fmt: skip
    assert "2个" in found[f"GZ{YEAR + 1}-06-01"]["reason"]
    assert "没有" in found[f"GZ{YEAR + 1}-04-01"]["reason"]
    sheet = openpyxl.load_workbook(out)["工作要点"]
    heads = {c.value: c.column for c in sheet[3]}
    assert sheet.cell(5, heads["目标值"]).value > 2
    assert sheet.cell(7, heads["任务状态"]).value == "取消"
