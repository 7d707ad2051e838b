"""Next year's workbook, begun with what goes on: the unit, its organisations, open problems, unfinished cases, tasks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import CannotRun
from ..excel.unit.build import build_unit_workbook
from ..excel.unit.buttons import SUFFIX
from ..figures.tree import Unit, file_of
from ..findings import findings_text
from ..machine.guard import BOOK, check_file, guarding
from ..model import Catalog
from ..rows.conditions import Context, where
from ..span import Span
from ..standard.sheets import VOID
from ..submissions.reading import read_submission

# Of the cover: what belongs to one period. Of a row: its number, and that it was approved.
_PERIODIC = ("year", "period_start", "period_end", "fill_date", "revision", "waiver", "approver")
_PER_YEAR = ("rec_id", "status")


def roll_over(
    catalog: Catalog, source: Path, period: int | Span, folder: Path, buttons: bool = False
) -> tuple[Path, dict[str, int]]:
    """Writes the workbook of a year, or of a part of one, from last year's; returns its path and the rows carried over, by ledger title.

    A ledger says by `next_year` which of its rows go on; those that are void or not understood stay behind.
    Raises CannotRun if the source cannot be used, is not of an earlier year, or if the target may have been filled in.
    """
    span = Span.months(period) if isinstance(period, int) else period
    year, old = span.end.year, read_submission(catalog, source)
    unit, name = old.unit, old.unit.get("unit_name")
    if not name or not old.rows:
        raise CannotRun(f"{source}：不能作为上年工作簿。\n{findings_text(old.findings)}")
    if (was := unit.get("year")) and was >= year:
        raise CannotRun(f"{source}：是{was}年的工作簿，不能转成{year}年的。请核对年度。", "年度用 --year 指明。")
    new = Unit(str(unit.get("unit_id") or ""), name, unit.get("unit_short") or name)
    target = folder / file_of(new, span.label, SUFFIX if buttons else ".xlsx")
    with guarding([source]):
        check_file(target, BOOK)
    context = Context.of(unit).knowing(catalog.ledgers, old.rows)
    rows: dict[str, list[dict[str, Any]]] = {}
    for ledger in catalog.ledgers.values():
        if ledger.next_year is None:
            continue
        goes_on = where(ledger, ledger.next_year)
        found = [r.values for r in old.rows.get(ledger.name, ()) if r.values.get("status") != VOID]
        rows[ledger.name] = [
            {k: v for k, v in values.items() if v is not None and k not in _PER_YEAR}
            for values in found
            if goes_on(values, context)
        ]
    folder.mkdir(parents=True, exist_ok=True)
    values = {k: v for k, v in unit.items() if v is not None and k not in _PERIODIC}
    with guarding([source]):
        build_unit_workbook(
            catalog, {**values, "year": year, "period_start": span.start, "period_end": span.end}, target, rows
        )
    return target, {catalog.ledgers[name].title: len(found) for name, found in rows.items() if found}
