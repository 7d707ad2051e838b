"""The example row of a ledger: never counted, but never a hiding place for what somebody wrote into it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from ...model import Field
from ...standard.sheets import EXAMPLE
from .cell import written
from .text import squeeze


def is_example(cells: Sequence[Any], left: int, raw: Sequence[Any]) -> bool:
    """Whether 示例 is in the table's first column, or in the ledger's first field if columns were moved."""
    first = cells[left - 1] if left <= len(cells) else None
    return _says(first, EXAMPLE) or _says(raw[0], EXAMPLE)


def is_written_over(fields: Sequence[Field], raw: Sequence[Any]) -> bool:
    """Whether most of an example row's cells hold something else than the standard shows there.

    `raw` are the cells of `fields`. A row that was copied from the example and filled in is lost otherwise.
    """
    filled = [(f, v) for f, v in zip(fields, raw, strict=True) if v is not None and not _says(v, EXAMPLE)]
    changed = sum(_plain(v) not in (_plain(f.example), _plain(f.default)) for f, v in filled)
    shows_one = any(f.example is not None for f in fields)
    return shows_one and 2 * changed > len(filled)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return squeeze(value.isoformat() if isinstance(value, date) else written(_tuple(value)))


def _tuple(value: Any) -> Any:
    return tuple(map(str, value)) if isinstance(value, list) else value


def _says(cell: Any, word: str) -> bool:
    return type(cell) is str and word in cell and cell.strip() == word
