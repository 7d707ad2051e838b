"""A consolidated workbook is as untrusted as a unit's: whatever is changed in it is found, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from support.small_city import org, party_day, unit, write

import toolkit
from toolkit.cli.main import main
from toolkit.excel.consolidated.consolidate import write_consolidated
from toolkit.findings import findings_text
from toolkit.standard.catalog import load_catalog
from toolkit.submissions.aggregate import aggregate
from toolkit.submissions.source import open_source

CATALOG = load_catalog()
LIFE, PARTY_DAYS = "组织生活", "主题党日_支部"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    inside = tmp_path / "报送"
    inside.mkdir()
    for n, name in enumerate("甲乙", 1):
        rows = {"org": [org()], "orglife": [party_day(m) for m in range(1, 7)]}
        write(CATALOG, inside / f"{name}局.xlsx", unit(f"AA00{n}", f"示例市{name}局"), rows)
    write_consolidated(aggregate(CATALOG, [inside]), tmp_path / "汇总.xlsx")
    return tmp_path / "汇总.xlsx"


def column(sheet: Worksheet, title: str) -> int:
    return next(c.column for c in sheet[1] if c.value == title)


def put(title: str, value: object, sheet: str = LIFE, row: int = 2) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        book[sheet].cell(row, column(book[sheet], title)).value = value  # type: ignore[assignment]

    return change


def remove(book: Workbook) -> None:
    del book[LIFE]


def own_sheet(book: Workbook) -> None:
    book.copy_worksheet(book[LIFE]).title = "工会活动"


CHANGES: list[tuple[Callable[[Workbook], None], str, int]] = [
    (lambda book: None, "", 14),
    (remove, "S01", 2),
    (put("类型", None, row=1), "S02", 2),
    (put("应到人数", "三十条"), "C02", 13),
    (put("应到人数", -7), "C08", 13),
    (put("应到人数", "#REF!"), "C11", 13),
    (put("是否计入", "也许"), "C05", 13),
    (put("单位编码", "ZZ999"), "S20", 13),
    (put("所属党组织", "DZ999"), "C09", 13),
    (own_sheet, "S18", 14),
]


@pytest.mark.parametrize(("change", "code", "counted"), CHANGES)
def test_what_is_changed_is_found_and_every_row_is_accounted_for(
    path: Path, change: Callable[[Workbook], None], code: str, counted: int
) -> None:
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    c = aggregate(CATALOG, [path])
    errors = [f for f in c.findings if f.is_error]
    assert ({f.code for f in errors} - {"R01"}) == ({code} if code else set()), findings_text(errors)
    assert c.rows["counted"] == counted
    assert c.rows["read"] == c.rows["counted"] + c.rows["left_out"]
    unknown = code == "S01"  # a sheet that is not there says nothing, not even zero
    assert c.figures[PARTY_DAYS].value == (None if unknown else counted - 2)
    assert bool([f for f in open_source(CATALOG, path).findings if f.is_error]) == bool(code)


@pytest.mark.parametrize("value", ["abc", "", "-1", "20260", "99999999999"])
def test_a_year_that_is_none_is_one_finding(path: Path, value: str) -> None:
    book = openpyxl.load_workbook(path)
    meta = book["_标准"]
    row = next(r for r in range(1, 20) if meta.cell(r, 1).value == "year")
    meta.cell(row, 2).value = value
    book.save(path)
    made = CliRunner().invoke(main, ["check", str(path)], catch_exceptions=False)
    assert made.exit_code == 2 and "汇总工作簿的年度" in made.output


@pytest.mark.parametrize("value", [-1, 20260, 99999999999])
def test_a_year_of_a_unit_that_is_none_is_one_finding(tmp_path: Path, value: int) -> None:
    path = write(CATALOG, tmp_path / "甲局.xlsx", unit("AA001", "示例市甲局"), {"org": [org()]})
    book = openpyxl.load_workbook(path)
    front = book["封面"]
    row = next(c.row for c in front["A"] if str(c.value or "").startswith("填报年度"))
    front.cell(row, 2).value = value
    book.save(path)
    made = CliRunner().invoke(main, ["aggregate", str(path), "-o", str(tmp_path / "x.xlsx"), "--no-cache"])
    assert (made.exit_code == 2 and not made.exception) or isinstance(made.exception, SystemExit)
    made = CliRunner().invoke(main, ["check", str(path)], catch_exceptions=False)
    assert made.exit_code == 1 and "C08" in made.output


@pytest.mark.parametrize(("version", "code"), [("2019.1", "F04"), ("2026.10", "F15"), ("2031.1", "F15"), ("", "F04")])
def test_another_version_is_named(path: Path, version: str, code: str) -> None:
    book = openpyxl.load_workbook(path)
    meta = book["_标准"]
    row = next(r for r in range(1, 20) if meta.cell(r, 1).value == "version")
    meta.cell(row, 2).value = version
    book.save(path)
    assert [f.code for f in aggregate(CATALOG, [path]).findings if f.code[0] == "F"] == [code]


@pytest.mark.parametrize(
    ("version", "codes"), [("0.0.1", []), ("99.0", ["F16"]), ("99999999999999999999", ["F16"]), ("", []), ("新", [])]
)
@pytest.mark.parametrize("kind", ["unit", "consolidated"])
def test_a_newer_program_is_named_and_never_stops(
    path: Path, tmp_path: Path, kind: str, version: str, codes: list[str]
) -> None:
    if kind == "unit":
        path = write(CATALOG, tmp_path / "甲局.xlsx", unit("AA001", "示例市甲局"), {"org": [org()]})
    book = openpyxl.load_workbook(path)
    meta = book["_标准"]
    row = next(r for r in range(1, 20) if meta.cell(r, 1).value == "product")
    assert meta.cell(row, 2).value == toolkit.__version__
    meta.cell(row, 2).value = version
    book.save(path)
    made = aggregate(CATALOG, [path])
    assert [f.code for f in made.findings if f.code[0] == "F"] == codes
    assert made.counts["实报"] > 0
