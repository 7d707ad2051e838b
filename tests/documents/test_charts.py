"""Charts in Word: native, editable, from the declaration that the workbook and the dashboard use; verified and redrawn."""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from support import small_city
from support.paths import ROOT

from toolkit.documents.charting.declared import chart_names, charts_of
from toolkit.documents.fill import Look, fill
from toolkit.documents.refresh import refresh
from toolkit.documents.verify import verify
from toolkit.excel.consolidated.consolidate import write_consolidated
from toolkit.standard.catalog import load_catalog
from toolkit.submissions.aggregate import aggregate
from toolkit.submissions.source import open_source
from toolkit.word.edited.charts import charts
from toolkit.word.edited.paragraphs import open_document
from toolkit.word.filling.template import build_document

CATALOG = load_catalog()
BY_MONTH = "主题党日按月"


def book(path: Path, months: tuple[int, ...], code: str = "A001") -> Path:
    rows = {"org": [small_city.org()], "orglife": [small_city.party_day(n) for n in months]}
    return small_city.write(CATALOG, path, small_city.unit(code, f"某市{code}局"), rows)


def template(path: Path, *names: str) -> Path:
    build_document("试验", ["#title 试验", *(f"{{{{ 图.{n} }}}}" for n in names), "正文一句。"], path)
    return path


@pytest.fixture
def made(tmp_path: Path) -> Path:
    own = template(tmp_path / "模板.docx", BY_MONTH)
    fill(CATALOG, "situation", book(tmp_path / "a.xlsx", (1, 3, 4)), tmp_path / "a.docx", Look(template=own))
    return tmp_path / "a.docx"


def test_a_chart_has_its_numbers_in_the_part_and_in_the_workbook_inside(made: Path) -> None:
    (shown,) = charts(open_document(made))
    assert shown.name == BY_MONTH
    assert shown.names == tuple(f"{m}月" for m in range(1, 13))
    (values,) = shown.series.values()
    assert values == (1, 0, 1, 1, *[0] * 8)
    with ZipFile(made) as package:
        inside = load_workbook(BytesIO(package.read(shown.book))).active
    assert [c.value for c in list(inside.iter_rows())[1]][1:] == list(values)


def test_a_document_with_charts_is_valid(made: Path) -> None:
    sys.path.insert(0, str(ROOT / "tests" / "ooxml"))
    import check as ooxml

    report = ooxml.check(made, str(ROOT / "tests" / "ooxml" / "xsd"), "")
    assert [f for f in report.found if f[0] != ooxml.WARN] == []


def test_verify_names_what_differs_and_refresh_draws_it_again(made: Path, tmp_path: Path) -> None:
    assert "V28" not in [r.code for r in verify(CATALOG, made, tmp_path / "a.xlsx")]
    later = book(tmp_path / "b.xlsx", (1, 3, 4, 5))
    (said,) = [r.message for r in verify(CATALOG, made, later) if r.code == "V28"]
    assert said == "图“主题党日逐月开展次数”与台账不符：主题党日（支部层面）5月：图上0，台账1"
    done = refresh(CATALOG, made, later, tmp_path / "新.docx")
    assert [(x.title, x.new) for x in done.changed] == [(f"图“{BY_MONTH}”", "已重画")]
    assert "V28" not in [r.code for r in verify(CATALOG, tmp_path / "新.docx", later)]


def test_a_chart_without_anything_to_show_takes_its_paragraph_along(tmp_path: Path) -> None:
    own = template(tmp_path / "模板.docx", "组织生活排名")
    fill(CATALOG, "situation", book(tmp_path / "a.xlsx", (1,)), tmp_path / "a.docx", Look(template=own))
    opened = open_document(tmp_path / "a.docx")
    assert not list(charts(opened))
    assert [p.text for p in opened.paragraphs if not p.part.startswith("word/footer")] == ["试验", "正文一句。"]


def test_one_declaration_for_workbook_and_document(tmp_path: Path) -> None:
    c = aggregate(
        CATALOG, [book(tmp_path / f"{code}.xlsx", (1, n), code) for n, code in enumerate(("A001", "A002"), 2)]
    )
    write_consolidated(c, tmp_path / "汇总.xlsx")
    drawn = charts_of(open_source(CATALOG, tmp_path / "汇总.xlsx"))
    assert list(drawn) == chart_names()
    data = [[cell.value for cell in row] for row in load_workbook(tmp_path / "汇总.xlsx")["_图表"].iter_rows()]
    for make in drawn.values():
        if chart := make():
            at = next(n for n, row in enumerate(data) if row[0] == chart.title)
            if chart.kind not in ("coverage", "units"):  # the workbook has more states, and short names of units
                assert [v for v in data[at][1:] if v is not None] == list(chart.names)
                assert [row[0] for row in data[at + 1 : at + 1 + len(chart.series)]] == list(chart.series)
