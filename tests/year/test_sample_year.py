"""The sample plan through a simulated year: late and missing events, the light of each task on five dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from support.year_plans import run, tasks_of

from toolkit.excel.samples import sample
from toolkit.excel.unit.build import build_unit_workbook
from toolkit.machine.guard import guarding
from toolkit.model import Catalog

NEXT = 2027
Rows = Mapping[str, list[dict[str, Any]]]


def later(value: Any) -> Any:
    """A date of the sample one year later."""
    return date(value.year + 1, value.month, min(value.day, 28)) if isinstance(value, date) else value


@pytest.fixture(scope="module")
def year(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample committee's plan for 2027 and ledgers of 2027: late in seminars, one quarter without 作风督查."""
    ((unit, rows, declared),) = sample(catalog, "gongwei")
    ledgers: dict[str, list[dict[str, Any]]] = {
        name: [{k: later(v) for k, v in r.items()} for r in found]
        for name, found in rows.items()
        if name not in ("plan", "narrative")
    }
    for found in ledgers.values():
        for row in found:
            row["rec_id"] = row["rec_id"].replace("2026", "2027") if row.get("rec_id") else None
    seminars = [r for r in ledgers["study"] if r["kind"] == "中心组专题研讨"]
    seminars[-1] |= {"topic": "党的民族理论专题研讨", "date": date(NEXT, 11, 5)}  # was due by 30 September
    checks = [r for r in ledgers["integrity"] if r["kind"] == "作风督查"]
    for row, month in zip(checks, (2, 3, 8, 10, 11), strict=True):  # none in the second quarter
        row["date"] = date(NEXT, month, 10)
    for row in ledgers["orglife"]:
        if row["kind"] == "主题党日" and row["date"].month == 6:
            row["topic"] = "建功新征程、机关作表率"
    path = tmp_path_factory.mktemp("year") / "工委2027.xlsx"
    values = {**unit, "year": NEXT, "fill_date": date(NEXT, 12, 31)}
    values |= {"period_start": date(NEXT, 1, 1), "period_end": date(NEXT, 12, 31)}
    with guarding(versioned=True):
        build_unit_workbook(
            catalog, values, path, {**ledgers, "plan": rows["plan"]}, {**declared, "narrative": "本年无"}
        )
    return path


LIGHTS = {  # task -> lights on the five dates
    "02-01": "绿绿绿黄红",  # 模范机关 10, none named
    "04-01": "绿绿绿绿绿",  # 中心组集体学习, every quarter
    "04-02": "绿绿绿红绿",  # 民族理论 seminar, held five weeks late
    "06-01": "绿绿绿绿绿",  # 主题党日 建功新征程, held in June
    "07-01": "绿绿绿绿绿",  # 最强党支部 60%
    "11-01": "绿绿红红红",  # 作风督查, nothing in the second quarter
}
DAYS = ("2027-01-31", "2027-03-31", "2027-07-05", "2027-11-01", "2027-12-31")


def test_the_sample_is_as_large_as_a_real_plan(catalog: Catalog) -> None:
    ((_, rows, _),) = sample(catalog, "gongwei")
    plan = rows["plan"]
    assert len({r["section_no"] for r in plan}) == 6
    assert sorted({r["task_no"] for r in plan}) == list(range(1, 19))
    assert sum("target_value" in r for r in plan) == 6


def test_two_thirds_of_its_measures_are_judged_by_the_ledgers(year: Path) -> None:
    found = tasks_of(year, "2027-12-31")
    judged = [t for t in found.values() if t["progress"] is not None]
    assert len(judged) * 3 >= len(found) * 2, sorted(t["id"] for t in found.values() if t["progress"] is None)


@pytest.mark.parametrize(("n", "day"), list(enumerate(DAYS)))
def test_each_task_has_its_light_on_five_dates(year: Path, n: int, day: str) -> None:
    found = tasks_of(year, day)
    assert {t: found[t]["light"] for t in LIGHTS} == {t: lights[n] for t, lights in LIGHTS.items()}


def test_the_year_after_is_proposed_from_it(year: Path, tmp_path: Path) -> None:
    code, said = run("plan", "draft", year, "-o", tmp_path / "2028.xlsx", "--as-of", "2027-12-31")
    assert code == 0
    assert "2028年要点草稿：保留" in said
    assert "[不再列入] GZ2028-06-01" in said


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ("reminder", "你单位有已过期事项"),
        ("progress", "共18条、27项措施"),
        ("review", "亮红灯的任务"),
        ("breakdown", "宣传部（"),
    ],
)
def test_the_documents_of_the_year(year: Path, tmp_path: Path, document: str, sentence: str) -> None:
    out = tmp_path / f"{document}.docx"
    code, said = run("fill", document, year, "-o", out)
    assert code == 0, said
    text = "\n".join(p.text for p in docx.Document(str(out)).paragraphs)
    assert sentence in text
    assert "{{" not in text
