"""The rule vocabulary: each named check of the standard as one short function.

Checks read rows and yield Findings; they never change a row. A blank cell satisfies every
comparison: whether it may be blank is a matter of `required`, not of the comparison.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from .conditions import Context, add_months, getter, where
from .findings import finding
from .model import Catalog, Field, Finding, Ledger, Row, Rule
from .obligations import unmet
from .vocabulary import VOID

Check = Callable[[Rule, Ledger, list[Row], Context], Iterator[tuple[Row, str]]]


def check_rows(catalog: Catalog, rows: Mapping[str, Iterable[Row]], context: Context) -> list[Finding]:
    """All findings that need more than one cell: rows, sheets, sheets against each other, obligations."""
    alive = {name: [r for r in rows.get(name, ()) if r.values.get("status") != VOID] for name in catalog.ledgers}
    for name, found in alive.items():
        context.learn(catalog.ledgers[name], found)
        context.newest(name, found)
    findings: list[Finding] = []
    for name, ledger in catalog.ledgers.items():
        if not alive[name]:
            continue
        for f in ledger.fields:
            findings += _field_findings(catalog, ledger, f, alive[name], context)
        findings += _record_ids(ledger, alive[name], context)
        for rule in ledger.rules:
            findings += _rule_findings(rule, ledger, alive[name], context)
    for obligation in catalog.obligations:
        findings += unmet(catalog, obligation, alive, context)
    return findings


# ------------------------------------------------- what a field's declaration says


def _field_findings(catalog: Catalog, ledger: Ledger, f: Field, rows: list[Row], context: Context) -> Iterator[Finding]:
    if f.required_when:
        needed = where(ledger, f.required_when)
        for row in rows:
            if row.values.get(f.name) is None and needed(row.values, context):
                yield finding("C01", row.place(f.name), f.title)
    if f.constraints.unique:
        yield from _twice(f, rows)
    if f.foreignKey:
        known = context.index.get(f.foreignKey, {})
        target = catalog.ledgers[f.foreignKey.split(".")[0]].title
        for row in rows:
            value = row.values.get(f.name)
            for code in value if isinstance(value, tuple) else (value,) if value is not None else ():
                if code not in known:
                    yield finding("C09", row.place(f.name), f.title, str(code), target=target)
    if f.in_year:
        for row in rows:
            day = row.values.get(f.name)
            if day is not None and not context.start <= day <= context.end:
                yield finding("C13", row.place(f.name), f.title, day.isoformat(), start=context.start, end=context.end)
            elif day is not None and day > context.fill_date:
                yield finding("C14", row.place(f.name), f.title, day.isoformat(), fill_date=context.fill_date)
    if f.type == "string" and not f.constraints.enum:
        yield from _words(catalog, f, rows)


def _twice(f: Field, rows: list[Row]) -> Iterator[Finding]:
    first: dict[Any, Row] = {}
    for row in rows:
        value = row.values.get(f.name)
        if value is None:
            continue
        if value in first:
            yield finding("C10", row.place(f.name), f.title, str(value), other=first[value].place(f.name))
        else:
            first[value] = row


def _record_ids(ledger: Ledger, rows: list[Row], context: Context) -> Iterator[Finding]:
    lead = f"{ledger.code}{context.end.year}-"
    for row in rows:
        value = row.values.get("rec_id")
        if value is not None and not value.startswith(lead):
            yield finding("C06", row.place("rec_id"), "记录编号", value, pattern=f"{lead}0001")


@lru_cache(maxsize=4)
def _lexicon(key: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile("|".join(key)) if key else None


def _words(catalog: Catalog, f: Field, rows: list[Row]) -> Iterator[Finding]:
    """Secrecy marks, sensitive words, masks and personal numbers (rules.md 4, ledgers.md)."""
    lists = {
        code: _lexicon(tuple(catalog.forbidden.get(key, ())))
        for code, key in (("F06", "secrecy"), ("C16", "sensitive"), ("C15", "masks"), ("C19", "personal"))
    }
    for row in rows:
        text = row.values.get(f.name)
        if not isinstance(text, str):
            continue
        for code, pattern in lists.items():
            if pattern and (hit := pattern.search(text)):
                yield finding(code, row.place(f.name), f.title, hit[0], word=hit[0])


# ------------------------------------------------------------------- rules


def _rule_findings(rule: Rule, ledger: Ledger, rows: list[Row], context: Context) -> Iterator[Finding]:
    applies = where(ledger, rule.when)
    chosen = [r for r in rows if applies(r.values, context)]
    code = RULE_CODES[rule.check]
    for row, name in CHECKS[rule.check](rule, ledger, chosen, context):
        shown = row.values.get(name)
        yield Finding(
            code, rule.severity, row.place(name), rule.message, rule.remedy,
            _title(ledger, name), "" if shown is None else str(shown),
        )  # fmt: skip


def _title(ledger: Ledger, name: str) -> str:
    return next((f.title for f in ledger.fields if f.name == name), "")


def _paths(arg: Any) -> list[str]:
    return arg if isinstance(arg, list) else [arg] if isinstance(arg, str) else []


def _value(arg: Any, ledger: Ledger) -> Callable[[Row, Context], Any]:
    """A constant, a path, or the sum of several paths (None when all of them are blank)."""
    if not isinstance(arg, (str, list)):
        return lambda row, context: arg
    gets = [getter(ledger, p) for p in _paths(arg)]
    if len(gets) == 1:
        return lambda row, context: gets[0](row.values, context)

    def total(row: Row, context: Context) -> Any:
        values = [v for v in (g(row.values, context) for g in gets) if v is not None]
        return sum(values) if values else None

    return total


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, "=": lambda a, b: a == b,
    ">=": lambda a, b: a >= b, ">": lambda a, b: a > b,
}  # fmt: skip


def compare(rule: Rule, ledger: Ledger, rows: list[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """left op right x factor, or right + months for dates."""
    left, right = _value(rule.args["left"], ledger), _value(rule.args["right"], ledger)
    holds = _COMPARE[rule.args["op"]]
    factor, months = rule.args.get("factor"), rule.args.get("months")
    for row in rows:
        a, b = left(row, context), right(row, context)
        if a is None or b is None:
            continue
        if factor is not None:
            b = Decimal(b) * Decimal(str(factor))
        if months is not None:
            b = add_months(b, months)
        if not holds(a, b):
            yield row, next(iter(_paths(rule.args["left"])), "")


def different(rule: Rule, ledger: Ledger, rows: list[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """All the fields that are filled in differ from each other."""
    for row in rows:
        values = [v for name in rule.args["fields"] if (v := row.values.get(name)) is not None]
        if len(set(values)) < len(values):
            yield row, rule.args["fields"][-1]


def implies(rule: Rule, ledger: Ledger, rows: list[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """Where `when` holds, `then` holds too."""
    then = where(ledger, rule.args["then"])
    for row in rows:
        if not then(row.values, context):
            yield row, rule.args["then"][0].path.partition(".")[0]


def any_of(rule: Rule, ledger: Ledger, rows: list[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """At least one of the options holds; rows in which all of them are blank are left alone."""
    options = [(o, where(ledger, o)) for o in rule.args["options"]]
    for row in rows:
        asked = [c.path for o, _ in options for c in o if row.values.get(c.path) is not None]
        if asked and not any(test(row.values, context) for _, test in options):
            yield row, asked[0]


def unique_together(rule: Rule, ledger: Ledger, rows: list[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """No two rows agree in all the fields."""
    names, seen = rule.args["fields"], set()
    for row in rows:
        key = tuple(row.values.get(n) for n in names)
        if None not in key and key in seen:
            yield row, names[0]
        seen.add(key)


def workdays(rule: Rule, ledger: Ledger, rows: list[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """At least so many working days from start to end, both included, by the State Council's calendar."""
    for row in rows:
        start, end = row.values.get(rule.args["start"]), row.values.get(rule.args["end"])
        if start and end and _workdays(start, end) < rule.args["least"]:
            yield row, rule.args["end"]


def _workdays(start: date, end: date) -> int:
    import chinese_calendar

    def works(day: date) -> bool:
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:  # the calendar ends with the last year decreed
            return day.weekday() < 5

    days = min((end - start).days + 1, 400)
    return sum(works(start + timedelta(n)) for n in range(days))


def acyclic(rule: Rule, ledger: Ledger, rows: list[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """Following the reference from row to row never comes back to the start."""
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


def agrees(rule: Rule, ledger: Ledger, rows: list[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """The field equals the newest value that another ledger has for the same organisation."""
    other, _, name = rule.args["with"].partition(".")
    newest = context.index.get(f"newest {other}", {})
    for row in rows:
        mine, theirs = row.values.get(rule.args["field"]), newest.get(row.values.get("org_id"), {}).get(name)
        if mine is not None and theirs is not None and mine != theirs:
            yield row, rule.args["field"]


def uniform(rule: Rule, ledger: Ledger, rows: list[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """Rows alike in `by` are alike in `field`."""
    field, by = rule.args["field"], rule.args["by"]
    first: dict[Any, Any] = {}
    for row in rows:
        key, value = row.values.get(by), row.values.get(field)
        if key is not None and value is not None and first.setdefault(key, value) != value:
            yield row, field


def consecutive(rule: Rule, ledger: Ledger, rows: list[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """1, 2, 3 … : the numbers of the sheet, in whatever order its rows stand, leave none out."""
    field = rule.args["field"]
    used = {row.values.get(field) for row in rows}
    for row in rows:
        value = row.values.get(field)
        if value is not None and value > 1 and value - 1 not in used:
            yield row, field


CHECKS: dict[str, Check] = {
    c.__name__: c
    for c in (
        compare, different, implies, any_of, unique_together, workdays, acyclic, agrees, uniform, consecutive
    )
}  # fmt: skip
RULE_CODES = {name: f"R{i:02}" for i, name in enumerate(CHECKS, 1)}
