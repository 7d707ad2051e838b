"""Output of `plan import` and `plan draft`, and the workbooks that they write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...excel.unit.build import build_unit_workbook
from ...model import Catalog
from ...year.drafts.drafting import GONE, KEPT, NEW, RAISED, Draft
from ...year.drafts.planimport import Imported

PLAN = "plan"
_COVER = ("unit_id", "unit_name", "unit_short", "parent_id", "sys_type")


def write_rows(
    catalog: Catalog,
    out: Path,
    year: int,
    unit: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    doubts: Mapping[tuple[int, str], str],
) -> None:
    """Writes a unit workbook of the year with the plan; cells in doubt are coloured. Raises CannotRun."""
    cover = {k: unit.get(k) for k in _COVER} | {"year": year}
    cover["unit_short"] = cover["unit_short"] or cover["unit_name"]
    marked = {(PLAN, at, name): why for (at, name), why in doubts.items()}
    build_unit_workbook(catalog, cover, out, {PLAN: rows}, {PLAN: "有"}, marked)


def write_draft(catalog: Catalog, out: Path, d: Draft, unit: Mapping[str, Any]) -> None:
    """Writes the proposed plan as next year's workbook. Raises CannotRun."""
    doubts = {(n, name): p.reason for n, p in enumerate(d.proposals) for name in p.changed}
    write_rows(catalog, out, d.year, unit, [p.row for p in d.proposals], doubts)


def import_text(made: Imported, out: Path) -> str:
    """Returns the counts, the targets with their rows, and what is left to a person."""
    lines = [
        f"读入{made.year}年要点：{made.parts}个部分、{made.items}条、{len(made.rows)}项措施、{len(made.targets)}个目标。",
        *(
            f"  {r['plan_id']} {r['indicator_id']}：{_target(r)}，时限{r['deadline_text'] or r['deadline']}"
            for r in made.targets
        ),
        *(f"  提醒：{said}" for said in made.left),
        *(f"  提醒：{r['plan_id']} {r['note']}" for r in made.rows if r.get("note")),
        f"有{len(made.doubts)}个单元格拿不准，已标成黄色并加批注，请逐个核对：{out}",
    ]
    return "\n".join(lines)


def _target(r: Mapping[str, Any]) -> str:
    return f"{r['per']} {r['target_op']}{r['target_value']}{r['target_unit']}"


def import_json(made: Imported, document: Path, out: Path) -> dict[str, Any]:
    """Returns the JSON of `plan import`: counts, rows and doubts."""
    return {
        "path": str(document),
        "output": str(out),
        "year": made.year,
        "summary": {
            "parts": made.parts, "items": made.items, "measures": len(made.rows),
            "targets": len(made.targets), "doubts": len(made.doubts),
        },
        "tasks": made.rows,
        "doubts": [{"id": made.rows[n]["plan_id"], "field": f, "why": why} for (n, f), why in made.doubts.items()],
        "left": made.left,
    }  # fmt: skip


def draft_text(d: Draft, out: Path) -> str:
    """Returns the counts by kind and one line per proposal that changes something."""
    counts = "、".join(f"{kind}{len(d.of(kind))}项" for kind in (KEPT, RAISED, GONE, NEW))
    lines = [f"{d.year}年要点草稿：{counts}。"]
    lines += [f"  [{p.kind}] {p.row['plan_id']} {p.row['task_title']}：{p.reason}" for p in d.proposals]
    return "\n".join([*lines, f"已写入 {out}，请修改后使用；改动处标成黄色，理由在“说明”栏。"])


def draft_json(d: Draft, source: Path, out: Path) -> dict[str, Any]:
    """Returns the JSON of `plan draft`: one entry per proposal."""
    return {
        "path": str(source),
        "output": str(out),
        "year": d.year,
        "summary": {kind: len(d.of(kind)) for kind in (KEPT, RAISED, GONE, NEW)},
        "proposals": [{"kind": p.kind, "reason": p.reason, **p.row} for p in d.proposals],
    }
