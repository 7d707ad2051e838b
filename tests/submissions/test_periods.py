"""A half-year and a quarter are periods like the year: checks, figures, words, aggregation, register."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from support import small_city

from toolkit.cli.main import main
from toolkit.documents.fill import Look, fill
from toolkit.excel.consolidated.consolidate import write_consolidated
from toolkit.figures.consolidation import OTHER_PERIOD
from toolkit.model import Submission
from toolkit.rows.submission import OUTSIDE
from toolkit.span import Span
from toolkit.standard.catalog import load_catalog
from toolkit.submissions.aggregate import aggregate
from toolkit.submissions.exchange.register import Register
from toolkit.submissions.reading import read_submission
from toolkit.submissions.source import facts, open_source
from toolkit.word.edited.paragraphs import open_document

CATALOG = load_catalog()
HALF = {"period_start": date(2026, 1, 1), "period_end": date(2026, 6, 30), "fill_date": date(2026, 7, 5)}
LATER = {"period_start": date(2026, 7, 1), "period_end": date(2026, 9, 30)}
YEARLY = "组织生活会"


def book(path: Path, code: str = "A001", days: int = 12, **period: date) -> Path:
    """A unit with a party day in each month up to `days`."""
    unit = small_city.unit(code, f"某市测试局{code}", **{"fill_date": date(2026, 12, 20), **period})
    rows = {"org": [small_city.org()], "orglife": [small_city.party_day(n) for n in range(1, days + 1)]}
    return small_city.write(CATALOG, path, unit, rows)


def told(path: Path) -> Submission:
    return read_submission(CATALOG, path)


@pytest.mark.parametrize(
    ("first", "last", "name", "of_report"),
    [
        (1, 12, "2026年", "2026年度"),
        (1, 6, "2026年上半年", "2026年上半年"),
        (7, 12, "2026年下半年", "2026年下半年"),
        (1, 3, "2026年第一季度", "2026年第一季度"),
        (10, 12, "2026年第四季度", "2026年第四季度"),
        (1, 9, "2026年1至9月", "2026年1至9月"),
        (2, 4, "2026年2至4月", "2026年2至4月"),
        (5, 5, "2026年5月", "2026年5月"),
    ],
)
def test_a_span_of_months_has_the_name_that_documents_use(first: int, last: int, name: str, of_report: str) -> None:
    span = Span.months(2026, first, last)
    assert (span.name, span.of_report) == (name, of_report)
    assert Span.called(name, 2026) == Span.called(name.removeprefix("2026年"), 2026) == span


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_period_is_read_back_from_its_code(a: date, b: date) -> None:
    span = Span.of({"year": a.year, "period_start": min(a, b), "period_end": max(a, b)})
    assert span.start <= min(a, b) and max(a, b) <= span.end
    assert Span.read(span.code) == span
    assert span.last.length == span.length and span.last.end.year == span.end.year - 1


def test_rows_of_the_rest_of_the_year_are_left_out_and_told_once(tmp_path: Path) -> None:
    path = book(tmp_path / "半年.xlsx", **HALF)
    found = told(path).findings
    assert [f.code for f in found if f.is_error] == []
    assert [f.message for f in found if f.code == "C28"] == [
        "这一行起有6行的“日期”不在填报期（2026-01-01至2026-06-30）内，不计入本期"
    ]
    source = open_source(CATALOG, path)
    assert source.figures["主题党日_支部"].value == 6
    assert source.left_out == {OUTSIDE: 6}


def test_days_of_another_year_are_still_errors(tmp_path: Path) -> None:
    rows = {"org": [small_city.org()], "orglife": [small_city.party_day(2, date=date(2025, 2, 3))]}
    path = small_city.write(CATALOG, tmp_path / "a.xlsx", small_city.unit("A001", "某市测试局", **HALF), rows)
    assert [f.code for f in told(path).findings if f.is_error] == ["C13"]


def test_duties_are_judged_by_the_months_quarters_and_years_that_lie_in_the_period(tmp_path: Path) -> None:
    """Four months lack a party day in half a year; the yearly meeting is no matter of half a year."""
    unmet = {f.field: f.message for f in told(book(tmp_path / "半年.xlsx", days=2, **HALF)).findings if f.code == "O01"}
    assert "3月、4月、5月、6月" in unmet["主题党日"]
    assert "第1季度、第2季度" in unmet["支部党员大会"]
    assert YEARLY not in unmet
    later = {"fill_date": date(2026, 10, 9), **LATER}
    third = {f.field: f.message for f in told(book(tmp_path / "三季度.xlsx", days=8, **later)).findings}
    assert "：9月（" in third["主题党日"] and "：第3季度（" in third["支部党员大会"]
    whole = {f.field for f in told(book(tmp_path / "全年.xlsx", fill_date=date(2026, 12, 31))).findings}
    assert YEARLY in whole


def test_a_period_that_is_none_is_an_error_on_the_front_page(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", period_start=date(2026, 6, 30), period_end=date(2026, 1, 1))
    assert "S28" in {f.code for f in told(path).findings}


@pytest.mark.parametrize("document", ["situation", "duty", "study"])
def test_a_document_of_half_a_year_says_so_and_never_the_whole_year(document: str, tmp_path: Path) -> None:
    path, out = book(tmp_path / "半年.xlsx", **HALF), tmp_path / "稿.docx"
    fill(CATALOG, document, path, out, Look(draft=True))
    text = [p.text for p in open_document(out).paragraphs]
    assert "2026年上半年" in "".join(text[:2]), text[:2]
    assert not [t for t in text if any(w in t for w in CATALOG.speech.year_only)]
    fill(CATALOG, document, book(tmp_path / "全年.xlsx"), tmp_path / "年.docx", Look(draft=True))
    assert "上半年" not in "".join(p.text for p in open_document(tmp_path / "年.docx").paragraphs)


def test_words_of_the_clerk_about_the_whole_year_are_named(tmp_path: Path) -> None:
    words = {"document": "党建工作情况", "passage": "组织", "seq": 1, "text": "全年工作稳步推进。", "status": "已核"}
    rows = {"org": [small_city.org()], "narrative": [words]}
    path = small_city.write(CATALOG, tmp_path / "a.xlsx", small_city.unit("A001", "某市测试局", **HALF), rows)
    warned = fill(CATALOG, "situation", path, tmp_path / "a.docx", Look(draft=True)).warnings
    assert "“文字材料”的段落“组织”写有“全年”，本期是2026年上半年，请核改。" in warned


def test_units_of_different_periods_are_not_summed(tmp_path: Path) -> None:
    files = [book(tmp_path / f"{c}.xlsx", c, **HALF) for c in ("A001", "A002")] + [book(tmp_path / "A003.xlsx", "A003")]
    c = aggregate(CATALOG, files)
    assert c.period.name == "2026年上半年"
    assert c.figures["主题党日_支部"].value == 12
    assert [f.message for f in c.findings if f.code == "F18"] == ["填报期是2026年，本次汇总2026年上半年，未计入"]
    assert c.reasons == {OUTSIDE: 12, OTHER_PERIOD: 13}
    assert c.rows["read"] == c.rows["counted"] + c.rows["left_out"]
    write_consolidated(c, tmp_path / "汇总.xlsx")
    again = open_source(CATALOG, tmp_path / "汇总.xlsx")
    assert (again.period, again.figures["主题党日_支部"].value) == (Span.months(2026, 1, 6), 12)
    assert facts(again)["时期"] == "2026年上半年"


def test_a_report_of_half_a_year_is_not_replaced_by_that_of_the_year(tmp_path: Path) -> None:
    register = Register(tmp_path)
    for path in (book(tmp_path / "半年.xlsx", **HALF), book(tmp_path / "全年.xlsx")):
        register.add(aggregate(CATALOG, [path]))
    first, second = register.history("A001")
    assert (first.period, first.replaced_by, second.period) == ("2026-01/2026-06", None, "2026")
    assert "2026年上半年" in str(first)


def test_a_blank_workbook_of_a_quarter(tmp_path: Path) -> None:
    line = ["new", "--unit", "某市测试局", "--code", "A001", "--year", "2026", "--period"]
    assert CliRunner().invoke(main, [*line, "第二季度", "-o", str(tmp_path)]).exit_code == 0
    (made,) = tmp_path.glob("*.xlsx")
    assert made.name == "A001_某市测试局_2026年第二季度.xlsx"
    assert Span.of(told(made).unit) == Span.months(2026, 4, 6)
    refused = CliRunner().invoke(main, [*line, "农闲时", "-o", str(tmp_path)])
    assert refused.exit_code == 2 and "看不懂" in refused.output
