"""Rows -> digest; digests merge in any order to the same result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

from ..model import Catalog, Condition, Indicator, LeftOut, Measure, Row, Submission, Where
from ..rows.conditions import Context, Predicate, where
from ..rows.selection import Selection
from ..standard.vocabulary import NIL, NOT_APPLICABLE

Number = Decimal | int


@dataclass(frozen=True, slots=True)
class Part:
    """The mergeable value of one measure.

    `value` is a number (count, sum), a frozenset of keys (distinct), a dict key -> (date, number)
    (latest) or a number or None (max).
    """

    value: Any
    est: bool = False
    cells: int = 0


NOTHING = Part(0)  # of a sum over no rows


@dataclass(frozen=True)
class UnitDigest:
    """What one submission contributes, without its rows. A measure that took no row may have no part."""

    unit: Mapping[str, Any]
    path: str
    sha256: str
    declared: Mapping[str, str] = field(repr=False)
    parts: Mapping[str, Part] = field(repr=False)
    read: int
    counted: int
    left_out: Mapping[str, int]
    errors: int = 0
    warnings: int = 0
    filled: frozenset[str] = frozenset()  # ledgers that hold at least one row
    source: tuple[str, int] = ("", 0)  # the file it was read from, and which of the submissions in there it is

    @property
    def code(self) -> str:
        return str(self.unit["unit_id"])

    @property
    def order(self) -> tuple[str, int]:
        """Later is newer: fill date, then number of correction."""
        filled = self.unit.get("fill_date")
        return (filled.isoformat() if filled else "", self.unit.get("revision") or 0)

    def state(self, ledger: str) -> str:
        """known, missing (nobody said whether there was anything) or n/a."""
        said = self.declared.get(ledger, "")
        if ledger in self.filled or said == NIL:
            return "known"
        return "n/a" if said == NOT_APPLICABLE else "missing"


@dataclass(frozen=True)
class Digest:
    """Any number of submissions, by unit: the newest, several where that cannot be decided."""

    units: Mapping[str, tuple[UnitDigest, ...]] = field(default_factory=dict)
    replaced: frozenset[tuple[str, str]] = frozenset()  # (unit code, path)

    @classmethod
    def of(cls, unit: UnitDigest) -> Digest:
        return cls({unit.code: (unit,)})

    def chosen(self) -> dict[str, UnitDigest]:
        """The submission that counts for each unit; units with undecided duplicates have none."""
        return {code: found[0] for code, found in self.units.items() if len(found) == 1}


def merge(a: Digest, b: Digest) -> Digest:
    """Both together: associative, commutative, and merge(a, a) == a."""
    return merge_all((a, b))


def merge_all(digests: Iterable[Digest]) -> Digest:
    """All of them together, as merging them one by one in any order would."""
    found: dict[str, list[UnitDigest]] = {}
    replaced: set[tuple[str, str]] = set()
    for d in digests:
        replaced |= d.replaced
        for code, theirs in d.units.items():
            found.setdefault(code, []).extend(theirs)
    units = {code: _newest(theirs) for code, theirs in found.items()}
    for code, kept in units.items():
        if len(found[code]) > 1:
            paths = {u.path for u in kept}
            replaced.update((code, u.path) for u in found[code] if u.path not in paths)
    return Digest(units, frozenset(replaced))


Years = dict[int, Digest]  # submissions of one year only merge with their like


def by_year(digests: Iterable[UnitDigest]) -> Years:
    """Each year's submissions as one."""
    found: dict[int, list[Digest]] = {}
    for d in digests:
        found.setdefault(d.unit["year"] or 0, []).append(Digest.of(d))
    return {year: merge_all(some) for year, some in found.items()}


def merge_years(many: Iterable[Years]) -> Years:
    found: dict[int, list[Digest]] = {}
    for years in many:
        for year, d in years.items():
            found.setdefault(year, []).append(d)
    return {year: merge_all(some) for year, some in found.items()}


def _newest(found: list[UnitDigest]) -> tuple[UnitDigest, ...]:
    """What is kept of several submissions of one unit; more than one where it cannot be told which is newer."""
    if len(found) == 1:
        return (found[0],)
    # The same content twice is one submission, whatever the files are called.
    known = {u.sha256: u for u in sorted(found, key=lambda u: u.path, reverse=True)}
    newest = max(u.order for u in known.values())
    return tuple(sorted((u for u in known.values() if u.order == newest), key=lambda u: u.sha256))


# -------------------------------------------------------------- rows -> parts


def parts_of(indicator: Indicator) -> dict[str, Measure]:
    """The indicator's measures by the key under which a digest keeps them."""
    measures = {indicator.name: indicator.numerator}
    if indicator.denominator:
        measures[f"{indicator.name}/"] = indicator.denominator
    return measures


@lru_cache(maxsize=4)
def measures_of(catalog: Catalog) -> dict[str, Measure]:
    """All measures of the standard by their key."""
    return {key: m for i in catalog.indicators.values() for key, m in parts_of(i).items()}


@dataclass(frozen=True)
class Taker:
    """One measure, compiled: which rows it takes, and what it makes of them."""

    key: str
    measure: Measure
    conditions: Where
    takes: Predicate
    global_: bool

    def part(self, rows: Selection, unit: str) -> Part:
        if self.measure.op == "count":
            n = rows.count(self.conditions)
            return Part(n, False, n)
        taken = rows.taken(self.conditions)
        value = _OPS[self.measure.op](self, taken, unit)
        # How often something happened is exact even where the numbers that go with it are estimated.
        name = self.measure.field or ""
        est = self.measure.op != "distinct" and any(
            r.values["est"] and r.values.get(name) for r in taken if "est" in r.values
        )
        return Part(value, est, len(taken))


@lru_cache(maxsize=4)
def takers(catalog: Catalog) -> dict[str, list[Taker]]:
    """All measures of the standard, compiled, by the ledger they read."""
    found: dict[str, list[Taker]] = {}
    for indicator in catalog.indicators.values():
        for key, m in parts_of(indicator).items():
            ledger = catalog.ledgers[m.ledger]
            conditions = m.where
            if indicator.scope != "不分" and any(f.name == "scope" for f in ledger.fields):
                conditions = (*conditions, Condition("scope", "eq", indicator.scope))
            global_ = bool(m.field and "." not in m.field and ledger.field(m.field).global_)
            found.setdefault(m.ledger, []).append(Taker(key, m, conditions, where(ledger, conditions), global_))
    return found


def _amount(t: Taker, row: Row) -> Number:
    value = row.values.get(t.measure.field or "") or 0
    return value - (row.values.get(t.measure.minus) or 0) if t.measure.minus else value


def _distinct(t: Taker, rows: Sequence[Row], unit: str) -> frozenset[tuple[str, ...]]:
    keys = set()
    for row in rows:
        value = row.values.get(t.measure.field or "")
        for code in value if isinstance(value, tuple) else (value,) if value is not None else ():
            keys.add((str(code),) if t.global_ else (unit, str(code)))
    return frozenset(keys)


def _latest(t: Taker, rows: Sequence[Row], unit: str) -> dict[tuple[str, ...], tuple[date, Number]]:
    found: dict[tuple[str, ...], tuple[date, Number]] = {}
    for row in rows:  # of two on the same day the lower row in the sheet counts
        value, day = row.values.get(t.measure.field or ""), row.values.get("date") or date.min
        key = (unit, *(str(row.values.get(b) or "") for b in t.measure.by))
        if value is not None and (key not in found or day >= found[key][0]):
            found[key] = (day, value)
    return found


def _max(t: Taker, rows: Sequence[Row], _: str) -> Number | None:
    values = (r.values.get(t.measure.field or "") for r in rows)
    return max((v for v in values if v is not None), default=None)


_OPS: dict[str, Callable[[Taker, Sequence[Row], str], Any]] = {
    "sum": lambda t, rows, unit: sum((_amount(t, r) for r in rows), 0),
    "distinct": _distinct,
    "latest": _latest,
    "max": _max,
}


def digest_submission(
    catalog: Catalog,
    submission: Submission,
    context: Context,
    counted: Mapping[str, list[Row]],
    left_out: list[LeftOut],
) -> UnitDigest:
    """One unit's contribution. `counted` are the rows that count, by ledger."""
    code = str(submission.unit["unit_id"])
    chosen = {name: Selection(ledger, counted.get(name, ()), context) for name, ledger in catalog.ledgers.items()}
    parts = {t.key: t.part(chosen[ledger], code) for ledger, found in takers(catalog).items() for t in found}
    severities = Counter(f.severity for f in submission.findings)
    n = sum(map(len, counted.values()))
    return UnitDigest(
        unit={k: submission.unit.get(k) for k in UNIT_KEYS},
        path=submission.path,
        sha256=submission.sha256,
        declared=submission.declared,
        parts=parts,
        read=n + len(left_out),
        counted=n,
        left_out=dict(Counter(x.reason for x in left_out)),
        errors=severities["error"],
        warnings=severities["warning"],
        filled=frozenset(name for name, rows in submission.rows.items() if rows),
    )


UNIT_KEYS = ("unit_id", "unit_name", "unit_short", "parent_id", "sys_type", "year", "fill_date", "revision")


# ----------------------------------------------------------- parts -> figures


def combine(op: str, parts: Iterable[Part]) -> Part:
    """The parts of several units as one."""
    found = list(parts)
    if len(found) == 1:
        return found[0]
    est, cells = any(p.est for p in found), sum(p.cells for p in found)
    values = [p.value for p in found]
    if op in ("count", "sum"):
        return Part(sum(values, 0), est, cells)
    if op == "distinct":  # of several units those that are counted are no others' (`settled`)
        counted = any(isinstance(v, int) for v in values)
        return Part(sum(number(op, v) or 0 for v in values) if counted else frozenset().union(*values), est, cells)
    if op == "max":
        return Part(max((v for v in values if v is not None), default=None), est, cells)
    latest: dict[Any, tuple[date, Number]] = {}
    for v in values:
        for key, item in v.items():
            latest[key] = max(latest.get(key, item), item)
    return Part(latest, est, cells)


def number(op: str, value: Any) -> Number | None:
    """The number that a part comes to."""
    if op == "distinct":
        return value if isinstance(value, int) else len(value)
    if op == "latest":
        return cast(Number, sum((v for _, v in value.values()), 0))
    return cast("Number | None", value)


def settled(taker: Taker, part: Part, whose: str) -> Part:
    """The part of one unit, or of units that nobody else has, without the keys that only matter among its own rows."""
    if taker.measure.op == "latest" and part.value:
        day, amount = max(d for d, _ in part.value.values()), number("latest", part.value)
        return Part({(whose,): (day, amount)}, part.est, part.cells)
    if taker.measure.op == "distinct" and not taker.global_:
        return Part(number("distinct", part.value), part.est, part.cells)
    return part
