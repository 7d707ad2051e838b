"""The standard edited in Excel: exported, changed, imported, built, and last year's workbook brought over to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from support.small_city import org, party_day, unit, write

from toolkit.cli.main import main
from toolkit.editions.export import export_standard
from toolkit.editions.publish import Edition, import_standard
from toolkit.excel.reading.read import read_book
from toolkit.model import Catalog
from toolkit.standard.catalog import load_folders
from toolkit.submissions.aggregate import aggregate

HEAD = 3


def heads(ws: Worksheet) -> dict[str, int]:
    return {str(cell.value): cell.column for cell in ws[HEAD]}


def add(ws: Worksheet, **cells: Any) -> int:
    """Adds a row below the last; returns its number."""
    columns, row = heads(ws), ws.max_row + 1
    for title, value in cells.items():
        ws.cell(row, columns[title], value)
    return row


def row_of(ws: Worksheet, **cells: Any) -> int:
    columns = heads(ws)
    for row in range(HEAD + 1, ws.max_row + 1):
        if all(ws.cell(row, columns[t]).value == v for t, v in cells.items()):
            return row
    raise AssertionError(cells)


def put(ws: Worksheet, row: int, title: str, value: Any) -> None:
    ws.cell(row, heads(ws)[title]).value = value


@pytest.fixture
def edit(catalog: Catalog, tmp_path: Path) -> Callable[[Callable[[Mapping[str, Worksheet]], None]], Path]:
    """Exports the standard, lets a clerk change it, and returns the workbook."""

    def edited(change: Callable[[Mapping[str, Worksheet]], None]) -> Path:
        path = tmp_path / "标准.xlsx"
        export_standard(catalog, path)
        book = load_workbook(path)
        change({ws.title: ws for ws in book.worksheets})
        book.save(tmp_path / "改好.xlsx")
        return tmp_path / "改好.xlsx"

    return edited


def imported(catalog: Catalog, workbook: Path) -> Edition:
    return import_standard(catalog, workbook, workbook.parent / "本市标准")


def told(made: Edition) -> list[tuple[str, str, str]]:
    """The code, the cell and the message of each finding."""
    return [(f.code, f"{f.place.sheet}!{f.place.cell}", f.message) for f in made.findings]


def test_what_is_exported_and_not_changed_changes_nothing(catalog: Catalog, edit: Any) -> None:
    made = imported(catalog, edit(lambda sheets: None))
    assert not made.findings and made.catalog is None and not made.text


def micro_courses(sheets: Mapping[str, Worksheet]) -> None:
    """A new ledger with its options, indicator, rule and sentence; a column of an old one gets another title."""
    add(
        sheets["台账"],
        名字="course",
        标题="微党课",
        代码="WK",
        说明="一行一次",
        常用栏="所属党组织、日期、题目、听课人数、佐证材料、状态",
    )
    add(sheets["栏目"], 台账="微党课", 名字="topic", 标题="题目", 类型="文字", 必填="是", 示例="奋斗")
    add(sheets["栏目"], 台账="微党课", 名字="form", 标题="形式", 类型="文字")
    add(
        sheets["栏目"],
        台账="微党课",
        名字="hearer_n",
        标题="听课人数",
        类型="整数",
        最小=0,
        何时必填="形式＝现场、直播",
    )
    for value in ("现场", "直播", "录播"):
        add(sheets["选项"], 台账="微党课", 栏目="形式", 性质="只能选", 值=value)
    add(
        sheets["指标"],
        台账="微党课",
        编号="WK01",
        名称="微党课次数",
        标题="微党课",
        算法="条数",
        条件="听课人数≥1",
        量词="次",
    )
    add(
        sheets["句子"],
        台账="微党课",
        专题="组织生活",
        分量=30,
        说法="{时段}讲微党课{微党课次数}\n开讲微党课{微党课次数}",
    )
    place = row_of(sheets["栏目"], 台账="组织生活", 标题="地点")
    put(sheets["栏目"], place, "标题", "会议地点")


def test_a_ledger_of_another_title_reads_the_workbooks_of_before(catalog: Catalog, edit: Any, tmp_path: Path) -> None:
    old = write(
        catalog, tmp_path / "上年.xlsx", unit("AA001", "示例市甲局"), {"org": [org()], "orglife": [party_day(1)]}
    )
    before = aggregate(catalog, [old])
    made = imported(catalog, edit(lambda s: put(s["台账"], row_of(s["台账"], 名字="orglife"), "标题", "组织活动")))
    assert made.catalog and not made.findings
    after = aggregate(made.catalog, [old])
    assert {n: f.value for n, f in after.figures.items()} == {n: f.value for n, f in before.figures.items()}
    new = write(
        made.catalog, tmp_path / "今年.xlsx", unit("AA001", "示例市甲局"), {"org": [org()], "orglife": [party_day(1)]}
    )
    assert "组织活动" in read_book(new).grids


def test_a_ledger_changed_in_excel_reaches_workbooks_documents_and_totals(
    catalog: Catalog, edit: Any, tmp_path: Path
) -> None:
    old = write(
        catalog,
        tmp_path / "上年.xlsx",
        unit("AA001", "示例市甲局"),
        {"org": [org()], "orglife": [party_day(1, place="党员活动室")]},
    )
    made = imported(catalog, edit(micro_courses))
    assert not made.findings
    assert made.text == "新增台账：微党课；改动台账：组织生活"
    assert made.version == "2026.1.1"
    new = load_folders(tmp_path / "本市标准")
    assert new.version == "2026.1.1"

    standard = ("--standard", str(tmp_path / "本市标准"))
    done = CliRunner().invoke(main, [*standard, "upgrade", str(old), "-o", str(tmp_path / "转.xlsx")])
    assert done.exit_code == 0, done.output
    assert "“组织生活”的“地点”现在是“会议地点”" in done.output
    life = read_book(tmp_path / "转.xlsx").grids["组织生活"].cells
    assert any("会议地点" in line for line in life) and any("党员活动室" in line for line in life)

    course = {
        "org_id": "DZ001",
        "date": date(2026, 3, 1),
        "topic": "初心",
        "form": "现场",
        "hearer_n": 30,
        "src": "照片",
        "status": "已核",
    }
    mine = write(new, tmp_path / "乙.xlsx", unit("AA002", "示例市乙局"), {"org": [org()], "course": [course]})
    both = aggregate(new, [tmp_path / "转.xlsx", mine])
    assert not [f for f in both.findings if f.code in ("F04", "F15", "C01")]
    assert both.figures["微党课次数"].value == 1
    assert both.figures["主题党日_支部"].value == 1
    report = CliRunner().invoke(
        main, [*standard, "fill", "--draft", "situation", str(mine), "-o", str(tmp_path / "报.docx")]
    )
    assert report.exit_code in (0, 1), report.output
    from docx import Document

    assert "微党课1次" in "".join(p.text for p in Document(str(tmp_path / "报.docx")).paragraphs)


@pytest.mark.parametrize(
    ("change", "code", "cell", "words"),
    [
        (lambda s: put(s["栏目"], row_of(s["栏目"], 标题="地点"), "类型", "文本"), "E01", "栏目!E", "“文本”不在可选的值里"),
        (lambda s: add(s["指标"], 台账="组织生话", 编号="X1", 名称="甲", 标题="甲", 算法="条数"), "E01", "指标!A", "是否为“组织生活”"),
        (lambda s: put(s["指标"], 4, "条件", "类形＝党员大会"), "E01", "指标!I", "没有栏目“类形”"),
        (lambda s: add(s["句子"], 台账="组织生活", 专题="组织生活", 说法="开展{主题党曰_支部}"), "E01", "句子!D", "是否为“主题党日_支部”"),
        (lambda s: add(s["选项"], 台账="组织生活", 栏目="类形", 性质="只能选", 值="新"), "E01", "选项!B", "没有栏目“类形”"),
        (lambda s: s["指标"].delete_cols(3), "E02", "指标!3", "缺少栏目“名称”"),
        (lambda s: put(s["台账"], HEAD, "说明", "说名"), "E03", "台账!E", "是否为“说明”"),
        (lambda s: put(s["指标"], 5, "编号", s["指标"].cell(4, 2).value), "E04", "指标!B5", "与第4行重复"),
        (lambda s: s["台账"].delete_rows(4), "E05", "台账!", "不能删去"),
        (lambda s: add(s["台账"], 名字="Course", 标题="微党课", 代码="WK"), "E01", "台账!A", "英文小写字母"),
        (lambda s: add(s["台账"], 名字="course", 标题="History", 代码="WK"), "E01", "台账!B", "不能作工作表的名字"),
        (lambda s: add(s["台账"], 名字="course", 标题="微党课", 代码="WK"), "E02", "台账!", "缺少台账“微党课”的栏目"),
        (lambda s: put(s["指标"], 4, "栏目", None) or put(s["指标"], 4, "算法", "合计"), "E06", "指标!4", "标准核对没有通过"),
    ],
)  # fmt: skip
def test_a_mistake_is_found_at_its_cell(
    catalog: Catalog, edit: Any, tmp_path: Path, change: Any, code: str, cell: str, words: str
) -> None:
    made = imported(catalog, edit(change))
    assert made.catalog is None and not (tmp_path / "本市标准").exists()
    assert any(c == code and at.startswith(cell) and words in message for c, at, message in told(made)), told(made)


def test_an_imported_standard_is_in_force_and_a_second_edition_follows(
    catalog: Catalog, edit: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "设置"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "设置"))

    def run(*args: str | Path) -> str:
        done = CliRunner().invoke(main, list(map(str, args)))
        assert done.exit_code == 0, done.output
        return done.output

    run("standard", "import", edit(micro_courses), "--preview", tmp_path / "样子.xlsx")
    assert "微党课" in read_book(tmp_path / "样子.xlsx").grids
    assert "2026.1.1版 新增台账：微党课" in run("standard", "show")
    run("standard", "export", tmp_path / "再.xlsx")
    book = load_workbook(tmp_path / "再.xlsx")
    put(book["台账"], row_of(book["台账"], 名字="course"), "说明", "一行一讲")
    book.save(tmp_path / "再改.xlsx")
    said = run("standard", "import", tmp_path / "再改.xlsx")
    assert "2026.1.2版" in said
    assert run("standard", "show").count("版 新增台账") == 2
