"""Filters and formula columns of the standard as plain functions over row values."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dc_field
from datetime import date
from typing import Any

from ..model import Condition, Field, Ledger, Row, Where
from ..standard.sheets import VOID

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Context:
    """What a row is judged against: its unit, the reporting period, and the rows that references may name."""

    unit: Values
    start: date
    end: date
    ledgers: Mapping[str, Ledger] = dc_field(default_factory=dict)
    rows: Mapping[str, Sequence[Row]] = dc_field(default_factory=dict, repr=False)
    declared: Mapping[str, str] = dc_field(default_factory=dict)  # the front page: ledger -> 有, 本年无, 不适用
    _made: dict[str, Mapping[Any, Values]] = dc_field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, unit: Values) -> Context:
        """Builds the context from the unit sheet; a blank period is the whole year."""
        year = unit.get("year") or date.today().year
        return cls(unit, unit.get("period_start") or date(year, 1, 1), unit.get("period_end") or date(year, 12, 31))

    def knowing(
        self,
        ledgers: Mapping[str, Ledger],
        rows: Mapping[str, Sequence[Row]],
        declared: Mapping[str, str] | None = None,
    ) -> Context:
        """Returns the same context with the rows and declarations of all ledgers, so that references can be followed."""
        return replace(self, ledgers=ledgers, rows=rows, declared=declared or {}, _made={})

    def strays(self, day: Any) -> bool:
        """Whether a day is outside the reporting period but in its year: the row belongs to another period."""
        inside = self.start <= day <= self.end
        return not inside and self.start.year <= day.year <= self.end.year

    @property
    def fill_date(self) -> date:
        """The fill date of the workbook; if blank, the last day of the period."""
        return self.unit.get("fill_date") or self.end

    def referred(self, key: str) -> Mapping[Any, Values]:
        """Returns the row values that a reference such as `org.org_id` may name, by code.

        A void row is found only if no other row has its code.
        """
        if key not in self._made:
            name, _, field = key.partition(".")
            rows = self.rows.get(name, ())
            void = {v.get(field): v for r in rows if (v := r.values).get("status") == VOID}
            self._made[key] = void | {v.get(field): v for r in rows if (v := r.values).get("status") != VOID}
        return self._made[key]

    def newest(self, ledger: str) -> Mapping[Any, Values]:
        """Returns the values of each organisation's newest row that is not void, by org_id."""
        if ledger not in self._made:
            alive = [v for r in self.rows.get(ledger, ()) if (v := r.values).get("status") != VOID and v.get("date")]
            self._made[ledger] = {v.get("org_id"): v for v in sorted(alive, key=lambda v: v["date"])}
        return self._made[ledger]


Predicate = Callable[[Values, Context], bool]
Getter = Callable[[Values, Context], Any]


def getter(ledger: Ledger, path: str) -> Getter:
    """Returns the function that fetches `path` from a row's values, across references if there are any."""
    head, _, rest = path.partition(".")
    if not rest:
        return lambda values, _: values.get(head)
    target = ledger.field(head).foreignKey or ""

    def follow(values: Values, context: Context) -> Any:
        found = context.referred(target).get(values.get(head))
        return None if found is None else found.get(rest)

    return follow


def where(ledger: Ledger, conditions: Where) -> Predicate:
    """Returns one predicate that is true if all conditions hold."""
    tests = [_test(ledger, c) for c in conditions]
    if not tests:
        return lambda values, context: True
    if len(tests) == 1:
        return tests[0]
    return lambda values, context: all(t(values, context) for t in tests)


def _test(ledger: Ledger, c: Condition) -> Predicate:
    get, want, decide = getter(ledger, c.path), c.value, OPERATORS[c.op]
    if c.op in AGAINST_FIELD:
        other = getter(ledger, want)
        return lambda values, context: decide(get(values, context), other(values, context), context)
    return lambda values, context: decide(get(values, context), want, context)


def _comparison(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any, Context], bool]:
    return lambda value, other, _: value is not None and other is not None and holds(value, other)


def _contains(value: Any, want: Any, _: Context) -> bool:
    return value is not None and want in value


def _param(value: Any, name: str, context: Context) -> bool:
    """Whether the value equals, or is among, a value of the unit sheet; a blank parameter selects nothing."""
    want = context.unit.get(name)
    return value is not None and (value in want if isinstance(want, tuple) else value == want)


AGAINST_FIELD = {"not_after", "not_before", "below", "above"}
OPERATORS: dict[str, Callable[[Any, Any, Context], bool]] = {
    "eq": lambda value, want, _: value == want,
    "in": lambda value, want, _: value in want,
    "not": lambda value, want, _: value is not None and value != want,
    "not_in": lambda value, want, _: value is not None and value not in want,
    "contains": _contains,
    "min": _comparison(lambda a, b: a >= b),
    "max": _comparison(lambda a, b: a <= b),
    "blank": lambda value, want, _: (value is None) == want,
    "in_period": lambda value, want, context: (value is not None and context.start <= value <= context.end) == want,
    "by_period_end": lambda value, want, context: (value is not None and value <= context.end) == want,
    "before_as_of": lambda value, want, context: (value is not None and value < context.fill_date) == want,
    "not_after": _comparison(lambda a, b: a <= b),
    "not_before": _comparison(lambda a, b: a >= b),
    "below": _comparison(lambda a, b: a < b),
    "above": _comparison(lambda a, b: a > b),
    "param": _param,
}


# ------------------------------------------------------------ formula columns


def add_months(day: date, months: int) -> date:
    """Returns the same day `months` later, or that month's last day, like Excel's EDATE."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_between(start: date, end: date) -> int:
    """Returns the whole months from start to end; 0 if end is earlier."""
    return max(0, (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day))


def compute(field: Field, values: Values, context: Context) -> Any:
    """Returns the value of a formula column (Field.calc); None while a value it needs is blank."""
    ((kind, args),) = (field.calc or {}).items()
    return _CALCS[kind](args, values, context)


def _number(arg: Any, values: Values) -> int | None:
    return values.get(arg) if isinstance(arg, str) else arg


def _edate(args: Values, values: Values, _: Context) -> date | None:
    start = values.get(args["from"])
    years, months = _number(args.get("years", 0), values), _number(args.get("months", 0), values)
    return None if start is None or years is None or months is None else add_months(start, 12 * years + months)


def _latest(args: list[str], values: Values, _: Context) -> Any:
    return max((values[a] for a in args if values.get(a) is not None), default=None)


def _first(args: list[str], values: Values, _: Context) -> Any:
    return next((values[a] for a in args if values.get(a) is not None), None)


def _sum(args: list[str], values: Values, _: Context) -> Any:
    known = [values[a] for a in args if values.get(a) is not None]
    return sum(known) if known else None


def _intervals(args: Values, values: Values, context: Context) -> int | None:
    start = values.get(args["from"])
    end = values.get(args.get("to", "")) or context.end
    return None if start is None else months_between(start, end) // int(args["months"])


def _years_since(args: Values, values: Values, context: Context) -> int | None:
    start = values.get(args["from"])
    return None if start is None else context.end.year - start + 1


_CALCS: dict[str, Callable[[Any, Values, Context], Any]] = {
    "edate": _edate,
    "latest": _latest,
    "first": _first,
    "sum": _sum,
    "intervals": _intervals,
    "years_since": _years_since,
}
