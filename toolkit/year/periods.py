"""The periods of a year up to a deadline, and what a target should have reached by a day."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import floor

from .declared import year_words

ONCE = "一次性"
_NAMES = {1: "{}月", 3: "第{}季度", 6: "{}半年", 12: "全年"}


@dataclass(frozen=True)
class Period:
    """One period of a year; `end` is its last day, at most the deadline."""

    number: int  # from 1
    label: str
    start: date
    end: date


def periods(months: int, deadline: date) -> list[Period]:
    """Returns the periods of `months` months from 1 January to the deadline; the last one may end early."""
    found = []
    for n, first in enumerate(range(1, deadline.month + 1, months), 1):
        last = min(12, first + months - 1)
        end = min(deadline, date(deadline.year, last, monthrange(deadline.year, last)[1]))
        label = _NAMES[months].format("上下"[n - 1] if months == 6 else n)
        found.append(Period(n, label, date(deadline.year, first, 1), end))
    return found


def period_of(months: int, day: date) -> int:
    """Returns the number of the period that contains a day."""
    return (day.month - 1) // months + 1


def elapsed(deadline: date, as_of: date) -> Decimal:
    """Returns the share of the time from 1 January to the deadline that is over at the end of the day, 0 to 1."""
    start = date(deadline.year, 1, 1)
    return min(Decimal(1), max(Decimal(0), Decimal((as_of - start).days + 1) / Decimal((deadline - start).days + 1)))


def expected(target: Decimal, freq: str, deadline: date, as_of: date, whole: bool) -> Decimal:
    """Returns the value that should be reached by a day, 0 to `target`.

    A target with a period grows with each period that is over, any other one with the days. What is done once, and a
    `whole` number of 1, is expected only after the deadline. A `whole` target is counted in events: rounded down.
    """
    if as_of > deadline:
        return target
    if freq == ONCE or (whole and target <= 1):
        return Decimal(0)
    months = year_words().months.get(freq, 12)
    all_ = periods(months, deadline)
    share = Decimal(len(past(all_, as_of))) / len(all_) if freq in ("月", "季", "半年") else elapsed(deadline, as_of)
    return Decimal(floor(target * share)) if whole else target * share


def past(found: Sequence[Period], as_of: date) -> list[Period]:
    """Returns the periods that are over: on its last day a period can still be met."""
    return [p for p in found if p.end < as_of]
