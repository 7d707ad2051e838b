"""Writes what reminders hand out: notices in Word, sheets with colours, a calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from ...excel.listings.tables import Table, write_tables
from ...figures.consolidation import Consolidation
from ...machine.atomic import write_whole
from ...machine.guard import ICS
from ...model import Catalog
from ...names import file_name
from ...submissions.source import consolidation_source
from ...year.handout import MISSING, OPEN, BranchMonths, beyond_calendar, branch_months, calendar, last_workday
from ...year.papers import notice
from ...year.plan import due
from ...year.remind import Reminder, past, reminders
from ..fill import fill

DAYS = 30  # ahead of the day of a reminder
FOLDER, SHEET, CALENDAR = "月提示单", "到期提醒.xlsx", "到期提醒.ics"
WARNS = "提醒："
SHOWN = 8  # units that a message box names


def remind_beside(c: Consolidation, folder: Path, as_of: date) -> Iterator[str]:
    """Writes notices, sheet and calendar to the folder 月提示单 in `folder`; yields the text of a message box, by lines."""
    r, out = reminders(c, as_of, DAYS), folder / FOLDER
    yield f"截至{as_of}：已过期{r.overdue}项，{DAYS}天内到期{r.coming}项；没有事项的单位{r.clear}家。"
    yield from (f"  {u.name}：{len(u.items)}项，其中已过期{past(u, as_of)}项" for u in r.units[:SHOWN])
    if len(r.units) > SHOWN:
        yield f"  另有{len(r.units) - SHOWN}家，见“{SHEET}”。"
    out.mkdir(parents=True, exist_ok=True)
    yield from (x for x in hand_out(c.catalog, r, out, out / SHEET, out / CALENDAR) if x.startswith(WARNS))
    yield f"“{FOLDER}”文件夹里有月提示单{len(r.units)}份、“{SHEET}”和“{CALENDAR}”。"


def hand_out(
    catalog: Catalog, r: Reminder, notices: Path | None, sheet: Path | None, ics: Path | None
) -> Iterator[str]:
    """Writes each of the outputs that is named; yields a line about each. Raises CannotRun."""
    days = [last_workday(x.day) for u in r.units for x in u.items]
    if (notices or sheet or ics) and (said := beyond_calendar(days)):
        yield f"{WARNS}{said}"
    if notices:
        yield f"月提示单：{_notices(catalog, r, notices)}份，在 {notices}"
    if sheet:
        _sheet(r, sheet)
        yield f"提醒明细表：{sheet}"
    if ics:
        write_whole(ics, calendar(r).encode(), ICS)
        yield f"日历文件：{ics}"


def _notices(catalog: Catalog, r: Reminder, folder: Path) -> int:
    """Writes one notice for each unit with something to do; returns their number."""
    top = r.consolidation.top.name
    head = consolidation_source(r.consolidation)
    folder.mkdir(parents=True, exist_ok=True)
    for u in r.units:
        out = folder / file_name(f"{u.code}_{u.name}", ".docx", f"_{r.as_of.month}月提示单")
        names = {"提示单位": [notice(u, r.as_of)], "发文单位": top, "成文日期": r.as_of, "提前天数": str(r.days)}
        fill(catalog, "reminder", head, out, names=names)
    return len(r.units)


def _sheet(r: Reminder, out: Path) -> None:
    title = f"到期提醒（截至{r.as_of}）"
    items = [
        (u.name, x.kind, x.day, last_workday(x.day), due((x.day - r.as_of).days),
         "已过期" if x.day < r.as_of else "快到期", x.message, x.remedy, str(x.place))
        for u in r.units for x in u.items
    ]  # fmt: skip
    hint = f"已过期{r.overdue}项，{r.days}天内到期{r.coming}项；期限不是工作日的，最迟办理日提前到前一个工作日。"
    rows = branch_months(r.consolidation, r.as_of)
    write_tables(
        out,
        title,
        [
            Table(
                "提醒明细", title, hint, ("单位", "类别", "期限", "最迟办理日", "距期限", "情况", "事项", "办理要求", "位置"),
                (22, 10, 12, 12, 11, 9, 60, 36, 16), items, (1, 4, 5), (5,), {"已过期": "rose", "快到期": "amber"}, 1,
            ),
            Table(
                "支部×月", f"组织生活按月落实情况（截至{r.as_of}）", "红：缺；黄：本月待办；绿：齐。空白：没有到期的事项。",
                ("单位", "党组织", *(f"{n}月" for n in range(1, 13))), (22, 26, *([11] * 12)),
                [_cells(b) for b in rows], tuple(range(2, 14)), tuple(range(2, 14)), _tones(rows), 2,
            ),
        ],
    )  # fmt: skip


def _cells(b: BranchMonths) -> list[str]:
    return [b.unit, b.name, *(b.cells.get(m, "") for m in range(1, 13))]


def _tones(rows: list[BranchMonths]) -> dict[str, str]:
    texts = {t for b in rows for t in b.cells.values() if t}
    return {t: "rose" if MISSING in t else "amber" if OPEN in t else "green" for t in texts}
