"""Writes the tables of a consolidation as CSV files and as one SQLite file, for analysis in other tools."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...machine.atomic import whole_folder
from ...names import INVISIBLE, file_name
from ..consolidated.tables import Table, tables_of
from ..parts.cells import legal
from ..parts.layout import in_words
from .package import NAME, write_package
from .sqlite import write_sqlite

if TYPE_CHECKING:
    from ...figures.consolidation import Consolidation

# What makes a spreadsheet take a text for a formula, also after spaces, and in the wide forms that some accept.
_FORMULA = re.compile(rf"[\s{INVISIBLE}]*[=+\-@＝＋－＠﹦﹢﹣﹫−]|[\t\r\n]")
_SQLITE = "汇总数据.sqlite"


def write_csv(c: Consolidation, folder: Path) -> list[Path]:
    """Writes 指标汇总, 报送情况 and every ledger's rows to `folder`, one CSV each, one SQLite file with all of them,
    and a Data Package that describes them; returns the paths.

    The encoding is UTF-8 with BOM, as Excel expects. Text that a spreadsheet would read as a formula gets a leading
    apostrophe in CSV. The folder is written as a whole. Raises CannotRun if it holds files of others.
    """
    tables = [(table, file_name(table.title, ".csv")) for table in tables_of(c)]
    with whole_folder(folder) as made:
        for table, file in tables:
            _write(table, made / file)
        write_sqlite([table for table, _ in tables], made / _SQLITE)
        write_package(c, tables, made)
    return [folder / name for name in (*(file for _, file in tables), _SQLITE, NAME)]


def _write(table: Table, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as f:
        out = csv.writer(f)
        out.writerow([_tame(column.title) for column in table.columns])
        out.writerows([_tame(in_words(value)) for value in line] for line in table.lines())


def _tame(value: Any) -> Any:
    if isinstance(value, str):
        value = legal(value)
        return f"'{value}" if _FORMULA.match(value) else value
    return value
