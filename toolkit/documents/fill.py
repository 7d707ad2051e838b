"""Fills a document from a workbook: collects what the template may print; layout is done in word.filling."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from ..errors import CannotRun
from ..machine.guard import guarding
from ..model import Catalog, Document, Row
from ..submissions.source import Source, coverage, facts, open_source
from ..word.edited.names import kind_name
from ..word.filling.render import NotReady, fill_template
from ..word.filling.session import Manner, Narrative
from ..word.filling.shell import Frame, Imprint, RedHead, title_lines
from ..wording.phrase import words
from ..year.tasks import order, target, with_target
from .templates import document as find_document
from .templates import template_of

TEXTS, TASKS = "narrative", "plan"
PRINTED = (TEXTS, TASKS)  # ledgers whose rows a document prints, not only their figures


@dataclass(frozen=True)
class Filled:
    """The result: number of printed figures, missing items (draft only), warnings, coverage if units are missing."""

    printed: int
    missing: tuple[str, ...]
    warnings: tuple[str, ...]
    coverage: str
    left_out: Mapping[str, int] = field(default_factory=dict)  # rows of the source that do not count, by reason


@dataclass(frozen=True)
class Look:
    """Options for one document that its template does not determine."""

    draft: bool = False  # mark what is missing instead of stopping
    template: Path | None = None  # a user's own; None: that of the document
    red_head: str = ""  # 发文机关标志; "" for no red head
    doc_no: str = ""  # 发文字号 below it
    imprint: str | None = None  # 抄送机关 of the 版记; None for no 版记
    sealed: bool = False  # the signature leaves room for a seal


PLAIN = Look()


def fill(
    catalog: Catalog, document: str | Document, source: str | Path | Source, out: Path, look: Look = PLAIN
) -> Filled:
    """Fills the document (or its name or Chinese title) from a workbook or an opened source and writes it to `out`.

    Raises CannotRun for an unknown document or an unsuitable source. Unless it is a draft, also raises it for
    missing figures or passages, naming each with the sheet to enter it in.
    """
    d = document if isinstance(document, Document) else find_document(catalog, document)
    s = source if isinstance(source, Source) else open_source(catalog, source)
    if d.source == "consolidated" and s.kind != "consolidated":
        raise CannotRun(f"“{d.title}”要用汇总工作簿生成：请先用 dangjian aggregate 汇总，再用汇总工作簿生成。")
    try:
        with guarding([p for p in (s.path, look.template) if p]):
            report = fill_template(
                look.template or template_of(d),
                out,
                context(catalog, d, s, look.draft),
                _manner(catalog, d, s, look),
                _frame(d, s, look),
            )
    except NotReady as e:
        raise CannotRun(_where_to_enter(catalog, e)) from e
    return Filled(
        sum(p.count for p in report.printed),
        report.missing + report.problems,
        report.warnings,
        coverage(s) if s.missing else "",
        s.left_out,
    )


def _manner(catalog: Catalog, d: Document, s: Source, look: Look) -> Manner:
    unit = s.unit
    return Manner(
        words(catalog),
        str(unit.get("unit_id") or ""),
        s.year,
        str(unit.get("unit_name") or ""),
        d.wording,
        str(unit.get("approx_word") or ""),
        look.draft,
    )


def _frame(d: Document, s: Source, look: Look) -> Frame:
    imprint = None
    if look.imprint is not None:
        known = facts(s)
        day: date = known["成文日期"]
        imprint = Imprint(known["单位全称"], f"{day.year}年{day.month}月{day.day}日", look.imprint)
    head = RedHead(look.red_head, look.doc_no) if look.red_head else None
    return Frame(head, imprint, look.sealed, kind_name(d.name, own=look.template is not None))


def _where_to_enter(catalog: Catalog, e: NotReady) -> str:
    """Returns a message: each missing figure with the sheet to enter it in, then the wordings that would be untrue."""
    sheets = {i.title: catalog.ledgers[i.numerator.ledger].title for i in catalog.indicators.values()}
    lines = [f"  {t}：请在“{sheets[t]}”表补填，或在封面申报“本年无”" if t in sheets else f"  {t}" for t in e.missing]
    head = [f"缺{len(e.missing)}项，不能成文（可用 --draft 先出草稿）："] if lines else ["不能成文："]
    return "\n".join([*head, *lines, *(f"  {p}" for p in e.problems)])


def context(catalog: Catalog, d: Document, s: Source, draft: bool = False) -> Mapping[str, Any]:
    """Returns all Chinese names that a template may use: figures, facts, headings, passages, the plan."""
    known = facts(s)
    return Names(
        ChainMap({**known, **d.params}, s.figures),  # type: ignore[arg-type]  # the second map is only read
        {
            "题目": lambda: title_lines([part.format_map(known) for part in d.heading.split("|")]),
            "标题": lambda: {h.id: h.title for h in d.headings},
            "文字": lambda: _passages(d, s, known, draft),
            "要点": lambda: _plan(catalog, s),
            "任务表": lambda: [_task(catalog, r) for r in s.own_rows(TASKS)],
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


def _passages(d: Document, s: Source, known: Mapping[str, Any], draft: bool) -> dict[str, list[Narrative]]:
    """Returns the texts on 文字材料 for this document, by passage, ordered by `seq`. Raises CannotRun for missing ones."""
    written = [r.values for r in s.own_rows(TEXTS) if r.values.get("document") in (d.title, d.name)]
    written.sort(key=lambda v: v.get("seq") or 0)
    found = {
        p.id: [Narrative(v["text"]) for v in written if v.get("passage") == p.id and v.get("text")] for p in d.passages
    }
    lacking = [p.id for p in d.passages if p.required and not found[p.id]]
    if lacking and not draft:
        raise CannotRun(f"“{d.title}”缺少文字：请在“文字材料”表填写段落{'、'.join(lacking)}（可用 --draft 先出草稿）。")
    return {**found, **{p: [Narrative(f"【{p}】")] for p in lacking}}


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
