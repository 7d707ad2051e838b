"""Describes exported tables as a Frictionless Data Package (datapackage.json), after Table Schema."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ... import __version__
from ...model import Constraints, Field
from ...standard.sheets import NO, YES
from ..consolidated.tables import Table

if TYPE_CHECKING:
    from ...figures.consolidation import Consolidation

NAME = "datapackage.json"
_TYPES = {"list": "string"}  # the codes of a list stand in one text


def write_package(c: Consolidation, tables: Iterable[tuple[Table, str]], folder: Path) -> None:
    """Writes datapackage.json to the folder; `tables` come with the names of their files."""
    package = {
        "name": f"dangjian-{c.period.code}",
        "title": f"{c.catalog.title}（{c.period.name}汇总数据）",
        "profile": "data-package",
        "version": c.catalog.version,
        "created_by": f"dangjian {__version__}",
        "resources": [_resource(table, file) for table, file in tables],
    }
    (folder / NAME).write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _resource(table: Table, file: str) -> Mapping[str, Any]:
    kind = file.rpartition(".")[2]
    csv = (
        {"mediatype": "text/csv", "encoding": "utf-8-sig", "profile": "tabular-data-resource"} if kind == "csv" else {}
    )
    return {
        "name": table.name,
        "title": table.title,
        "path": file,
        "format": kind,
        **csv,
        "schema": {"fields": [_field(f, csv=bool(csv)) for f in table.columns], "missingValues": [""]},
    }


def _field(field: Field, *, csv: bool) -> Mapping[str, Any]:
    """The name is the column's title, as Table Schema wants it; `code` is the field's name in the standard.

    A row that does not count may break the limits of its field, so they are told as `constraints_of_counted`.
    """
    words = {"trueValues": [YES], "falseValues": [NO]} if csv and field.type == "boolean" else {}
    return {
        "name": field.title,
        "code": field.name,
        "type": _TYPES.get(field.type, field.type),
        **({"description": field.description} if field.description else {}),
        **words,
        **({"constraints_of_counted": told} if (told := _told(field.constraints)) else {}),
    }


def _told(constraints: Constraints) -> Mapping[str, Any]:
    values = {f.name: getattr(constraints, f.name) for f in fields(constraints)}
    return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items() if v not in (None, False, ())}
