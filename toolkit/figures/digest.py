"""Condenses rows to digests; digests merge in any order to the same result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ..model import (
    ERROR,
    WARNING,
    Catalog,
    Condition,
    Indicator,
    Ledger,
    LeftOut,
    Measure,
    Roll,
    Row,
    Submission,
    Where,
)
from ..rows.casting.text import fold
from ..rows.conditions import Context, where
from ..rows.selection import Selection
from ..span import Span
from ..standard.sheets import NIL, NOT_APPLICABLE
from ..standard.vocabulary import EXPECTED
from .operations import Part, Taker

NOTHING = Part(0)  # the part of a sum over no rows


@dataclass(frozen=True)
class UnitDigest:
    """The contribution of one submission, without its rows. A measure that took no row may have no part."""

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
    source: tuple[str, int] = ("", 0)  # file, and index of the submission in that file

    @property
    def code(self) -> str:
        """The unit's code."""
        return str(self.unit["unit_id"])

    @property
    def name(self) -> str:
        """The unit's name as it is compared; "" for a blank."""
        return name_key(str(self.unit.get("unit_name") or ""))

    @property
    def order(self) -> tuple[str, int]:
        """Sort key by age, newer is greater: fill date, then number of correction."""
        filled = self.unit.get("fill_date")
        return (filled.isoformat() if filled else "", self.unit.get("revision") or 0)

    def state(self, *ledgers: str) -> str:
        """Returns known (rows, or declared 本年无), n/a (declared 不适用) or missing.

        Several ledgers are known if each is; missing if one is missing.
        """
        states = [self._state(ledger) for ledger in ledgers]
        return next((s for s in ("missing", "n/a") if s in states), "known")

    def _state(self, ledger: str) -> str:
        said = self.declared.get(ledger, "")
        if ledger in self.filled or said == NIL:
            return "known"
        return "n/a" if said == NOT_APPLICABLE else "missing"


def name_key(name: str) -> str:
    """Returns the form in which names of units are compared: no spaces, width, case, brackets or other marks."""
    return "".join(filter(str.isalnum, fold(name)))


@dataclass(frozen=True)
class Digest:
    """Any number of submissions by the unit's code.

    Of each name that was filed under a code it keeps the newest submission, or several if the newest cannot be
    determined. Two names under one code are two units: neither counts.
    """

    units: Mapping[str, tuple[UnitDigest, ...]] = field(default_factory=dict)
    older: frozenset[tuple[str, str]] = frozenset()  # (unit code, path) of submissions that were not kept
    misnamed: frozenset[str] = frozenset()  # codes that the roster gives to a unit of another name

    @classmethod
    def of(cls, unit: UnitDigest) -> Digest:
        """Returns the digest of a single submission."""
        return cls({unit.code: (unit,)})

    def chosen(self) -> dict[str, UnitDigest]:
        """Returns the submission that counts for each unit; see `undecided` for those that have none."""
        newest = {code: _newest(found) for code, found in self.units.items() if not self.shared(code)}
        return {c: found[0] for c, found in newest.items() if len(found) == 1 and c not in self.misnamed}

    def undecided(self) -> dict[str, tuple[UnitDigest, ...]]:
        """Returns the submissions by code of which none counts: it is not known which, or whose they are."""
        chosen = self.chosen()
        return {c: found if self.shared(c) else _newest(found) for c, found in self.units.items() if c not in chosen}

    def shared(self, code: str) -> bool:
        """Whether units of different names file under this code. A blank name is no other name."""
        found = self.units[code]
        return len(found) > 1 and len({u.name for u in found} - {""}) > 1

    @property
    def replaced(self) -> frozenset[tuple[str, str]]:
        """The unit code and path of each submission that a newer one of the same unit replaces."""
        used = {(c, u.path) for c, u in self.chosen().items()} | {
            (c, u.path) for c, found in self.undecided().items() for u in found
        }
        return self.older | {(c, u.path) for c, found in self.units.items() for u in found if (c, u.path) not in used}


def merge(a: Digest, b: Digest) -> Digest:
    """Merges two digests: associative, commutative, and merge(a, a) == a."""
    return merge_all((a, b))


def merge_all(digests: Iterable[Digest]) -> Digest:
    """Merges all digests; merging them one by one in any order gives the same result."""
    found: dict[str, list[UnitDigest]] = {}
    older: set[tuple[str, str]] = set()
    for d in digests:
        older |= d.older
        for code, theirs in d.units.items():
            found.setdefault(code, []).extend(theirs)
    units = {code: _newest_of_each_name(theirs) for code, theirs in found.items()}
    for code, kept in units.items():
        if len(found[code]) > 1:
            paths = {u.path for u in kept}
            older.update((code, u.path) for u in found[code] if u.path not in paths)
    return Digest(units, frozenset(older))


Period = tuple[int, Span]  # the year as filled in, 0 if it is blank, and the months
Periods = dict[Period, Digest]  # submissions merge only within one period


def by_period(digests: Iterable[UnitDigest]) -> Periods:
    """Returns the merged submissions of each period; year 0 for those without one."""
    found: dict[Period, list[Digest]] = {}
    for d in digests:
        found.setdefault((d.unit["year"] or 0, Span.of(d.unit)), []).append(Digest.of(d))
    return {period: merge_all(some) for period, some in found.items()}


def merge_periods(many: Iterable[Periods]) -> Periods:
    """Merges several results of by_period, each period on its own."""
    found: dict[Period, list[Digest]] = {}
    for periods in many:
        for period, d in periods.items():
            found.setdefault(period, []).append(d)
    return {period: merge_all(some) for period, some in found.items()}


def _newest_of_each_name(found: Sequence[UnitDigest]) -> tuple[UnitDigest, ...]:
    if len(found) == 1:
        return (found[0],)
    by_name: dict[str, list[UnitDigest]] = {}
    for u in found:
        by_name.setdefault(u.name, []).append(u)
    return tuple(u for name in sorted(by_name) for u in _newest(by_name[name]))


def _newest(found: Sequence[UnitDigest]) -> tuple[UnitDigest, ...]:
    """Returns the newest submission of one unit; several if their order cannot be determined."""
    if len(found) == 1:
        return (found[0],)
    # Files with the same content are one submission, even if their names differ.
    known = {u.sha256: u for u in sorted(found, key=lambda u: u.path, reverse=True)}
    newest = max(u.order for u in known.values())
    return tuple(sorted((u for u in known.values() if u.order == newest), key=lambda u: u.sha256))


# -------------------------------------------------------------- rows -> parts


def parts_of(indicator: Indicator) -> dict[str, Measure]:
    """Returns the indicator's measures, by the key that a digest uses for them."""
    measures = {indicator.name: indicator.numerator}
    if indicator.denominator:
        measures[f"{indicator.name}/"] = indicator.denominator
    return measures


@lru_cache(maxsize=4)
def ledgers_of(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Returns, by key of a measure, the ledgers of its indicator.

    A unit contributes to both halves of a ratio or to neither, so it must know all of them.
    """
    found = {}
    for i in catalog.indicators.values():
        ledgers = tuple(sorted({m.ledger for m in parts_of(i).values() if m.op != EXPECTED}))
        found.update(dict.fromkeys(parts_of(i), ledgers))
    return found


def conditions_of(ledger: Ledger, indicator: Indicator | Roll, m: Measure | Roll) -> Where:
    """Returns a measure's or a list's conditions, with its level if the ledger has a field `scope`."""
    if indicator.scope != "不分" and any(f.name == "scope" for f in ledger.fields):
        return (*m.where, Condition("scope", "eq", indicator.scope))
    return m.where


@lru_cache(maxsize=4)
def measures_of(catalog: Catalog) -> dict[str, Measure]:
    """Returns all measures of the standard by their key."""
    return {key: m for i in catalog.indicators.values() for key, m in parts_of(i).items()}


@lru_cache(maxsize=4)
def takers(catalog: Catalog) -> dict[str, list[Taker]]:
    """Returns all measures of the standard, compiled, by the ledger they read."""
    found: dict[str, list[Taker]] = {}
    for indicator in catalog.indicators.values():
        for key, m in parts_of(indicator).items():
            if m.op == EXPECTED:
                continue
            ledger = catalog.ledgers[m.ledger]
            conditions = conditions_of(ledger, indicator, m)
            global_ = bool(m.field and "." not in m.field and ledger.field(m.field).global_)
            found.setdefault(m.ledger, []).append(Taker(key, m, conditions, where(ledger, conditions), global_))
    return found


def digest_submission(
    catalog: Catalog,
    submission: Submission,
    context: Context,
    counted: Mapping[str, list[Row]],
    left_out: list[LeftOut],
) -> UnitDigest:
    """Returns one unit's contribution. `counted` are the rows that count, by ledger."""
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
        read=held_rows(submission, n + len(left_out)),
        counted=n,
        left_out=dict(Counter(x.reason for x in left_out) + Counter(submission.unread)),
        errors=severities[ERROR],
        warnings=severities[WARNING],
        filled=frozenset(name for name, rows in submission.rows.items() if rows),
    )


def held_rows(s: Submission, read: int) -> int:
    """Returns how many rows the submission's file holds; `read` is how many rows were read."""
    return read + sum(s.unread.values()) if s.held is None else s.held


UNIT_KEYS = (
    *("unit_id", "unit_name", "unit_short", "parent_id", "sys_type"),
    *("year", "period_start", "period_end", "fill_date", "revision"),
)
