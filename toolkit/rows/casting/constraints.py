"""Checks one typed value against its field's constraints: a quick test, and all objections if it fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from ...model import Field
from .cast import Problem, not_an_option


def quick_test(field: Field) -> Callable[[Any], bool] | None:
    """Returns a test that is true for exactly the filled cells to which check_cell has no objection.

    Returns None if there is nothing to test. A clean workbook costs only one call per cell.
    """
    c = field.constraints
    options = frozenset(map(str, c.enum))
    if field.type in ("integer", "number"):
        if c.minimum is None and c.maximum is None and not c.enum:
            return None
        low = Decimal("-Infinity") if c.minimum is None else c.minimum
        high = Decimal("Infinity") if c.maximum is None else c.maximum
        return lambda v: low <= v <= high and (not options or str(v) in options)
    match = re.compile(c.pattern).fullmatch if c.pattern else None
    suggest, longest = frozenset(field.suggest), c.maxLength
    if field.type == "list":
        return lambda v: not any(True for _ in check_cell(field, v))
    if field.type != "string" or not (match or suggest or options or longest is not None):
        return None
    if not (match or suggest or options):
        limit = longest or 0
        return lambda v: len(v) <= limit
    return lambda v: (
        (longest is None or len(v) <= longest)
        and (match is None or match(v) is not None)
        and (not suggest or v in suggest)
        and (not options or v in options)
    )


def check_cell(field: Field, value: Any) -> Iterator[Problem]:
    """Yields the objections to one typed value; a blank satisfies everything but `required`."""
    c = field.constraints
    if value is None:
        if c.required:
            yield Problem("C01")
    elif isinstance(value, (str, tuple)):
        yield from _check_text(field, value if isinstance(value, tuple) else (value,))
    elif isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        low, high = c.minimum, c.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            yield Problem("C08", str(value), range=_range(low, high))
        if c.enum and str(value) not in map(str, c.enum):
            yield not_an_option(field, str(value))


def _check_text(field: Field, values: tuple[str, ...]) -> Iterator[Problem]:
    c = field.constraints
    length = sum(map(len, values))
    if c.maxLength is not None and length > c.maxLength:
        yield Problem("C07", values[0], maximum=c.maxLength, length=length)
    for value in values:
        if c.pattern and not re.fullmatch(c.pattern, value):
            yield Problem("C06", value, pattern=field.description or c.pattern)
        if c.enum and value not in map(str, c.enum):
            yield not_an_option(field, value)
        if field.suggest and value not in field.suggest:
            yield not_an_option(field, value, "C18")


def _range(low: float | None, high: float | None) -> str:
    if low is None:
        return f"不大于{high:g}"
    return f"不小于{low:g}" if high is None else f"{low:g}至{high:g}"
