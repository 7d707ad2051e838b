"""Collects the names of declared lists from counted rows, each with the cells it stands in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..model import (
    FREQUENCY,
    PUBLIC,
    ROW_ORDER,
    UPWARD,
    Catalog,
    Field,
    Ledger,
    Listed,
    Place,
    Roll,
    Row,
    may_go,
    stable,
)
from ..rows.conditions import Context, Getter, getter, where
from ..rows.selection import Selection
from .digest import conditions_of

Rows = Sequence[tuple[Row, Context]]
_OUTER = re.compile(r"^[《“\"]([^《》“”\"]*)[》”\"]$")


@dataclass(frozen=True)
class Entry:
    """One name of a list, and the row it is from."""

    name: str
    row: Row
    context: Context

    def place(self, roll: Roll) -> Place:
        """The cell of the name."""
        return self.row.place(roll.field.partition(".")[0])


class Rolls(Mapping[str, Listed]):
    """All declared lists of names over one source, each computed on first access."""

    def __init__(
        self,
        catalog: Catalog,
        rows: Mapping[str, Rows],
        unit: Mapping[str, Any],
        year: int,
        sent: bool,
        audience: str = UPWARD,
    ) -> None:
        """`rows`: counted rows by ledger, each with its unit's context; `sent` as in `entries`.

        A list of names that may not go to the audience is empty.
        """
        self.catalog, self._rows, self._unit, self._year, self._sent = (
            catalog,
            rows,
            unit,
            str(year),
            sent or audience == PUBLIC,
        )
        self._audience = audience
        self._made: dict[str, Listed] = {}
        self._selected: dict[str, list[Selection]] = {}

    def entries(self, name: str) -> Iterator[Entry]:
        """Returns the entries of one list."""
        roll = self.catalog.rolls[name]
        if not may_go(_field(self.catalog, roll), self._audience):
            return iter(())
        code = str(self._unit.get("unit_id") or "") if roll.collect != "汇总" else ""
        return entries(self.catalog, roll, self._selections(roll.ledger), code, self._sent)

    def _selections(self, ledger: str) -> list[Selection]:
        """Returns the rows of a ledger, one Selection for each unit."""
        if ledger not in self._selected:
            found = _by_context(self._rows.get(ledger, ()))
            self._selected[ledger] = [Selection(self.catalog.ledgers[ledger], some, context) for context, some in found]
        return self._selected[ledger]

    def __getitem__(self, name: str) -> Listed:
        if name not in self._made:
            roll = self.catalog.rolls[name]
            code, title = str(self._unit.get("unit_id") or ""), str(self._unit.get("unit_name") or "")
            names = ordered(roll, list(self.entries(name)), self.catalog.ledgers[roll.ledger], f"{code}|{self._year}")
            self._made[name] = Listed(roll, names, title, self._year)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.catalog.rolls)

    def __len__(self) -> int:
        return len(self.catalog.rolls)


def entries(catalog: Catalog, roll: Roll, rows: Iterable[Selection], own: str, sent: bool) -> Iterator[Entry]:
    """Yields the names of a list in the order of `rows`, repeated ones too; an entry of a series is no name.

    `own`: the unit whose rows alone count, or "". `sent`: the rows have left their units, so cells that hide small
    head-counts (rules.md 4) are skipped.
    """
    ledger = catalog.ledgers[roll.ledger]
    conditions, get = conditions_of(ledger, roll, roll), _names_of(ledger, roll.field)
    for some in rows:
        for row in some.taken(conditions):
            if (own and row.sheet.unit != own) or (sent and roll.field in hidden(ledger, row, some.context)):
                continue
            value = get(row.values, some.context)
            for one in value if isinstance(value, tuple) else (value,):
                name = called(one, roll.marks)
                if name and not (roll.marks == "“”" and _serial(catalog.speech.serial).search(name)):
                    yield Entry(name, row, some.context)


def _field(catalog: Catalog, roll: Roll) -> Field:
    """Returns the field of a list of names; it may be one that its ledger refers to, or one of the unit sheet."""
    name, _, beyond = roll.field.partition(".")
    own = {f.name: f for f in catalog.ledgers[roll.ledger].fields}
    if name not in own:
        return next(f for f in catalog.unit if f.name == name)
    referred = (own[name].foreignKey or "").partition(".")[0]
    return catalog.ledgers[referred].field(beyond) if beyond else own[name]


def _names_of(ledger: Ledger, path: str) -> Getter:
    """Returns the function that fetches the value of a field of the ledger, or else of the unit sheet."""
    if any(f.name == path.partition(".")[0] for f in ledger.fields):
        return getter(ledger, path)
    return lambda values, context: context.unit.get(path)


def ordered(roll: Roll, found: Sequence[Entry], ledger: Ledger, seed: str) -> tuple[str, ...]:
    """Returns each name once, in the declared order.

    Equally frequent names are ordered by a hash of `seed` and name, so that units with the same topics differ.
    """
    counted: Counter[str] = Counter()
    for e in found:
        counted[e.name] += _weight(roll, e.row)
    first: dict[str, Entry] = {}
    for e in found:
        first.setdefault(e.name, e)
    names = [n for n in first if counted[n] > 0]
    if roll.order == FREQUENCY:
        names.sort(key=lambda n: (-counted[n], stable(f"{seed}|{n}")))
    elif roll.order != ROW_ORDER:
        key = _order(ledger, roll.order)
        names.sort(key=lambda n: key(first[n]))
    return tuple(names)


def _weight(roll: Roll, row: Row) -> Any:
    """Returns what a row adds to the frequency of its name: 1, or the declared fields."""
    if not roll.weigh:
        return 1
    return (row.values.get(roll.weigh) or 0) - (row.values.get(roll.minus or "") or 0)


def called(value: Any, marks: str) -> str:
    """Returns a cell's value as it is printed between `marks`, without marks of its own around it."""
    text = " ".join(str(value if value is not None else "").split())
    if not marks:
        return text
    if found := _OUTER.match(text):
        text = found[1]
    return text.translate(_INNER[marks])


_INNER = {"《》": str.maketrans("《》", "〈〉"), "“”": str.maketrans("“”", "‘’")}


def hidden(ledger: Ledger, row: Row, context: Context) -> set[str]:
    """Returns the fields of a row that do not leave the unit because its head-count is small (rules.md 4)."""
    found: set[str] = set()
    for rule in ledger.sensitive:
        n = row.values.get(rule.field)
        if n is not None and n < rule.below and where(ledger, rule.where)(row.values, context):
            found.update(rule.hide)
    return found


@lru_cache(maxsize=4)
def _serial(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern or r"(?!)")


def _by_context(rows: Rows) -> Iterator[tuple[Context, list[Row]]]:
    """Yields the rows of each unit with its context; rows of one unit follow each other."""
    some: list[Row] = []
    last: Context | None = None
    for row, context in rows:
        if last is not None and context is not last:
            yield last, some
            some = []
        some.append(row)
        last = context
    if last is not None:
        yield last, some


def _order(ledger: Ledger, path: str) -> Any:
    """Returns a sort key: the place in a closed list, or else the value; blanks come last."""
    known: Mapping[str, int] = {}
    get = getter(ledger, path)
    if "." not in path:
        known = {value: n for n, value in enumerate(ledger.field(path).constraints.enum)}

    def key(e: Entry) -> tuple[int, Any]:
        value = get(e.row.values, e.context)
        return (1, 0) if value is None else (0, known.get(value, len(known)) if known else value)

    return key
