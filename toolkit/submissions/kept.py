"""Rows of a submission that stay in the store until somebody looks at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ..model import Row
from .packing import Damaged, Sheet


class Rows(Mapping[str, Sequence[Row]]):
    """The rows of a kept submission by ledger: how many is known, the rows are fetched; one ledger stays at hand."""

    def __init__(self, fetch: Callable[[str], Sheet], sizes: Mapping[str, int]) -> None:
        """`fetch` brings one ledger; `sizes` is how many rows each has."""
        self._fetch, self._sizes = lru_cache(maxsize=1)(fetch), sizes

    def sheet(self, ledger: str) -> Sheet:
        found = self._fetch(ledger)
        if len(found.rows) != self._sizes[ledger]:
            raise Damaged(f"{ledger}: rows are gone")
        return found

    def __getitem__(self, ledger: str) -> Sequence[Row]:
        return RowsOfLedger(self, ledger, self._sizes[ledger])

    def __iter__(self) -> Iterator[str]:
        return iter(self._sizes)

    def __len__(self) -> int:
        return len(self._sizes)


class RowsOfLedger(Sequence[Row]):
    """The rows of one ledger."""

    def __init__(self, rows: Rows, ledger: str, size: int) -> None:
        self._rows, self._ledger, self._size = rows, ledger, size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, n: Any) -> Any:
        return self._rows.sheet(self._ledger).rows[n]

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.sheet(self._ledger).rows if self._size else ())


class Fates(Mapping[str, Mapping[int, str]]):
    """Why rows of a kept submission do not count, by ledger."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def __getitem__(self, ledger: str) -> Mapping[int, str]:
        return self._rows.sheet(ledger).left_out if self._rows[ledger] else {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)
