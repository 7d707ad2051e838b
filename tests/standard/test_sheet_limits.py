"""A standard of one's own knows Excel's limits before a workbook is built; the place is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.paths import ROOT
from support.small_city import org, unit, write

from toolkit.errors import StandardError
from toolkit.excel.consolidated.consolidate import write_consolidated
from toolkit.excel.parts.pages import height
from toolkit.excel.reading.read import read_book
from toolkit.figures.tree import Unit
from toolkit.model import Catalog
from toolkit.standard.catalog import load_catalog
from toolkit.standard.sheets import TAKEN
from toolkit.submissions.aggregate import aggregate

LEDGER = (ROOT / "tests" / "data" / "new_ledger.yaml").read_text(encoding="utf-8")
TITLE = next(line for line in LEDGER.splitlines() if line.startswith("title:"))


def standard(tmp_path: Path, text: str) -> Path:
    (tmp_path / "ledgers").mkdir()
    (tmp_path / "ledgers" / "own.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "title",
    ["很" * 32, "🏛" * 16, "a/b", "a\\b", "什么?", "a*b", "[a]", "a:b", "History", "hIsTory", "'a", "a'", "=a", "封面",
     "指标汇总", "_x", " ", "党\u202e课", "学习教育\u200b"],
)  # fmt: skip
def test_a_title_that_no_sheet_can_have(tmp_path: Path, title: str) -> None:
    quoted = title.replace("\\", "\\\\")
    text = LEDGER.replace(TITLE, f'title: "{quoted}"')
    with pytest.raises(StandardError, match=r"own\.yaml"):
        load_catalog(standard(tmp_path, text))


def test_titles_that_differ_only_in_case(tmp_path: Path) -> None:
    folder = standard(tmp_path, LEDGER.replace(TITLE, "title: 台账A"))
    other = LEDGER.replace(TITLE, "title: 台账a").replace("name: ", "name: other_", 1).replace("code: ", "code: Q", 1)
    (folder / "ledgers" / "two.yaml").write_text(other, encoding="utf-8")
    with pytest.raises(StandardError, match=r"two\.yaml"):
        load_catalog(folder)


def test_a_heading_wider_than_a_column(tmp_path: Path) -> None:
    with pytest.raises(StandardError, match=r"own\.yaml:7\b"):
        load_catalog(standard(tmp_path, LEDGER.replace("应缴人数", "宽" * 130, 1)))


def test_the_titles_that_no_ledger_may_take_are_the_products_own(catalog: Catalog, tmp_path: Path) -> None:
    book = write(catalog, tmp_path / "a.xlsx", unit("AA001", "示例市甲局"), {"org": [org()]})
    write_consolidated(aggregate(catalog, [book]), tmp_path / "b.xlsx")
    ledgers = {x.title for x in catalog.ledgers.values()}
    made = {t for path in (book, tmp_path / "b.xlsx") for t in read_book(path).grids} - ledgers
    assert {t for t in made if not t.startswith("_")} <= set(TAKEN)


def test_no_row_is_higher_than_excel_allows(catalog: Catalog, tmp_path: Path) -> None:
    assert height(("字" * 32767, 20.0)) == 409
    book = write(catalog, tmp_path / "a.xlsx", unit("AA000", "示例市委"), {"org": [org()]})
    roster = [
        Unit("AA000", "示例市委"),
        *(Unit(f"BB{n:03}", f"{'示例市很长的名称' * 7}{n}", parent="AA000") for n in range(59)),
    ]
    write_consolidated(aggregate(catalog, [book], roster), tmp_path / "b.xlsx")
    import openpyxl

    for ws in openpyxl.load_workbook(tmp_path / "b.xlsx").worksheets:
        assert max((d.height or 0 for d in ws.row_dimensions.values()), default=0) <= 409, ws.title
