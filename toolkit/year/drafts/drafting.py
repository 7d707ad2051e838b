"""Proposes next year's plan from this year's: what is kept, raised or dropped, each with the reason, for people to edit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from ...model import Row
from ...wording.phrase import plain
from ..declared import plan_words
from ..periods import ONCE
from ..plan import DONE, DROPPED, MANUAL, OVERDUE, Plan, Standing

KEPT, RAISED, GONE, NEW = "保留", "提高", "不再列入", "新增"
ISSUES = "issue"
# Of this year's row: what belongs to its year.
_OF_THE_YEAR = ("plan_id", "actual", "progress", "evidence", "note", "state", "baseline", "status", "rec_id")


@dataclass(frozen=True)
class Proposal:
    """One row of next year's plan, with what is proposed and why. A dropped row has the state 取消."""

    kind: str  # KEPT, RAISED, GONE or NEW
    reason: str
    row: dict[str, Any]
    changed: tuple[str, ...] = ()  # fields that a person should look at


@dataclass
class Draft:
    """Next year's plan as proposed."""

    year: int
    proposals: list[Proposal] = field(default_factory=list)

    def of(self, kind: str) -> list[Proposal]:
        """Returns the proposals of one kind."""
        return [p for p in self.proposals if p.kind == kind]


def draft(p: Plan) -> Draft:
    """Returns the proposal for the year after the plan's; its tasks keep their numbers, open problems follow."""
    year = max(int(x.row.values["plan_id"][2:6]) for x in p.progress) + 1
    made = Draft(year, [_next(x, year) for x in p.progress])
    last = p.progress[-1].row.values
    made.proposals += _problems(p, year, last["section_no"] + 1, last["task_no"] + 1)
    return made


def _next(x: Standing, year: int) -> Proposal:
    kind, reason, changes = _judged(x)
    v = x.row.values
    row: dict[str, Any] = {k: w for k, w in v.items() if w is not None and k not in _OF_THE_YEAR}
    day: date = v["deadline"]
    row |= {
        "plan_id": f"GZ{year}{v['plan_id'][6:]}",
        "deadline": date(year, day.month, 28 if (day.month, day.day) == (2, 29) else day.day),
        "state": "取消" if kind == GONE else "未启动",
        "note": f"{kind}：{reason}"[:200],
        **changes,
    }
    if x.now and isinstance(x.value, (int, Decimal)):
        row["baseline"] = x.value
    return Proposal(kind, reason, row, ("state",) if kind == GONE else tuple(changes))


def _judged(x: Standing) -> tuple[str, str, dict[str, Any]]:
    v = x.row.values
    if x.status == DROPPED:
        return GONE, "今年已取消", {}
    if x.status == DONE and v["freq"] == ONCE:
        return GONE, f"一次性任务，今年已完成（{x.now}）", {}
    if x.status == DONE:
        aim, value = v.get("target_value"), x.value
        rules = plan_words().need("draft")
        if v.get("target_op") in ("≥", "=") and aim and value and value >= aim * Decimal(str(rules["passed"])):
            most = min(Decimal(value), Decimal(aim) * Decimal(str(rules["raised"])))
            most = min(most, Decimal(100)) if v.get("target_unit") == "%" else most
            raised = max(most.quantize(Decimal(1), ROUND_FLOOR), Decimal(aim) + 1)
            if aim < raised <= value:
                return (
                    RAISED,
                    f"今年{x.now}，超过目标{x.target}，目标由{plain(aim)}提高到{plain(raised)}",
                    {"target_value": raised},
                )
        return KEPT, f"今年已完成（{x.now}），继续坚持", {}
    if x.status == MANUAL:
        return KEPT, f"台账看不出结果（{x.note}），由责任部门判断是否继续", {}
    state = "已逾期" if x.status == OVERDUE else x.status
    return KEPT, f"今年{state}（{x.now}{'，' + x.note if x.note else ''}），继续列入", {}


def _problems(p: Plan, year: int, section: int, task: int) -> Iterator[Proposal]:
    """Yields one task for each open problem; the same problem of several units is one task."""
    rules = plan_words().need("draft")
    found: dict[str, list[Row]] = defaultdict(list)
    for row, _ in p.source.rows.get(ISSUES, ()):
        if row.values.get("state") in rules["open_states"] and row.values.get("brief"):
            found[str(row.values["brief"])].append(row)
    for n, (brief, rows) in enumerate(found.items()):
        v = rows[0].values
        open_n = sum(Decimal(r.values.get("found_n") or 0) - Decimal(r.values.get("solved_n") or 0) for r in rows)
        reason = f"“{p.source.catalog.ledgers[ISSUES].title}”表有{len(rows)}行没有完成，还有{plain(open_n)}{v.get('classifier') or '个'}，见{rows[0].place()}"
        yield Proposal(
            NEW,
            reason,
            {
                "plan_id": f"GZ{year}-{min(99, task + n):02}-01",
                "section_no": section,
                "section_title": rules["part"],
                "task_no": task + n,
                "task_title": brief[:40],
                "measure_no": 1,
                "measure": f"继续推动“{brief}”整改到位"[:300],
                "per": "全单位",
                "dept": str(v.get("dept") or "待定")[:40],
                "freq": "季",
                "deadline": date(year, 12, 31),
                "state": "未启动",
                "note": f"{NEW}：{reason}"[:200],
            },
            ("measure", "dept", "deadline"),
        )
