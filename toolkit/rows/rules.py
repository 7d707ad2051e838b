"""The named checks that rules of the standard call; each check is one short function.

A check yields the rows that break the rule and never changes a row. A blank cell satisfies every
comparison; `required` decides whether it may be blank.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ..errors import StandardError
from ..model import Finding, Ledger, Place, Row, Rule
from ..standard import vocabulary
from ..standard.sheets import NIL, NOT_APPLICABLE, VOID
from ..standard.vocabulary import admit
from .casting.text import fold
from .conditions import Context, add_months, where
from .selection import Selection, column

# A row that breaks the rule and the field that its Finding points to; also the Place of another row to name.
Broken = tuple[Row, str] | tuple[Row, str, Place]
Check = Callable[[Rule, Ledger, Sequence[Row], Context], Iterator[Broken]]
CHECKS: dict[str, Check] = {}
RULE_CODES: dict[str, str] = {}  # a code never changes its meaning


def check(code: str, needed: tuple[str, ...] = (), optional: tuple[str, ...] = ()) -> Callable[[Check], Check]:
    """Decorator: registers a function as the check of its name; its Findings have `code`.

    A function outside the package gives its arguments here, and its word joins the closed list
    (standard/vocabulary.py). Raises StandardError if the code is taken.
    """

    def admitted(made: Check) -> Check:
        name = made.__name__
        admit(vocabulary.CHECKS, name, (needed, optional) if needed else vocabulary.CHECKS[name], made.__module__)
        if code in RULE_CODES.values():
            raise StandardError(f"{made.__module__}: code {code} is taken")
        CHECKS[name], RULE_CODES[name] = made, code
        return made

    return admitted


def broken(rule: Rule, rows: Selection, context: Context) -> Iterator[Finding]:
    """Yields one Finding for each row that breaks the rule."""
    chosen, ledger, code = rows.taken(rule.when), rows.ledger, RULE_CODES[rule.check]
    for row, name, *other in CHECKS[rule.check](rule, ledger, chosen, context) if chosen else ():
        shown = row.values.get(name)
        yield Finding(
            code,
            rule.severity,
            row.place(name),
            rule.message + "".join(f"：见 {place}" for place in other),
            rule.remedy,
            _title(ledger, name),
            "" if shown is None else str(shown),
        )


def _title(ledger: Ledger, name: str) -> str:
    return next((f.title for f in ledger.fields if f.name == name), "")


def _paths(arg: Any) -> list[str]:
    return arg if isinstance(arg, list) else [arg] if isinstance(arg, str) else []


def _values(arg: Any, ledger: Ledger, rows: Sequence[Row], context: Context) -> list[Any]:
    """Returns for each row a constant, the value of a path, or the sum of several (None if all are blank)."""
    if not isinstance(arg, (str, list)):
        return [arg] * len(rows)
    columns = [column(ledger, path, rows, context) for path in _paths(arg)]
    return columns[0] if len(columns) == 1 else [_total(values) for values in zip(*columns, strict=True)]


def _total(values: Iterable[Any]) -> Any:
    known = [v for v in values if v is not None]
    return sum(known) if known else None


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "=": lambda a, b: a == b,
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
}


@check("R01")
def compare(rule: Rule, ledger: Ledger, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """Checks left op right x factor, or right + months for dates."""
    left, right = (_values(rule.args[side], ledger, rows, context) for side in ("left", "right"))
    holds = _COMPARE[rule.args["op"]]
    factor, months = rule.args.get("factor"), rule.args.get("months")
    for row, a, b in zip(rows, left, right, strict=True):
        if a is None or b is None:
            continue
        if factor is not None:
            b = Decimal(b) * Decimal(str(factor))
        if months is not None:
            b = add_months(b, months)
        if not holds(a, b):
            yield row, next(iter(_paths(rule.args["left"])), "")


@check("R02")
def different(rule: Rule, ledger: Ledger, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """Checks that all filled fields of a row differ from each other."""
    columns = (column(ledger, name, rows, context) for name in rule.args["fields"])
    for row, values in zip(rows, zip(*columns, strict=True), strict=True):
        filled = [v for v in values if v is not None]
        if len(set(filled)) < len(filled):
            yield row, rule.args["fields"][-1]


@check("R03")
def implies(rule: Rule, ledger: Ledger, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """Checks that `then` holds in each row that meets `when`."""
    then = where(ledger, rule.args["then"])
    for row in rows:
        if not then(row.values, context):
            yield row, rule.args["then"][0].path.partition(".")[0]


@check("R04")
def any_of(rule: Rule, ledger: Ledger, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """Checks that at least one of the options holds; rows in which all of them are blank pass."""
    options = [(o, where(ledger, o)) for o in rule.args["options"]]
    for row in rows:
        asked = [c.path for o, _ in options for c in o if row.values.get(c.path) is not None]
        if asked and not any(test(row.values, context) for _, test in options):
            yield row, asked[0]


@check("R05")
def unique_together(rule: Rule, ledger: Ledger, rows: Sequence[Row], context: Context) -> Iterator[Broken]:
    """Checks that no two rows agree in all the fields; rows with a blank one pass."""
    names = rule.args["fields"]
    first: dict[tuple[Any, ...], Row] = {}
    for row in _may_agree(ledger, rows, names):
        key = _key(row, names)
        if None not in key and first.setdefault(key, row) is not row:
            yield row, names[0], first[key].place(names[0])


_folded = lru_cache(maxsize=1 << 14)(fold)


def _key(row: Row, names: Iterable[str]) -> tuple[Any, ...]:
    """Returns the values in which rows are compared; texts without spaces, width and case."""
    return tuple([_folded(v) if isinstance(v, str) else v for v in map(row.values.get, names)])


def _may_agree(ledger: Ledger, rows: Sequence[Row], names: Sequence[str]) -> Iterable[Row]:
    """Returns the rows, in their order, that agree with another one in the required fields among `names`.

    Only these can agree in all of them. To compare all fields of all rows takes long.
    """
    rough = [f.name for f in ledger.fields if f.constraints.required and f.name in names] or names
    keys = [_key(row, rough) for row in rows]
    times = Counter(keys)
    return (row for row, key in zip(rows, keys, strict=True) if times[key] > 1)


@check("R06")
def workdays(rule: Rule, ledger: Ledger, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """Checks for at least `least` working days from start to end, both included (State Council's calendar)."""
    for row in rows:
        start, end = row.values.get(rule.args["start"]), row.values.get(rule.args["end"])
        if start and end and _workdays(start, end) < rule.args["least"]:
            yield row, rule.args["end"]


def _workdays(start: date, end: date) -> int:
    import chinese_calendar

    def works(day: date) -> bool:
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:  # the calendar ends with the last year that the State Council has decreed
            return day.weekday() < 5

    days = min((end - start).days + 1, 400)
    return sum(works(start + timedelta(n)) for n in range(days))


@check("R07")
def acyclic(rule: Rule, ledger: Ledger, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """Checks that following the reference from row to row never enters a cycle."""
    name = rule.args["field"]
    key = (ledger.field(name).foreignKey or "").partition(".")[2]
    parent = {r.values.get(key): r.values.get(name) for r in rows}
    for row in rows:
        seen, at = set(), row.values.get(key)
        while at is not None and at not in seen:
            seen.add(at)
            at = parent.get(at)
        if at is not None:
            yield row, name


@check("R08")
def agrees(rule: Rule, ledger: Ledger, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """Checks that the field equals the newest value of another ledger for the same organisation."""
    other, _, name = rule.args["with"].partition(".")
    newest = context.newest(other)
    for row in rows:
        mine, theirs = row.values.get(rule.args["field"]), newest.get(row.values.get("org_id"), {}).get(name)
        if mine is not None and theirs is not None and mine != theirs:
            yield row, rule.args["field"]


@check("R09")
def uniform(rule: Rule, ledger: Ledger, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """Checks that rows with the same `by` have the same `field`."""
    field, by = rule.args["field"], rule.args["by"]
    first: dict[Any, Any] = {}
    for row in rows:
        key, value = row.values.get(by), row.values.get(field)
        if key is not None and value is not None and first.setdefault(key, value) != value:
            yield row, field


@check("R10")
def consecutive(rule: Rule, ledger: Ledger, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """Checks that the numbers 1, 2, 3 … of the sheet have no gap; the order of the rows is free."""
    field = rule.args["field"]
    used = {row.values.get(field) for row in rows}
    for row in rows:
        value = row.values.get(field)
        if value is not None and value > 1 and value - 1 not in used:
            yield row, field


@check("R11")
def repeated(rule: Rule, ledger: Ledger, rows: Sequence[Row], context: Context) -> Iterator[Broken]:
    """Checks that no two rows agree in all fields but those in `except`."""
    names = [f.name for f in ledger.fields if f.name not in rule.args["except"]]
    first: dict[tuple[Any, ...], Row] = {}
    for row in _may_agree(ledger, rows, names):
        other = first.setdefault(_key(row, names), row)
        if other is not row:
            yield row, names[0], other.place(names[0])


@check("R12")
def elsewhere(rule: Rule, ledger: Ledger, rows: Sequence[Row], context: Context) -> Iterator[Broken]:
    """Checks that no path in `others` has a row with the same `fields` and, under its name there, the same `field`."""
    fields = rule.args["fields"]
    known: dict[tuple[Any, ...], Place] = {}
    for path in rule.args["others"]:
        other, _, name = path.partition(".")
        for row in context.rows.get(other, ()):
            if row.values.get("status") != VOID:
                known.setdefault(_key(row, (*fields, name)), row.place(name))
    for row in rows:
        key = _key(row, (*fields, rule.args["field"]))
        if None not in key and key in known:
            yield row, rule.args["field"], known[key]


@check("R13")
def proves(rule: Rule, ledger: Ledger, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """Checks that the front page does not declare a ledger nil for which the rows show an activity; names the first."""
    if context.declared.get(rule.args["ledger"]) in (NIL, NOT_APPLICABLE):
        yield rows[0], next((c.path for c in rule.when), "")
