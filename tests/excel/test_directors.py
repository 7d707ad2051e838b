"""What a director asks of a consolidated workbook: who lags, this year beside last, and nothing that says nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from support.small_city import org, party_day, unit, write

from toolkit.excel.consolidated.consolidate import write_consolidated
from toolkit.excel.parts.chart import MOST, Drawn, ranked
from toolkit.figures.consolidation import Consolidation
from toolkit.model import Catalog
from toolkit.submissions.aggregate import aggregate
from toolkit.submissions.source import open_source


def units(catalog: Catalog, folder: Path, *days: int) -> Consolidation:
    """A unit for each number, with so many 主题党日."""
    for n, count in enumerate(days):
        rows = {"org": [org()], "orglife": [party_day(m + 1) for m in range(count)]}
        write(catalog, folder / f"A{n:03}.xlsx", unit(f"A{n:03}", f"第{n:02}测试局"), rows)
    return aggregate(catalog, [folder])


def charts(c: Consolidation, out: Path) -> dict[str, list[list[Any]]]:
    """The data of each chart by its title."""
    write_consolidated(c, out)
    found: dict[str, list[list[Any]]] = {}
    title = ""
    for row in load_workbook(out)["_图表"].iter_rows(values_only=True):
        told = [v for v in row if v is not None]
        if told and not title:
            title, found[told[0]] = told[0], [told[1:]]
        elif told:
            found[title].append(told)
        else:
            title = ""
    return found


def test_the_lowest_are_shown_only_where_not_all_fit() -> None:
    few = [(f"单位{n}", {"次数": n}) for n in range(3)]
    assert ranked("次数", few, False) == Drawn("units", "次数", ["单位2", "单位1", "单位0"], {"次数": [2, 1, 0]})
    assert ranked("次数", few, True).empty
    many = [(f"单位{n}", {"次数": n}) for n in range(MOST + 5)]
    best, least = ranked("次数", many, False), ranked("次数", many, True)
    assert best.title == f"次数（最多的{MOST}个）" and best.names[0] == f"单位{MOST + 4}"
    assert least.title == f"次数（最少的{MOST}个）" and list(least.names[:2]) == ["单位0", "单位1"]
    assert ranked("次数", many[:1], False).empty and ranked("次数", [(n, {"次数": 0}) for n, _ in many], True).empty


def test_this_year_stands_beside_last_where_last_is_known(catalog: Catalog, tmp_path: Path) -> None:
    c = units(catalog, tmp_path, 2, 3)
    title = "主要工作与上年相比"
    assert title not in charts(c, tmp_path / "无.xlsx")
    known = replace(c, before={"主题党日_支部": Decimal(4), "支委会": None})
    assert charts(known, tmp_path / "有.xlsx")[title] == [["主题党日（支部层面）"], ["上年", 4], ["2026年", 5]]


def test_the_workbook_of_one_unit_says_who_reports(catalog: Catalog, tmp_path: Path) -> None:
    c = units(catalog, tmp_path, 3)
    drawn = charts(c, tmp_path / "一.xlsx")
    assert "报送情况" not in drawn and not [t for t in drawn if t.startswith("各单位")]
    said = [str(v) for v in front(tmp_path / "一.xlsx")]
    assert "报送单位" in said and not [v for v in said if "应报" in v] and said[0] == "第00测试局2026年党建工作台账"
    (told,) = (v for v in said if v.startswith("第00测试局　"))
    assert "编码A000" in told and "填报日期2026-12-20" in told
    shown = [ws.title for ws in load_workbook(tmp_path / "一.xlsx") if ws.sheet_state == "visible"]
    assert shown == ["封面", "图表", "指标汇总", "问题清单", "党组织", "组织生活"]  # nothing that compares units


def test_several_units_have_their_coverage(catalog: Catalog, tmp_path: Path) -> None:
    assert charts(units(catalog, tmp_path, 3, 1), tmp_path / "二.xlsx")["报送情况"] == [["已报 2个"], ["单位数", 2]]
    assert "应报（个）" in list(front(tmp_path / "二.xlsx"))


def front(path: Path) -> Iterator[Any]:
    return (v for row in load_workbook(path)["封面"].iter_rows(values_only=True) for v in row if v)


def test_ledgers_without_rows_are_hidden_and_still_read_back(catalog: Catalog, tmp_path: Path) -> None:
    c = units(catalog, tmp_path, 3, 1)
    write_consolidated(c, tmp_path / "汇总.xlsx")
    book = load_workbook(tmp_path / "汇总.xlsx")
    assert book["组织生活"].sheet_state == "visible" and book["志愿服务"].sheet_state == "hidden"
    assert book["组织生活"].print_title_cols == "$A:$B"
    assert [v for v in front(tmp_path / "汇总.xlsx") if "没有行的台账" in str(v) and "志愿服务" in str(v)]
    assert open_source(catalog, tmp_path / "汇总.xlsx").figures["主题党日_支部"].value == 4
