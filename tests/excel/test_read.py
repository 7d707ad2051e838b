"""Files as people hand them in -> Book: real workbooks of every kind, and files that must not be read."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt
from support.markdown_book import TABLE, book

from toolkit.excel.reading.read import read_book
from toolkit.model import Book, CellError

SOFFICE = shutil.which("soffice")
needs_soffice = pytest.mark.skipif(not SOFFICE, reason="LibreOffice is not installed")


def convert(path: Path, suffix: str, folder: Path) -> Path:
    """The file as LibreOffice saves it."""
    out = folder / "saved"
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", suffix, "--outdir", str(out), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return out / f"{path.stem}.{suffix}"


def check_table(read: Book, row: int = 1, column: int = 1) -> None:
    assert not read.findings
    cells = read.grids["组织生活"].cells
    assert len(cells) == row + 2
    assert all(v is None for above in cells[: row - 1] for v in above)
    assert all(v is None for line in cells for v in line[: column - 1])
    body = [line[column - 1 : column + 3] for line in cells[row - 1 :]]
    assert body == [
        ["日期", "主题", "人数", "估算"],
        [date(2026, 3, 5), "读书会", 12, True],
        ["3月6日", None, "12", None],
    ]


@pytest.mark.parametrize("at", [(1, 1), (4, 3)])
@pytest.mark.parametrize(("name", "writer"), [("a.xlsx", ""), ("a.xlsx", "openpyxl"), ("a.xlsm", ""), ("a.xls", "")])
def test_cells_keep_their_place(tmp_path: Path, name: str, writer: str, at: tuple[int, int]) -> None:
    check_table(read_book(book(tmp_path, {"组织生活": TABLE}, name, at, writer)), *at)


@pytest.mark.office
@needs_soffice
@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_saved_by_libreoffice(tmp_path: Path, suffix: str) -> None:
    made = book(tmp_path, {"组织生活": TABLE}, "a.xlsx", (4, 3))
    check_table(read_book(convert(made, suffix, tmp_path)), 4, 3)


@pytest.mark.parametrize("wrong", ["a.xls", "a.ods", "a.xlsb", "a.dat"])
def test_kind_goes_by_content_not_by_name(tmp_path: Path, wrong: str) -> None:
    made = book(tmp_path, {"组织生活": TABLE})
    check_table(read_book(made.rename(tmp_path / wrong)))


def test_dates_of_the_1904_system(tmp_path: Path) -> None:
    read = read_book(book(tmp_path, {"组织生活": TABLE}, date1904=True))
    assert read.date1904
    check_table(read)


def test_sheet_names_without_spaces(tmp_path: Path) -> None:
    assert list(read_book(book(tmp_path, {" 组织 生活\u200b": TABLE})).grids) == ["组织生活"]


# -------------------------------------------- what python-calamine hides


def test_error_cells_and_uncached_formulas_xlsx(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    made = xlsxwriter.Workbook(path)
    sheet = made.add_worksheet("甲")
    sheet.write("B2", 1)
    sheet.write_formula("B3", "=1/0", None, "#DIV/0!")
    sheet.write_formula("C3", "=B2+1", None, 2)
    sheet.write_formula("H30", "=B2+1", None, "")
    made.close()
    cells = read_book(path).grids["甲"].cells
    assert cells[2][1:3] == [CellError("#DIV/0!"), 2]
    assert cells[29][7] == CellError("")


def test_uncached_formulas_of_openpyxl(tmp_path: Path) -> None:
    read = read_book(book(tmp_path, {"甲": "| 1 | =A1+1 |\n| =A1 | #REF! |"}, writer="openpyxl"))
    assert read.grids["甲"].cells == [[1, CellError("")], [CellError(""), CellError("#REF!")]]


def test_error_cells_xls(tmp_path: Path) -> None:
    made = xlwt.Workbook()
    sheet = made.add_sheet("甲")
    sheet.write(0, 0, 1)
    sheet.row(1).set_cell_error(1, "#REF!")
    sheet.row(2).write(0, 5)
    sheet.row(2).hidden = True
    sheet.write_merge(3, 4, 1, 2, "并")
    made.save(str(tmp_path / "a.xls"))
    grid = read_book(tmp_path / "a.xls").grids["甲"]
    assert grid.cells[1][1] == CellError("#REF!")
    assert grid.hidden_rows == {3}
    assert grid.merged == ((4, 2, 5, 3),)


@pytest.mark.office
@needs_soffice
@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_calculated_by_libreoffice(tmp_path: Path, suffix: str) -> None:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    sheet.title = "甲"
    sheet["B2"], sheet["B3"], sheet["B4"] = 2, "=B2*3", "=B2/0"
    sheet["B5"], sheet["B7"] = '=""', "末"
    sheet.row_dimensions[3].hidden = True
    sheet.merge_cells("C6:D7")
    made.save(tmp_path / "a.xlsx")
    read = read_book(convert(tmp_path / "a.xlsx", suffix, tmp_path))
    assert not read.findings
    grid = read.grids["甲"]
    assert [line[1] for line in grid.cells[1:]] == [2, 6, CellError("#DIV/0!"), None, None, "末"]
    assert grid.hidden_rows == {3}
    assert grid.merged == ((6, 3, 7, 4),)


def test_hidden_and_merged_xlsx(tmp_path: Path) -> None:
    made = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = made.add_worksheet("甲")
    sheet.write("A1", "x")
    sheet.set_row(3, None, None, {"hidden": True})
    sheet.write("A4", "y")
    sheet.merge_range("B2:C3", "z")
    made.close()
    grid = read_book(tmp_path / "a.xlsx").grids["甲"]
    assert (grid.hidden_rows, grid.merged) == ({4}, ((2, 2, 3, 3),))


def test_durations_and_times_are_text(tmp_path: Path) -> None:
    made = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = made.add_worksheet("甲")
    sheet.write("A1", 0.5, made.add_format({"num_format": "hh:mm"}))
    made.close()
    assert read_book(tmp_path / "a.xlsx").grids["甲"].cells == [["12:00:00"]]


def test_sha256_is_the_files(tmp_path: Path) -> None:
    made = book(tmp_path, {"甲": "| x |"})
    assert read_book(made).sha256 == hashlib.sha256(made.read_bytes()).hexdigest()
