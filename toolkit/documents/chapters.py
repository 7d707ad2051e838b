"""Gathers what the ledgers hold for one document: the paragraphs under each heading, and rows for tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from ..figures.rolls import hidden
from ..model import PUBLIC, Catalog, Document, Field, Ledger, Row, may_go, stable
from ..rows.conditions import Context
from ..standard.sayings import own_words, spoken_by
from ..submissions.source import Source, kind_of
from ..word.edited.names import cell_id
from ..word.filling.session import Narrative
from ..word.tags.rows import UNIT, Cell, Table
from ..wording.compose import Composer
from ..wording.masks import is_small
from ..wording.naming import enumerated
from ..wording.phrase import is_void, is_zero, words

ORG_KEY, ORG_NAME = "org.org_id", "org_name"
ALL = "all"  # the subject of a document about many units


def chapters(catalog: Catalog, d: Document, s: Source, said: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Returns the paragraphs under each heading of `d`, as 标题 and 正文. `said`: texts that the document holds besides."""
    composer = composer_of(catalog, d, s, said)
    return {h.id: [{"标题": p.title, "正文": Narrative(p.text)} for p in composer.paragraphs(h)] for h in d.headings}


def heading(d: Document, s: Source) -> str:
    """Returns the title of a document, with {names} and | still in it, in the words of the unit's kind."""
    return own_words(s.catalog, kind_of(s))(d.heading)


def headings(d: Document, s: Source) -> dict[str, str]:
    """Returns the titles of the headings, each chosen among those that say the same, in the words of the unit's kind."""
    seed, own = f"{s.unit.get('unit_id')}|{s.year}", own_words(s.catalog, kind_of(s))
    return {h.id: own(min((h.title, *h.also), key=lambda t: stable(f"{seed}|{h.id}|{t}"))) for h in d.headings}


def composer_of(catalog: Catalog, d: Document, s: Source, said: Iterable[str]) -> Composer:
    """Returns the composer of a document for one source."""
    seed = f"{s.unit.get('unit_id')}|{s.year}"
    speech = spoken_by(catalog, kind_of(s))
    made = Composer(speech, nothing_of(s), lambda n: words_of(s, n), seed, person(d), times=times_of(s))
    made.hear(said)
    return made


def times_of(s: Source) -> tuple[str, ...]:
    """Returns the time words for sentences about the period of a source; () for a year."""
    if s.period.is_long:
        return ()
    words = s.catalog.speech.part_times["begun" if s.period.start.month == 1 else "later"]
    return tuple(w.replace("{期}", s.period.part or s.period.name) for w in words)


def person(d: Document) -> str:
    """Returns the key of the subjects that the sentences of a document may have."""
    return ALL if d.source == "consolidated" else d.person


def nothing_of(s: Source) -> Callable[[str], bool]:
    """Returns a test whether a figure or list of the source has nothing to say; a missing figure has to be named."""

    def nothing(name: str) -> bool:
        if name in s.catalog.rolls:
            return not s.rolls[name].names
        f = s.figures[name]
        if f.state == "missing":
            return False
        return f.state == "n/a" or is_void(f) or (is_zero(f) and not f.indicator.zero)

    return nothing


def words_of(s: Source, name: str) -> str:
    """Returns the words of a list of names, "" for any other name."""
    return enumerated(s.rolls[name]) if name in s.catalog.rolls else ""


# ------------------------------------------------------------------ rows


def title_of(field: Field) -> str:
    """Returns a field's name in templates: its title without what stands in brackets."""
    return re.sub("[（(].*?[）)]", "", field.title)


def fields(ledger: Ledger, stays: bool) -> tuple[Field, ...]:
    """Returns the fields that a document may print; all of them if it `stays` in the unit."""
    return ledger.fields if stays else ledger.upward


def tables(catalog: Catalog, s: Source, stays: bool) -> dict[str, Table]:
    """Returns the counted rows of the ledgers that leave their unit, by title; the rows are made on demand."""
    known = ((ledger, fields(ledger, stays)) for ledger in catalog.ledgers.values())
    return {ledger.title: Table(partial(_rows, s, ledger, some)) for ledger, some in known if some}


def _rows(s: Source, ledger: Ledger, some: tuple[Field, ...]) -> list[dict[str, Any]]:
    made = []
    withheld = {f.name for f in some if not may_go(f, PUBLIC)}
    for row, context in s.rows.get(ledger.name, ()):
        gone = hidden(ledger, row, context) if s.kind == "consolidated" or s.audience == PUBLIC else set()
        gone |= withheld | _few(s, ledger, row) if s.audience == PUBLIC else set()
        cells = {title_of(f): _cell(s.catalog, ledger, f, row, context) for f in some if f.name not in gone}
        blank = {title_of(f): None for f in some if f.name in gone}
        unit = context.unit
        made.append({UNIT: str(unit.get("unit_short") or unit.get("unit_name") or ""), **blank, **cells})
    return made


def _few(s: Source, ledger: Ledger, row: Row) -> set[str]:
    """Returns the fields of a row that hold a small head-count."""
    known = words(s.catalog)
    heads = (f.name for f in ledger.fields if f.type == "integer" and re.search(known.masks["people"], f.title))
    return {name for name in heads if is_small(row.values.get(name), known)}


def _cell(catalog: Catalog, ledger: Ledger, f: Field, row: Row, context: Context) -> Any:
    """Returns the value of a cell; a reference to an organisation gives the organisation's name."""
    value = row.values.get(f.name)
    if f.foreignKey == ORG_KEY:
        known = context.referred(ORG_KEY).get(value)
        return (
            Cell(known.get(ORG_NAME), cell_id(catalog.ledgers[ORG_KEY.partition(".")[0]].code, ORG_NAME))
            if known
            else None
        )
    return Cell(value, cell_id(ledger.code, f.name), f.constraints.enum)
