"""One code used by several units: none of them is counted, each is told, every row has a fate."""

from __future__ import annotations

import random
from datetime import date
from itertools import permutations
from pathlib import Path

from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from support.small_city import org, party_day, unit, write
from test_conservation import CATALOG, UNIT, rows

from toolkit.cli.main import main
from toolkit.figures.digest import name_key
from toolkit.figures.tree import Unit
from toolkit.model import Row, Submission
from toolkit.rows.submission import check_submission
from toolkit.submissions.aggregate import aggregate, consolidate
from toolkit.submissions.reading import Digested, digested

ROWS = {"org": [org()], "orglife": [party_day()]}
READ = 2  # rows of one workbook


def books(folder: Path, *names: str, **more: object) -> list[Path]:
    """One workbook per name, all under the code AA001; each was filled in a day after the one before."""
    return [
        write(
            CATALOG,
            folder / f"{n}.xlsx",
            unit("AA001", name, **{"fill_date": date(2026, 12, 1 + n), **more}),
            ROWS,
        )
        for n, name in enumerate(names)
    ]


def test_two_units_of_one_code_are_both_told_and_not_counted(tmp_path: Path) -> None:
    c = aggregate(CATALOG, books(tmp_path, "示例市甲局", "示例市乙局"))
    assert sorted((f.code, f.is_error, Path(f.place.file).name) for f in c.findings if f.code[0] == "U") == [
        ("U07", True, "0.xlsx"),
        ("U07", True, "1.xlsx"),
    ]
    assert c.rows == {"read": 2 * READ, "counted": 0, "left_out": 2 * READ}
    assert c.reasons == {"编码冲突": 2 * READ}
    assert c.counts["实报"] == 0
    assert "示例市甲局" in c.missing[0] and "示例市乙局" in c.missing[0]


def test_the_roster_does_not_choose_one_of_them(tmp_path: Path) -> None:
    roster = [Unit("AA001", "示例市甲局", "甲局"), Unit("AA002", "示例市乙局", "乙局")]
    c = aggregate(CATALOG, books(tmp_path, "示例市甲局", "示例市乙局"), roster)
    told = {Path(f.place.file).name: f.code for f in c.findings if f.code in ("U07", "U08")}
    assert told == {"0.xlsx": "U07", "1.xlsx": "U08"}
    assert c.rows == {"read": 2 * READ, "counted": 0, "left_out": 2 * READ}


def test_a_unit_that_files_under_the_code_of_another_is_not_counted_as_that_one(tmp_path: Path) -> None:
    roster = [Unit("AA001", "示例市甲局", "甲局"), Unit("AA002", "示例市乙局", "乙局")]
    c = aggregate(CATALOG, books(tmp_path, "示例市乙局"), roster)
    assert [f.message for f in c.findings if f.code == "U08"] == [
        "单位编码AA001在名单中是“示例市甲局”，这份写的是“示例市乙局”，未计入"
    ]
    assert c.rows == {"read": READ, "counted": 0, "left_out": READ}


def test_the_short_name_of_the_roster_is_the_same_unit(tmp_path: Path) -> None:
    c = aggregate(CATALOG, books(tmp_path, "甲局"), [Unit("AA001", "示例市甲局", "甲局")])
    assert c.rows["counted"] == READ


def test_three_units_and_a_correction_of_one(tmp_path: Path) -> None:
    paths = books(tmp_path, "示例市甲局", "示例市乙局", "示例市丙局", "示例市甲局")
    for order in permutations(paths):
        c = aggregate(CATALOG, order)
        assert sorted(f.code for f in c.findings if f.code[0] == "U") == ["U01", "U07", "U07", "U07"]
        assert c.rows == {"read": 3 * READ, "counted": 0, "left_out": 3 * READ}


def test_names_that_differ_in_spaces_width_and_brackets_are_one_unit(tmp_path: Path) -> None:
    c = aggregate(CATALOG, books(tmp_path, "示例市甲局（机关）", "示例市 甲局(机关)", "示例市甲局〔机关〕"))
    assert [f.code for f in c.findings if f.code[0] == "U"] == ["U01", "U01"]
    assert c.rows == {"read": READ, "counted": READ, "left_out": 0}
    assert name_key("ＡＢ 局（机关）") == name_key("ab局【机关】") != name_key("ab局")


def test_one_code_in_two_years_is_no_conflict_of_one_year(tmp_path: Path) -> None:
    now = books(tmp_path, "示例市甲局")[0]
    past = write(
        CATALOG,
        tmp_path / "past.xlsx",
        unit("AA001", "示例市乙局", year=2025, fill_date=date(2025, 12, 1)),
        {"org": [org(date=date(2025, 1, 1), term_start=date(2024, 3, 1))]},
    )
    c = aggregate(CATALOG, [now, past], year=2026)
    assert [f.code for f in c.findings if f.code in ("F05", "U07")] == ["F05"]
    assert c.rows == {"read": READ + 1, "counted": READ, "left_out": 1}
    assert c.reasons == {"填报年度不符": 1}


def test_check_and_aggregate_say_it_and_exit_with_1(tmp_path: Path) -> None:
    books(tmp_path / "in", "示例市甲局", "示例市乙局")
    for command in (["check"], ["aggregate", "-o", str(tmp_path / "汇总.xlsx"), "--no-cache"], ["remind"]):
        done = CliRunner().invoke(main, [*command, str(tmp_path / "in")])
        assert done.exit_code == 1, done.output
        assert done.output.count("U07") == 2, done.output


NAMES = st.sampled_from(["示例市甲局", "示例市 甲局", "示例市乙局", "示例市丙局"])
FILED = st.lists(
    st.tuples(
        st.sampled_from(["AA001", "AA002"]),
        NAMES,
        st.integers(1, 3),
        rows("orglife", kind=st.sampled_from(["主题党日", "支委会"])),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(FILED, st.randoms(use_true_random=False))
def test_nothing_of_two_units_under_one_code_is_counted(
    found: list[tuple[str, str, int, tuple[Row, ...]]], dealer: random.Random
) -> None:
    reads: list[Digested] = []
    for n, (code, name, day, life) in enumerate(found):
        about = {**UNIT, "unit_id": code, "unit_name": name, "fill_date": date(2026, 12, day)}
        said = dict.fromkeys(CATALOG.ledgers, "有")
        s = Submission(f"{n}.xlsx", f"{n}", CATALOG.version, about, said, {"orglife": life})
        reads.append(digested(CATALOG, check_submission(CATALOG, s)))
    c = consolidate(CATALOG, reads)
    names: dict[str, set[str]] = {}
    for code, name, _, _ in found:
        names.setdefault(code, set()).add(name_key(name))
    shared = {code for code, under in names.items() if len(under) > 1}
    assert not shared & set(c.digest.chosen())
    told = {f.place.unit for f in c.findings if f.code == "U07"}
    assert told == shared
    replaced = {path for _, path in c.digest.replaced}
    rows_in = sum(len(life) for n, (_, _, _, life) in enumerate(found) if f"{n}.xlsx" not in replaced)
    assert c.rows["read"] == rows_in == c.rows["counted"] + c.rows["left_out"]
    again = list(reads)
    dealer.shuffle(again)
    assert consolidate(CATALOG, again).rows == c.rows
