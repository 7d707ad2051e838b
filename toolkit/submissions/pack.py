"""Packs the results of one workbook as bytes, for the store and for transfer between processes and machines.

The format is compressed JSON, which cannot contain code; the compression adds a checksum. Findings,
UnitDigests and rows are restored with equal values. Fields that stay in the unit (audience) are not packed.
The file name is not packed either: the same content under another name gives the same bytes.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from ..figures.digest import UNIT_KEYS, UnitDigest, measures_of, takers
from ..figures.evaluate import Known
from ..figures.operations import OPERATIONS, Operation, Part
from ..model import UPWARD, Catalog, Finding, Ledger, Submission, may_go
from ..rows.privacy import nameless

ORIGIN_ROW = "origin_row"  # in a consolidated workbook: the row's number in the workbook of its unit


class PackedSubmission(NamedTuple):
    """One submission, as separate pieces of compressed JSON."""

    about: bytes
    digest: bytes  # empty, like `parts`, if the submission cannot be used
    parts: bytes
    findings: bytes
    sheets: dict[str, bytes]  # ledger -> rows; only ledgers with rows


class Packed(NamedTuple):
    """One workbook; `submissions` is None if its content was already known."""

    sha256: str  # empty if it could not be read
    submissions: tuple[PackedSubmission, ...] | None


def squeeze(value: Any) -> bytes:
    """Returns a JSON value as compressed bytes; unpack.spread reverses it."""
    return zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), 1)


def pack(catalog: Catalog, s: Submission, digest: UnitDigest | None, file: str) -> PackedSubmission:
    """Packs one submission that was read from `file`."""
    private = {f.name for f in catalog.unit if not may_go(f, UPWARD)}
    about = {
        "path": None if s.path == file else s.path,
        "sha256": s.sha256,
        "version": s.version,
        "unit": {k: to_json(v) for k, v in s.unit.items() if k not in private},
        "declared": dict(s.declared),
        "sizes": {name: len(rows) for name, rows in s.rows.items()},
    }
    return PackedSubmission(
        squeeze(about),
        squeeze(_digest(digest, file)) if digest else b"",
        squeeze(_settled(catalog, digest)) if digest else b"",
        squeeze(pack_findings([nameless(catalog, f) for f in s.findings], file)),
        {name: squeeze(_sheet(catalog.ledgers[name], s, file)) for name, rows in s.rows.items() if rows},
    )


# --------------------------------------------------------------------- values


def to_json(value: Any) -> Any:
    """Returns one value as JSON; unpack.from_json reverses it."""
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, Decimal):
        return {"n": str(value)}
    return list(value) if isinstance(value, tuple) else value


# ------------------------------------------------------------------- findings


def pack_findings(findings: Iterable[Finding], file: str | None = None) -> list[list[Any]]:
    """Returns findings as JSON lists, without the name of the file that they were read from."""
    return [
        [
            f.code,
            f.severity,
            None if p.file == file else p.file,
            p.unit,
            p.sheet,
            p.row,
            p.column,
            f.message,
            f.remedy,
            f.field,
            f.value,
        ]
        for f in findings
        for p in [f.place]
    ]


# -------------------------------------------------------------------- digests


def _digest(d: UnitDigest, file: str) -> list[Any]:
    return [
        [to_json(d.unit.get(k)) for k in UNIT_KEYS],
        None if d.path == file else d.path,
        d.sha256,
        dict(d.declared),
        d.read,
        d.counted,
        dict(d.left_out),
        d.errors,
        d.warnings,
        sorted(d.filled),
    ]


def _settled(catalog: Catalog, d: UnitDigest) -> dict[str, Any]:
    by_key = {t.key: t for found in takers(catalog).values() for t in found}
    settled = ((by_key[key], p) for key, p in d.parts.items() if p.cells or p.value)
    return {t.key: _part(t.operation, t.settled(p, d.code)) for t, p in settled}


def _part(operation: Operation, p: Part) -> list[Any]:
    number = p.value is None or isinstance(p.value, (int, Decimal))
    return [to_json(p.value) if number else {operation.name: operation.pack(p.value)}, p.est, p.cells]


def pack_known(catalog: Catalog, k: Known) -> list[Any]:
    """Returns the contributions of some units as JSON; unpack.known_again reverses it."""
    operations = {key: OPERATIONS[m.op] for key, m in measures_of(catalog).items()}
    parts = {key: _part(operations[key], operations[key].combine(found)) for key, found in k.parts.items()}
    return [parts, dict(k.known), dict(k.not_applicable), k.missing]


# ----------------------------------------------------------------------- rows


_TO_JSON: dict[str, Callable[[Any], Any]] = {"date": date.toordinal, "number": str, "list": list}


def _sheet(ledger: Ledger, s: Submission, file: str) -> list[Any]:
    rows, ref = s.rows[ledger.name], s.rows[ledger.name][0].sheet
    columns = {}
    for f in ledger.upward:
        values, to = [r.values.get(f.name) for r in rows], _TO_JSON.get(f.type)
        if any(v is not None for v in values):
            columns[f.name] = [v if v is None else to(v) for v in values] if to else values
    if any(ORIGIN_ROW in r.values for r in rows):
        columns[ORIGIN_ROW] = [r.values.get(ORIGIN_ROW) for r in rows]
    left_out = [[n, reason] for n, reason in s.left_out.get(ledger.name, {}).items()]
    return [
        None if ref.file == file else ref.file,
        ref.unit,
        ref.title,
        dict(ref.columns),
        [r.number for r in rows],
        columns,
        left_out,
    ]
