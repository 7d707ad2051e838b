"""Decides for each column of a table what it is taken as, what is asked, and what is left; nothing in silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from ..model import UPWARD, Catalog, Field, Ledger, may_go
from . import content
from .fitting import fitting
from .ledgers import ledger_of
from .model import ASKED, GUESSED, LEFT, MONTH, MONTHLY, SPLIT, TAKEN, Choice, Decided, Decision, Table
from .recognise import OTHERWISE, STRENGTHS, UNCLEAR, Match, claims, matches, parts_of, twins
from .whole import whole
from .words import PERHAPS, SURE, Words, key

_TOPICS = ("topic", "theme", "name", "title", "brief")


def decide(
    catalog: Catalog, words: Words, table: Table, file: str, year: int | None, ledger: str | None = None
) -> Decision:
    """Returns the decisions about a table; `ledger` is what the clerk says, "" for none."""
    said = None if ledger is None else Choice(ledger, "按对照表" if ledger else "对照表上定为不取")
    choice = said or ledger_of(catalog, words, table, file)
    private = [_private(words, table, n, year) for n in range(len(table.columns))]
    if not choice.ledger:
        state = ASKED if choice.open else LEFT
        why = "先定这张表是哪个台账" if choice.open else choice.reason
        columns = [p or _plain(words, table, n) or Decided(state, (), why) for n, p in enumerate(private)]
        return Decision(table, choice, tuple(columns), (), year, year)
    own = catalog.ledgers[choice.ledger]
    made = _columns(words, own, table, private, year)
    taken = {f for d in made for f in d.fields if d.state in (TAKEN, GUESSED, ASKED)}
    if table.prose:
        made = [replace(d, state=GUESSED, reason="从段落里读出") if d.state == TAKEN else d for d in made]
    return Decision(table, choice, tuple(made), tuple(whole(words, own, table, taken)), year, year)


def _private(words: Words, table: Table, n: int, year: int | None) -> Decided | None:
    """Returns the decision on a column that is never taken: by its title, or by what its cells hold."""
    column = table.columns[n]
    if kind := next((k for t in column.path if (k := words.kind_of_private(t))), ""):
        return Decided(LEFT, (), f"属于“{kind}”，按规定不取", private=kind)
    values = content.filled(c.value for c in table.cells(n))
    if content.share(values, content.is_private) >= 0.5:
        return Decided(LEFT, (), "内容是身份证号、电话一类个人号码，按规定不取", private="个人号码")
    if not words.is_title(column.title) and content.are_old_days(values, year):
        return Decided(LEFT, (), "像是出生日期，按规定不取", private="出生日期")
    return None


def _plain(words: Words, table: Table, n: int) -> Decided | None:
    """Returns the decision on a column that no ledger takes: a numbering, names of persons."""
    forms = words.forms(table.columns[n].title)
    if forms & words.keys["numbering"]:
        return Decided(LEFT, (), "序号，不用取")
    if forms & words.keys["names"] or key(table.columns[n].title).endswith(("姓名", "名单", "名字")):
        return Decided(LEFT, (), "是人员姓名，标准只留主持人、记录人等职务栏的姓名", private="姓名")
    return None


# -------------------------------------------------------------- the columns


def _columns(
    words: Words, ledger: Ledger, table: Table, private: Sequence[Decided | None], year: int | None
) -> list[Decided]:
    found = [matches(words, ledger, c) for c in table.columns]
    made: dict[int, Decided] = {}
    alike = twins(table)
    for n, column in enumerate(table.columns):
        own = {m.field for m in found[n] if m.strength == SURE}
        if ((p := private[n]) and not (p.private != "个人号码" and own and _is_office(ledger, own))) or (
            not own and (p := _plain(words, table, n))
        ):
            made[n] = p
        elif table.wide and column.title == MONTH:
            made[n] = Decided(TAKEN, ("date",), "月份表的表头，只有月份，没有日")
        elif table.wide and column.title == MONTHLY:
            made[n] = _monthly(ledger, table, n)
        elif parts := parts_of(words, ledger, column.title):
            made[n] = Decided(ASKED, (), "一栏写了两件事", (parts, parts[::-1]), SPLIT)
        elif n in alike:
            choices = tuple((m.field,) for m in found[n])
            made[n] = Decided(ASKED, (), f"有几栏都叫“{column.title}”，只靠上一行区分", choices)
    free = set(range(len(table.columns))) - made.keys()
    taken = {f for d in made.values() for f in d.fields}
    for strength in STRENGTHS:
        for name, ns in claims(found, strength, free).items():
            _claim(ledger, table, found, made, taken, name, ns, strength)
        free -= made.keys()
    for n in sorted(free):
        made[n] = _unknown(words, ledger, table, n, found[n], taken)
        taken |= set(made[n].fields)
    for n in range(len(table.columns)):
        made[n] = _other_option(words, ledger, table, n, made[n], taken)
        taken |= set(made[n].fields)
    return [fitting(words, ledger, table, n, made[n], year) for n in range(len(table.columns))]


def _other_option(words: Words, ledger: Ledger, table: Table, n: int, made: Decided, taken: set[str]) -> Decided:
    """Returns another field for a column whose content are none of the named field's options, but all of the other's."""
    if len(made.fields) != 1 or not ledger.field(made.fields[0]).constraints.enum:
        return made
    values = content.filled(c.value for c in table.cells(n))
    if content.share(
        values, lambda v: content.option(words, ledger.field(made.fields[0]), v, f"{table.title}{table.sheet}")[0]
    ):
        return made
    fits = [
        f for f in ledger.fields if f.constraints.enum and f.name not in taken and _all_options(words, f, values, table)
    ]
    return Decided(GUESSED, (fits[0].name,), "内容都是这一栏的选项") if len(fits) == 1 else made


def _monthly(ledger: Ledger, table: Table, n: int) -> Decided:
    """Decides on the cells of a table with one for each month: the topic, or marks that tell no activity."""
    values = content.filled(c.value for c in table.cells(n))
    topic = next((f.name for f in ledger.fields if f.name in _TOPICS), "")
    if not topic or content.share(values, lambda v: isinstance(v, str) and not content.is_mark(v)) < 0.5:
        return Decided(ASKED, (), "每月一格里只有次数或记号，没有日期和主题，不能变成一次一行")
    return Decided(GUESSED, (topic,), "每月一格里的文字")


def _is_office(ledger: Ledger, fields: set[str]) -> bool:
    return not all(may_go(ledger.field(f), UPWARD) for f in fields)


def _claim(
    ledger: Ledger,
    table: Table,
    found: Sequence[Sequence[Match]],
    made: dict[int, Decided],
    taken: set[str],
    name: str,
    ns: list[int],
    strength: str,
) -> None:
    """Settles which column a field takes among those that claim it equally strongly."""
    ns = [n for n in ns if n not in made]
    others = {n: [m.field for m in found[n] if m.field != name and m.field not in taken] for n in ns}
    title = ledger.field(name).title
    if name in taken or not ns:
        for n in ns:
            if not others[n]:
                made[n] = Decided(LEFT, (), f"“{title}”已有更合适的一栏，标准里没有别的栏")
        return
    if len(ns) > 1:
        same = [n for n in ns if key(table.columns[n].title) == key(title)]
        if len(same) != 1:
            shown = "、".join(f"“{table.columns[n].title}”" for n in ns)
            for n in ns:
                made[n] = Decided(ASKED, (), f"{shown}都像“{title}”", ((name,),))
            return
        for n in ns:
            if n not in same and not others[n]:
                made[n] = Decided(LEFT, (), f"“{title}”已有更合适的一栏", ((name,),))
        ns = same
    n = ns[0]
    if others[n] and strength != SURE and not (strength == PERHAPS and ledger.field(name).constraints.required):
        made[n] = Decided(ASKED, (), "可能是几栏中的一栏", tuple((f,) for f in (name, *others[n])))
        return
    reason = next(m.reason for m in found[n] if m.field == name)
    made[n] = Decided(TAKEN if strength == SURE else GUESSED, (name,), reason)
    taken.add(name)


def _unknown(words: Words, ledger: Ledger, table: Table, n: int, found: Sequence[Match], taken: set[str]) -> Decided:
    """Decides on a column whose title says nothing: by its content if that is clear, else it is left or asked."""
    if unclear := [m for m in found if m.strength == UNCLEAR]:
        return Decided(ASKED, (), unclear[0].reason, tuple((m.field,) for m in unclear))
    computed = words.computed[ledger.name]
    if said := next((computed[t] for t in words.forms(table.columns[n].title) if t in computed), ""):
        return Decided(LEFT, (), f"“{said}”由系统计算，不用取")
    values = content.filled(c.value for c in table.cells(n))
    if content.are_names(words, values):
        return Decided(LEFT, (), "内容是人员姓名，按规定不取", private="姓名")
    if content.share(values, content.is_two_counts) >= 0.5:
        return _two_counts(ledger)
    options = {
        f.name: f
        for f in ledger.fields
        if f.constraints.enum and f.name not in taken and f.name not in ("status", "scope")
    }
    fits = [name for name, f in options.items() if _all_options(words, f, values, table)]
    rivals = sum(
        _may_be(words, options[f], table, other) for f in fits for other in range(len(table.columns)) if other != n
    )
    if len(fits) == 1 and rivals:
        return Decided(ASKED, (), "几栏的内容都是这一栏的选项", ((fits[0],),))
    if len(fits) == 1 and len(values) >= 2 and not table.columns[n].title.startswith(OTHERWISE):
        return Decided(GUESSED, (fits[0],), "内容都是这一栏的选项")
    days = [f.name for f in ledger.fields if f.type == "date" and not f.calc]
    if len(values) >= 2 and content.share(values, lambda v: isinstance(v, date)) >= 0.8:
        if days == ["date"] and "date" not in taken:
            return Decided(GUESSED, ("date",), "内容都是日期，表里没有别的日期")
        return Decided(ASKED, (), "内容是日期，不知是哪一个", tuple((d,) for d in days if d not in taken))
    return Decided(LEFT, (), "标准里没有这一栏，或看不出是哪一栏")


def _all_options(words: Words, f: Field, values: Sequence[Any], table: Table) -> bool:
    return content.share(values, lambda v: content.option(words, f, v, f"{table.title}{table.sheet}")[0]) >= 0.8


def _may_be(words: Words, f: Field, table: Table, n: int) -> bool:
    """Whether another column without a known title holds options of the same field."""
    values = content.filled(c.value for c in table.cells(n))
    return not words.is_title(table.columns[n].title) and _all_options(words, f, values, table)


def _two_counts(ledger: Ledger) -> Decided:
    pair = ("due_n", "present_n" if any(f.name == "present_n" for f in ledger.fields) else "done_n")
    known = {f.name for f in ledger.fields}
    choices = (pair, pair[::-1]) if set(pair) <= known else ()
    return Decided(ASKED, (), "一格里有两个数，如13/12，不知哪个是应到、哪个是实到", choices, SPLIT)
