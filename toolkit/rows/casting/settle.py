"""Completes rows by what they refer to: a name becomes its code, a blank cell takes what follows from the reference."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ...findings import finding
from ...model import Catalog, Field, Finding, Row
from .text import fold

Rows = Mapping[str, Sequence[Row]]


def settle(catalog: Catalog, rows: Rows, found: Sequence[Finding]) -> list[Finding]:
    """Completes the rows of all ledgers in place; returns C01 for required cells that stay blank.

    `found` holds the findings of the cells: a cell that was not understood is not reported as blank too.
    """
    wrong = {f.place for f in found if f.place.row}
    missing: list[Finding] = []
    for name, made in rows.items():
        for f in catalog.ledgers[name].fields:
            if f.foreignKey and f.type != "list":
                _codes(catalog, f, made, rows)
    for name, made in rows.items():
        for f in catalog.ledgers[name].fields:
            if f.follows:
                missing += [m for m in _follow(catalog, name, f, made, rows) if m.place not in wrong]
    return missing


def names_of(catalog: Catalog, key: str, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, str]:
    """Returns code -> name for the rows that `key` ("org.org_id") refers to, if no two of them share a name."""
    ledger, _, field = key.partition(".")
    label = catalog.ledgers[ledger].label
    if not label:
        return {}
    named = {r[field]: r[label] for r in rows.get(ledger, ()) if r.get(field) and r.get(label)}
    folded = [fold(n) for n in named.values()]
    return {code: n for code, n in named.items() if folded.count(fold(n)) == 1}


def _codes(catalog: Catalog, f: Field, made: Sequence[Row], rows: Rows) -> None:
    """Replaces names in the cells of a reference by the codes that they name; other text stays as it is."""
    key = f.foreignKey or ""
    ledger, _, code = key.partition(".")
    targets = [r.values for r in rows.get(ledger, ())]
    known = {t.get(code) for t in targets}
    codes: dict[str, str] | None = None
    for row in made:
        said = row.values[f.name]
        if said is None or said in known:
            continue
        if codes is None:
            codes = {fold(name): c for c, name in names_of(catalog, key, {ledger: targets}).items()}
        row.values[f.name] = codes.get(fold(said), said)


def follower(catalog: Catalog, name: str, f: Field, rows: Rows) -> Callable[[Mapping[str, Any]], Any]:
    """Returns what gives the value of a field that follows from a reference, for the values of a row; None if nothing."""
    ((path, values),) = (f.follows or {}).items()
    head, _, rest = path.partition(".")
    ledger, _, code = (catalog.ledgers[name].field(head).foreignKey or "").partition(".")
    said = {r.values.get(code): r.values.get(rest) for r in rows.get(ledger, ())}

    def following(row: Mapping[str, Any]) -> Any:
        found = said.get(row.get(head))
        return values.get(str(found)) if values else found

    return following


def _follow(catalog: Catalog, name: str, f: Field, made: Sequence[Row], rows: Rows) -> Iterator[Finding]:
    """Fills the blank cells of a field that follows from a reference; yields C01 where nothing follows."""
    following = follower(catalog, name, f, rows)
    for row in made:
        if row.values[f.name] is None:
            row.values[f.name] = following(row.values)
            if row.values[f.name] is None and f.constraints.required and f.name in row.sheet.columns:
                yield finding("C01", row.place(f.name), f.title)
