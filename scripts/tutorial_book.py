"""The workbook of the handbook's morning (教程.md), as it is once the clerk has typed the rows that stand there."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from support.small_city import YEAR, unit, write

from toolkit.model import Catalog

CODE, UNIT, BRANCH = "SL001", "云州市示例局", "机关第一党支部"
ORGS = [
    {"org_id": "DZ001", "org_name": BRANCH, "org_type": "党支部", "date": date(YEAR, 1, 5), "full_n": 6, "prob_n": 0}
    | {"committee": False, "term_start": date(YEAR - 1, 3, 1), "term_years": 3, "src": "选举结果批复", "status": "草稿"}
]
LIFE: list[dict[str, Any]] = [
    {"org_id": BRANCH, "kind": "主题党日", "src": "会议记录", "due_n": 6, "status": "草稿"}
    | {"date": date(YEAR, month, 5), "topic": topic, "place": place, "present_n": present}
    for month, topic, place, present in (
        (1, "学习党章", "党员活动室", 6),
        (2, "走访社区", "示例社区", 7),
        (3, "义务植树", "河滨公园", 6),
    )
]


def tutorial_book(catalog: Catalog, path: Path, mended: bool = False) -> Path:
    """Writes the workbook, until it is `mended` with the mistake that the clerk finds: more present than expected."""
    life = [row | {"present_n": row["due_n"]} for row in LIFE] if mended else LIFE
    values = unit(CODE, UNIT, unit_short=UNIT, sys_type="党政机关", fill_date=date(YEAR, 3, 31))
    write(catalog, path, values, {"org": ORGS, "orglife": life})
    return path
