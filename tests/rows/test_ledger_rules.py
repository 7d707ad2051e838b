"""The rules that the ledgers declare: the example rows keep them, and each kind of slip is seen."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from toolkit.model import Finding, Ledger, Row, SheetRef
from toolkit.rows.checks import check_rows
from toolkit.rows.conditions import Context, compute
from toolkit.standard.catalog import load_catalog

CATALOG = load_catalog()
UNIT = {"unit_id": "YL01", "year": 2026, "fill_date": date(2026, 12, 20), "brand": None}
D = date


def example(ledger: Ledger) -> dict[str, Any]:
    """The row that stands as an example in the workbook, dates and defaults included."""
    return {f.name: f.example if f.example is not None else f.default for f in ledger.fields}


def row(name: str, number: int = 4, **changed: Any) -> Row:
    ledger = CATALOG.ledgers[name]
    values = {**example(ledger), **changed}
    context = Context(UNIT, D(2026, 1, 1), D(2026, 12, 31))
    for f in ledger.fields:
        if f.calc:
            values[f.name] = compute(f, values, context)
    columns = {f.name: n for n, f in enumerate(ledger.fields, 1)}
    return Row(name, SheetRef("f.xlsx", "YL01", ledger.title, columns), number, values)


def found(*rows: Row, **declared: str) -> list[Finding]:
    by: dict[str, list[Row]] = {"org": [row("org")]}
    for r in rows:
        by.setdefault(r.ledger, []).append(r)
    if "org" in {r.ledger for r in rows}:
        by["org"] = [r for r in rows if r.ledger == "org"]
    # obligations are another matter: here it is rows that are judged
    return [
        f
        for f in check_rows(CATALOG, by, Context(UNIT, D(2026, 1, 1), D(2026, 12, 31), CATALOG.ledgers, by, declared))
        if not f.code.startswith("O")
    ]


@pytest.mark.parametrize("name", CATALOG.ledgers)
def test_the_example_row_is_clean(name: str) -> None:
    first: dict[str, Any] = {"task_no": 1, "section_no": 1} if name == "plan" else {"status": "已核"}
    assert found(row(name, **first)) == []


DEVELOPED = {
    "stage": "正式党员",
    "apply_date": D(2023, 1, 9),
    "talk_date": D(2023, 2, 9),
    "activist_date": D(2023, 3, 1),
    "half_review_n": 2,
    "target_date": D(2024, 3, 1),
    "review_res": "合格",
    "train_days": Decimal(3),
    "prereview_date": D(2024, 11, 20),
    "accept_date": D(2024, 12, 20),
    "vote_due": 18,
    "vote_for": 10,
    "approve_date": D(2025, 3, 20),
    "full_apply": D(2025, 12, 20),
    "full_meet": D(2025, 12, 20),
    "full_approve": D(2026, 3, 20),
}


ELECTED = {
    "elect_date": D(2026, 5, 1),
    "prev_term_end": D(2026, 6, 1),
    "elect_due": 20,
    "elect_present": 16,
    "term_start": D(2026, 5, 1),
}


def test_an_election_in_time_by_four_fifths_is_clean() -> None:
    assert found(row("org", **ELECTED)) == []


def test_the_longest_lawful_way_into_the_party_is_clean() -> None:
    assert found(row("develop", **DEVELOPED)) == []


MEETING = {"host": "甲某某", "recorder": "乙某某"}

SLIPS: list[tuple[str, dict[str, Any], str]] = [
    ("org", {"term_years": 4}, "任期年数只能是3或5"),
    ("org", {"committee": False}, "应设支部委员会"),
    ("org", {"committee_n": 8}, "委员超过7人"),
    ("org", {"committee_n": 2}, "3至5人"),
    ("org", {"full_n": 51}, "一般不超过50人"),
    ("org", {"full_n": 2, "committee": False, "committee_n": None}, "不足3人"),
    ("org", {"org_type": "机关党委", "term_years": 5}, "100人以上"),
    ("org", {"parent_id": "DZ001"}, "成了一个圈"),
    ("org", {"term_start": D(2023, 5, 1)}, "尚未换届"),
    ("org", {"extend_to": D(2028, 6, 21), "extend_doc": "样批〔2027〕1号"}, "延期超过一年"),
    ("org", {**ELECTED, "elect_present": 15}, "五分之四"),
    ("org", {**ELECTED, "elect_date": D(2025, 5, 1)}, "不在填报期内"),
    ("org", {"cover_due": 3, "cover_done": 4}, "超过应覆盖数"),
    ("membership", {"serving_n": 18, "retired_n": 2}, "超过党员总数"),
    ("membership", {"medal_due_n": 1, "medal_given_n": 2}, "超过应颁数"),
    ("develop", {**DEVELOPED, "talk_date": D(2023, 2, 10)}, "超过一个月才派人谈话"),
    ("develop", {**DEVELOPED, "target_date": D(2024, 2, 29)}, "不满一年"),
    ("develop", {**DEVELOPED, "half_review_n": 1}, "半年考察次数不够"),
    ("develop", {**DEVELOPED, "train_days": Decimal("2.5"), "train_hours": Decimal(20)}, "不足3天或24学时"),
    ("develop", {**DEVELOPED, "vote_for": 9}, "未超过应到会"),
    ("develop", {**DEVELOPED, "approve_date": D(2025, 3, 21)}, "超过三个月才审批"),
    ("develop", {**DEVELOPED, "approve_date": D(2025, 6, 21)}, "超过六个月才审批"),
    ("develop", {**DEVELOPED, "full_meet": D(2025, 12, 19)}, "预备期未满"),
    ("develop", {**DEVELOPED, "review_res": "不合格"}, "政审未做或不合格"),
    ("develop", {**DEVELOPED, "stage": "发展对象"}, "还在预备党员之前"),
    ("develop", {**DEVELOPED, "pub_start": D(2024, 2, 5), "pub_end": D(2024, 2, 8)}, "不足5个工作日"),
    ("orglife", {"present_n": 12, "leave_n": 1}, "超过应到人数"),
    ("orglife", {"absent_reason": None}, "未填缺席原因"),
    ("orglife", {**MEETING, "kind": "支委会", "due_n": 5, "present_n": 2, "leave_n": 3}, "未过半数"),
    ("orglife", {"host": "甲某某", "recorder": "甲某某"}, "同一人"),
    ("orglife", {**MEETING, "kind": "民主生活会", "present_n": 7}, "三分之二"),
    ("study", {"present_n": 10}, "超过应到人数"),
    ("study", {"kind": "中心组专题研讨", "speak_n": 0}, "发言人数为0"),
    ("meeting", {"qty": 3}, "分行登记"),
    ("integrity", {"kind": "专项检测", "due_n": 3, "done_n": 4}, "超过应参加人数"),
    ("issue", {"solved_n": 4}, "超过发现数"),
    ("issue", {"solved_n": 2}, "少于发现数"),
    ("issue", {"state": "整改中"}, "却不是“已完成”"),
    ("issue", {"state": "整改中", "done_date": None}, "已逾期"),
    ("document", {"first_level": "全省率先", "src": None, "status": "草稿"}, "没有佐证材料"),
    ("volunteer", {"person_times": 11}, "少于参加人数"),
    ("service", {"goods": "化肥", "goods_qty": Decimal(20000), "goods_unit": "公斤"}, "不是吨"),
    ("training", {"end_date": D(2026, 4, 12)}, "早于开始日期"),
    ("cadre", {"dup_n": 3}, "超过人数"),
    ("consultation", {"since_year": 2027}, "晚于填报年度"),
    ("plan", {"task_no": 2, "section_no": 1}, "条号不连续"),
]


@pytest.mark.parametrize("name, changed, said", SLIPS, ids=[f"{n}-{s}" for n, _, s in SLIPS])
def test_a_slip_is_seen(name: str, changed: dict[str, Any], said: str) -> None:
    messages = [f.message + f.remedy for f in found(row(name, **changed))]
    assert any(said in m for m in messages), messages


def test_rows_of_a_dissolved_branch_do_not_stand() -> None:
    gone = row("org", org_state="撤销")
    assert any("已撤销" in f.message and f.severity == "error" for f in found(gone, row("volunteer")))


def test_the_same_notice_twice() -> None:
    notice = {"kind": "督查通报", "period_no": "第1期"}
    assert any("登记了两次" in f.message for f in found(row("integrity", 4, **notice), row("integrity", 5, **notice)))


def test_study_and_discussion_of_one_day() -> None:
    talk = {"kind": "中心组专题研讨"}
    twice = [row("study", 4), row("study", 5, **talk)]
    assert any("主题相同" in f.message for f in found(*twice))
    combined = [row("study", 4, combined=True), row("study", 5, combined=True, **talk)]
    assert found(*combined) == []


def told(*rows: Row, **declared: str) -> list[tuple[str, str, str]]:
    return [(f.code, str(f.place), f.message.partition("：见 ")[2]) for f in found(*rows, **declared)]


def test_a_row_pasted_twice_names_both() -> None:
    once = row("volunteer", 4, rec_id="VL2026-0001")
    again = row("volunteer", 9, rec_id="VL2026-0002", remark="补记")
    assert told(once, again) == [("R11", "志愿服务!A9", "志愿服务!A4")]
    assert all(f.severity == "warning" for f in found(once, again))
    assert told(once, row("volunteer", 9, place="另一处")) == []
    assert told(once, row("volunteer", 9, status="作废")) == []


@pytest.mark.parametrize("name", [n for n in CATALOG.ledgers if n not in ("org", "plan")])
def test_every_ledger_sees_a_row_pasted_twice(name: str) -> None:
    first: dict[str, Any] = {"status": "已核"}
    assert any(f.code == "R11" for f in found(row(name, 4, **first), row(name, 5, **first)))


def test_one_meeting_entered_twice() -> None:
    meeting = row("orglife", 4, topic="学习 条例")
    assert [c for c, *_ in told(meeting, row("orglife", 7, topic="学习条例", place="二楼"))] == ["R05"]
    assert told(meeting, row("orglife", 7, topic="学习条例", date=D(2026, 3, 6))) == []
    study = row("study", 8, topic="学习条例")
    assert ("R12", "组织生活!D4", "理论学习!D8") in told(meeting, study)
    others = row("org"), row("org", 5, org_id="DZ002", org_name="第二党支部", rec_id=None)
    assert told(meeting, row("study", 8, topic="学习条例", org_id="DZ002"), *others) == []


def test_nil_that_another_ledger_disproves() -> None:
    lecture = row("integrity", 4, kind="廉政党课")
    assert told(lecture, orglife="本年无") == [("R13", "廉政教育!C4", "")]
    assert told(lecture, orglife="有") == told(lecture) == []
    assert told(row("integrity", 4, problem_n=2), row("integrity", 5, problem_n=1, theme="另一次"), issue="本年无") == [
        ("R13", "廉政教育!O4", "")
    ]
    assert told(row("integrity", 4, problem_n=0), issue="本年无") == []


@pytest.mark.parametrize(
    "text", ["同上", "〃", "无", "/", "-", "—", "／", "略", "同前", "（同上）", "……", "N/A", "〃 〃"]
)
def test_what_stands_in_for_a_value_is_named(text: str) -> None:
    assert [f.value for f in found(row("integrity", kind="参观基地", place=text)) if f.code == "N02"] == [text]
    assert [f.message for f in found(row("orglife", topic=text)) if f.code == "N02"]
    assert [f for f in found(row("orglife", observers=text, remark=text)) if f.code == "N02"] == []


def test_a_name_with_such_a_word_is_a_name() -> None:
    assert found(row("integrity", kind="参观基地", place="无名烈士纪念碑")) == []


def test_members_differ_from_the_list_of_organisations() -> None:
    messages = [f.message for f in found(row("org"), row("membership", full_n=19))]
    assert messages == ["正式党员数与“党员队伍”表最近一行不一致"]
