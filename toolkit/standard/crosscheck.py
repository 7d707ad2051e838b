"""Checks the parts of the standard against each other: every name must refer to something declared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, cast

from ..model import Catalog, Field, Indicator, Ledger, Measure, Rule, Where
from .sheets import TAKEN
from .vocabulary import COMPARISONS, EXPECTED, PASSAGES
from .yamlmap import Map

LONGEST_TITLE, NOT_IN_TITLES = 31, frozenset("[]:*?/\\")  # of a sheet: Excel's limits
LONGEST_HEAD = 100  # characters of a column's title: Excel's columns are at most 255 characters wide
_NAMES_FIELD = ("not_after", "not_before", "below", "above")
_NAMES_VALUE = ("eq", "in", "not", "not_in")


def cross_check(c: Catalog, places: Mapping[str, Map]) -> None:
    """Raises StandardError at the first unknown name. `places`: "ledger org" -> where it is declared."""
    _distinct_ledgers(c, places)
    for ledger in c.ledgers.values():
        at = places[f"ledger {ledger.name}"]
        for f in ledger.fields:
            _check_field(c, places.get(f"field {ledger.name}.{f.name}", at), ledger, f)
        for n, rule in enumerate(ledger.rules):
            _check_rule(c, places[f"rule {ledger.name} {n}"], ledger, rule)
        if ledger.label:
            resolve(c, at, ledger.name, ledger.label)
        for s in ledger.sensitive:
            check_where(c, at, ledger.name, s.where)
            for name in (s.field, *s.hide):
                resolve(c, at, ledger.name, name)
    for kind, without in c.kinds.items():
        for name in without:
            if name not in c.ledgers:
                raise next(iter(places.values())).error(f"kind {kind}: there is no ledger {name}")
    ids: dict[str, str] = {}
    for indicator in c.indicators.values():
        at = places[f"indicator {indicator.name}"]
        if ids.setdefault(indicator.id, indicator.name) != indicator.name:
            raise at.error(f"id {indicator.id} is taken by {ids[indicator.id]}")
        _check_indicator(c, at, indicator)
    for o in c.obligations:
        at = places[f"obligation {o.id}"]
        check_where(c, at, o.ledger, o.where)
        check_where(c, at, "org", o.applies)
    for patterns in c.forbidden.values():
        for pattern in patterns:
            check_pattern(cast(Map, c.forbidden), pattern)
    for d in c.documents.values():
        at = places[f"document {d.name}"]
        for needed in d.needs:
            if needed not in c.ledgers:
                raise at.error(f"needs: there is no ledger {needed}")
        for name in (*d.wording, *d.compare):
            if name not in c.indicators:
                raise at.error(f"wording: there is no indicator {name}")


def _distinct_ledgers(c: Catalog, places: Mapping[str, Map]) -> None:
    """Titles name the sheets and codes begin the record ids, so both must be unique."""
    titles: dict[str, str] = {}
    codes: dict[str, str] = {}
    for ledger in c.ledgers.values():
        at = places[f"ledger {ledger.name}"]
        if not re.fullmatch("[A-Z]{2}", ledger.code):
            raise at.error(f"code {ledger.code!r} is not two capital letters")
        if wrong := no_sheet_title(ledger.title):
            raise at.error(f"title {ledger.title!r}: {wrong}")
        if titles.setdefault(ledger.title.casefold(), ledger.name) != ledger.name:
            raise at.error(f"two ledgers are titled {ledger.title}")
        if codes.setdefault(ledger.code, ledger.name) != ledger.name:
            raise at.error(f"code {ledger.code} is taken by {codes[ledger.code]}")


def no_sheet_title(title: str) -> str:
    """Returns why Excel does not accept the title of a sheet, "" if it does."""
    if not title.strip() or not title.isprintable():
        return "a title of a sheet must have visible characters, and no others"
    if len(title.encode("utf-16-le")) // 2 > LONGEST_TITLE:
        return f"Excel's titles of sheets have at most {LONGEST_TITLE} characters"
    if found := sorted(set(title) & NOT_IN_TITLES):
        return f"Excel allows none of these in the title of a sheet: {' '.join(found)}"
    if title[0] in "'=" or title[-1] == "'":
        return "the title of a sheet must not begin with ' or =, nor end with '"
    if title.casefold() == "history" or title in TAKEN or title.startswith("_"):
        return "Excel or the product has a sheet of this title"
    return ""


def _check_field(c: Catalog, at: Map, ledger: Ledger, f: Field) -> None:
    if not f.title.strip() or len(f.title) > LONGEST_HEAD or not f.title.isprintable():
        raise at.error(f"title of {ledger.name}.{f.name}: one line of 1 to {LONGEST_HEAD} characters")
    if f.foreignKey:
        resolve(c, at, *_halves(at, f.foreignKey))
    for arg in (f.calc or {}).values():
        for path in arg if isinstance(arg, list) else [v for v in arg.values() if isinstance(v, str)]:
            resolve(c, at, ledger.name, path)
    for path in (*(f.follows or {}), *(f.fits or {})):
        resolve(c, at, ledger.name, path)
    for listed in (f.fits or {}).values():
        for option in chain.from_iterable(() if listed == PASSAGES else listed.values()):
            if option not in (f.constraints.enum or f.suggest):
                raise at.error(f"fits: {ledger.name}.{f.name} has no option {option!r}")
    check_where(c, at, ledger.name, f.required_when)
    if f.constraints.enum:
        for what, value in (("default", f.default), ("example", f.example)):
            if value is not None and value not in f.constraints.enum:
                raise at.error(f"{what} of {ledger.name}.{f.name}: there is no value {value!r}")
    if f.constraints.pattern is not None:
        check_pattern(at, f.constraints.pattern)


def _check_rule(c: Catalog, at: Map, ledger: Ledger, rule: Rule) -> None:
    check_where(c, at, ledger.name, rule.when)
    for path in _paths(rule.args):
        resolve(c, at, ledger.name, path)
    for where in (rule.args.get("then", ()), *rule.args.get("options", ())):
        check_where(c, at, ledger.name, where)
    if "with" in rule.args:
        resolve(c, at, *_halves(at, rule.args["with"]))
    for name in rule.args.get("others", ()):
        resolve(c, at, *_halves(at, name))
    if rule.check == "proves" and rule.args["ledger"] not in c.ledgers:
        raise at.error(f"there is no ledger {rule.args['ledger']!r}")
    if rule.check == "compare" and rule.args["op"] not in COMPARISONS:
        raise at.error(f"op: {rule.args['op']!r} is none of {' '.join(COMPARISONS)}")


def _paths(args: Mapping[str, Any]) -> Iterator[str]:
    for key in ("left", "right", "fields", "field", "by", "start", "end"):
        value = args.get(key, ())
        yield from [value] if isinstance(value, str) else value if isinstance(value, list) else ()


def _check_indicator(c: Catalog, at: Map, indicator: Indicator) -> None:
    if indicator.denominator:
        _check_halves(at, indicator.numerator, indicator.denominator)
    elif indicator.numerator.op == EXPECTED:
        raise at.error(f"op {EXPECTED} is only for the denominator of a ratio")
    for m in filter(None, (indicator.numerator, indicator.denominator)):
        for path in filter(None, (m.field, m.minus, *m.by)):
            resolve(c, at, m.ledger, path)
        if m.op not in ("count", EXPECTED) and not m.field:
            raise at.error(f"op {m.op} needs a field")
        check_where(c, at, m.ledger, m.where)


def _check_halves(at: Map, above: Measure, below: Measure) -> None:
    """Raises StandardError for a ratio whose halves come from different sets of units.

    What one unit does for others is measured against all units that have to report, never against those that have.
    """
    if EXPECTED in (above.op, below.op):
        if above.op == EXPECTED or above.collect != "本级":
            raise at.error(f"op {EXPECTED} is only for the denominator of a numerator with collect 本级")
    elif above.collect != below.collect:
        raise at.error(
            f"numerator and denominator come from different units: collect {above.collect} and {below.collect}; "
            f"use the same collect for both, or op {EXPECTED} for the denominator"
        )


def _halves(at: Map, name: str) -> tuple[str, str]:
    ledger, dot, field = name.partition(".")
    if not dot:
        raise at.error(f"{name!r} is not ledger.field")
    return ledger, field


def check_pattern(at: Map, pattern: str) -> None:
    """Raises StandardError if `pattern` is not a regular expression."""
    try:
        re.compile(pattern)
    except re.error as e:
        raise at.error(f"pattern {pattern!r}: {e}") from e


def resolve(c: Catalog, at: Map, ledger: str, path: str) -> Field:
    """Returns the field that `path` names, across references. Raises StandardError."""
    if ledger not in c.ledgers:
        raise at.error(f"there is no ledger {ledger!r}")
    head, _, rest = path.partition(".")
    try:
        f = c.ledgers[ledger].field(head)
    except KeyError:
        raise at.error(f"ledger {ledger} has no field {head!r}") from None
    if not rest:
        return f
    if not f.foreignKey:
        raise at.error(f"{ledger}.{head} refers to no other ledger")
    return resolve(c, at, f.foreignKey.split(".")[0], rest)


def check_where(c: Catalog, at: Map, ledger: str, where: Where) -> None:
    """Raises StandardError if a filter names an unknown field, value or parameter."""
    for condition in where:
        f = resolve(c, at, ledger, condition.path)
        if condition.op in _NAMES_FIELD:
            resolve(c, at, ledger, condition.value)
        if condition.op in _NAMES_VALUE and f.constraints.enum:
            for value in condition.value if isinstance(condition.value, tuple) else (condition.value,):
                if value not in f.constraints.enum:
                    raise at.error(f"{ledger}.{f.name} has no value {value!r}")
        if condition.op == "param" and condition.value not in {u.name for u in c.unit}:
            raise at.error(f"the unit sheet has no field {condition.value!r}")
