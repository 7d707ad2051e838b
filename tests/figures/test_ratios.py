"""Both halves of a ratio come from the same units."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.small_city import org, unit, write
from test_figures import row, unit_digest

from toolkit.errors import StandardError
from toolkit.excel.consolidated.consolidate import write_consolidated
from toolkit.figures.digest import UnitDigest, parts_of
from toolkit.figures.evaluate import figures
from toolkit.figures.tree import Unit
from toolkit.standard.catalog import load_catalog
from toolkit.submissions.aggregate import aggregate
from toolkit.submissions.source import open_source
from toolkit.wording.phrase import worded

CATALOG = load_catalog()
TWO_LEDGERS = [
    i for i in CATALOG.indicators.values() if len({m.ledger for m in parts_of(i).values() if m.op != "expected"}) > 1
]


def declaring(code: str, said: dict[str, str]) -> UnitDigest:
    """A unit with one branch, of five leaders, that held its yearly meeting, in the ledgers that it declares 有."""
    kept = {
        "org": row("org", 5, org_type="党支部", org_state="运行", org_id="DZ001"),
        "membership": row("membership", 5, org_id="DZ001", scope="支部", leader_n=5, total_n=9),
        "orglife": row("orglife", 5, kind="党课", lecturer_role="党员领导干部", lecturer_id="P1"),
    }
    d = unit_digest(code, [r for name, r in kept.items() if said.get(name) == "有"])
    return UnitDigest(**{**vars(d), "declared": {**d.declared, **said}})


SAID = st.fixed_dictionaries(
    {name: st.sampled_from(["有", "本年无", "不适用", ""]) for name in ("org", "membership", "orglife")}
)


@settings(max_examples=100, deadline=None)
@given(st.lists(SAID, min_size=1, max_size=5))
def test_a_unit_is_in_both_halves_or_in_none(told: list[dict[str, str]]) -> None:
    units = [declaring(f"A{n:02}", said) for n, said in enumerate(told)]
    all_of_them = figures(CATALOG, None, units, "", "2026")
    for i in TWO_LEDGERS:
        ledgers = {m.ledger for m in parts_of(i).values()}
        whole = [d for d in units if d.state(*ledgers) == "known"]
        f, of_whole = all_of_them[i.name], figures(CATALOG, None, whole, "", "2026")[i.name]
        if whole:
            assert (f.numerator, f.denominator, f.value) == (of_whole.numerator, of_whole.denominator, of_whole.value)
        else:
            assert f.value is None
        assert set(f.missing) == {d.code for d in units if d.state(*ledgers) == "missing"}


def test_the_lecturers_of_a_unit_without_members_are_in_no_share() -> None:
    both, lectures = (
        declaring("A01", {"membership": "有", "orglife": "有"}),
        declaring("B01", {"orglife": "有", "membership": ""}),
    )
    f = figures(CATALOG, None, [both, lectures], "", "2026")["讲党课覆盖率"]
    assert (f.numerator, f.denominator, f.missing) == (1, 5, ("B01",))


MIXED = """
- id: ZZ01
  name: 错配率
  title: 错配率
  op: ratio
  numerator: {{ledger: meeting, op: count, collect: 本级}}
  denominator: {{ledger: org, op: {op}{more}}}
"""


@pytest.mark.parametrize(
    ("op", "more", "refused"),
    [
        ("count", "", "come from different units"),
        ("count", ", collect: 本级", ""),
        ("expected", "", ""),
    ],
)
def test_the_standard_refuses_a_ratio_of_different_units(tmp_path: Path, op: str, more: str, refused: str) -> None:
    (tmp_path / "indicators.yaml").write_text(MIXED.format(op=op, more=more), encoding="utf-8")
    if not refused:
        assert "错配率" in load_catalog(tmp_path).indicators
        return
    with pytest.raises(StandardError, match=refused):
        load_catalog(tmp_path)


def test_what_the_head_does_for_units_is_measured_against_all_that_have_to_report(tmp_path: Path) -> None:
    """Three units were visited, one of them has not reported yet: 3 of 3, not 3 of 2."""
    names = {"AA001": "示例市甲局", "AA002": "示例市乙局", "AA003": "示例市丙局"}
    visits = [
        {
            "org_id": "DZ001",
            "scope": "单位",
            "date": unit("", "x")["fill_date"].replace(month=5),
            "kind": "集中调研",
            "body": "党组",
            "topic": "调研",
            "covered_units": tuple(names),
            "src": "简报",
            "status": "已核",
            "est": False,
        }
    ]
    rows = {"org": [org(unit_level="正处级")]}
    folder = tmp_path / "in"
    folder.mkdir()
    write(CATALOG, folder / "head.xlsx", unit("GG001", "示例市工委", sys_type="工委"), {**rows, "meeting": visits})
    for code in ("AA001", "AA002"):
        write(CATALOG, folder / f"{code}.xlsx", unit(code, names[code], "GG001"), rows)
    roster = [Unit("GG001", "示例市工委"), *(Unit(code, name, parent="GG001") for code, name in names.items())]
    c = aggregate(CATALOG, [folder], roster)
    f = c.figures["调研覆盖单位率"]
    assert (f.numerator, f.denominator, worded(CATALOG, f)) == (3, 3, "达100%")
    write_consolidated(c, tmp_path / "all.xlsx")
    again = open_source(CATALOG, tmp_path / "all.xlsx").figures["调研覆盖单位率"]
    assert (again.numerator, again.denominator) == (3, 3)
    without = aggregate(CATALOG, [folder]).figures["调研覆盖单位率"]
    assert worded(CATALOG, without) == "150%（3/2，超过100%）"
