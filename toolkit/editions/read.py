"""Reads the workbook in which people edited the standard; what is not understood is a Finding at its cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..findings import finding, perhaps
from ..model import Book, Catalog, Finding, Grid, Place
from ..standard.crosscheck import no_sheet_title
from .cells import Names, from_cell
from .conditions import Unreadable
from .export import CHANGES, about
from .parts import ABOUT, DUTIES, FIELDS, FORMS, INDICATORS, LEDGERS, NAMES, OPTIONS, SENTENCES, Column, Form
from .rows import Rows, names_of

_SEARCHED = 10  # first rows of a sheet in which the head is looked for
_SHAPES = {
    (LEDGERS, "name"): (re.compile("[a-z][a-z0-9_]*"), "英文小写字母、数字和下划线，以字母开头"),
    (FIELDS, "name"): (re.compile("[a-z][a-z0-9_]*"), "英文小写字母、数字和下划线，以字母开头"),
    (LEDGERS, "code"): (re.compile("[A-Z]{2}"), "两个大写字母"),
    (INDICATORS, "name"): (re.compile(r"[^\W\d]\w*"), "汉字、字母、数字和下划线，不以数字开头"),
    (NAMES, "name"): (re.compile(r"[^\W\d]\w*"), "汉字、字母、数字和下划线，不以数字开头"),
}
# What must not stand twice on a sheet.
_KEYS = {
    LEDGERS: (("name",), ("title",), ("code",)),
    FIELDS: (("of", "name"), ("of", "title")),
    OPTIONS: (("of", "field", "list", "value"),),
    INDICATORS: (("name",), ("id",)),
    NAMES: (("name",), ("id",)),
    DUTIES: (("id",),),
}
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass
class Edited:
    """What the workbook says: the rows of all sheets, the place of each row's cells, the log, and what is wrong."""

    rows: Rows = field(default_factory=dict)
    places: dict[str, list[Place]] = field(default_factory=dict)  # by sheet, of each row
    changes: list[dict[str, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class _Line:
    place: Place
    cells: Mapping[str, Any]  # by key of the column
    columns: Mapping[str, int]

    def at(self, key: str) -> Place:
        return replace(self.place, column=self.columns.get(key, 1))


def read_edited(catalog: Catalog, book: Book) -> Edited:
    """Returns what an exported and edited workbook says. A bad file gives findings, never an exception."""
    made = Edited(findings=list(book.findings))
    if made.findings:
        return made
    sheets = {form.title: _lines(form, book, made.findings) for form in FORMS}
    names = names_of(catalog)
    heads = _items(LEDGERS, sheets, names, ("name", "title"))
    named = names_of(catalog, ledgers=heads)
    fields = _items(FIELDS, sheets, named, ("of", "name", "title", "type", "foreignKey"))
    names = names_of(catalog, [f for f in fields if "of" in f], heads)
    for form in FORMS:
        made.rows[form.title], made.places[form.title] = [], []
        for line in sheets[form.title]:
            made.rows[form.title].append(_item(form, line, names, made.findings))
            made.places[form.title].append(line.place)
        _twice(form, sheets[form.title], made)
    _sentences(catalog, sheets[SENTENCES], made)
    filled = {item.get("of") for item in made.rows[FIELDS]}
    for line, item in zip(sheets[LEDGERS], made.rows[LEDGERS], strict=True):
        if (name := item.get("name")) and name not in filled:
            made.findings.append(finding("E02", line.place, "台账", name, what=f"台账“{item.get('title')}”的栏目"))
    made.changes = list(_log(book))
    return made


def _lines(form: Form, book: Book, findings: list[Finding]) -> list[_Line]:
    """Returns the rows of a sheet below its head; what the sheet lacks becomes findings."""
    grid = book.grids.get(form.title)
    if grid is None:
        findings.append(finding("E02", Place(book.path, "", form.title), what=f"工作表“{form.title}”"))
        return []
    titles = {c.title: c for c in form.columns}
    row, columns = _head(grid, titles)
    at = Place(book.path, "", form.title, row)
    for c in form.columns:
        if c.needed and c.key not in columns:
            findings.append(finding("E02", at, c.title, what=f"栏目“{c.title}”"))
    for n, cell in enumerate(grid.cells[row - 1] if row else (), 1):
        word = str(cell).strip() if cell is not None else ""
        if word and word not in titles:
            findings.append(finding("E03", replace(at, column=n), word, word, near=perhaps(word, list(titles))))
    found = []
    for number, cells in enumerate(grid.cells[row:], row + 1) if row else ():
        taken = {key: cells[c - 1] for key, c in columns.items() if c <= len(cells)}
        if any(v is not None and str(v).strip() for v in taken.values()):
            found.append(_Line(replace(at, row=number), taken, columns))
    return found


def _head(grid: Grid, titles: Mapping[str, Column]) -> tuple[int, dict[str, int]]:
    """Returns the number of the head row, 0 if there is none, and the columns by key."""
    best: tuple[int, dict[str, int]] = (0, {})
    for number, cells in enumerate(grid.cells[:_SEARCHED], 1):
        found: dict[str, int] = {}
        for n, cell in enumerate(cells, 1):
            if isinstance(cell, str) and (column := titles.get(cell.strip())):
                found.setdefault(column.key, n)
        if len(found) > max(1, len(best[1])):
            best = number, found
    return best


def _items(title: str, sheets: Mapping[str, list[_Line]], names: Names, keys: Sequence[str]) -> list[dict[str, Any]]:
    """Returns these values of a sheet's rows, without findings: they are what other cells refer to."""
    form, quiet = next(f for f in FORMS if f.title == title), list[Finding]()
    short = replace(form, columns=tuple(c for c in form.columns if c.key in keys))
    made = [_item(short, line, names, quiet) for line in sheets[title]]
    return [item for item in made if "name" in item and "title" in item]


def _item(form: Form, line: _Line, names: Names, findings: list[Finding]) -> dict[str, Any]:
    item: dict[str, Any] = {}
    for column in form.columns:
        cell, at = line.cells.get(column.key), line.at(column.key)
        try:
            value = from_cell(column, cell, about(form, item, names))
            shape = _SHAPES.get((form.title, column.key))
            if shape and isinstance(value, str) and not shape[0].fullmatch(value):
                raise Unreadable(f"“{value}”的写法不对，应为{shape[1]}")
            if (form.title, column.key) == (LEDGERS, "title") and no_sheet_title(value or "标题"):
                raise Unreadable(f"“{value}”不能作工作表的名字：最多31个字，不含 [ ] : * ? / \\，不与系统的表同名")
        except Unreadable as e:
            findings.append(finding("E01", at, column.title, str(cell), reason=str(e)))
            continue
        if value is not None:
            item[column.key] = value
        elif column.needed:
            findings.append(finding("E02", at, column.title, what=f"“{column.title}”的内容"))
    return item


def _twice(form: Form, lines: Sequence[_Line], made: Edited) -> None:
    for keys in _KEYS.get(form.title, ()):
        seen: dict[tuple[Any, ...], Place] = {}
        for line, item in zip(lines, made.rows[form.title], strict=True):
            if all(k in item for k in keys):
                value = tuple(str(item[k]) for k in keys)
                if value in seen:
                    title = next(c.title for c in form.columns if c.key == keys[-1])
                    made.findings.append(finding("E04", line.at(keys[-1]), title, value[-1], row=seen[value].row))
                seen.setdefault(value, line.place)


def _sentences(catalog: Catalog, lines: Sequence[_Line], made: Edited) -> None:
    """Finds the names and topics in sentences that nothing declares."""
    speech = catalog.speech
    known = [r["name"] for title in (INDICATORS, NAMES) for r in made.rows[title] if "name" in r]
    words = {*known, *speech.verbs, "时段", "主语"}
    for line, item in zip(lines, made.rows[SENTENCES], strict=True):
        if (topic := item.get("topic")) and topic not in speech.topics:
            near = perhaps(topic, list(speech.topics)) or f"。可用：{'、'.join(speech.topics)}"
            made.findings.append(finding("E01", line.at("topic"), "专题", topic, reason=f"没有专题“{topic}”{near}"))
        for name in dict.fromkeys(n for w in item.get("wordings", ()) for n in _SLOT.findall(w)):
            if name not in words:
                reason = f"没有名称“{name}”{perhaps(name, known)}"
                made.findings.append(finding("E01", line.at("wordings"), "说法", name, reason=reason))


def _log(book: Book) -> Iterator[dict[str, Any]]:
    grid = book.grids.get(ABOUT)
    titles = {head.title: Column(head.title, head.title) for head in CHANGES}
    row, columns = _head(grid, titles) if grid else (0, {})
    for cells in grid.cells[row:] if grid and row else ():
        day, version, text = (
            cells[columns[h.title] - 1] if columns.get(h.title, len(cells) + 1) <= len(cells) else None for h in CHANGES
        )
        if version is not None and text:
            yield {"date": str(day)[:10] if day else "", "version": str(version).strip(), "text": str(text).strip()}
