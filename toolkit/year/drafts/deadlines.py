"""Reads when and how often something is due from the words of a plan: 七一前后, 年内, 9月底前, 每季度."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from ...wording.numerals import numeral
from ..declared import plan_words


@dataclass(frozen=True)
class Deadline:
    """A day and the words that say it; `sure`: they leave no doubt."""

    day: date
    text: str
    sure: bool = True


def deadline(text: str, year: int) -> Deadline | None:
    """Returns the deadline that a text names, or None. Of several patterns the first declared one counts."""
    for d in plan_words().maps("deadlines"):
        m = re.search(d["pattern"], text)
        if m is None:
            continue
        parts = m.groupdict()
        month = d.get("month") or numeral(parts.get("m") or "")
        if month is None or not 1 <= month <= 12:
            continue
        last = monthrange(year, int(month))[1]
        day = numeral(parts["d"]) if parts.get("d") else d.get("day", 0) or last
        if day is None or not 1 <= day <= last:
            continue
        return Deadline(date(year, int(month), int(day)), re.sub('[“”"]', "", m.group()), not d.get("unsure"))
    return None


def first_of(name: str, text: str) -> str:
    """Returns the first word of a declared list (`per` or `freq`) whose pattern is in the text, or ""."""
    return next((word for word, pattern in plan_words().need(name).items() if re.search(pattern, text)), "")
