"""Checks rows, sheets, and sheets against each other, as the standard declares."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from .. import personal
from ..findings import finding
from ..model import Catalog, Field, Finding, Ledger, Row, Where
from ..standard.sheets import COUNTED, DRAFT, VOID
from .casting.conventions import says_nothing
from .conditions import Context
from .obligations import unmet
from .rules import broken
from .selection import Selection

_VOID = {"status": VOID}
_BLANK = {None}


def check_rows(catalog: Catalog, rows: Mapping[str, Iterable[Row]], context: Context) -> list[Finding]:
    """Returns all findings that need more than one cell: rows, sheets, several sheets, obligations.

    `context` holds the same rows, for references. Void rows are checked only for what must not stand in a workbook.
    Nothing is said about a ledger that `rows` lacks: its sheet was not read, so what it would show is not known.
    """
    alive = {name: [r for r in rows.get(name, ()) if r.values.get("status") != VOID] for name in catalog.ledgers}
    chosen = {name: Selection(catalog.ledgers[name], found, context) for name, found in alive.items()}
    findings: list[Finding] = []
    for name, ledger in catalog.ledgers.items():
        if void := [r for r in rows.get(name, ()) if r.values.get("status") == VOID]:
            gone = Selection(ledger, void, context)
            findings += [x for f in ledger.fields for x in _words(catalog, f, gone)]
        if not alive[name]:
            continue
        for f in ledger.fields:
            findings += _field_findings(catalog, f, chosen[name], context, rows)
        findings += _record_ids(ledger, chosen[name], context)
        for rule in ledger.rules:
            findings += broken(rule, chosen[name], context)
    for obligation in catalog.obligations:
        if obligation.ledger in rows:
            findings += unmet(catalog, obligation, chosen, context)
    return findings


# ------------------------------------------------- what a field's declaration says


def _field_findings(
    catalog: Catalog, f: Field, rows: Selection, context: Context, read: Container[str]
) -> Iterator[Finding]:
    if f.required_when:
        for row in rows.taken(f.required_when):
            if row.values.get(f.name) is None:
                yield finding("C01", row.place(f.name), f.title)
        yield from _needed_later(f, rows)
    if rows.distinct(f.name) == _BLANK:
        return  # all that follows is about what stands in cells
    if f.constraints.unique:
        yield from _twice(f, rows)
    if f.foreignKey and f.foreignKey.partition(".")[0] in read:
        yield from _unknown(catalog, f, rows, context.referred(f.foreignKey))
    if f.in_year:
        yield from _out_of_period(f, rows, context)
    yield from _placeholders(catalog, f, rows)
    yield from _words(catalog, f, rows)


def _out_of_period(f: Field, rows: Selection, context: Context) -> Iterator[Finding]:
    """Yields the days that are not in the period; rows of another part of the same year are only told once."""
    period: dict[str, Any] = {"start": context.start, "end": context.end}
    others: list[Row] = []
    for row, day in _which(rows, f, lambda day: not context.start <= day <= min(context.end, context.fill_date)):
        shown = day.isoformat()
        if context.strays(day):
            others.append(row)
        elif context.start <= day <= context.end:
            yield finding("C14", row.place(f.name), f.title, shown, fill_date=context.fill_date)
        else:
            yield finding("C13", row.place(f.name), f.title, shown, **period)
    if others:
        yield finding("C28", others[0].place(f.name), f.title, count=len(others), **period)


@lru_cache(maxsize=4)
def _counted_once(catalog: Catalog) -> Mapping[tuple[str, str], frozenset[Where]]:
    """Returns the fields whose different values are counted, by ledger and name, with the conditions."""
    found: dict[tuple[str, str], frozenset[Where]] = {}
    for i in catalog.indicators.values():
        for m in filter(None, (i.numerator, i.denominator)):
            if m.op == "distinct":
                key = m.ledger, m.field or ""
                found[key] = found.get(key, frozenset()) | {m.where}
    return found


def _placeholders(catalog: Catalog, f: Field, rows: Selection) -> Iterator[Finding]:
    """Yields the values that stand in for a value, such as 同上, where one is demanded or counted."""
    if f.type not in ("string", "list") or f.constraints.enum:
        return

    def empty(value: Any) -> list[str]:
        return [code for code in (value if isinstance(value, tuple) else (value,)) if says_nothing(code)]

    found = list(_which(rows, f, empty))
    if not found:
        return
    wheres = _counted_once(catalog).get((rows.ledger.name, f.name), ())
    counted = {id(row) for where in wheres for row in rows.taken(where)}
    demanded = {id(row) for row in rows.taken(f.required_when)} if f.required_when else set()
    for row, value in found:
        if id(row) in counted or id(row) in demanded or f.constraints.required:
            note = "，没有计数" if id(row) in counted else ""
            yield finding("N02", row.place(f.name), f.title, empty(value)[0], note=note)


def _needed_later(f: Field, rows: Selection) -> Iterator[Finding]:
    """Announces the blank cells of drafts that approval (核定) will require."""
    asked = [c for c in f.required_when if c.path == "status" and c.op == "eq" and c.value == COUNTED]
    if asked:
        draft = replace(asked[0], value=DRAFT)
        for row in rows.taken(tuple(draft if c in asked else c for c in f.required_when)):
            if row.values.get(f.name) is None:
                yield finding("C24", row.place(f.name), f.title)


def _which(rows: Selection, f: Field, wrong: Callable[[Any], object]) -> Iterator[tuple[Row, Any]]:
    """Yields the rows with a wrong value, and the value; each different value is tested once."""
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
    """Yields references to codes that no row has, or only a void one."""
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


_LEXICONS = (("F06", "secrecy"), ("C16", "sensitive"), ("C15", "masks"))


_REMEMBERED = 60  # longest text, in characters, that is likely to recur and is therefore cached


@lru_cache(maxsize=4)
def _lexicons(catalog: Catalog) -> Callable[[str], tuple[tuple[str, str], ...]]:
    """Returns the function that finds forbidden words in a text, each with its code."""
    lists = {code: words for code, key in _LEXICONS if (words := list(catalog.forbidden.get(key, ())))}
    patterns = [(code, re.compile("|".join(words))) for code, words in lists.items()]
    any_word = re.compile("|".join(word for words in lists.values() for word in words) or "(?!)")

    def look(text: str) -> tuple[tuple[str, str], ...]:
        number = (("C19", ""),) if personal.found(text) else ()
        if not any_word.search(text):
            return number
        return *((code, hit[0]) for code, pattern in patterns if (hit := pattern.search(text))), *number

    remembered = lru_cache(maxsize=1 << 14)(look)
    return lambda text: (remembered if len(text) <= _REMEMBERED else look)(text)


def forbidden(catalog: Catalog, f: Field, value: Any) -> Iterator[tuple[str, str]]:
    """Yields what must not stand in a cell, as code and word: secrecy marks, sensitive words, masks, personal numbers.

    Sources: rules.md 4, ledgers.md. The word of a personal number is "", so that nothing repeats it.
    """
    if f.type == "string" and not f.constraints.enum:
        yield from _lexicons(catalog)(value)
    elif personal.found("；".join(value) if f.type == "list" else str(value) if f.type == "integer" else ""):
        yield "C19", ""


def _words(catalog: Catalog, f: Field, rows: Selection) -> Iterator[Finding]:
    if f.type not in ("string", "list", "integer") or (f.type == "string" and f.constraints.enum):
        return  # what such a cell holds can be no word; see forbidden
    for row, value in _which(rows, f, lambda v: tuple(forbidden(catalog, f, v))):
        for code, word in forbidden(catalog, f, value):
            yield finding(code, row.place(f.name), f.title, word, word=word)
