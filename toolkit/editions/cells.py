"""One value of the standard as a cell of the workbook in which people edit it, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from ..findings import perhaps
from ..standard.sheets import NO, YES
from ..standard.yamlmap import flow, from_flow
from .conditions import OR, Titles, Unreadable, fields, read, shown
from .parts import Column

NOTHING = "（无）"  # a text that is declared to be empty, unlike a blank cell


@dataclass(frozen=True)
class Names:
    """What cells refer to: ledgers by title, their columns, and the ledger and type that this row is about."""

    ledgers: Mapping[str, str]  # name -> title
    titles: Titles
    ledger: str = ""
    type: str = ""
    earlier: Mapping[str, str] = field(default_factory=dict)  # an earlier title -> the ledger's name


def to_cell(column: Column, value: Any, names: Names) -> Any:
    """Returns a value of the standard as a cell: text, number or None."""
    if value is None or value == []:
        return None
    if value == "":
        return NOTHING
    if column.kind in ("where", "applies"):
        return shown(names.titles, _about(column, names), value)
    if column.kind == "yaml":
        return flow(value)
    if column.kind == "flag":
        return YES if value else NO
    if column.kind == "choice":
        return next((title for title, word in column.choices.items() if word == value), str(value))
    if column.kind == "ledger":
        return names.ledgers.get(value, value)
    if column.kind == "field":
        return names.titles.shown(names.ledger, value)
    if column.kind == "fields":
        return OR.join(names.titles.shown(names.ledger, v) for v in ([value] if isinstance(value, str) else value))
    if column.kind == "words":
        return OR.join(map(str, value))
    if column.kind == "lines":
        return "\n".join(value)
    if column.kind == "value":
        return _as_text(value)
    return value


def _about(column: Column, names: Names) -> str:
    """Returns the ledger whose columns a condition names: organisations for `applies`, else the row's own."""
    return "org" if column.key == "applies" else names.ledger


def _as_text(value: Any) -> Any:
    if isinstance(value, bool):
        return YES if value else NO
    return value.isoformat() if isinstance(value, date) else value


def from_cell(column: Column, cell: Any, names: Names) -> Any:
    """Returns the value that a cell says, None for a blank one. Raises Unreadable with the reason in Chinese."""
    text = _text(cell)
    if not text.strip():
        return None
    if text.strip() == NOTHING:
        return ""
    reader = _READERS.get(column.kind)
    return reader(column, text, names) if reader else text


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return YES if cell else NO
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell)


def _flag(column: Column, text: str, names: Names) -> bool:
    if text.strip() not in (YES, NO):
        raise Unreadable(f"“{text}”应为“{YES}”或“{NO}”")
    return text.strip() == YES


def _number(column: Column, text: str, names: Names) -> float | int:
    try:
        number = float(text)
    except ValueError:
        raise Unreadable(f"“{text}”应为数字") from None
    return int(number) if number == int(number) else number


def _choice(column: Column, text: str, names: Names) -> str:
    word = text.strip()
    if word in column.choices:
        return column.choices[word]
    if word in column.choices.values():
        return word
    raise Unreadable(f"“{word}”不在可选的值里（{'、'.join(column.choices)}）{perhaps(word, list(column.choices))}")


def _ledger(column: Column, text: str, names: Names) -> str:
    word = text.strip()
    for name, title in names.ledgers.items():
        if word in (name, title):
            return name
    if word in names.earlier:
        return names.earlier[word]
    raise Unreadable(f"没有台账“{word}”{perhaps(word, list(names.ledgers.values()))}")


def _field(column: Column, text: str, names: Names) -> str:
    return names.titles.path(names.ledger, text.strip())[0]


def _fields(column: Column, text: str, names: Names) -> Any:
    found = list(fields(names.titles, names.ledger, text))
    return found[0] if column.key == "by" and len(found) == 1 else found


def _where(column: Column, text: str, names: Names) -> Any:
    return read(names.titles, _about(column, names), text)


def _yaml(column: Column, text: str, names: Names) -> Any:
    if (found := from_flow(text)) is None or isinstance(found, str):
        raise Unreadable(f"“{text}”不是这一栏的写法，请照现有的行写")
    return found


def _words(column: Column, text: str, names: Names) -> list[str]:
    return [word.strip() for word in re.split("[、；;\n]", text) if word.strip()]


def _lines(column: Column, text: str, names: Names) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _value(column: Column, text: str, names: Names) -> Any:
    if names.type == "boolean":
        return _flag(column, text, names)
    if names.type in ("integer", "number"):
        return _number(column, text, names)
    if names.type == "date":
        try:
            return date.fromisoformat(text.strip())
        except ValueError:
            raise Unreadable(f"“{text}”应为日期，如 2026-03-05") from None
    return text


_READERS = {
    "flag": _flag,
    "number": _number,
    "choice": _choice,
    "ledger": _ledger,
    "field": _field,
    "fields": _fields,
    "where": _where,
    "yaml": _yaml,
    "words": _words,
    "lines": _lines,
    "value": _value,
}
