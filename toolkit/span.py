"""The reporting period (填报期): a span of whole months, its code in files, and its name in documents."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

_CODE = re.compile(r"(\d{4})(?:-(\d{2})/(\d{4})-(\d{2}))?")
_QUARTERS = "一二三四"
_MONTHS = re.compile(r"(\d{1,2})\s*(?:月份?)?\s*(?:至|到|-|—|－|～|~)\s*(\d{1,2})\s*月份?")
WHOLE = "全年"
PART_OF_YEAR = r"[上下]半年|第[一二三四]季度|(?<!\d)\d{1,2}(?:至\d{1,2})?月(?!\d{1,2}日)"  # as `part` names one


@dataclass(frozen=True, order=True)
class Span:
    """Whole months from the first day `start` to the last day `end`; the usual span is a calendar year."""

    start: date
    end: date

    @classmethod
    def months(cls, year: int, first: int = 1, last: int = 12) -> Span:
        """Returns the months `first` to `last` of a year."""
        return cls(date(year, first, 1), date(year, last, monthrange(year, last)[1]))

    @classmethod
    def of(cls, unit: Mapping[str, Any]) -> Span:
        """Returns the period of a unit sheet, widened to whole months; a blank or impossible one is the whole year."""
        year = unit.get("year") or date.today().year
        start, end = unit.get("period_start") or date(year, 1, 1), unit.get("period_end") or date(year, 12, 31)
        if start > end:
            return cls.months(year)
        return cls(start.replace(day=1), end.replace(day=monthrange(end.year, end.month)[1]))

    @classmethod
    def read(cls, code: str) -> Span | None:
        """Returns the span that a code means; None for any other text."""
        found = _CODE.fullmatch(code)
        if not found or not 1900 < int(found[1]) <= 2100:
            return None
        first, last = int(found[2] or 1), int(found[4] or 12)
        if not (0 < first <= 12 and 0 < last <= 12 and 1900 < int(found[3] or found[1]) <= 2100):
            return None
        span = cls(cls.months(int(found[1]), first, 12).start, cls.months(int(found[3] or found[1]), 1, last).end)
        return span if span.start <= span.end else None

    @classmethod
    def called(cls, name: str, year: int) -> Span | None:
        """Returns the span that a name means in a year: 上半年, 第一季度, 1至9月, 全年; None for any other word."""
        known = {
            cls.months(year, first, last).part: (first, last) for first in range(1, 13) for last in range(first, 13)
        }
        word = name.strip().removeprefix(f"{year}年").removeprefix("第") if name.strip() != WHOLE else ""
        if word in ("", "年度"):
            return cls.months(year)
        if found := known.get(word) or known.get(f"第{word}"):
            return cls.months(year, *found)
        said = _MONTHS.fullmatch(word)
        if said and 1 <= int(said[1]) <= int(said[2]) <= 12:
            return cls.months(year, int(said[1]), int(said[2]))
        return None

    @property
    def code(self) -> str:
        """The code in files: 2026 for a calendar year, else 2026-01/2026-06."""
        return f"{self.start.year}" if self.is_year else f"{self.start:%Y-%m}/{self.end:%Y-%m}"

    @property
    def label(self) -> str:
        """The period in the name of a file: 2026, 2026年上半年."""
        return f"{self.start.year}" if self.is_year else self.name

    @property
    def is_year(self) -> bool:
        """Whether it is one calendar year."""
        return self == Span.months(self.start.year)

    @property
    def is_long(self) -> bool:
        """Whether it has twelve months or more, so that 全年 may be said of it."""
        return self.length >= 12

    @property
    def length(self) -> int:
        """The number of months."""
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1

    @property
    def name(self) -> str:
        """The name in documents: 2026年, 2026年上半年, 2026年第一季度, 2026年1至9月."""
        if self.start.year != self.end.year:
            return f"{self.start.year}年{self.start.month}月至{self.end.year}年{self.end.month}月"
        return f"{self.start.year}年{self.part}"

    @property
    def of_report(self) -> str:
        """The name before the title of a yearly report: 2026年度, but 2026年上半年."""
        return f"{self.name}度" if self.is_year else self.name

    @property
    def last(self) -> Span:
        """The same months one year earlier."""
        earlier = Span.months(self.start.year - 1, self.start.month, 12).start
        return replace(self, start=earlier, end=Span.months(self.end.year - 1, 1, self.end.month).end)

    @property
    def last_name(self) -> str:
        """What a comparison calls it: 上年, or 上年同期 for a part of the year."""
        return "上年" if self.is_long else "上年同期"

    @property
    def part(self) -> str:
        """The months alone: 上半年, 第一季度, 1至9月; "" for a year."""
        first, last = self.start.month, self.end.month
        if (first, last) == (1, 12):
            return ""
        if self.length == 6 and first in (1, 7):
            return "上半年" if first == 1 else "下半年"
        if self.length == 3 and first % 3 == 1:
            return f"第{_QUARTERS[first // 3]}季度"
        return f"{first}月" if first == last else f"{first}至{last}月"


def period_name(code: str) -> str:
    """Returns the name of a period by its code; the code itself if it is none."""
    span = Span.read(code)
    return span.name if span else code
