"""Head-counts of a branch by make-up and grade: totals only, none above the whole they are part of."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from support import small_city

from toolkit.model import Catalog
from toolkit.submissions.reading import read_submission
from toolkit.submissions.source import open_source

MEMBERS = {
    "org_id": "DZ001",
    "scope": "支部",
    "date": date(small_city.YEAR, 6, 30),
    "full_n": 18,
    "prob_n": 1,
    "est": False,
    "src": "党员统计表",
    "status": "已核",
}


def book(catalog: Catalog, tmp_path: Path, **more: int) -> Path:
    rows = {"org": [small_city.org(full_n=18, prob_n=1)], "membership": [MEMBERS | more]}
    return small_city.write(catalog, tmp_path / "a.xlsx", small_city.unit("A001", "某某市测试局"), rows)


@pytest.mark.parametrize(
    "more",
    [
        {"female_n": 20},
        {"student_n": 20},
        {"age35_n": 12, "age60_n": 8},
        {"review_n": 19, "review_good_n": 5, "review_pass_n": 15},
    ],
)
def test_a_part_greater_than_the_whole_is_an_error(catalog: Catalog, tmp_path: Path, more: dict[str, int]) -> None:
    found = read_submission(catalog, book(catalog, tmp_path, **more)).findings
    assert [(f.severity, f.place.sheet) for f in found if "超过" in f.message] == [("error", "党员队伍")]


def test_parts_are_the_newest_and_are_not_added_up(catalog: Catalog, tmp_path: Path) -> None:
    rows = [MEMBERS | {"female_n": 7, "date": date(small_city.YEAR, 3, 31)}, MEMBERS | {"female_n": 8, "dues": 12000}]
    path = small_city.write(
        catalog,
        tmp_path / "a.xlsx",
        small_city.unit("A001", "某某市测试局"),
        {"org": [small_city.org(full_n=18, prob_n=1)], "membership": rows},
    )
    found = open_source(catalog, path).figures
    assert (found["女党员数"].value, found["党费金额"].value, found["预备党员数"].value) == (8, 12000, 1)
