"""What a public version does not tell: small head-counts, declared magnitudes, names of persons (rules.md 4).

The same figure, and the same number typed by hand, is masked wherever it stands. The words are in wording.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from ..model import MASKED, PUBLIC, Catalog, Figure, Indicator, Measure, may_go
from .phrase import Words, classifier, is_void, is_zero, words
from .reading.quantities import quantities

Text = Callable[[str], str]
_APART = re.compile(r"[、，,；;/\s]+|[（(].*?[）)]")


def masked(catalog: Catalog, figures: Mapping[str, Figure]) -> dict[str, Figure]:
    """Returns the figures of a public version; the numbers of the masked ones are gone.

    A figure that takes the same measure as a masked magnitude tells the same number, so it is masked too; and so is one
    that happens to be the same number of the same things, as it is in text that people typed.
    """
    kept = {i.numerator for i in catalog.indicators.values() if not may_go(i, PUBLIC)}
    told = {name: _told(catalog, f, kept) for name, f in figures.items()}
    secret = {_number(f) for f in figures.values() if not may_go(f.indicator, PUBLIC) and not is_zero(f)}
    return {name: _hidden(f) if f.state == "known" and _number(f) in secret - {None} else f for name, f in told.items()}


def _number(f: Figure) -> tuple[Decimal | int, str] | None:
    """Returns how many of what a figure tells, None for a share and for a number that is not known."""
    alone = f.state == "known" and f.indicator.denominator is None and f.value is not None
    return (f.value, f.indicator.classifier) if alone and f.value is not None else None


def _told(catalog: Catalog, f: Figure, kept: set[Measure]) -> Figure:
    if f.state != "known" or is_void(f) or is_zero(f):
        return f
    ratio = f.indicator.denominator is not None
    secret = not may_go(f.indicator, PUBLIC) or (not ratio and f.indicator.numerator in kept)
    halves = (f.numerator, f.denominator) if ratio else (f.value,)
    if not secret and not (of_people(catalog, f.indicator) and any(is_small(n, words(catalog)) for n in halves)):
        return f
    return _hidden(f)


def _hidden(f: Figure) -> Figure:
    return replace(f, state=MASKED, value=None, numerator=None, denominator=None, est=False, cells=0)


def of_people(catalog: Catalog, indicator: Indicator) -> bool:
    """Returns whether an indicator counts persons, or is a share of persons."""
    masks = words(catalog).masks
    if indicator.denominator is None:
        return indicator.classifier in masks["heads"]
    titles = (_title(catalog, m) for m in (indicator.numerator, indicator.denominator))
    return any(re.search(masks["people"], title) for title in titles)


def _title(catalog: Catalog, m: Measure) -> str:
    fields = catalog.ledgers[m.ledger].fields
    return next((f.title for f in fields if f.name == m.field), "")


def is_small(n: Decimal | int | float | None, words: Words) -> bool:
    """Returns whether so few persons could be known by their number."""
    return n is not None and 0 < n < words.masks["below"]


# ------------------------------------------------------------------------ texts


def discreet(catalog: Catalog, people: Iterable[str], hidden: Iterable[Figure]) -> Text:
    """Returns the function that masks a text: these names of persons, small head-counts, and the numbers of `hidden`.

    `people`: what stands in cells that do not leave the unit; `hidden`: figures before they were masked.
    """
    known = words(catalog)
    numbers = {(f.value, word) for f in hidden for word in (f.indicator.classifier, classifier(f, known))}
    called = _called(frozenset(people), known)

    def told(text: str) -> str:
        if called:
            text = called.sub(lambda m: _name(m[0], known), text)
        for q in reversed(quantities(text)) if re.search(r"[\d一二两三四五六七八九十百千万]", text) else ():
            small = q.word in known.masks["heads"] and is_small(q.value, known)
            if q.value is not None and not q.target and (small or (q.value, q.word) in numbers):
                text = f"{text[: q.start]}{known.masks['digits']}{q.word}{text[q.end :]}"
        return text

    return told


@lru_cache(maxsize=16)
def _called(values: frozenset[str], known: Words) -> re.Pattern[str] | None:
    """Returns a pattern of the names; a post such as 党委书记 is no name, and a single character is none."""
    names = {n for n in _parts(values) if len(n) > 1 and not re.fullmatch(known.masks["posts"], n)}
    return re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True)))) if names else None


def _parts(values: Iterable[str]) -> Iterator[str]:
    for value in values:
        yield from _APART.split(value)
        yield value.strip()


def _name(name: str, known: Words) -> str:
    """Returns 张某, 张某某 or 欧阳某 for a Chinese name; the mask of digits for any other."""
    if not re.fullmatch("[\u3400-\u9fff]{2,4}", name):
        return str(known.masks["digits"])
    size = 2 if name[:2] in known.masks["double_surnames"] and len(name) > 2 else 1
    return name[:size] + str(known.masks["given"]) * (len(name) - size)
