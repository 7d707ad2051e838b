"""The operations of indicators: what each takes from the rows of one unit, and how units merge.

A new operation is one subclass of Operation with the decorator `@operation`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

from ..model import Measure, Row, Where
from ..rows.casting.conventions import says_nothing
from ..rows.conditions import Predicate
from ..rows.selection import Selection
from ..standard.vocabulary import EXPECTED, MEASURES, admit

Number = Decimal | int


@dataclass(frozen=True, slots=True)
class Part:
    """What one measure takes from the rows of some units; the type of `value` depends on the operation."""

    value: Any
    est: bool = False  # whether it includes an estimate
    cells: int = 0  # rows it was taken from


@dataclass(frozen=True)
class Taker:
    """One measure of the standard, compiled."""

    key: str  # under which a digest stores its part
    measure: Measure
    conditions: Where
    takes: Predicate  # whether a row meets the conditions
    global_: bool  # whether its codes mean the same in every unit

    @property
    def operation(self) -> Operation:
        """The operation that the measure names."""
        return OPERATIONS[self.measure.op]

    def part(self, rows: Selection, unit: str) -> Part:
        """Returns what the unit contributes. `rows` are its rows that count."""
        return self.operation.part(self, rows, unit)

    def settled(self, part: Part, whose: str) -> Part:
        """Returns the part without the keys that matter only among the rows of `whose`.

        `whose` is one unit, or several units whose rows are in no other part.
        """
        return Part(self.operation.settle(self, part.value, whose), part.est, part.cells)


class Operation:
    """One operation over the rows of a ledger.

    Merging must not depend on the order: merged parts merge to the same value as all parts at once.
    """

    name: ClassVar[str]  # its word in YAML
    title: ClassVar[str]  # its name in formulas shown to the clerk
    recounts: ClassVar[bool] = False  # may count one person several times: worded 人次 (rules.md F9)
    estimated: ClassVar[bool] = True  # an estimated row makes the value an estimate
    added_up: ClassVar[bool] = False  # the values of several units are numbers that are added up

    def part(self, t: Taker, rows: Selection, unit: str) -> Part:
        """Returns what one unit contributes. `rows` are its rows that count."""
        taken, field = rows.taken(t.conditions), t.measure.field or ""
        est = self.estimated and any(r.values["est"] and r.values.get(field) for r in taken if "est" in r.values)
        return Part(self.take(t, taken, unit), est, len(taken))

    def take(self, t: Taker, rows: Sequence[Row], unit: str) -> Any:
        """Returns the value of one unit. `rows` meet the conditions."""
        raise NotImplementedError

    def merge(self, values: Sequence[Any]) -> Any:
        """Returns the value of several units; without any, the value of no rows."""
        raise NotImplementedError

    def combine(self, parts: Iterable[Part]) -> Part:
        """Merges the parts of several units to one."""
        found = list(parts)
        if len(found) == 1:
            return found[0]
        return Part(self.merge([p.value for p in found]), any(p.est for p in found), sum(p.cells for p in found))

    def number(self, value: Any) -> Number | None:
        """Returns the number that a value gives, or None."""
        found: Number | None = value
        return found

    def as_of(self, value: Any) -> date | None:
        """Returns the day that a value refers to, or None if it refers to the whole period."""
        return None

    def settle(self, t: Taker, value: Any, whose: str) -> Any:
        """Returns the value of the unit `whose` without what matters only among its own rows."""
        return value

    def pack(self, value: Any) -> Any:
        """Converts a value that is no plain number to JSON types."""
        raise NotImplementedError

    def unpack(self, packed: Any) -> Any:
        """Reverses `pack`. Raises ValueError, TypeError or KeyError for anything else."""
        raise NotImplementedError

    def describe(self, field: str, minus: str) -> str:
        """Describes the operation in Chinese, with the titles of its fields ("" for none)."""
        return (f"“{field}”" if field else "") + (f"减“{minus}”" if minus else "") + self.title

    def excel(self, measure: Measure, column: Callable[[str], str], pairs: str) -> str | None:
        """Returns the Excel formula over the rows selected by `pairs` (arguments of COUNTIFS), or None.

        `column` gives the range of a field.
        """
        return None

    def excel_value(self, measure: Measure, rows: Sequence[Mapping[str, Any]]) -> float:
        """Returns what the Excel formula gives for these rows; called only if there is a formula."""
        raise NotImplementedError


OPERATIONS: dict[str, Operation] = {}
Made = TypeVar("Made", bound=type[Operation])


def operation(made: Made) -> Made:
    """Decorator: registers an operation. If it is outside the package, its word joins the closed list."""
    admit(MEASURES, made.name, made.recounts, made.__module__)
    OPERATIONS[made.name] = made()
    return made


@operation
class Count(Operation):
    """The number of rows."""

    name, title = "count", "行数"
    recounts = added_up = True

    def part(self, t: Taker, rows: Selection, unit: str) -> Part:
        """Counts without collecting the rows; a count is exact even if the rows are estimates."""
        n = rows.count(t.conditions)
        return Part(n, False, n)

    def merge(self, values: Sequence[int]) -> int:
        """Adds the counts."""
        return sum(values)

    def excel(self, measure: Measure, column: Callable[[str], str], pairs: str) -> str:
        """COUNTIFS."""
        return f"COUNTIFS({pairs})"

    def excel_value(self, measure: Measure, rows: Sequence[Mapping[str, Any]]) -> float:
        """The number of rows."""
        return len(rows)


@operation
class Sum(Operation):
    """The sum of a field, minus the sum of another field if the measure has `minus`."""

    name, title = "sum", "相加"
    recounts = added_up = True

    def take(self, t: Taker, rows: Sequence[Row], unit: str) -> Number:
        """Adds the field and subtracts `minus`; blanks count as 0."""
        field, minus = t.measure.field or "", t.measure.minus
        total: Number = sum((r.values.get(field) or 0 for r in rows), 0)
        return total - sum((r.values.get(minus) or 0 for r in rows), 0) if minus else total

    def merge(self, values: Sequence[Number]) -> Number:
        """Adds the sums."""
        return sum(values, 0)

    def excel(self, measure: Measure, column: Callable[[str], str], pairs: str) -> str:
        """SUMIFS, minus SUMIFS of `minus`."""
        said = f"SUMIFS({column(measure.field or '')},{pairs})"
        return f"({said}-SUMIFS({column(measure.minus)},{pairs}))" if measure.minus else said

    def excel_value(self, measure: Measure, rows: Sequence[Mapping[str, Any]]) -> float:
        """Adds like SUMIFS: blanks and text count as 0."""
        return sum(_added(r.get(measure.field or "")) - _added(r.get(measure.minus or "")) for r in rows)


def _added(value: Any) -> float:
    """Returns what SUMIFS adds for a cell: its number; 0 for blanks, text and booleans."""
    return float(value) if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) else 0


Key = tuple[str, ...]


@operation
class Distinct(Operation):
    """The number of different codes. The value is a frozenset of keys; once settled, their number."""

    name, title, estimated = "distinct", "去重计数", False

    def take(self, t: Taker, rows: Sequence[Row], unit: str) -> frozenset[Key]:
        """Collects the codes, without placeholders; codes that are not global are distinguished by the unit's code."""
        keys = set()
        for row in rows:
            value = row.values.get(t.measure.field or "")
            for code in value if isinstance(value, tuple) else (value,) if value is not None else ():
                if not says_nothing(str(code)):
                    keys.add((str(code),) if t.global_ else (unit, str(code)))
        return frozenset(keys)

    def merge(self, values: Sequence[Any]) -> Any:
        """Unites the sets; adds settled numbers, because no other unit has the same codes."""
        if any(isinstance(v, int) for v in values):  # settled values are numbers
            return sum(self.number(v) for v in values)
        return frozenset().union(*values)

    def number(self, value: Any) -> int:
        """The size of the set, or the settled number."""
        return value if isinstance(value, int) else len(value)

    def settle(self, t: Taker, value: Any, whose: str) -> Any:
        """Keeps only the number, except for global codes, which other units may share."""
        return value if t.global_ else self.number(value)

    def pack(self, value: frozenset[Key]) -> list[Key]:
        """The keys as a sorted list."""
        return sorted(value)

    def unpack(self, packed: Any) -> frozenset[Key]:
        """The set of keys."""
        return frozenset(map(tuple, packed))


@operation
class Latest(Operation):
    """The sum of the newest value of each key. The value is a dict: key -> (date, number)."""

    name, title = "latest", "最新值"

    def take(self, t: Taker, rows: Sequence[Row], unit: str) -> dict[Key, tuple[date, Number]]:
        """Keeps the newest value of each key; a row without a date counts as oldest."""
        found: dict[Key, tuple[date, Number]] = {}
        for row in rows:  # of two on the same day the lower row in the sheet counts
            value, day = row.values.get(t.measure.field or ""), row.values.get("date") or date.min
            key = (unit, *(str(row.values.get(b) or "") for b in t.measure.by))
            if value is not None and (key not in found or day >= found[key][0]):
                found[key] = (day, value)
        return found

    def merge(self, values: Sequence[dict[Key, tuple[date, Number]]]) -> dict[Key, tuple[date, Number]]:
        """Keeps the newest value of each key; on the same day the larger number."""
        latest: dict[Key, tuple[date, Number]] = {}
        for v in values:
            for key, item in v.items():
                latest[key] = max(latest.get(key, item), item)
        return latest

    def number(self, value: dict[Key, tuple[date, Number]]) -> Number:
        """The sum over all keys."""
        return sum((v for _, v in value.values()), 0)

    def as_of(self, value: dict[Key, tuple[date, Number]]) -> date | None:
        """The newest date of all keys."""
        return max((day for day, _ in value.values()), default=None)

    def settle(self, t: Taker, value: dict[Key, tuple[date, Number]], whose: str) -> Any:
        """Keeps one entry for the unit: its newest date and its sum."""
        return {(whose,): (max(day for day, _ in value.values()), self.number(value))} if value else value

    def pack(self, value: dict[Key, tuple[date, Number]]) -> list[list[Any]]:
        """A list [*key, ISO date, number] per key; a Decimal as text."""
        return [[*key, day.isoformat(), n if isinstance(n, int) else str(n)] for key, (day, n) in value.items()]

    def unpack(self, packed: Any) -> dict[Key, tuple[date, Number]]:
        """The dict, from its packed list."""
        return {
            tuple(key): (date.fromisoformat(day), n if isinstance(n, int) else Decimal(n)) for *key, day, n in packed
        }


@operation
class Max(Operation):
    """The largest value."""

    name, title = "max", "最大值"

    def take(self, t: Taker, rows: Sequence[Row], unit: str) -> Number | None:
        """The largest value of the field, or None."""
        return self.merge([r.values.get(t.measure.field or "") for r in rows])

    def merge(self, values: Sequence[Number | None]) -> Number | None:
        """The largest of the values that are not None, or None."""
        return max((v for v in values if v is not None), default=None)


@operation
class Expected(Operation):
    """The number of units below the head that have to report. The tree of units gives it, not a digest."""

    name, title, estimated = EXPECTED, "应报单位数（不含本级）", False

    def take(self, t: Taker, rows: Sequence[Row], unit: str) -> None:
        """Takes nothing from rows."""

    def merge(self, values: Sequence[Any]) -> None:
        """Merges nothing."""
