"""Compares the tasks of the year's plan with the ledgers: done, in progress, overdue, or to be judged by a person."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..errors import CannotRun
from ..findings import listed, nearest
from ..model import ERROR, Catalog, Figure, Row
from ..submissions.source import Source, open_source
from ..wording.phrase import above_full, classifier, percent, plain, share, words
from .branches import by_branch
from .tasks import measure, order, target

DONE, GOING, OVERDUE, EXCEEDED, MANUAL, DROPPED = "已完成", "推进中", "已逾期", "已超限", "人工确认", "已取消"
STATUSES = (DONE, GOING, OVERDUE, EXCEEDED, MANUAL, DROPPED)
STATE_DONE, STATE_DROPPED = "已完成", "取消"  # what the clerk enters as 任务状态
LIMIT, COVER = "≤", "覆盖"
# The comparison for each target relation; 完成 and 首批 have none: a person confirms them.
COMPARED = {"≥": operator.ge, "=": operator.ge, COVER: operator.ge, LIMIT: operator.le}
UNIT, BRANCH, PERSON = "全单位", "每支部", "每人"  # what a target is counted per
NAMED = 5  # names listed in a note; further ones are only counted


@dataclass(frozen=True)
class Standing:
    """The status of one measure of the plan."""

    row: Row
    measure: str  # with its target
    target: str  # in words, "" without one
    now: str  # value in the ledgers, in words; "" if they have none
    share: Decimal | None  # progress towards the target, 0 to 1; None: not measurable
    status: str  # one of STATUSES
    days: int  # to the deadline; negative once it has passed
    note: str = ""
    remedy: str = ""

    @property
    def open(self) -> bool:
        """Whether the measure still needs action."""
        if self.status == MANUAL:
            return bool(self.row.values["state"] != STATE_DONE)
        within_limit = self.status == GOING and self.row.values.get("target_op") == LIMIT
        return self.status in (GOING, OVERDUE, EXCEEDED) and not within_limit


@dataclass(frozen=True)
class Plan:
    """All tasks of one plan as of one day."""

    tasks: Source
    source: Source
    as_of: date
    progress: Sequence[Standing]  # in the order of the plan

    @property
    def left_out(self) -> int:
        """The number of plan rows with errors; they are not among the tasks."""
        sheet = self.tasks.catalog.ledgers["plan"].title
        return len(
            {f.place.row for f in self.tasks.findings if (f.severity, f.place.sheet) == (ERROR, sheet) and f.place.row}
        )

    @property
    def counts(self) -> Mapping[str, int]:
        """The number of measures by status, in the order of STATUSES."""
        found = Counter(p.status for p in self.progress)
        return {status: found[status] for status in STATUSES}


def plan(catalog: Catalog, source: Path, tasks: Path | None, as_of: date) -> Plan:
    """Compares the plan in `tasks` (None: in `source`) with the ledgers of `source`.

    Each is a unit's workbook or a consolidated one; of a consolidated one, the plan of the head unit is used.
    Raises CannotRun if one of them cannot be used or there are no tasks.
    """
    held = open_source(catalog, source)
    told = open_source(catalog, tasks) if tasks else held
    made = Plan(told, held, as_of, standing(told.own_rows("plan"), held, as_of))
    if not made.progress:
        wrong = f"“工作要点”表有{made.left_out}行，都有错误，请先校验。" if made.left_out else ""
        raise CannotRun(
            f"{told.path}：没有可以跟踪的任务。{wrong or '请填写“工作要点”表。'}",
            "" if wrong else "任务写在另一份工作簿里的，用 --tasks 指明那一份。",
        )
    return made


def standing(rows: Iterable[Row], source: Source, as_of: date) -> list[Standing]:
    """Returns the status of each plan row according to the ledgers of `source`, in the order of the plan.

    `as_of` only decides what is overdue; it does not limit the ledger rows.
    """
    return [_progress(r, source, as_of) for r in sorted(rows, key=order)]


def year_of(values: Mapping[str, Any]) -> int:
    """Returns the year of a task from its number, such as GZ2026-05-01."""
    return int(values["plan_id"][2:6])


def due(days: int) -> str:
    """Returns the days to a deadline in words: 已过31天, 今天到期, 还有9天."""
    return f"已过{-days}天" if days < 0 else f"还有{days}天" if days else "今天到期"


# ------------------------------------------------------------- one measure


@dataclass(frozen=True)
class Measured:
    """What the ledgers show for one target."""

    now: str
    share: Decimal
    reached: bool
    notes: tuple[str, ...] = ()


class Unmeasured(Exception):
    """The ledgers cannot measure a task; holds the reason, the remedy and the value that they do have."""

    def __init__(self, why: str, remedy: str = "", now: str = "") -> None:
        super().__init__(why)
        self.why, self.now = why, now
        self.remedy = remedy or f"由责任部门确认进度，完成的把“任务状态”改为“{STATE_DONE}”"


def _progress(row: Row, source: Source, as_of: date) -> Standing:
    v = row.values
    days = (v["deadline"] - as_of).days
    said, aim = measure(source.catalog, row), target(source.catalog, row)
    if v["state"] == STATE_DROPPED:
        return Standing(row, said, aim, "", None, DROPPED, days)
    try:
        m = _measured(v, source)
    except Unmeasured as e:
        told = v["state"] == STATE_DONE
        return Standing(
            row, said, aim, e.now, None, MANUAL, days, f"{e.why}；填报“{v['state']}”", "" if told else e.remedy
        )
    status = _status(v, m, days)
    contradiction, remedy = _against_state(v, m, status)
    return Standing(row, said, aim, m.now, m.share, status, days, "；".join([*m.notes, *contradiction]), remedy)


def _status(v: Mapping[str, Any], m: Measured, days: int) -> str:
    if v["target_op"] == LIMIT:  # a limit is met only after the deadline, but exceeded at once
        return EXCEEDED if not m.reached else DONE if days < 0 else GOING
    return DONE if m.reached else OVERDUE if days < 0 else GOING


def _against_state(v: Mapping[str, Any], m: Measured, status: str) -> tuple[list[str], str]:
    """Returns notes on 任务状态 where the ledgers contradict it, and the remedy."""
    said = v["state"]
    if status == DONE:
        return ([], "") if said == STATE_DONE else ([f"填报仍是“{said}”"], f"把“任务状态”改为“{STATE_DONE}”")
    if status == EXCEEDED:
        return [], "核对台账；确已超出的在“说明”写明原因"
    if said == STATE_DONE and not m.reached:
        return [f"填报“{said}”，台账不足"], "漏登的补填台账，没有完成的改正“任务状态”"
    return [], "抓紧落实；已经落实的补填台账" if status == OVERDUE else ""


def _measured(v: Mapping[str, Any], source: Source) -> Measured:
    """Measures one task by the ledgers. Raises Unmeasured."""
    if (year := year_of(v)) != source.year:
        raise Unmeasured(f"是{year}年的任务，台账是{source.year}年的", f"用{year}年的台账核对")
    if not v.get("indicator_id"):
        raise Unmeasured("没有关联指标")
    figure = _figure(v["indicator_id"], source)
    now, ratio = _said(source.catalog, figure), figure.indicator.denominator is not None
    op, value = v.get("target_op"), v.get("target_value")
    if op == COVER and value is None and ratio:
        value = 100
    if op not in COMPARED or value is None:
        raise Unmeasured("没有可比的目标数", now=now)
    target, per = Decimal(value), v.get("per") or UNIT
    unit, units = v.get("target_unit") or figure.indicator.classifier, _units(source.catalog, figure)
    if unit not in units:
        raise Unmeasured(
            f"目标按“{unit}”计，指标“{figure.indicator.name}”按“{units[0]}”计",
            f"“目标单位”改为“{units[0]}”，或换一个指标；都不合适的由责任部门确认",
            now,
        )
    if per == BRANCH:
        return _branches(figure, op, target, source)
    if per == PERSON and not ratio:
        raise Unmeasured(
            "台账只记人数，不记每个人的次数",
            "由责任部门逐人核对；要自动核对的，关联一个比率指标，“目标单位”选%",
            now,
        )
    return _whole(source.catalog, figure, op, target, unit, now)


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


def _units(catalog: Catalog, figure: Figure) -> tuple[str, ...]:
    """Returns the measure words that mean the figure's own unit, the displayed one first."""
    return classifier(figure, words(catalog)), figure.indicator.classifier


def _said(catalog: Catalog, figure: Figure) -> str:
    """Returns the value in words: 13次; 60%（3/5）."""
    if figure.indicator.denominator is None:
        return plain(figure.value or 0) + classifier(figure, words(catalog))
    said = percent(share(figure), words(catalog))
    return f"{said}（{plain(figure.numerator or 0)}/{plain(figure.denominator or 0)}）"


def _whole(catalog: Catalog, figure: Figure, op: str, target: Decimal, unit: str, now: str) -> Measured:
    ratio = figure.indicator.denominator is not None
    actual = share(figure) if ratio else Decimal(figure.value or 0)
    reached = COMPARED[op](actual, target)
    notes = _caveats(figure)
    if not reached and op == LIMIT:
        over = percent(actual - target, words(catalog)) if ratio else f"{plain(actual - target)}{unit}"
        notes.insert(0, f"超出{over}")
    elif not reached and unit != "%":
        notes.insert(0, f"还差{plain(target - actual)}{unit}")
    elif op == "=" and actual > target:
        notes.insert(0, "超过目标，请核对是不是同一件事")
    return Measured(now, _share(op, actual, target, reached), reached, tuple(notes))


def _share(op: str, actual: Decimal, target: Decimal, reached: bool) -> Decimal:
    return Decimal(reached) if reached or op == LIMIT or not target else actual / target


def _caveats(figure: Figure) -> list[str]:
    estimated = ["台账含估算数"] if figure.est else []
    return estimated + ([f"{listed(figure.missing, NAMED, '个')}没有申报这张台账"] if figure.missing else [])


def _branches(figure: Figure, op: str, target: Decimal, source: Source) -> Measured:
    """Measures the share of branches that reach the target by themselves. Raises Unmeasured."""
    found = by_branch(figure.indicator, source)
    if isinstance(found, str):
        raise Unmeasured(found)
    scale = 100 if figure.indicator.denominator is not None else 1
    short = [b.name for b in found if b.value is None or not COMPARED[op](Decimal(b.value) * scale, target)]
    reached = len(found) - len(short)
    notes = [f"未达到的：{listed(short, NAMED, '个')}"] if short else []
    done = Decimal(reached) / len(found)
    return Measured(f"{len(found)}个党支部中{reached}个达到", done, not short, (*notes, *_caveats(figure)))
