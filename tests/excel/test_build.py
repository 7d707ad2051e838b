"""The unit workbook: what stands in the file that XlsxWriter made, as other programs read it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook
from support.soffice import recalculated

import toolkit
from toolkit.errors import CannotRun
from toolkit.excel.unit.build import build_unit_workbook
from toolkit.excel.unit.columns import demand, hint, pixels
from toolkit.figures.digest import digest_submission, parts_of
from toolkit.figures.operations import OPERATIONS
from toolkit.model import Field, Grid, Ledger
from toolkit.rows.casting.settle import settle
from toolkit.rows.cover import read_unit
from toolkit.rows.read import read_rows
from toolkit.rows.submission import context_of, counted
from toolkit.standard.catalog import load_catalog
from toolkit.submissions.reading import read_submission

CATALOG = load_catalog()
LEDGERS = list(CATALOG.ledgers.values())
UNIT = {
    "unit_id": "YC001",
    "unit_name": "云川市虚构局",
    "unit_short": "虚构局",
    "parent_id": "YC000",
    "sys_type": "市直单位",
    "year": 2026,
    "fill_date": date(2026, 12, 10),
    "filler": "甲某",
    "approver": "乙某",
    "brand": "青禾读书会",
}
DECLARED = {"org": "有", "orglife": "有", "cadre": "不适用", "honor": "本年无"}
ROWS_PER_LEDGER = 9


def some_value(f: Field, ledger: Ledger, i: int) -> Any:
    """A value of the field that its declaration allows (patterns: the example, or blank)."""
    c = f.constraints
    if f.name == "status":
        return ("已核", "已核", "草稿", "作废")[i % 4]
    if f.foreignKey:
        return None if f.type == "list" or not c.required else f"DZ{i % 3 + 1:03}"
    if f.name == "org_id":
        return f"DZ{i + 1:03}"
    if c.pattern:
        return f"GZ2026-{i + 1:02}-01" if f.name == "plan_id" else None
    if c.enum:
        return c.enum[i % len(c.enum)] if f.type != "list" else c.enum[:2]
    if f.type in ("integer", "number"):
        low = int(c.minimum or 0)
        number = min(low + i % 5 + 1, int(c.maximum or 10**6))
        return number if f.type == "integer" else Decimal(number) + Decimal("0.5") * (f.decimals > 0)
    if f.type == "date":
        return date(2026, i % 12 + 1, 5) if i % 5 else None if not c.required else date(2026, 2, 28)
    if f.type == "boolean":
        return i % 2 == 0
    return ("样例甲", "样例乙") if f.type == "list" else f"样例{f.title}{i}"[: c.maxLength or 40]


def some_rows() -> dict[str, list[dict[str, Any]]]:
    return {
        x.name: [{f.name: some_value(f, x, i) for f in x.fields if not f.calc} for i in range(ROWS_PER_LEDGER)]
        for x in LEDGERS
        if x.name not in ("cadre", "honor")
    }


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filled") / "filled.xlsx"
    build_unit_workbook(CATALOG, UNIT, path, some_rows(), DECLARED)
    return path


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("blank") / "blank.xlsx"
    build_unit_workbook(CATALOG, {"unit_id": "YC002", "unit_name": "云川市样例局", "year": 2026}, path)
    return path


@pytest.fixture(scope="module")
def book(blank: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(blank)


def find_cell(ws: Worksheet, text: str) -> tuple[int, int]:
    found = [(c.row, c.column) for row in ws.iter_rows() for c in row if c.value == text]
    assert len(found) == 1, f"{ws.title}: {text} at {found}"
    return found[0]


def validation_of(ws: Worksheet, row: int, column: int) -> DataValidation | None:
    cell = f"{get_column_letter(column)}{row}"
    found = [dv for dv in ws.data_validations.dataValidation if cell in dv.sqref]
    assert len(found) <= 1, f"{ws.title}!{cell}: {len(found)} validations"
    return found[0] if found else None


# ------------------------------------------------------------------ the sheets


def test_sheets_stand_in_the_order_of_the_standard(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == ["封面", *(x.title for x in LEDGERS), "报送表", "_标准"]
    assert [ws.title for ws in book if ws.sheet_state != "visible"] == ["_标准"]


@pytest.mark.parametrize("ledger", LEDGERS, ids=lambda x: x.name)
def test_ledger_sheet(book: openpyxl.Workbook, ledger: Ledger) -> None:
    ws = book[ledger.title]
    assert [c.value for c in ws[3]] == [f.title for f in ledger.fields]
    assert ws["A4"].value == "示例"
    for column, f in list(enumerate(ledger.fields, 1))[1:]:
        shown = not f.calc and (f.example is not None or f.default is not None)
        assert (ws.cell(4, column).value is not None) == shown
    assert range_boundaries(ws.auto_filter.ref) == (1, 3, len(ledger.fields), 2000)
    assert ws.freeze_panes in ("B4", "C4")
    assert (ws.page_setup.orientation, ws.page_setup.paperSize) == ("landscape", 9)
    assert ws.sheet_properties.pageSetUpPr.fitToPage and ws.page_setup.fitToHeight == 0
    assert ws.print_title_rows == "$3:$3" and "&P" in ws.oddFooter.center.text
    assert ws.sheet_properties.tabColor is not None


@pytest.mark.parametrize("ledger", LEDGERS, ids=lambda x: x.name)
def test_required_columns_differ_in_colour_not_in_text(book: openpyxl.Workbook, ledger: Ledger) -> None:
    colours: dict[str, set[str]] = {}
    for f, cell in zip(ledger.fields, book[ledger.title][3], strict=True):
        needed = f.constraints.required and not f.calc
        kind = "calc" if f.calc else "when" if f.required_when or (needed and f.follows) else "optional"
        if needed and f.default is None and not f.follows:  # nothing stands in for a blank
            kind = "required"
        colours.setdefault(kind, set()).add(cell.fill.fgColor.rgb)
    assert all(len(c) == 1 for c in colours.values())
    assert len(set().union(*colours.values())) == len(colours)


@pytest.mark.parametrize("ledger", LEDGERS, ids=lambda x: x.name)
def test_what_is_needed_comes_first_and_fits_a_small_screen(book: openpyxl.Workbook, ledger: Ledger) -> None:
    ws, short = book[ledger.title], len(ledger.short)
    needed = [f.name for f in ledger.fields if demand(f) == "required" and f.default is None]
    assert set(needed) <= set(ledger.short)
    if "src" in ledger.short:  # beside the required columns, since every approved row needs it
        assert ledger.short.index("src") <= len(needed) + 1
    runs = {c.min: c for c in ws.column_dimensions.values() if c.min}
    for n in range(1, len(ledger.fields) + 1):
        run = next(c for first, c in runs.items() if first <= n <= c.max)
        assert (run.hidden, run.outlineLevel) == ((True, 1) if n > short else (False, 0))
    wide = sum(pixels(next(c for m, c in runs.items() if m <= n <= c.max).width) for n in range(1, short + 1))
    assert wide * (ws.sheet_view.zoomScale or 100) / 100 <= 1366 * 0.9


def test_a_blank_cell_holds_nothing_not_even_a_border(blank: Path) -> None:
    cells = empty = 0
    with zipfile.ZipFile(blank) as z:
        for name in z.namelist():
            if name.startswith("xl/worksheets/sheet"):
                sheet = z.read(name).decode()
                cells += sheet.count("<c ")
                empty += len(re.findall(r"<c [^>]*/>", sheet))
    assert empty < cells * 0.2


@pytest.mark.parametrize("ledger", LEDGERS, ids=lambda x: x.name)
def test_validation_says_what_the_declaration_says(book: openpyxl.Workbook, ledger: Ledger) -> None:
    ws = book[ledger.title]
    for column, f in enumerate(ledger.fields, 1):
        for row in (5, 2000):
            dv = validation_of(ws, row, column)
            if dv is None:  # any text is allowed, and the title says it all
                assert (f.type, hint(f, ledger)) == ("string", "")
                continue
            assert f.calc or ((dv.prompt or "") == hint(f, ledger) and len(dv.prompt or "") <= 255)
        if dv:
            check_validation(book, f, dv)


def check_validation(book: openpyxl.Workbook, f: Field, dv: DataValidation) -> None:
    c = f.constraints
    if f.calc:
        assert (dv.type, dv.formula1, dv.errorStyle) == ("custom", "FALSE", None)
    elif f.type == "boolean":
        assert (dv.type, dv.formula1) == ("list", '"是,否"')
    elif f.type == "list":
        assert dv.type in (None, "none")
    elif f.foreignKey:
        listed_field = "org_org_name" if f.foreignKey == "org.org_id" else f.foreignKey.replace(".", "_")
        assert (dv.type, dv.formula1, dv.errorStyle) == ("list", f"codes_{listed_field}", "warning")
        assert dv.formula1 in book.defined_names
    elif f.fits:
        assert dv.type == "list" and "OFFSET(fits_" in dv.formula1 and len(dv.formula1) <= 255
    elif c.enum or f.suggest:
        assert dv.type == "list" and dv.errorStyle == (None if c.enum else "warning")
        assert listed(book, dv) == (c.enum or f.suggest)
    elif f.name == "indicator_id":
        assert dv.errorStyle == "warning" and listed(book, dv) == tuple(CATALOG.indicators)
    elif f.type == "date":
        assert dv.type == "custom" and ("period_start" in dv.formula1) == f.in_year and len(dv.formula1) <= 255
    elif f.type in ("integer", "number"):
        assert dv.type == ("whole" if f.type == "integer" else "decimal")
        assert c.minimum is None or float(dv.formula1) == c.minimum
        assert c.maximum is None or float(dv.formula2) == c.maximum
    elif c.unique:
        assert dv.type == "custom" and dv.formula1.startswith("COUNTIF(")


def listed(book: openpyxl.Workbook, dv: DataValidation) -> tuple[Any, ...]:
    if dv.formula1.startswith('"'):
        return tuple(dv.formula1.strip('"').split(","))
    sheet, area = dv.formula1.split("!")
    assert sheet.strip("'") == "_标准"
    column, first, _, last = range_boundaries(area.replace("$", ""))
    return tuple(book["_标准"].cell(r, column).value for r in range(first, last + 1))


def test_hidden_sheet_says_what_the_workbook_is(book: openpyxl.Workbook) -> None:
    ws = book["_标准"]
    known = {ws.cell(r, 1).value: ws.cell(r, 2).value for r in range(1, 7)}
    assert known == {
        "standard": CATALOG.title,
        "version": CATALOG.version,
        "product": toolkit.__version__,
        "kind": "unit",
        "unit_id": "YC002",
        "year": 2026,
    }


# ------------------------------------------------------------------ the front page


def test_cover_has_defaults_period_and_notice(book: openpyxl.Workbook) -> None:
    ws = book["封面"]
    assert any(c.value == "本工作簿不得录入涉密和工作秘密信息" for row in ws.iter_rows() for c in row)
    values = {}
    for f in CATALOG.unit:
        row, column = find_cell(ws, f.title)
        assert column == 1
        values[f.name] = ws.cell(row, 2).value
    assert (values["unit_id"], values["unit_name"], values["year"]) == ("YC002", "云川市样例局", 2026)
    assert (values["period_start"].date(), values["period_end"].date()) == (date(2026, 1, 1), date(2026, 12, 31))
    assert values["approx_word"] == "余" and values["public_version"] == "否" and values["revision"] == 0
    assert values["media_levels"] == "国家；省；市" and values["fill_date"] is None


def test_declaration_table(filled: Path) -> None:
    ws = openpyxl.load_workbook(filled, data_only=True)["封面"]
    row, column = find_cell(ws, "台账")
    assert [ws.cell(row, column + i).value for i in range(5)] == ["台账", "申报情况", "已填行数", "已核行数", "说明"]
    declared = [x for x in LEDGERS if x.declared]
    for at, ledger in enumerate(declared, row + 1):
        assert ws.cell(at, column).value == ledger.title
        assert ws.cell(at, column).hyperlink.location.replace("'", "") == f"{ledger.title}!A1"
        assert (ws.cell(at, column + 1).value or "") == DECLARED.get(ledger.name, "")
        filled_rows = 0 if ledger.name in ("cadre", "honor") else ROWS_PER_LEDGER
        assert ws.cell(at, column + 2).value == filled_rows
        dv = validation_of(ws, at, column + 1)
        assert dv is not None and dv.formula1 == '"有,本年无,不适用"'
    assert ws.cell(row + 1 + len(declared), column).value is None


# ------------------------------------------------------------------ what goes in comes out


def grids(path: Path) -> dict[str, Grid]:
    book = CalamineWorkbook.from_path(str(path))
    made = {}
    for name in book.sheet_names:
        cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        made[name] = Grid(name, [[None if v == "" else v for v in row] for row in cells])
    return made


def test_rows_come_back_as_they_went_in(filled: Path) -> None:
    read = grids(filled)
    org, _ = read_rows(read["党组织"], CATALOG.ledgers["org"], "filled.xlsx", "YC001", 2026)
    for name, expected in some_rows().items():
        ledger = CATALOG.ledgers[name]
        rows, findings = read_rows(read[ledger.title], ledger, "filled.xlsx", "YC001", 2026)
        assert [f for f in findings if f.severity == "error" and f.code != "C01"] == []
        assert len(rows) == ROWS_PER_LEDGER
        settle(CATALOG, {"org": org, name: rows}, findings)
        for row, given in zip(rows, expected, strict=True):
            back = {k: v for k, v in row.values.items() if given.get(k) is not None}
            assert back == {k: v for k, v in given.items() if v is not None}


def test_cover_comes_back_as_it_went_in(filled: Path) -> None:
    unit, declared, findings = read_unit(CATALOG, grids(filled)["封面"], "filled.xlsx")
    assert {k: unit[k] for k in UNIT} == UNIT
    assert {k: v for k, v in declared.items() if v} == DECLARED
    assert [f for f in findings if f.severity == "error"] == []


def test_blank_workbook_has_no_rows(blank: Path) -> None:
    read = grids(blank)
    for ledger in LEDGERS:
        assert read_rows(read[ledger.title], ledger, "blank.xlsx", "YC002", 2026) == ([], [])


def test_text_never_becomes_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    evil = ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "{=1}", "http://example.invalid", "<&>\"'"]
    build_unit_workbook(CATALOG, UNIT, path, {"orglife": [{"topic": t, "remark": t} for t in evil]})
    ws = openpyxl.load_workbook(path)["组织生活"]
    column = [c.value for c in ws[3]].index("主题议题") + 1
    assert [ws.cell(5 + i, column).value for i in range(len(evil))] == evil
    with zipfile.ZipFile(path) as z:
        sheet = z.read(f"xl/worksheets/sheet{LEDGERS.index(CATALOG.ledgers['orglife']) + 2}.xml").decode()
    assert "<f>" not in sheet  # this ledger has no formula column
    assert sheet.count("<hyperlink ") == 1  # the way back to the front page


def test_same_input_same_bytes(filled: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    build_unit_workbook(CATALOG, UNIT, again, some_rows(), DECLARED)
    assert again.read_bytes() == filled.read_bytes()


def test_size(blank: Path, filled: Path) -> None:
    assert blank.stat().st_size < 102_000
    assert filled.stat().st_size < 130_000


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "there.xlsx").mkdir()
    with pytest.raises(CannotRun, match=r"there\.xlsx"):
        build_unit_workbook(CATALOG, UNIT, tmp_path / "there.xlsx")
    assert [p.name for p in tmp_path.iterdir()] == ["there.xlsx"]


def test_many_rows(tmp_path: Path) -> None:
    path = tmp_path / "long.xlsx"
    rows = some_rows()["orglife"] * 60
    build_unit_workbook(CATALOG, UNIT, path, {"orglife": rows})
    read, _ = read_rows(grids(path)["组织生活"], CATALOG.ledgers["orglife"], "", "", 2026)
    assert len(read) == len(rows)


# ------------------------------------------------------------------ formulas


def formula_cells(path: Path) -> Iterator[tuple[str, str, str]]:
    for ws in openpyxl.load_workbook(path):
        for row in ws.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    yield ws.title, cell.coordinate, cell.value


def test_calc_columns_hold_a_formula_and_its_value(filled: Path) -> None:
    ws = openpyxl.load_workbook(filled, data_only=True)["党组织"]
    titles = [c.value for c in ws[3]]
    start, years, end = (titles.index(t) + 1 for t in ("本届起始日", "任期年数", "届满日"))
    seen = 0
    for row in range(5, 5 + ROWS_PER_LEDGER):
        begun, term, over = (ws.cell(row, c).value for c in (start, years, end))
        if begun and term:
            assert (over.year, over.month) == (begun.year + term, begun.month)
            seen += 1
    assert seen > 3


def test_report_lists_every_indicator_once(filled: Path) -> None:
    ws = openpyxl.load_workbook(filled)["报送表"]
    row, column = find_cell(ws, "编号")
    assert [ws.cell(row, c).value for c in range(1, 6)] == ["序号", "编号", "指标", "数值", "单位"]
    lines = {ws.cell(r, column).value: r for r in range(row + 1, ws.max_row + 1) if ws.cell(r, column).value}
    assert sorted(lines) == sorted(i.id for i in CATALOG.indicators.values())
    with_formula = [i for i, r in lines.items() if ws.cell(r, 4).data_type == "f"]
    assert len(with_formula) > len(lines) / 2
    for word in ("填报人：", "审核人：", "单位盖章：", "日期："):
        find_cell(ws, word)


def test_report_counts_by_hand(tmp_path: Path) -> None:
    usual = {"org_id": "DZ001", "scope": "单位", "kind": "主题党日", "date": date(2026, 3, 5), "status": "已核"}

    def row(**more: Any) -> dict[str, Any]:
        return usual | more

    rows = [row(), row(), row(scope="支部"), row(status="草稿"), row(date=date(2025, 3, 5)), row(kind="支委会")]
    path = tmp_path / "x.xlsx"
    build_unit_workbook(CATALOG, UNIT, path, {"orglife": rows}, {"study": "本年无", "meeting": "不适用"})
    ws = openpyxl.load_workbook(path, data_only=True)["报送表"]
    values = {ws.cell(r, 2).value: ws.cell(r, 4).value for r in range(5, ws.max_row)}
    ids = {i.name: i.id for i in CATALOG.indicators.values()}
    assert values[ids["主题党日_单位"]] == 2 and values[ids["主题党日_支部"]] == 1
    assert values["ST01"] == 0  # declared 本年无
    assert values["MT01"] == "—"  # declared 不适用
    assert not values["IG01"]  # neither filled nor declared: blank, not zero


def test_report_agrees_with_the_figures(filled: Path) -> None:
    """Excel's formulas and the program's own counting are written apart; both read the same rows."""
    submission = replace(read_submission(CATALOG, filled), findings=())  # cell formulas know nothing of wrong rows
    count, left_out = counted(CATALOG, submission)
    digest = digest_submission(CATALOG, submission, context_of(CATALOG, submission), count, left_out)
    ws = openpyxl.load_workbook(filled, data_only=True)["报送表"]
    shown = {ws.cell(r, 2).value: ws.cell(r, 4).value for r in range(5, ws.max_row)}
    compared = 0
    for ind in CATALOG.indicators.values():
        if shown[ind.id] in (None, "", "—") or any(DECLARED.get(m.ledger) == "本年无" for m in parts_of(ind).values()):
            continue
        top, *below = (OPERATIONS[m.op].number(digest.parts[key].value) for key, m in parts_of(ind).items())
        assert shown[ind.id] == pytest.approx(float(top) / float(below[0]) if below else float(top)), ind.id
        compared += 1
    assert compared > len(CATALOG.indicators) / 2


def spoil_results(source: Path, target: Path) -> None:
    """A copy in which every formula has a wrong result, so that only recalculation makes it right."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                data = re.sub(rb' t="str"(><f>)', rb"\1", data)
                data = re.sub(rb"</f><v>[^<]*</v>", b"</f><v>987654</v>", data)
            new.writestr(name, data)


def agree(mine: Any, other: Any) -> bool:
    """Blank and "" are one; numbers agree to the last digits that matter."""
    mine, other = ("" if v is None else v for v in (mine, other))
    if isinstance(mine, (int, float)) and isinstance(other, (int, float)):
        return mine == pytest.approx(other)
    return bool(mine == other)


@pytest.mark.office
def test_libreoffice_computes_the_same(filled: Path, tmp_path: Path) -> None:
    spoil_results(filled, tmp_path / "spoilt.xlsx")
    done = recalculated([tmp_path / "spoilt.xlsx"], tmp_path)[tmp_path / "spoilt.xlsx"]
    ours = openpyxl.load_workbook(filled, data_only=True)
    theirs = openpyxl.load_workbook(done, data_only=True)
    cells = list(formula_cells(filled))
    computed = {x.title for x in LEDGERS if any(f.calc for f in x.fields)}
    assert {title for title, _, _ in cells} == {"封面", "报送表", *computed}
    differ = [
        (title, cell, formula, mine, other)
        for title, cell, formula in cells
        if not agree(mine := ours[title][cell].value, other := theirs[title][cell].value)
    ]
    assert differ == []
