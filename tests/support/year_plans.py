"""Plans of the year in workbooks of a fictional bureau, and the commands that read them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from toolkit.cli.main import main
from toolkit.model import Catalog
from toolkit.standard.catalog import load_catalog

from .small_city import YEAR, org, party_day, unit, write

NONE: Mapping[str, Any] = {"target_op": None, "target_value": None, "target_unit": None, "indicator_id": None}


def task(n: int, **more: Any) -> dict[str, Any]:
    """The n-th measure of a plan: at least four party days of the branches by the end of September."""
    return {
        "plan_id": f"GZ{YEAR}-{n:02}-01",
        "section_no": 1,
        "section_title": "强化理论武装",
        "task_no": n,
        "task_title": f"任务{n}",
        "measure_no": 1,
        "measure": f"落实第{n}项措施",
        "indicator_id": "主题党日_支部",
        "target_op": "≥",
        "target_value": 4,
        "target_unit": "次",
        "per": "全单位",
        "dept": "机关党办",
        "freq": "年",
        "deadline": date(YEAR, 9, 30),
        "state": "推进中",
        **more,
    }


def days(*months: int, code: str = "DZ001") -> list[dict[str, Any]]:
    return [party_day(n, org_id=code) for n in months]


def book(path: Path, rows: dict[str, Any], catalog: Catalog | None = None, **more: Any) -> Path:
    values = unit(**{"code": "AA001", "name": "示例市甲局", "fill_date": date(YEAR, 6, 30), **more})
    return write(catalog or load_catalog(), path, values, {"org": [org()], **rows})


def run(*args: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(main, [str(a) for a in args])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output if done.exit_code == 2 else done.stdout


def tasks(path: Path, as_of: str = "2026-06-30", *more: str | Path) -> dict[str, dict[str, Any]]:
    """How the measures stand, by the two digits of their task."""
    code, said = run("plan", path, "--as-of", as_of, "--json", *more)
    assert code == 0, said
    return {t["id"][7:9]: t for t in json.loads(said)["tasks"]}


def tasks_of(path: Path, as_of: str) -> dict[str, dict[str, Any]]:
    """How the measures stand, by the digits of their task and measure, such as 04-02; rows in error may be left out."""
    _, said = run("plan", path, "--as-of", as_of, "--json")
    return {t["id"][7:]: t for t in json.loads(said)["tasks"]}
