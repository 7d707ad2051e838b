"""Withholds what must not leave the unit: rows with personal numbers or secrecy marks, names in findings.

What is withheld here reaches no consolidated workbook, export, cache, return slip or JSON. The place of the finding
and the reason stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from ..model import UPWARD, Catalog, Field, Finding, Row, Submission, may_go
from ..personal import found
from .casting.cast import EXACT, is_code

SECRET, PERSONAL = "F06", "C19"
WITHHELD = "（不上报）"  # in place of content that must not leave the unit


def withheld(catalog: Catalog, s: Submission) -> Submission:
    """Returns the checked submission without the texts of rows that hold personal numbers.

    Other texts of such a row often name the person, so they go too. Codes, options, numbers and dates stay: other rows
    refer to them. With a secrecy mark the same holds for every row of the workbook.
    """
    secret = any(f.code == SECRET for f in s.findings)
    titles: dict[tuple[str, int], set[str]] = {}
    for f in s.findings:
        if f.code == PERSONAL and f.place.row:
            titles.setdefault((f.place.sheet, f.place.row), set()).add(f.field)
    if not secret and not titles:
        return s

    def row(r: Row) -> Row:
        told = titles.get((r.sheet.title, r.number))
        if told is None and not secret:
            return r
        fields = catalog.ledgers[r.ledger].fields
        gone = {f.name for f in fields if _is_text(f) or f.title in (told or ())}
        return replace(r, values={k: None if k in gone else v for k, v in r.values.items()})

    def said(f: Finding) -> Finding:
        beside = (f.place.sheet, f.place.row) in titles or secret
        return unsaid(f, WITHHELD) if beside and f.code not in (SECRET, PERSONAL) else f

    return replace(
        s, rows={name: tuple(map(row, rows)) for name, rows in s.rows.items()}, findings=tuple(map(said, s.findings))
    )


def _is_text(f: Field) -> bool:
    return f.type in ("string", "list") and not f.constraints.enum and not is_code(f)


def unsaid(f: Finding, word: str) -> Finding:
    """Returns the finding without the content found: `word` stands in its value and its message."""
    if not f.value:
        return f
    said = f.message.replace(f.value, word)
    about, quote, rest = said.partition(f"“{f.field}”") if f.field else ("", "", said)
    if "“" in rest and "”" in rest:  # the content may be quoted again, as it was read
        rest = f"{rest[: rest.index('“')]}“{word}”{rest[rest.rindex('”') + 1 :]}"
    return replace(f, value=word, message=about + quote + rest)


def nameless(catalog: Catalog, f: Finding) -> Finding:
    """Returns the finding without its content, if that is the name of a person (audience: unit)."""
    return unsaid(f, WITHHELD) if f.value and f.field in _of_people(catalog) else f


@lru_cache(maxsize=4)
def _of_people(catalog: Catalog) -> frozenset[str]:
    fields = [*catalog.unit, *(f for x in catalog.ledgers.values() for f in x.fields)]
    return frozenset(f.title for f in fields if not may_go(f, UPWARD))


def discreet(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Returns cells as read, with WITHHELD in place of each that holds a personal number."""
    return {k: WITHHELD if _is_personal(v) else v for k, v in cells.items()}


def _is_personal(cell: Any) -> bool:
    if isinstance(cell, (int, float)):  # of an identity number only fifteen digits are left
        return abs(cell) >= EXACT / 10 or bool(found(f"{cell:.0f}"))
    return isinstance(cell, str) and bool(found(cell))
