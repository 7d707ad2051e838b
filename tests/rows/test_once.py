"""One mistake is one finding: what follows from a cell or a row that was not understood is not said again."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from support.small_city import org, party_day, unit, write

from toolkit.findings import finding, findings_text, group
from toolkit.model import Finding, Place
from toolkit.rows.once import once
from toolkit.standard.catalog import load_catalog
from toolkit.submissions.reading import read_submission

CATALOG = load_catalog()
TITLES = [f.title for f in CATALOG.ledgers["orglife"].fields]


def at(row: int, column: int) -> Place:
    return Place("f.xlsx", "J001", "组织生活", row, column)


def blank(row: int, column: int) -> Finding:
    return finding("C01", at(row, column), f"栏{column}")


def no_number(row: int, column: int, value: str = "约20") -> Finding:
    return finding("C02", at(row, column), f"栏{column}", value)


def found(tmp_path: Path, *life: dict[str, object]) -> list[Finding]:
    path = write(CATALOG, tmp_path / "a.xlsx", unit("J001", "云海市云岚局"), {"org": [org()], "orglife": list(life)})
    return [f for f in read_submission(CATALOG, path).findings if f.place.sheet == "组织生活"]


def test_a_cell_that_is_no_number_is_not_blank_as_well(tmp_path: Path) -> None:
    told = found(tmp_path, party_day(1, due_n="约20"), party_day(2, due_n="3-5"), party_day(3, due_n="无"))
    assert [(f.code, f.place.cell) for f in told] == [("C02", "G5"), ("C02", "G6"), ("C02", "G7")]
    line = findings_text(told).splitlines()[1]
    assert all(f"“{v}”" in line for v in ("约20", "3-5", "无"))


def test_an_unknown_option_breaks_no_rule_of_its_own_cell(tmp_path: Path) -> None:
    assert [f.code for f in found(tmp_path, party_day(1, kind="主题党日活动"))] == ["C05"]


def test_a_row_pasted_one_column_off_is_one_mistake(tmp_path: Path) -> None:
    names = [f.name for f in CATALOG.ledgers["orglife"].fields if not f.calc]
    good = party_day(1)
    moved = {"rec_id": "", **{after: good.get(name) for name, after in pairwise(names[1:])}}
    moved["org_id"] = None
    told = found(tmp_path, party_day(2), moved)
    assert [f.code for f in told] == ["C23"]
    assert (
        told[0].place.row == 6 and "“请假人数”填的是“支部”" in told[0].message and "“所属党组织”未填" in told[0].message
    )
    assert "统计层级" in told[0].field.split("、")


def test_a_row_with_one_word_is_one_mistake(tmp_path: Path) -> None:
    told = found(tmp_path, party_day(1), {"topic": "待补"})
    assert [(f.code, f.place.cell) for f in told if f.code != "N02"] == [("C01", "A6"), ("C24", "F6")]
    assert told[0].field == "所属党组织、日期、类型、地点、统计层级"


def test_marks_that_decide_what_may_leave_the_unit_are_always_said() -> None:
    secret = finding("F06", at(5, 3), "栏3", "机密", word="机密")
    number = finding("C19", at(5, 4), "栏4")
    row = [no_number(5, c) for c in range(3, 9)]
    assert {f.code for f in once([*row, secret, number])} == {"C23", "F06", "C19"}


def test_a_draft_is_told_what_approval_will_require(tmp_path: Path) -> None:
    told = found(tmp_path, party_day(1), party_day(2, status="草稿", src=None))
    assert [(f.code, f.severity, f.place.cell) for f in told] == [("C24", "warning", "F6")]
    assert "佐证材料" in told[0].message and "核定" in told[0].message


CELLS = st.lists(st.tuples(st.integers(5, 7), st.integers(2, 20), st.booleans()), max_size=30)


@given(CELLS)
def test_every_wrong_row_stays_wrong_and_no_cell_is_named_twice(cells: list[tuple[int, int, bool]]) -> None:
    before = [blank(r, c) if empty else no_number(r, c) for r, c, empty in cells]
    after = once(before)
    assert {f.place.row for f in after} == {f.place.row for f in before}
    assert all(f.is_error for f in after)
    places = [f.place for f in after]
    assert len(places) == len(set(places))
    for row in {f.place.row for f in before}:
        named = {t for f in after if f.place.row == row for t in f.field.split("、")}
        assert named == {f.field for f in before if f.place.row == row}
    assert once(after) == after


@given(st.lists(st.text("约好几0123", min_size=1, max_size=4), min_size=1, max_size=20))
def test_a_group_shows_every_value(values: list[str]) -> None:
    groups = group(no_number(n, 10, v) for n, v in enumerate(values, 5))
    assert len(groups) == 1 and groups[0].count == len(values)
    assert all(f"“{v}”" in str(groups[0]) for v in values)
