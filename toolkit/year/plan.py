"""Compares the tasks of the year's plan with the ledgers: done, in progress, overdue, or to be judged by a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..errors import CannotRun
from ..figures.operations import Number
from ..model import ERROR, Catalog, Row
from ..rows.submission import left_out_text
from ..submissions.source import Source, open_source
from .measuring import LIMIT, Measured, Served, measured, served
from .recount import Member, Unmeasured
from .tasks import measure, order, target
from .tracking import GREEN, LIGHTS, NONE, RED, forecast, light

DONE, GOING, OVERDUE, EXCEEDED, MANUAL, DROPPED = "已完成", "推进中", "已逾期", "已超限", "人工确认", "已取消"
STATUSES = (DONE, GOING, OVERDUE, EXCEEDED, MANUAL, DROPPED)
STATE_DONE, STATE_DROPPED, STATE_LATE = "已完成", "取消", "滞后"  # what the clerk enters as 任务状态


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
    expected: Decimal | None = None  # progress that frequency and deadline ask for by now, 0 to 1
    light: str = NONE  # of tracking.LIGHTS
    forecast: str = ""  # where the pace so far leads to, in words
    behind: tuple[Member, ...] = ()  # branches or units that have not reached it
    value: Number | None = None  # only where one number is compared with the target

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
    def lights(self) -> Mapping[str, int]:
        """The number of measures by light, in the order of LIGHTS."""
        found = Counter(p.light for p in self.progress if p.status != DROPPED)
        return {light: found[light] for light in LIGHTS}

    @property
    def counts(self) -> Mapping[str, int]:
        """The number of measures by status, in the order of STATUSES."""
        found = Counter(p.status for p in self.progress)
        return {status: found[status] for status in STATUSES}


def rows_left_out(p: Plan) -> list[str]:
    """Returns sentences on the rows that no figure of the plan includes, without 。; [] if all rows count."""
    said = []
    if p.left_out:
        said.append(f"“工作要点”表有{p.left_out}行有错误，没有列入，请先校验")
    if rows := left_out_text(p.source.left_out):
        said.append(f"台账{rows}，台账现有的数不含这些行")
    return said


def plan(catalog: Catalog, source: Path, tasks: Path | None, as_of: date, needed: bool = True) -> Plan:
    """Compares the plan in `tasks` (None: in `source`) with the ledgers of `source`.

    Each is a unit's workbook or a consolidated one; of a consolidated one, the plan of the head unit is used.
    Raises CannotRun if one of them cannot be used, or there are no tasks although they are `needed` or named.
    """
    held = open_source(catalog, source)
    told = open_source(catalog, tasks) if tasks else held
    as_of = held.up_to(as_of)
    made = Plan(told, held, as_of, standing(told.own_rows("plan"), held, as_of))
    if not made.progress and (needed or tasks or made.left_out):
        wrong = f"“工作要点”表有{made.left_out}行，都有错误，请先校验。" if made.left_out else ""
        raise CannotRun(
            f"{told.path}：没有可以跟踪的任务。{wrong or '请填写“工作要点”表。'}",
            "" if wrong else "任务写在另一份工作簿里的，用 --tasks 指明那一份。",
        )
    return made


def standing(rows: Iterable[Row], source: Source, as_of: date) -> list[Standing]:
    """Returns the status of each plan row according to the ledgers of `source`, in the order of the plan.

    What the ledgers date after `as_of` does not count; registers such as 党组织 are taken as they stand.
    """
    serving = served(source, as_of)
    return [_progress(r, source, as_of, serving) for r in sorted(rows, key=order)]


def year_of(values: Mapping[str, Any]) -> int:
    """Returns the year of a task from its number, such as GZ2026-05-01."""
    return int(values["plan_id"][2:6])


def due(days: int) -> str:
    """Returns the days to a deadline in words: 已过31天, 今天到期, 还有9天."""
    return f"已过{-days}天" if days < 0 else f"还有{days}天" if days else "今天到期"


# ------------------------------------------------------------- one measure


def _progress(row: Row, source: Source, as_of: date, serving: Served) -> Standing:
    v = row.values
    days = (v["deadline"] - as_of).days
    said, aim = measure(source.catalog, row), target(source.catalog, row)
    if v["state"] == STATE_DROPPED:
        return Standing(row, said, aim, "", None, DROPPED, days)
    try:
        m = measured(row, source, as_of, serving)
    except Unmeasured as e:
        return _by_hand(row, said, aim, days, e)
    status = _status(v, m, days)
    contradiction, remedy = _against_state(v, m, status)
    return Standing(
        row,
        said,
        aim,
        m.now,
        m.share,
        status,
        days,
        "；".join([*m.notes, *contradiction]),
        remedy,
        m.expected,
        light(status == DONE, status in (OVERDUE, EXCEEDED), m, days, v.get("target_op") == LIMIT),
        forecast(m, v, as_of) if status == GOING else "",
        m.behind,
        m.value,
    )


def _by_hand(row: Row, said: str, aim: str, days: int, e: Unmeasured) -> Standing:
    """Returns a measure that the ledgers cannot judge; its light is what the clerk entered."""
    state = row.values["state"]
    told = state == STATE_DONE
    remedy = e.remedy or f"由责任部门确认进度，完成的把“任务状态”改为“{STATE_DONE}”"
    shown = GREEN if told else RED if state == STATE_LATE or days < 0 else NONE
    note = f"{e.why}；填报“{state}”"
    return Standing(row, said, aim, e.now, None, MANUAL, days, note, "" if told else remedy, light=shown)


def _status(v: Mapping[str, Any], m: Measured, days: int) -> str:
    if v["target_op"] == LIMIT:  # a limit is met only after the deadline, but exceeded at once
        return EXCEEDED if not m.reached else DONE if days < 0 else GOING
    return DONE if m.reached else OVERDUE if days < 0 or m.missed else GOING


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
