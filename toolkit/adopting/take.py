"""Takes the cells of a decided table into rows; every cell taken keeps its origin, every other one its reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from ..model import Catalog, CellError, Field, Ledger
from ..rows.casting.cast import Problem, cast
from ..rows.casting.conventions import says_nothing
from . import content
from .model import (
    AS_WRITTEN,
    ASKED,
    GUESSED,
    LEFT,
    MONTH_DAY,
    MONTHLY,
    SPLIT,
    TAKEN,
    Cell,
    Decided,
    Decision,
    Fates,
    Record,
    Spot,
    address,
)
from .words import Words

# Fields whose value holds for all rows over which a cell is merged; others belong to the first row.
SHARED = frozenset(
    ("org_id", "kind", "category", "date", "place", "level", "source", "field", "dept", "mode", "host_org")
)
_NOT_ALONE = frozenset(("org_id", "scope", "remark", "src", "status", "host_org"))  # no record holds only these
ONLY_NUMBERS = "这一行只有数，像是合计"
NO_CONTENT, PLACEHOLDER, PERSONAL = "这一行没有别的内容", "占位的写法（无、/、同上）", "含个人号码，不取"
_MARKS = ("√", "✓", "✔", "×", "✗", "✘")  # they say nothing, but yes or no in a field for it
_TIME = re.compile(
    r"[\s,，]*(?:[上下]午|晚上?|中午|早上)?\s*(?:\d{1,2}\s*(?:[:：]\s*\d{2}|[时点](?:\d{1,2}分?|半|整)?)(?:\s*[-—~至到]\s*\d{1,2}(?:[:：]\d{2}|[时点](?:\d{1,2}分?|半)?))?)?\s*$"
)
_NUMBERED = re.compile(r"(?:20\d\d年)?第\s*(\d{1,3})\s*[期次届讲场]")
_QUOTED = re.compile(r"《([^《》]+)》")


@dataclass(frozen=True)
class Origin:
    """One cell of the new workbook: where its value comes from and how it was understood."""

    ledger: str
    row: int  # index in the ledger's rows
    field: str
    value: Any
    file: str
    sheet: str
    cell: str  # "" for the name of the sheet
    text: str  # as it stood there
    how: str  # TAKEN, GUESSED, AS_WRITTEN
    why: str


@dataclass(frozen=True)
class Question:
    """One cell at which a person has to look."""

    sheet: str
    cell: str
    text: str
    asks: str


@dataclass
class Adopted:
    """What was taken from one file."""

    file: str
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    origins: list[Origin] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    fates: Fates = field(default_factory=Fates)
    decisions: list[Decision] = field(default_factory=list)
    texts: dict[tuple[str, Spot], str] = field(default_factory=dict)  # sheet, cell -> its content
    unknown: dict[str, int] = field(default_factory=dict)  # sheets without a table -> their filled cells
    private: set[tuple[str, Spot]] = field(default_factory=set)  # cells whose content is not shown

    @property
    def doubts(self) -> dict[tuple[str, int, str], str]:
        """The cells of the new workbook that a person should look at, with the reason."""
        return {(o.ledger, o.row, o.field): f"{o.how}：{o.why}。原文“{o.text}”" for o in self.origins if o.how != TAKEN}


@dataclass(frozen=True)
class Made:
    """A cell as a value: how it is known, and why if that is not plain."""

    value: Any
    how: str = TAKEN
    why: str = ""
    asks: str = ""


def take(catalog: Catalog, words: Words, decision: Decision, into: Adopted) -> None:
    """Adds the rows of one table to `into`, and the fate of each of its cells."""
    table = decision.table
    ledger = catalog.ledgers.get(decision.ledger)
    for record in table.records:
        _untaken(decision, record, into)
    if ledger is None:
        return
    for record in table.records:
        _row(words, ledger, decision, record, into)
    for n, d in enumerate(decision.columns):
        if d.state in (TAKEN, GUESSED) and d.fields == ("org_id",) and not table.prose:
            blank = sum(n not in r for r in table.records)
            if 0 < blank < len(table.records):
                asks = f"有{blank}行空着，也没有合并单元格，不知是不是同上，没有代填"
                into.questions.append(Question(table.sheet, table.columns[n].letters, table.columns[n].shown, asks))
    asked = {n: d for n, d in enumerate(decision.columns) if d.state == ASKED}
    into.questions += [
        Question(table.sheet, table.columns[n].letters, table.columns[n].shown, d.reason) for n, d in asked.items()
    ]


def _untaken(decision: Decision, record: Record, into: Adopted) -> None:
    for n, cell in record.items():
        made = decision.columns[n]
        if made.private:
            into.private.add((decision.table.sheet, cell.spot))
        if made.state in (LEFT, ASKED):
            into.fates.put(decision.table.sheet, cell.spot, f"{made.state}：{made.reason}")


def _row(words: Words, ledger: Ledger, decision: Decision, record: Record, into: Adopted) -> None:
    table = decision.table
    if table.wide and any(table.columns[n].title == MONTHLY and content.is_mark(c.value) for n, c in record.items()):
        for n, c in record.items():
            if table.columns[n].title == MONTHLY:
                into.fates.put(table.sheet, c.spot, f"{ASKED}：只有次数或记号，没有日期和主题，不能变成一次一行")
        return
    found: list[tuple[str, Made, Cell, Decided]] = []
    told = words_too = False
    for n, cell in sorted(record.items()):
        decided = decision.columns[n]
        if decided.state not in (TAKEN, GUESSED) or not decided.fields:
            continue
        if cell.lent and not set(decided.fields) <= SHARED:
            into.questions.append(
                Question(table.sheet, address(cell.spot), shown(cell.value), "合并的单元格只填在第一行，其余行请核对")
            )
            continue
        if reason := refused(words, cell.value):
            into.fates.put(table.sheet, cell.spot, f"{LEFT}：{reason}")
            into.private.add((table.sheet, cell.spot))
            continue
        pairs = list(zip(decided.fields, _values(words, ledger, decided, cell.value, decision), strict=False))
        if not pairs:
            into.fates.put(table.sheet, cell.spot, f"{LEFT}：{PLACEHOLDER}")
            continue
        found += [(name, made, cell, decided) for name, made in pairs]
        told = told or not (cell.lent or set(decided.fields) <= _NOT_ALONE or (table.wide and len(record) == 1))
        words_too = words_too or any(ledger.field(f).type not in ("integer", "number") for f in decided.fields)
    if not (told and words_too):
        for _, _, cell, _ in found:
            if not cell.lent:
                into.fates.put(table.sheet, cell.spot, f"{LEFT}：{ONLY_NUMBERS if told else NO_CONTENT}")
        return
    rows = into.rows.setdefault(ledger.name, [])
    row: dict[str, Any] = {}
    rows.append(row)
    for name, made, cell, decided in found:
        how = GUESSED if made.how == TAKEN and decided.state == GUESSED else made.how
        why = made.why or (decided.reason if how != TAKEN else "")
        row[name] = made.value
        text = shown(cell.value)
        into.fates.put(table.sheet, cell.spot, how)
        into.origins.append(
            Origin(
                ledger.name, len(rows) - 1, name, made.value, into.file, table.sheet, address(cell.spot), text, how, why
            )
        )
        asks = made.asks
        if name == "remark" and isinstance(made.value, str) and words.facts.search(made.value):
            asks = "备注里说的事实，请补填到对应的栏"
        if asks:
            into.questions.append(Question(table.sheet, address(cell.spot), text, asks))
    _from_title(words, ledger, decision, row, len(rows) - 1, into)


def _from_title(words: Words, ledger: Ledger, decision: Decision, row: dict[str, Any], at: int, into: Adopted) -> None:
    for w in decision.whole:
        if w.state not in (TAKEN, GUESSED) or not w.value or w.field in row:
            continue
        made = _value(words, ledger.field(w.field), Decided(TAKEN), w.value, decision) or Made(w.value, AS_WRITTEN)
        row[w.field] = made.value
        where = address(w.spot) if w.spot else ""
        if w.spot:
            into.fates.put(decision.table.sheet, w.spot, w.state)
        into.origins.append(
            Origin(
                ledger.name, at, w.field, made.value, into.file, decision.table.sheet, where, w.value, w.state, w.reason
            )
        )


def refused(words: Words, value: Any) -> str:
    """Returns why the content of a cell must not be taken; "" if it may be."""
    if content.is_private(value):
        return PERSONAL
    return "含不得登记的个人情况或处分，不取" if isinstance(value, str) and words.never.search(value) else ""


def shown(value: Any) -> str:
    """Returns a cell as it stood there."""
    if isinstance(value, CellError):
        return value.text or "（公式没有结果）"
    return content.text_of(value)


def _values(words: Words, ledger: Ledger, decided: Decided, value: Any, decision: Decision) -> Iterator[Made]:
    fields = [ledger.field(name) for name in decided.fields]
    if decided.way == SPLIT:
        yield from _split(words, fields, decided, value, decision)
    else:
        made = _value(words, fields[0], decided, value, decision)
        if made:
            yield made


def _split(words: Words, fields: list[Field], decided: Decided, value: Any, decision: Decision) -> Iterator[Made]:
    if (m := content.BOTH_COUNTS.fullmatch(shown(value))) and decided.fields[0] == "due_n":
        yield from (Made(int(n)) for n in m.groups())
        return
    parts = [p for p in re.split(r"[/／、,，;；\n]", shown(value)) if p.strip()]
    if len(parts) != len(fields):
        yield Made(shown(value), AS_WRITTEN, "拆不成几个", "拆不开，请改正")
        return
    for f, part in zip(fields, parts, strict=True):
        yield _value(words, f, Decided(TAKEN), part.strip(), decision) or Made(part, AS_WRITTEN, "看不懂")


def _value(words: Words, f: Field, decided: Decided, value: Any, decision: Decision) -> Made | None:
    """Returns what a cell is in a field, or None for one that holds nothing. What is not certain stays as it is written."""
    if isinstance(value, CellError):
        return Made(shown(value), AS_WRITTEN, "公式没有结果", "公式没有结果，请补填")
    said = (*map(str, f.constraints.enum), *(_MARKS if f.type == "boolean" else ()))
    if isinstance(value, str) and says_nothing(value) and value.strip() not in said:
        return None
    if f.constraints.enum:
        found, how = content.option(words, f, value, f"{decision.table.title}{decision.table.sheet}")
        if found:
            return Made(found, GUESSED if how else TAKEN, f"“{shown(value)}”按{how}归入" if how else "")
        return Made(shown(value), AS_WRITTEN, "不是标准里的选项")
    if f.type == "date":
        return _date(f, decided, value, decision)
    if decided.times != 1 and isinstance(value, (int, float)) and not isinstance(value, bool):
        return Made(Decimal(content.text_of(value)) * decided.times, GUESSED, decided.reason)
    if f.type == "string":
        return _text(f, value)
    if f.name == "session_no" and isinstance(value, str) and (m := _NUMBERED.fullmatch(value.strip())):
        return Made(int(m[1]))
    own = words.raw["own_units_of"].get(decision.ledger, {}).get(f.name) or words.raw["own_units"].get(f.name, "")
    if own and isinstance(value, str) and value.strip().endswith(own):
        value = value.strip().removesuffix(own)
    if decided.times != 1:
        return Made(shown(value), AS_WRITTEN, "不是能换算的数", "请换算后填写")
    return _cast(f, value, decision.year)


def _cast(f: Field, value: Any, year: int | None, how: str = TAKEN, why: str = "") -> Made | None:
    try:
        made = cast(f, value, year)
    except Problem:
        return Made(shown(value), AS_WRITTEN, "不能肯定是什么值，照原文放入")
    return None if made.value is None else Made(made.value, how, why)


def _text(f: Field, value: Any) -> Made | None:
    if isinstance(value, str) and (m := _QUOTED.fullmatch(value.strip())) and f.constraints.pattern == "[^《》]+":
        return Made(m[1], GUESSED, "去掉了书名号")
    if isinstance(value, (date, bool)):
        return Made(shown(value), AS_WRITTEN, "这一栏应是文字")
    return _cast(f, value, None)


def _date(f: Field, decided: Decided, value: Any, decision: Decision) -> Made | None:
    year = decision.year
    if content.may_be_day(value):
        if decided.way == MONTH_DAY and decision.told and (m := content.MONTH_DAY.fullmatch(shown(value))):
            try:
                day = date(decision.told, int(m[1]), int(m[2]))
            except ValueError:
                return Made(shown(value), AS_WRITTEN, "没有这一天")
            sure = not isinstance(value, float) or len(m[2]) > 1 or int(m[2]) > 3
            if not year:
                return Made(day, GUESSED, "年份取自标题，表里没有写")
            return Made(day, TAKEN if sure else GUESSED, "" if sure else f"{shown(value)}也可能是{shown(value)}0")
        return Made(shown(value), AS_WRITTEN, "像月和日，也可能是别的数", "是几月几日？请改成日期")
    plain = _TIME.sub("", value) if isinstance(value, str) else value
    made = _cast(f, plain, year)
    if made and made.how == AS_WRITTEN:
        return Made(shown(value), AS_WRITTEN, "不能肯定是哪一天，照原文放入", "是哪一天？请改成日期")
    if made and isinstance(value, (int, float)) and not isinstance(value, bool) and value < 100_000:
        return Made(made.value, GUESSED, "单元格里是数，按Excel的日期序号读")
    return made


def untaken(into: Adopted) -> Mapping[str, int]:
    """Returns the reasons for which cells were not taken, with their number."""
    found: dict[str, int] = {}
    for cells in into.fates.reasons.values():
        for reason in cells.values():
            if reason not in (TAKEN, GUESSED, AS_WRITTEN):
                found[reason] = found.get(reason, 0) + 1
    return dict(sorted(found.items(), key=lambda item: -item[1]))
