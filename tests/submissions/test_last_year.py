"""Last year's figures come from its workbook, its consolidated workbook, a folder, or the sheet of `extract`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from docx import Document
from openpyxl import load_workbook
from support import small_city

from toolkit.cli.main import main
from toolkit.documents.refresh import refresh
from toolkit.documents.verify import verify
from toolkit.excel.reading.read import read_book
from toolkit.standard.catalog import load_catalog
from toolkit.submissions.comparing.last import beside, read_last
from toolkit.submissions.source import open_source

CATALOG = load_catalog()
TEXT = "开展主题党日{{ 主题党日_支部 }}，{{ 主题党日_支部.同比 }}，{{ 主题党日_支部.增幅 }}。召开支委会{{ 支委会 }}，{{ 支委会.同比 }}。"


def book(path: Path, year: int, days: int, code: str = "A001", **more: Any) -> Path:
    """A unit with so many party days, spread over the months of a year."""
    months = [date(year, n % 12 + 1, n // 12 + 1) for n in range(days)]
    rows = {
        "org": [small_city.org(date=date(year, 1, 1), term_start=date(year - 1, 3, 1))],
        "orglife": [small_city.party_day(1, date=d, topic=f"主题{n}") for n, d in enumerate(months)],
    }
    unit = small_city.unit(code, f"某市测试局{code}", year=year, **{"fill_date": date(year, 12, 20), **more})
    path.parent.mkdir(exist_ok=True)
    return small_city.write(CATALOG, path, unit, rows)


def run(*line: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in line])


def template(tmp_path: Path) -> Path:
    made = Document()
    made.add_paragraph(TEXT)
    made.save(str(tmp_path / "模板.docx"))
    return tmp_path / "模板.docx"


def filled(tmp_path: Path, source: Path, last: Path) -> tuple[str, str]:
    """The paragraph and what was told."""
    out = tmp_path / "今年.docx"
    line = ["fill", "situation", source, "--template", template(tmp_path), "--last", last, "-o", out, "--force"]
    told = run(*line)
    assert told.exit_code in (0, 1), told.output
    return Document(str(out)).paragraphs[0].text, told.output


def together(path: Path, books: Sequence[Path]) -> Path:
    assert run("aggregate", *books, "-o", path, "--no-cache").exit_code in (0, 1)
    return path


def test_last_year_s_workbook_of_the_same_unit(tmp_path: Path) -> None:
    now, last = book(tmp_path / "今年.xlsx", 2026, 18), book(tmp_path / "上年.xlsx", 2025, 16)
    assert filled(tmp_path, now, last)[0] == "开展主题党日18次，比上年增加2次，增长12.5%。"


def test_no_percentage_on_a_small_base(tmp_path: Path) -> None:
    now, last = book(tmp_path / "今年.xlsx", 2026, 12), book(tmp_path / "上年.xlsx", 2025, 9)
    assert filled(tmp_path, now, last)[0] == "开展主题党日12次，比上年增加3次。"


def test_the_unit_is_found_in_the_consolidated_workbook_and_in_a_folder(tmp_path: Path) -> None:
    units = [book(tmp_path / "去年" / f"{c}.xlsx", 2025, n, c) for c, n in (("A001", 10), ("A002", 30))]
    now = book(tmp_path / "今年.xlsx", 2026, 11, "A002")
    for last in (tmp_path / "去年", together(tmp_path / "汇总.xlsx", units)):
        assert filled(tmp_path, now, last)[0] == "开展主题党日11次，比上年减少19次，下降63.3%。"


def test_another_unit_is_no_comparison_and_is_named(tmp_path: Path) -> None:
    now, last = book(tmp_path / "今年.xlsx", 2026, 12), book(tmp_path / "上年.xlsx", 2025, 9, "A009")
    text, told = filled(tmp_path, now, last)
    assert text == "开展主题党日12次。"
    assert "没有与上年比较：“上年.xlsx”里没有“某市测试局A001”（A001）。" in told


def test_another_year_is_refused(tmp_path: Path) -> None:
    now, last = book(tmp_path / "今年.xlsx", 2026, 12), book(tmp_path / "上年.xlsx", 2024, 9)
    out = tmp_path / "b.docx"
    told = run("fill", "situation", now, "--template", template(tmp_path), "--last", last, "-o", out)
    assert (told.exit_code, "不是上年（2025年）" in told.output, out.exists()) == (2, True, False)


def test_half_a_year_is_compared_with_the_same_months_of_last_year_s_workbook(tmp_path: Path) -> None:
    half = {"period_start": date(2026, 1, 1), "period_end": date(2026, 6, 30)}
    now, last = book(tmp_path / "今年.xlsx", 2026, 36, **half), book(tmp_path / "上年.xlsx", 2025, 24)
    assert filled(tmp_path, now, last)[0] == "开展主题党日18次，比上年同期增加6次，增长50%。"
    short = {"period_start": date(2025, 1, 1), "period_end": date(2025, 3, 31)}
    text, told = filled(tmp_path, now, book(tmp_path / "上年季.xlsx", 2025, 24, **short))
    assert text == "开展主题党日18次。"
    assert "填报期是2025年第一季度，不是2025年上半年" in told


def test_the_sheet_of_extract(tmp_path: Path) -> None:
    report, sheet = tmp_path / "某局2025年总结.txt", tmp_path / "对照.xlsx"
    report.write_text("某局2025年党建工作总结\n各党支部全年开展主题党日16次。", encoding="utf-8")
    assert run("extract", report, "-o", sheet).exit_code == 0
    values = read_last(CATALOG, sheet).said or {}
    assert Decimal(16) in values.values()
    name = next(n for n, v in values.items() if v == 16)
    now = open_source(CATALOG, book(tmp_path / "今年.xlsx", 2026, 12))
    assert read_last(CATALOG, sheet).values(now)[0][name] == 16


def test_each_unit_is_compared_with_itself(tmp_path: Path) -> None:
    for year, days in ((2025, (10, 20)), (2026, (12, 15))):
        for code, n in zip(("A001", "A002"), days, strict=True):
            book(tmp_path / str(year) / f"{code}.xlsx", year, n, code)
    line = ["fill", "situation", tmp_path / "2026", "--all-units", "--template", template(tmp_path)]
    told = run(*line, "--last", tmp_path / "2025", "-o", tmp_path / "稿")
    assert told.exit_code in (0, 1), told.output
    said = sorted(Document(str(p)).paragraphs[0].text for p in (tmp_path / "稿").glob("*.docx"))
    assert said == ["开展主题党日12次，比上年增加2次，增长20%。", "开展主题党日15次，比上年减少5次，下降25%。"]


def test_the_consolidated_workbook_has_columns_of_last_year(tmp_path: Path) -> None:
    for year, days in ((2025, (10, 20)), (2026, (12, 24))):
        for code, n in zip(("A001", "A002"), days, strict=True):
            book(tmp_path / str(year) / f"{code}.xlsx", year, n, code)
    last = together(tmp_path / "上年汇总.xlsx", [tmp_path / "2025"])
    out = tmp_path / "汇总.xlsx"
    assert run("aggregate", tmp_path / "2026", "-o", out, "--last", last, "--no-cache").exit_code in (0, 1)
    head, *rows = [[c.value for c in row] for row in load_workbook(out)["指标汇总"].iter_rows()]
    at = head.index("上年")
    (found,) = [r for r in rows if r[0] == CATALOG.indicators["主题党日_支部"].id]
    assert head[at:] == ["上年", "增减", "增幅"]
    assert found[at:] == ["30次", "增加6次", "增长20%"]
    assert open_source(CATALOG, out).figures["主题党日_支部"].value == 36  # still a source

    book(tmp_path / "2026" / "A003.xlsx", 2026, 5, "A003")
    told = run("aggregate", tmp_path / "2026", "-o", tmp_path / "三家.xlsx", "--last", last, "--no-cache")
    assert "汇总的单位与今年不同（今年多A003）" in told.output
    sheet = load_workbook(tmp_path / "三家.xlsx")["指标汇总"]
    assert {row[at].value for row in sheet.iter_rows(min_row=2)} <= {None, ""}


def test_the_file_beside_the_workbook(tmp_path: Path) -> None:
    assert beside(tmp_path) is None
    path = book(tmp_path / "上年台账.xlsx", 2025, 9)
    assert beside(tmp_path) == path
    book(tmp_path / "上年台账（改）.xlsx", 2025, 9)
    with pytest.raises(Exception, match="请只留一个"):
        beside(tmp_path)


def test_the_clerk_may_compare_in_his_own_words(tmp_path: Path) -> None:
    said = {"document": "党建工作情况", "passage": "组织", "seq": 1, "status": "已核"}
    said["text"] = "主题党日【主题党日_支部】，【主题党日_支部.同比】；党课【无此指标.同比】。"
    path = small_city.write(
        CATALOG, tmp_path / "a.xlsx", small_city.unit("A001", "某局"), {"org": [small_city.org()], "narrative": [said]}
    )
    from toolkit.rows.submission import submission_of

    assert [f.value for f in submission_of(CATALOG, read_book(path)).findings if f.code == "T01"] == ["无此指标.同比"]


def test_the_product_s_documents_compare_where_last_year_is_known(tmp_path: Path) -> None:
    now, last = book(tmp_path / "今年.xlsx", 2026, 18), book(tmp_path / "上年.xlsx", 2025, 16)
    out = tmp_path / "稿.docx"
    for line, said in ((["--last", last], True), ([], False)):
        told = run("fill", "situation", now, "-o", out, "--draft", "--force", *line)
        assert told.exit_code in (0, 1), told.output
        text = [p.text for p in Document(str(out)).paragraphs]
        assert ("与上年相比，支部层面主题党日18次，增加2次、增长12.5%。" in text) == said


def test_comparisons_are_verified_and_refreshed_like_figures(tmp_path: Path) -> None:
    now, last = book(tmp_path / "今年.xlsx", 2026, 18), book(tmp_path / "上年.xlsx", 2025, 16)
    filled(tmp_path, now, last)
    made, template_ = tmp_path / "今年.docx", tmp_path / "模板.docx"
    assert not [r for r in verify(CATALOG, made, now, template=template_) if r.code != "V15"]
    more = book(tmp_path / "后来.xlsx", 2026, 20)
    stale = [(r.code, r.message) for r in verify(CATALOG, made, more, template=template_) if r.code == "V01"]
    assert [("主题党日_支部" in m or "主题党日" in m, c) for c, m in stale] == [(True, "V01")] * 3
    refresh(CATALOG, made, more, tmp_path / "新.docx")
    assert Document(str(tmp_path / "新.docx")).paragraphs[0].text == "开展主题党日20次，比上年增加4次，增长25%。"


def test_a_comparison_typed_over_is_named(tmp_path: Path) -> None:
    now, last = book(tmp_path / "今年.xlsx", 2026, 18), book(tmp_path / "上年.xlsx", 2025, 16)
    filled(tmp_path, now, last)
    made = Document(str(tmp_path / "今年.docx"))
    run_ = next(r for r in made.paragraphs[0].runs if r.text == "比上年增加2次")
    run_.text = "比上年增加8次"
    made.save(str(tmp_path / "改.docx"))
    found = [r for r in verify(CATALOG, tmp_path / "改.docx", now, template=tmp_path / "模板.docx") if r.code == "V02"]
    assert ["8次" in r.message and "2次" in r.message for r in found] == [True]
