"""What one workbook came to, as bytes: for the store, and on the way between processes and machines.

Inside is compressed JSON, in which no code can hide; the compression carries a checksum. Values of the
Finding, UnitDigest and Rows come back equal. Fields that stay in the unit (privacy) are not packed, nor
is the name of the file, so that the same content read under another name is the same bytes.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from ..figures.digest import UNIT_KEYS, Part, UnitDigest, combine, measures_of, settled, takers
from ..figures.evaluate import Known
from ..model import Catalog, Field, Finding, Ledger, Place, Row, SheetRef, Submission

LARGEST = 1 << 28  # bytes that one packed piece may come to
ORIGIN_ROW = "origin_row"  # of a row that came out of a consolidated workbook: its line in its unit's own


class Damaged(Exception):
    """Bytes that are not what was packed."""


class PackedSubmission(NamedTuple):
    about: bytes
    digest: bytes  # empty, as `parts`, when the submission cannot be used
    parts: bytes
    findings: bytes
    sheets: dict[str, bytes]  # ledger -> rows; only ledgers that have any


class Packed(NamedTuple):
    """One workbook. `submissions` is None when the content was known already."""

    sha256: str  # empty when it could not be read
    submissions: tuple[PackedSubmission, ...] | None


class Sheet(NamedTuple):
    """The rows of one ledger, and why some of them do not count: by place in `rows`."""

    rows: tuple[Row, ...]
    left_out: Mapping[int, str]


@contextmanager
def sound() -> Iterator[None]:
    """Turns what goes wrong with foreign bytes into Damaged."""
    try:
        yield
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, zlib.error) as e:
        raise Damaged(str(e)) from e


def squeeze(value: Any) -> bytes:
    """A value of the kinds that JSON has."""
    return zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), 1)


def spread(data: bytes) -> Any:
    """The value that was squeezed. Raises ValueError or zlib.error."""
    raw = zlib.decompressobj()
    found = raw.decompress(data, LARGEST)
    if not raw.eof:
        raise ValueError("cut off, or too large")
    return json.loads(found)


def pack(catalog: Catalog, s: Submission, digest: UnitDigest | None, file: str) -> PackedSubmission:
    """One submission out of `file`."""
    private = {f.name for f in catalog.unit if f.privacy}
    about = {
        "path": None if s.path == file else s.path, "sha256": s.sha256, "version": s.version,
        "unit": {k: plain(v) for k, v in s.unit.items() if k not in private}, "declared": dict(s.declared),
        "sizes": {name: len(rows) for name, rows in s.rows.items()},
    }  # fmt: skip
    return PackedSubmission(
        squeeze(about),
        squeeze(_digest(digest, file)) if digest else b"",
        squeeze(_settled(catalog, digest)) if digest else b"",
        squeeze(pack_findings(s.findings, file)),
        {name: squeeze(_sheet(catalog.ledgers[name], s, file)) for name, rows in s.rows.items() if rows},
    )


# --------------------------------------------------------------------- values


def plain(value: Any) -> Any:
    """A single typed value as JSON has it."""
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, Decimal):
        return {"n": str(value)}
    return list(value) if isinstance(value, tuple) else value


def typed(value: Any) -> Any:
    """What `plain` was given."""
    if isinstance(value, dict):
        return date.fromisoformat(value["d"]) if "d" in value else Decimal(value["n"])
    return tuple(value) if isinstance(value, list) else value


# ------------------------------------------------------------------- findings


def pack_findings(findings: Iterable[Finding], file: str | None = None) -> list[list[Any]]:
    """As JSON can hold them, without the name of the file that they were read from."""
    return [
        [f.code, f.severity, None if p.file == file else p.file, p.unit, p.sheet, p.row, p.column, f.message, f.remedy,
         f.field, f.value]
        for f in findings for p in [f.place]
    ]  # fmt: skip


def findings_of(packed: Iterable[Sequence[Any]], file: str = "") -> tuple[Finding, ...]:
    """The findings again. Raises ValueError or TypeError for what was not packed."""
    return tuple(
        Finding(code, severity, Place(file if where is None else where, unit, sheet, row, column), *words)
        for code, severity, where, unit, sheet, row, column, *words in packed
    )


# -------------------------------------------------------------------- digests


def _digest(d: UnitDigest, file: str) -> list[Any]:
    return [
        [plain(d.unit.get(k)) for k in UNIT_KEYS], None if d.path == file else d.path, d.sha256, dict(d.declared),
        d.read, d.counted, dict(d.left_out), d.errors, d.warnings, sorted(d.filled),
    ]  # fmt: skip


def _settled(catalog: Catalog, d: UnitDigest) -> dict[str, Any]:
    by_key = {t.key: t for found in takers(catalog).values() for t in found}
    return _parts({key: settled(by_key[key], p, d.code) for key, p in d.parts.items() if p.cells or p.value})


def _parts(parts: Mapping[str, Part]) -> dict[str, Any]:
    return {key: [_part(p.value), p.est, p.cells] for key, p in parts.items()}


def _part(value: Any) -> Any:
    if isinstance(value, frozenset):
        return {"s": sorted(value)}
    if isinstance(value, dict):
        return {"l": [[*key, day.isoformat(), plain(number)] for key, (day, number) in value.items()]}
    return plain(value)


def _part_value(value: Any) -> Any:
    if isinstance(value, dict) and "s" in value:
        return frozenset(map(tuple, value["s"]))
    if isinstance(value, dict) and "l" in value:
        return {tuple(key): (date.fromisoformat(day), typed(number)) for *key, day, number in value["l"]}
    return typed(value)


def _parts_again(packed: Mapping[str, Any]) -> dict[str, Part]:
    return {
        key: Part(value if type(value) is int else _part_value(value), est, cells)
        for key, (value, est, cells) in packed.items()
    }


def pack_known(catalog: Catalog, k: Known) -> list[Any]:
    """What some units contribute, as JSON can hold it."""
    measures = measures_of(catalog)
    parts = {key: combine(measures[key].op, found) for key, found in k.parts.items()}
    return [_parts(parts), dict(k.known), dict(k.not_applicable), k.missing]


def known_again(packed: Any) -> Known:
    """Raises Damaged."""
    with sound():
        parts, known, not_applicable, missing = packed
        again = {key: [part] for key, part in _parts_again(parts).items()}
        return Known(again, Counter(known), Counter(not_applicable), missing)


class Parts(Mapping[str, Part]):
    """The parts of one digest, packed until they are asked for: many thousand digests are held at once."""

    __slots__ = ("_packed",)

    def __init__(self, packed: bytes) -> None:
        self._packed = packed

    def _all(self) -> dict[str, Part]:
        with sound():
            return _parts_again(spread(self._packed))

    def items(self) -> Any:
        return self._all().items()

    def __getitem__(self, key: str) -> Part:
        return self._all()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


_shared: dict[Any, Any] = {}  # what many digests have alike, held once


def _once(key: Any, value: Any) -> Any:
    if len(_shared) > 10_000:
        _shared.clear()
    return _shared.setdefault(key, value)


def digest_of(data: bytes, parts: bytes, file: str, n: int) -> UnitDigest:
    """The n-th digest of `file`. Raises Damaged."""
    with sound():
        unit, path, sha256, declared, read, counted, left_out, errors, warnings, filled = spread(data)
        return UnitDigest(
            dict(zip(UNIT_KEYS, map(typed, unit), strict=True)), file if path is None else path, sha256,
            _once(tuple(declared.items()), declared), Parts(parts), read, counted,
            _once(tuple(left_out.items()), left_out), errors, warnings,
            _once(tuple(filled), frozenset(filled)), (file, n),
        )  # fmt: skip


# ----------------------------------------------------------------------- rows


def _kept(ledger: Ledger) -> list[Field]:
    return [f for f in ledger.fields if not f.privacy] if ledger.reported else []


_TO_JSON: dict[str, Callable[[Any], Any]] = {"date": date.toordinal, "number": str, "list": list}
_FROM_JSON: dict[str, Callable[[Any], Any]] = {"date": date.fromordinal, "number": Decimal, "list": tuple}


def _sheet(ledger: Ledger, s: Submission, file: str) -> list[Any]:
    rows, ref = s.rows[ledger.name], s.rows[ledger.name][0].sheet
    columns = {}
    for f in _kept(ledger):
        values, to = [r.values.get(f.name) for r in rows], _TO_JSON.get(f.type)
        if any(v is not None for v in values):
            columns[f.name] = [v if v is None else to(v) for v in values] if to else values
    if any(ORIGIN_ROW in r.values for r in rows):
        columns[ORIGIN_ROW] = [r.values.get(ORIGIN_ROW) for r in rows]
    left_out = [[n, reason] for n, reason in s.left_out.get(ledger.name, {}).items()]
    return [None if ref.file == file else ref.file, ref.unit, ref.title, dict(ref.columns),
            [r.number for r in rows], columns, left_out]  # fmt: skip


def sheet_of(data: bytes, ledger: Ledger, file: str) -> Sheet:
    """The rows of a ledger, without the fields that stay in the unit. Raises Damaged."""
    with sound():
        where, unit, title, at, numbers, packed, left_out = spread(data)
        ref = SheetRef(file if where is None else where, unit, title, at)
        types = {f.name: f.type for f in _kept(ledger)} | {ORIGIN_ROW: "integer"}
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
