"""Next year's workbook begins with what goes on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from support.demo_city import Demo
from support.small_city import org, party_day, unit, write

from toolkit.errors import CannotRun
from toolkit.model import Catalog
from toolkit.submissions.reading import read_submission
from toolkit.year.rollover import roll_over


def issue(state: str, brief: str, status: str = "已核") -> dict[str, object]:
    return {
        "org_id": "DZ001",
        "scope": "单位",
        "date": date(2026, 3, 5),
        "source": "民主生活会",
        "field": "党建",
        "brief": brief,
        "found_n": 1,
        "solved_n": 1 if state == "已完成" else 0,
        "classifier": "个",
        "measure": "改",
        "dept": "机关党办",
        "deadline": date(2026, 12, 1),
        "done_date": date(2026, 6, 1) if state == "已完成" else None,
        "state": state,
        "status": status,
    }


def test_open_problems_and_organisations_go_on_and_the_rest_stays(catalog: Catalog, tmp_path: Path) -> None:
    problems = [issue("整改中", "甲"), issue("已完成", "乙"), issue("未启动", "丙", status="作废")]
    rows = {"org": [org()], "orglife": [party_day(1)], "issue": problems}
    old = write(catalog, tmp_path / "旧.xlsx", unit("AA001", "示例市甲局"), rows)
    path, carried = roll_over(catalog, old, 2027, tmp_path / "新")
    assert carried == {"党组织": 1, "问题整改": 1}
    new = read_submission(catalog, path)
    assert (new.unit["unit_name"], new.unit["year"], new.unit["period_start"]) == ("示例市甲局", 2027, date(2027, 1, 1))
    assert [r.values["brief"] for r in new.rows["issue"]] == ["甲"]
    assert {r.values["status"] for rows in new.rows.values() for r in rows} == {"草稿"}
    assert not new.rows.get("orglife")


def test_a_sample_of_the_year_rolls_over_without_errors_of_its_own(
    catalog: Catalog, city: Demo, tmp_path: Path
) -> None:
    path, carried = roll_over(catalog, city.units[0], 2027, tmp_path)
    assert carried["党组织"] == len(read_submission(catalog, path).rows["org"])


def test_not_into_the_same_year_and_not_over_a_workbook(catalog: Catalog, tmp_path: Path) -> None:
    old = write(catalog, tmp_path / "旧.xlsx", unit("AA001", "示例市甲局"), {"org": [org()]})
    with pytest.raises(CannotRun, match="2026年的工作簿"):
        roll_over(catalog, old, 2026, tmp_path)
    made, _ = roll_over(catalog, old, 2027, tmp_path)
    made.write_bytes(made.read_bytes() + b"filled in")
    with pytest.raises(CannotRun, match="没有覆盖"):
        roll_over(catalog, old, 2027, tmp_path)
