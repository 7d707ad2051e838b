"""Words one row of the year's plan: its measure and its target."""

from __future__ import annotations

from ..model import Catalog, Row
from ..rows.submission import TARGET
from ..wording.phrase import target_phrase, words


def order(row: Row) -> tuple[int, int, int]:
    """Returns the sort key of a row in the plan: part, item, measure."""
    v = row.values
    return v.get("section_no") or 0, v.get("task_no") or 0, v.get("measure_no") or 0


def target(catalog: Catalog, row: Row) -> str:
    """Returns the target in words, "" if there is none. Raises WordingError if it cannot be worded."""
    v = row.values
    if not v.get("target_op"):
        return ""
    value, unit, per = v.get("target_value"), v.get("target_unit") or "", v.get("per") or ""
    return target_phrase(v["target_op"], value, unit, per, words(catalog))


def measure(catalog: Catalog, row: Row) -> str:
    """Returns the measure with 【目标】 replaced by its target, without an end mark."""
    return str(row.values["measure"]).replace(f"【{TARGET}】", target(catalog, row)).rstrip("。；")


def with_target(catalog: Catalog, row: Row) -> str:
    """Returns the measure as a sentence of a document; without 【目标】 the target is added at the end."""
    said, told = measure(catalog, row), target(catalog, row)
    if told and f"【{TARGET}】" not in str(row.values["measure"]):
        said = f"{said}，{told}"
    return f"{said}。"
