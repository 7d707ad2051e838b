"""Reads sheets without tables: one activity a paragraph, labelled lines, or a form with labels beside the cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ...model import Catalog, Grid
from ..content import text_of
from ..ledgers import kind_field, ledger_of
from ..model import Cell, Column, Fates, Spot, Table
from ..words import Words, key
from .tables import TITLE, Sheet

LED = 14  # characters that may stand before the day of a paragraph
SHORTEST = 8  # characters of a paragraph that tells an activity
DAY, TYPE, PLACE, THEME, DUE, PRESENT, PEOPLE = "日期", "类型", "地点", "主题", "应到人数", "实到人数", "参加人数"
_DATE = re.compile(
    r"(?:20\d\d\s*[年./-]\s*)?(?:1[0-2]|0?[1-9])\s*[月./-]\s*(?:[12]\d|3[01]|0?[1-9])\s*[日号]?(?!\d)"
    r"(?:\s*[至到—~-]\s*(?:(?:1[0-2]|0?[1-9])\s*月)?\s*(?:[12]\d|3[01]|0?[1-9])\s*[日号])?"
)
_MONTH = re.compile(r"(?:20\d\d\s*年\s*)?(?:1[0-2]|0?[1-9])\s*月(?:份|[上中下]旬|底|初|末)?")
_LABEL = re.compile(r"(?:^|(?<=[\s；;。，,]))([\u4e00-\u9fff]{2,8})\s*[:：]\s*")
_VERBS = "召开|举行|举办|开展|组织|进行|集中"
_PLACE = re.compile(rf"在([^，。；,;]{{2,20}}?)(?:{_VERBS})")
_THEME = re.compile(r"(?:主题(?:为|是)?|以|围绕|题为)\s*[“\"]([^”\"]{2,60})[”\"]")
_COUNTS = (
    (DUE, re.compile(r"应(?:到|参加|参会|出席)(?:会|人数|党员)?\s*[:：]?\s*(\d{1,5})\s*[人名]")),
    (PRESENT, re.compile(r"实(?:到|参加|参会|出席|际参加)(?:会|人数|党员)?\s*[:：]?\s*(\d{1,5})\s*[人名]")),
    (PEOPLE, re.compile(r"(?<![应实])(?:共|共有|有)?\s*(?<!\d)(\d{1,5})\s*[人名](?:党员|同志|干部)?(?:参加|参与|参会)|(?<![应实际])参加(?:人数|人员|党员)?\s*[:：]?\s*(\d{1,5})\s*[人名]")),
)  # fmt: skip
_END = re.compile(r"$|[，。；、,;：:（()）\s”“]|\d|活动|会议|学习会|大会")
_BEFORE = re.compile(rf"(?:{_VERBS}|召集|参加|观看)(?:了|完成)?[^，。；,;]{{0,10}}$|^\s*$|[，。；、]$")


@dataclass
class _Reader:
    """Gathers records, in the order of their cells."""

    records: list[dict[str, Cell]] = field(default_factory=list)
    open: dict[str, Cell] = field(default_factory=dict)
    prose: bool = False  # whether a fact was read out of running text

    def label(self, name: str, cell: Cell) -> None:
        if name in self.open:
            self.flush()
        self.open[name] = cell

    def flush(self) -> None:
        if self.open:
            self.records.append(self.open)
        self.open = {}


def paragraphs_below(catalog: Catalog, words: Words, grid: Grid, fates: Fates, file: str) -> list[Table]:
    """Returns the paragraphs of a sheet as one table with a column for each kind of fact; [] if they tell no activity."""
    sheet = Sheet(grid)
    titles = list(_titles(sheet, words))
    told = {spot for _, spot in titles}
    empty = Table(grid.title, 1, tuple(titles), (), (), prose=True)
    choice = ledger_of(catalog, words, empty, file)
    kind = kind_field(catalog.ledgers[choice.ledger]) if choice.ledger else None
    reader = _Reader()
    for row, cells in sheet.filled.items():
        if any((row, c) in told for c in cells):
            continue
        _read_row(words, reader, row, cells, lambda text: _kind(words, kind, text))
    reader.flush()
    records = [r for r in reader.records if DAY in r or len(r) > 1]
    if choice.ledger and not any(f.name == "person_n" for f in catalog.ledgers[choice.ledger].fields):
        records = [{PRESENT if n == PEOPLE and PRESENT not in r else n: c for n, c in r.items()} for r in records]
    if not any(_tells_a_day(words, r) for r in records):
        return []
    names = list(dict.fromkeys(n for r in records for n in r))
    at = {n: tuple(sorted({r[n].spot[1] for r in records if n in r})) for n in names}
    columns = tuple(Column(at[n], (n,), ()) for n in names)
    for _, spot in titles:
        fates.put(grid.title, spot, TITLE)
    numbered = [{names.index(n): c for n, c in r.items()} for r in records]
    return [Table(grid.title, 1, tuple(titles), columns, numbered, prose=reader.prose)]


def is_prose(table: Table) -> bool:
    """Whether the table's records are paragraphs that tell a day, in one column beside a numbering."""
    long = [n for n in range(len(table.columns)) if any(len(text_of(c.value)) > SHORTEST for c in table.cells(n))]
    if len(long) != 1 or len(table.columns) > 3:
        return False
    texts = [text_of(c.value) for c in table.cells(long[0])]
    told = sum(bool(_DATE.search(t[:LED])) for t in texts)
    others = [c for n in range(len(table.columns)) if n != long[0] for c in table.cells(n)]
    return told >= 0.5 * len(texts) and all(len(text_of(c.value)) <= 4 for c in others)


def _tells_a_day(words: Words, record: dict[str, Cell]) -> bool:
    return any(
        n == DAY or any(f == "date" for f, _ in known.get(key(n), ()))
        for n in record
        for known in words.fields.values()
    )


def _titles(sheet: Sheet, words: Words) -> Iterator[tuple[str, Spot]]:
    """Yields the lines at the top that tell no activity."""
    for row, cells in list(sheet.filled.items())[:4]:
        ((c, v), *more) = cells.items()
        if more or not isinstance(v, str) or len(v) > 60 or _DATE.search(v) or _LABEL.match(v) or words.is_title(v):
            return
        yield v.strip(), (row, c)


def _read_row(words: Words, reader: _Reader, row: int, cells: dict[int, object], kind: object) -> None:
    columns = sorted(cells)
    n = 0
    while n < len(columns):
        value, spot = cells[columns[n]], (row, columns[n])
        text = text_of(value)
        beside = columns[n + 1] if n + 1 < len(columns) else None
        plain = text.strip().rstrip(":：")
        if beside and len(plain) <= 10 and words.is_title(plain) and not words.is_title(text_of(cells[beside])):
            reader.label(key(plain), Cell(cells[beside], (row, beside)))
            n += 2
            continue
        n += 1
        if not isinstance(value, str):
            continue
        labels = [m for m in _LABEL.finditer(text) if words.is_title(m[1])]
        if labels and labels[0].start() <= 6:
            ends = [m.start() for m in labels[1:]] + [len(text)]
            for m, end in zip(labels, ends, strict=True):
                if part := text[m.end() : end].strip(" \n\t；;，,。"):
                    reader.label(key(m[1]), Cell(part, spot))
            if len(labels) > 2:
                reader.flush()
        elif len(text) >= SHORTEST and (found := _facts(text, spot, kind)):
            reader.flush()
            reader.records.append(found)
            reader.prose = True


def _facts(text: str, spot: Spot, kind: object) -> dict[str, Cell]:
    """Returns the facts that a paragraph tells in words that have one meaning."""
    days = list(_DATE.finditer(text))
    first = days[0] if days else _MONTH.search(text)
    if first is None or first.start() > LED:
        return {}
    found = {DAY: Cell(first.group().strip(), spot)}
    assert callable(kind)
    if said := kind(text):
        found[TYPE] = Cell(said, spot)
    for name, pattern in ((PLACE, _PLACE), (THEME, _THEME)):
        if len(all_ := {m[1].strip() for m in pattern.finditer(text)}) == 1:
            found[name] = Cell(all_.pop(), spot)
    for name, pattern in _COUNTS:
        numbers = {next(g for g in m.groups() if g) for m in pattern.finditer(text)}
        if len(numbers) == 1:
            found[name] = Cell(float(numbers.pop()), spot)
    return found


def _kind(words: Words, field_: object, text: str) -> str:
    """Returns the one type that a paragraph names as what was held; "" if it names none or several."""
    options: Sequence[str] = getattr(getattr(field_, "constraints", None), "enum", ())
    known = {o: o for o in options} | {w: o for w, o in words.values.items() if o in options and len(w) > 2}
    spans = [
        (m.start(), m.end(), o)
        for w, o in known.items()
        for m in re.finditer(re.escape(w), text)
        if _END.match(text[m.end() :]) and _BEFORE.search(text[: m.start()])
    ]
    found = {o for a, b, o in spans if not any(c <= a and b <= d and (c, d) != (a, b) for c, d, _ in spans)}
    return found.pop() if len(found) == 1 else ""
