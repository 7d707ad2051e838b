"""The matrix of a year: tasks, rows of the ledgers and the summary held against each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..documents.extract import extract
from ..model import Row
from ..word.edited.paragraphs import open_document
from ..wording.phrase import worded
from ..wording.reading.facts import Fact
from ..year.declared import year_words
from ..year.measuring import served
from ..year.plan import DROPPED, Plan, Standing
from ..year.recount import Choice

TEXTS = ("plan", "narrative")  # ledgers that are no events
STATES = ("membership",)  # nor is what only counts people on a day
SHOWN = 5  # places named for a group of rows


@dataclass(frozen=True)
class Uncovered:
    """A task without any row behind it."""

    task: str
    measure: str
    dept: str
    why: str


@dataclass(frozen=True)
class Idle:
    """Counted rows of one kind that serve no task."""

    sheet: str
    kind: str
    count: int
    places: str  # some of them


@dataclass(frozen=True)
class Unsaid:
    """An achievement that the summary does not mention."""

    title: str
    value: str
    place: str


@dataclass(frozen=True)
class Unfounded:
    """A claim of the summary without a row."""

    paragraph: int
    text: str
    claim: str
    why: str


@dataclass(frozen=True)
class Matrix:
    """The four lists; without tasks the first two say nothing, without a summary the last two are None."""

    tasks: int
    rows: int  # rows of events that count
    uncovered: Sequence[Uncovered]
    idle: Sequence[Idle]
    unsaid: Sequence[Unsaid] | None
    unfounded: Sequence[Unfounded] | None

    @property
    def idle_rows(self) -> int:
        """The number of rows that serve no task."""
        return sum(x.count for x in self.idle)


def matrix(p: Plan, summary: Path | None = None) -> Matrix:
    """Returns the matrix of a plan with its ledgers and, if there is one, a summary (.docx, .txt). Raises CannotRun."""
    behind = {x.row.values["plan_id"]: _rows_of(p, x) for x in p.progress if x.status != DROPPED}
    events = list(_events(p))
    serving = {id(r) for rows in behind.values() for r in rows}
    facts = extract(p.source.catalog, summary) if summary else None
    text = "\n".join(x.text for x in open_document(summary).paragraphs) if summary else ""
    return Matrix(
        len(behind),
        len(events),
        [_uncovered(x) for x in p.progress if x.status != DROPPED and not behind[x.row.values["plan_id"]]],
        _idle(p, [(n, r) for n, r in events if id(r) not in serving]),
        None if facts is None else _unsaid(p, facts, text),
        None if facts is None else list(_unfounded(p, facts)),
    )


def _events(p: Plan) -> Iterable[tuple[str, Row]]:
    catalog, choice = p.source.catalog, Choice(p.as_of, {})
    for name, rows in p.source.rows.items():
        if name not in (*TEXTS, *STATES) and name not in year_words().registers:
            yield from ((name, r) for r, _ in rows if choice.happened(catalog.ledgers[name], r))


def _rows_of(p: Plan, x: Standing) -> list[Row]:
    """Returns the rows behind a task: those of its indicator that meet its conditions, and those that name it."""
    v, source = x.row.values, p.source
    found = [r for _, r in served(source, p.as_of).get(v["plan_id"], ())]
    by_id = {i.id: i.name for i in source.catalog.indicators.values()}
    name = by_id.get(v.get("indicator_id") or "", v.get("indicator_id") or "")
    if name in source.catalog.indicators:
        choice = Choice.of(v, p.as_of)
        ledgers = source.catalog.ledgers
        found += [
            r
            for _, r, _ in source.explain(name)
            if choice.happened(ledgers[r.ledger], r)
            and (r.ledger != source.catalog.indicators[name].numerator.ledger or choice.meets(r))
        ]
    return found


def _uncovered(x: Standing) -> Uncovered:
    v = x.row.values
    why = (
        "没有关联指标，也没有台账行填写“关联任务”"
        if not v.get("indicator_id")
        else f"“{v['indicator_id']}”没有符合条件的行"
    )
    return Uncovered(v["plan_id"], x.measure, v["dept"], why)


def _idle(p: Plan, rows: Iterable[tuple[str, Row]]) -> list[Idle]:
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for name, row in rows:
        kind = row.values.get("kind") or row.values.get("source") or row.values.get("stage") or ""
        found[p.source.catalog.ledgers[name].title, str(kind)].append(row)
    return [
        Idle(sheet, kind, len(group), "、".join(f"{r.sheet.unit} {r.place()}".strip() for r in group[:SHOWN]))
        for (sheet, kind), group in found.items()
    ]


def _unsaid(p: Plan, facts: Sequence[Fact], text: str) -> list[Unsaid]:
    """Returns honours whose name the summary lacks, and indicators of the plan with a value that it does not state."""
    said = {f.indicator.name for f in facts if f.indicator}
    found = [
        Unsaid(str(r.values["name"]), str(r.values.get("kind") or ""), f"{r.sheet.unit} {r.place('name')}".strip())
        for r, _ in p.source.rows.get("honor", ())
        if r.values.get("name") and str(r.values["name"]) not in text
    ]
    planned = dict.fromkeys(x.row.values.get("indicator_id") for x in p.progress if x.status != DROPPED)
    by_id = {i.id: i.name for i in p.source.catalog.indicators.values()}
    for name in (by_id.get(str(n), str(n)) for n in planned if n):
        figure = p.source.figures.get(name)
        if figure is not None and figure.state == "known" and figure.value and name not in said:
            cells = [place for place, _, _ in p.source.explain(name)]
            found.append(
                Unsaid(figure.indicator.title, worded(p.source.catalog, figure), str(cells[0]) if cells else "")
            )
    return found


def _unfounded(p: Plan, facts: Sequence[Fact]) -> Iterable[Unfounded]:
    """Yields numbers of the summary that the ledgers have no row for, or another number."""
    for f in facts:
        if f.planned or f.quantity.masked:
            continue
        claim = f.quantity.phrase or f.quantity.text
        if f.indicator is None:
            yield Unfounded(f.paragraph, f.sentence, claim, "没有对应的指标，台账不能印证")
            continue
        figure = p.source.figures.get(f.indicator.name)
        if figure is None or figure.state != "known" or not figure.value:
            yield Unfounded(f.paragraph, f.sentence, claim, f"“{f.indicator.name}”没有计入的台账行")


def remarks_of(m: Matrix) -> Mapping[str, int]:
    """Returns the number of entries of each list that was made, by its title."""
    counts = Counter[str]()
    if m.tasks:
        counts.update(没有佐证的任务=len(m.uncovered), 不服务任务的台账行=m.idle_rows)
    if m.unsaid is not None and m.unfounded is not None:
        counts.update(总结遗漏的成绩=len(m.unsaid), 总结中没有台账行的说法=len(m.unfounded))
    return dict(counts)


TITLES: Mapping[str, tuple[str, Sequence[str]]] = {
    "uncovered": ("没有佐证的任务", ("任务编号", "措施", "责任部门", "原因")),
    "idle": ("不服务任务的台账行", ("台账", "类型", "行数", "位置（部分）")),
    "unsaid": ("总结遗漏的成绩", ("成绩", "数或类型", "位置")),
    "unfounded": ("总结中没有台账行的说法", ("段落", "原句", "说法", "原因")),
}


def lists(m: Matrix) -> list[tuple[str, Sequence[str], list[tuple[Any, ...]]]]:
    """Returns title, heads and rows of each list that was made."""
    made = []
    for name, (title, heads) in TITLES.items():
        found = getattr(m, name)
        if found is not None and (m.tasks or name not in ("uncovered", "idle")):
            made.append((title, heads, [tuple(vars(x).values()) for x in found]))
    return made
