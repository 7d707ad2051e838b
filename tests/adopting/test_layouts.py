"""The layouts in which agencies keep ledgers, each as a small table: what becomes of its rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from support.markdown_book import book

from toolkit.adopting.adopt import Outcome, adopt
from toolkit.model import Catalog

Adopt = Callable[[str], Outcome]


@pytest.fixture
def old(catalog: Catalog, tmp_path: Path) -> Adopt:
    def run(table: str, sheet: str = "台账") -> Outcome:
        path = book(tmp_path, {sheet: table}, "旧.xlsx")
        return adopt(catalog, path, tmp_path / "新.xlsx", tmp_path / "对照.xlsx")

    return run


def rows(done: Outcome, ledger: str = "orglife") -> list[dict[str, Any]]:
    return done.files[0].rows.get(ledger, [])


def states(done: Outcome) -> dict[str, str]:
    return {x.title: f"{x.state} {x.target}".strip() for x in done.lines}


def test_a_cell_for_each_month_is_a_day_a_topic_or_a_mark(old: Adopt) -> None:
    done = old("""
        | 2025年三会一课月度台账 | | | | |
        | 类别         | 1月   | 2月   | 3月             | 4月            |
        |--------------|-------|-------|-----------------|----------------|
        | 支委会       | 1月8日 | 10日 | 3.12            | 4月9日、4月23日 |
        | 党课         |       |       | 3月20日 学党章  | 传统（4月15日） |
        | 主题党日     | √     | √     | √               | 读书           |
    """)
    assert [(r.get("kind"), r["date"], r.get("topic")) for r in rows(done)] == [
        ("支委会", date(2025, 1, 8), None),
        ("支委会", date(2025, 2, 10), None),
        ("支委会", "3.12", None),
        ("支委会", "4月9日、4月23日", None),
        ("党课", date(2025, 3, 20), "学党章"),
        ("党课", date(2025, 4, 15), "传统"),
        ("主题党日", "4月", "读书"),
    ]


def test_a_form_is_one_record(old: Adopt) -> None:
    done = old("""
        | 主题党日活动记录表 | | | |
        | 时间     | 2025年3月5日 | 地点     | 社区 |
        | 主持人   | 张伟         | 记录人   | 李静 |
        | 应到人数 | 20           | 实到人数 | 18   |
        | 活动主题 | 学雷锋       |          |      |
        | 参加人员 | 张伟、李静   |          |      |
    """)
    made = {"date": date(2025, 3, 5), "place": "社区", "host": "张伟", "recorder": "李静", "due_n": 20, "present_n": 18}
    assert rows(done) == [{**made, "topic": "学雷锋", "kind": "主题党日"}]


def test_one_activity_a_paragraph(old: Adopt) -> None:
    done = old("""
        | 样例局2025年党风廉政教育大事记 |
        | 1．2025年1月15日，在机关会议室召开警示教育会，应到30人，实到28人。 |
        | 2．2025年2月26日，组织党员参观样例廉政教育基地，32人参加。 |
        | 3．3月20日—22日，举办廉政教育活动。 |
    """)
    assert rows(done, "integrity") == [
        {"date": date(2025, 1, 15), "kind": "警示教育会", "place": "机关会议室", "due_n": 30, "done_n": 28},
        {"date": date(2025, 2, 26), "done_n": 32},
        {"date": "3月20日—22日", "kind": "廉政教育活动"},
    ]
    assert "取用 廉政教育·日期" not in states(done).values()  # what prose tells is never more than a guess


def test_totals_notes_and_repeated_headers_are_no_records(old: Adopt) -> None:
    done = old("""
        | 2025年志愿服务台账 | | | |
        | 活动时间 | 活动地点 | 参加人数 | 人次 |
        |----------|----------|----------|------|
        | 3月5日   | 社区     | 12       | 12   |
        | 合计1次  |          | 12       | 12   |
        | 活动时间 | 活动地点 | 参加人数 | 人次 |
        | 4月5日   | 公园     | 8        | 8    |
        |          |          | 20       | 20   |
        | 注：另有2人请假 |   |          |      |
    """)
    assert [(r["date"], r["person_n"]) for r in rows(done, "volunteer")] == [
        (date(2025, 3, 5), 12),
        (date(2025, 4, 5), 8),
    ]


def test_the_year_of_a_title_does_not_complete_days_that_may_be_of_another(old: Adopt) -> None:
    done = old("""
        | 2024年度民主生活会问题整改清单 | | | |
        | 检视问题   | 整改措施 | 整改时限 | 整改情况 |
        |------------|----------|----------|----------|
        | 学习不深入 | 多学     | 6月30日  | 已完成   |
    """)
    assert rows(done, "issue") == [
        {"brief": "学习不深入", "measure": "多学", "deadline": "6月30日", "state": "已完成", "source": "民主生活会"}
    ]


def test_units_of_measure_are_converted_or_asked(old: Adopt) -> None:
    done = old("""
        | 2025年走访慰问台账 | | |
        | 慰问时间 | 慰问金额（万元） | 慰问类别 |
        |----------|------------------|----------|
        | 1月20日  | 0.5              | 老党员慰问 |
    """)
    assert rows(done, "service")[0]["amount"] == 5000
    hours = old("""
        | 2025年志愿服务台账 | | |
        | 时间    | 地点 | 服务时长（分钟） |
        |---------|------|------------------|
        | 3月5日  | 社区 | 120              |
    """)
    assert states(hours)["服务时长（分钟）"] == "待定"


def test_several_options_in_a_cell_are_none(old: Adopt) -> None:
    done = old("""
        | 2025年三会一课台账 | | |
        | 时间    | 会议类型           | 议题 |
        |---------|--------------------|------|
        | 3月5日  | 支部党员大会；党课 | 换届 |
        | 3月6日  | 支委会             | 议事 |
    """)
    assert [r["kind"] for r in rows(done)] == ["支部党员大会；党课", "支委会"]
    assert done.files[0].origins[1].how == "照录"


def test_tables_without_a_ledger_are_named_and_left(old: Adopt) -> None:
    done = old("""
        | 2025年党费收缴台账 | | | |
        | 序号 | 姓名 | 应缴 | 实缴 |
        |------|------|------|------|
        | 1    | 张三 | 20   | 20   |
    """)
    assert not any(done.files[0].rows.values())
    assert states(done)["【整张表】2025年党费收缴台账"] == "不取 不取"


@pytest.mark.parametrize("title", ["身份证号码", "联系方式", "出生年月", "家庭住址", "受处分情况", "手机", "籍贯"])
def test_private_columns_are_named_but_not_shown(old: Adopt, title: str) -> None:
    done = old(f"""
        | 2025年走访慰问台账 | | |
        | 慰问时间 | 慰问金额 | {title} |
        |----------|----------|---------|
        | 1月20日  | 500      | 某某    |
    """)
    (line,) = [x for x in done.lines if x.title == title]
    assert (line.state, line.samples, line.target) == ("不取", "（不显示）", "不取")
    assert rows(done, "service") == [{"date": date(2025, 1, 20), "amount": 500, "kind": "走访慰问"}]


@pytest.mark.parametrize("number", ["'110101199003074514", "13800000001", "'6222021234567890128"])
def test_private_numbers_below_a_harmless_title_are_found(old: Adopt, number: str) -> None:
    done = old(f"""
        | 2025年主题党日台账 | | |
        | 时间    | 主题   | 说明事项 |
        |---------|--------|----------|
        | 3月5日  | 学雷锋 | {number} |
    """)
    (line,) = [x for x in done.lines if x.title == "说明事项"]
    assert line.samples == "（不显示）"
