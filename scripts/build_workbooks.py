#!/usr/bin/env python3
"""Builds the workbooks in the repository: a blank one, the roster, and the samples of single units.

    python scripts/build_workbooks.py

A rebuild gives the same content. scripts/seed_reports.py writes the sample city of 64 units.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from toolkit.cli.demo import CITY, DOCUMENTS  # noqa: E402
from toolkit.excel.samples import OF_KINDS, sample, write_sample  # noqa: E402
from toolkit.excel.unit.build import build_unit_workbook  # noqa: E402
from toolkit.excel.unit.roster import write_roster_template  # noqa: E402
from toolkit.machine.guard import guarding  # noqa: E402
from toolkit.standard.catalog import load_catalog  # noqa: E402

YEAR = 2026


def build(folder: Path) -> None:
    """Writes all workbooks below `folder`."""
    catalog = load_catalog()
    build_unit_workbook(catalog, {"year": YEAR}, folder / "空白工作簿.xlsx")
    write_roster_template(catalog, folder / "单位名单.xlsx")
    for plan in dict.fromkeys(filter(None, (*DOCUMENTS.values(), *OF_KINDS))):
        write_sample(catalog, plan, folder / "samples")
    roster = [unit for plan in CITY for unit, *_ in sample(catalog, plan)]
    write_roster_template(catalog, folder / "samples" / "单位名单.xlsx", roster)


if __name__ == "__main__":
    with guarding(versioned=True):
        build(ROOT / "workbooks")
