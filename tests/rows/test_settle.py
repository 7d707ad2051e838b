"""What a row takes from the organisation that it names: its code, and the level that follows from its kind."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.small_city import YEAR, org, party_day, unit, write

from toolkit.excel.changing.approve import approve
from toolkit.excel.changing.patch import patch
from toolkit.model import Catalog, Submission
from toolkit.rows.casting.settle import names_of
from toolkit.submissions.reading import read_submission

LIFE = "组织生活"
ORGS = [
    org("DZ001", org_name="第一党支部（联合）"),
    org("DZ002", org_name="机关党委", org_type="机关党委", term_years=5),
]


def read(catalog: Catalog, folder: Path, cell: object, orgs: list[dict[str, object]] | None = None) -> Submission:
    """The submission of a workbook whose only party day has this cell under 所属党组织, and no level."""
    rows = {"org": orgs or ORGS, "orglife": [party_day(1, org_id="DZ001", scope=None)]}
    path = write(catalog, folder / "a.xlsx", unit("J001", "云海市云岚局"), rows)
    patch(path, folder / "b.xlsx", {LIFE: {(5, 1): cell}})
    return read_submission(catalog, folder / "b.xlsx")


@pytest.mark.parametrize(
    ("cell", "code", "level"),
    [
        ("第一党支部（联合）", "DZ001", "支部"),
        (" 第一党支部 (联合) ", "DZ001", "支部"),
        ("DZ001", "DZ001", "支部"),
        ("ＤＺ ００１", "DZ001", "支部"),
        ("机关党委", "DZ002", "单位"),
    ],
)
def test_a_name_stands_for_its_code(catalog: Catalog, tmp_path: Path, cell: str, code: str, level: str) -> None:
    s = read(catalog, tmp_path, cell)
    values = s.rows["orglife"][0].values
    assert (values["org_id"], values["scope"]) == (code, level)
    assert [f for f in s.findings if f.place.sheet == LIFE and f.is_error] == []


def test_a_name_that_two_organisations_share_names_none(catalog: Catalog, tmp_path: Path) -> None:
    twins = [org("DZ001", org_name="第一党支部"), org("DZ002", org_name="第一党支部")]
    found = {f.code for f in read(catalog, tmp_path, "第一党支部", twins).findings if f.place.sheet == LIFE}
    assert {"C09", "C01"} <= found  # an unknown organisation, and so no level


def test_a_level_that_does_not_follow_is_asked_for(catalog: Catalog, tmp_path: Path) -> None:
    others = [org("DZ001", org_name="工会", org_type="群团组织")]
    found = [f for f in read(catalog, tmp_path, "工会", others).findings if f.place.sheet == LIFE and f.code == "C01"]
    assert [f.field for f in found] == ["统计层级"]


@pytest.mark.parametrize(
    ("usual", "book", "place", "src", "then"),
    [
        ("党员活动室", "支部工作手册", None, None, ("党员活动室", "支部工作手册")),
        ("党员活动室", "支部工作手册", "河滨公园", "签到表", ("河滨公园", "签到表")),
        (None, None, None, None, (None, None)),
        (None, "支部工作手册", "河滨公园", None, ("河滨公园", "支部工作手册")),
    ],
)
def test_place_and_evidence_follow_from_what_is_said_once_of_the_branch(
    catalog: Catalog, tmp_path: Path, usual: str, book: str, place: str, src: str, then: tuple[object, object]
) -> None:
    rows = {
        "org": [org("DZ001", org_name="第一党支部", usual_place=usual, record_book=book)],
        "orglife": [party_day(1, org_id="第一党支部", place=place, src=src)],
    }
    s = read_submission(catalog, write(catalog, tmp_path / "a.xlsx", unit("J001", "云海市云岚局"), rows))
    values = s.rows["orglife"][0].values
    assert (values["place"], values["src"]) == then
    wanted = {title for title, value in zip(("地点", "佐证材料"), then, strict=True) if value is None}
    assert {f.field for f in s.findings if f.place.sheet == LIFE and f.is_error} == wanted


@given(st.lists(st.tuples(st.text("甲乙丙丁", min_size=1, max_size=3), st.sampled_from("ABCD")), max_size=6))
def test_a_name_leads_to_one_code_or_to_none(catalog: Catalog, pairs: list[tuple[str, str]]) -> None:
    rows = {"org": [{"org_id": code, "org_name": name} for name, code in pairs]}
    names = names_of(catalog, "org.org_id", rows)
    assert len(set(names.values())) == len(names)
    assert all((name, code) in pairs for code, name in names.items())


@pytest.mark.parametrize("typed", ["2026.5.8", "5-8", "20260508", 20260508, "2026年5月8日"])
def test_approval_makes_what_was_typed_a_date_and_fills_what_follows(
    catalog: Catalog, tmp_path: Path, typed: object
) -> None:
    rows = {"org": ORGS, "orglife": [party_day(1, scope=None, est=None, status=None)]}
    path = write(catalog, tmp_path / "a.xlsx", unit("J001", "云海市云岚局"), rows)
    patch(path, tmp_path / "b.xlsx", {LIFE: {(5, 2): typed}})
    s = read_submission(catalog, tmp_path / "b.xlsx")
    assert [f.code for f in s.findings if f.place.sheet == LIFE and f.place.row == 5] == ["N01"]
    assert approve(catalog, s, tmp_path / "b.xlsx", tmp_path / "c.xlsx").rows[LIFE] == (1, 0)
    after = read_submission(catalog, tmp_path / "c.xlsx")
    assert [f for f in after.findings if f.place.sheet == LIFE and f.place.row == 5] == []
    values = after.rows["orglife"][0].values
    assert (values["date"], values["scope"], values["est"]) == (date(YEAR, 5, 8), "支部", False)
