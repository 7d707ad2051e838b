"""The order of a ledger's columns, and the options of the kind of unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..model import Field
from .sheets import KIND_FIELD
from .yamlmap import Map


def of_kinds(f: Field, kinds: Mapping[str, Any]) -> Field:
    """Returns the field of the unit sheet; the options of the unit's kind are the declared kinds."""
    if f.name != KIND_FIELD:
        return f
    return replace(f, constraints=replace(f.constraints, enum=tuple(kinds)))


def is_needed(f: Field) -> bool:
    """Whether a clerk has to fill the field, always or under a condition."""
    return (f.constraints.required or bool(f.required_when)) and not f.calc and not f.follows


def ordered(m: Map, fields: Sequence[Field], short: Sequence[str]) -> tuple[Field, ...]:
    """Returns the columns as they stand on the sheet: those of the short view in its order, then the others."""
    named = {f.name: f for f in fields}
    for name in short:
        if name not in named or short.count(name) > 1:
            raise m.error(f"short: {name!r} is not a field, or is there twice")
    for f in fields:
        typed = f.default is None and not f.calc and not f.follows
        if f.constraints.required and typed and f.name not in short:
            raise m.error(f"short: {f.name} is required and must be in view")
    return (*(named[name] for name in short), *(f for f in fields if f.name not in short))
