"""Output of `matrix`: text, JSON and a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...excel.listings.tables import Table, write_tables
from ...overview.matrix import Matrix, lists, remarks_of
from ...year.plan import Plan, rows_left_out

MOST = 20  # lines of a list on the screen


def matrix_text(p: Plan, m: Matrix) -> str:
    """Returns the counts and the first lines of each list."""
    lines = [f"{p.source.unit.get('unit_name')}{p.source.year}年，截至{p.as_of}：{m.tasks}项措施，{m.rows}行台账。"]
    for title, heads, rows in lists(m):
        lines.append(f"{title}：{len(rows)}条")
        lines += ["  " + "；".join(f"{h}：{v}" for h, v in zip(heads, row, strict=True)) for row in rows[:MOST]]
        if len(rows) > MOST:
            lines.append(f"  另有{len(rows) - MOST}条，见对照表（-o）。")
    if m.unsaid is None:
        lines.append("没有给出总结（--summary），没有核对总结。")
    lines += rows_left_out(p)
    return "\n".join(lines)


def matrix_json(p: Plan, m: Matrix) -> dict[str, Any]:
    """Returns the JSON of `matrix`: counts and the lists."""
    names = ("uncovered", "idle", "unsaid", "unfounded")
    return {
        "path": p.source.path,
        "as_of": p.as_of,
        "summary": {"tasks": m.tasks, "rows": m.rows, **remarks_of(m)},
        "left_out": dict(p.source.left_out),
        **{n: None if getattr(m, n) is None else [vars(x) for x in getattr(m, n)] for n in names},
    }


def write_matrix(p: Plan, m: Matrix, out: Path) -> None:
    """Writes one sheet for each list. Raises CannotRun."""
    title = f"{p.source.unit.get('unit_name')}{p.source.year}年任务、台账、总结对照"
    widths = {"措施": 50, "原句": 60, "位置（部分）": 50, "原因": 40, "成绩": 40, "行数": 8, "段落": 8}
    write_tables(
        out,
        title,
        [
            Table(
                name[:31],
                f"{title}：{name}",
                "。".join([f"截至{p.as_of}，{len(rows)}条", *rows_left_out(p)]) + "。",
                heads,
                [widths.get(h, 18) for h in heads],
                rows,
            )
            for name, heads, rows in lists(m)
        ],
    )
