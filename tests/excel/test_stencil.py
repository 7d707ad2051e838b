"""Blank workbooks are filled into a stencil, and are what building each of them gives."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from toolkit.excel.unit.build import build_blanks, build_unit_workbook
from toolkit.model import Catalog
from toolkit.submissions.reading import read_submission

UNITS: list[dict[str, Any]] = [
    {"unit_id": "A001", "unit_name": "某某市测试局", "unit_short": "测试局", "parent_id": "Z", "sys_type": "市直单位"},
    {
        "unit_id": "A002",
        "unit_name": "某某市第二测试局（筹）",
        "unit_short": "二局",
        "parent_id": "Z",
        "sys_type": "市直单位",
    },
    {"unit_id": "Z", "unit_name": "某某市工委", "unit_short": "某某市工委", "parent_id": None, "sys_type": None},
    {"unit_id": "A003", "unit_name": "甲&乙<丙> 局", "unit_short": "党支部", "parent_id": "Z", "sys_type": None},
    {"unit_id": "A004", "unit_name": "党支部", "unit_short": "长" * 70, "parent_id": "A004", "sys_type": "市直单位"},
    {"unit_id": "A005", "unit_name": "_x0041_局", "unit_short": "五局", "parent_id": "Z", "sys_type": "市直单位"},
]


@pytest.mark.parametrize("suffix", [".xlsx", ".xlsm"])
def test_a_blank_is_byte_for_byte_what_building_gives(catalog: Catalog, tmp_path: Path, suffix: str) -> None:
    units = [{**u, "year": 2026} for u in UNITS]
    paths = [tmp_path / f"{n}{suffix}" for n in range(len(units))]
    build_blanks(catalog, units, paths)
    for unit, path in zip(units, paths, strict=True):
        build_unit_workbook(catalog, unit, tmp_path / f"one{suffix}")
        assert path.read_bytes() == (tmp_path / f"one{suffix}").read_bytes(), unit


def test_every_unit_gets_its_own_names_and_quickly(catalog: Catalog, tmp_path: Path) -> None:
    units = [
        {"unit_id": f"B{n:03}", "unit_name": f"某某市第{n}局", "unit_short": f"第{n}局", "year": 2026}
        for n in range(60)
    ]
    start = time.process_time()
    build_unit_workbook(catalog, units[0], tmp_path / "one.xlsx")
    one = time.process_time() - start
    start = time.process_time()
    build_blanks(catalog, units, [tmp_path / f"{u['unit_id']}.xlsx" for u in units])
    assert time.process_time() - start < 15 * one  # a build each would be 60
    for unit in (units[0], units[-1]):
        read = read_submission(catalog, tmp_path / f"{unit['unit_id']}.xlsx")
        assert {k: read.unit[k] for k in unit} == unit
