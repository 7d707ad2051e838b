"""Writes the tables of a consolidation as Parquet, one file per table for any number of rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import CannotRun
from ...machine.atomic import whole_folder
from ...model import Field
from ...names import file_name
from ..consolidated.lines import Line
from ..consolidated.tables import Table, tables_of
from ..parts.layout import in_words
from .package import NAME, write_package

if TYPE_CHECKING:
    from ...figures.consolidation import Consolidation

GROUP = 50_000  # rows in memory at a time


def need_pyarrow() -> None:
    """Raises CannotRun if pyarrow, an extra, is not installed."""
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError as e:
        raise CannotRun("要写 Parquet，请先安装：pip install dangjian[parquet]；免安装版请改用 --export。") from e


def write_parquet(c: Consolidation, folder: Path) -> list[Path]:
    """Writes 指标汇总, 报送情况 and every reported ledger's rows, and a Data Package that describes them.

    Returns the paths. The columns are those of the sheets of the consolidated workbook, with types.
    The folder is written as a whole. Raises CannotRun if it holds files of others, or pyarrow is not installed.
    """
    need_pyarrow()
    import pyarrow.parquet

    tables = [(table, file_name(table.title, ".parquet")) for table in tables_of(c)]
    with whole_folder(folder) as made:
        for table, file in tables:
            schema, found = _schema(pyarrow, table), table.lines()
            with pyarrow.parquet.ParquetWriter(made / file, schema) as writer:
                while some := list(islice(found, GROUP)):
                    writer.write_table(_grouped(pyarrow, schema, table, some))
        write_package(c, tables, made)
    return [folder / name for name in (*(file for _, file in tables), NAME)]


def _schema(pa: Any, table: Table) -> Any:
    kinds = {"date": pa.date32(), "integer": pa.int64(), "boolean": pa.bool_()}
    columns = [
        (f.title, _decimal(pa, f) if f.type == "number" else kinds.get(f.type, pa.string())) for f in table.columns
    ]
    # Without this note pandas reads a column of integers with a blank cell as fractions, and blanks as NaN.
    types = {"integer": "Int64", "boolean": "boolean"}
    note = [
        {"name": f.title, "field_name": f.title, "pandas_type": f.type, "numpy_type": types[f.type], "metadata": None}
        for f in table.columns
        if f.type in types
    ]
    pandas = {"index_columns": [], "column_indexes": [], "columns": note}
    return pa.schema(columns, metadata={b"pandas": json.dumps(pandas)})


def _decimal(pa: Any, field: Field) -> Any:
    return pa.decimal128(18 + field.decimals, field.decimals)


def _grouped(pa: Any, schema: Any, table: Table, lines: Sequence[Line]) -> Any:
    columns: list[Sequence[Any]] = list(zip(*lines, strict=True))
    for n, f in enumerate(table.columns):
        if f.type == "list":
            columns[n] = [in_words(v) for v in columns[n]]
        elif f.type == "number":
            columns[n] = [v if v is None else round(Decimal(v), f.decimals) for v in columns[n]]
    return pa.table([pa.array(v, kind.type) for v, kind in zip(columns, schema, strict=True)], schema=schema)
