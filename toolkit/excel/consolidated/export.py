"""Exports the tables of a consolidated workbook as CSV files, for analysis in other tools."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from ...machine.atomic import whole_folder
from ...model import Catalog
from ...names import INVISIBLE, file_name
from .figuresheets import SUMMARY
from .registers import COVERAGE

# What makes a spreadsheet take a text for a formula, also after spaces, and in the wide forms that some accept.
_FORMULA = re.compile(rf"[\s{INVISIBLE}]*[=+\-@＝＋－＠﹦﹢﹣﹫−]|[\t\r\n]")


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
            _write(_table(book, title), made / file_name(title, ".csv"))
    return [folder / file_name(title, ".csv") for title in titles]


def _table(book: pd.ExcelFile, title: str) -> pd.DataFrame:
    """Returns the sheet as it is: NA, NULL, None are words like others, not gaps."""
    return pd.read_excel(book, sheet_name=title, dtype=object, keep_default_na=False)


def _is_table(title: str, wanted: Collection[str]) -> bool:
    """Returns whether it is a wanted sheet, or part of one that was split at Excel's row limit."""
    return title in wanted or title.rpartition("_")[0] in wanted


def _write(table: pd.DataFrame, path: Path) -> None:
    def tame(value: object) -> object:
        return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value

    table.map(tame).rename(columns=tame).to_csv(path, index=False, encoding="utf-8-sig")
