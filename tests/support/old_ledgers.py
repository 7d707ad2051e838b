"""Ledgers as agencies keep them, written from compact declarations, and what ought to be taken from them.

A declaration (tests/data/adopt) holds `sheets` (name, rows as cells parted by |, merged areas) and `truth`:

    columns: {三会一课!B3: 组织生活·日期}    the column whose header stands there; 不取, 待定, 敏感, or 不取或待定
    cells:   {三会一课!B4: 2025-03-05}       the value where it is not the text itself; 照录: no certain value
    rows:    {组织生活: 4}                   how many rows
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
import yaml

from toolkit.adopting.adopt import Outcome, adopt
from toolkit.adopting.content import text_of
from toolkit.adopting.model import AS_WRITTEN, ASKED, LEFT, MONTH
from toolkit.model import Catalog
from toolkit.standard.sheets import TAKEN_FROM

from .markdown_book import value
from .paths import ROOT

FOLDER = ROOT / "tests" / "data" / "adopt"
OPEN = {"不取": {LEFT}, "待定": {ASKED}, "敏感": {LEFT}, "不取或待定": {LEFT, ASKED}}


def declarations(which: str) -> list[Path]:
    return sorted((FOLDER / which).glob("*.yaml"))


def write(declared: dict[str, Any], path: Path) -> Path:
    """Writes the workbook that a declaration describes."""
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for told in declared["sheets"]:
            sheet = book.add_worksheet(told["name"])
            cells = {
                (r, c): v
                for r, line in enumerate(told["rows"].rstrip("\n").split("\n"))
                for c, text in enumerate(line.split("|"))
                if (v := value(text)) is not None
            }
            for area in told.get("merge", ()):
                sheet.merge_range(area, None)
            for (r, c), v in cells.items():
                if isinstance(v, date):
                    sheet.write_datetime(r, c, v, day)
                elif isinstance(v, str):
                    sheet.write_string(r, c, v)
                else:
                    sheet.write(r, c, v)
    return path


@dataclass
class Score:
    """How a ledger was read, against its truth."""

    wrong: list[str] = field(default_factory=list)  # cells that were taken as something else
    missed: list[str] = field(default_factory=list)  # columns that are not right at first sight
    columns: int = 0
    right: int = 0
    outcome: Outcome | None = None


def score(catalog: Catalog, declaration: Path, folder: Path) -> Score:
    """Adopts the ledger and compares every cell taken and every column with the truth."""
    declared = yaml.safe_load(declaration.read_text(encoding="utf-8"))
    old = write(declared, folder / f"{declaration.stem}.xlsx")
    done = adopt(catalog, old, folder / f"{declaration.stem}_新.xlsx", folder / f"{declaration.stem}_对照.xlsx")
    made, truth = Score(outcome=done), declared["truth"]
    (read,) = done.files
    by_head: dict[str, tuple[str, str]] = {}
    truth_of: dict[tuple[str, int, int], str] = {}
    for d in read.decisions:
        for column, decided in zip(d.table.columns, d.columns, strict=True):
            if column.title == MONTH:  # its cells are the heads of the months, or days in the months' cells
                continue
            ledger = catalog.ledgers[d.ledger] if d.ledger else None
            said = (
                f"{ledger.title}·{'／'.join(ledger.field(f).title for f in decided.fields)}"
                if ledger and decided.fields
                else ""
            )
            for row, at in column.heads:
                head = f"{d.table.sheet}!{letters(at)}{row}"
                by_head[head] = decided.state, said
                if told := truth.get("columns", {}).get(head):
                    made.columns += 1
                    ok = decided.state in OPEN[told] if told in OPEN else said == told
                    ok = ok and (told != "敏感" or bool(decided.private))
                    made.right += ok
                    if not ok:
                        made.missed.append(
                            f"{head} {column.shown}: {told}, not {decided.state} {said} ({decided.reason})"
                        )
                    for cell in d.table.cells(d.table.columns.index(column)):
                        truth_of[d.table.sheet, *cell.spot] = told
    for head in truth.get("columns", {}).keys() - by_head.keys():
        made.columns += 1
        made.missed.append(f"{head} was not found as a column")
    cells = truth.get("cells", {})
    for o in read.origins:
        where = f"{o.sheet}!{o.cell}"
        title = catalog.ledgers[o.ledger].field(o.field).title
        told = cells.get(where)
        if isinstance(told, dict):
            told = told.get(title)
            if told is None and o.how != AS_WRITTEN and title not in ("主题", "主题议题", "备注"):
                made.wrong.append(f"{where}: {title} {o.value!r} is not told there")
                continue
        elif o.field != "kind" and o.cell and (spot := _spot(o.sheet, o.cell)) in truth_of:
            column = truth_of[spot]
            other = column in OPEN or column.rpartition("·")[2] != title
            if other and not (title in ("日期", "统计日期") and isinstance(told, date)):
                made.wrong.append(f"{where} was taken as {title}, not {column}")
                continue
        shown = (
            f"{o.value.normalize():f}"
            if isinstance(o.value, Decimal)
            else o.value.isoformat()
            if isinstance(o.value, date)
            else text_of(o.value)
            if not isinstance(o.value, bool)
            else str(o.value)
        )
        if told is None:
            if (
                "".join(shown.split()) != "".join(o.text.split())
                and o.how != AS_WRITTEN
                and title != "类型"
                and not _monthly(o.text)
            ):
                made.wrong.append(f"{where}: {shown!r} was made of {o.text!r}")
        elif str(told) == "照录":
            if o.how != AS_WRITTEN:
                made.wrong.append(f"{where}: {shown!r} is not certain")
        else:
            allowed = str(told).split("或")
            if shown not in allowed and not (o.how == AS_WRITTEN and "照录" in allowed):
                made.wrong.append(f"{where}: {shown!r}, not {told}")
    for name, count in truth.get("rows", {}).items():
        ledger = next(x.name for x in catalog.ledgers.values() if x.title == name)
        if len(read.rows.get(ledger, ())) != count:
            made.wrong.append(f"{name} has {len(read.rows.get(ledger, ()))} rows, not {count}")
    for name, kinds in truth.get("kinds", {}).items():
        ledger = next(x.name for x in catalog.ledgers.values() if x.title == name)
        found = [r.get("kind") for r in read.rows.get(ledger, ())]
        if any(f not in (None, k) for f, k in zip(found, kinds, strict=False)):
            made.wrong.append(f"{name}: {found}")
    return made


def _monthly(text: str) -> bool:
    return text.endswith(("月", "季度"))


def letters(column: int) -> str:
    return chr(64 + column)


def _spot(sheet: str, cell: str) -> tuple[str, int, int]:
    return sheet, int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")), ord(cell[0]) - 64


__all__ = ["TAKEN_FROM", "declarations", "score", "write"]
