"""Writes the rows of a consolidation as Parquet, one file per ledger for any number of rows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import CannotRun
from ...machine.atomic import whole_folder
from ...model import Ledger
from ...names import file_name
from ...standard.sheets import ORIGIN, YES
from ..parts.layout import in_words
from .lines import Line, Lines, shown

if TYPE_CHECKING:
    from ...figures.consolidation import Consolidation

GROUP = 50_000  # rows in memory at a time


def write_parquet(c: Consolidation, folder: Path) -> list[Path]:
    """Writes every reported ledger's rows to `folder` and returns the paths.

    The columns are those of its sheet in the consolidated workbook, with types.
    The folder is written as a whole. Raises CannotRun if it holds files of others, or pyarrow is not installed.
    """
    try:
        import pyarrow.parquet
    except ImportError as e:
        raise CannotRun("要写 Parquet，请先安装：pip install dangjian[parquet]") from e
    lines, names = Lines(c), list[str]()
    with whole_folder(folder) as made:
        for ledger in c.catalog.ledgers.values():
            if ledger.reported:
                schema = _schema(pyarrow, ledger)
                names.append(file_name(ledger.title, ".parquet"))
                found = lines.of(ledger)
                with pyarrow.parquet.ParquetWriter(made / names[-1], schema) as writer:
                    while some := list(islice(found, GROUP)):
                        writer.write_table(_table(pyarrow, schema, ledger, some))
    return [folder / name for name in names]


def _schema(pa: Any, ledger: Ledger) -> Any:
    kinds = {"date": pa.date32(), "integer": pa.int64(), "boolean": pa.bool_()}
    origin = {"来源行": pa.int64(), "是否计入": pa.bool_()}
    columns = [(title, origin.get(title, pa.string())) for title in ORIGIN]
    for f in shown(ledger):
        number = pa.decimal128(18 + f.decimals, f.decimals)
        columns.append((f.title, number if f.type == "number" else kinds.get(f.type, pa.string())))
    return pa.schema(columns)


def _table(pa: Any, schema: Any, ledger: Ledger, lines: Sequence[Line]) -> Any:
    counted = ORIGIN.index("是否计入")
    lists = {len(ORIGIN) + n for n, f in enumerate(shown(ledger)) if f.type == "list"}
    columns: list[Sequence[Any]] = list(zip(*lines, strict=True))
    columns[counted] = [v == YES for v in columns[counted]]
    columns = [[in_words(v) for v in column] if n in lists else column for n, column in enumerate(columns)]
    return pa.table([pa.array(v, kind.type) for v, kind in zip(columns, schema, strict=True)], schema=schema)
