"""Selects rows of one ledger by conditions. Each condition is evaluated once, however many filters use it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import Any

from ..model import Condition, Ledger, Row, Where
from .conditions import AGAINST_FIELD, OPERATORS, Context, getter, where

Bits = int  # a set of rows: bit n is the n-th row from the end


def column(ledger: Ledger, path: str, rows: Sequence[Row], context: Context) -> list[Any]:
    """Returns the value of each row; `path` may cross a reference."""
    if "." not in path:
        return [r.values.get(path) for r in rows]
    get = getter(ledger, path)
    return [get(r.values, context) for r in rows]


class Selection:
    """The rows of one ledger, with a cache of the columns and conditions evaluated so far."""

    def __init__(self, ledger: Ledger, rows: Sequence[Row], context: Context) -> None:
        self.ledger, self.rows, self.context = ledger, rows, context
        names = [f.name for f in ledger.fields]
        lines = [list(map(r.values.get, names)) for r in rows]
        self._columns: dict[str, Sequence[Any]] = dict(zip(names, zip(*lines, strict=True), strict=bool(lines)))
        self._distinct: dict[str, set[Any]] = {}
        self._met: dict[Condition, Bits] = {}
        self._taken: dict[Bits, Sequence[Row]] = {(1 << len(rows)) - 1: rows}

    def column(self, path: str) -> Sequence[Any]:
        """Returns the value of each row; `path` may cross a reference."""
        if path not in self._columns:
            self._columns[path] = column(self.ledger, path, self.rows, self.context)
        return self._columns[path]

    def distinct(self, path: str) -> set[Any]:
        """Returns the different values of the rows."""
        if path not in self._distinct:
            self._distinct[path] = set(self.column(path))
        return self._distinct[path]

    def count(self, conditions: Where) -> int:
        """Returns the number of rows that meet all conditions."""
        return self._bits(conditions).bit_count()

    def taken(self, conditions: Where) -> Sequence[Row]:
        """Returns the rows that meet all conditions, in their order."""
        bits = self._bits(conditions)
        if bits not in self._taken:
            digits = format(bits, f"0{len(self.rows)}b")
            self._taken[bits] = list(compress(self.rows, map("1".__eq__, digits)))
        return self._taken[bits]

    def _bits(self, conditions: Where) -> Bits:
        bits = (1 << len(self.rows)) - 1
        for c in conditions:
            if not bits:
                break
            if c not in self._met:
                self._met[c] = self._meets(c)
            bits &= self._met[c]
        return bits

    def _meets(self, c: Condition) -> Bits:
        if c.op in AGAINST_FIELD:
            test = where(self.ledger, (c,))
            meets = ["1" if test(r.values, self.context) else "0" for r in self.rows]
        else:
            decide = OPERATORS[c.op]
            known = {v: "1" if decide(v, c.value, self.context) else "0" for v in self.distinct(c.path)}
            meets = [known[v] for v in self.column(c.path)]
        return int("".join(meets), 2)
