"""Gathers what a template may print: figures, facts, headings, passages, the plan; and what kind of value each is."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Any
from weakref import WeakKeyDictionary

from ..errors import CannotRun
from ..model import Catalog, Document, Field, Figure, Row, SheetRef
from ..rows.conditions import Context
from ..span import Span
from ..submissions.comparing.last import Values
from ..submissions.source import Source, facts
from ..word.filling.sandbox import Offer, load_template
from ..word.filling.session import Narrative
from ..word.filling.shell import title_lines
from ..word.tags.rows import UNIT as ROW_UNIT
from ..word.tags.shapes import ANY, DATE, NUMBER, TEXT, Shape, shape_of
from ..year.papers import dates, year_names
from ..year.tasks import order, target, with_target
from .chapters import chapters, heading, headings, tables, title_of
from .chapters import fields as fields_of
from .charting.compared import year_on_year
from .templates import texts

TEXTS, TASKS = "narrative", "plan"
DRAFT = "可用 --draft 先出草稿。"  # the part of CannotRun for the command line
UNIT = "SAMPLE"
NOTHING: Mapping[str, Any] = MappingProxyType({})
_OFFERS: WeakKeyDictionary[Catalog, dict[object, Offer]] = WeakKeyDictionary()


def context(
    catalog: Catalog,
    d: Document,
    s: Source,
    draft: bool = False,
    template: Path | None = None,
    names: Mapping[str, Any] = NOTHING,
    before: Values = NOTHING,
) -> Mapping[str, Any]:
    """Returns all Chinese names that a template may use: figures, lists, facts, headings, passages, paragraphs, the plan.

    The paragraphs of the ledgers do not repeat what stands in `template` itself. `names` go before those of the source; `before` are
    last year's values.
    """
    known = facts(s)
    known |= {"发文单位": known["单位全称"], **dates(s.up_to(names.get("成文日期") or known["成文日期"]))}
    known |= {name: value for name, value in names.items() if isinstance(value, (str, date))}
    year = {name: made for name, made in year_names(catalog, s, known["成文日期"]).items() if name not in names}
    lists = {name: value for name, value in names.items() if name not in known}
    return Names(
        ChainMap({**known, **d.params, **lists}, s.figures, s.rolls),  # type: ignore[arg-type]  # only the first is changed
        {
            "题目": lambda: title_lines([part.format_map(known) for part in heading(d, s).split("|")]),
            "标题": lambda: headings(d, s),
            "文字": lambda: passages(d, s, draft),
            "章": lambda: chapters(catalog, d, s, said(d, s, template)),
            "比上年": lambda: Narrative(year_on_year(catalog, d, s, before)),
            "台账": lambda: tables(catalog, s, d.stays),
            "要点": lambda: _plan(catalog, s),
            "任务表": lambda: [_task(catalog, r) for r in s.own_rows(TASKS)],
            **year,
        },
    )


class Names(Mapping[str, Any]):
    """Values by name; some are computed only when a template asks for them."""

    def __init__(self, known: Mapping[str, Any], made: Mapping[str, Callable[[], Any]]) -> None:
        self._known, self._made = known, made

    def __getitem__(self, name: str) -> Any:
        return self._made[name]() if name in self._made else self._known[name]

    def __contains__(self, name: object) -> bool:
        return name in self._known or name in self._made

    def __iter__(self) -> Iterator[str]:
        return iter({**self._known, **self._made})

    def __len__(self) -> int:
        return len({**self._known, **self._made})


def passages(d: Document, s: Source, draft: bool) -> dict[str, list[Narrative]]:
    """Returns the texts on 文字材料 for this document, by passage, ordered by `seq`. Raises CannotRun for missing ones."""
    written = [r.values for r in s.own_rows(TEXTS) if r.values.get("document") in (d.title, d.name)]
    written.sort(key=lambda v: v.get("seq") or 0)
    found = {
        p.id: [Narrative(v["text"]) for v in written if v.get("passage") == p.id and v.get("text")] for p in d.passages
    }
    lacking = [p.id for p in d.passages if p.required and not found[p.id]]
    if lacking and not draft:
        raise CannotRun(
            f"“{d.title}”缺少文字：请在“文字材料”表填写段落{'、'.join(lacking)}，一段一行，文种选“{d.title}”。", DRAFT
        )
    return {**found, **{p: [Narrative(f"【{p}】")] for p in lacking}}


def said(d: Document, s: Source, template: Path | None) -> Iterator[str]:
    """Yields the texts of a document besides those of the ledgers: those of the clerk and those of its template."""
    for passage in passages(d, s, draft=True).values():
        yield from (n.text for n in passage)
    if template:
        yield from (p.text for p in texts(template))
        yield "".join(f"【{name}】" for name in load_template(template).names)


def names_of(catalog: Catalog, d: Document) -> dict[str, Shape]:
    """Returns the names that the templates of a document may use, with the shape of each value."""
    known = context(catalog, d, sample(catalog), draft=True)
    rows = {
        ledger.title: Shape("list", item=Shape("map", keys={ROW_UNIT: TEXT} | {title_of(f): _shape(f) for f in fields}))
        for ledger in catalog.ledgers.values()
        if (fields := fields_of(ledger, d.stays))
    }
    paragraph = Shape("list", item=Shape("map", keys={"标题": TEXT, "正文": TEXT}))
    return {
        **{name: shape_of(known[name]) for name in known if name not in ("台账", "章")},
        "台账": Shape("map", keys=rows),
        "章": Shape("map", keys=dict.fromkeys([h.id for h in d.headings], paragraph)),
    }


def _shape(f: Field) -> Shape:
    """Returns the shape of a field's values in rows."""
    return {"string": TEXT, "integer": NUMBER, "number": NUMBER, "date": DATE}.get(f.type, ANY)


def sample(catalog: Catalog) -> Source:
    """Returns a source with all names, no known figure, and one task in its plan."""
    year = date.today().year
    unit = {"unit_id": UNIT, "unit_name": "示例单位", "year": year}
    plan = {f.name: f.example for f in catalog.ledgers["plan"].fields} | {"deadline": None}
    row = Row("plan", SheetRef("", UNIT, "", {}), 1, plan)
    figures = {name: Figure(i, "missing", None, UNIT, str(year)) for name, i in catalog.indicators.items()}
    at = Context.of(unit)
    return Source(catalog, "", "unit", year, Span.of(unit), unit, at, figures, {"plan": ((row, at),)})


def offer(catalog: Catalog, d: Document) -> Offer:
    """Returns the same names for checking a template; the same object for the same document, so that results are kept."""
    known = _OFFERS.setdefault(catalog, {})
    key = (d.name, d.passages, d.headings, *d.params)
    if key not in known:
        known[key] = Offer(names_of(catalog, d))
    return known[key]


# ---------------------------------------------------------------- the plan


def _plan(catalog: Catalog, s: Source) -> list[dict[str, Any]]:
    """Returns the plan as parts with their tasks and measures; cancelled measures are omitted."""
    rows = sorted((r for r in s.own_rows(TASKS) if r.values.get("state") != "取消"), key=order)
    return [
        {
            "标题": part[0].values["section_title"],
            "任务": [
                {"标题": task[0].values["task_title"], "措施": [Narrative(with_target(catalog, r)) for r in task]}
                for task in _groups(part, "task_no")
            ],
        }
        for part in _groups(rows, "section_no")
    ]


def _groups(rows: list[Row], name: str) -> Iterator[list[Row]]:
    for _, found in groupby(rows, key=lambda r: r.values.get(name)):
        yield list(found)


def _task(catalog: Catalog, row: Row) -> dict[str, str]:
    v = row.values
    day: date | None = v.get("deadline")
    return {
        "编号": str(v.get("plan_id") or ""),
        "任务": str(v.get("task_title") or ""),
        "措施": with_target(catalog, row).rstrip("。"),
        "目标": target(catalog, row),
        "责任部门": str(v.get("dept") or ""),
        "配合部门": str(v.get("co_dept") or ""),
        "完成时限": str(v.get("deadline_text") or (f"{day.year}年{day.month}月{day.day}日" if day else "")),
    }
