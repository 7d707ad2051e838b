"""The front page and the hidden sheet."""

from __future__ import annotations

from datetime import date

from support.markdown_book import grid

from toolkit.model import Grid
from toolkit.rows.cover import read_meta, read_unit
from toolkit.standard.catalog import load_catalog

CATALOG = load_catalog()


# ---------------------------------------------------- front page and _标准


def cover(**change: str) -> str:
    """A front page, with the lines of some unit fields put differently."""
    given_ = {
        "unit_id": "YC001",
        "unit_name": "云川市样例局",
        "unit_short": "样例局",
        "sys_type": "市直单位",
        "year": "2026",
        "period_start": "1月1日",
        "period_end": "@2026-12-31",
        "fill_date": "2026.12.1",
    }
    lines = [f"| | {f.title}： | {given_.get(f.name, '')} |" for f in CATALOG.unit]
    for name, line in change.items():
        title = next(f.title for f in CATALOG.unit if f.name == name)
        lines = [line if f" {title}：" in x else x for x in lines]
    ledgers = [f"| | {x.title} | 有 | 3 |" for x in CATALOG.ledgers.values() if x.declared]
    return "\n".join(
        ["| 填报单位 | 说明 |", *lines, "| |", "| | 台账 | 申报情况 | 已填行数 |", *ledgers, "| |", "| | 说明 | 备查 |"]
    )


def test_front_page() -> None:
    values, declared, found = read_unit(CATALOG, grid("封面", cover(), 2, 1), "f")
    assert values["unit_id"] == "YC001"
    assert values["period_start"] == date(2026, 1, 1)
    assert values["fill_date"] == date(2026, 12, 1)
    assert (values["revision"], values["approx_word"], values["public_version"]) == (0, "余", False)
    assert set(declared.values()) == {"有"}
    assert {f.code for f in found} == {"N01"}
    assert {f.place.unit for f in found} == {"YC001"}


def test_front_page_with_mistakes() -> None:
    text = cover(unit_id="| | 单位编玛 | yc1 |", year="| | |", unit_name="| | 单位全称 | |")
    text = text.replace("| 组织生活 | 有 |", "| 组织生括 | 本年 无 |").replace(
        "| 理论学习 | 有 |", "| 理论学习 | 没有 |"
    )
    text = text.replace("| | 志愿服务 | 有 | 3 |\n", "")
    values, declared, found = read_unit(CATALOG, grid("封面", text), "f")
    by_code = {(f.code, f.field or f.value) for f in found if f.code != "N01"}
    assert by_code == {
        ("S03", "单位编码"),
        ("C06", "单位编码"),
        ("S02", "填报年度"),
        ("C01", "单位全称"),
        ("C04", "起始日期"),
        ("S03", "组织生括"),
        ("C05", "申报情况"),
        ("S13", "志愿服务"),
    }
    assert (declared["orglife"], declared["study"], declared["volunteer"]) == ("本年无", "", "")
    assert values["year"] is None


def test_value_beside_a_merged_label() -> None:
    made = Grid(
        "封面",
        [["单位编码", None, None, "YC001"], ["填报年度", None, None, 2026.0]],
        merged=((1, 1, 1, 3), (2, 1, 2, 3)),
    )
    values, _, _ = read_unit(CATALOG, made, "f")
    assert (values["unit_id"], values["year"]) == ("YC001", 2026)


def test_meta() -> None:
    made = grid("_标准", "| version | '2026.1 | | 清单 |\n| year | 2026 |\n| kind | unit |\n| x |  |\n| 1 | 2 |")
    assert read_meta(made) == {"version": "2026.1", "year": "2026", "kind": "unit"}
