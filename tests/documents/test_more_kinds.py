"""Documents that are one template and one YAML file each: lists, records, reports of parts of the work."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from support import small_city
from support.pages import need_poppler, pages_of
from support.soffice import need_soffice, through_libreoffice

from toolkit.documents.fill import Look, fill
from toolkit.errors import CannotRun
from toolkit.excel.consolidated.consolidate import write_consolidated
from toolkit.standard.catalog import load_catalog
from toolkit.submissions.aggregate import aggregate
from toolkit.word.edited.paragraphs import open_document

CATALOG = load_catalog()
KINDS = ("branch_duty", "half_year", "ideology", "rectification", "honors", "meetings", "lectures")
SIGNED = -4  # before the date and the two page numbers
COMMON = {"org_id": "DZ001", "scope": "支部", "src": "佐证", "est": False, "status": "已核"}


def meeting(month: int, **more: Any) -> dict[str, Any]:
    row = {
        "kind": "支委会",
        "category": "三会一课",
        "topic": f"研究{month}月工作",
        "place": "会议室",
        "due_n": 3,
        "present_n": 3,
    }
    return {**COMMON, **row, "date": date(2026, month, 3), "host": "甲某某", "recorder": "乙某某", **more}


def book(path: Path, **more: Any) -> Path:
    issue = {**COMMON, "date": date(2026, 2, 1), "source": "意识形态排查", "field": "党建", "brief": "宣传栏更新不及时"}
    issue |= {"found_n": 2, "solved_n": 2, "classifier": "个", "measure": "每月更新", "state": "已完成"}
    issue |= {"dept": "机关党办", "deadline": date(2026, 6, 30), "done_date": date(2026, 3, 2)}
    honor = {**COMMON, "date": date(2026, 5, 1), "kind": "单位荣誉", "name": "节约型机关", "level": "省"}
    honor |= {"grantor": "某某管理局", "qty": 1, "span": "本年"}
    life = [meeting(1), meeting(2), small_city.party_day(4, topic="植树护绿")]
    rows = {"org": [small_city.org()], "orglife": life, "issue": [issue], "honor": [honor]}
    return small_city.write(CATALOG, path, small_city.unit("A001", "某某市测试局", **more), rows)


def texts(document: str, source: Path, out: Path) -> list[str]:
    fill(CATALOG, document, source, out, Look(draft=True))
    return [p.text for p in open_document(out).paragraphs]


@pytest.mark.parametrize("document", KINDS)
def test_each_kind_has_its_title_and_speaks_from_rows_alone(document: str, tmp_path: Path) -> None:
    said = texts(document, book(tmp_path / "a.xlsx"), tmp_path / "稿.docx")
    assert "2026年" in "".join(said[:2])
    assert not [t for t in said if "{{" in t or "{%" in t]


def test_the_ledger_of_problems_is_annexed(tmp_path: Path) -> None:
    said = texts("rectification", book(tmp_path / "a.xlsx"), tmp_path / "稿.docx")
    at = said.index("宣传栏更新不及时")
    assert said[at - 2 : at + 5] == ["1", "意识形态排查", "宣传栏更新不及时", "每月更新", "2个", "2个", "已完成"]


def test_honours_with_who_granted_them_and_activities_by_branch(tmp_path: Path) -> None:
    source = book(tmp_path / "a.xlsx")
    assert {"节约型机关", "某某管理局"} <= set(texts("honors", source, tmp_path / "荣誉.docx"))
    said = texts("lectures", source, tmp_path / "一览.docx")
    assert "第1党支部（1次）" in said and "植树护绿" in said


def test_the_record_of_meetings_has_names_and_stays_in_the_unit(tmp_path: Path) -> None:
    source = book(tmp_path / "a.xlsx")
    said = texts("meetings", source, tmp_path / "记录.docx")
    assert said.count("甲某某") == said.count("乙某某") == 2
    assert "甲某某" not in "".join(texts("lectures", source, tmp_path / "一览.docx"))
    write_consolidated(aggregate(CATALOG, [source]), tmp_path / "汇总.xlsx")
    with pytest.raises(CannotRun, match="只在本单位留存"):
        fill(CATALOG, "meetings", tmp_path / "汇总.xlsx", tmp_path / "b.docx")


def test_the_report_on_one_s_duty_is_signed_by_him_who_gives_it(tmp_path: Path) -> None:
    named, unnamed = book(tmp_path / "a.xlsx", reporter="丁某某"), book(tmp_path / "b.xlsx")
    for document in ("duty", "branch_duty"):
        assert texts(document, named, tmp_path / "a.docx")[SIGNED] == "丁某某"
        assert texts(document, unnamed, tmp_path / "b.docx")[SIGNED] == "某某市测试局"
        for path in (tmp_path / "a.docx", tmp_path / "b.docx"):
            path.unlink()
    write_consolidated(aggregate(CATALOG, [named]), tmp_path / "汇总.xlsx")
    from openpyxl import load_workbook

    cells = (c.value for ws in load_workbook(tmp_path / "汇总.xlsx") for row in ws.iter_rows() for c in row)
    assert "丁某某" not in set(cells)


@pytest.mark.office
def test_one_meeting_has_one_page(tmp_path: Path) -> None:
    need_soffice()
    need_poppler()
    out = tmp_path / "记录.docx"
    fill(CATALOG, "meetings", book(tmp_path / "a.xlsx"), out)
    pdf = through_libreoffice([out], tmp_path / "pdf", "pdf")[out]
    assert len(pages_of(pdf)) == 2
