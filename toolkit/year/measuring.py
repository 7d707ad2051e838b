"""Measures one task of the plan by the ledgers: how far it is, and how far it should be by now."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ..figures.operations import Number
from ..findings import listed, nearest
from ..model import Catalog, Figure, Indicator, Row
from ..submissions.source import Source
from ..wording.phrase import above_full, classifier, percent, plain, share, words
from .declared import year_words
from .periods import Period, expected, past, period_of, periods
from .recount import Choice, Member, Unmeasured, by_branch, by_unit, grouped, is_whole

LIMIT, COVER = "≤", "覆盖"
# The comparison for each target relation; 完成 and 首批 have none: a person confirms them.
COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "≥": operator.ge,
    "=": operator.ge,
    COVER: operator.ge,
    LIMIT: operator.le,
}
WHOLE, UNIT, BRANCH, PERSON = "全单位", "每单位", "每支部", "每人"  # what a target is counted per
MEMBERS = {UNIT: ("家单位", by_unit), BRANCH: ("个党支部", by_branch)}
TASKS = "task_ids"  # field of the ledgers: the tasks that a row serves
NAMED = 5  # names listed in a note; further ones are only counted


@dataclass(frozen=True)
class Measured:
    """What the ledgers show for one target."""

    now: str
    share: Decimal
    reached: bool
    notes: tuple[str, ...] = ()
    expected: Decimal = Decimal(0)  # of the target, by now; 0 to 1
    pace: Decimal = Decimal(1)  # what there is, of what is expected by now
    missed: bool = False  # a period is over and was not met
    behind: tuple[Member, ...] = ()  # branches or units that have not reached it
    value: Number | None = None  # only where one number is compared with the target


def measured(row: Row, source: Source, as_of: date, rows: Served) -> Measured:
    """Measures one task by what the ledgers hold up to a day; `rows` are those of `served`. Raises Unmeasured."""
    v = row.values
    if (year := int(v["plan_id"][2:6])) != source.year:
        raise Unmeasured(f"是{year}年的任务，台账是{source.year}年的", f"用{year}年的台账核对")
    if not v.get("indicator_id"):
        return _evidence(v, rows, as_of)
    task = _Task(v, source, _figure(v["indicator_id"], source), as_of)
    if task.op is None and not task.ratio:
        return task.by_period(Decimal(1), year_words().months[v["freq"]])
    return task.measured()


def _figure(name: str, source: Source) -> Figure:
    """Returns the figure of an indicator, by name or id. Raises Unmeasured if it is not known."""
    by_id = {i.id: i.name for i in source.catalog.indicators.values()}
    figure = source.figures.get(by_id.get(name, name))
    if figure is None:
        near = nearest(name, [*source.figures, *by_id])
        raise Unmeasured(f"没有指标“{name}”", f"改为“{near}”" if near else "“关联指标”从下拉框中选")
    if figure.state == "missing":
        raise Unmeasured(f"“{figure.indicator.name}”缺数：台账为空且未申报", "补填台账，或在封面申报“本年无”")
    if figure.state == "n/a":
        raise Unmeasured(f"“{figure.indicator.name}”的台账申报为“不适用”", "换一个指标，或由责任部门确认")
    if figure.value is None:
        raise Unmeasured(f"“{figure.indicator.name}”没有分母，算不出比率", "核对台账")
    if above := above_full(figure, words(source.catalog)):
        raise Unmeasured(f"“{figure.indicator.name}”是{above}", "核对分子、分母背后的行")
    return figure


# ------------------------------------------------------- evidence without indicator


Served = Mapping[str, Sequence[tuple[str, Row]]]  # number of a task -> the rows that serve it, each with its ledger


def served(source: Source, as_of: date) -> Served:
    """Returns the counted rows that name tasks as 关联任务, up to a day, by the number of the task."""
    choice, found = Choice(as_of, {}), dict[str, list[tuple[str, Row]]]()
    for name, rows in source.rows.items():
        ledger = source.catalog.ledgers[name]
        for row, _ in rows:
            if row.values.get(TASKS) and choice.happened(ledger, row):
                for task in dict.fromkeys(row.values[TASKS]):
                    found.setdefault(task, []).append((name, row))
    return found


def _evidence(v: Mapping[str, Any], rows: Served, as_of: date) -> Measured:
    """Judges a task without indicator by the rows that name it: one in each period. Raises Unmeasured without any."""
    found = rows.get(v["plan_id"], ())
    if not found:
        raise Unmeasured(
            "没有关联指标",
            f"落实这项任务的台账行，在“关联任务”填{v['plan_id']}；台账不记的，由责任部门确认后更新“任务状态”",
        )
    days = [r.values["date"] for _, r in found if r.values.get("date")]
    months = year_words().months[v["freq"]]
    counts: dict[int, Number | None] = {}
    for day in days:
        n = period_of(months, day)
        counts[n] = (counts.get(n) or 0) + 1
    return _periodic(counts, Decimal(1), months, v["deadline"], as_of, f"有{len(found)}条关联记录", "条")


def _periodic(
    counts: Mapping[int, Number | None], needed: Decimal, months: int, deadline: date, as_of: date, now: str, unit: str
) -> Measured:
    """Measures by periods: each one that is over must have been met."""
    all_ = periods(months, deadline)
    met = [p for p in all_ if (counts.get(p.number) or 0) >= needed]
    over = past(all_, as_of)
    short = [p for p in over if p not in met]
    notes = []
    if short:
        said = [f"{p.label}（{plain(counts.get(p.number) or 0)}{unit}）" for p in short]
        notes.append(f"没有达到的：{listed(said, NAMED, '个')}")
    notes += _still(counts, needed, [p for p in all_ if p not in over and p not in met and p.start <= as_of], unit)
    pace = Decimal(len(over) - len(short)) / len(over) if over else Decimal(1)
    return Measured(
        now if len(all_) == 1 else f"{now}，{len(all_)}个时段中{len(met)}个达到",
        Decimal(len(met)) / len(all_),
        len(met) == len(all_),
        tuple(notes),
        Decimal(len(over)) / len(all_),
        pace,
        bool(short),
    )


def _still(counts: Mapping[int, Number | None], needed: Decimal, current: Sequence[Period], unit: str) -> list[str]:
    return [f"{p.label}还差{plain(needed - Decimal(counts.get(p.number) or 0))}{unit}" for p in current]


# ------------------------------------------------------------- with an indicator


class _Task:
    """One task with an indicator."""

    def __init__(self, v: Mapping[str, Any], source: Source, figure: Figure, as_of: date) -> None:
        self.v, self.source, self.figure, self.as_of = v, source, figure, as_of
        self.indicator: Indicator = figure.indicator
        self.catalog: Catalog = source.catalog
        self.ratio = self.indicator.denominator is not None
        self.choice = Choice.of(v, as_of)
        self.op: str | None = v.get("target_op")
        self.unit = v.get("target_unit") or self.indicator.classifier
        self.deadline: date = v["deadline"]

    def measured(self) -> Measured:
        """Returns how far the task is. Raises Unmeasured."""
        value = self.v.get("target_value")
        if self.op == COVER and value is None and self.ratio:
            value = 100
        now, actual = self._now()
        if self.op not in COMPARED or value is None:
            raise Unmeasured("没有可比的目标数", now=now)
        target, per = Decimal(value), self.v.get("per") or WHOLE
        own = classifier(self.figure, words(self.catalog)), self.indicator.classifier
        if self.unit not in own:
            raise Unmeasured(
                f"目标按“{self.unit}”计，指标“{self.indicator.name}”按“{own[0]}”计",
                f"“目标单位”改为“{own[0]}”，或换一个指标；都不合适的由责任部门确认",
                now,
            )
        if per in MEMBERS:
            return self._members(target, *MEMBERS[per])
        if per in year_words().per_months:
            return self.by_period(target, year_words().per_months[per])
        if per == PERSON and not self.ratio:
            raise Unmeasured(
                "台账只记人数，不记每个人的次数",
                "由责任部门逐人核对；要自动核对的，关联一个比率指标，“目标单位”选%",
                now,
            )
        return self._whole(target, now, actual)

    def _now(self) -> tuple[str, Decimal]:
        """Returns the value up to the day, in words and as a number. Raises Unmeasured."""
        if is_whole(self.indicator, self.source, self.choice):
            f = self.figure
            actual = share(f) if self.ratio else Decimal(f.value or 0)
            if self.ratio:
                said = percent(actual, words(self.catalog))
                return f"{said}（{plain(f.numerator or 0)}/{plain(f.denominator or 0)}）", actual
            return plain(f.value or 0) + classifier(f, words(self.catalog)), actual
        value = grouped(self.indicator, self.source, self.choice, lambda row: 0).get(0, None if self.ratio else 0)
        if value is None:
            raise Unmeasured(f"“{self.indicator.name}”截至{self.as_of}没有分母，算不出比率", "核对台账")
        actual = Decimal(value) * (100 if self.ratio else 1)
        if self.ratio:
            return percent(actual, words(self.catalog)), actual
        return plain(value) + classifier(self.figure, words(self.catalog)), actual

    def _whole(self, target: Decimal, now: str, actual: Decimal) -> Measured:
        assert self.op is not None
        reached = COMPARED[self.op](actual, target)
        notes = self._caveats()
        if not reached and self.op == LIMIT:
            over = (
                percent(actual - target, words(self.catalog)) if self.ratio else f"{plain(actual - target)}{self.unit}"
            )
            notes.insert(0, f"超出{over}")
        elif not reached and self.unit != "%":
            notes.insert(0, f"还差{plain(target - actual)}{self.unit}")
        elif self.op == "=" and actual > target:
            notes.insert(0, "超过目标，请核对是不是同一件事")
        done = Decimal(reached) if reached or self.op == LIMIT or not target else actual / target
        if self.op == LIMIT or not target:
            return Measured(now, done, reached, tuple(notes), value=actual)
        wanted = expected(target, self.v["freq"], self.deadline, self.as_of, not self.ratio)
        pace = min(Decimal(1), actual / wanted) if wanted else Decimal(1)
        return Measured(now, done, reached, tuple(notes), wanted / target, pace, value=actual)

    def _members(self, target: Decimal, noun: str, count: Callable[..., list[Member]]) -> Measured:
        """Measures the share of branches or units that reach the target by themselves. Raises Unmeasured."""
        assert self.op is not None
        found = count(self.indicator, self.source, self.choice)
        scale = 100 if self.ratio else 1
        compare = COMPARED[self.op]

        def meets(m: Member, aim: Decimal) -> bool:
            return m.value is not None and compare(Decimal(m.value) * scale, aim)

        short = tuple(m for m in found if not meets(m, target))
        reached = len(found) - len(short)
        notes = [f"未达到的：{listed([m.name for m in short], NAMED, noun[0])}"] if short else []
        wanted, pace = Decimal(0), Decimal(1)
        if self.op != LIMIT and target:
            wanted = expected(target, self.v["freq"], self.deadline, self.as_of, not self.ratio)
            late = [m for m in short if wanted and not meets(m, wanted)]
            pace = Decimal(len(found) - len(late)) / len(found)
            wanted /= target
        return Measured(
            f"{len(found)}{noun}中{reached}{noun[0]}达到",
            Decimal(reached) / len(found),
            not short,
            (*notes, *self._caveats()),
            wanted,
            pace,
            behind=short,
        )

    def by_period(self, needed: Decimal, months: int) -> Measured:
        """Measures the task by periods of `months` months. Raises Unmeasured."""
        if self.ratio:
            raise Unmeasured(f"“{self.indicator.name}”是比率，不能按时段计", "“计量对象”改为全单位，或换一个计次的指标")

        def period(row: Row) -> int | None:
            day = row.values.get("date")
            return period_of(months, day) if day else None

        found = grouped(self.indicator, self.source, self.choice, period)
        total = sum(Decimal(n or 0) for n in found.values())
        made = _periodic(found, needed, months, self.deadline, self.as_of, f"{plain(total)}{self.unit}", self.unit)
        notes = (*made.notes, *self._caveats())
        return Measured(made.now, made.share, made.reached, notes, made.expected, made.pace, made.missed)

    def _caveats(self) -> list[str]:
        estimated = ["台账含估算数"] if self.figure.est else []
        missing = self.figure.missing
        return estimated + ([f"{listed(missing, NAMED, '个')}没有申报这张台账"] if missing else [])
