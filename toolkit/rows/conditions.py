"""Filters and formula columns of the standard, compiled to plain functions over row values."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dc_field
from datetime import date
from typing import Any

from ..model import Condition, Field, Ledger, Row, Where

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Context:
    """What a row is judged against: its unit, the period reported, and the rows it may refer to."""

    unit: Values
    start: date
    end: date
    index: dict[str, dict[Any, Values]] = dc_field(default_factory=dict)  # "org.org_id" -> code -> values

    @classmethod
    def of(cls, unit: Values) -> Context:
        """From the unit sheet; a blank period is the whole year."""
        year = unit.get("year") or date.today().year
        return cls(unit, unit.get("period_start") or date(year, 1, 1), unit.get("period_end") or date(year, 12, 31))

    @property
    def fill_date(self) -> date:
        return self.unit.get("fill_date") or self.end

    def knowing(self, ledgers: Mapping[str, Ledger], rows: Mapping[str, Sequence[Row]]) -> Context:
        """This context, with the rows of all ledgers made known to references; the others are not looked at."""
        for name, found in rows.items():
            self.learn(ledgers[name], found)
        return self

    def learn(self, ledger: Ledger, rows: Sequence[Row]) -> None:
        """Make the rows of `ledger` known to references."""
        for f in ledger.fields:
            if f.constraints.unique:
                self.index[f"{ledger.name}.{f.name}"] = {r.values.get(f.name): r.values for r in rows}

    def newest(self, ledger: str, rows: Iterable[Row]) -> None:
        """Make each organisation's newest row of `ledger` known."""
        dated = [r.values for r in rows if r.values.get("date")]
        self.index[f"newest {ledger}"] = {v.get("org_id"): v for v in sorted(dated, key=lambda v: v["date"])}


Predicate = Callable[[Values, Context], bool]
Getter = Callable[[Values, Context], Any]


def getter(ledger: Ledger, path: str) -> Getter:
    """The function that fetches `path` from a row's values, across one or more references."""
    head, _, rest = path.partition(".")
    if not rest:
        return lambda values, _: values.get(head)
    target = ledger.field(head).foreignKey or ""

    def follow(values: Values, context: Context) -> Any:
        found = context.index.get(target, {}).get(values.get(head))
        return None if found is None else found.get(rest)

    return follow


def where(ledger: Ledger, conditions: Where) -> Predicate:
    """One predicate that is true where all conditions are."""
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
    """Equal to a value of the unit sheet, or among them; a parameter left blank selects nothing."""
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
    """The same day `months` later, or that month's last day, as Excel's EDATE has it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_between(start: date, end: date) -> int:
    """Whole months from start to end; 0 when end comes first."""
    return max(0, (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day))


def compute(field: Field, values: Values, context: Context) -> Any:
    """The value of a formula column (Field.calc); None while what it needs is blank."""
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
