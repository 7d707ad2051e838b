"""Holds a decision on a column against its cells: what does not fit the field that the title names is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from ..model import UPWARD, Field, Ledger, may_go
from . import content
from .model import ASKED, GUESSED, LEFT, MONTH, MONTH_DAY, SPLIT, TAKEN, Decided, Table
from .recognise import measure_of
from .words import Words

# Fields of text that may look like names of persons.
_PLAIN_TEXT = (
    "org_id",
    "place",
    "outlet",
    "dept",
    "co_dept",
    "grantor",
    "organizer",
    "joint_org",
    "host_org",
    "parent_id",
)


def fitting(words: Words, ledger: Ledger, table: Table, n: int, made: Decided, year: int | None) -> Decided:
    """Returns the decision, asking instead of taking where the content does not fit the field that the title names."""
    if made.state not in (TAKEN, GUESSED):
        return made
    f, title = ledger.field(made.fields[0]), table.columns[n].title
    told, own = measure_of(words, ledger, f.name, title)
    if told and told != own:
        times = words.raw["times"].get(own, {}).get(told)
        if times is None:
            return replace(
                made, state=ASKED, fields=(), choices=(made.fields,), reason=f"单位是“{told}”，与“{f.title}”不同"
            )
        made = replace(made, state=GUESSED, times=times, reason=f"按“{told}”换算成“{own}”")
    values = content.filled(c.value for c in table.cells(n))
    if not values or (table.wide and title == MONTH):
        return made
    return _objection(words, f, made, values, year, f"{table.title}{table.sheet}") or made


def _objection(
    words: Words, f: Field, made: Decided, values: Sequence[Any], year: int | None, about: str
) -> Decided | None:
    def ask(reason: str, *choices: tuple[str, ...], way: str = "") -> Decided:
        return replace(made, state=ASKED, fields=(), reason=reason, choices=choices or (made.fields,), way=way)

    if f.type == "date":
        if content.share(values, content.may_be_day) >= 0.5:
            return ask("写成5.1这样，可能是5月1日，也可能是别的数（5.10也显示成5.1）", way=MONTH_DAY)
        if f.in_year and content.are_old_days(values, year):
            return Decided(LEFT, (), "像是出生日期，按规定不取", private="出生日期")
        return None if content.share(values, content.is_day) >= 0.5 else ask("栏目名像日期，内容不像")
    if f.type in ("integer", "number"):
        if content.share(values, content.is_two_counts) >= 0.3:
            pair = (
                (("due_n", f.name), (f.name, "due_n"))
                if f.name != "due_n"
                else (("due_n", "present_n"), ("present_n", "due_n"))
            )
            return ask("一格里有两个数，如13/12，不知哪个是应到、哪个是实到", *pair, way=SPLIT)
        if content.are_names(words, values):
            return Decided(LEFT, (), "内容是人员姓名，按规定不取", private="姓名")
        return None if content.share(values, content.is_count) >= 0.5 else ask("栏目名像数，内容不像")
    if (
        f.constraints.enum
        and made.state == GUESSED
        and not content.share(values, lambda v: content.option(words, f, v, about)[0])
    ):
        return ask("内容不是这一栏的选项")
    if f.constraints.enum or f.type in ("boolean", "list"):
        return None
    if content.share(values, lambda v: isinstance(v, (int, float, date)) and not isinstance(v, bool)) >= 0.5:
        return ask("栏目名像文字，内容是数或日期")
    if may_go(f, UPWARD) and f.name not in _PLAIN_TEXT and content.are_names(words, values):
        return Decided(LEFT, (), "内容是人员姓名，标准只留职务栏的姓名", private="姓名")
    return None
