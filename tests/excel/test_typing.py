"""What the drop-downs list and which dates a cell takes, computed by LibreOffice from the validations themselves."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from support.small_city import YEAR, org, party_day, unit, write
from support.soffice import need_soffice

from toolkit.model import Catalog

ROW = 5
TYPED = {
    date(YEAR, 5, 8): True,
    "2026.5.8": True,
    "2026-5-8": True,
    20260508: True,
    "5-8": True,  # where the program does not make it a date
    "12-31": True,
    "13-1": False,
    "20260508": False,  # text of eight digits is left to the checks, which read it
    "2025.5.8": False,
    20250508: False,
    20261301: False,
    "五月八日": False,
    12: False,
}


def rule(ws: Worksheet, title: str, row: int = ROW) -> str:
    """The formula behind the validation of a cell, with its references moved to `row`."""
    column = [c.value for c in ws[3]].index(title) + 1
    cell = f"{get_column_letter(column)}{ROW}"
    (found,) = [v for v in ws.data_validations.dataValidation if cell in v.sqref]
    top = min(r.min_row for r in found.sqref.ranges)
    return openpyxl.formula.translate.Translator(f"={found.formula1}", f"A{top}").translate_formula(f"A{row}")


@pytest.fixture(scope="module")
def computed(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """What the rules of a workbook give, by what they are of."""
    need_soffice()
    soffice, folder = str(shutil.which("soffice")), tmp_path_factory.mktemp("typing")
    rows = {
        "org": [org("DZ001", org_name="第一党支部"), org("DZ002", org_name="第二党支部")],
        "orglife": [party_day(1) for _ in TYPED],
        "narrative": [
            {"document": "党建工作要点", "passage": "总体要求", "text": "甲"},
            {"document": "自拟文种", "passage": "总述", "text": "乙"},
        ],
    }
    path = write(catalog, folder / "a.xlsx", unit("J001", "云海市云岚局"), rows)
    book = openpyxl.load_workbook(path)
    life, words = book["组织生活"], book["文字材料"]
    days = [c.value for c in life[3]].index("日期") + 1
    tests = book.create_sheet("试")
    for n, value in enumerate(TYPED):
        life.cell(ROW + n, days).value = value  # type: ignore[assignment]
        tests.cell(n + 1, 1).value = _on(life.title, rule(life, "日期", ROW + n))
    for column, (ws, title, row) in enumerate(
        ((words, "段落", ROW), (words, "段落", ROW + 1), (life, "所属党组织", ROW)), 2
    ):
        listed = _on(ws.title, rule(ws, title, row)).removeprefix("=")
        tests.cell(1, column).value = f"=ROWS({listed})"
        tests.cell(2, column).value = f"=INDEX({listed},1,1)"
        tests.cell(3, column).value = f"=INDEX({listed},ROWS({listed}),1)"
    book.save(folder / "b.xlsx")
    subprocess.run(
        [soffice, "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--convert-to", "xlsx",
         "--outdir", str(folder / "out"), str(folder / "b.xlsx")],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    ws = openpyxl.load_workbook(folder / "out" / "b.xlsx", data_only=True)["试"]
    columns = {"day": 1, "passage": 2, "any passage": 3, "organisation": 4}
    return {name: [c.value for c in ws[get_column_letter(n)]] for name, n in columns.items()}


def _on(title: str, formula: str) -> str:
    """The formula with its references on the sheet `title`, where the validation is."""
    tokens = openpyxl.formula.Tokenizer(formula)
    for t in tokens.items:
        if t.subtype == "RANGE" and t.value.replace("$", "")[-1].isdigit() and "!" not in t.value:
            t.value = f"{title}!{t.value}"
    return "=" + "".join(t.value for t in tokens.items)


@pytest.mark.office
def test_a_date_is_taken_as_people_type_it(computed: dict[str, list[Any]]) -> None:
    taken = [v is True or v == 1 for v in computed["day"][: len(TYPED)]]
    assert dict(zip(map(str, TYPED), taken, strict=True)) == {str(k): v for k, v in TYPED.items()}


@pytest.mark.office
def test_passages_are_those_of_the_document(catalog: Catalog, computed: dict[str, list[Any]]) -> None:
    plan = next(d for d in catalog.documents.values() if d.title == "党建工作要点")
    names = [p.id for p in plan.passages]
    assert computed["passage"][:3] == [len(names), names[0], names[-1]]
    every = {p.id for d in catalog.documents.values() for p in d.passages}
    assert computed["any passage"][0] == len(every)


@pytest.mark.office
def test_organisations_are_listed_by_name(computed: dict[str, list[Any]]) -> None:
    assert computed["organisation"][:3] == [2, "第一党支部", "第二党支部"]
