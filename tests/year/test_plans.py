"""Tasks of the plan held against the ledgers, and what is due, from real workbooks."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from support.small_city import YEAR, org, party_day, unit, write
from support.year_plans import NONE, book, days, run, task, tasks

from toolkit.excel.consolidated.consolidate import write_consolidated
from toolkit.model import Catalog
from toolkit.submissions.aggregate import aggregate


def one(tmp_path: Path, rows: dict[str, Any], as_of: str = "2026-06-30", **more: Any) -> dict[str, Any]:
    """How a plan of one measure stands."""
    return tasks(book(tmp_path / "局.xlsx", {**rows, "plan": [task(1, **more)]}), as_of)["01"]


# ------------------------------------------------------------- one measure


def test_a_target_on_the_way_tells_what_is_still_to_do(tmp_path: Path) -> None:
    found = one(tmp_path, {"orglife": days(1, 2)})
    assert (found["target"], found["now"], found["progress"]) == ("至少4次", "2次", 0.5)
    assert (found["status"], found["days"], found["dept"]) == ("推进中", 92, "机关党办")
    assert "还差2次" in found["note"]


def test_after_the_deadline_it_is_overdue(tmp_path: Path) -> None:
    path = book(tmp_path / "局.xlsx", {"orglife": days(1, 2), "plan": [task(1)]})
    assert tasks(path, "2026-09-30")["01"]["status"] == "推进中"
    late = tasks(path, "2026-10-01")["01"]
    assert (late["status"], late["days"], bool(late["remedy"])) == ("已逾期", -1, True)


def test_what_the_ledgers_reach_is_done_whatever_the_state_says(tmp_path: Path) -> None:
    found = one(tmp_path, {"orglife": days(1, 2, 3, 4)}, state="未启动")
    assert (found["status"], found["progress"]) == ("已完成", 1.0)
    assert "填报仍是“未启动”" in found["note"]
    assert "任务状态" in found["remedy"]


def test_done_by_word_and_not_by_ledger_is_said(tmp_path: Path) -> None:
    found = one(tmp_path, {"orglife": days(1)}, state="已完成")
    assert found["status"] == "推进中"
    assert "填报“已完成”，台账不足" in found["note"]


def test_drafts_do_not_count_towards_a_target(tmp_path: Path) -> None:
    drafts = [party_day(n, status="草稿") for n in (2, 3, 4)]
    assert one(tmp_path, {"orglife": [*days(1), *drafts]})["now"] == "1次"


def test_a_limit_is_kept_only_when_the_time_is_over_and_broken_at_once(tmp_path: Path) -> None:
    kept = {"target_op": "≤", "target_value": 2}
    assert one(tmp_path, {"orglife": days(1, 2)}, **kept)["status"] == "推进中"
    assert one(tmp_path, {"orglife": days(1, 2)}, "2026-10-01", **kept)["status"] == "已完成"
    broken = one(tmp_path, {"orglife": days(1, 2, 3)}, **kept)
    assert (broken["status"], broken["progress"]) == ("已超限", 0.0)
    assert "超出1次" in broken["note"]


def test_more_than_an_exact_target_is_pointed_out(tmp_path: Path) -> None:
    found = one(tmp_path, {"orglife": days(1, 2, 3)}, target_op="=", target_value=1)
    assert found["status"] == "已完成"
    assert "超过目标" in found["note"]


SHARE = {"indicator_id": "最强党支部达标率", "target_unit": "%"}


def test_a_share_is_shown_rounded_and_compared_exactly(tmp_path: Path) -> None:
    orgs = [org(f"DZ{n:03}", org_name=f"第{n}党支部", strong=n <= 2) for n in range(1, 4)]
    found = one(tmp_path, {"org": orgs}, **SHARE, target_value=66.67)
    assert (found["now"], found["status"]) == ("66.7%（2/3）", "推进中")
    assert one(tmp_path, {"org": orgs}, **SHARE, target_value=66)["status"] == "已完成"


def test_full_coverage_is_the_whole_of_a_share(tmp_path: Path) -> None:
    orgs = [org("DZ001"), org("DZ002", strong=False)]
    wanted = {**SHARE, "target_op": "覆盖", "target_value": None, "target_unit": None}
    found = one(tmp_path, {"org": orgs}, **wanted)
    assert (found["target"], found["status"], found["progress"]) == ("全覆盖", "推进中", 0.5)
    assert one(tmp_path, {"org": orgs[:1]}, **wanted)["status"] == "已完成"


def test_for_every_branch_each_has_to_reach_it(tmp_path: Path) -> None:
    rows = {
        "org": [org("DZ001"), org("DZ002"), org("DZ003", org_state="撤销"), org("DZ004", org_type="党小组")],
        "orglife": [*days(1, 2, 3, 4), *days(1, 2, 3, code="DZ002")],
    }
    found = one(tmp_path, rows, per="每支部")
    assert (found["now"], found["progress"], found["status"]) == ("2个党支部中1个达到", 0.5, "推进中")
    assert "未达到的：第2党支部" in found["note"]
    rows["orglife"] += days(4, code="DZ002")
    assert one(tmp_path, rows, per="每支部")["status"] == "已完成"


BY_HAND: dict[str, tuple[dict[str, Any], str]] = {
    "no indicator": (dict(NONE), "没有关联指标"),
    "unknown indicator": ({"indicator_id": "主题党日支部"}, "没有指标“主题党日支部”"),
    "no number": ({**NONE, "indicator_id": "主题党日_支部", "target_op": "完成"}, "没有可比的目标数"),
    "another unit": ({"target_unit": "场"}, "目标按“场”计，指标“主题党日_支部”按“次”计"),
    "each person": ({"per": "每人"}, "不记每个人的次数"),
    "counted at another level": ({"per": "每支部", "indicator_id": "主题党日_单位"}, "只统计单位层级"),
    "another year": ({"plan_id": "GZ2027-01-01"}, "是2027年的任务，台账是2026年的"),
}


@pytest.mark.parametrize("case", list(BY_HAND))
def test_what_the_ledgers_cannot_tell_is_left_to_a_person(tmp_path: Path, case: str) -> None:
    changed, why = BY_HAND[case]
    found = one(tmp_path, {"orglife": days(1, 2, 3, 4)}, **changed)
    assert (found["status"], found["progress"]) == ("人工确认", None)
    assert why in found["note"]
    assert found["remedy"]


def test_the_nearest_indicator_is_suggested(tmp_path: Path) -> None:
    assert "主题党日_支部" in one(tmp_path, {}, indicator_id="主题党日支部")["remedy"]


def test_a_sheet_nobody_declared_is_no_zero(catalog: Catalog, tmp_path: Path) -> None:
    values = unit("AA001", "示例市甲局")
    path = write(catalog, tmp_path / "局.xlsx", values, {"org": [org()], "plan": [task(1)]}, {"orglife": ""})
    found = tasks(path)["01"]
    assert (found["status"], found["now"]) == ("人工确认", "")
    assert "缺数" in found["note"]


def test_cancelled_tasks_are_listed_and_not_judged(tmp_path: Path) -> None:
    assert one(tmp_path, {"orglife": days(1)}, "2026-12-01", state="取消")["status"] == "已取消"


# ------------------------------------------------------------- the whole plan


@pytest.fixture
def whole(catalog: Catalog, tmp_path: Path) -> Path:
    """A committee with a plan and two bureaus below it, with three party days altogether."""
    sent = tmp_path / "报送"
    sent.mkdir()
    head = {"orglife": days(1), "plan": [task(1, target_value=3), task(2, per="每支部", target_value=1)]}
    book(sent / "a.xlsx", head, catalog, code="AA001", name="示例市工委")
    book(sent / "b.xlsx", {"orglife": days(1, 2)}, catalog, code="AA002", name="示例市乙局", parent="AA001")
    book(sent / "c.xlsx", {}, catalog, code="AA003", name="示例市丙局", parent="AA001")
    return sent


def test_a_consolidated_workbook_counts_all_below(whole: Path, catalog: Catalog, tmp_path: Path) -> None:
    alone = tasks(whole / "a.xlsx")
    assert (alone["01"]["now"], alone["02"]["now"]) == ("1次", "1个党支部中1个达到")
    out = tmp_path / "汇总.xlsx"
    write_consolidated(aggregate(catalog, [whole], jobs=1), out)
    whole = tasks(out)
    assert (whole["01"]["now"], whole["01"]["status"]) == ("3次", "已完成")
    # Branches of different units bear the same code.
    assert (whole["02"]["now"], whole["02"]["status"]) == ("3个党支部中2个达到", "推进中")


def test_the_tasks_may_stand_in_last_years_workbook(catalog: Catalog, tmp_path: Path) -> None:
    last = unit("AA001", "示例市甲局", year=YEAR - 1, fill_date=date(YEAR - 1, 12, 20))
    written = write(catalog, tmp_path / "上年.xlsx", last, {"plan": [task(1)]})
    code, said = run("plan", written, "--as-of", "2026-06-30")
    assert code == 0
    assert "--tasks" in said
    now = book(tmp_path / "今年.xlsx", {"orglife": days(1, 2, 3, 4)})
    assert tasks(now, "2026-06-30", "--tasks", written)["01"]["status"] == "已完成"


def test_the_clerk_reads_part_by_part_and_gets_a_workbook(tmp_path: Path) -> None:
    plan = [
        task(1),
        task(2, section_no=2, section_title="建强支部", **NONE),
        task(3, section_no=2, section_title="建强支部"),
    ]
    path = book(tmp_path / "局.xlsx", {"orglife": days(1, 2), "plan": plan})
    code, said = run("plan", path, "--as-of", "2026-10-31", "-o", tmp_path / "进度.xlsx")
    assert code == 0
    assert "共3项措施：已逾期2项、人工确认1项。其中红灯3项。" in said
    assert "2. 建强支部" in said
    assert "[已逾期 红灯] GZ2026-01-01 落实第1项措施" in said
    assert "目标：至少4次；台账现有：2次（进度50%）；时限：2026-09-30（已过31天）；责任部门：机关党办" in said
    sheet = openpyxl.load_workbook(tmp_path / "进度.xlsx").active
    assert sheet is not None
    head, first, *_ = sheet.iter_rows(min_row=3, values_only=True)
    row = dict(zip(head, first, strict=True))
    assert (row["任务编号"], row["进度"], row["判断"], row["距时限（天）"]) == ("GZ2026-01-01", 0.5, "已逾期", -31)
    assert row["时限"].date() == date(2026, 9, 30)
    assert run("plan", path, "-o", tmp_path / "进度.docx")[0] == 2


def test_rows_with_errors_are_told_and_no_tasks_at_all_stop_it(tmp_path: Path) -> None:
    path = book(tmp_path / "局.xlsx", {"plan": [task(1), task(2, dept=None)]})
    code, said = run("plan", path, "--as-of", "2026-06-30")
    assert code == 1
    assert "有1行有错误，没有列入" in said
    code, said = run("plan", book(tmp_path / "空.xlsx", {}))
    assert code == 2
    assert "没有可以跟踪的任务" in said


# ------------------------------------------------------------- what is due


def reminded(*args: str | Path, expect: int = 0) -> dict[str, Any]:
    code, said = run("remind", *args, "--json")
    assert code == expect, said
    return dict(json.loads(said))


def of(found: dict[str, Any], word: str) -> list[dict[str, Any]]:
    """What is due and mentions a word."""
    return [x for u in found["units"] for x in u["items"] if word in x["message"]]


def test_months_passed_are_overdue_and_the_current_one_is_due(tmp_path: Path) -> None:
    path = book(tmp_path / "局.xlsx", {"orglife": days(1, 2, 4)})
    late, coming = of(reminded(path, "--as-of", "2026-06-10"), "“主题党日”")
    assert (late["due"], late["days"]) == ("2026-03-31", -71)
    assert "不足：3月、5月（" in late["message"]
    assert (coming["due"], coming["days"]) == ("2026-06-30", 20)
    assert "6月还差1次" in coming["message"]
    assert "6月30日前开展" in coming["remedy"]
    assert (late["sheet"], late["cell"]) == ("党组织", coming["cell"])
    # On the last day it can still be done; the day after it is overdue.
    last = of(reminded(path, "--as-of", "2026-06-30"), "“主题党日”")
    assert [x["days"] for x in last] == [-91, 0]
    assert "不足：3月、5月（" in last[0]["message"]
    assert "3月、5月、6月" in of(reminded(path, "--as-of", "2026-07-01"), "“主题党日”")[0]["message"]


def test_what_is_further_off_than_asked_is_left_out(tmp_path: Path) -> None:
    path = book(tmp_path / "局.xlsx", {"orglife": days(1, 2, 3, 4, 5, 6)})
    assert of(reminded(path, "--as-of", "2026-12-01", "--days", "29"), "“组织生活会”") == []
    (due,) = of(reminded(path, "--as-of", "2026-12-01", "--days", "30"), "“组织生活会”")
    assert (due["kind"], due["due"]) == ("应办事项", "2026-12-31")


def test_what_is_entered_as_a_draft_has_happened(tmp_path: Path) -> None:
    drafts = [party_day(n, status="草稿") for n in range(1, 7)]
    path = book(tmp_path / "局.xlsx", {"orglife": drafts})
    assert of(reminded(path, "--as-of", "2026-06-30"), "“主题党日”") == []
    gone = [party_day(n, status="作废") for n in range(1, 7)]
    path = book(tmp_path / "局.xlsx", {"orglife": gone})
    assert len(of(reminded(path, "--as-of", "2026-06-30"), "“主题党日”")) == 2


def test_rectification_is_due_by_its_date(tmp_path: Path) -> None:
    issue = {
        "date": date(YEAR, 3, 1),
        "source": "自查",
        "field": "党建",
        "brief": "会议记录不完整",
        "found_n": 1,
        "solved_n": 0,
        "classifier": "个",
        "measure": "逐次核对",
        "dept": "机关党办",
        "deadline": date(YEAR, 6, 30),
        "state": "整改中",
        "status": "已核",
        "src": "检查通报",
    }
    path = book(tmp_path / "局.xlsx", {"issue": [issue]})
    (coming,) = of(reminded(path, "--as-of", "2026-06-10", "--days", "20", expect=1), "会议记录不完整")
    assert (coming["kind"], coming["days"], coming["sheet"]) == ("问题整改", 20, "问题整改")
    assert of(reminded(path, "--as-of", "2026-06-10", "--days", "19", expect=1), "会议记录不完整") == []
    (late,) = of(reminded(path, "--as-of", "2026-07-01", expect=1), "会议记录不完整")
    assert "整改已逾期" in late["message"]


def test_a_branch_without_a_committee_owes_no_committee_meeting(tmp_path: Path) -> None:
    assert of(reminded(book(tmp_path / "局.xlsx", {}), "--as-of", "2026-06-10"), "支委会") == []
    path = book(tmp_path / "有.xlsx", {"org": [org(committee=True, committee_n=3)]})
    assert len(of(reminded(path, "--as-of", "2026-06-10"), "“支委会”")) == 2


def test_elections_are_due_by_the_rule_that_watches_them(tmp_path: Path) -> None:
    path = book(tmp_path / "局.xlsx", {"org": [org(term_start=date(YEAR - 3, 7, 15))]})
    assert of(reminded(path, "--as-of", "2026-06-10", "--days", "30"), "应换届日") == []
    (coming,) = of(reminded(path, "--as-of", "2026-06-20"), "应换届日")
    assert (coming["kind"], coming["due"], coming["days"]) == ("党组织", "2026-07-15", 25)
    assert "“第1党支部”的应换届日是2026-07-15" in coming["message"]
    assert "尚未换届" not in coming["message"]
    (late,) = of(reminded(path, "--as-of", "2026-08-15"), "应换届日")
    assert late["days"] == -31
    assert "尚未换届" in late["message"]


def test_tasks_near_their_deadline_are_reminded_of_unless_done(tmp_path: Path) -> None:
    plan = [
        task(1),
        task(2, target_value=2),  # done by the ledgers
        task(3, deadline=date(YEAR, 12, 31)),  # far off
        task(4, **NONE),  # for a person
        task(5, **NONE, state="已完成"),
        task(6, state="取消"),
        task(7, target_op="≤", target_value=9),  # nothing to do
    ]
    path = book(tmp_path / "局.xlsx", {"orglife": days(1, 2), "plan": plan})
    found = reminded(path, "--as-of", "2026-09-20")
    told = {x["message"][:12]: x for x in of(found, "GZ2026") if x["kind"] == "工作要点"}
    assert sorted(told) == ["GZ2026-01-01", "GZ2026-04-01"]
    assert told["GZ2026-01-01"]["days"] == 10
    assert "目标至少4次；台账现有2次；还差2次" in told["GZ2026-01-01"]["message"]
    assert "人工确认" in told["GZ2026-04-01"]["message"]


def test_a_plan_is_held_against_all_that_came_with_it(whole: Path) -> None:
    found = reminded(whole, "--as-of", "2026-09-20")
    assert of(found, "GZ2026-01-01") == []  # three party days, two of them below
    (branches,) = of(found, "GZ2026-02-01")
    assert "3个党支部中2个达到" in branches["message"]


def test_the_most_urgent_unit_comes_first(whole: Path, tmp_path: Path) -> None:
    found = reminded(whole, "--as-of", "2026-03-15", "--days", "0")
    assert [u["name"] for u in found["units"]] == ["示例市丙局", "示例市工委"]
    assert found["summary"] == {"units": 3, "clear": 1, "overdue": 2, "due": 0}
    code, said = run("remind", whole, "--as-of", "2026-03-15", "--days", "0")
    assert code == 0
    assert said.startswith("截至2026-03-15，3家单位：已过期2项，0天内到期0项；1家没有到期事项。")
    assert "  [已过43天] 党组织!" in said


def test_what_a_folder_says_its_consolidated_workbook_says_too(whole: Path, catalog: Catalog, tmp_path: Path) -> None:
    out = tmp_path / "汇总.xlsx"
    write_consolidated(aggregate(catalog, [whole], jobs=1), out)
    apart, together = (reminded(path, "--as-of", "2026-09-20") for path in (whole, out))
    assert apart["summary"] == together["summary"]
    assert apart["summary"]["overdue"] > 0
    messages = [sorted(x["message"] for u in found["units"] for x in u["items"]) for found in (apart, together)]
    assert messages[0] == messages[1]


def test_of_two_submissions_the_newest_counts_and_unreadable_files_are_named(whole: Path, catalog: Catalog) -> None:
    book(
        whole / "d.xlsx", {"orglife": days(1, 2)}, catalog, code="AA003", name="示例市丙局", parent="AA001", revision=1
    )
    (whole / "坏.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    found = reminded(whole, "--as-of", "2026-03-15", "--days", "0", expect=1)
    assert [u["name"] for u in found["units"]] == ["示例市工委"]
    assert {f["code"] for f in found["findings"]} >= {"F01", "U01"}
    assert run("remind", whole / "坏.xlsx")[0] == 2


def test_the_defaults_are_today_and_the_month_ahead(tmp_path: Path) -> None:
    found = reminded(book(tmp_path / "局.xlsx", {}))
    assert (found["as_of"], found["days"]) == (date.today().isoformat(), 30)
