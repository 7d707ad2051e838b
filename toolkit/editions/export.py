"""Writes the standard as a workbook in which people who know no YAML edit it, in the manner of XLSForm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..excel.listings.forms import Head, Sheet, write_forms
from ..model import Catalog
from ..standard.folders import EDITION, STANDARD, added_folders
from ..standard.yamlmap import load_map
from .cells import Names, to_cell
from .parts import ABOUT, FIELDS, FORMS, LEDGERS, OPTIONS, Column, Form, parts_of
from .rows import Item, names_of, rows_of

CHANGES = (Head("日期", 12), Head("版本", 14, needed=True), Head("改了什么", 80, needed=True))


def export_standard(catalog: Catalog, path: Path) -> dict[str, int]:
    """Writes the standard in force to `path`; returns the rows of each sheet. Raises CannotRun."""
    folders = (STANDARD, *added_folders())
    rows, names = rows_of(parts_of(folders)), names_of(catalog)
    sheets = [
        Sheet(
            ABOUT,
            "最下面加一行，写明这次改了什么；版本号比上一版大，如 2026.1.2。",
            CHANGES,
            _changes(catalog, folders),
        )
    ]
    for form in FORMS:
        lines = [[_cell(column, form, item, names) for column in form.columns] for item in rows[form.title]]
        sheets.append(Sheet(form.title, form.hint, [_head(column, names) for column in form.columns], lines))
    write_forms(path, catalog.title, sheets)
    return {form.title: len(rows[form.title]) for form in FORMS}


def about(form: Form, item: Item, names: Names) -> Names:
    """Returns what the cells of this row may refer to: the columns of its ledger, and the type of its field."""
    ledger = item.get("name", "") if form.title == LEDGERS else item.get("of") or item.get("ledger") or ""
    kind = item.get("type", "") if form.title == FIELDS else ""
    if form.title == OPTIONS:
        kind = names.titles.columns.get(ledger, {}).get(item.get("field", ""), ("", ""))[1]
    return replace(names, ledger=ledger, type=kind)


def _cell(column: Column, form: Form, item: Item, names: Names) -> Any:
    return to_cell(column, item.get(column.key), about(form, item, names))


def _head(column: Column, names: Names) -> Head:
    choices: Sequence[str] = ()
    if column.kind == "choice":
        choices = list(column.choices)
    elif column.kind == "flag":
        choices = ["是", "否"]
    elif column.kind == "ledger":
        choices = list(names.ledgers.values())
    return Head(column.title, column.width, column.note, choices, column.needed)


def _changes(catalog: Catalog, folders: Sequence[Path]) -> list[Sequence[Any]]:
    """Returns the log of the editions in force, the product's own version first."""
    found: list[Sequence[Any]] = [(None, str(load_map(STANDARD / "standard.yaml").need("version")), "随软件发布")]
    for folder in folders:
        if (folder / EDITION).exists():
            found += [
                (c.get("date"), str(c.need("version")), c.need("text"))
                for c in load_map(folder / EDITION).maps("changes")
            ]
    return found
