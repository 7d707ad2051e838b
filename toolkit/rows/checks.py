"""The rule vocabulary: each named check of the standard as one short function.

Checks read rows and yield Findings; they never change a row. A blank cell satisfies every
comparison: whether it may be blank is a matter of `required`, not of the comparison.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ..errors import StandardError
from ..findings import finding
from ..model import Catalog, Field, Finding, Ledger, Row, Rule
from ..standard import vocabulary
from ..standard.sheets import VOID
from ..standard.vocabulary import admit
from .conditions import Context, add_months, where
from .obligations import unmet
from .selection import Selection, column

_VOID = {"status": VOID}
# Yields each row that breaks the rule, with the field that its Finding points to.
Check = Callable[[Rule, Ledger, Sequence[Row], Context], Iterator[tuple[Row, str]]]
CHECKS: dict[str, Check] = {}
RULE_CODES: dict[str, str] = {}  # a code never changes its meaning


def check(code: str, needed: tuple[str, ...] = (), optional: tuple[str, ...] = ()) -> Callable[[Check], Check]:
    """Decorator: makes a function the check of its name, whose Findings bear `code`.

    A function outside the package names its arguments here, and adds its word to the closed list.
    """

    def admitted(made: Check) -> Check:
        name = made.__name__
        admit(vocabulary.CHECKS, name, (needed, optional) if needed else vocabulary.CHECKS[name], made.__module__)
        if code in RULE_CODES.values():
            raise StandardError(f"{made.__module__}: code {code} is taken")
        CHECKS[name], RULE_CODES[name] = made, code
        return made

    return admitted


def check_rows(catalog: Catalog, rows: Mapping[str, Iterable[Row]], context: Context) -> list[Finding]:
    """All findings that need more than one cell: rows, sheets, sheets against each other, obligations.

    `context` knows the rows; void ones are not checked.
    """
    alive = {name: [r for r in rows.get(name, ()) if r.values.get("status") != VOID] for name in catalog.ledgers}
    chosen = {name: Selection(catalog.ledgers[name], found, context) for name, found in alive.items()}
    findings: list[Finding] = []
    for name, ledger in catalog.ledgers.items():
        if not alive[name]:
            continue
        for f in ledger.fields:
            findings += _field_findings(catalog, f, chosen[name], context)
        findings += _record_ids(ledger, chosen[name], context)
        for rule in ledger.rules:
            findings += _rule_findings(rule, chosen[name], context)
    for obligation in catalog.obligations:
        findings += unmet(catalog, obligation, chosen, context)
    return findings


# ------------------------------------------------- what a field's declaration says


def _field_findings(catalog: Catalog, f: Field, rows: Selection, context: Context) -> Iterator[Finding]:
    if f.required_when:
        for row in rows.taken(f.required_when):
            if row.values.get(f.name) is None:
                yield finding("C01", row.place(f.name), f.title)
    if f.constraints.unique:
        yield from _twice(f, rows)
    if f.foreignKey:
        yield from _unknown(catalog, f, rows, context.referred(f.foreignKey))
    if f.in_year:
        for row, day in _which(rows, f, lambda day: not context.start <= day <= min(context.end, context.fill_date)):
            shown = day.isoformat()
            if context.start <= day <= context.end:
                yield finding("C14", row.place(f.name), f.title, shown, fill_date=context.fill_date)
            else:
                yield finding("C13", row.place(f.name), f.title, shown, start=context.start, end=context.end)
    if f.type == "string" and not f.constraints.enum:
        yield from _words(catalog, f, rows)


def _which(rows: Selection, f: Field, wrong: Callable[[Any], object]) -> Iterator[tuple[Row, Any]]:
    """The rows whose value is wrong, with it; each different value is looked at once."""
    found = {v for v in rows.distinct(f.name) if v is not None and wrong(v)}
    if found:
        yield from ((row, v) for row, v in zip(rows.rows, rows.column(f.name), strict=True) if v in found)


def _twice(f: Field, rows: Selection) -> Iterator[Finding]:
    first: dict[Any, Row] = {}
    for row, value in zip(rows.rows, rows.column(f.name), strict=True):
        if value is None:
            continue
        if value in first:
            yield finding("C10", row.place(f.name), f.title, str(value), other=first[value].place(f.name))
        else:
            first[value] = row


def _unknown(catalog: Catalog, f: Field, rows: Selection, known: Mapping[Any, Any]) -> Iterator[Finding]:
    """References to what stands nowhere."""
    target = catalog.ledgers[(f.foreignKey or "").partition(".")[0]].title

    def lost(value: Any) -> list[Any]:
        return [
            code
            for code in (value if isinstance(value, tuple) else (value,))
            if known.get(code, _VOID).get("status") == VOID
        ]

    for row, value in _which(rows, f, lost):
        for code in lost(value):
            yield finding("C09", row.place(f.name), f.title, str(code), target=target)


def _record_ids(ledger: Ledger, rows: Selection, context: Context) -> Iterator[Finding]:
    lead = f"{ledger.code}{context.end.year}-"
    for row, value in zip(rows.rows, rows.column("rec_id"), strict=True):
        if value is not None and not value.startswith(lead):
            yield finding("C06", row.place("rec_id"), "记录编号", value, pattern=f"{lead}0001")


_LEXICONS = (("F06", "secrecy"), ("C16", "sensitive"), ("C15", "masks"), ("C19", "personal"))


_REMEMBERED = 60  # characters of texts that are likely to come again


@lru_cache(maxsize=4)
def _lexicons(catalog: Catalog) -> Callable[[str], tuple[tuple[str, str], ...]]:
    """The function that finds the words of a text that must not stand there, each with its code."""
    lists = {code: words for code, key in _LEXICONS if (words := list(catalog.forbidden.get(key, ())))}
    patterns = [(code, re.compile("|".join(words))) for code, words in lists.items()]
    any_word = re.compile("|".join(word for words in lists.values() for word in words) or "(?!)")

    def look(text: str) -> tuple[tuple[str, str], ...]:
        if not any_word.search(text):
            return ()
        return tuple((code, hit[0]) for code, pattern in patterns if (hit := pattern.search(text)))

    remembered = lru_cache(maxsize=1 << 14)(look)
    return lambda text: (remembered if len(text) <= _REMEMBERED else look)(text)


def _words(catalog: Catalog, f: Field, rows: Selection) -> Iterator[Finding]:
    """Secrecy marks, sensitive words, masks and personal numbers (rules.md 4, ledgers.md)."""
    look = _lexicons(catalog)
    for row, text in _which(rows, f, look):
        for code, word in look(text):
            yield finding(code, row.place(f.name), f.title, word, word=word)


# ------------------------------------------------------------------- rules


def _rule_findings(rule: Rule, rows: Selection, context: Context) -> Iterator[Finding]:
    chosen, ledger, code = rows.taken(rule.when), rows.ledger, RULE_CODES[rule.check]
    for row, name in CHECKS[rule.check](rule, ledger, chosen, context) if chosen else ():
        shown = row.values.get(name)
        yield Finding(
            code,
            rule.severity,
            row.place(name),
            rule.message,
            rule.remedy,
            _title(ledger, name),
            "" if shown is None else str(shown),
        )


def _title(ledger: Ledger, name: str) -> str:
    return next((f.title for f in ledger.fields if f.name == name), "")


def _paths(arg: Any) -> list[str]:
    return arg if isinstance(arg, list) else [arg] if isinstance(arg, str) else []


def _values(arg: Any, ledger: Ledger, rows: Sequence[Row], context: Context) -> list[Any]:
    """For each row a constant, the value of a path, or the sum of several (None when all of them are blank)."""
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
    """left op right x factor, or right + months for dates."""
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
    """All the fields that are filled in differ from each other."""
    columns = (column(ledger, name, rows, context) for name in rule.args["fields"])
    for row, values in zip(rows, zip(*columns, strict=True), strict=True):
        filled = [v for v in values if v is not None]
        if len(set(filled)) < len(filled):
            yield row, rule.args["fields"][-1]


@check("R03")
def implies(rule: Rule, ledger: Ledger, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """Where `when` holds, `then` holds too."""
    then = where(ledger, rule.args["then"])
    for row in rows:
        if not then(row.values, context):
            yield row, rule.args["then"][0].path.partition(".")[0]


@check("R04")
def any_of(rule: Rule, ledger: Ledger, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """At least one of the options holds; rows in which all of them are blank are left alone."""
    options = [(o, where(ledger, o)) for o in rule.args["options"]]
    for row in rows:
        asked = [c.path for o, _ in options for c in o if row.values.get(c.path) is not None]
        if asked and not any(test(row.values, context) for _, test in options):
            yield row, asked[0]


@check("R05")
def unique_together(rule: Rule, ledger: Ledger, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """No two rows agree in all the fields."""
    names, seen = rule.args["fields"], set()
    for row in rows:
        key = tuple(row.values.get(n) for n in names)
        if None not in key and key in seen:
            yield row, names[0]
        seen.add(key)


@check("R06")
def workdays(rule: Rule, ledger: Ledger, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, str]]:
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


@check("R07")
def acyclic(rule: Rule, ledger: Ledger, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, str]]:
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


@check("R08")
def agrees(rule: Rule, ledger: Ledger, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """The field equals the newest value that another ledger has for the same organisation."""
    other, _, name = rule.args["with"].partition(".")
    newest = context.newest(other)
    for row in rows:
        mine, theirs = row.values.get(rule.args["field"]), newest.get(row.values.get("org_id"), {}).get(name)
        if mine is not None and theirs is not None and mine != theirs:
            yield row, rule.args["field"]


@check("R09")
def uniform(rule: Rule, ledger: Ledger, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """Rows alike in `by` are alike in `field`."""
    field, by = rule.args["field"], rule.args["by"]
    first: dict[Any, Any] = {}
    for row in rows:
        key, value = row.values.get(by), row.values.get(field)
        if key is not None and value is not None and first.setdefault(key, value) != value:
            yield row, field


@check("R10")
def consecutive(rule: Rule, ledger: Ledger, rows: Sequence[Row], context: Context) -> Iterator[tuple[Row, str]]:
    """1, 2, 3 … : the numbers of the sheet, in whatever order its rows stand, leave none out."""
    field = rule.args["field"]
    used = {row.values.get(field) for row in rows}
    for row in rows:
        value = row.values.get(field)
        if value is not None and value > 1 and value - 1 not in used:
            yield row, field
