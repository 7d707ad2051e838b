"""Reminders to hand out: working days, branch × month, and a calendar file (.ics)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b

from ..figures.consolidation import Consolidation
from ..model import Submission
from ..rows.conditions import Context
from ..rows.obligations import STEPS, lacking
from ..rows.selection import Selection
from ..standard.sheets import VOID
from .remind import ORG, Due, Reminder

MISSING, OPEN, DONE = "缺", "待办", "齐"  # what a cell of branch × month begins with


@dataclass(frozen=True)
class BranchMonths:
    """One organisation's duties by the month in which they end."""

    unit: str
    name: str
    cells: Mapping[int, str]  # month -> 齐, 缺：主题党日, 待办：支委会; months in which nothing ends are absent


def branch_months(c: Consolidation, as_of: date) -> list[BranchMonths]:
    """Returns the duties of every organisation by month, unit by unit; months that have not begun are absent."""
    return [row for s in c.submissions for row in _months(c, s, as_of)]


def _months(c: Consolidation, s: Submission, as_of: date) -> Iterator[BranchMonths]:
    unit = s.unit
    alive = {name: [r for r in s.rows.get(name, ()) if r.values.get("status") != VOID] for name in c.catalog.ledgers}
    context = Context.of(unit).knowing(c.catalog.ledgers, alive)
    names = {o.ledger for o in c.catalog.obligations} | {ORG}
    chosen = {name: Selection(c.catalog.ledgers[name], alive[name], context) for name in names}
    until = min(as_of, context.end)
    short: dict[str, dict[int, dict[str, list[str]]]] = {}
    due: dict[str, set[int]] = {}
    for o in (o for o in c.catalog.obligations if o.per == "org"):
        step = STEPS[o.every]
        whole = range(context.start.month + step - 1, context.end.month + 1)  # periods that end within the context
        for row in chosen[ORG].taken(o.applies):
            who = str(row.values.get("org_name") or "")
            due.setdefault(who, set()).update(m for m in range(step, 13, step) if m - step < until.month and m in whole)
        for _, who, periods in lacking(c.catalog, o, chosen, context, until):
            for p in periods:
                word = MISSING if p.end < as_of else OPEN
                short.setdefault(who, {}).setdefault(p.end.month, {}).setdefault(word, []).append(o.title)
    for who, months in due.items():
        cells = {}
        for m in sorted(months):
            found = short.get(who, {}).get(m, {})
            said = [f"{word}：{'、'.join(found[word])}" for word in (MISSING, OPEN) if word in found]
            cells[m] = "；".join(said) or (DONE if m <= until.month else "")
        yield BranchMonths(str(unit.get("unit_name") or ""), who, cells)


# ------------------------------------------------------------------ working days


def works(day: date) -> bool | None:
    """Returns whether a day is a working day by the State Council's calendar; None beyond its data."""
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


def last_workday(day: date) -> date:
    """Returns the day, or the working day before it; beyond the calendar's data Monday to Friday count as working."""
    for back in range(20):
        at = day - timedelta(back)
        known = works(at)
        if at.weekday() < 5 if known is None else known:
            return at
    return day


def beyond_calendar(days: Iterable[date]) -> str:
    """Returns a warning if the calendar does not know one of the days, else ""."""
    years = sorted({d.year for d in days if works(d) is None})
    said = "、".join(f"{y}年" for y in years)
    return f"{said}的放假安排还没有收录，工作日按周一至周五推算，请以国务院办公厅通知为准。" if years else ""


# ---------------------------------------------------------------------- calendar


def calendar(r: Reminder) -> str:
    """Returns all items as a calendar (RFC 5545), all-day events on the last working day, an alarm three days before."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//dangjian//remind//ZH", "CALSCALE:GREGORIAN"]
    for u in r.units:
        for x in u.items:
            lines += _event(u.code, u.name, x, r.as_of)
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _event(code: str, name: str, x: Due, as_of: date) -> list[str]:
    day = last_workday(x.day)
    seal = blake2b(f"{code}|{x.kind}|{x.day}|{x.message}".encode(), digest_size=10).hexdigest()
    return [
        "BEGIN:VEVENT",
        f"UID:{seal}@dangjian",
        f"DTSTAMP:{as_of:%Y%m%d}T000000Z",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(1):%Y%m%d}",
        f"SUMMARY:{_escaped(f'{name}：{x.kind}，{x.message}'[:120])}",
        f"DESCRIPTION:{_escaped(f'{x.message}。期限{x.day}。处理：{x.remedy}。位置：{x.place}')}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escaped(x.kind)}",
        "TRIGGER:-P3D",
        "END:VALARM",
        "END:VEVENT",
    ]


def _escaped(text: str) -> str:
    plain = "".join(c if c >= " " else " " for c in text)
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> str:
    """Returns a line in pieces of at most 75 bytes; a character is never cut."""
    pieces, size = [""], 0
    for c in line:
        n = len(c.encode())
        if size + n > 73:
            pieces.append(" ")
            size = 1
        pieces[-1] += c
        size += n
    return "\r\n".join(pieces)
