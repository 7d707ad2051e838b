"""Output of `plan` and `remind`: text for the clerk, JSON for programs (docs/design.md, 7).

The output of `plan` can also be a workbook.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import CannotRun
from ...findings import finding_json, findings_text, with_remedy
from ...rows.submission import left_out_text
from ...submissions.source import coverage
from ...wording.phrase import Words, percent, words
from ...year.lagging import Months, lagging, monthly
from ...year.plan import DONE, DROPPED, GOING, Plan, Standing, due, rows_left_out, year_of
from ...year.remind import Reminder, past
from ...year.tracking import GREEN, NONE, RED, YELLOW

if TYPE_CHECKING:
    from ...excel.listings.tables import Table

MOST_LAGGING = 20  # lines on the screen
_WIDTHS = (15, 18, 36, 13, 17, 8, 9, 6, 10, 10, 12, 9, 12, 12, 36)
# Words of the columns 灯 and 判断 with their colour.
TONES = {GREEN: "green", YELLOW: "amber", RED: "rose", DONE: "green", "已逾期": "rose", "已超限": "rose",
         "人工确认": "amber", "已取消": "stone"}  # fmt: skip

COLUMNS = (
    "任务编号",
    "条标题",
    "措施",
    "目标",
    "台账现有",
    "进度",
    "应达进度",
    "灯",
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
        "summary": {"tasks": len(p.progress), "left_out": p.left_out, **p.counts, "lights": dict(p.lights)},
        "lagging": [lag._asdict() for lag in lagging(p)],
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
        "expected": None if x.expected is None else float(x.expected),
        "light": x.light,
        "forecast": x.forecast,
        "status": x.status,
        "state": v["state"],
        "deadline": v["deadline"],
        "deadline_text": v.get("deadline_text"),
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
        shown = f" {x.light}灯" if x.light != NONE else ""
        lines.append(f"  [{x.status}{shown}] {v['plan_id']} {x.measure}")
        lines.append(f"    {facts(x, words(p.source.catalog))}")
        if said := remarks(x):
            lines.append(f"    {x.row.place('indicator_id')}：{said}")
    if behind := lagging(p):
        lines.append("各单位落后的任务：")
        lines += [f"  {lag.unit}：{lag.text}" for lag in behind[:MOST_LAGGING]]
        if len(behind) > MOST_LAGGING:
            lines.append(f"  另有{len(behind) - MOST_LAGGING}条，见任务进度表（-o）。")
    return "\n".join(lines)


def facts(x: Standing, w: Words) -> str:
    """Returns a line such as “目标：至少4次；台账现有：2次（进度50%）；时限：2026-09-30（还有9天）；责任部门：宣传部”."""
    v = x.row.values
    share = f"（进度{percent(x.share * 100, w)}{_expected(x, w)}）" if x.share is not None else ""
    left = f"（{due(x.days)}）" if x.status not in (DONE, DROPPED) else ""
    together = f"（配合：{v['co_dept']}）" if v.get("co_dept") else ""
    said = {
        "目标": x.target,
        "台账现有": x.now and x.now + share,
        "时限": f"{_deadline(x)}{left}",
        "责任部门": f"{v['dept']}{together}",
    }
    return "；".join(f"{title}：{text}" for title, text in said.items() if text)


def _expected(x: Standing, w: Words) -> str:
    ahead = x.expected is None or x.status != GOING or x.share is None or x.share >= x.expected
    return "" if ahead else f"，应达{percent((x.expected or Decimal(0)) * 100, w)}"


def _deadline(x: Standing) -> str:
    """Returns the deadline, with the plan's own words if it has some: 七一前后，2026-07-01."""
    said, day = x.row.values.get("deadline_text"), x.row.values["deadline"]
    return f"{said}，{day}" if said else str(day)


def remarks(x: Standing) -> str:
    """Returns note, forecast and remedy, such as “还差2次。处理：补填台账。”; "" without all."""
    said = "；".join(filter(None, (x.note, x.forecast)))
    return (said and f"{said}。") + (x.remedy and f"处理：{x.remedy}。")


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
    lines += [f"提醒：{said}。" for said in rows_left_out(p)]
    said = "、".join(f"{status}{n}项" for status, n in p.counts.items() if n)
    shown = "、".join(f"{light}灯{n}项" for light, n in p.lights.items() if n and light != NONE)
    return [*lines, f"共{len(p.progress)}项措施：{said}。" + (f"其中{shown}。" if shown else "")]


def write_plan(p: Plan, out: Path) -> None:
    """Writes tasks, lagging units and branch × month to `out`. Raises CannotRun if it cannot be written."""
    from ...excel.listings.tables import Table, write_tables

    if out.suffix.lower() != ".xlsx":
        raise CannotRun(f"“{out.name}”不能作任务进度表：请用 .xlsx 作后缀。")
    title = f"{p.source.unit.get('unit_name')}{p.source.year}年工作要点任务进度"
    tasks = Table(
        "任务进度", title, "".join(about(p)), COLUMNS, _WIDTHS, [_cells(x) for x in p.progress],
        (0, 5, 6, 7, 8, 9, 10, 11), (7, 8), TONES, 3,
    )  # fmt: skip
    lags = lagging(p)
    units = Table(
        "单位落后情况", f"{title}：各单位落后的任务", f"共{len({x.unit for x in lags})}家单位、{len(lags)}条。",
        ("单位", "任务编号", "措施", "目标", "情况"), (24, 15, 40, 14, 60),
        [(x.unit, x.task, x.measure, x.target, x.text) for x in lags],
    )  # fmt: skip
    write_tables(out, title, [tasks, *([units] if lags else []), *(_months(m, title) for m in monthly(p))])


def _months(m: Months, title: str) -> Table:
    from ...excel.listings.tables import Table

    months = range(1, 13)
    rows = [
        [b.unit, b.name, *((m.counts.get((b.code, n)) or 0) if n <= m.last else None for n in months)]
        for b in m.branches
    ]
    return Table(
        f"支部×月 {m.indicator.name}"[:31], f"{title}：{m.indicator.title}（支部×月）",
        "只列已经开始的月份；0 是没有计入的记录。", ("单位", "党支部", *(f"{n}月" for n in months), "合计"),
        (24, 30, *([7] * 13)), [[*row, int(sum(Decimal(v) for v in row[2:] if v is not None))] for row in rows],
        tuple(range(2, 15)), tuple(range(2, 14)), {"0": "rose"}, 2,
    )  # fmt: skip


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
        x.expected,
        x.light,
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
        lines += [f"  [{due((x.day - r.as_of).days)}] {x.place}：{with_remedy(x.message, x.remedy)}" for x in u.items]
    if said := left_out_text(r.left_out):
        lines.append(f"台账{said}。")
    return "\n".join([*lines, *([findings_text(r.findings)] if r.findings else [])])
