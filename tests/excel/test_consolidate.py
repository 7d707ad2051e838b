"""The consolidated workbook, from real unit workbooks to cells read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook
from support.small_city import YEAR, org, party_day, unit, write

from toolkit.errors import CannotRun
from toolkit.excel.consolidated.consolidate import write_consolidated
from toolkit.excel.consolidated.overview import overview
from toolkit.excel.exports.parquet import write_parquet
from toolkit.excel.parts.pages import display_width
from toolkit.figures.consolidation import Consolidation
from toolkit.figures.tree import Unit
from toolkit.standard.catalog import load_catalog
from toolkit.submissions.aggregate import aggregate
from toolkit.submissions.source import open_source

CATALOG = load_catalog()
SHEETS = ["封面", "图表", "指标汇总", "单位指标", "报送情况", "问题清单"]


def volunteer(**more: Any) -> dict[str, Any]:
    return {
        "org_id": "DZ001",
        "scope": "单位",
        "date": date(YEAR, 4, 8),
        "kind": "环境清扫",
        "batch_n": 1,
        "person_n": 5,
        "person_times": 30,
        "place": "社区",
        "est": False,
        "src": "照片",
        "status": "已核",
        **more,
    }


def visit(**more: Any) -> dict[str, Any]:
    return {
        "org_id": "DZ001",
        "scope": "支部",
        "date": date(YEAR, 4, 8),
        "kind": "困难党员慰问",
        "person_n": 2,
        "target_code": "H001",
        "done": True,
        "amount": 600,
        "fund": "党费",
        "est": False,
        "src": "签收表",
        "status": "已核",
        **more,
    }


def candidate(**more: Any) -> dict[str, Any]:
    return {
        "org_id": "DZ001",
        "scope": "支部",
        "date": date(YEAR, 6, 1),
        "case_id": "F001",
        "stage": "入党积极分子",
        "rule_ver": "2014版",
        "apply_date": date(YEAR - 1, 9, 1),
        "talk_date": date(YEAR - 1, 9, 10),
        "activist_date": date(YEAR, 3, 1),
        "mentor_n": 2,
        "est": False,
        "src": "会议记录",
        "status": "已核",
        **more,
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Consolidation, Path]:
    """Committee, two bureaus, a centre below the first; a third bureau is missing."""
    folder = tmp_path_factory.mktemp("whole")
    sub = folder / "收件"
    sub.mkdir()
    write(CATALOG, sub / "工委.xlsx", unit("SZGW", "云海市机关工委", sys_type="工委"), {"org": [org()]})
    write(
        CATALOG,
        sub / "云岚.xlsx",
        unit("J001", "云海市云岚局", "SZGW"),
        {
            "org": [org()],
            "orglife": [
                party_day(1),
                party_day(2, topic='=HYPERLINK("http://a.example")'),
                party_day(3, status="草稿"),
                party_day(4, kind="支部党员大会", present_n=9),
            ],
            "volunteer": [volunteer()],
            "service": [visit(), visit(target_code="H002", person_n=8)],
            "develop": [candidate()],
        },
        {"honor": "不适用"},
    )
    write(
        CATALOG,
        sub / "中心.xlsx",
        unit("J00101", "云海市云岚局中心", "J001"),
        {"org": [org()], "orglife": [party_day(5)]},
        {"volunteer": ""},
    )
    write(
        CATALOG, sub / "青禾.xlsx", unit("J002", "云海市青禾局", "SZGW"), {"org": [org()], "volunteer": [volunteer()]}
    )
    roster = [
        Unit("SZGW", "云海市机关工委", "机关工委", "", "工委"),
        Unit("J001", "云海市云岚局", "云岚局", "SZGW", "市直单位"),
        Unit("J00101", "云海市云岚局中心", "中心", "J001", "市直单位"),
        Unit("J002", "云海市青禾局", "青禾局", "SZGW", "市直单位"),
        Unit("J009", "云海市未报局", "未报局", "SZGW", "市直单位"),
    ]
    c = aggregate(CATALOG, [sub], roster, due=date(YEAR, 12, 25), jobs=1)
    out = folder / "汇总.xlsx"
    write_consolidated(c, out)
    return c, out


def table(path: Path, title: str, head: int = 1) -> list[dict[str, Any]]:
    rows = [[cell.value for cell in row] for row in load_workbook(path)[title].iter_rows(min_row=head)]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:] if any(v is not None for v in row)]


def test_sheets_and_hidden_ones(whole: tuple[Consolidation, Path]) -> None:
    book = load_workbook(whole[1])
    shown = [ws.title for ws in book if ws.sheet_state == "visible"]
    ledgers = [x.title for x in CATALOG.ledgers.values() if x.reported]
    filled = [t for t in ledgers if book[t].max_row > 1 and book[t]["A2"].value]
    assert filled and shown == SHEETS + filled  # those without rows are not printed
    hidden = {ws.title for ws in book if ws.sheet_state == "hidden"}
    assert hidden == {"_图表", "_单位", "_只报数", "_标准", *ledgers} - set(filled)
    assert "发展党员" not in book.sheetnames
    assert len(book["图表"]._charts) >= 3
    for title in ledgers:
        assert book[title].freeze_panes == "C2" and len(book[title].tables) == 1


def test_every_row_has_its_fate(whole: tuple[Consolidation, Path]) -> None:
    c, path = whole
    rows = table(path, "组织生活")
    assert list(rows[0])[:6] == ["单位编码", "单位名称", "来源文件", "来源行", "是否计入", "未计入原因"]
    fates = [(r["单位编码"], r["主题议题"], r["是否计入"], r["未计入原因"]) for r in rows]
    assert fates == [
        ("J001", "主题1", "是", None),
        ("J001", '=HYPERLINK("http://a.example")', "是", None),
        ("J001", "主题3", "否", "状态为“草稿”"),
        ("J001", "主题4", "否", "有错误"),
        ("J00101", "主题5", "是", None),
    ]
    assert rows[0]["来源文件"] == "云岚.xlsx" and rows[0]["日期"].date() == date(YEAR, 1, 5)
    read = sum(len(table(path, x.title)) for x in CATALOG.ledgers.values() if x.reported)
    unreported = sum(len(s.rows["develop"]) for s in c.submissions)
    assert read + unreported == c.rows["read"] == c.rows["counted"] + c.rows["left_out"]


def test_text_stays_text(whole: tuple[Consolidation, Path]) -> None:
    book = load_workbook(whole[1])
    for ws in book:
        assert not [cell.coordinate for row in ws.iter_rows() for cell in row if cell.data_type == "f"], ws.title
    links = {cell.hyperlink.target for ws in book for row in ws.iter_rows() for cell in row if cell.hyperlink}
    assert links == {None}  # only links inside the workbook


def test_names_and_small_numbers_stay_below(whole: tuple[Consolidation, Path]) -> None:
    book = load_workbook(whole[1])
    words = {str(c.value) for ws in book for row in ws.iter_rows() for c in row if c.value is not None}
    assert not [w for w in words for name in ("甲某某", "乙某某", "丙某某", "丁某某") if name in w]
    assert not any("主持人" in ws[1][n].value for ws in [book["组织生活"]] for n in range(6, 12))
    small, large = table(whole[1], "为民服务")
    assert (small["所属党组织"], small["对象代码"], small["人数"]) == (None, None, 2)
    assert (large["所属党组织"], large["对象代码"], large["人数"]) == ("DZ001", "H002", 8)


def test_machine_folders_are_not_told(whole: tuple[Consolidation, Path]) -> None:
    folder = str(whole[1].parent)
    for ws in load_workbook(whole[1]):
        for row in ws.iter_rows():
            assert not [c.coordinate for c in row if isinstance(c.value, str) and folder in c.value]


def test_zero_missing_and_not_applicable_differ(whole: tuple[Consolidation, Path]) -> None:
    rows = {(r["单位编码"], r["行别"]): n for n, r in enumerate(_matrix(whole[1]))}
    matrix = _matrix(whole[1])
    times, days = (CATALOG.indicators[n].title for n in ("志愿服务人次", "主题党日_支部"))
    honor = next(i.title for i in CATALOG.indicators.values() if i.numerator.ledger == "honor")
    assert matrix[rows["J001", "本级"]][times] == 30
    assert matrix[rows["J00101", "本级"]][times] == "缺数"
    assert matrix[rows["J001", "本级"]][honor] == "不适用"
    assert matrix[rows["J002", "本级"]][days] == 0
    assert matrix[rows["J009", "本级"]][days] == "缺数" and matrix[rows["J009", "本级"]]["报送"] == "缺报"
    assert matrix[rows["J001", "小计"]][days] == 3 == matrix[rows["SZGW", "小计"]][days]
    assert ("J002", "小计") not in rows


def _matrix(path: Path) -> list[dict[str, Any]]:
    rows = [[c.value for c in row] for row in load_workbook(path)["单位指标"].iter_rows(min_row=2)]
    titles = [a if n < 4 else b for n, (a, b) in enumerate(zip(rows[0], rows[1], strict=True))]
    return [dict(zip(titles, row, strict=True)) for row in rows[3:]]


def test_summary_has_every_indicator(whole: tuple[Consolidation, Path]) -> None:
    path = whole[1]
    rows = {r["编号"]: r for r in table(path, "指标汇总")}
    assert set(rows) == {i.id for i in CATALOG.indicators.values()}
    days = rows[CATALOG.indicators["主题党日_支部"].id]
    assert (days["数值"], days["表述"], days["来源行数"]) == (3, "3次", 3)
    assert "云海市云岚局中心" in rows[CATALOG.indicators["志愿服务人次"].id]["缺数单位"]


def test_coverage_and_problems(whole: tuple[Consolidation, Path]) -> None:
    c, path = whole
    rows = {r["单位编码"]: r for r in table(path, "报送情况")}
    assert list(rows) == ["SZGW", "J001", "J00101", "J002", "J009"]
    assert rows["J009"]["状态"] == "缺报" and rows["J001"]["状态"] == "已报"
    assert rows["J001"]["读入行"] == rows["J001"]["计入行"] + rows["J001"]["未计入行"]
    ws = load_workbook(path)["问题清单"]
    assert ws.auto_filter.ref
    head = int(ws.auto_filter.ref.split(":")[0].strip("A$"))
    listed = table(path, "问题清单", head)
    assert len(listed) == len(c.findings)
    assert any(r["代码"] == "U04" and "未报局" in r["问题"] for r in listed)
    over = next(r for r in listed if r["文件"] == "云岚.xlsx" and r["级别"] == "错误")
    assert over["位置"].startswith("组织生活!") and over["处理办法"]


def test_wrapped_texts_of_the_coverage_have_room(whole: tuple[Consolidation, Path]) -> None:
    """LibreOffice leaves a row one line high unless the file says more."""
    ws = load_workbook(whole[1])["报送情况"]
    for row in range(2, ws.max_row + 1):
        for cell in ws[row]:
            if isinstance(cell.value, str) and cell.alignment.wrap_text:
                lines = -(-display_width(cell.value) // int(ws.column_dimensions[cell.column_letter].width))
                assert ws.row_dimensions[row].height >= 13 * lines, cell.value


def test_front_page_accounts_for_everything(whole: tuple[Consolidation, Path]) -> None:
    c, path = whole
    ws = load_workbook(path)["封面"]
    cells = [cell.value for row in ws.iter_rows() for cell in row if cell.value is not None]
    assert f"云海市机关工委{YEAR}年党建工作台账汇总" in cells
    assert any("缺报单位：云海市未报局" in str(v) for v in cells)
    for n in (c.rows["read"], c.rows["counted"], c.rows["left_out"], 5, 4):
        assert n in cells
    links = [cell.hyperlink for row in ws.iter_rows() for cell in row if cell.hyperlink]
    targets = {link.location.split("!")[0].strip("'") for link in links}
    visible = {s.title for s in load_workbook(path) if s.sheet_state == "visible"}
    assert targets == visible - {"封面"}


def test_reading_back_gives_the_same_figures(whole: tuple[Consolidation, Path]) -> None:
    c, path = whole
    source, top = open_source(CATALOG, path), c.figures_of("")
    assert (source.kind, source.expected, source.received, source.missing) == ("consolidated", 5, 4, ("云海市未报局",))
    different = {
        n: (f.state, f.value, source.figures[n].state, source.figures[n].value)
        for n, f in top.items()
        if (f.state, f.value, f.missing) != (s := source.figures[n], (s.state, s.value, s.missing))[1]
    }
    assert different == {}
    assert top["培养积极分子"].value == 1  # of a ledger whose rows stay below


def test_same_bytes_again(whole: tuple[Consolidation, Path], tmp_path: Path) -> None:
    write_consolidated(whole[0], tmp_path / "b.xlsx")
    assert (tmp_path / "b.xlsx").read_bytes() == whole[1].read_bytes()


def test_nothing_is_cut_at_the_row_limit(whole: tuple[Consolidation, Path], tmp_path: Path) -> None:
    write_consolidated(whole[0], tmp_path / "b.xlsx", rows_a_sheet=30)
    assert len(table(tmp_path / "b.xlsx", "组织生活")) == 5
    write_consolidated(whole[0], tmp_path / "c.xlsx", rows_a_sheet=22)
    found = [t for t in load_workbook(tmp_path / "c.xlsx").sheetnames if t.startswith("问题清单")]
    assert len(found) == -(-len(whole[0].findings) // 2)


def test_ledger_continues_on_a_second_sheet(tmp_path: Path) -> None:
    rows = {"org": [org()], "orglife": [party_day(n % 12 + 1, topic=f"主题{n}") for n in range(70)]}
    (tmp_path / "in").mkdir()
    write(CATALOG, tmp_path / "in" / "a.xlsx", unit("J001", "云海市云岚局"), rows)
    c = aggregate(CATALOG, [tmp_path / "in"])
    write_consolidated(c, tmp_path / "b.xlsx", rows_a_sheet=40)
    first, second = table(tmp_path / "b.xlsx", "组织生活"), table(tmp_path / "b.xlsx", "组织生活_2")
    assert [r["主题议题"] for r in first + second] == [f"主题{n}" for n in range(70)]
    assert open_source(CATALOG, tmp_path / "b.xlsx").figures["主题党日_支部"].value == 70


def test_overview_names_known_indicators() -> None:
    said = overview()
    names = [*said["key_figures"], *(n for chart in said["charts"] for n in chart.get("indicators", ()))]
    assert [n for n in names if n not in CATALOG.indicators] == []


def test_odd_text_arrives_as_it_was(whole: tuple[Consolidation, Path], tmp_path: Path) -> None:
    odd = [" 前后空格 ", 'a<b & "c"', "_x0041_", "第一行\n第二行", "+1", "坏\x02字"]
    c = whole[0]
    first = next(s for s in c.submissions if s.unit["unit_id"] == "J001")
    rows = tuple(
        replace(r, values={**r.values, "topic": t}) for r, t in zip([*first.rows["orglife"]] * 2, odd, strict=False)
    )
    changed = replace(first, rows={**first.rows, "orglife": rows})
    write_consolidated(replace(c, submissions=(changed,)), tmp_path / "b.xlsx")
    book = CalamineWorkbook.from_path(tmp_path / "b.xlsx")
    sheet = book.get_sheet_by_name("组织生活").to_python()
    at = sheet[0].index("主题议题")
    assert [row[at] for row in sheet[1:]] == [*odd[:5], "坏字"]


def test_split_ledgers_are_read_back_whole(whole: tuple[Consolidation, Path], tmp_path: Path) -> None:
    write_consolidated(whole[0], tmp_path / "b.xlsx", rows_a_sheet=22)
    rows = {"org": [org()], "orglife": [party_day(n % 12 + 1, topic=f"主题{n}") for n in range(70)]}
    book = write(CATALOG, tmp_path / "局.xlsx", unit("J009", "云海市未报局", "SZGW"), rows)
    climbed = aggregate(CATALOG, [tmp_path / "b.xlsx", book])
    write_consolidated(climbed, tmp_path / "c.xlsx", rows_a_sheet=22)
    titles = load_workbook(tmp_path / "c.xlsx").sheetnames
    assert [t for t in titles if t.startswith("组织生活")] == ["组织生活", "组织生活_2", "组织生活_3", "组织生活_4"]
    again = aggregate(CATALOG, [tmp_path / "c.xlsx"])
    assert again.rows == climbed.rows
    assert {n: (f.value, f.state) for n, f in again.figures.items()} == {
        n: (f.value, f.state) for n, f in climbed.figures.items()
    }


def test_parquet_holds_every_row_typed(whole: tuple[Consolidation, Path], tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    made = write_parquet(whole[0], tmp_path / "表")
    ledgers = {x.title for x in CATALOG.ledgers.values() if x.reported}
    assert {p.stem for p in made} == ledgers | {"指标汇总", "报送情况", "datapackage"}
    for path in [p for p in made if p.stem in ledgers]:
        found = parquet.read_table(path).to_pylist()
        wanted = table(whole[1], path.stem)
        assert len(found) == len(wanted)
        assert [r["来源行"] for r in found] == [r["来源行"] for r in wanted]
    life = parquet.read_table(tmp_path / "表" / "组织生活.parquet").to_pylist()
    assert [(r["日期"], r["是否计入"], r["实到人数"]) for r in life][:3] == [
        (date(YEAR, 1, 5), True, 5),
        (date(YEAR, 2, 5), True, 5),
        (date(YEAR, 3, 5), False, 5),
    ]
    visits = parquet.read_table(tmp_path / "表" / "为民服务.parquet").to_pylist()
    assert [(r["对象代码"], r["人数"]) for r in visits] == [(None, 2), ("H002", 8)]
    (tmp_path / "表" / "自己的.txt").write_text("x")
    with pytest.raises(CannotRun, match="已有文件"):
        write_parquet(whole[0], tmp_path / "表")
