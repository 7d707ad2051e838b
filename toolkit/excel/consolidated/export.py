"""The tables of a consolidated workbook as CSV files, for those who analyse further elsewhere."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from ...errors import CannotRun
from ...model import Catalog
from .figuresheets import SUMMARY
from .registers import COVERAGE

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def export_tables(catalog: Catalog, workbook: Path, folder: Path) -> list[Path]:
    """Write 指标汇总, 报送情况 and every ledger's rows to `folder`, one CSV each (UTF-8 with BOM, as Excel expects).

    What stays in the unit is not in the consolidated workbook and so not here. Text that a
    spreadsheet would take for a formula gets an apostrophe in front. Raises CannotRun when `folder` is not empty.
    """
    if folder.exists() and any(folder.iterdir()):
        raise CannotRun(f"“{folder}”里已有文件，没有覆盖。请换一个空文件夹。")
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [SUMMARY, COVERAGE, *(ledger.title for ledger in catalog.ledgers.values())]
    with pd.ExcelFile(workbook, engine="calamine") as book:
        titles = [str(t) for t in book.sheet_names if _is_table(str(t), wanted)]
        return [
            _write(pd.read_excel(book, sheet_name=title, dtype=object), folder / f"{title}.csv") for title in titles
        ]


def _is_table(title: str, wanted: Collection[str]) -> bool:
    """One of the wanted sheets, or a part of one that Excel's row limit split."""
    return title in wanted or title.rpartition("_")[0] in wanted


def _write(table: pd.DataFrame, path: Path) -> Path:
    def tame(value: object) -> object:
        return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value

    table.map(tame).to_csv(path, index=False, encoding="utf-8-sig")
    return path
