"""Each member of the engine for LibreOffice that the macros use, by xlwings' public API alone."""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwings as xw
from support.desk import Desk, need_desk
from support.screen import PUSH_BUTTON, Screen, below

from toolkit.buttons.libreoffice import engine
from toolkit.buttons.libreoffice.bridge.connection import component_context
from toolkit.buttons.libreoffice.bridge.load import check_version, load_uno
from toolkit.buttons.libreoffice.bridge.syntax import to_calc, to_excel
from toolkit.buttons.open_book import read_live, write_cells
from toolkit.errors import CannotRun
from toolkit.excel.reading.read import read_book
from toolkit.model import column_letters, column_number

office = pytest.mark.office
ROSE, AMBER = (255, 199, 206), (255, 235, 156)
HEAD = ["名称", "日期", "人数"]


def _workbook(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet, other = book.add_worksheet("台账 1"), book.add_worksheet("别的")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        rows = [["甲", dt.date(2026, 1, 5), 3], ["乙", dt.date(2026, 2, 6), None]]
        sheet.add_table("A2:C4", {"name": "tbl", "columns": [{"header": h} for h in HEAD]})
        for r, row in enumerate(rows, 2):
            for c, value in enumerate(row):
                sheet.write(r, c, value, day if c == 1 else None)
        sheet.write("A2", HEAD[0], book.add_format({"bold": True, "bg_color": "#FFEB9C"}))
        sheet.write_comment("A3", "自己的批注")
        other.write_url("A1", "internal:'台账 1'!B3", string="去看")
        other.write_boolean("A2", True)
        other.write_formula("A3", "='台账 1'!B3+1", day, 46028)
        other.write_formula("A4", "=NA()", None, "#N/A")
        book.define_name("起始", "='台账 1'!$B$3")


@pytest.fixture
def book(app: xw.App, tmp_path: Path) -> Iterator[xw.Book]:
    path = tmp_path / "市直 & 单位%1.xlsx"
    _workbook(path)
    opened = app.books.open(path)
    opened.set_mock_caller()
    yield xw.Book.caller()
    opened.close()


@pytest.fixture
def sheet(book: xw.Book) -> xw.Sheet:
    return book.sheets["台账 1"]


@pytest.fixture
def blank(book: xw.Book) -> xw.Sheet:
    return book.sheets.add("空白")


# ------------------------------------------------------------ application and books


@office
def test_the_engine_is_one_of_xlwings(app: xw.App) -> None:
    assert [e.name for e in xw.engines].count("libreoffice") == 1
    assert xw.engines.active.name == app.engine.name == "libreoffice"
    assert app.version.major >= 7
    assert app.visible and app.pid in [a.pid for a in xw.apps]


@office
def test_books_are_found_by_name_and_path(app: xw.App, book: xw.Book, tmp_path: Path) -> None:
    assert book.name == "市直 & 单位%1.xlsx"
    assert book.fullname == str(tmp_path / book.name)
    assert app.books[book.name] == app.books.active == xw.Book(book.fullname) == book
    assert len(app.books) == 1
    assert book.sheet_names == ["台账 1", "别的"]
    with pytest.raises(KeyError):
        app.books["没有.xlsx"]


@office
def test_a_document_is_found_by_its_number(app: xw.App, book: xw.Book) -> None:
    uid = book.api.RuntimeUID
    assert app.impl.books.by_uid(uid).fullname == book.fullname
    assert app.impl.books.by_uid("99999") is None


@office
def test_nobody_at_the_pipe_is_said_in_chinese() -> None:
    with pytest.raises(CannotRun, match="连接不上 LibreOffice"):
        component_context("pipe,name=nobody-listens-here", 0.1)


@office
def test_a_connection_dropped_while_it_is_made_is_made_again() -> None:
    met = []

    def drop(server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                met.append(server.accept()[0].close())

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=drop, args=(server,), daemon=True).start()
        with pytest.raises(CannotRun, match="连接不上 LibreOffice"):
            component_context(f"socket,host=127.0.0.1,port={server.getsockname()[1]}", 0.5)
    assert len(met) > 1


@office
def test_saving(app: xw.App, book: xw.Book, sheet: xw.Sheet, tmp_path: Path) -> None:
    sheet["C4"].value = 8
    book.save()
    assert openpyxl.load_workbook(book.fullname)["台账 1"]["C4"].value == 8
    book.save(tmp_path / "另存.ods")
    assert book.name == "另存.ods" and (tmp_path / "另存.ods").exists()
    with pytest.raises(CannotRun, match="文件名应以"):
        book.save(tmp_path / "另存.doc")


@office
def test_a_new_book_has_no_place_yet(app: xw.App) -> None:
    new = app.books.add()
    try:
        assert not Path(new.fullname).is_absolute()
        with pytest.raises(CannotRun, match="另存为"):
            new.save()
    finally:
        new.close()


@office
def test_calculation_and_screen(app: xw.App, book: xw.Book, blank: xw.Sheet) -> None:
    assert app.screen_updating
    app.screen_updating = False
    assert not app.screen_updating and book.api.hasControllersLocked()
    app.screen_updating = True
    assert app.screen_updating and not book.api.hasControllersLocked()
    app.calculation = "manual"
    assert app.calculation == "manual"
    blank["A1"].value = [[2], ["=A1*2"]]
    app.calculation = "automatic"
    app.calculate()
    assert blank["A2"].value == 4
    app.display_alerts = False
    assert app.display_alerts is False


@office
def test_status_bar_and_what_is_left_of_it(app: xw.App, book: xw.Book) -> None:
    assert app.status_bar is False
    app.status_bar = "正在校验……"
    assert app.status_bar == "正在校验……"
    app.status_bar = "校验完成"
    app.screen_updating = False
    assert engine.release() == "校验完成"
    assert app.status_bar is False and app.screen_updating
    assert engine.release() == ""


# ------------------------------------------------------------ sheets


@office
def test_sheets(book: xw.Book, sheet: xw.Sheet) -> None:
    added = book.sheets.add("校验结果", after=sheet)
    assert book.sheet_names == ["台账 1", "校验结果", "别的"]
    assert book.sheets.active == added and added.index == 2
    assert book.sheets.add("最前", before=sheet).index == 1
    assert book.sheets.add().name == "Sheet1"
    with pytest.raises(ValueError, match="already present"):
        book.sheets.add("校验结果")
    sheet.activate()
    assert book.sheets.active.name == "台账 1" and book.sheets[-1].name == "别的"
    added.visible = False
    assert not added.visible and sheet.visible
    added.name = "结果"
    assert book.sheets["结果"].name == "结果" and "校验结果" not in book.sheet_names
    book.sheets["结果"].delete()
    assert "结果" not in book.sheet_names and "结果" not in book.sheets
    again = book.sheets.add("结果")
    assert again["A1"].value is None


@office
def test_used_range(book: xw.Book, sheet: xw.Sheet, blank: xw.Sheet) -> None:
    assert sheet.used_range.address == "$A$2:$C$4"
    assert sheet.used_range.last_cell.address == "$C$4"
    assert blank.used_range.address == "$A$1"


@office
def test_frozen_panes_and_selection(app: xw.App, blank: xw.Sheet) -> None:
    blank.freeze_panes.freeze_at("A1:B3")
    window = blank.book.api.CurrentController
    assert (window.SplitColumn, window.SplitRow) == (2, 3)
    blank.freeze_panes.freeze_at("2:2")
    assert (window.SplitColumn, window.SplitRow) == (0, 2)
    blank.freeze_panes.unfreeze()
    assert not window.hasFrozenPanes()
    blank["C5"].select()
    assert app.selection.address == "$C$5"


# ------------------------------------------------------------ values


@office
def test_values_come_with_their_types(book: xw.Book, sheet: xw.Sheet) -> None:
    assert sheet["A2:C4"].value == [
        HEAD,
        ["甲", dt.datetime(2026, 1, 5), 3.0],
        ["乙", dt.datetime(2026, 2, 6), None],
    ]
    other = book.sheets["别的"]
    assert other["A2"].value is True
    assert other["A3"].value == dt.datetime(2026, 1, 6)
    assert other["A4"].value is None
    assert other["A4"].options(err_to_str=True).value == "#N/A"
    assert sheet["C3"].options(numbers=int).value == 3
    assert sheet["B3"].options(dates=dt.date).value == dt.date(2026, 1, 5)
    assert sheet["C4"].options(empty="").value == ""


@office
def test_values_written_come_back(blank: xw.Sheet) -> None:
    written = [
        [1, 2.5, Decimal("3.25"), True, False],
        ["文字", None, dt.date(2026, 5, 6), dt.datetime(2026, 5, 6, 7, 8, 9), ""],
    ]
    blank["B2"].value = written
    assert blank["B2:F3"].value == [
        [1.0, 2.5, 3.25, True, False],
        ["文字", None, dt.datetime(2026, 5, 6), dt.datetime(2026, 5, 6, 7, 8, 9), None],
    ]
    blank["B2:C2"].value = None
    assert blank["B2:C2"].value == [None, None]
    blank["H1:H3"].value = 7
    assert blank["H1:H3"].value == [7.0, 7.0, 7.0]
    blank["J1"].options(transpose=True).value = [1, 2]
    assert blank["J1:J2"].options(ndim=2).value == [[1.0], [2.0]]
    with pytest.raises(TypeError, match="cannot hold object"):
        blank["A1"].value = object()


@office
def test_a_date_keeps_the_format_of_its_cell(blank: xw.Sheet) -> None:
    blank["A1:A2"].number_format = "yyyy-mm"
    blank["A1:A3"].value = [[dt.date(2026, 5, 6)]] * 3
    assert blank["A1"].number_format.lower() == "yyyy-mm" != blank["A3"].number_format.lower()
    assert blank["A3"].value == dt.datetime(2026, 5, 6)


@office
def test_mixed_columns_of_dates_and_numbers(blank: xw.Sheet) -> None:
    mixed = [[dt.datetime(2026, 1, n)] if n % 3 else [float(n)] for n in range(1, 25)]
    blank["A1"].value = mixed
    blank["B1"].value = [["=A1"], [True], [1], [0], [False]]
    assert blank["A1:A24"].options(ndim=2).value == mixed
    assert blank["B2:B5"].value == [True, 1.0, 0.0, False]
    assert blank["B1"].value == dt.datetime(2026, 1, 1)


@office
def test_text_that_looks_like_a_formula_or_number(blank: xw.Sheet) -> None:
    blank["A1"].value = [["'=1+1"], ["=1+1"], ["00123"], ["="]]
    assert blank["A1:A4"].value == ["=1+1", 2.0, "00123", "="]
    blank["B1:B2"].number_format = "@"
    blank["B1"].value = [["=1+1"], ["=HYPERLINK(1)"], ["=1+2"]]
    assert blank["B1:B3"].value == ["=1+1", "=HYPERLINK(1)", 3.0]
    assert blank["B1"].formula == "'=1+1" or blank["B1"].formula == "=1+1"


@office
def test_typed_values_are_written_for_what_they_are(book: xw.Book, blank: xw.Sheet) -> None:
    blank["A1:A6"].number_format = "@"
    typed = [dt.date(2026, 5, 6), 12, Decimal("1.5"), True, ("甲", "乙"), "=1+1"]
    write_cells(book, {"空白": {(n, 1): v for n, v in enumerate(typed, 1)}})
    assert blank["A1:A6"].value == [dt.datetime(2026, 5, 6), 12.0, 1.5, "是", "甲；乙", "=1+1"]


@office
def test_writing_keeps_notes_and_fills(sheet: xw.Sheet) -> None:
    sheet["A2:C4"].value = [["新名", 1, 2], ["丙", None, 3], ["=1+1", "文", None]]
    assert sheet["A2:C4"].value == [["新名", 1, 2], ["丙", None, 3], [2, "文", None]]
    for value in (5, None, "=2+3", "文"):
        sheet["A3"].value = value
        assert sheet["A3"].value == (5 if value == "=2+3" else value)
    sheet["A2:A4"].formula = [["x"], ["=C3"], ["7"]]
    assert sheet["A2:A4"].value == ["x", 3, 7]
    assert sheet["A3"].note.text == "自己的批注" and len(sheet.notes) == 1
    assert sheet["A2"].color == AMBER and sheet["A2"].font.bold


@office
def test_formulas_are_written_and_read_as_in_excel(book: xw.Book, blank: xw.Sheet) -> None:
    formulas = [["='台账 1'!C3+1"], ['=IF(A1>3,"是;否,","x!y")'], ["=SUM({1,2;3,4},A1)"], ["=SUM('台账 1'!C3:C4,1)"]]
    blank["A1"].formula = formulas
    assert blank["A1:A4"].value == [4.0, "是;否,", 14.0, 4.0]
    assert blank["A1:A4"].formula == tuple(tuple(f) for f in formulas)
    assert blank["A1"].formula == formulas[0][0]
    blank["B1:B3"].formula = [["12"], [3.5], [None]]
    assert blank["B1:B3"].value == [12.0, 3.5, None]
    column = blank["A1:B3"].options(ndim=2)
    column.formula = column.formula
    assert blank["B1:B2"].value == [12.0, 3.5] and blank["A2"].value == "是;否,"
    with pytest.raises(NotImplementedError):
        blank["D1:D3"].value = "=A1"


@office
def test_ranges_by_every_kind_of_address(book: xw.Book, sheet: xw.Sheet) -> None:
    assert sheet[0, 0].address == sheet.range((1, 1)).address == sheet.range("$A$1").address == "$A$1"
    assert sheet.range((2, 1), (4, 3)).address == sheet["A2:C4"].address == sheet["C4:A2"].address == "$A$2:$C$4"
    assert sheet.range("tbl").address == "$A$2:$C$4" and sheet["起始"].value == dt.datetime(2026, 1, 5)
    assert sheet["B:C"].shape == (1_048_576, 2) and sheet["2:3"].shape == (2, 16_384)
    assert sheet["A2:C4"][1, 2].get_address(False, False) == "C3"
    assert sheet["A2:C4"].columns[1].address == "$B$2:$B$4" and sheet["A2:C4"].rows[0].value == HEAD
    assert sheet["A2"].offset(1, 1).resize(2, 2).address == "$B$3:$C$4"
    assert [c.value for c in sheet["A3:A4"]] == ["甲", "乙"] and len(sheet["A2:C4"]) == 9
    assert sheet["A2"] == book.sheets["台账 1"]["A2"] and sheet["A2"].sheet == sheet
    assert (sheet["B3"].row, sheet["B3"].column) == (3, 2)
    assert sheet["B3"].get_address(external=True) == "'[市直 & 单位%1.xlsx]台账 1'!$B$3"
    for wrong in ("没有", "A0", "1", "A", "A1:"):
        with pytest.raises((ValueError, IndexError)):
            sheet.range(wrong).value  # noqa: B018
    with pytest.raises(IndexError):
        sheet.range((0, 1))


# ------------------------------------------------------------ looks


@office
def test_fills(sheet: xw.Sheet, blank: xw.Sheet) -> None:
    assert sheet["A2"].color == AMBER and sheet["A3"].color is None
    sheet["A3"].color = ROSE
    assert sheet["A3"].color == ROSE and sheet["A4"].color is None
    sheet["A3"].color = None
    assert sheet["A3"].color is None
    blank["A1:B2"].color = "#FFC7CE"
    assert blank["B2"].color == ROSE
    blank["C1,E5:E6"].color = AMBER
    assert [blank[a].color for a in ("C1", "D1", "E5", "E6")] == [AMBER, None, AMBER, AMBER]
    blank["A1:B2"].set_colors([[AMBER, ...], [None, ROSE]])
    assert [c.color for c in blank["A1:B2"]] == [AMBER, ROSE, None, ROSE]


@office
def test_letters_and_alignment(blank: xw.Sheet) -> None:
    cell = blank["A1"]
    assert not cell.font.bold and not cell.font.italic
    cell.font.bold = cell.font.italic = True
    cell.font.size, cell.font.name, cell.font.color = 14, "SimSun", (192, 0, 0)
    assert cell.font.bold and cell.font.italic
    assert (cell.font.size, cell.font.name, cell.font.color) == (14, "SimSun", (192, 0, 0))
    cell.font.bold = False
    assert not cell.font.bold
    assert (cell.horizontal_alignment, cell.vertical_alignment) == ("general", "bottom")  # as in a new workbook
    cell.wrap_text, cell.horizontal_alignment, cell.vertical_alignment = True, "center", "top"
    assert (cell.wrap_text, cell.horizontal_alignment, cell.vertical_alignment) == (True, "center", "top")
    cell.number_format = "0.00%"
    assert cell.number_format == "0.00%" and blank["A2"].number_format == "General"


@office
def test_widths_and_heights(blank: xw.Sheet) -> None:
    blank["B1:C1"].column_width = 44
    assert blank["C9"].column_width == pytest.approx(44, abs=0.2) != blank["D1"].column_width
    blank["A3"].row_height = 30
    assert blank["B3"].row_height == pytest.approx(30, abs=0.2)
    blank["A1"].value = "很长的一段文字" * 10
    before = blank["A1"].column_width
    blank.autofit("c")
    assert blank["A1"].column_width > before
    blank["A3"].rows.autofit()
    assert blank["A3"].row_height < 30


@office
def test_clearing(sheet: xw.Sheet, blank: xw.Sheet) -> None:
    sheet["A2"].clear_contents()
    assert sheet["A2"].value is None and sheet["A2"].color == AMBER
    sheet["A3"].color = ROSE
    sheet["A3"].clear_formats()
    assert sheet["A3"].color is None and sheet["A3"].value == "甲" and sheet["A3"].note is not None
    sheet["A3"].clear()
    assert sheet["A3"].value is None and sheet["A3"].note is None
    blank["B2:C3"].value = 5
    blank["B2"].color = ROSE
    blank.clear_contents()
    assert blank["B2:C3"].value == [[None, None]] * 2 and blank["B2"].color == ROSE
    blank.clear_formats()
    assert blank["B2"].color is None
    blank["B2"].value = 1
    blank.clear()
    assert blank["B2"].value is None


# ------------------------------------------------------------ notes, links, names, tables


@office
def test_notes(sheet: xw.Sheet) -> None:
    assert sheet["A3"].note.text == "自己的批注" and sheet["B3"].note is None
    with pytest.raises(ValueError, match="already"):
        sheet["A3"].add_note("盖掉")
    made = sheet["C4"].add_note("人数没有填。\n请补填。")
    assert made.text == sheet["C4"].note.text == "人数没有填。\n请补填。"
    assert [(n.location.address, n.text[:2]) for n in sheet.notes] == [("$A$3", "自己"), ("$C$4", "人数")]
    made.text = "改过"
    assert sheet.notes["C4"].text == "改过" and made.author is not None
    made.delete()
    assert sheet["C4"].note is None and len(sheet.notes) == 1


@office
def test_links(book: xw.Book, blank: xw.Sheet, tmp_path: Path) -> None:
    assert book.sheets["别的"]["A1"].hyperlink == "#'台账 1'!B3"
    blank["A1"].add_hyperlink("#'台账 1'!B3", "台账 1!B3")
    assert blank["A1"].value == "台账 1!B3" and blank["A1"].hyperlink == "#'台账 1'!B3"
    blank["A2"].formula = '=HYPERLINK("#\'台账 1\'!B3","台账 1!B3")'
    assert blank["A2"].value == "台账 1!B3" and blank["A2"].hyperlink == "#'台账 1'!B3"
    with pytest.raises(ValueError, match="no hyperlink"):
        blank["A3"].hyperlink  # noqa: B018
    book.save(tmp_path / "links.xlsx")
    saved = openpyxl.load_workbook(tmp_path / "links.xlsx")["空白"]
    assert saved["A1"].hyperlink.location == "'台账 1'!B3"
    assert saved["A2"].value == '=HYPERLINK("#\'台账 1\'!B3","台账 1!B3")'


@office
def test_names(book: xw.Book, sheet: xw.Sheet) -> None:
    assert [n.name for n in book.names] == ["起始"] and "起始" in book.names
    assert book.names["起始"].refers_to == "='台账 1'!$B$3"
    assert book.names["起始"].refers_to_range.value == dt.datetime(2026, 1, 5)
    book.names.add("人数", "='台账 1'!$C$3:$C$4")
    assert book.names["人数"].refers_to_range.address == "$C$3:$C$4"
    book.names["人数"].refers_to = "='台账 1'!$C$3"
    assert book.names["人数"].refers_to_range.address == "$C$3" and len(book.names) == 2
    del book.names["人数"]
    assert "人数" not in book.names and len(sheet.names) == 0
    with pytest.raises(KeyError):
        book.names["人数"]


@office
def test_tables(book: xw.Book, sheet: xw.Sheet) -> None:
    assert [t.name for t in sheet.tables] == ["tbl"] and "tbl" in sheet.tables
    table = sheet.tables["TBL"]
    assert table.parent == sheet and table.display_name == "tbl"
    assert table.range.address == "$A$2:$C$4" and table.header_row_range.value == HEAD
    assert table.data_body_range.address == "$A$3:$C$4"
    table.resize(sheet["A2:C9"])
    assert sheet.tables[0].range.address == "$A$2:$C$9"
    assert len(book.sheets["别的"].tables) == 0
    with pytest.raises(KeyError):
        sheet.tables["没有"]


# ------------------------------------------------------------ a window: message boxes and the caller


@office
@pytest.mark.clicks
def test_message_boxes_and_the_calling_document(tmp_path: Path) -> None:
    need_desk()
    _workbook(tmp_path / "a.xlsx")
    desk = Desk(python=None)
    try:
        document, screen = desk.open(tmp_path / "a.xlsx"), Screen(desk.context, desk.env)
        engine.connect(desk.pipe, document.RuntimeUID)
        app = xw.Book.caller().app
        assert xw.Book.caller().name == "a.xlsx"
        for buttons, mode, choose, answer in (
            ("ok", "critical", "OK", "ok"),
            ("ok", "info", "OK", "ok"),
            ("yes_no", None, "No", "no"),
            ("ok_cancel", None, "Cancel", "cancel"),
            ("yes_no_cancel", None, "Yes", "yes"),
        ):
            said: list[str] = []
            clerk = threading.Thread(target=_answer, args=(screen, choose, said))
            clerk.start()
            assert app.alert("没有完成。\n请再试。", "党建报表", buttons, mode) == answer
            clerk.join()
            assert said == ["没有完成。\n请再试。"]
        with pytest.raises(CannotRun, match="已经关闭"):
            engine.connect(desk.pipe, "99999")
    finally:
        engine.engine.apps.connected = [a for a in engine.engine.apps.connected if a.context != desk.context]
        desk.close()


def _answer(screen: Screen, caption: str, said: list[str]) -> None:
    """Click the button until the box is gone: a mouse that already lies there must move first."""
    from support.desk import wait

    said.append(wait("message box", screen.message))
    for _ in range(5):
        box = next((w for w in screen.windows() if w.getAccessibleRole() in (1, 12)), None)
        if box is None:
            return
        button = next(
            c for c in below(box) if c.getAccessibleRole() == PUSH_BUTTON and c.getAccessibleName() == caption
        )
        screen.click_at(3, 3)
        screen.click_on(button)
        threading.Event().wait(0.5)


# ------------------------------------------------------------ without LibreOffice running


@pytest.mark.parametrize(
    ("excel", "calc"),
    [
        ("=SUM(A1,B2)", "=SUM(A1;B2)"),
        ("='表 1'!A1+表2!$B$3", "=$'表 1'.A1+$表2.$B$3"),
        ('=IF(A1="a,b!c;d",1.5,{1,2;3,4})', '=IF(A1="a,b!c;d";1.5;{1;2|3;4})'),
        ("='它''s'!A1", "=$'它''s'.A1"),
        ('=HYPERLINK("#\'x\'!A1","他说""好""")', '=HYPERLINK("#\'x\'!A1";"他说""好""")'),
    ],
)
def test_formulas_are_translated(excel: str, calc: str) -> None:
    assert to_calc(excel) == calc and to_excel(calc) == excel


def test_columns_have_letters() -> None:
    assert [column_letters(n + 1) for n in (0, 25, 26, 701, 702, 16_383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert all(column_number(column_letters(n + 1)) == n + 1 for n in range(0, 16_384, 7))


def test_an_interface_for_another_python_is_refused(tmp_path: Path) -> None:
    (tmp_path / "libpyuno.so").write_bytes(b"\0libpython3.8.so.1.0\0")
    with pytest.raises(CannotRun, match=r"只能配合 Python 3\.8 使用，本工具装在 Python 3\.11 上"):
        check_version(tmp_path, (3, 11))
    check_version(tmp_path, (3, 8))


def test_libreoffice_that_is_not_there_is_said_in_chinese(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    module: Any = "toolkit.buttons.libreoffice.bridge.load"
    monkeypatch.delitem(__import__("sys").modules, "uno", raising=False)
    monkeypatch.setattr(f"{module}._folders", lambda: iter([tmp_path]))
    with pytest.raises(CannotRun, match="python3-uno"):
        load_uno()


@office
def test_percentages_and_days_since_1904_are_read_as_from_the_file(app: xw.App, tmp_path: Path) -> None:
    path = tmp_path / "旧.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True}) as made:
        sheet = made.add_worksheet("台账")
        share, day = made.add_format({"num_format": "0.0%"}), made.add_format({"num_format": "yyyy-mm-dd"})
        for r, value in enumerate((0.95, 12, 0.5, 0.25)):
            sheet.write_number(r, 0, value, None if r == 1 else share)
            sheet.write_number(r, 1, value, share)
            sheet.write_datetime(r, 2, dt.datetime(2026, 3, 5 + r), day)
        sheet.write_number(0, 3, 44624)
    opened = app.books.open(path)
    live, filed = read_live(opened), read_book(path)
    opened.close()
    assert live.date1904 and filed.date1904
    for row, other in zip(live.grids["台账"].cells, filed.grids["台账"].cells, strict=True):
        assert [type(v) for v in row[:2]] == [type(v) for v in other[:2]]
        assert row[:2] == other[:2]
        assert row[2].date() == other[2]
        assert row[3] == other[3]
