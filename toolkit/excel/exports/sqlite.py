"""Writes the tables of a consolidation as one SQLite file, with a table 字段 that explains the columns."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..consolidated.tables import Table
from ..parts.layout import in_words

# Dates are ISO texts, which SQLite's date functions read; a boolean is 0 or 1.
_KINDS = {"integer": "INTEGER", "number": "NUMERIC", "boolean": "INTEGER"}
_ABOUT = "字段"


def write_sqlite(tables: Sequence[Table], path: Path) -> None:
    """Writes the tables to a new file at `path`, under their titles."""
    with closing(sqlite3.connect(path)) as db, db:
        for table in tables:
            columns = ", ".join(f"{_quoted(f.title)} {_KINDS.get(f.type, 'TEXT')}" for f in table.columns)
            db.execute(f"CREATE TABLE {_quoted(table.title)} ({columns})")
            marks = ", ".join("?" * len(table.columns))
            lines = ([_storable(v) for v in line] for line in table.lines())
            db.executemany(f"INSERT INTO {_quoted(table.title)} VALUES ({marks})", lines)
        db.execute(f"CREATE TABLE {_quoted(_ABOUT)} (表 TEXT, 栏目 TEXT, 代码 TEXT, 类型 TEXT, 说明 TEXT)")
        about = ((t.title, f.title, f.name, f.type, f.description) for t in tables for f in t.columns)
        db.executemany(f"INSERT INTO {_quoted(_ABOUT)} VALUES (?, ?, ?, ?, ?)", about)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _storable(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()[:10]
    return in_words(value)
