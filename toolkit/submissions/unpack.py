"""Restores packed submissions; rows stay packed until they are accessed."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from ..errors import Damaged
from ..figures.digest import UNIT_KEYS, UnitDigest
from ..figures.evaluate import Known
from ..figures.operations import OPERATIONS, Part
from ..model import Finding, Ledger, Place, Row, SheetRef
from .pack import ORIGIN_ROW

LARGEST = 1 << 28  # bytes of one piece after decompression


class Sheet(NamedTuple):
    """The rows of one ledger; `left_out` maps the index of a row that does not count to the reason."""

    rows: tuple[Row, ...]
    left_out: Mapping[int, str]


@contextmanager
def sound() -> Iterator[None]:
    """Raises Damaged for the errors that malformed bytes cause."""
    try:
        yield
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, zlib.error) as e:
        raise Damaged(str(e)) from e


def spread(data: bytes) -> Any:
    """Returns the value that pack.squeeze compressed. Raises ValueError or zlib.error."""
    raw = zlib.decompressobj()
    found = raw.decompress(data, LARGEST)
    if not raw.eof:
        raise ValueError("cut off, or too large")
    return json.loads(found)


def from_json(value: Any) -> Any:
    """Restores a value from pack.to_json."""
    if isinstance(value, dict):
        return date.fromisoformat(value["d"]) if "d" in value else Decimal(value["n"])
    return tuple(value) if isinstance(value, list) else value


def findings_of(packed: Iterable[Sequence[Any]], file: str = "") -> tuple[Finding, ...]:
    """Restores findings that were read from `file`. Raises ValueError or TypeError for malformed input."""
    return tuple(
        Finding(code, severity, Place(file if where is None else where, unit, sheet, row, column), *words)
        for code, severity, where, unit, sheet, row, column, *words in packed
    )


def _part_value(value: Any) -> Any:
    if isinstance(value, dict):
        ((name, packed),) = value.items()
        return OPERATIONS[name].unpack(packed) if name in OPERATIONS else from_json(value)
    return from_json(value)


def _parts_again(packed: Mapping[str, Any]) -> dict[str, Part]:
    return {
        key: Part(value if type(value) is int else _part_value(value), est, cells)
        for key, (value, est, cells) in packed.items()
    }


def known_again(packed: Any) -> Known:
    """Restores contributions from pack.pack_known. Raises Damaged."""
    with sound():
        parts, known, not_applicable, missing = packed
        again = {key: [part] for key, part in _parts_again(parts).items()}
        return Known(again, Counter(known), Counter(not_applicable), missing)


class Parts(Mapping[str, Part]):
    """The parts of one digest, unpacked at each access: many thousand digests are in memory at once."""

    __slots__ = ("_packed",)

    def __init__(self, packed: bytes) -> None:
        self._packed = packed

    def _all(self) -> dict[str, Part]:
        with sound():
            return _parts_again(spread(self._packed))

    def items(self) -> Any:
        """Returns all keys with their parts, unpacked once."""
        return self._all().items()

    def __getitem__(self, key: str) -> Part:
        return self._all()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


_shared: dict[Any, Any] = {}  # values that many digests have in common, stored once


def _once(key: Any, value: Any) -> Any:
    if len(_shared) > 10_000:
        _shared.clear()
    return _shared.setdefault(key, value)


def digest_of(data: bytes, parts: bytes, file: str, n: int) -> UnitDigest:
    """Restores the n-th digest of `file`. Raises Damaged."""
    with sound():
        unit, path, sha256, declared, read, counted, left_out, errors, warnings, filled = spread(data)
        return UnitDigest(
            dict(zip(UNIT_KEYS, map(from_json, unit), strict=True)),
            file if path is None else path,
            sha256,
            _once(tuple(declared.items()), declared),
            Parts(parts),
            read,
            counted,
            _once(tuple(left_out.items()), left_out),
            errors,
            warnings,
            _once(tuple(filled), frozenset(filled)),
            (file, n),
        )


_FROM_JSON: dict[str, Callable[[Any], Any]] = {"date": date.fromordinal, "number": Decimal, "list": tuple}


def sheet_of(data: bytes, ledger: Ledger, file: str) -> Sheet:
    """Restores the rows of a ledger, without the fields that stay in the unit. Raises Damaged."""
    with sound():
        where, unit, title, at, numbers, packed, left_out = spread(data)
        ref = SheetRef(file if where is None else where, unit, title, at)
        types = {f.name: f.type for f in ledger.upward} | {ORIGIN_ROW: "integer"}
        columns: dict[str, Sequence[Any]] = {}
        for name, values in packed.items():
            back = _FROM_JSON.get(types[name])
            columns[name] = [v if v is None else back(v) for v in values] if back else values
        names = tuple(columns)
        lines = zip(*columns.values(), strict=True) if columns else [()] * len(numbers)
        rows = tuple(
            Row(ledger.name, ref, number, dict(zip(names, line, strict=True)))
            for number, line in zip(numbers, lines, strict=True)
        )
        return Sheet(rows, {n: str(reason) for n, reason in left_out})


class Rows(Mapping[str, Sequence[Row]]):
    """The rows of a stored submission by ledger, loaded when accessed; the last ledger loaded is cached."""

    def __init__(self, fetch: Callable[[str], Sheet], sizes: Mapping[str, int]) -> None:
        """`fetch` loads one ledger; `sizes` holds the number of rows of each ledger."""
        self._fetch, self._sizes = lru_cache(maxsize=1)(fetch), sizes

    def sheet(self, ledger: str) -> Sheet:
        """Returns the rows of one ledger. Raises Damaged if their number is not the recorded one."""
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
    """The rows of one ledger, loaded when accessed; their number is known before."""

    def __init__(self, rows: Rows, ledger: str, size: int) -> None:
        self._rows, self._ledger, self._size = rows, ledger, size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, n: Any) -> Any:
        return self._rows.sheet(self._ledger).rows[n]

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.sheet(self._ledger).rows if self._size else ())


class Fates(Mapping[str, Mapping[int, str]]):
    """The reasons why rows of a stored submission do not count, by ledger and row index."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def __getitem__(self, ledger: str) -> Mapping[int, str]:
        return self._rows.sheet(ledger).left_out if self._rows[ledger] else {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)
