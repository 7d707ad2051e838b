"""What is due or overdue in each unit on a day: obligations, dates that rules of the standard watch, tasks of the plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from ..figures.consolidation import Consolidation
from ..model import Catalog, Condition, Finding, Ledger, Place, Row, Rule, Submission
from ..rows.conditions import Context
from ..rows.obligations import lacking, missed
from ..rows.rules import CHECKS
from ..rows.selection import Selection
from ..rows.submission import context_of, taken
from ..standard.sheets import VOID
from ..submissions.files import How, Progress
from ..submissions.rerun import Aggregation
from ..submissions.source import Source
from ..submissions.store import Store
from .plan import standing

PLAN, ORG = "plan", "org"
WATCHED = ("before_as_of", "by_period_end")  # filters that time alone makes true
DUTY = "应办事项"  # what obligations are called among the kinds; the others bear their ledger's name


@dataclass(frozen=True)
class Due:
    """One thing to do, or to enter where it was done."""

    kind: str
    day: date  # by which
    place: Place
    message: str
    remedy: str


@dataclass(frozen=True)
class UnitDue:
    """What one unit has to do, the most urgent first."""

    code: str
    name: str
    path: str
    filled: date | None  # the day the workbook speaks of
    items: Sequence[Due]


@dataclass(frozen=True)
class Reminder:
    as_of: date
    days: int
    units: Sequence[UnitDue]  # those with something to do, the most urgent first
    clear: int  # how many units have nothing to do
    findings: Sequence[Finding]  # files that could not be read, units that sent in twice

    @property
    def overdue(self) -> int:
        return sum(past(u, self.as_of) for u in self.units)

    @property
    def coming(self) -> int:
        return sum(len(u.items) for u in self.units) - self.overdue


def past(unit: UnitDue, as_of: date) -> int:
    """How many of its items are overdue."""
    return sum(x.day < as_of for x in unit.items)


def remind(
    paths: Iterable[str | Path],
    store: Store,
    as_of: date,
    days: int,
    how: How,
    progress: Progress = lambda done, total: None,
) -> Reminder:
    """What is overdue on `as_of` or due within `days` days of it, in every unit below the paths.

    Of several submissions of a unit the newest counts. Raises CannotRun where none can be used, Damaged.
    """
    c = Aggregation(paths, store.catalog, store, how=how, progress=progress).consolidation
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
    return Reminder(as_of, days, units, len(found) - len(units), told)


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
    """Periods that have passed without it, and the one that is passing, where it ends by `until`."""
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
    """Rows that break a rule of the standard by the end of the day `until`, through nothing but the time that passes."""
    then = Context(
        {**context.unit, "fill_date": until + timedelta(1)}, context.start, until, context.ledgers, context.rows
    )
    for ledger, rule, watch in _watching(catalog):
        chosen = Selection(ledger, rows[ledger.name], then).taken(rule.when)
        for row, field in CHECKS[rule.check](rule, ledger, chosen, then):
            day = row.values[watch.path]
            message = f"“{_label(ledger, row)}”的{ledger.field(watch.path).title}是{day}"
            message += f"，{rule.message}" if day < as_of else ""
            yield Due(ledger.title, day, row.place(field), message, rule.remedy)


def _watching(catalog: Catalog) -> Iterator[tuple[Ledger, Rule, Condition]]:
    """Each rule whose filter becomes true with time, and the condition that does."""
    for ledger in catalog.ledgers.values():
        for rule in ledger.rules if ledger.name != PLAN else ():  # a task is measured by the ledgers, see _tasks
            watch = next((w for w in rule.when if w.op in WATCHED and w.value is True), None)
            if watch and rule.check == "implies":
                yield ledger, rule, watch


def _label(ledger: Ledger, row: Row) -> str:
    """What the clerk knows a row by: its first free text that must be filled in."""
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
    """Tasks of the unit's own plan that are not done, by its figures with all below it."""
    near = [r for r in taken(sent[code], PLAN) if r.values["deadline"] <= until]
    for x in standing(near, _source(c, code, sent), as_of) if near else ():
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


def _source(c: Consolidation, code: str, sent: Mapping[str, Submission]) -> Source:
    """What the unit and all below it have reported, as what a plan is held against."""
    rows: dict[str, list[tuple[Row, Context]]] = defaultdict(list)
    for s in (sent[x] for x in c.tree.below(code) if x in sent):
        context = context_of(c.catalog, s)
        for name in c.catalog.ledgers:
            rows[name] += [(r, context) for r in taken(s, name)]
    s = sent[code]
    # Like a consolidated workbook's: the store keeps nothing that stays in the units.
    return Source(
        c.catalog,
        s.path,
        "consolidated",
        c.year,
        s.unit,
        Context.of(s.unit),
        c.figures_of(code),
        {name: tuple(found) for name, found in rows.items()},
    )


# ------------------------------------------------------------- what is told
