"""Reads an existing 工作要点 (.docx, .txt) into rows of the plan; what is not certain is marked for a person."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from ...errors import CannotRun
from ...model import Catalog, Indicator
from ...word.edited.paragraphs import open_document
from ...wording.reading.quantities import Quantity, quantities
from ...wording.reading.recognise import in_unit, recognise, surroundings
from ..declared import plan_words, year_words
from .deadlines import Deadline, deadline, first_of
from .outline import Item, Outline, outline

LONG, MOST = 300, 99  # characters of a measure; items of a plan, and measures of an item
UNKNOWN = "待定"
Row = dict[str, Any]


@dataclass
class Imported:
    """The rows of a plan as read; `doubts`: (index of the row, field) -> what a person should look at."""

    year: int
    rows: list[Row] = field(default_factory=list)
    doubts: dict[tuple[int, str], str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)  # targets that belong to no measure

    @property
    def parts(self) -> int:
        """The number of parts."""
        return len({r["section_no"] for r in self.rows})

    @property
    def items(self) -> int:
        """The number of items."""
        return len({r["task_no"] for r in self.rows})

    @property
    def targets(self) -> list[Row]:
        """The rows with a number to reach."""
        return [r for r in self.rows if r.get("target_value") is not None]


@dataclass(frozen=True)
class Target:
    """One quantity of a plan, and the indicator that it most likely names."""

    quantity: Quantity
    indicator: Indicator | None
    score: float


def import_plan(catalog: Catalog, path: Path, year: int | None = None) -> Imported:
    """Reads a plan. Raises CannotRun if it cannot be opened, holds no numbered items, or tells no year."""
    read = outline(open_document(path).paragraphs)
    said = re.search(plan_words().need("plan_years"), f"{read.heading}{path.stem}{read.preamble[:200]}")
    if year is None and said is None:
        raise CannotRun(f"看不出“{path.name}”是哪一年的要点：请写明年度。", "用 --year。")
    if not read.sections:
        raise CannotRun(f"“{path.name}”中没有带序号的任务：请核对是不是工作要点，序号要写成“一、”“（一）”“1.”这样。")
    made = Imported(year or int(said.group(1) if said else 0))
    number = 0
    for n, section in enumerate(read.sections, 1):
        for item in section.items:
            number += 1
            if number > MOST:
                raise CannotRun(f"“{path.name}”超过{MOST}条，任务编号排不下：请分成几份导入。")
            _item(catalog, made, item, {"section_no": n, "section_title": section.title[:40], "task_no": number})
            if not section.titled:
                made.doubts[len(made.rows) - 1, "section_title"] = "原文没有部分标题"
    _from_preamble(catalog, made, read)
    return made


def _item(catalog: Catalog, made: Imported, item: Item, head: Mapping[str, Any]) -> None:
    pieces = [(*p, duty) for text, duty in item.measures for p in measures(catalog, text)]
    if len(pieces) > MOST:
        raise CannotRun(f"第{head['task_no']}条超过{MOST}项措施，措施号排不下：请在原文中分成几条。")
    sentence = ""
    for n, (text, target, duty) in enumerate(pieces, 1):
        sentence = f"{sentence}{text}" if sentence and sentence[-1] not in "。；" else text
        row: Row = {
            "plan_id": f"GZ{made.year}-{head['task_no']:02}-{n:02}",
            **head,
            "task_title": item.title[:40],
            "measure_no": n,
            "measure": text.strip().rstrip("。；，"),
            "per": "全单位",
            "state": "未启动",
        }
        made.rows.append(row)
        doubt = _doubt(made)
        if not item.titled:
            doubt("task_title", "原文没有条标题")
        _when_and_who(made, row, duty, sentence)
        if target:
            _target(catalog, made, row, target, sentence)
        elif op := next(
            (o for o, w in (("首批", "first"), ("覆盖", "cover")) if re.search(plan_words().need(w), text)), ""
        ):
            row["target_op"] = op
            doubt("target_op", "没有数，请核对是不是目标")


def _doubt(made: Imported) -> Any:
    at = len(made.rows) - 1
    return lambda name, why: made.doubts.setdefault((at, name), why)


def _when_and_who(made: Imported, row: Row, duty: str, sentence: str) -> None:
    words, doubt = plan_words(), _doubt(made)
    told = deadline(duty, made.year) or deadline(sentence, made.year)
    found = told or Deadline(date(made.year, 12, 31), "", False)
    row["deadline"], row["deadline_text"] = found.day, found.text[:20] or None
    if not found.sure:
        doubt("deadline", "原文没有写时限，暂填12月31日" if told is None else f"“{found.text}”请核对是哪一天")
    row["freq"] = first_of("freq", f"{duty}{sentence}") or ("一次性" if told else "常态")
    if not re.search("|".join(words.need("freq").values()), f"{duty}{sentence}"):
        doubt("freq", "原文没有写频次")
    lead = re.search(words.need("lead"), duty) or re.search(words.need("lead_after"), duty)
    together = re.search(words.need("with"), duty) or re.search(words.need("with_after"), duty)
    row["dept"] = lead.group(1).strip(" ；，") if lead else UNKNOWN
    row["co_dept"] = together.group(1).strip(" ；，") if together else None
    if not lead:
        doubt("dept", "原文没有写责任部门")


def _target(catalog: Catalog, made: Imported, row: Row, t: Target, sentence: str) -> None:
    """Fills in the target; without a fitting indicator it is only told in the note, because nothing could judge it."""
    words, doubt, q = plan_words(), _doubt(made), t.quantity
    units = catalog.ledgers["plan"].field("target_unit").constraints.enum
    value = in_unit(q, t.indicator) if t.indicator else q.value
    unit = "%" if q.kind == "percent" else q.word if q.word in units else t.indicator.classifier if t.indicator else ""
    if t.indicator is None or value is None or unit not in units:
        row["note"] = f"原文目标“{q.phrase or q.text}”没有对应的指标，选定“关联指标”后补填目标"
        doubt("indicator_id", row["note"])
        return
    near = _clause(row["measure"], q)
    op = "≤" if re.search(words.need("at_most"), near) else "≥" if re.search(words.need("at_least"), near) else "="
    row |= {"indicator_id": t.indicator.name, "target_op": op, "target_value": value, "target_unit": unit}
    row["per"] = first_of("per", sentence) or "全单位" if unit != "%" else "全单位"
    if t.score < 1:
        doubt("indicator_id", "按字面推断，请核对")
    if row["per"] != "全单位":
        doubt("per", "按句中的主语推断，请核对")
    if topics := _topics(catalog, t.indicator, q, sentence):
        row["topics"] = topics
        doubt("topics", "按原文的主题推断，请核对")


def _clause(text: str, q: Quantity) -> str:
    """Returns the words of the quantity's own clause up to a few characters behind it."""
    at = max(0, text.find(q.text))
    return text[max(text.rfind(mark, 0, at) for mark in "，。；、") + 1 : at + len(q.text) + 2]


def _topics(catalog: Catalog, indicator: Indicator, q: Quantity, sentence: str) -> tuple[str, ...]:
    """Returns the topic that the target names, if rows of its ledger have one: 围绕…开展, “…”主题党日."""
    ledger = catalog.ledgers[indicator.numerator.ledger]
    if q.kind == "percent" or not {f.name for f in ledger.fields} & set(year_words().narrow["topics"]):
        return ()
    if m := re.search(r"[“\"]([^”\"]{2,40})[”\"]\s?(?:为)?主题", q.counted):
        return tuple(re.split(r"[\s　、，]+", m.group(1)))
    head = sentence[: sentence.find(q.text) + len(q.text)]
    if m := re.search(plan_words().need("topic"), head[head.rfind("，") + 1 :]):
        return tuple(w for w in re.split("[和与及、]", m.group(1)) if len(w) > 1)
    return ()


# --------------------------------------------------------------------- measures


def measures(catalog: Catalog, text: str) -> list[tuple[str, Target | None]]:
    """Splits the text of an item into measures with at most one target each; joined they are the text again."""
    found = _targets(catalog, text)
    cuts = {0, len(text), *(m.end() for m in re.finditer(r"[。；\n]+[”』」）)]?", text))}
    for a, b in pairwise(found):
        between = text.rfind("，", a.quantity.end, b.quantity.start)
        if not any(a.quantity.end <= c <= b.quantity.start for c in cuts):
            cuts.add(between + 1 if between >= 0 else b.quantity.start)
    spans = [s for a, b in pairwise(sorted(cuts)) for s in _short(text, a, b)]
    return [
        (text[a:b], next((t for t in found if a <= t.quantity.start < b), None)) for a, b in spans if text[a:b].strip()
    ]


def _short(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cuts a span that is too long for a cell, after commas if there are some."""
    while end - start > LONG:
        cut = max(text.rfind(mark, start, start + LONG) for mark in "；，、") + 1
        cut = cut if cut > start else start + LONG
        yield start, cut
        start = cut
    yield start, end


def _targets(catalog: Catalog, text: str) -> list[Target]:
    found = quantities(text)
    made = [(q, recognise(catalog, q, near)) for q, near in zip(found, surroundings(text, found), strict=True)]
    return [Target(q, r.indicator, r.score) for q, r in made if q.value is not None and not q.masked]


def _from_preamble(catalog: Catalog, made: Imported, read: Outline) -> None:
    """Gives a target of the general part to the measure that names the same thing; else it is told."""
    for t in _targets(catalog, read.preamble):
        name = t.quantity.counted.strip('“”"')
        at = next(
            (n for n, r in enumerate(made.rows) if len(name) > 1 and name in r["measure"] and "target_op" not in r),
            None,
        )
        if at is None or t.indicator is None:
            made.left.append(f"总体要求中的“{t.quantity.phrase or t.quantity.text}{name}”没有落到任务，请核对后补填")
            continue
        row = made.rows[at]
        units: Sequence[str] = catalog.ledgers["plan"].field("target_unit").constraints.enum
        if t.quantity.word in units and t.quantity.value is not None:
            row |= {
                "indicator_id": t.indicator.name,
                "target_op": "=",
                "target_value": t.quantity.value,
                "target_unit": t.quantity.word,
            }
            made.doubts[at, "target_value"] = f"出自总体要求：“{t.quantity.text}{name}”"
