"""Grid -> Rows: headers, casting of what people write, the sheet's shape, the front page."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fields import CALC, CODE, COUNT, DAY, KIND, SHARE, SURE, TOPIC
from support.markdown_book import book, grid

from toolkit.excel.reading.read import read_book
from toolkit.findings import CODES, finding, findings_text, group
from toolkit.model import CellError, Constraints, Field, Finding, Grid, Ledger, Percent, Place, Row
from toolkit.rows.casting.constraints import check_cell, quick_test
from toolkit.rows.read import read_rows
from toolkit.standard.catalog import load_catalog

CATALOG = load_catalog()
LEDGER = Ledger("demo", "演示", "DM", (DAY, KIND, TOPIC, COUNT, CODE, SURE))


def read(markdown: str, ledger: Ledger = LEDGER, **options: Any) -> tuple[list[Row], list[Finding]]:
    return read_rows(grid("演示", markdown, **options), ledger, "f.xlsx", "YC001", 2026)


def told(found: list[Finding]) -> list[tuple[str, str]]:
    return [(f.code, f.place.cell) for f in found]


GOOD = """
    | 日期        | 类型     | 主题议题 | 应到人数 | 所属党组织 | 是否估算 |
    | @2026-03-05 | 主题党日 | 读书会   | 12       | DZ001      | 否       |
"""


def test_clean_row() -> None:
    rows, found = read(GOOD)
    assert found == []
    assert [r.values for r in rows] == [
        {"day": date(2026, 3, 5), "kind": "主题党日", "topic": "读书会", "due_n": 12, "org": "DZ001", "est": False}
    ]
    assert str(rows[0].place("due_n")) == "演示!D2"
    assert type(rows[0].values["due_n"]) is int


# ------------------------------------------------------------------ headers


def test_header_is_found_wherever_it_stands() -> None:
    moved = """
        | 演示台账：一次活动一行 |      |            |          |                |          |
        | 是 否估算 * | 应到\\n人数 | ＫＩＮＤ外 | 主题议题（必填） | 所属 党组织＊ | 日期 | 类　型 |
        | 示例        | 1          |            | 甲               | DZ001         | @2026-01-01 | 党课 |
        |             |            |            |                  |               |      |        |
        | 是          | 3          |            | 乙               | DZ002         | @2026-01-02 | 党课 |
    """
    rows, found = read(moved, down=3, right=2)
    assert [(r.number, r.values["topic"], r.values["est"]) for r in rows] == [(8, "乙", True)]
    assert told(found) == [("S04", "E5")]
    assert str(rows[0].place("day")) == "演示!H8"


def test_missing_and_misspelt_and_doubled_columns() -> None:
    rows, found = read("""
        | 日期        | 类型 | 主题议提 | 类型 | 所属党组织 | 是否估算 |
        | @2026-01-02 | 党课 | 读书     | 党课 | DZ001      | 否       |
    """)
    assert told(found) == [("S10", "D1"), ("S03", "C1"), ("S02", "")]
    assert "主题议题" in found[1].message
    assert found[2].field == "应到人数"
    assert rows[0].values["topic"] == "读书"
    assert rows[0].values["due_n"] is None


def test_missing_required_column_is_told_once() -> None:
    _, found = read("| 主题议题 | 类型 |\n| a | 党课 |\n| b | 党课 |")
    assert [f.field for f in found if f.code == "S02"] == ["日期", "应到人数", "所属党组织", "是否估算"]
    assert not [f for f in found if f.code == "C01"]


def test_no_header_at_all() -> None:
    for text in ("| 甲 | 乙 |\n| 1 | 2 |", "|  |"):
        rows, found = read(text)
        assert (rows, told(found)) == ([], [("S12", "")])


def test_every_title_of_the_standard_is_found_and_none_mistaken() -> None:
    for ledger in CATALOG.ledgers.values():
        head = Grid(ledger.title, [[f.title for f in reversed(ledger.fields)]])
        rows, found = read_rows(head, ledger, "f", "", 2026)
        assert (rows, found) == ([], []), ledger.name


def test_formula_columns_are_not_read() -> None:
    ledger = Ledger("demo", "演示", "DM", (DAY, CALC))
    made = Grid("演示", [["日期", "届满日"], [date(2026, 1, 1), CellError("#REF!")], [None, CellError("")]])
    rows, found = read_rows(made, ledger, "f", "", 2026)
    assert found == []
    assert [r.values for r in rows] == [{"day": date(2026, 1, 1), "end": None}]


# ---------------------------------------------------------------- the shape


def test_blank_space_total_and_example_rows() -> None:
    rows, found = read(
        GOOD
        + "| 示例 | 党课 | x | y | z | w |\n|  |  | ' \u200b |  |  |  |\n| 合 计： |  |  | 12 |  |  |\n|  | 小计 | | 1 | | |"
    )
    assert [r.number for r in rows] == [2]
    assert told(found) == [("S14", "A5"), ("S14", "A6")]


def test_table_beside_the_ledger() -> None:
    rows, found = read("""
        | 日期        | 类型 | 主题议题 | 应到人数 | 所属党组织 | 是否估算 |  | 人员 | 电话 |
        | @2026-01-02 | 党课 | 读书     | 3        | DZ001      | 否       |  | 甲   | 乙   |
        |             |      |          |          |            |          |  | 丙   |      |
    """)
    assert len(rows) == 1
    assert told(found) == [("S05", "H1")]
    assert "5处" in found[0].message


def test_hidden_rows_count_and_merged_cells_are_not_filled_down() -> None:
    made = grid("演示", GOOD + "|  | 党课 | 宣讲 | 3 | DZ001 | 否 |")
    made = Grid(made.title, made.cells, frozenset({3, 9}), ((1, 1, 1, 2), (2, 1, 3, 1)))
    rows, found = read_rows(made, LEDGER, "f", "", 2026)
    assert [r.values["day"] for r in rows] == [date(2026, 3, 5), None]
    assert told(found) == [("C01", "A3"), ("S09", "A2"), ("S11", "A3")]


def test_struck_out_rows_count_and_are_named() -> None:
    ledger = Ledger("demo", "演示", "DM", (DAY, TOPIC, Field("status", "状态", "string")))
    made = grid(
        "演示",
        """
        | 日期        | 主题议题 | 状态 |
        | @2026-03-05 | 读书会   | 已核 |
        | @2026-03-06 | 读书会   | 作废 |
        | @2026-03-07 | 读书会   | 已核 |
        | @2026-03-08 | 读书会   | 已核 |
    """,
    )
    made = Grid(made.title, made.cells, struck_rows=frozenset({1, 2, 3, 5}))
    rows, found = read_rows(made, ledger, "f", "", 2026)
    assert len(rows) == 4
    assert told(found) == [("S15", "A2"), ("S15", "A5")]


def test_a_percentage_beside_the_same_number() -> None:
    ledger = Ledger("demo", "演示", "DM", (DAY, SHARE))
    made = grid("演示", "| 日期 | 目标值 |\n| @2026-03-05 | 1 |\n| @2026-03-06 | 1 |")
    made.cells[2][1] = Percent(1.0)
    rows, found = read_rows(made, ledger, "f", "", 2026)
    assert [r.values["target_value"] for r in rows] == [1, 100]
    assert [(f.code, f.place.cell, f.value) for f in found] == [("N01", "B3", "100%")]


def test_short_rows() -> None:
    rows, found = read("| 日期 | 类型 | 主题议题 | 应到人数 | 所属党组织 | 是否估算 |\n| @2026-01-02 | 党课 |")
    assert found == []
    assert rows[0].values["est"] is False


# --------------------------------------------------------- single-cell checks


@pytest.mark.parametrize(
    ("field", "cell", "code"),
    [
        (TOPIC, "长" * 21, "C07"),
        (COUNT, -1.0, "C08"),
        (COUNT, 500_001.0, "C08"),
        (CODE, "dz1", "C06"),
        (Field("s", "类目", "string", suggest=("统建应用", "自建系统")), "统建应有", "C18"),
        (Field("s", "类目", "list", suggest=("统建应用", "自建系统")), "统建应用；自见系统", "C18"),
        (Field("l", "级别", "list", Constraints(enum=("国家", "省"))), "国家；县", "C05"),
    ],
)
def test_what_constraints_object_to(field: Field, cell: Any, code: str) -> None:
    ledger = Ledger("demo", "演示", "DM", (DAY, field))
    made = Grid("演示", [["日期", field.title], [date(2026, 1, 1), cell]])
    rows, found = read_rows(made, ledger, "f", "", 2026)
    assert told(found) == [(code, "B2")]
    assert rows[0].values[field.name] is not None


def test_nearest_option_is_suggested() -> None:
    _, found = read(GOOD.replace("主题党日 |", "主题党曰 |"))
    assert "是否为“主题党日”" in found[0].message
    assert "党课" in found[0].remedy


FIELDS = [f for ledger in CATALOG.ledgers.values() for f in ledger.fields]


@given(
    st.sampled_from(FIELDS), st.text(max_size=8) | st.integers(-5, 5) | st.sampled_from(["DZ001", "市", "3", "P007"])
)
def test_quick_test_agrees_with_the_full_check(field: Field, value: Any) -> None:
    if field.type in ("date", "boolean") or (field.type in ("integer", "number")) != isinstance(value, int):
        return
    value = (value,) if field.type == "list" else value
    test = quick_test(field)
    if field.type == "string" and field.constraints.enum and value not in field.constraints.enum:
        assert test is not None
    assert (test is None or test(value)) == (not list(check_cell(field, value)))


# ------------------------------------------------------------ real workbooks


@pytest.mark.parametrize(("name", "writer"), [("a.xlsx", ""), ("a.xlsx", "openpyxl"), ("a.xls", "")])
def test_from_the_file(tmp_path: Path, name: str, writer: str) -> None:
    text = GOOD + "| 3月6日 | 党课 | | '2万 | DZ001 | 否 |"
    read_ = read_book(book(tmp_path, {"演示": text}, name, (3, 2), writer))
    rows, found = read_rows(read_.grids["演示"], LEDGER, name, "YC001", 2026, read_.date1904)
    assert [(r.number, r.values["day"], r.values["due_n"]) for r in rows] == [
        (4, date(2026, 3, 5), 12),
        (5, date(2026, 3, 6), 20000),
    ]
    assert told(found) == [("N01", "B5"), ("N01", "E5")]


def test_uncached_formula_is_no_blank(tmp_path: Path) -> None:
    read_ = read_book(book(tmp_path, {"演示": GOOD.replace(" 12 ", " =3*4 ")}, writer="openpyxl"))
    _, found = read_rows(read_.grids["演示"], LEDGER, "f", "", 2026)
    assert told(found) == [("C12", "D2")]


def test_serials_of_a_1904_workbook(tmp_path: Path) -> None:
    read_ = read_book(book(tmp_path, {"演示": GOOD.replace("@2026-03-05", "44624")}, date1904=True))
    rows, _ = read_rows(read_.grids["演示"], LEDGER, "f", "", 2026, read_.date1904)
    assert rows[0].values["day"] == date(2026, 3, 5)


# ------------------------------------------------------------------ findings


def test_alike_findings_read_as_one() -> None:
    cells = [[None, "党课", None, None, "DZ001"]] * 100
    titles = ["日期", "类型", "主题议题", "应到人数", "所属党组织", "是否估算"]
    _, found = read_rows(Grid("演示", [titles, *cells]), LEDGER, "f.xlsx", "", 2026)
    groups = group([*found, finding("N01", Place("f.xlsx", "", "演示", 2, 3), "主题议题", "a ", read="a")])
    assert [(g.first.code, g.count) for g in groups] == [("C01", 100), ("N01", 1)]
    text = findings_text(found)
    assert text.splitlines() == [
        "f.xlsx：",
        "  [错误 C01] 演示!A2、演示!A3、演示!A4、演示!A5、演示!A6、演示!A7 等100处：“日期”未填。处理：补填这一格。",
        "共100处错误、0处提醒。",
    ]
    assert findings_text([]) == ""


def test_every_code_is_plain_chinese() -> None:
    for code, (severity, message, remedy) in CODES.items():
        assert severity in ("error", "warning"), code
        assert remedy, code
        assert not set(",;:?!") & set(message + remedy), code
        assert message[-1] not in "。，", code


def test_values_with_braces_are_only_values() -> None:
    made = finding("C05", Place("f"), "类型", "{0.__class__}", known=("党课",), options="党课")
    assert "{0.__class__}" in made.message
