"""打印要件: what is printed shows the figures of the rows that count, and no other sheets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from support.demo_city import Demo
from support.pages import need_poppler, pages_of
from support.small_city import org, party_day, unit, write
from support.soffice import need_soffice

from toolkit.cli.main import main
from toolkit.documents.printing import pages
from toolkit.figures.printed import lines
from toolkit.machine import msoffice
from toolkit.model import Catalog, Grid
from toolkit.standard.sheets import COVER, REPORT
from toolkit.submissions.source import open_source

ROWS = {"org": [org()], "orglife": [party_day(1), party_day(2), party_day(3, status="草稿")]}


def printed(*args: str | Path, code: int = 0) -> str:
    done = CliRunner().invoke(main, ["print", *map(str, args)])
    assert done.exit_code == code, done.output
    return done.output


def visible(path: Path) -> list[str]:
    return [s.title for s in openpyxl.load_workbook(path) if s.sheet_state == "visible"]


@pytest.fixture
def book(catalog: Catalog, tmp_path: Path) -> Path:
    return write(catalog, tmp_path / "局.xlsm", unit("A001", "示例市甲局"), ROWS)


def test_a_unit_prints_front_page_and_report(book: Path, tmp_path: Path) -> None:
    before = book.read_bytes()
    said = printed(book, "-o", tmp_path / "印.xlsm")
    assert visible(tmp_path / "印.xlsm") == [COVER, REPORT] and book.read_bytes() == before
    assert "未计入1行（状态为“草稿”1行）" in said


def test_ledgers_with_rows_are_printed_if_asked(book: Path, tmp_path: Path) -> None:
    printed(book, "-o", tmp_path / "印.xlsm", "--ledgers")
    assert visible(tmp_path / "印.xlsm") == [COVER, "党组织", "组织生活", REPORT]


def test_every_number_of_the_printed_report_is_the_tools(catalog: Catalog, book: Path, tmp_path: Path) -> None:
    """Also where the sheet has a formula, or nothing yet because the number needs several ledgers; ratios as percentages."""
    printed(book, "-o", tmp_path / "印.xlsm")
    figures = {f.indicator.id: f for f in open_source(catalog, book).figures.values()}
    known = {code: float(f.value) for code, f in figures.items() if f.state == "known" and f.value is not None}
    sheet = openpyxl.load_workbook(tmp_path / "印.xlsm")[REPORT]
    shown: Sequence[tuple[object, ...]] = list(sheet.iter_rows(values_only=True))
    cells = {x.code: sheet.cell(x.row, x.column) for x in lines(Grid(REPORT, tuple(shown)))}
    assert {code: cells[code].value for code in known} == pytest.approx(known)
    ratios = [code for code in known if figures[code].indicator.denominator]
    assert ratios and all("%" in cells[code].number_format for code in ratios)


def test_a_consolidated_workbook_prints_figures_filings_and_findings(city: Demo, tmp_path: Path) -> None:
    printed(city.folder / "汇总.xlsx", "-o", tmp_path / "印.xlsx")
    assert visible(tmp_path / "印.xlsx") == [COVER, "指标汇总", "报送情况", "问题清单"]
    assert openpyxl.load_workbook(tmp_path / "印.xlsx").active.title == COVER


def test_another_workbook_is_refused(tmp_path: Path) -> None:
    other = openpyxl.Workbook()
    other.save(tmp_path / "别的.xlsx")
    printed(tmp_path / "别的.xlsx", "-o", tmp_path / "印.xlsx", code=2)
    assert not (tmp_path / "印.xlsx").exists()


def test_without_a_program_for_pdf_the_way_round_is_named(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "starter", lambda: None)
    monkeypatch.setattr(msoffice, "program", lambda name: None)
    assert ".xlsx" in printed(book, code=2)


@pytest.mark.office
def test_a_city_is_printed_on_about_ten_pages(city: Demo, tmp_path: Path) -> None:
    need_soffice(), need_poppler()
    printed(city.folder / "汇总.xlsx", "-o", tmp_path / "要件.pdf")
    made = pages_of(tmp_path / "要件.pdf")
    assert len(made) <= 12
    titles = [p.lines[0].text for p in made]
    assert any(t.endswith("指标汇总") for t in titles) and any(t.endswith("报送情况") for t in titles)
