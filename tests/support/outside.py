"""Run as a program: uses what somebody adds from outside the package, here or in worker processes.

python -m support.outside KIND FOLDER JOBS
"""

from __future__ import annotations

import os
import sys
from datetime import date
from functools import partial
from pathlib import Path

from support import house_rules  # noqa: F401  its words must be there before the standard is loaded
from support.small_city import org, unit, write
from toolkit.documents.fill import Look, fill
from toolkit.machine import workers
from toolkit.model import Catalog
from toolkit.standard.catalog import load_catalog
from toolkit.submissions.aggregate import aggregate
from toolkit.word.edited.paragraphs import open_document

DUES = {"AA001": (10, 8), "AA002": (11, 5), "AA003": (20, 7)}  # due, paid


def books(catalog: Catalog, folder: Path) -> list[Path]:
    """A workbook for each unit, with one row of dues."""
    made = []
    for code, (due, paid) in DUES.items():
        row = {
            "org_id": "DZ001",
            "scope": "支部",
            "date": date(2026, 3, 20),
            "due_n": due,
            "paid_n": paid,
            "amount": 30000,
            "est": False,
            "src": "登记表",
            "status": "已核",
        }
        rows = {"org": [org()], "dues": [row]}
        made.append(write(catalog, folder / f"{code}.xlsx", unit(code, f"示例局{code}"), rows))
    return made


def operation(catalog: Catalog, folder: Path, jobs: int) -> None:
    """One class: the smallest value over three units; a row that an own check calls wrong does not count."""
    books(catalog, folder)
    figure = aggregate(catalog, [folder], jobs=jobs).figures["最少实缴人数"]
    assert figure.value == 7, figure


def check(catalog: Catalog, folder: Path, jobs: int) -> None:
    """One function: its Finding has its code, place and message."""
    books(catalog, folder)
    found = [f for f in aggregate(catalog, [folder], jobs=jobs).findings if f.code[0] in "RX"]
    assert [(f.code, f.place.unit, f.place.sheet, f.message) for f in found] == [
        ("X01", "AA002", "党费收缴", "应缴人数不是双数")
    ], found


def ledger(catalog: Catalog, folder: Path, jobs: int) -> None:
    """One YAML: the sheet is written, read, checked and counted."""
    books(catalog, folder)
    found = aggregate(catalog, [folder], jobs=jobs)
    assert found.rows == {"read": 6, "counted": 5, "left_out": 1}, found.rows
    assert found.figures["党费实缴金额"].value == 60000


def document(catalog: Catalog, folder: Path, jobs: int) -> None:
    """One .docx in the folder of the standard: it is a document by its name."""
    made = list(workers.over(partial(filled, catalog), books(catalog, folder), jobs))
    assert made == ["收缴党费3万元。", "本季度没有记录。", "收缴党费3万元。"], made


def filled(catalog: Catalog, book: Path) -> str:
    """The paragraph below the title of the document that is filled from a workbook."""
    fill(catalog, "党费通报", book, book.with_suffix(".docx"), Look(draft=True))
    return open_document(book.with_suffix(".docx")).paragraphs[1].text


def main(kind: str, folder: Path, jobs: int) -> None:
    """Workers are used for few things too, so that three workbooks go to two of them."""
    workers.FEW, workers.AT_ONCE = 2, 1
    os.environ["DANGJIAN_STANDARD"] = str(folder / "standard")
    catalog = load_catalog()
    assert catalog.extensions == ("support.house_rules",)
    desk = folder / "报送件"
    desk.mkdir()
    {"operation": operation, "check": check, "ledger": ledger, "document": document}[kind](catalog, desk, jobs)


if __name__ == "__main__":
    from support.outside import main as imported  # workers find functions by their module, never in __main__

    imported(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
