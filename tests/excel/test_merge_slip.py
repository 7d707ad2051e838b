"""A return slip on its way back: whatever happened to it, the workbook gets exactly what was edited, or a reason."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet
from support.small_city import YEAR, org, party_day, unit, write
from support.soffice import through_libreoffice

from toolkit.errors import CannotRun
from toolkit.excel.changing.patch import patch
from toolkit.excel.changing.slip_sheets import original
from toolkit.excel.changing.slips import MergeReport, merge_slip, write_slip
from toolkit.excel.reading.read import read_book
from toolkit.model import Grid
from toolkit.standard.catalog import load_catalog
from toolkit.standard.sheets import REPORT
from toolkit.submissions.aggregate import aggregate
from toolkit.submissions.check import write_slips
from toolkit.submissions.reading import read_submission

CATALOG = load_catalog()
LIFE = "组织生活"
BAD = [
    party_day(1),
    party_day(2, due_n="约20", remark="  甲  ＝乙 "),
    party_day(3, due_n="3-5", topic="=1+1"),
    party_day(4, kind="主题党日活动"),
    party_day(5, src=None),
]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("book")
    return write(CATALOG, folder / "云岚.xlsx", unit("J001", "云海市云岚局"), {"org": [org()], "orglife": BAD})


@pytest.fixture
def slip(book: Path, tmp_path: Path) -> Path:
    path = tmp_path / "退回单.xlsx"
    assert write_slip(CATALOG, read_submission(CATALOG, book), path) == 4
    return path


def edit(slip: Path, change: Callable[[Worksheet], None]) -> Path:
    made = load_workbook(slip)
    change(made[LIFE])
    made.save(slip)
    return slip


def cell(ws: Worksheet, row: int, title: str) -> Any:
    """A cell of the slip by the workbook's row and the column's title."""
    ids = {str(ws.cell(r, 2).value).strip(): r for r in range(4, ws.max_row + 1)}
    return ws.cell(ids[str(row)], next(c.column for c in ws[3] if c.value == title))


def due(ws: Worksheet) -> None:
    for row in (6, 7):
        cell(ws, row, "应到人数").value = 5


def merged(slip: Path, book: Path, tmp_path: Path) -> MergeReport:
    return merge_slip(CATALOG, slip, book, tmp_path / "改.xlsx")


def told(report: MergeReport) -> tuple[list[str], str]:
    return [c.place.cell for c in report.changed], "\n".join(map(str, report.skipped))


# ------------------------------------------------------------------ kinds of files


def test_a_slip_saved_as_xls_goes_back(slip: Path, book: Path, tmp_path: Path) -> None:
    edit(slip, due)
    made = xlwt.Workbook()
    dates = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for ws in load_workbook(slip):
        sheet = made.add_sheet(ws.title)
        for row in ws.iter_rows():
            for c in row:
                if c.value is not None:
                    style = dates if isinstance(c.value, datetime) else xlwt.Style.default_style
                    sheet.write(c.row - 1, c.column - 1, c.value, style)
    made.save(str(tmp_path / "退回单.xls"))
    assert told(merged(tmp_path / "退回单.xls", book, tmp_path)) == (["G6", "G7"], "")


@pytest.mark.office
@pytest.mark.parametrize("form", ["ods", "xls", "xlsx"])
def test_a_slip_that_libreoffice_saved_comes_back_as_it_was(slip: Path, book: Path, tmp_path: Path, form: str) -> None:
    mended = shutil.copy(slip, tmp_path / "改好.xlsx")
    saved = through_libreoffice([slip, edit(mended, due)], tmp_path / "saved", form)
    assert merged(saved[slip], book, tmp_path) == MergeReport((), ())
    assert told(merged(saved[mended], book, tmp_path)) == (["G6", "G7"], "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (r"<fill>", "<fill/><fill>"),
        (r"<fonts[^>]*>.*</fonts>", '<fonts count="0"/>'),
        (r"<cellStyles.*</cellStyles>", "<cellStyles/>"),
        (r"<cellXfs count=", "<!-- x --><cellXfs count="),
        (r"</styleSheet>", '<dxfs count="7"><dxf><fill/></dxf><unknown/></dxfs></styleSheet>'),
    ],
)
def test_odd_styles_do_not_matter(slip: Path, book: Path, tmp_path: Path, before: str, after: str) -> None:
    edit(slip, due)
    odd = tmp_path / "odd.xlsx"
    with zipfile.ZipFile(slip) as a, zipfile.ZipFile(odd, "w") as b:
        for name in a.namelist():
            text = a.read(name)
            if name == "xl/styles.xml":
                text = re.sub(before, after, text.decode(), count=1, flags=re.DOTALL).encode()
                assert text != a.read(name)
            b.writestr(name, text)
    assert told(merged(odd, book, tmp_path)) == (["G6", "G7"], "")


# --------------------------------------------------------------- what people do to a slip


@pytest.mark.parametrize("typed", ["6", "6 ", "６", "6.0", " 6", 6.0])
def test_a_row_number_typed_as_text_is_that_row(slip: Path, book: Path, tmp_path: Path, typed: Any) -> None:
    def change(ws: Worksheet) -> None:
        due(ws)
        ws.cell(4, 2).value = typed

    assert told(merged(edit(slip, change), book, tmp_path)) == (["G6", "G7"], "")


@pytest.mark.parametrize("typed", ["第六行", None, 0, -6, 6.5, True, "6、7"])
def test_a_row_number_that_is_none_is_refused(slip: Path, book: Path, tmp_path: Path, typed: Any) -> None:
    def change(ws: Worksheet) -> None:
        due(ws)
        ws.cell(4, 2).value = typed

    changed, skipped = told(merged(edit(slip, change), book, tmp_path))
    assert changed == ["G7"] and f"{LIFE}!B4" in skipped and "行号" in skipped


def test_a_row_number_that_stands_twice_is_refused_at_both(slip: Path, book: Path, tmp_path: Path) -> None:
    def change(ws: Worksheet) -> None:
        due(ws)
        ws.cell(5, 2).value = "6"

    report = merged(edit(slip, change), book, tmp_path)
    assert report.changed == () and [s.place.cell for s in report.skipped] == ["B4", "B5"]
    assert not (tmp_path / "改.xlsx").exists()


def test_merged_cells_are_refused_with_their_place(slip: Path, book: Path, tmp_path: Path) -> None:
    def change(ws: Worksheet) -> None:
        due(ws)
        cell(ws, 8, "类型").value = "主题党日"
        ws.merge_cells("J4:J5")

    changed, skipped = told(merged(edit(slip, change), book, tmp_path))
    assert changed == ["C8"] and skipped.count("J4:J5") == 2


def test_struck_out_text_is_refused(slip: Path, book: Path, tmp_path: Path) -> None:
    def change(ws: Worksheet) -> None:
        due(ws)
        cell(ws, 6, "备注").value = "作废"
        cell(ws, 6, "备注").font = Font(strike=True)

    changed, skipped = told(merged(edit(slip, change), book, tmp_path))
    assert changed == ["G7"] and "删除线" in skipped


def test_hidden_rows_go_back_and_are_mentioned(slip: Path, book: Path, tmp_path: Path) -> None:
    def change(ws: Worksheet) -> None:
        due(ws)
        ws.row_dimensions[4].hidden = True

    report = merged(edit(slip, change), book, tmp_path)
    assert told(report) == (["G6", "G7"], "") and "第4行被隐藏" in report.notes[0]


def test_sorted_rows_and_new_columns_do_not_matter(slip: Path, book: Path, tmp_path: Path) -> None:
    def change(ws: Worksheet) -> None:
        due(ws)
        lines = [[c.value for c in row] for row in ws.iter_rows(4, 7)]
        for r, line in enumerate(reversed(lines), 4):
            for c, v in enumerate(line, 1):
                ws.cell(r, c).value = v
                if isinstance(v, str):
                    ws.cell(r, c).data_type = "s"  # openpyxl takes =1+1 for a formula
        ws.delete_rows(4)
        ws.insert_cols(6)
        ws.cell(3, 6).value = "我的说明"
        ws.cell(5, 6).value = "已改"

    report = merged(edit(slip, change), book, tmp_path)
    assert told(report) == (["G7", "G6"], "") and "F5" in report.notes[0]


@pytest.mark.parametrize("title", ["应到数", "甲", None])
def test_a_changed_head_is_refused(slip: Path, book: Path, tmp_path: Path, title: str | None) -> None:
    def change(ws: Worksheet) -> None:
        due(ws)
        next(c for c in ws[3] if c.value == "应到人数").value = title

    report = merged(edit(slip, change), book, tmp_path)
    assert report.changed == () and "应到人数" in str(report.skipped[0]) and "表头" in str(report.skipped[0])
    assert not (tmp_path / "改.xlsx").exists()


@pytest.mark.parametrize("name", ["组织生活 ", "组织 生活", "　组织生活"])
def test_spaces_in_the_name_of_the_sheet_do_not_matter(slip: Path, book: Path, tmp_path: Path, name: str) -> None:
    def change(ws: Worksheet) -> None:
        due(ws)
        ws.title = name

    assert told(merged(edit(slip, change), book, tmp_path)) == (["G6", "G7"], "")


@pytest.mark.parametrize("name", ["组织生活 (2)", "Sheet1", "组织生活改"])
def test_a_sheet_with_another_name_is_an_error(slip: Path, book: Path, tmp_path: Path, name: str) -> None:
    def change(ws: Worksheet) -> None:
        due(ws)
        ws.title = name

    report = merged(edit(slip, change), book, tmp_path)
    assert report.changed == () and name in str(report.skipped[0])
    assert not (tmp_path / "改.xlsx").exists()


def test_computed_and_missing_columns_take_no_edits(tmp_path: Path) -> None:
    rows = {"org": [org(full_n="五")]}
    book = write(CATALOG, tmp_path / "a.xlsx", unit("J001", "云海市云岚局"), rows)
    slip = tmp_path / "s.xlsx"
    write_slip(CATALOG, read_submission(CATALOG, book), slip)
    made = load_workbook(slip)
    ws = made["党组织"]
    cell(ws, 5, "正式党员数").value = 5
    cell(ws, 5, "届满日").value = date(YEAR, 1, 1)
    made.save(slip)
    report = merged(slip, book, tmp_path)
    assert report.changed == () and "届满日" in str(report.skipped[0])


def test_two_numbers_in_a_cell_are_never_joined(slip: Path, book: Path, tmp_path: Path) -> None:
    def change(ws: Worksheet) -> None:
        cell(ws, 6, "应到人数").value = "12 15"
        cell(ws, 7, "应到人数").value = "12\n15"

    report = merged(edit(slip, change), book, tmp_path)
    assert report.changed == () and all("[C02]" in str(s) for s in report.skipped)
    assert f"{LIFE}!G6" in str(report.skipped[0])


def test_a_slip_that_was_merged_before_changes_nothing(slip: Path, book: Path, tmp_path: Path) -> None:
    def change(ws: Worksheet) -> None:
        cell(ws, 6, "应到人数").value = "20人"
        cell(ws, 8, "日期").value = "4月6日"

    merged(edit(slip, change), book, tmp_path)
    again = merge_slip(CATALOG, slip, tmp_path / "改.xlsx", tmp_path / "再.xlsx")
    assert again == MergeReport((), ())
    assert (tmp_path / "再.xlsx").read_bytes() == (tmp_path / "改.xlsx").read_bytes()


def test_a_slip_of_another_unit_is_refused_although_the_hidden_sheet_names_none(tmp_path: Path, slip: Path) -> None:
    other = write(CATALOG, tmp_path / "b.xlsx", unit("J002", "云海市青禾局"), {"org": [org()], "orglife": BAD})
    patch(other, tmp_path / "c.xlsx", {"_标准": {(4, 2): None}})
    with pytest.raises(CannotRun, match="单位编码"):
        merged(slip, tmp_path / "c.xlsx", tmp_path)


def test_a_1904_slip_and_a_1904_workbook_keep_their_dates(slip: Path, book: Path, tmp_path: Path) -> None:
    def change(ws: Worksheet) -> None:
        due(ws)
        cell(ws, 8, "日期").value = date(YEAR, 4, 9)

    def from_1904(path: Path) -> Path:
        made = load_workbook(path)
        made.epoch = datetime(1904, 1, 1)
        made.save(path.with_stem(f"{path.stem}_1904"))
        return path.with_stem(f"{path.stem}_1904")

    edit(slip, change)
    shutil.copy(book, tmp_path / "b.xlsx")
    for s, b in ((from_1904(slip), book), (slip, from_1904(tmp_path / "b.xlsx"))):
        assert told(merged(s, b, tmp_path)) == (["G6", "G7", "B8"], "")
        rows = read_submission(CATALOG, tmp_path / "改.xlsx").rows["orglife"]
        assert [r.values["date"].month for r in rows] == [1, 2, 3, 4, 5] and rows[3].values["date"].day == 9


ODD = {
    "记录编号": " 甲  乙 ",
    "日期": 46000.25,
    "主题议题": "_x0041_x0042_ 和 _x000D_",
    "地点": "甲\r\n乙\n",
    "主持人": True,
    "记录人": datetime(YEAR, 3, 1, 9, 30),
    "应到人数": 0.1 + 0.2,
    "实到人数": "#REF!",
    "请假人数": 0.95,
    "缺席原因": date(YEAR, 3, 2),
    "列席": "",
    "备注": "'=1+1",
    "授课人身份": -1.5e-7,
}


def test_no_content_of_a_cell_looks_edited_on_a_slip_that_nobody_touched(book: Path, tmp_path: Path) -> None:
    made = load_workbook(book)
    ws = made[LIFE]
    for c in ws[3]:
        if c.value in ODD:
            at = ws.cell(6, c.column)
            at.value, at.number_format = ODD[c.value], "General"
            if isinstance(ODD[c.value], date):
                at.number_format = "yyyy/m/d h:mm" if isinstance(ODD[c.value], datetime) else "yyyy/m/d"
            if c.value == "请假人数":
                at.number_format = "0%"
            if c.value == "列席":
                at.value, at.data_type = "长" * 32_767, "s"
    made.save(tmp_path / "b.xlsx")
    assert write_slip(CATALOG, read_submission(CATALOG, tmp_path / "b.xlsx"), tmp_path / "s.xlsx")
    assert merged(tmp_path / "s.xlsx", tmp_path / "b.xlsx", tmp_path) == MergeReport((), ())
    read = read_book(tmp_path / "s.xlsx").grids[LIFE].cells
    assert read[3][read[2].index("请假人数")] == "95%"


def test_a_workbook_whose_sheets_have_spaces_in_their_names(tmp_path: Path) -> None:
    rows = {"org": [org(full_n="五个")], "orglife": [party_day(1), party_day(2, due_n="约20")]}
    book = write(CATALOG, tmp_path / "a.xlsx", unit("J001", "云海市云岚局"), rows)
    made = load_workbook(book)
    made["党组织"].title, made[LIFE].title = "党组织 ", " 组织生活"
    made.save(book)
    slip = tmp_path / "s.xlsx"
    assert write_slip(CATALOG, read_submission(CATALOG, book), slip) == 2
    made = load_workbook(slip)
    cell(made["党组织"], 5, "正式党员数").value = 5
    cell(made[LIFE], 6, "应到人数").value = 5
    made.save(slip)
    report = merged(slip, book, tmp_path)
    assert [str(c.place) for c in report.changed] == ["党组织 !E5", " 组织生活!G6"] and report.skipped == ()
    assert not [f for f in read_submission(CATALOG, tmp_path / "改.xlsx").findings if f.is_error]


def test_a_slip_of_a_workbook_that_changed_since_it_was_checked_is_not_written(book: Path, tmp_path: Path) -> None:
    shutil.copy(book, tmp_path / "b.xlsx")
    read = read_submission(CATALOG, tmp_path / "b.xlsx")
    patch(book, tmp_path / "c.xlsx", {LIFE: {(6, 6): "别的"}})
    shutil.copy(tmp_path / "c.xlsx", tmp_path / "b.xlsx")
    with pytest.raises(CannotRun, match="又改过"):
        write_slip(CATALOG, read, tmp_path / "s.xlsx")
    assert not (tmp_path / "s.xlsx").exists()


def test_rows_of_a_slip_are_never_higher_than_excel_allows(tmp_path: Path) -> None:
    wrong = {f.name: "长长的错误内容" * 20 for f in CATALOG.ledgers["org"].fields if not f.calc}
    rows = {"org": [org(), org("DZ002", **{**wrong, "org_id": "DZ002", "status": "草稿"})]}
    path = write(CATALOG, tmp_path / "a.xlsx", unit("J001", "云海市云岚局"), rows)
    slip = tmp_path / "s.xlsx"
    assert write_slip(CATALOG, read_submission(CATALOG, path), slip) == 1
    ws = load_workbook(slip)["党组织"]
    assert 20 <= ws.row_dimensions[4].height <= 409
    assert ws["A3"].value == "问题与处理" and "这一行有" in ws["A4"].value
    coloured = [c for c in ws[4] if c.fill.fgColor.rgb == "FFF8D5D0"]
    assert len(coloured) >= 10 and all(c.comment for c in coloured)


# --------------------------------------------------------------------- the replacement


def test_the_mended_workbook_replaces_the_old_one(slip: Path, book: Path, tmp_path: Path) -> None:
    def change(ws: Worksheet) -> None:
        due(ws)
        cell(ws, 8, "类型").value = "主题党日"
        cell(ws, 9, "佐证材料").value = "签到表"

    sent = tmp_path / "报送件"
    sent.mkdir()
    (sent / "云岚.xlsx").write_bytes(book.read_bytes())
    report = merge_slip(CATALOG, edit(slip, change), book, sent / "云岚_已更正.xlsx")
    assert report.revision == 1
    c = aggregate(CATALOG, [sent], jobs=1)
    assert c.counts["实报"] == 1 and c.rows == {"read": 6, "counted": 6, "left_out": 0}
    assert {"U01", "U06"} <= {f.code for f in c.findings} and "U02" not in {f.code for f in c.findings}


def test_a_front_page_that_cannot_tell_old_from_new_is_refused(slip: Path, book: Path, tmp_path: Path) -> None:
    ws = load_workbook(book)["封面"]
    row = next(c.row for (c,) in ws.iter_rows(max_col=1) if c.value == "更正次数")
    for value in ("多次", 99):
        patch(book, tmp_path / "b.xlsx", {"封面": {(row, 2): value}})
        with pytest.raises(CannotRun, match=f"封面!B{row}.*更正次数"):
            merged(edit(slip, due), tmp_path / "b.xlsx", tmp_path)


# ------------------------------------------------------------------------- names of slips


def test_every_workbook_gets_its_own_slip(tmp_path: Path) -> None:
    paths = []
    for folder, code in (("x", "J001"), ("y", "J002"), ("z", "J002")):
        (tmp_path / folder).mkdir()
        rows = {"org": [org()], "orglife": BAD}
        paths.append(write(CATALOG, tmp_path / folder / "党建台账.xlsx", unit(code, f"云海市{code}局"), rows))
    read = [read_submission(CATALOG, p) for p in paths]
    made = write_slips(CATALOG, read, tmp_path / "退回")
    assert [p.name for p in made] == [
        "退回单_J001_党建台账.xlsx",
        "退回单_J002_党建台账.xlsx",
        "退回单_J002_党建台账_2.xlsx",
    ]
    assert write_slips(CATALOG, read, tmp_path / "退回") == made  # the same slips, not new ones
    edit(made[0], due)
    mended = made[0].read_bytes()
    again = write_slips(CATALOG, read[:1], tmp_path / "退回")
    assert [p.name for p in again] == ["退回单_J001_党建台账_2.xlsx"] and made[0].read_bytes() == mended


@pytest.mark.parametrize("code", ["../../x", "A/B", 'A"B<>|', "", None, "长" * 300])
def test_a_code_from_a_cell_is_never_a_path(tmp_path: Path, code: str | None) -> None:
    path = write(CATALOG, tmp_path / "a.xlsx", unit("J001", "云海市云岚局"), {"org": [org()], "orglife": BAD})
    ws = load_workbook(path)["封面"]
    row = next(c.row for (c,) in ws.iter_rows(max_col=1) if c.value == "单位编码")
    patch(path, tmp_path / "b.xlsx", {"封面": {(row, 2): code}})
    made = write_slips(CATALOG, [read_submission(CATALOG, tmp_path / "b.xlsx")], tmp_path / "退回")
    assert len(made) == 1 and made[0].parent == tmp_path / "退回" and made[0].exists()


# -------------------------------------------------------------------------- any edits


def grids(path: Path) -> dict[tuple[str, int, int], Any]:
    return {
        (title, r, c): v
        for title, grid in read_book(path).grids.items()
        for r, row in enumerate(grid.cells, 1)
        for c, v in enumerate(row, 1)
        if v is not None
    }


TYPED: dict[str, st.SearchStrategy[Any]] = {
    "主题议题": st.sampled_from(["新主题", "=1+1", "a & b < c", "-1"]),
    "应到人数": st.one_of(st.integers(0, 99), st.sampled_from(["12 15", "约5", "7", "8人", None])),
    "实到人数": st.integers(0, 99),
    "日期": st.one_of(st.dates(date(YEAR, 1, 1), date(YEAR, 12, 1)), st.sampled_from(["5月", "2026-05-10"])),
    "类型": st.sampled_from(["主题党日", "党课", "没有的"]),
    "备注": st.sampled_from(["见附件", "0012", None]),
    "佐证材料": st.sampled_from(["签到表", "照片", None]),
}
EDITS = st.dictionaries(
    st.tuples(st.sampled_from([6, 7, 8, 9]), st.sampled_from(sorted(TYPED))), st.none(), max_size=8
).flatmap(lambda chosen: st.fixed_dictionaries({key: TYPED[key[1]] for key in chosen}))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDITS)
def test_exactly_the_edited_cells_change_or_the_row_is_refused(
    book: Path, tmp_path_factory: pytest.TempPathFactory, edits: dict[tuple[int, str], Any]
) -> None:
    folder = tmp_path_factory.mktemp("edits")
    slip, out = folder / "退回单.xlsx", folder / "改.xlsx"
    write_slip(CATALOG, read_submission(CATALOG, book), slip)
    before: dict[tuple[int, str], Any] = {}

    def change(ws: Worksheet) -> None:
        for (row, title), value in edits.items():
            at = cell(ws, row, title)
            before[row, title] = at.value
            at.value = value
            if isinstance(value, str):
                at.data_type = "s"

    report = merge_slip(CATALOG, edit(slip, change), book, out)
    refused = {s.row for s in report.skipped}
    old, new = grids(book), grids(out) if out.exists() else grids(book)
    differ = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    assert {k[1:] for k in differ if k[0] == LIFE} == {(c.place.row, c.place.column) for c in report.changed}
    others = [k for k in differ if k[0] not in (LIFE, REPORT)]  # 报送表 has no results until it is calculated anew
    assert len(others) == bool(report.changed)  # 更正次数
    expected = {key for key, value in edits.items() if _plain(value) != _plain(before[key]) and key[0] not in refused}
    assert {(c.place.row, c.field) for c in report.changed} == expected
    for c in report.changed:
        typed, written = edits[c.place.row, c.field], new.get((LIFE, c.place.row, c.place.column))
        if isinstance(typed, (int, date)) or typed is None or c.field in ("主题议题", "备注", "佐证材料"):
            assert written == typed


def _plain(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value


def test_a_slip_of_an_earlier_standard_knows_its_rows_although_the_fields_stand_in_another_order() -> None:
    ledger = CATALOG.ledgers["orglife"]
    grid = Grid("组织生活", [["读书会", "会议室"]])
    for order in (("topic", "place"), ("place", "topic")):
        cells = original(grid, ledger, {name: n for n, name in enumerate(order, 1)}, 1)
        assert list(cells.items()) == list(zip(order, grid.cells[0], strict=True))
