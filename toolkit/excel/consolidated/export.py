"""Exports the tables of a consolidated workbook as CSV files, for analysis in other tools."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from ...machine.atomic import whole_folder
from ...model import Catalog
from .figuresheets import SUMMARY
from .registers import COVERAGE

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def export_tables(catalog: Catalog, workbook: Path, folder: Path) -> list[Path]:
    """Writes 指标汇总, 报送情况 and every ledger's rows to `folder`, one CSV each; returns the paths.

    The encoding is UTF-8 with BOM, as Excel expects. Data that stays in the unit is not in the consolidated workbook,
    so it is not exported. Text that a spreadsheet would read as a formula gets a leading apostrophe.
    The folder is written as a whole. Raises CannotRun if it holds files of others.
    """
    wanted = [SUMMARY, COVERAGE, *(ledger.title for ledger in catalog.ledgers.values())]
    with whole_folder(folder) as made, pd.ExcelFile(workbook, engine="calamine") as book:
        titles = [str(t) for t in book.sheet_names if _is_table(str(t), wanted)]
        for title in titles:
            _write(pd.read_excel(book, sheet_name=title, dtype=object), made / f"{title}.csv")
    return [folder / f"{title}.csv" for title in titles]


def _is_table(title: str, wanted: Collection[str]) -> bool:
    """Returns whether it is a wanted sheet, or part of one that was split at Excel's row limit."""
    return title in wanted or title.rpartition("_")[0] in wanted


def _write(table: pd.DataFrame, path: Path) -> None:
    def tame(value: object) -> object:
        return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value

    table.map(tame).to_csv(path, index=False, encoding="utf-8-sig")
