"""Tells which ledger a table belongs to: by its title, the name of its sheet, its columns and its types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from ..model import Catalog, Field, Ledger
from ..rows.casting.text import fold
from .content import filled, option, share
from .model import Choice, Table
from .recognise import matches
from .words import PERHAPS, SURE, Words, key

ENOUGH, AHEAD = 3.0, 1.0  # least points of a ledger, and least lead before the next
_AT_END, _INSIDE, _OF_KIND, _TYPES, _GENERAL = 5.0, 2.5, 4.0, 4.0, 1.5  # points
LOOKED_AT = 200  # first records that tell the types
_FILE = 0.3  # what a file's name weighs, compared with a title
_YEARS = re.compile(r"20\d\d\s*年?度?|[(（].*?[)）]|第?[一二三四]季度|[0-9]{1,2}月份?")
_NONE = "none"


def ledger_of(catalog: Catalog, words: Words, table: Table, file: str) -> Choice:
    """Returns the ledger of a table, if one is clearly ahead of all others."""
    texts = [t for t, _ in table.titles if len(t) <= 60] + [table.sheet]
    own = {key(x.title) for x in catalog.ledgers.values()}
    foreign = [w for w in map(key, words.raw["none"]) if not any(w in title for title in own)]
    if said := next((w for t in texts for w in foreign if w in key(t)), ""):
        return Choice("", f"“{said}”不在标准的台账里")
    points = {x.name: _points(words, x, table, texts, file) for x in catalog.ledgers.values() if x.name != "narrative"}
    ranked = sorted(points, key=lambda n: -points[n][0])
    best, second = ranked[0], ranked[1]
    lead = points[best][0] - points[second][0]
    if points[best][0] >= ENOUGH and lead >= AHEAD:
        return Choice(best, points[best][1])
    likely = tuple(n for n in ranked[:3] if points[n][0] >= ENOUGH / 2)
    why = "可能是几张台账中的一张" if len(likely) > 1 else "看不出是哪一张台账"
    return Choice("", why, likely, open=True)


def _points(words: Words, ledger: Ledger, table: Table, texts: list[str], file: str) -> tuple[float, str]:
    titles = [(_titled(words, ledger, t), t) for t in texts]
    title, said = max(titles, default=(0.0, ""))
    total = title + 0.4 * (sum(p for p, _ in titles) - title) + _FILE * _titled(words, ledger, file)
    types = max((_types(words, ledger, table, n) for n in range(len(table.columns))), default=0.0)
    columns = sum(_rarity(words, ledger, table, n) for n in range(len(table.columns)))
    why = [f"标题“{said}”"] if title else []
    why += ["类型一栏的内容"] if types >= _TYPES / 2 else []
    why += ["栏目名"] if columns >= 1 else []
    return total + types + columns, "、".join(why)


def _core(words: Words, text: str) -> str:
    plain = key(_YEARS.sub("", fold(text)))
    endings = sorted(map(key, words.raw["endings"]), key=len, reverse=True)
    while cut := next((e for e in endings if plain.endswith(e) and len(plain) > len(e) + 1), ""):
        plain = plain.removesuffix(cut)
    return plain


def _titled(words: Words, ledger: Ledger, text: str) -> float:
    """Returns the points that a title gives a ledger; most if the ledger's word ends the title."""
    whole, core = key(_YEARS.sub("", fold(text))), _core(words, text)
    if not core:
        return 0.0
    best = 0.0
    for word, of_kind in _names(words, ledger):
        at = whole.rfind(word)
        if at < 0:
            continue
        ends = core.endswith(word) or at + len(word) >= len(core)
        points = (_AT_END if ends else _INSIDE) - (_AT_END - _OF_KIND if of_kind else 0) + 0.2 * len(word)
        best = max(best, min(points, _GENERAL + 0.5 * ends) if word in words.keys["general"] else points)
    return best


def _names(words: Words, ledger: Ledger) -> Iterator[tuple[str, bool]]:
    for word in (ledger.title, *words.raw["ledgers"].get(ledger.name, ())):
        yield key(word), False
    if f := kind_field(ledger):
        for o in f.constraints.enum:
            yield key(o), True


def kind_field(ledger: Ledger) -> Field | None:
    """Returns the field for the type of a record, if the ledger has one."""
    return next((f for f in ledger.fields if f.name in ("kind", "stage", "source") and f.constraints.enum), None)


def _types(words: Words, ledger: Ledger, table: Table, column: int) -> float:
    """Returns the points that a column gives whose cells are the ledger's types."""
    f = kind_field(ledger)
    values = filled(islice((c.value for c in table.cells(column)), LOOKED_AT))
    if f is None or not values or not all(isinstance(v, str) and len(v) <= 20 for v in values):
        return 0.0
    part = share(values, lambda v: option(words, f, v)[0])
    return _TYPES * part if part >= 0.5 else 0.0


def _rarity(words: Words, ledger: Ledger, table: Table, column: int) -> float:
    """Returns the points of a column: most if no other ledger has such a title."""
    found = matches(words, ledger, table.columns[column])
    if not found or found[0].strength not in (SURE, PERHAPS):
        return 0.0
    forms = words.forms(table.columns[column].title) | words.forms("".join(table.columns[column].path))
    owners = sum(bool(forms & known.keys()) for known in words.fields.values())
    return (1.0 if found[0].strength == SURE else 0.5) / max(1, owners)
