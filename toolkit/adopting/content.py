"""Tells from the cells of a column what they hold: days, counts, options, names of persons, personal numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from rapidfuzz import fuzz, process

from ..model import Field
from ..personal import found
from ..rows.casting.cast import EXACT
from ..rows.casting.conventions import says_nothing
from ..rows.casting.text import EARLIEST_SERIAL, LATEST_SERIAL, fold, shown_number
from .words import Words, key

TWO_COUNTS = re.compile(r"\s*\d{1,5}\s*[人名]?\s*[/／]\s*\d{1,5}\s*[人名]?\s*")
MONTH_DAY = re.compile(r"\s*(0?[1-9]|1[0-2])\s*[./．·、]\s*([0-3]?\d)\s*[日号]?\s*")
_PART_OF_DATE = re.compile(r"(?:20)?\d\d\s*[年./-]\s*\d{1,2}|\d{1,2}\s*月|第?[一二三四1-4]季度|[上下]半年|20\d\d年?")
_DAY = re.compile(r"\d{1,2}\s*[月.／/-]\s*\d{1,2}")
_COUNT = re.compile(r"[约共近计第]?\s*[0-9０-９一二两三四五六七八九十百千]+\s*[余多]?\s*\S{0,4}")
_APART = re.compile(r"[、，,；;/／\s\n]+")
_NO_PERSON = re.compile(r".*(?:部|处|科|局|室|组|队|会|院|校|委|办|中心|社区|村|街|路|站|所|班|课|馆|园|县|市|区|省)$")
ALIKE = 84  # least likeness, of 100, of an option that was written in other words
OLD_DAYS = 15  # years: days so long ago are days of birth


def text_of(value: Any) -> str:
    """Returns a cell as people see it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (int, float)) and abs(value) < EXACT:
        return shown_number(value)
    return str(value).strip()


def is_private(value: Any) -> bool:
    """Whether a cell holds a number that belongs to a person."""
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, (int, float)):
        return abs(value) >= EXACT / 10 or bool(found(f"{value:.0f}"))
    return isinstance(value, str) and bool(found(value))


def share(values: Sequence[Any], test: Callable[[Any], Any]) -> float:
    """Returns how many of the values pass, from 0 to 1; 0 without values."""
    return sum(bool(test(v)) for v in values) / len(values) if values else 0.0


def filled(values: Iterable[Any]) -> list[Any]:
    """Returns the values without stand-ins such as 同上 and /."""
    return [v for v in values if not (isinstance(v, str) and says_nothing(v))]


def is_day(value: Any) -> bool:
    """Whether a value is a date, or may be one."""
    if isinstance(value, date):
        return True
    text = text_of(value)
    if isinstance(value, (int, float)) and EARLIEST_SERIAL <= value <= LATEST_SERIAL and value == int(value):
        return True
    return len(text) <= 40 and bool(_PART_OF_DATE.match(text) or _DAY.match(text) or may_be_day(value))


def may_be_day(value: Any) -> bool:
    """Whether a value may be a month and a day or a plain number: 5.1."""
    if isinstance(value, (bool, date)):
        return False
    m = MONTH_DAY.fullmatch(text_of(value))
    return bool(m and 1 <= int(m[2]) <= 31)


BOTH_COUNTS = re.compile(r"\s*应\S{0,4}?\s*(\d{1,5})\D{0,6}[,，;；、]?\s*实\S{0,4}?\s*(\d{1,5})\D{0,4}")


def is_two_counts(value: Any) -> bool:
    """Whether a value holds two counts, or is one that a spreadsheet took for a day: 13/12."""
    return isinstance(value, str) and bool(TWO_COUNTS.fullmatch(value) or BOTH_COUNTS.fullmatch(value))


def is_count(value: Any) -> bool:
    """Whether a value is a number, or a text that tells one."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return True
    return isinstance(value, str) and len(value) <= 20 and bool(_COUNT.fullmatch(fold(value)))


def is_mark(value: Any) -> bool:
    """Whether a cell only says that, or how often: √, 2, 1次."""
    text = text_of(value)
    return len(text) <= 4 and bool(re.fullmatch(r"[√✓✔vV○●×是有已]+(?:开展|完成)?|\d{1,2}\s*[次场期个]?", text))


def are_old_days(values: Sequence[Any], year: int | None) -> bool:
    """Whether the values are days of long ago, as those of birth are."""
    days = [v.year for v in values if isinstance(v, date)]
    days += [int(m[1]) for v in values if isinstance(v, str) and (m := re.match(r"(19\d\d|200\d)[年./-]\d{1,2}", v))]
    limit = (year or 2026) - OLD_DAYS
    return len(days) >= 0.6 * len(values) > 0 and sum(y < limit for y in days) >= 0.7 * len(days)


def are_names(words: Words, values: Sequence[Any]) -> bool:
    """Whether nearly all values are nothing but names of persons."""
    return share(values, lambda v: isinstance(v, str) and _names(words.raw["surnames"], v)) >= 0.6


@lru_cache(maxsize=4096)
def _names(surnames: str, text: str) -> bool:
    parts = [p for p in _APART.split(re.sub(r"[(（].*?[)）]|等.{0,4}$", "", text)) if p]
    return bool(parts) and all(
        2 <= len(p) <= 3 and p[0] in surnames and not _NO_PERSON.match(p) and re.fullmatch("[\u4e00-\u9fff]+", p)
        for p in parts
    )


def option(words: Words, field: Field, value: Any, about: str = "") -> tuple[str, str]:
    """Returns the option of an enum field that a value means, and how that is known; ("", "") if none is.

    How: "" the option itself, else 同义 or 近似. `about` is the title of the table: below 中心组…, 集体学习 is 中心组集体学习.
    """
    if not isinstance(value, str):
        return "", ""
    return _option(words, tuple(map(str, field.constraints.enum)), value, key(about))


@lru_cache(maxsize=1 << 14)
def _option(words: Words, enum: tuple[str, ...], value: str, about: str) -> tuple[str, str]:
    options, others = _keys_of(words, enum)
    plain = key(value)
    if plain in options:
        return options[plain], ""
    longer = [o for k, o in options.items() if len(plain) > 1 and k.endswith(plain) and k.removesuffix(plain) in about]
    if len(longer) == 1:
        return longer[0], "标题"
    if plain in others:
        return others[plain], "同义"
    within = {o for k, o in (options | others).items() if len(k) > 2 and k in plain}
    if len(within) > 1 or _APART.search(value.strip()):
        return "", ""  # several at once
    near = process.extract(plain, [*options, *others], scorer=fuzz.ratio, score_cutoff=ALIKE, limit=3)
    meant = {options.get(n) or others[n] for n, _, _ in near}
    return (meant.pop(), "近似") if len(plain) >= 3 and len(meant) == 1 else ("", "")


@lru_cache(maxsize=1 << 8)
def _keys_of(words: Words, enum: tuple[str, ...]) -> tuple[dict[str, str], dict[str, str]]:
    """Returns the options by their keys, and by the keys of their other words."""
    return {key(o): o for o in enum}, {k: o for k, o in words.values.items() if o in enum}
