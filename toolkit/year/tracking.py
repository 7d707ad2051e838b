"""The light of a task and where its pace leads to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import floor
from typing import Any

from .declared import year_words
from .measuring import Measured
from .periods import elapsed

GREEN, YELLOW, RED, NONE = "绿", "黄", "红", "无"
LIGHTS = (GREEN, YELLOW, RED, NONE)


def light(done: bool, broken: bool, m: Measured, days: int, limit: bool) -> str:
    """Returns the light: red for broken or far behind, yellow for behind or near its deadline, else green.

    `days` to the deadline; `limit`: the target is a limit, which is kept as long as it is not broken.
    """
    declared = year_words()
    if broken:
        return RED
    if done or limit:
        return GREEN
    if m.pace < declared.red_below:
        return RED
    return YELLOW if m.pace < 1 or 0 <= days <= declared.near_days else GREEN


def forecast(m: Measured, task: Mapping[str, Any], as_of: date) -> str:
    """Returns where the pace so far leads to by the deadline, such as “照此进度到时限约8次”; "" if it tells nothing."""
    day, unit = task["deadline"], task.get("target_unit")
    start = date(day.year, 1, 1)
    if m.value is None or unit in (None, "%") or (as_of - start).days + 1 < year_words().forecast_after:
        return ""
    return f"照此进度到时限约{floor(m.value / elapsed(day, as_of))}{unit}"
