"""Exports the tables of a consolidated workbook as CSV files, for analysis in other tools."""

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
    """Writes 指标汇总, 报送情况 and every ledger's rows to `folder`, one CSV each; returns the paths.

    The encoding is UTF-8 with BOM, as Excel expects. Data that stays in the unit is not in the consolidated workbook,
    so it is not exported. Text that a spreadsheet would read as a formula gets a leading apostrophe.
    Raises CannotRun if `folder` is not empty.
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
    """Returns whether it is a wanted sheet, or part of one that was split at Excel's row limit."""
    return title in wanted or title.rpartition("_")[0] in wanted


def _write(table: pd.DataFrame, path: Path) -> Path:
    def tame(value: object) -> object:
        return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value

    table.map(tame).to_csv(path, index=False, encoding="utf-8-sig")
    return path
