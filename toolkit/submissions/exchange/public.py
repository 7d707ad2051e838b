"""A source as its public version tells it (是否公开版＝是, or asked for): see docs/decisions/0035."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ...model import MASKED, PUBLIC, UPWARD, Field, may_go
from ...wording.masks import discreet, is_small, masked, of_people
from ...wording.phrase import words
from ..source import Source

SWITCH = "public_version"  # 是否公开版 on the front page


def is_public(s: Source, asked: bool | None = None) -> bool:
    """Returns whether a document of this source is a public version; `asked`: what was said besides the front page."""
    return bool(s.unit.get(SWITCH)) if asked is None else asked


def public_version(s: Source) -> Source:
    """Returns the source without the numbers, names and texts that do not go to the public; itself if it is one already."""
    if s.audience == PUBLIC:
        return s
    figures = masked(s.catalog, s.figures)
    hidden = [f for name, f in s.figures.items() if figures[name].state == MASKED]
    told = discreet(s.catalog, set(_people(s)), hidden)
    return replace(s, figures=figures, audience=PUBLIC, told=told)


def public_last(s: Source, before: Mapping[str, Decimal | None]) -> dict[str, Decimal | None]:
    """Returns last year's values of a public version; those that are masked this year or were few are not known."""
    known = {name: None if _was_few(s, name, value) else value for name, value in before.items()}
    return {**known, **{name: None for name, f in s.figures.items() if f.state == MASKED}}


def _was_few(s: Source, name: str, value: Decimal | None) -> bool:
    told = s.catalog.indicators[name]
    few = told.denominator is None and of_people(s.catalog, told) and is_small(value, words(s.catalog))
    return few or not may_go(told, PUBLIC)


def _people(s: Source) -> Iterator[str]:
    """Yields the texts in cells that stay in the unit, also of rows that do not count: they may be named elsewhere."""
    yield from _texts(s.catalog.unit, s.unit)
    rows = s.submission.rows if s.submission else {n: [r for r, _ in found] for n, found in s.rows.items()}
    for name, found in rows.items():
        fields = s.catalog.ledgers[name].fields
        for row in found:
            yield from _texts(fields, row.values)


def _texts(fields: tuple[Field, ...], values: Mapping[str, Any]) -> Iterator[str]:
    for f in fields:
        if not may_go(f, UPWARD):
            value = values.get(f.name)
            yield from (v for v in (value if isinstance(value, tuple) else (value,)) if isinstance(v, str))
