"""Tells which field of a ledger the title of a column names, and how surely."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from ..model import Ledger
from .model import Column, Table
from .words import PERHAPS, SURE, Words, bare, bracketed, key, period

STRIPPED, NEAR, ENDING, UNCLEAR = "stripped", "near", "ending", "unclear"
STRENGTHS = (SURE, PERHAPS, STRIPPED, NEAR, ENDING)  # from the strongest
NEARLY, LONG_ENOUGH = 84, 3  # least likeness of 100; shortest title that may be misspelt
_JOINT = re.compile(r"[/／、,，和及与+＋&\n]|\s+")
# Titles that are written together without a mark: 时间地点.
_PAIRED = frozenset(map(key, ("时间", "日期", "地点", "主持人", "记录人", "应到", "实到", "应到人数", "实到人数", "主题", "议题")))  # fmt: skip
OTHERWISE = ("未", "不", "缺", "非", "应", "无", "拟", "原", "新", "前", "下", "上", "去年", "计划", "目标")
# Titles that mean something else below another head.
_GENERAL = frozenset(map(key, ("时间", "日期", "人数", "数量", "名称", "内容", "情况", "次数", "地点", "类型", "类别", "数", "结果", "题目", "主题")))  # fmt: skip


@dataclass(frozen=True)
class Match:
    """A field that a title may name; `reason` says why, in Chinese."""

    field: str
    strength: str
    reason: str


def matches(words: Words, ledger: Ledger, column: Column) -> list[Match]:
    """Returns the fields that a column's title may name, the surest first; all of them are equally sure."""
    known = words.fields[ledger.name]
    whole = "".join(t for t in column.path if not period(t))
    over = [t for t in column.path[:-1] if not period(t) and key(t) not in words.keys["neutral"]]
    told = _of(known, words.forms(whole))
    if told:
        return [Match(f, s, _because(words, ledger, f, whole, s)) for f, s in told]
    leaf = column.title
    if told := _of(known, words.forms(leaf)):
        if over and (bare(leaf) in _GENERAL or len(over) > 1):
            return [Match(f, UNCLEAR, f"“{leaf}”在“{'／'.join(over)}”下面，意思可能不同") for f, _ in told]
        strength = PERHAPS if over else ""
        return [Match(f, strength or s, _because(words, ledger, f, leaf, strength or s)) for f, s in told]
    if told := _of(known, words.stripped(leaf)):
        return [Match(f, STRIPPED, f"“{leaf}”去掉不改变意思的字") for f, _ in told]
    return (list(_near(words, ledger, leaf)) or list(_ending(words, ledger, leaf))) if not over else []


def _ending(words: Words, ledger: Ledger, title: str) -> Iterator[Match]:
    """Yields the field that the end of a title names; a day only in a ledger with no other day."""
    plain = bare(title)
    days = [f.name for f in ledger.fields if f.type == "date" and not f.calc and f.name != "end_date"]
    own = {f.name for f in ledger.fields}
    if said := next((n for n, p in words.raw["counts"].items() if n in own and re.fullmatch(p, plain)), ""):
        yield Match(said, ENDING, f"“{plain}”是人数")
        return
    if re.search(words.raw["ends_not"], plain) or plain.startswith(OTHERWISE):
        return
    for f in ledger.fields:
        end = next((e for e in words.raw["ends"].get(f.name, ()) if plain.endswith(e) and len(plain) > len(e)), "")
        if end and (f.name != "date" or days == ["date"]):
            yield Match(f.name, ENDING, f"以“{end}”结尾")


Known = Mapping[str, tuple[tuple[str, str], ...]]  # key of a title -> fields with their strength


def _of(known: Known, forms: set[str]) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for form in sorted(forms, key=len, reverse=True):
        for name, strength in known.get(form, ()):
            found.setdefault(name, strength)
        if found:
            break
    return tuple(found.items())


def _because(words: Words, ledger: Ledger, field: str, title: str, strength: str) -> str:
    if key(ledger.field(field).title) in words.forms(title):
        return "与标准的栏目同名"
    return (
        f"“{' '.join(title.split())}”是它的另一种叫法" if strength == SURE else f"“{' '.join(title.split())}”常指这一栏"
    )


def _near(words: Words, ledger: Ledger, title: str) -> Iterator[Match]:
    plain = bare(title)
    if len(plain) < LONG_ENOUGH or plain.startswith(OTHERWISE):
        return
    known = {t: told for t, told in words.fields[ledger.name].items() if len(t) >= LONG_ENOUGH}
    near = process.extract(plain, list(known), scorer=fuzz.ratio, score_cutoff=NEARLY, limit=4)
    fields = {f: t for t, _, _ in near if not t.startswith(OTHERWISE) for f, _ in known[t]}
    if len(fields) == 1:
        ((field, said),) = fields.items()
        yield Match(field, NEAR, f"与“{said}”相近")


def parts_of(words: Words, ledger: Ledger, title: str) -> tuple[str, ...]:
    """Returns the fields that a title names together, as 应到/实到 or 时间地点; () if it names one thing."""
    known = words.fields[ledger.name]
    if key(title) in known:
        return ()
    pieces = [p for p in _JOINT.split(re.sub("[()（）]", "/", title)) if p.strip()]
    if len(pieces) == 1:
        plain = key(title)
        cuts = [(plain[:n], plain[n:]) for n in range(2, len(plain) - 1)]
        pieces = list(next((c for c in cuts if set(c) <= _PAIRED and all(_first(known, p) for p in c)), ()))
    found = [_first(known, key(p)) or _first(known, f"{key(p)}人数") for p in pieces]
    if len(found) >= 2 and all(found) and len(set(found)) == len(found):
        return tuple(f for f in found if f)
    return ()


def _first(known: Known, plain: str) -> str:
    told = known.get(plain, ())
    return told[0][0] if told and told[0][1] == SURE else ""


def twins(table: Table) -> set[int]:
    """Returns the columns that share their own title with another one, so that only the row above tells them apart."""
    titles = [bare(c.title) for c in table.columns]
    if table.wide:
        return {n for n, c in enumerate(table.columns) if titles.count(titles[n]) > 1 and not _monthly(c)}
    return {n for n in range(len(titles)) if titles.count(titles[n]) > 1}


def _monthly(column: Column) -> bool:
    return len(column.at) > 2


def measure_of(words: Words, ledger: Ledger, field: str, title: str) -> tuple[str, str]:
    """Returns the unit that a title's brackets name and the field's own; "" where there is none."""
    raw = words.raw
    own = raw["own_units_of"].get(ledger.name, {}).get(field) or raw["own_units"].get(field, "")
    told = bracketed(title)
    if told not in raw["units"]:
        told = next((u for u in raw["units"] if key(title).endswith(u) and len(u) > 1 and u != own), "")
    return told, own


def claims(columns: Sequence[list[Match]], strength: str, free: set[int]) -> dict[str, list[int]]:
    """Returns which of the free columns claim a field with this strength."""
    found: dict[str, list[int]] = {}
    for n in sorted(free):
        for m in columns[n]:
            if m.strength == strength:
                found.setdefault(m.field, []).append(n)
    return found
