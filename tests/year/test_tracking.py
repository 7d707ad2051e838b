"""What the columns of the plan select, and the light of a task through the year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.small_city import YEAR, org, party_day, unit, write
from support.year_plans import NONE, book, run, task, tasks

from toolkit.excel.consolidated.consolidate import write_consolidated
from toolkit.model import Catalog
from toolkit.submissions.aggregate import aggregate
from toolkit.year.periods import expected, past, periods


def one(tmp_path: Path, rows: dict[str, Any], as_of: str = "2026-06-30", **more: Any) -> dict[str, Any]:
    """How a plan of one measure stands by the workbook of the whole year."""
    path = book(tmp_path / "局.xlsx", {**rows, "plan": [task(1, **more)]}, fill_date=date(YEAR, 12, 31))
    return tasks(path, as_of)["01"]


def study(month: int, topic: str, kind: str = "中心组专题研讨", **more: Any) -> dict[str, Any]:
    """A study session of the committee."""
    return {
        "org_id": "DZ001",
        "scope": "单位",
        "date": date(YEAR, month, 10),
        "kind": kind,
        "topic": topic,
        "materials": "原著选读",
        "due_n": 9,
        "present_n": 9,
        "speak_n": 4,
        "mode": "线下",
        "record_done": True,
        "est": False,
        "src": "会议记录",
        "status": "已核",
        **more,
    }


SEMINAR = {"indicator_id": "中心组专题研讨", "target_value": 1, "freq": "年"}


def test_only_rows_on_the_topic_fulfil_the_task(tmp_path: Path) -> None:
    rows = {"study": [study(n, "乡村振兴") for n in range(1, 6)]}
    wanted = {**SEMINAR, "topics": "民族理论；民族政策"}
    found = one(tmp_path, rows, "2026-10-08", **wanted)
    assert (found["now"], found["status"], found["light"]) == ("0次", "已逾期", "红")
    rows["study"].append(study(6, "党的民族政策专题"))
    assert one(tmp_path, rows, "2026-06-30", **wanted)["status"] == "已完成"
    assert one(tmp_path, rows, "2026-06-09", **wanted)["status"] == "推进中"  # it has not happened yet


def test_kind_and_level_are_the_same_word_not_a_part_of_it(tmp_path: Path) -> None:
    days = [party_day(1)]
    assert one(tmp_path, {"orglife": days}, kinds="主题")["now"] == "0次"
    assert one(tmp_path, {"orglife": days}, kinds="主题党日；党课")["now"] == "1次"
    found = one(tmp_path, {"orglife": days}, levels="市")
    assert (found["status"], found["progress"]) == ("人工确认", None)
    assert "没有可供“级别”筛选的栏" in found["note"]


def test_every_quarter_has_to_reach_its_number(tmp_path: Path) -> None:
    wanted = {"per": "每季度", "target_value": 1, "freq": "季", "deadline": date(YEAR, 12, 31)}
    rows = {"orglife": [party_day(1), party_day(5)]}
    found = one(tmp_path, rows, "2026-06-30", **wanted)
    assert (found["target"], found["status"], found["light"]) == ("每季度至少1次", "推进中", "绿")
    assert (found["progress"], found["expected"]) == (0.5, 0.25)
    late = one(tmp_path, rows, "2026-10-01", **wanted)
    assert (late["status"], late["light"]) == ("已逾期", "红")
    assert "没有达到的：第3季度（0次）" in late["note"]
    assert "第4季度还差1次" in late["note"]


def test_rows_that_name_a_task_are_its_evidence(tmp_path: Path) -> None:
    rows = {"meeting": []}
    wanted = {**NONE, "freq": "季", "deadline": date(YEAR, 12, 31)}
    meeting = {
        "org_id": "DZ001", "scope": "单位", "kind": "党建专题会", "body": "党组", "topic": "专题研究", "est": False,
        "src": "纪要", "status": "已核", "task_ids": f"GZ{YEAR}-01-01",
    }  # fmt: skip
    rows["meeting"] = [{**meeting, "date": date(YEAR, 2, 3)}, {**meeting, "date": date(YEAR, 4, 3)}]
    found = one(tmp_path, rows, "2026-06-30", **wanted)
    assert (found["status"], found["progress"], found["light"]) == ("推进中", 0.5, "绿")
    assert "有2条关联记录" in found["now"]
    assert one(tmp_path, rows, "2026-10-08", **wanted)["light"] == "红"
    assert "“关联任务”填GZ2026-01-01" in one(tmp_path, {}, **NONE)["remedy"]


def test_units_that_lag_are_named_with_what_they_lack(catalog: Catalog, tmp_path: Path) -> None:
    sent = tmp_path / "报送"
    sent.mkdir()
    plan = [task(1, **{**SEMINAR, "per": "每单位"}), task(2, per="每支部", target_value=1)]
    book(sent / "a.xlsx", {"study": [study(1, "甲")], "plan": plan}, catalog, code="AA001", name="示例市工委")
    book(sent / "b.xlsx", {"orglife": [party_day(1)]}, catalog, code="AA002", name="示例市乙局", parent="AA001")
    out = tmp_path / "汇总.xlsx"
    write_consolidated(aggregate(catalog, [sent], jobs=1), out)
    found = tasks(out)
    assert (found["01"]["target"], found["01"]["now"]) == ("各单位至少1次", "2家单位中1家达到")
    code, said = run("plan", out, "--as-of", "2026-06-30", "-o", tmp_path / "进度.xlsx")
    assert code == 0
    assert "示例市乙局：GZ2026-01-01“落实第1项措施”未达到各单位至少1次：现有0" in said
    assert "示例市工委：GZ2026-02-01“落实第2项措施”未达到各支部至少1次：第1党支部（0）" in said


LIGHTS = [  # four party days by 30 September; days held on the 5th of February, May and (late) October, December
    ("2026-01-31", "推进中", "绿"),
    ("2026-04-30", "推进中", "绿"),
    ("2026-06-30", "推进中", "绿"),
    ("2026-08-31", "推进中", "黄"),
    ("2026-10-01", "已逾期", "红"),
    ("2026-12-31", "已完成", "绿"),
]


@pytest.mark.parametrize(("day", "status", "light"), LIGHTS)
def test_the_light_follows_the_year(tmp_path: Path, day: str, status: str, light: str) -> None:
    rows = {"orglife": [party_day(n) for n in (2, 5, 10, 12)]}
    found = one(tmp_path, rows, day)
    assert (found["status"], found["light"]) == (status, light)


def test_far_behind_is_red_before_the_deadline_and_the_pace_tells_where_it_ends(tmp_path: Path) -> None:
    rows = {"orglife": [party_day(1)]}
    found = one(tmp_path, rows, "2026-08-31", target_value=12)
    assert (found["status"], found["light"]) == ("推进中", "红")
    assert found["forecast"] == "照此进度到时限约1次"


def test_the_deadline_keeps_its_wording(tmp_path: Path) -> None:
    path = book(tmp_path / "局.xlsx", {"plan": [task(1, deadline=date(YEAR, 7, 1), deadline_text="七一前后")]})
    assert "时限：七一前后，2026-07-01（还有1天）" in run("plan", path, "--as-of", "2026-06-30")[1]


@given(
    st.integers(1, 60),
    st.sampled_from(["月", "季", "半年", "年", "一次性", "常态"]),
    st.dates(date(YEAR, 1, 1), date(YEAR, 12, 31)),
    st.dates(date(YEAR, 1, 1), date(YEAR, 12, 31)),
    st.booleans(),
)
def test_what_is_expected_only_grows_and_ends_at_the_target(
    target: int, freq: str, deadline: date, day: date, whole: bool
) -> None:
    from decimal import Decimal

    aim = Decimal(target)
    now = expected(aim, freq, deadline, day, whole)
    assert 0 <= now <= aim
    assert now <= expected(aim, freq, deadline, max(day, deadline), whole)
    assert expected(aim, freq, deadline, date(YEAR + 1, 1, 1), whole) == aim


@given(st.sampled_from([1, 3, 6, 12]), st.dates(date(YEAR, 1, 1), date(YEAR, 12, 31)))
def test_periods_cover_the_year_up_to_the_deadline_without_gaps(months: int, deadline: date) -> None:
    found = periods(months, deadline)
    assert found[0].start == date(YEAR, 1, 1)
    assert found[-1].end == deadline
    assert all((b.start - a.end).days == 1 for a, b in pairwise(found))
    assert past(found, deadline) == found[:-1]


def test_a_ledger_row_may_serve_several_tasks(catalog: Catalog, tmp_path: Path) -> None:
    day = party_day(1, task_ids=f"GZ{YEAR}-01-01；GZ{YEAR}-02-01")
    rows = {"org": [org()], "orglife": [day], "plan": [task(n, **NONE, freq="一次性") for n in (1, 2)]}
    path = write(catalog, tmp_path / "局.xlsx", unit("AA001", "示例市甲局"), rows)
    assert [t["status"] for t in tasks(path).values()] == ["已完成", "已完成"]


def test_a_workbook_without_the_new_columns_is_read(catalog: Catalog, tmp_path: Path) -> None:
    later = {f.title for x in catalog.ledgers.values() for f in x.fields if f.added}
    ledgers = {
        name: replace(x, fields=tuple(f for f in x.fields if not f.added)) for name, x in catalog.ledgers.items()
    }
    plain = {"主题党日_支部": catalog.indicators["主题党日_支部"]}
    rows = {"orglife": [party_day(1)], "plan": [task(1, target_value=1)]}
    path = book(tmp_path / "旧.xlsx", rows, replace(catalog, ledgers=ledgers, indicators=plain))
    assert {"关联任务", "主题含"} <= later
    assert tasks(path)["01"]["status"] == "已完成"
