"""One bad file costs that file: the others of the run are read, and nothing but the Finding is shown."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import pytest
import xlwt
from click.testing import CliRunner
from support.small_city import org, unit, write

import toolkit.submissions.check as check_module
import toolkit.submissions.intake as intake
from toolkit.cli.main import main
from toolkit.excel.reading.read import read_book
from toolkit.machine.workers import FEW
from toolkit.model import Book
from toolkit.standard.catalog import load_catalog
from toolkit.submissions.aggregate import aggregate

CATALOG = load_catalog()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "报送"
    inside.mkdir()
    write(CATALOG, inside / "甲局.xlsx", unit("AA001", "示例市甲局"), {"org": [org()]})
    return inside


def plain_xls(path: Path) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("封面")
    for n in range(300):
        sheet.write(n, 0, f"第{n}行")
    book.save(str(path))
    return path.read_bytes()


def looped(path: Path, chain: str) -> None:
    """An .xls in which the chain of the directory or of the workbook's stream leads back to its start."""
    data = bytearray(plain_xls(path))
    (tables,) = struct.unpack_from("<I", data, 76)
    directory = struct.unpack_from("<I", data, 48)[0]
    entry = (directory + 1) * 512 + 128
    start = directory if chain == "directory" else struct.unpack_from("<I", data, entry + 116)[0]
    struct.pack_into("<I", data, (tables + 1) * 512 + start * 4, start)
    path.write_bytes(data)


@pytest.mark.parametrize("chain", ["directory", "stream"])
def test_an_xls_that_bites_its_tail_costs_itself_alone(folder: Path, chain: str) -> None:
    looped(folder / "乙局.xls", chain)
    assert [(f.code, f.message) for f in read_book(folder / "乙局.xls").findings] == [("F01", "文件打不开：文件已损坏")]
    made = CliRunner().invoke(main, ["check", str(folder)], catch_exceptions=False)
    assert made.exit_code == 1 and "检查2份工作簿、1行记录" in made.output


def test_a_sound_xls_is_not_taken_for_a_loop(tmp_path: Path) -> None:
    plain_xls(tmp_path / "甲.xls")
    book = read_book(tmp_path / "甲.xls")
    assert book.findings == () and len(book.grids["封面"].cells) == 300


@pytest.mark.parametrize("files", [2, FEW + 1])
def test_a_mistake_of_the_program_at_one_file_costs_that_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch, files: int
) -> None:
    for n in range(files - 1):
        shutil.copy(folder / "甲局.xlsx", folder / f"乙局{n}.xlsx")

    def fails(path: str) -> Book:
        if path.endswith("乙局0.xlsx"):
            raise ZeroDivisionError
        return read_book(path)

    monkeypatch.setattr(check_module, "book_at", fails)
    monkeypatch.setattr(intake, "book_at", fails)
    made = CliRunner().invoke(main, ["check", str(folder), "--jobs", "1", "--no-cache"], catch_exceptions=False)
    assert made.exit_code == 1
    assert "文件打不开：读取时程序出错（ZeroDivisionError）" in made.output
    assert f"检查{files}份工作簿" in made.output
    assert aggregate(CATALOG, [folder], jobs=1).counts["实报"] == 1
