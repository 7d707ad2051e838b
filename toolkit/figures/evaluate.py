"""Computes Figures from the digests of some units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ..model import Catalog, Figure, Indicator
from ..standard.vocabulary import EXPECTED
from .digest import UnitDigest, ledgers_of, measures_of, parts_of
from .operations import OPERATIONS, Number, Part

_AT_ONCE = 64  # parts of one measure that are held before they are merged


def joined(ledgers: Iterable[str]) -> str:
    """Returns the key of one ledger, or of several that a unit must know together."""
    return " ".join(ledgers)


@dataclass
class Known:
    """The contribution of some units: parts by measure; by ledger, which units know it and which are missing.

    The ledgers of a ratio with two have a common entry (`joined`): a unit that knows only one of them has no part in it.
    """

    parts: dict[str, list[Part]] = field(default_factory=dict)
    known: Counter[str] = field(default_factory=Counter)
    not_applicable: Counter[str] = field(default_factory=Counter)
    missing: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, catalog: Catalog, digests: Iterable[UnitDigest]) -> Known:
        """Collects the parts of the digests; merges them in batches, so that memory stays bounded."""
        found = cls()
        measures, needed = measures_of(catalog), ledgers_of(catalog)
        wanted = {joined(ledgers): ledgers for ledgers in needed.values()}
        at = {key: joined(ledgers) for key, ledgers in needed.items()}
        for d in digests:
            states = {name: d.state(*ledgers) for name, ledgers in wanted.items()}
            for name, state in states.items():
                if state == "missing":
                    found.missing.setdefault(name, []).append(str(d.unit["unit_name"]))
                else:
                    (found.known if state == "known" else found.not_applicable)[name] += 1
            for key, part in d.parts.items():
                if states[at[key]] == "known":
                    parts = found.parts.setdefault(key, [])
                    parts.append(part)
                    if len(parts) == _AT_ONCE:
                        parts[:] = [OPERATIONS[measures[key].op].combine(parts)]
        return found

    def add(self, other: Known) -> None:
        """Adds the contribution of other units."""
        for key, parts in other.parts.items():
            self.parts.setdefault(key, []).extend(parts)
        for ledger, names in other.missing.items():
            self.missing.setdefault(ledger, []).extend(names)
        self.known += other.known
        self.not_applicable += other.not_applicable

    def state(self, ledger: str) -> str:
        """Returns known if one unit knows the ledger, n/a if no unit is missing it, else missing."""
        if self.known[ledger]:
            return "known"
        return "n/a" if self.not_applicable[ledger] and ledger not in self.missing else "missing"


class Figures(Mapping[str, Figure]):
    """All indicators of one node, each computed on first access: a document prints only a few."""

    def __init__(
        self, catalog: Catalog, alone: Known, below: Known, unit: str, period: str, expected: int | None = None
    ) -> None:
        """`alone` is the node's own contribution, `below` includes all units below it.

        `expected` is the number of units below it that have to report, None if that is not known.
        """
        self._indicators, self._ledgers = catalog.indicators, ledgers_of(catalog)
        self._known = (alone, below, unit, period, expected)
        self._made: dict[str, Figure] = {}

    def __getitem__(self, name: str) -> Figure:
        if name not in self._made:
            self._made[name] = _figure(self._indicators[name], joined(self._ledgers[name]), *self._known)
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._indicators

    def __iter__(self) -> Iterator[str]:
        return iter(self._indicators)

    def __len__(self) -> int:
        return len(self._indicators)


def figures(
    catalog: Catalog,
    own: UnitDigest | None,
    tree: Iterable[UnitDigest],
    unit: str,
    period: str,
    expected: int | None = None,
) -> Figures:
    """Returns the figures of one node: `own` is its own submission, `tree` its own and all below it.

    `expected` is the number of units below it that have to report.
    """
    return Figures(catalog, Known.of(catalog, [own] if own else ()), Known.of(catalog, tree), unit, period, expected)


def figures_alone(catalog: Catalog, digest: UnitDigest, unit: str, period: str) -> Figures:
    """Returns the figures of one unit by itself."""
    own = Known.of(catalog, [digest])
    return Figures(catalog, own, own, unit, period)


def _figure(
    ind: Indicator, ledgers: str, alone: Known, below: Known, unit: str, period: str, expected: int | None
) -> Figure:
    numbers: list[Number | None] = []
    states: list[str] = []
    missing: list[str] = []
    parts: list[Part] = []
    days: list[date] = []
    for key, m in parts_of(ind).items():
        if m.op == EXPECTED:
            numbers.append(expected)
            continue
        source = below if m.collect == "汇总" else alone
        operation = OPERATIONS[m.op]
        part = operation.combine(source.parts.get(key, ()))
        parts.append(part)
        numbers.append(operation.number(part.value))
        if day := operation.as_of(part.value):
            days.append(day)
        missing += source.missing.get(ledgers, ())
        states.append(source.state(ledgers))
    state = next((s for s in ("missing", "n/a") if s in states), "known")
    numerator = numbers[0]
    denominator = numbers[1] if ind.denominator else None
    return Figure(
        ind,
        state,
        value_of(ind, numerator, denominator) if state == "known" else None,
        unit,
        period,
        numerator,
        denominator,
        est=any(p.est for p in parts),
        cells=sum(p.cells for p in parts),
        as_of=max(days, default=None),
        missing=tuple(dict.fromkeys(missing)),
    )


def value_of(ind: Indicator, numerator: Number | None, denominator: Number | None) -> Number | None:
    """Returns the value of a known figure: None for a ratio with denominator 0, 0 for an empty sum."""
    if ind.denominator:
        return Decimal(numerator or 0) / Decimal(denominator) if denominator else None
    return numerator if numerator is not None else 0
