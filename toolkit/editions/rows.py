"""The parts of the standard as rows of their sheets, and back: one row is {key of a column: value}."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..model import Catalog
from ..standard.yamlmap import Map
from .cells import Names
from .conditions import Titles
from .parts import DUTIES, FIELDS, INDICATORS, LEDGERS, NAMES, OPTIONS, RULES, SENTENCES

Item = Mapping[str, Any]
Rows = dict[str, list[Item]]  # by sheet
Parts = Mapping[str, Mapping[str, Map]]
# The lists of a ledger, the sheet of each, in the order of the file.
LISTS = {"fields": FIELDS, "rules": RULES, "indicators": INDICATORS, "names": NAMES, "says": SENTENCES}
_RULE = ("check", "when", "then", "message", "remedy", "severity")


def names_of(catalog: Catalog, fields: Iterable[Item] = (), ledgers: Iterable[Item] = ()) -> Names:
    """Returns what cells may refer to: the standard's ledgers and fields, and those of the rows given beside it."""
    titles = {x.name: x.title for x in catalog.ledgers.values()}
    columns = {x.name: {f.name: (f.title, f.type) for f in x.fields} for x in catalog.ledgers.values()}
    references = {
        (x.name, f.name): f.foreignKey.partition(".")[0]
        for x in catalog.ledgers.values()
        for f in x.fields
        if f.foreignKey
    }
    common = _shared(catalog)
    shared = {f.name: (f.title, f.type) for x in catalog.ledgers.values() for f in x.fields if f.name in common}
    earlier = {(x.name, t): f.name for x in catalog.ledgers.values() for f in x.fields for t in (f.title, *f.formerly)}
    for item in ledgers:
        titles[item["name"]] = item["title"]
        columns.setdefault(item["name"], dict(shared))
    for item in fields:
        name, title = item.get("name"), item.get("title")
        if name and title:
            columns.setdefault(item["of"], {})[name] = (title, item.get("type", "string"))
            if key := item.get("foreignKey"):
                references[item["of"], name] = key.partition(".")[0]
    for ledger in columns:
        references.setdefault((ledger, "org_id"), "org")
    was = {title: x.name for x in catalog.ledgers.values() for title in (x.title, *x.formerly)}
    return Names(titles, Titles(columns, references, earlier), earlier=was)


def _shared(catalog: Catalog) -> set[str]:
    """Returns the names of the columns that most ledgers have."""
    every = [{f.name for f in x.fields} for x in catalog.ledgers.values()]
    return {name for found in every for name in found if sum(name in other for other in every) > len(every) / 2}


def rows_of(parts: Parts) -> Rows:
    """Returns the rows of all sheets for the parts of a standard."""
    rows: Rows = {sheet: [] for sheet in (LEDGERS, OPTIONS, *LISTS.values(), DUTIES)}
    for ledger in parts["ledgers"].values():
        name = ledger["name"]
        rows[LEDGERS].append({k: v for k, v in ledger.items() if k not in LISTS})
        for key, sheet in LISTS.items():
            for item in ledger.get(key, ()):
                row = {"of": name, **_flat(item)}
                if key == "fields":
                    rows[OPTIONS] += _options(name, item, row)
                rows[sheet].append(_rule_row(row) if key == "rules" else row)
    rows[INDICATORS] += [dict(m) for m in parts["indicators"].values()]
    rows[DUTIES] += [dict(m) for m in parts["obligations"].values()]
    return rows


def _flat(item: Item) -> dict[str, Any]:
    limits = {f"constraints.{k}": v for k, v in item.get("constraints", {}).items()}
    return {**{k: v for k, v in item.items() if k != "constraints"}, **limits}


def _options(ledger: str, item: Item, row: dict[str, Any]) -> Iterator[Item]:
    for key in ("constraints.enum", "suggest"):
        for value in row.pop(key, ()):
            yield {"of": ledger, "field": item["name"], "list": key, "value": value}


def _rule_row(row: dict[str, Any]) -> dict[str, Any]:
    args = {k: v for k, v in row.items() if k not in (*_RULE, "of")}
    kept = {k: v for k, v in row.items() if k in (*_RULE, "of")}
    return {**kept, **({"args": args} if args else {})}


def parts_from(rows: Mapping[str, Sequence[Item]]) -> dict[str, dict[str, dict[str, Any]]]:
    """Returns the parts that the rows of all sheets declare, as in the files."""
    options: dict[tuple[str, str], dict[str, list[Any]]] = {}
    for item in rows[OPTIONS]:
        options.setdefault((item["of"], item["field"]), {}).setdefault(item["list"], []).append(item["value"])
    ledgers = {item["name"]: {**item} for item in rows[LEDGERS]}
    for key, sheet in LISTS.items():
        for item in rows[sheet]:
            if own := ledgers.get(item.get("of", "")):
                made = {k: v for k, v in item.items() if k != "of"}
                if key == "fields":
                    made = _deep({**made, **options.get((item["of"], item["name"]), {})})
                elif key == "rules":
                    made = {**{k: v for k, v in made.items() if k != "args"}, **made.get("args", {})}
                own.setdefault(key, []).append(made)
    crossing = [item for item in rows[INDICATORS] if "of" not in item]
    return {
        "ledgers": ledgers,
        "indicators": {item["name"]: dict(item) for item in crossing},
        "obligations": {item["id"]: dict(item) for item in rows[DUTIES]},
    }


def _deep(item: Item) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in item.items():
        head, _, rest = key.partition(".")
        if rest:
            made.setdefault(head, {})[rest] = value
        else:
            made[key] = value
    return made
