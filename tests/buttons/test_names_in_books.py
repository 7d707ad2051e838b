"""Actions in a workbook whose texts look like formulas or paths: they stay texts, and files stay in the folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings as xw
from support.small_city import org, party_day, unit, write

from toolkit.buttons import macros
from toolkit.excel.consolidated.consolidate import write_consolidated
from toolkit.excel.unit.roster import write_roster_template
from toolkit.model import Catalog
from toolkit.standard.sheets import CHOSEN_DOCUMENT, REPORT, USUAL_FOLDER
from toolkit.submissions.aggregate import aggregate

Opener = Callable[[Path], xw.Book]
pytestmark = pytest.mark.office
LINK = '=HYPERLINK("http://example.invalid","点这里")'
ROWS = {"org": [org()], "orglife": [party_day(1)]}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the message boxes say."""
    said: list[str] = []
    monkeypatch.setattr(macros, "_tell", lambda book, text: said.append(text))
    return said


@pytest.fixture
def opened(app: xw.App) -> Iterator[Opener]:
    books = []

    def open_book(path: Path) -> xw.Book:
        books.append(app.books.open(path))
        books[-1].set_mock_caller()
        return books[-1]

    yield open_book
    for book in books:
        book.close()


def files(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".~lock.")}


def test_a_notice_lists_hostile_names_as_text(
    opened: Opener, catalog: Catalog, tmp_path: Path, told: list[str]
) -> None:
    home = tmp_path / "市"
    (home / USUAL_FOLDER).mkdir(parents=True)
    one = write(catalog, home / USUAL_FOLDER / "甲.xlsx", unit("AA001", "示例市甲局", "AA000"), ROWS)
    roster = [unit("AA000", "示例市委"), unit("AA001", "示例市甲局", "AA000"), unit("AA002", LINK, "AA000")]
    write_roster_template(catalog, home / "单位名单.xlsx", roster)
    write_consolidated(aggregate(catalog, [one]), home / "汇总.xlsm")
    book = opened(home / "汇总.xlsm")
    macros.notice()
    sheet = book.sheets[macros.NOTICE]
    lines = [tuple(row) for row in sheet.used_range.options(ndim=2).value]
    assert (LINK, "缺报") in {(row[0], row[1]) for row in lines}
    assert sheet["A1"].number_format == "@"
    saved = home / "存.xlsx"
    book.save(saved)
    cells = [c for row in openpyxl.load_workbook(saved)[macros.NOTICE].iter_rows() for c in row]
    assert [c.data_type for c in cells if c.value == LINK] == ["s"] and not [c for c in cells if c.data_type == "f"]


@pytest.mark.parametrize("short", ["../../escape", "NUL", "a:b|c?", "甲\\..\\乙"])
def test_files_made_by_buttons_stay_beside_the_workbook(
    opened: Opener, catalog: Catalog, tmp_path: Path, told: list[str], short: str
) -> None:
    home = tmp_path / "上" / "中" / "下"
    home.mkdir(parents=True)
    kind = catalog.documents["situation"]
    texts = [{"document": kind.title, "passage": p.id, "seq": 1, "text": "见另文。"} for p in kind.passages]
    values = unit("AA001", "示例市甲局", unit_short=short)
    path = write(catalog, home / "台账.xlsm", values, {**ROWS, "narrative": texts})
    book = opened(path)
    macros.export()
    front = book.sheets[0]
    where = next(c for c in front["A1:E5"] if c.value == CHOSEN_DOCUMENT)
    front.range((where.row, where.column + 1)).value = kind.title
    macros.make_document()
    made = files(tmp_path) - {"上/中/下/台账.xlsm"}
    assert len(made) == 3 and all(name.startswith("上/中/下/") for name in made), (made, told)


def test_summing_up_leaves_texts_that_look_like_formulas_alone(
    opened: Opener, catalog: Catalog, tmp_path: Path, told: list[str]
) -> None:
    book = opened(write(catalog, tmp_path / "台账.xlsm", unit("AA001", "示例市甲局"), ROWS))
    sheet = book.sheets[REPORT]
    grid: list[list[Any]] = sheet.used_range.options(ndim=2).value
    head = next(n for n, row in enumerate(grid) if "编号" in row)
    cell = sheet.range((len(grid) + 1, grid[head].index("数值") + 1))
    cell.number_format = "@"
    cell.value = LINK
    sheet.range((len(grid) + 1, grid[head].index("编号") + 1)).value = "无此编号"
    macros.summarize()
    cell.number_format = "General"
    assert cell.value == LINK, "a text, and no result of a formula"
    assert told and told[0].startswith("已汇总")
