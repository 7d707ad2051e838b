"""A small fictional city for tests: a committee with two bureaus below it, one bureau with a branch unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from toolkit.excel.unit.build import build_unit_workbook
from toolkit.machine.guard import guarding
from toolkit.model import Catalog

YEAR = 2026
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def unit(code: str, name: str, parent: str = "", **more: Any) -> dict[str, Any]:
    """The values of a unit sheet."""
    return {
        "unit_id": code,
        "unit_name": name,
        "unit_short": name[-4:],
        "parent_id": parent,
        "sys_type": "市直单位",
        "year": YEAR,
        "fill_date": date(YEAR, 12, 20),
        "filler": "甲某某",
        "approver": "乙某某",
        **more,
    }


def org(code: str = "DZ001", **more: Any) -> dict[str, Any]:
    """A party branch."""
    return {
        "org_id": code,
        "org_name": f"第{code[-1]}党支部",
        "scope": "支部",
        "date": date(YEAR, 1, 1),
        "org_type": "党支部",
        "full_n": 5,
        "prob_n": 0,
        "committee": False,
        "term_start": date(YEAR - 1, 3, 1),
        "term_years": 3,
        "star": "三星",
        "strong": True,
        "demo": "无",
        "org_state": "运行",
        "secretary": "丙某某",
        "est": False,
        "src": "批复",
        "status": "已核",
        **more,
    }


def party_day(n: int = 1, **more: Any) -> dict[str, Any]:
    """A 主题党日 in month n."""
    return {
        "org_id": "DZ001",
        "scope": "支部",
        "date": date(YEAR, n, 5),
        "kind": "主题党日",
        "topic": f"主题{n}",
        "place": "活动室",
        "host": "丙某某",
        "recorder": "丁某某",
        "due_n": 5,
        "present_n": 5,
        "est": False,
        "src": "会议记录",
        "status": "已核",
        **more,
    }


def write(
    catalog: Catalog, path: Path, values: Mapping[str, Any], rows: Rows, declared: Mapping[str, str] | None = None
) -> Path:
    """A unit's workbook; ledgers without rows are declared 本年无 unless `declared` says otherwise."""
    said = {name: "有" if rows.get(name) else "本年无" for name, x in catalog.ledgers.items() if x.declared}
    with guarding(versioned=True):  # here it is a person who writes
        build_unit_workbook(catalog, values, path, rows, {**said, **(declared or {})})
    return path
