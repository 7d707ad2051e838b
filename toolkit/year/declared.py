"""What the standard declares about the year's plan (standard/year.yaml)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ..standard.folders import STANDARD
from ..standard.yamlmap import Map, load_map


@dataclass(frozen=True)
class YearWords:
    """The content of standard/year.yaml."""

    narrow: Mapping[str, tuple[str, ...]]  # field of the plan -> fields of a ledger that it tests
    registers: frozenset[str]  # ledgers whose rows are not events
    months: Mapping[str, int]  # 频次 -> months of a period
    per_months: Mapping[str, int]  # 计量对象 -> months of a period
    red_below: Decimal  # of the share expected by now
    near_days: int
    forecast_after: int  # days of the year


@lru_cache(maxsize=1)
def year_words() -> YearWords:
    """Returns the declarations, loaded once. Raises StandardError for a mistake in the file."""
    m = load_map(STANDARD / "year.yaml")
    lights: Mapping[str, Any] = m.need("lights")
    return YearWords(
        {k: tuple(dict.fromkeys(v)) for k, v in m.need("narrow").items()},
        frozenset(m.need("registers")),
        m.need("months"),
        m.need("per_months"),
        Decimal(str(lights["red_below"])),
        int(lights["near_days"]),
        int(m.need("forecast_after_days")),
    )


@lru_cache(maxsize=1)
def plan_words() -> Map:
    """Returns the words of plans as declared: numbering, deadlines, who, how often. Raises StandardError."""
    return load_map(STANDARD / "year.yaml")
