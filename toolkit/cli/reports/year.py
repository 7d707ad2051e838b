"""Output of `plan` and `remind`: text for the clerk, JSON for programs (docs/design.md, 7).

The output of `plan` can also be a workbook.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...errors import CannotRun
from ...findings import finding_json, findings_text
from ...rows.submission import left_out_text
from ...submissions.source import coverage
from ...wording.phrase import Words, percent, words
from ...year.plan import DONE, DROPPED, Plan, Standing, due, year_of
from ...year.remind import Reminder, past

COLUMNS = (
    "任务编号",
    "条标题",
    "措施",
    "目标",
    "台账现有",
    "进度",
    "判断",
    "任务状态",
    "时限",
    "距时限（天）",
    "责任部门",
    "配合部门",
    "说明和处理",
)


def plan_json(p: Plan) -> dict[str, Any]:
    """Returns the JSON of `plan`: counts and one entry per measure."""
    return {
        "path": p.source.path,
        "tasks_from": p.tasks.path,
        "year": p.source.year,
        "as_of": p.as_of,
        "summary": {"tasks": len(p.progress), "left_out": p.left_out, **p.counts},
        "left_out": dict(p.source.left_out),
        "tasks": [_task_json(x) for x in p.progress],
    }


def _task_json(x: Standing) -> dict[str, Any]:
    v, place = x.row.values, x.row.place("measure")
    return {
        "id": v["plan_id"],
        "sheet": place.sheet,
        "cell": place.cell,
        "section": v["section_title"],
        "task": v["task_title"],
        "measure": x.measure,
        "indicator": v.get("indicator_id"),
        "target": x.target,
        "now": x.now,
        "progress": None if x.share is None else float(x.share),
        "status": x.status,
        "state": v["state"],
        "deadline": v["deadline"],
        "days": x.days,
        "dept": v["dept"],
        "co_dept": v.get("co_dept"),
        "note": x.note,
        "remedy": x.remedy,
    }


def plan_text(p: Plan) -> str:
    """Returns the text of `plan`: the lines of `about`, then section by section a few lines per measure."""
    lines, part = about(p), None
    for x in p.progress:
        v = x.row.values
        if v["section_no"] != part:
            part = v["section_no"]
            lines.append(f"{part}. {v['section_title']}")
        lines.append(f"  [{x.status}] {v['plan_id']} {x.measure}")
        lines.append(f"    {facts(x, words(p.source.catalog))}")
        if said := remarks(x):
            lines.append(f"    {x.row.place('indicator_id')}：{said}")
    return "\n".join(lines)


def facts(x: Standing, w: Words) -> str:
    """Returns a line such as “目标：至少4次；台账现有：2次（进度50%）；时限：2026-09-30（还有9天）；责任部门：宣传部”."""
    v = x.row.values
    share = f"（进度{percent(x.share * 100, w)}）" if x.share is not None else ""
    left = f"（{due(x.days)}）" if x.status not in (DONE, DROPPED) else ""
    together = f"（配合：{v['co_dept']}）" if v.get("co_dept") else ""
    said = {
        "目标": x.target,
        "台账现有": x.now and x.now + share,
        "时限": f"{v['deadline']}{left}",
        "责任部门": f"{v['dept']}{together}",
    }
    return "；".join(f"{title}：{text}" for title, text in said.items() if text)


def remarks(x: Standing) -> str:
    """Returns note and remedy, such as “还差2次。处理：补填台账。”; "" without both."""
    return (x.note and f"{x.note}。") + (x.remedy and f"处理：{x.remedy}。")


def about(p: Plan) -> list[str]:
    """Returns lines with the unit, the day, the ledgers used, what is left out, and finally the counts."""
    name, filled = p.source.unit.get("unit_name"), p.source.unit.get("fill_date")
    extent = f"填报日期{filled}" if filled else "没有填报日期"
    if p.source.kind == "consolidated":
        extent = coverage(p.source)
    lines = [f"{name}工作要点，截至{p.as_of}。数据：{Path(p.source.path).name}，{p.source.year}年，{extent}。"]
    if p.tasks.unit.get("unit_id") != p.source.unit.get("unit_id"):
        lines.append(f"提醒：任务是“{p.tasks.unit.get('unit_name')}”的，数据是“{name}”的。")
    if p.source.year not in (years := {year_of(x.row.values) for x in p.progress}):
        lines.append(
            f"提醒：任务是{max(years)}年的，台账是{p.source.year}年的，不能比。请用{max(years)}年的工作簿，"
            f"任务取自这一份：dangjian plan {max(years)}年工作簿 --tasks {p.tasks.path}"
        )
    if p.left_out:
        lines.append(f"提醒：“工作要点”表有{p.left_out}行有错误，没有列入，请先用 dangjian check 查看。")
    if rows := left_out_text(p.source.left_out):
        lines.append(f"提醒：台账{rows}，台账现有的数不含这些行。")
    said = "、".join(f"{status}{n}项" for status, n in p.counts.items() if n)
    return [*lines, f"共{len(p.progress)}项措施：{said}。"]


def write_plan(p: Plan, out: Path) -> None:
    """Writes the list to `out`, an .xlsx. Raises CannotRun for another suffix or if it cannot be written."""
    from ...excel.listings.progress import write_progress

    if out.suffix.lower() != ".xlsx":
        raise CannotRun(f"“{out.name}”不能作任务进度表：请用 .xlsx 作后缀。")
    title = f"{p.source.unit.get('unit_name')}{p.source.year}年工作要点任务进度"
    write_progress(out, title, "".join(about(p)), COLUMNS, [_cells(x) for x in p.progress])


def _cells(x: Standing) -> tuple[Any, ...]:
    """Returns one value for each of COLUMNS."""
    v = x.row.values
    return (
        v["plan_id"],
        v["task_title"],
        x.measure,
        x.target,
        x.now,
        x.share,
        x.status,
        v["state"],
        v["deadline"],
        x.days,
        v["dept"],
        v.get("co_dept") or "",
        remarks(x),
    )


def remind_json(r: Reminder) -> dict[str, Any]:
    """Returns the JSON of `remind`: units with their due items, findings, and counts."""
    return {
        "as_of": r.as_of,
        "days": r.days,
        "units": [
            {
                "unit": u.code,
                "name": u.name,
                "path": u.path,
                "filled": u.filled,
                "items": [
                    {
                        "kind": x.kind,
                        "due": x.day,
                        "days": (x.day - r.as_of).days,
                        "sheet": x.place.sheet,
                        "cell": x.place.cell,
                        "message": x.message,
                        "remedy": x.remedy,
                    }
                    for x in u.items
                ],
            }
            for u in r.units
        ],
        "findings": [{"path": f.place.file, **finding_json(f)} for f in r.findings],
        "left_out": dict(r.left_out),
        "summary": {"units": len(r.units) + r.clear, "clear": r.clear, "overdue": r.overdue, "due": r.coming},
    }


def remind_text(r: Reminder) -> str:
    """Returns the text of `remind`: the counts, a line per item unit by unit, then what could not be read."""
    total = len(r.units) + r.clear
    lines = [
        f"截至{r.as_of}，{total}家单位：已过期{r.overdue}项，{r.days}天内到期{r.coming}项；{r.clear}家没有到期事项。"
    ]
    for u in r.units:
        over = past(u, r.as_of)
        filled = f"，填报日期{u.filled}" if u.filled else ""
        lines.append(f"{u.name}（{u.code}{filled}）：已过期{over}项，快到期{len(u.items) - over}项")
        lines += [f"  [{due((x.day - r.as_of).days)}] {x.place}：{x.message}。处理：{x.remedy}。" for x in u.items]
    if said := left_out_text(r.left_out):
        lines.append(f"台账{said}。")
    return "\n".join([*lines, *([findings_text(r.findings)] if r.findings else [])])
