"""What the documents of the year print: progress by part and department, lagging units, what is due in a unit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from ..errors import CannotRun
from ..model import Catalog
from ..submissions.files import How
from ..submissions.source import Source, plan_year
from ..submissions.store import Store
from ..wording.phrase import percent, words
from .lagging import lagging
from .plan import DONE, DROPPED, GOING, MANUAL, OVERDUE, Plan, Standing, due, standing
from .remind import UnitDue, remind
from .tracking import GREEN, RED, YELLOW

DAYS = 30  # ahead, in a notice
ON_A_PAGE, SHOWN = 6, 60  # items of a notice, and characters of one; further items are only counted
TASKS = "plan"
Names = Mapping[str, Callable[[], Any]]


def dates(day: date) -> dict[str, str]:
    """Returns the names of the month and quarter of a document."""
    return {
        "截至": said(day),
        "月份": str(day.month),
        "季度": f"第{'一二三四'[(day.month - 1) // 3]}季度",
        "半年": "上半年" if day.month <= 7 else "",
        "提前天数": str(DAYS),
    }


def said(day: date) -> str:
    """Returns a day as documents write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def year_names(catalog: Catalog, s: Source, day: date) -> Names:
    """Returns, by the name that a template uses, what makes it; each is made at most once."""

    @lru_cache(maxsize=1)
    def tracked() -> Plan:
        return Plan(s, s, s.up_to(day), standing(s.own_rows(TASKS), s, s.up_to(day)))

    if not s.path:  # asked only for the names
        return {name: lambda shape=shape: shape for name, shape in _SHAPES.items()}  # type: ignore[misc]
    return {
        "进度": lambda: counts(_begun(tracked()).progress),
        "分部分": lambda: _grouped(catalog, tracked().progress, lambda x: x.row.values["section_title"], "标题"),
        "分部门": lambda: _grouped(
            catalog,
            sorted(tracked().progress, key=lambda x: x.row.values["dept"]),
            lambda x: x.row.values["dept"],
            "部门",
        ),
        "任务进度": lambda: [task(catalog, x) for x in tracked().progress],
        "落后单位": lambda: lagging_units(tracked()),
        "提示单位": lambda: [notice(u, day) for u in due_units(catalog, s, day)],
    }


def _begun(p: Plan) -> Plan:
    """Returns the plan. Raises CannotRun if it is one of a later year: nothing is known of its progress yet."""
    planned = plan_year(p.tasks)
    if p.progress and planned > p.source.year:
        raise CannotRun(
            f"“工作要点”表里是{planned}年的任务，台账是{p.source.year}年的，还没有进展可说。请用{planned}年的工作簿，"
            f"或把{p.source.year}年的任务填入“工作要点”表。"
        )
    return p


def counts(found: Iterable[Standing]) -> dict[str, str]:
    """Returns the numbers of measures by status and by light, as texts; cancelled measures are not among them."""
    rows = [x for x in found if x.status != DROPPED]
    numbers = {
        "总数": len(rows),
        "条数": len({x.row.values["task_no"] for x in rows}),
        DONE: sum(x.status == DONE for x in rows),
        GOING: sum(x.status == GOING for x in rows),
        OVERDUE: sum(x.status not in (DONE, GOING, MANUAL) for x in rows),
        MANUAL: sum(x.status == MANUAL for x in rows),
        "绿灯": sum(x.light == GREEN for x in rows),
        "黄灯": sum(x.light == YELLOW for x in rows),
        "红灯": sum(x.light == RED for x in rows),
    }
    lights = _nonzero({f"{light}": numbers[light] for light in ("绿灯", "黄灯", "红灯")}, "、")
    said = _nonzero(
        {
            "已完成": numbers[DONE],
            "推进中": numbers[GOING],
            "已逾期或超限": numbers[OVERDUE],
            "待责任部门确认": numbers[MANUAL],
        },
        "，",
    )
    if rows and numbers[MANUAL] == len(rows):  # the ledgers do not tell
        said = "台账核对不了，均以责任部门填报为准" if lights else "均待责任部门确认进度"
    return {
        **{name: str(n) for name, n in numbers.items()},
        "概况": "；".join(filter(None, (said, lights and f"亮{lights}"))) or "没有任务",
        "抓紧": "有" if numbers["黄灯"] or numbers["红灯"] else "",
    }


def _nonzero(numbers: Mapping[str, int], between: str) -> str:
    """Returns the numbers that are not zero, in words."""
    return between.join(f"{name}{n}项" for name, n in numbers.items() if n)


def _grouped(
    catalog: Catalog, found: Sequence[Standing], key: Callable[[Standing], str], name: str
) -> list[dict[str, Any]]:
    parts = []
    for title, group in groupby((x for x in found if x.status != DROPPED), key=key):
        rows = list(group)
        parts.append(
            {
                name: title,
                **counts(rows),
                "任务": [task(catalog, x) for x in rows],
                "抓紧": [task(catalog, x) for x in rows if x.light in (RED, YELLOW)],
                "完成": [task(catalog, x) for x in rows if x.status == DONE],
            }
        )
    return parts


def task(catalog: Catalog, x: Standing) -> dict[str, str]:
    """Returns one measure as texts for a table."""
    v = x.row.values
    return {
        "编号": v["plan_id"],
        "任务": v["task_title"],
        "措施": x.measure,
        "目标": x.target,
        "现有": x.now,
        "进度": percent(x.share * 100, words(catalog)) if x.share is not None else "",
        "灯": f"{x.light}灯" if x.light in (GREEN, YELLOW, RED) else "待确认",
        "判断": x.status,
        "时限": str(v.get("deadline_text") or said(v["deadline"])),
        "责任部门": v["dept"],
        "配合部门": str(v.get("co_dept") or ""),
        "情况": "；".join(filter(None, (x.note, x.forecast))),
    }


def lagging_units(p: Plan) -> list[dict[str, str]]:
    """Returns the units that have not reached a task of theirs, each with its tasks in words."""
    if p.source.kind == "unit":  # it does not name itself: what its branches lack stands with the tasks
        return []
    found = []
    for unit, group in groupby(lagging(p), key=lambda lag: lag.unit):
        lags = list(group)
        found.append({"单位": unit, "项数": str(len(lags)), "情况": "；".join(lag.text for lag in lags)})
    return found


def due_units(catalog: Catalog, s: Source, day: date) -> Sequence[UnitDue]:
    """Returns the units of a source with something to do, most urgent first."""
    return remind([Path(s.path)], Store(catalog, None), day, DAYS, How(jobs=1)).units


def notice(u: UnitDue, day: date) -> dict[str, Any]:
    """Returns what a notice to one unit prints; at most a page of items, the others are counted."""
    late = [x for x in u.items if x.day < day]
    shown = u.items[:ON_A_PAGE]
    rows = [
        {
            "事项": _short(x.message),
            "办理": _short(x.remedy),
            "期限": f"{x.day.month}月{x.day.day}日" if x.day.year == day.year else said(x.day),
            "情况": due((x.day - day).days),
        }
        for x in shown
    ]
    return {
        "名称": u.name,
        "过期数": str(len(late)),
        "到期数": str(len(u.items) - len(late)),
        "概况": _nonzero({"已过期事项": len(late), f"{DAYS}天内到期事项": len(u.items) - len(late)}, "，"),
        "事项": rows,
        "其余": f"另有{len(u.items) - len(shown)}项，另行提示。" if len(u.items) > len(shown) else "",
    }


def _short(text: str) -> str:
    """Returns as many whole clauses of a text as a cell of a notice holds; what stands in “” is cut at its own comma."""
    if len(text) <= SHOWN:
        return text
    kept = ""
    for clause in re.split("(?<=[；;。])", text):
        if len(kept) + len(clause) > SHOWN:
            break
        kept += clause
    if kept:
        return kept.rstrip("；;。")
    # The first clause of the measure, and whose it is.
    if named := re.match(r"([^“]*“\W*[^，；。”]*)[^”]*(”（[^（）]*）)?", text):
        return f"{named[1][: SHOWN - 1]}…”" if len(named[1]) > SHOWN else named[1] + (named[2] or "”")
    return f"{text[: SHOWN - 1]}…"


_TASK = dict.fromkeys(
    ("编号", "任务", "措施", "目标", "现有", "进度", "灯", "判断", "时限", "责任部门", "配合部门", "情况"), "—"
)
_COUNTS = counts(())
_SHAPES: Mapping[str, Any] = {
    "进度": _COUNTS,
    "分部分": [{"标题": "—", **_COUNTS, "任务": [_TASK], "抓紧": [_TASK], "完成": [_TASK]}],
    "分部门": [{"部门": "—", **_COUNTS, "任务": [_TASK], "抓紧": [_TASK], "完成": [_TASK]}],
    "任务进度": [_TASK],
    "落后单位": [{"单位": "—", "项数": "0", "情况": "—"}],
    "提示单位": [
        {
            "名称": "—",
            "过期数": "0",
            "到期数": "0",
            "概况": "—",
            "事项": [dict.fromkeys(("事项", "办理", "期限", "情况"), "—")],
            "其余": "",
        }
    ],
}
