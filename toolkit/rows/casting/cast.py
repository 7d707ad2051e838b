"""Converts cells to values, by field type. A cell that cannot be converted with certainty raises Problem.

A caster is made once per column and called once per cell. What depends only on the field is
prepared in advance. constraints.py checks the typed values.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ...model import CellError, Field, Percent
from .conventions import conventions
from .text import (
    DIGITS,
    FIRST_YEAR,
    LAST_YEAR,
    NoDate,
    clean,
    code_text,
    decimal,
    fold,
    halfwidth,
    parted,
    percent,
    read_date,
    read_number,
    read_serial,
    shown_number,
)

LONGEST_TEXT = 32767  # the limit of an Excel cell
EXACT = 10**DIGITS  # from this size on, a number in a spreadsheet has lost digits
# How far a computed number may be from the number meant (11.000000000000002, -2.8e-17): absolute, and of its size.
NOISE, NOISE_PART = Decimal("1e-9"), Decimal("1e-14")
MULTILINE_FROM = 200  # maxLength from which a text may have paragraphs
OPTIONS_SHOWN = 14
_HAN = re.compile("[\u4e00-\u9fff]")


class Problem(Exception):
    """A cell that cannot be understood or is not allowed; holds the code and the parts of a Finding."""

    def __init__(self, code: str, value: Any = "", **parts: Any) -> None:
        super().__init__(code)
        self.code, self.value, self.parts = code, _shown(value), parts


@dataclass(frozen=True, slots=True)
class Noted:
    """A value that was understood although it was not written as it should be; `was` is the original."""

    value: Any
    was: str


@dataclass(frozen=True, slots=True)
class Cast:
    """A typed value; `note` is the content of the cell if it was written otherwise."""

    value: Any
    note: str | None = None


Caster = Callable[[Any], Any]  # cell (never None) -> value, None if it proves blank, or Noted


def caster(field: Field, year: int | None = None, date1904: bool = False) -> Caster:
    """Returns the function that casts a cell of this field; it raises Problem.

    `year` completes dates written without one. Values: string -> str, integer -> int,
    number -> Decimal with the declared decimals, date -> date, boolean -> bool,
    list -> tuple of str.
    """
    return TYPES[field.type](field, year, date1904)


def cast(field: Field, value: Any, year: int | None = None, date1904: bool = False) -> Cast:
    """Casts one cell to a value of the field. Raises Problem; a blank cell gives Cast(None)."""
    made = None if value is None else caster(field, year, date1904)(value)
    return Cast(made.value, made.was) if isinstance(made, Noted) else Cast(made)


def default_of(field: Field) -> Any:
    """Returns what a blank cell of this field means: the declared default as a typed value, else None."""
    if field.default is None:
        return None
    raw = field.default
    return cast(field, "；".join(raw) if isinstance(raw, (list, tuple)) else raw).value


def _shown(value: Any) -> str:
    if isinstance(value, float) and abs(value) < EXACT:
        return shown_number(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    return str(value)


def _refuse(v: Any) -> None:
    """Raises the Problem of a cell without a usable value: a formula error, too long a text or number."""
    if isinstance(v, CellError):
        raise Problem("C11", v.text) if v.text else Problem("C12")
    if isinstance(v, str) and len(v) > LONGEST_TEXT:
        raise Problem("C21", v, length=len(v))
    if isinstance(v, float) and not abs(v) < EXACT:  # also NaN
        raise Problem("C17")  # the digits left may be those of a person


def _text(v: Any) -> str:
    """Returns a cell as text, numbers as people write them; raises Problem for a date."""
    _refuse(v)
    if isinstance(v, str):
        return v
    if isinstance(v, date):
        raise Problem("C20", v)
    return _shown(v)


# --------------------------------------------------------------------- text


def is_multiline(field: Field) -> bool:
    """Whether the field is running text that may have paragraphs."""
    c = field.constraints
    return not is_code(field) and not c.enum and (c.maxLength is None or c.maxLength >= MULTILINE_FROM)


def is_code(field: Field) -> bool:
    """Whether the field holds a code, written in half width and without spaces; a pattern may also be of text."""
    pattern = field.constraints.pattern
    return bool(field.foreignKey or (pattern and not re.fullmatch(pattern, "甲 乙")))


def _string(field: Field) -> Caster:
    lines, code, by_name = is_multiline(field), is_code(field), bool(field.foreignKey)

    def to_string(v: Any) -> Any:
        plain = type(v) is str and v.isprintable() and v.strip() == v and len(v) <= LONGEST_TEXT
        if plain and (not code or (v.isascii() and " " not in v)):
            return v or None
        text = _text(v)
        name = by_name and _HAN.search(text)  # a name may stand for the code: rows/casting/settle.py
        made = code_text(text) if code and not name else clean(text, lines)
        if not made or type(v) is not str or text.strip() == made:
            return made or None
        if lines and "".join(text.split()) == "".join(made.split()):
            return made  # only line breaks and spaces changed
        return Noted(made, text)

    return to_string


def _enum(field: Field) -> Caster:
    options = [str(e) for e in field.constraints.enum]
    exact, folded = {o: o for o in options}, {fold(o): o for o in options}

    def to_option(v: Any) -> Any:
        if type(v) is str and v in exact:
            return v
        text = _text(v)
        made = folded.get(fold(text))
        if made is not None and not parted(text):
            return made if text.strip() == made else Noted(made, text)
        if not clean(text):
            return None
        raise not_an_option(field, clean(text))

    return to_option


def not_an_option(field: Field, value: str, code: str = "C05") -> Problem:
    """Returns the Problem of a value outside the field's options; the message lists them."""
    known = [str(o) for o in field.constraints.enum or field.suggest]
    shown = "、".join(known[:OPTIONS_SHOWN]) + ("等" if len(known) > OPTIONS_SHOWN else "")
    return Problem(code, value, known=known, options=shown)


def _list(field: Field) -> Caster:
    separator = conventions().separator
    folded = {fold(str(o)): str(o) for o in field.constraints.enum}
    code = is_code(field)

    def entries(part: str) -> list[str]:
        """The entries of a part: what an option or a code may not hold parts them."""
        option = None if parted(part) else folded.get(fold(part))
        return [option] if option else (code_text(part) if code else part).split()

    def to_list(v: Any) -> Any:
        text = _text(v)
        parts = [p for p in separator.split(clean(text, lines=True)) if p.strip()]
        filled = [entry for part in parts for entry in entries(part)]
        made = tuple(dict.fromkeys(filled))
        if len(made) < len(filled) or len(filled) > len(parts):
            return Noted(made, text)
        return made or None

    return to_list


def _boolean() -> Caster:
    truth = conventions().truth

    def to_bool(v: Any) -> Any:
        if type(v) is bool:
            return v
        text = _text(v)
        found = truth.get(fold(text))
        if found is not None:
            return found if text.strip() in ("是", "否") else Noted(found, text)
        if not clean(text):
            return None
        raise Problem("C05", clean(text), near="", options="是、否")

    return to_bool


# ---------------------------------------------------------- numbers, dates


def _number(field: Field) -> Caster:
    title, whole = halfwidth(field.title), field.type == "integer"
    measure = _measure(title)
    share = not whole and (measure.endswith("%") or measure == title)  # may be a percentage
    quantum = Decimal(1).scaleb(0 if whole else -field.decimals)

    def exact(number: Decimal, v: Any) -> Any:
        made = number.quantize(quantum)
        if abs(made - number) > max(NOISE, abs(number) * NOISE_PART):
            raise Problem("C03", v) if whole else Problem("C22", v, decimals=field.decimals)
        return int(made) if whole else made

    def to_number(v: Any) -> Any:
        kind = type(v)
        if kind is float and v.is_integer() and whole and -EXACT < v < EXACT:
            return int(v)
        if kind is int and abs(v) >= EXACT:
            raise Problem("C17")
        _refuse(v)
        if kind is Percent:
            if not share:
                raise Problem("C02", v, reason="，单元格设成了百分比格式")
            return Noted(exact(percent(v), v), _shown(v))
        if kind is float or kind is int:
            return exact(decimal(v), v)
        if kind is Decimal:
            return exact(v, v)
        if kind is not str:
            raise Problem("C02", v, reason="，单元格成了日期或逻辑值" if isinstance(v, (date, bool)) else "")
        if not clean(v):
            return None
        return Noted(exact(_written_number(v, measure, share), v), v)

    return to_number


def _measure(title: str) -> str:
    """Returns what the title says of the unit of measure: what it holds in brackets at its end, else itself."""
    found = re.search(r"\(([^()]+)\)$", title)
    return found[1] if found else title


def _written_number(text: str, measure: str, share: bool) -> Decimal:
    """Parses a number typed as text, with its suffix: 2万, 20次; 元 only if the title ends with it."""
    read, how = read_number(text), conventions()
    if read is None:
        raise Problem("C02", text, reason="，一格只能填一个数" if parted(text) else "")
    both = read.multiple + read.unit
    known = read.unit in how.classifiers or measure.endswith(read.unit) or (share and both == "%")
    if read.unit and not known:
        raise Problem("C02", text, reason=f"，不认得“{both}”")
    if not read.multiple or (read.unit and measure.endswith(both)):
        return read.digits
    if read.multiple not in how.multiples or read.multiple in measure:
        raise Problem("C02", text, reason=f"，“{both}”可能有两种读法")
    return read.digits * how.multiples[read.multiple]


def _date(year: int | None, date1904: bool) -> Caster:
    example = f"{year or 2026}-03-05"

    def to_date(v: Any) -> Any:
        if isinstance(v, datetime):
            v = v.date()
        if type(v) is date:
            if not FIRST_YEAR <= v.year <= LAST_YEAR:
                raise Problem("C04", v, example=example, reason="，年份不对")
            return v
        _refuse(v)
        if isinstance(v, (int, float)) and not isinstance(v, (bool, Percent)):
            found = read_serial(v, date1904)
            if found:
                return Noted(found, _shown(v))
        text = _shown(v)
        if not clean(text):
            return None
        try:
            made = read_date(text, year)
        except NoDate as e:
            raise Problem("C04", text, example=example, reason=str(e)) from None
        return Noted(made, text)

    return to_date


# One maker of casters for each type of the closed list: field, year, date1904 -> Caster.
TYPES: dict[str, Callable[[Field, int | None, bool], Caster]] = {
    "string": lambda field, year, date1904: _enum(field) if field.constraints.enum else _string(field),
    "integer": lambda field, year, date1904: _number(field),
    "number": lambda field, year, date1904: _number(field),
    "date": lambda field, year, date1904: _date(year, date1904),
    "boolean": lambda field, year, date1904: _boolean(),
    "list": lambda field, year, date1904: _list(field),
}
