"""Lists what is due or overdue in each unit: obligations, dates watched by rules of the standard, plan tasks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dc_field
from datetime import date, timedelta
from pathlib import Path

from ..figures.consolidation import Consolidation
from ..model import Catalog, Condition, Finding, Ledger, Place, Row, Rule, Submission
from ..rows.conditions import Context
from ..rows.obligations import lacking, missed
from ..rows.rules import CHECKS
from ..rows.selection import Selection
from ..rows.submission import taken
from ..standard.sheets import VOID
from ..submissions.files import How, Progress
from ..submissions.rerun import Aggregation
from ..submissions.source import consolidation_source
from ..submissions.store import Store
from .plan import standing

PLAN, ORG = "plan", "org"
WATCHED = ("before_as_of", "by_period_end")  # filter operators that become true as time passes
DUTY = "应办事项"  # kind of obligations; other items have the title of their ledger


@dataclass(frozen=True)
class Due:
    """One thing to do, or to record if it was already done."""

    kind: str
    day: date  # deadline
    place: Place
    message: str
    remedy: str


@dataclass(frozen=True)
class UnitDue:
    """What one unit has to do, most urgent first."""

    code: str
    name: str
    path: str
    filled: date | None  # fill date of the workbook
    items: Sequence[Due]


@dataclass(frozen=True)
class Reminder:
    """What all units have to do as of one day, up to `days` days ahead."""

    as_of: date
    days: int
    units: Sequence[UnitDue]  # units with something to do, most urgent first
    clear: int  # number of units with nothing to do
    findings: Sequence[Finding]  # unreadable files, duplicate submissions
    left_out: Mapping[str, int]  # rows that do not count, by reason
    consolidation: Consolidation = dc_field(repr=False, compare=False)  # what the units sent

    @property
    def overdue(self) -> int:
        """The number of overdue items of all units."""
        return sum(past(u, self.as_of) for u in self.units)

    @property
    def coming(self) -> int:
        """The number of items of all units that are not overdue yet."""
        return sum(len(u.items) for u in self.units) - self.overdue


def past(unit: UnitDue, as_of: date) -> int:
    """Returns how many items of the unit are overdue."""
    return sum(x.day < as_of for x in unit.items)


def remind(
    paths: Iterable[str | Path],
    store: Store,
    as_of: date,
    days: int,
    how: How,
    progress: Progress = lambda done, total: None,
) -> Reminder:
    """Returns what is overdue on `as_of` or due within `days` days after it, for every unit below the paths.

    Of several submissions of a unit the newest counts. Raises CannotRun if none can be used, Damaged if the
    store is damaged.
    """
    return reminders(Aggregation(store.catalog, paths, store, how=how, progress=progress).consolidation, as_of, days)


def reminders(c: Consolidation, as_of: date, days: int) -> Reminder:
    """Returns the same for submissions that are read already."""
    sent = {str(s.unit["unit_id"]): s for s in c.submissions}
    until = as_of + timedelta(days)
    found = [
        UnitDue(
            code,
            str(s.unit.get("unit_name") or ""),
            s.path,
            s.unit.get("fill_date"),
            sorted(_due(c, code, sent, as_of, until), key=lambda x: x.day),
        )
        for code, s in sent.items()
    ]
    units = sorted((u for u in found if u.items), key=lambda u: u.items[0].day)
    told = [f for f in c.findings if f.code[0] in "FU"]
    return Reminder(as_of, days, units, len(found) - len(units), told, c.reasons, c)


def _due(c: Consolidation, code: str, sent: Mapping[str, Submission], as_of: date, until: date) -> Iterator[Due]:
    s = sent[code]
    alive = {name: [r for r in s.rows.get(name, ()) if r.values.get("status") != VOID] for name in c.catalog.ledgers}
    context = Context.of(s.unit).knowing(c.catalog.ledgers, alive)
    yield from _duties(c.catalog, alive, context, as_of, until)
    yield from _watched(c.catalog, alive, context, as_of, until)
    yield from _tasks(c, code, sent, as_of, until)


# -------------------------------------------------------------- obligations


def _duties(
    catalog: Catalog, rows: Mapping[str, list[Row]], context: Context, as_of: date, until: date
) -> Iterator[Due]:
    """Yields unmet periods: those that are over, and the current one if it ends by `until`."""
    names = {o.ledger for o in catalog.obligations} | {ORG}
    chosen = {name: Selection(catalog.ledgers[name], rows[name], context) for name in names}
    for o in catalog.obligations:
        sheet = catalog.ledgers[o.ledger].title
        for place, who, periods in lacking(catalog, o, chosen, context, min(as_of, context.end)):
            if over := [p for p in periods if p.end < as_of]:
                told = missed(o, place, who, over)
                yield Due(DUTY, over[0].end, place, told.message, told.remedy)
            for p in periods:
                if as_of <= p.end <= until:
                    message = (
                        f"{who}“{o.title}”{p.label}还差{o.times - p.done}次（要求：{o.requirement}；依据：{o.source}）"
                    )
                    yield Due(DUTY, p.end, place, message, f"{_said(p.end)}前开展，并登记到“{sheet}”表")


def _said(day: date) -> str:
    return f"{day.month}月{day.day}日"


# ------------------------------------------------- dates that rules watch


def _watched(
    catalog: Catalog, rows: Mapping[str, list[Row]], context: Context, as_of: date, until: date
) -> Iterator[Due]:
    """Yields rows that will break a rule by the end of the day `until` only because time passes."""
    then = Context(
        {**context.unit, "fill_date": until + timedelta(1)}, context.start, until, context.ledgers, context.rows
    )
    for ledger, rule, watch in _watching(catalog):
        chosen = Selection(ledger, rows[ledger.name], then).taken(rule.when)
        for row, field, *_ in CHECKS[rule.check](rule, ledger, chosen, then):
            day = row.values[watch.path]
            message = f"“{_label(ledger, row)}”的{ledger.field(watch.path).title}是{day}"
            message += f"，{rule.message}" if day < as_of else ""
            yield Due(ledger.title, day, row.place(field), message, rule.remedy)


def _watching(catalog: Catalog) -> Iterator[tuple[Ledger, Rule, Condition]]:
    """Yields each rule whose filter becomes true as time passes, with the condition that does so."""
    for ledger in catalog.ledgers.values():
        for rule in ledger.rules if ledger.name != PLAN else ():  # a task is measured by the ledgers, see _tasks
            watch = next((w for w in rule.when if w.op in WATCHED and w.value is True), None)
            if watch and rule.check == "implies":
                yield ledger, rule, watch


def _label(ledger: Ledger, row: Row) -> str:
    """Returns the text by which the clerk recognises a row: its first required free text, else its row number."""
    free = (
        f.name
        for f in ledger.fields
        if f.type == "string"
        and f.constraints.required
        and not (f.constraints.enum or f.constraints.pattern or f.foreignKey)
    )
    return str(next(filter(None, map(row.values.get, free)), f"第{row.number}行"))


# ------------------------------------------------------------------- tasks


def _tasks(c: Consolidation, code: str, sent: Mapping[str, Submission], as_of: date, until: date) -> Iterator[Due]:
    """Yields the open tasks of the unit's own plan, measured by the figures of the unit and all units below it."""
    near = [r for r in taken(sent[code], PLAN) if r.values["deadline"] <= until]
    for x in standing(near, consolidation_source(c, code), as_of) if near else ():
        if x.open:
            v = x.row.values
            facts = [f"目标{x.target}" if x.target else "", f"台账现有{x.now}" if x.now else "", x.note]
            message = f"{v['plan_id']}“{x.measure}”（{v['dept']}）{x.status}：" + "；".join(filter(None, facts))
            yield Due(
                c.catalog.ledgers[PLAN].title,
                v["deadline"],
                x.row.place("deadline"),
                message.rstrip("："),
                x.remedy or "抓紧落实，并登记到台账",
            )
