"""The row above again, and the same meeting for the other branches."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.small_city import org, party_day, unit, write

from toolkit.errors import CannotRun
from toolkit.excel.changing.patch import patch
from toolkit.excel.changing.repeat import for_other_organisations, last_row_again
from toolkit.excel.reading.read import read_book
from toolkit.machine.guard import guarding
from toolkit.model import Catalog, Submission
from toolkit.submissions.reading import read_submission

TITLE = "组织生活"
ORGS = [org(f"DZ00{n}") for n in (1, 2, 3)] + [
    org("DZ009", org_type="机关党委", term_years=5),
    org("DZ004", org_state="撤销"),
]


def submission(catalog: Catalog, path: Path, *days: dict[str, object]) -> Submission:
    write(catalog, path, unit("J001", "云海市云岚局"), {"org": ORGS, "orglife": list(days)})
    return read_submission(catalog, path)


def test_the_row_above_again(catalog: Catalog, tmp_path: Path) -> None:
    s = submission(catalog, tmp_path / "a.xlsx", party_day(1, rec_id="OL2026-0001"))
    patch(tmp_path / "a.xlsx", tmp_path / "b.xlsx", {TITLE: last_row_again(catalog, s, read_book(s.path), "orglife")})
    first, again = read_submission(catalog, tmp_path / "b.xlsx").rows["orglife"]
    assert again.number == 6
    assert {n for n, v in first.values.items() if again.values[n] != v} == {"rec_id", "status"}
    assert again.values["status"] == "草稿"


def test_the_same_meeting_for_the_other_branches(catalog: Catalog, tmp_path: Path) -> None:
    s = submission(catalog, tmp_path / "a.xlsx", party_day(1, org_id="DZ002"), party_day(1))
    patch(
        tmp_path / "a.xlsx",
        tmp_path / "b.xlsx",
        {TITLE: for_other_organisations(catalog, s, read_book(s.path), "orglife")},
    )
    after = read_submission(catalog, tmp_path / "b.xlsx")
    (new,) = after.rows["orglife"][2:]  # the second branch has it, the committee is no branch, the fourth is dissolved
    assert (new.values["org_id"], new.values["topic"], new.values["scope"]) == ("DZ003", "主题1", "支部")
    assert [new.values[n] for n in ("due_n", "present_n", "host", "src")] == [None] * 4
    with pytest.raises(CannotRun, match="没有其他党支部"):
        for_other_organisations(catalog, after, read_book(after.path), "orglife")


def test_nothing_to_repeat(catalog: Catalog, tmp_path: Path) -> None:
    s = submission(catalog, tmp_path / "a.xlsx")
    for action in (last_row_again, for_other_organisations):
        with pytest.raises(CannotRun, match="还没有填过的行"):
            action(catalog, s, read_book(s.path), "orglife")


@pytest.mark.parametrize(
    ("above", "changed", "level"),
    [
        ({"scope": "支部"}, "DZ009", "单位"),  # it only said what the kind of the organisation says
        ({"scope": None}, "DZ009", "单位"),
        ({"scope": None}, "DZ002", "支部"),
        ({"scope": "单位"}, "DZ002", "单位"),  # held by the unit, stated against the kind: the clerk's word stays
        ({"scope": "单位", "org_id": "DZ009"}, "DZ002", "支部"),
    ],
)
def test_a_level_follows_the_organisation_of_the_copy(
    catalog: Catalog, tmp_path: Path, above: dict[str, object], changed: str, level: str
) -> None:
    s = submission(catalog, tmp_path / "a.xlsx", party_day(1, **above))
    (row,) = s.rows["orglife"]
    cells = last_row_again(catalog, s, read_book(s.path), "orglife") | {(6, row.sheet.columns["org_id"]): changed}
    patch(tmp_path / "a.xlsx", tmp_path / "b.xlsx", {TITLE: cells})
    again = read_submission(catalog, tmp_path / "b.xlsx").rows["orglife"][1]
    assert again.values["scope"] == level


def test_a_place_that_was_left_to_the_organisation_is_left_to_the_next_one_too(
    catalog: Catalog, tmp_path: Path
) -> None:
    orgs = [org("DZ001", usual_place="一楼活动室"), org("DZ002", usual_place="二楼会议室")]
    for place, expected in ((None, "二楼会议室"), ("一楼活动室", "一楼活动室")):
        path, made = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
        write(catalog, path, unit("J001", "云海市云岚局"), {"org": orgs, "orglife": [party_day(1, place=place)]})
        s = read_submission(catalog, path)
        cells = for_other_organisations(catalog, s, read_book(path), "orglife")
        with guarding(versioned=True):
            patch(path, made, {TITLE: cells})
        after = read_submission(catalog, made)
        assert after.rows["orglife"][1].values["place"] == expected
        with pytest.raises(CannotRun, match="没有其他党支部"):  # both have it, each in its own room
            for_other_organisations(catalog, after, read_book(made), "orglife")
