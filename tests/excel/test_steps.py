"""The front page shows how far the workbook is, and LibreOffice computes the same."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from support import small_city as city
from support.soffice import through_libreoffice

from toolkit.excel.reading.read import read_book
from toolkit.model import Catalog
from toolkit.standard.sheets import COVER

FULL = {"org": [city.org()], "orglife": [city.party_day(1)]}
DRAFTS = {"org": [city.org()], "orglife": [city.party_day(1, status="草稿")]}
CASES: list[tuple[dict[str, Any], dict[str, Any], dict[str, str], str]] = [
    ({}, FULL, {}, "✓ 填封面 → ✓ 申报 → ✓ 填台账 → ✓ 校验、核定 → 汇总 → 成文 → 导出　下一步：汇总、成文，导出报送件"),
    (
        {},
        DRAFTS,
        {},
        "✓ 填封面 → ✓ 申报 → ✓ 填台账 → ○ 校验、核定 → 汇总 → 成文 → 导出　下一步：点“校验全部”改正，再点“核定”",
    ),
    ({}, {}, {}, "✓ 填封面 → ✓ 申报 → ○ 填台账 → ○ 校验、核定 → 汇总 → 成文 → 导出　下一步：登记台账"),
    (
        {},
        FULL,
        {"study": ""},
        "✓ 填封面 → ○ 申报 → ✓ 填台账 → ✓ 校验、核定 → 汇总 → 成文 → 导出　下一步：逐表选定申报情况",
    ),
    (
        {"unit_name": None},
        {},
        {"study": ""},
        "○ 填封面 → ○ 申报 → ○ 填台账 → ○ 校验、核定 → 汇总 → 成文 → 导出　下一步：填好深红色标签的各项",
    ),
]


def steps(path: Path) -> str:
    return next(str(v) for row in read_book(path).grids[COVER].cells for v in row if "下一步：" in str(v))


@pytest.mark.parametrize(("unit", "rows", "declared", "shown"), CASES)
def test_the_front_page_shows_what_is_next(
    catalog: Catalog,
    tmp_path: Path,
    unit: dict[str, Any],
    rows: dict[str, Any],
    declared: dict[str, str],
    shown: str,
) -> None:
    path = city.write(catalog, tmp_path / "局.xlsx", city.unit("A001", "某某市测试局", **unit), rows, declared)
    assert steps(path) == shown


def without_results(path: Path) -> None:
    """Takes the result of the formula away, so that whoever opens the workbook has to compute it."""
    with zipfile.ZipFile(path) as z:
        parts = {name: z.read(name) for name in z.namelist()}
    name = "xl/worksheets/sheet1.xml"
    parts[name] = re.sub(r"(下一步：[^<]*</f>)<v>[^<]*</v>", r"\1", parts[name].decode()).encode()
    with zipfile.ZipFile(path, "w") as z:
        for part, data in parts.items():
            z.writestr(part, data)


@pytest.mark.office
def test_libreoffice_computes_the_same(catalog: Catalog, tmp_path: Path) -> None:
    paths = {}
    for n, (unit, rows, declared, shown) in enumerate(CASES):
        made = city.write(catalog, tmp_path / f"{n}.xlsx", city.unit("A001", "某某市测试局", **unit), rows, declared)
        without_results(made)
        assert not any("下一步：" in str(v) for row in read_book(made).grids[COVER].cells for v in row)
        paths[made] = shown
    again = through_libreoffice(list(paths), tmp_path / "again", "ods")
    assert [steps(again[p]) for p in paths] == list(paths.values())
