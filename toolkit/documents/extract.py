"""The quantitative facts of a finished report, each with the indicator it most likely states.

What a quantity is, is the business of quantities.py; which indicator it states, that of recognise.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..excel.consolidated.facts_sheet import write_facts
from ..model import Catalog, Indicator
from ..word.edited.paragraphs import Paragraph, open_document
from ..wording.lexicon import is_plan
from ..wording.quantities import Quantity, quantities
from ..wording.recognise import context_of, in_unit, recognise
from ..wording.sentences import sentences

if TYPE_CHECKING:
    from ..submissions.source import Source

SURE = 0.85  # how well an indicator must fit to be called certain
HEADING = 40  # characters: a longer line is no heading
BROKEN = 20  # characters: a line without an end mark that is at least as long was cut in two by a page break


@dataclass(frozen=True)
class Fact:
    """One quantity of a document. `paragraph` as open_document counts: the line in plain text."""

    paragraph: int
    sentence: str
    quantity: Quantity
    indicator: Indicator | None
    score: float  # 0 to 1
    reason: str
    planned: bool
    value: Decimal | None  # in the indicator's unit where one is named

    @property
    def confidence(self) -> str:
        return "" if self.indicator is None else "高" if self.score >= SURE else "中"


@dataclass(frozen=True)
class Compared:
    """One indicator: what the report says of it, and this year's value. Shares are percent."""

    indicator: Indicator
    facts: tuple[Fact, ...]  # the best first
    now: Decimal | None

    @property
    def before(self) -> Decimal | None:
        return self.facts[0].value

    @property
    def change(self) -> Decimal | None:
        return None if self.now is None or self.before is None else self.now - self.before


def extract(path: Path, catalog: Catalog) -> list[Fact]:
    """All quantitative facts of a .docx or .txt, in order. Raises CannotRun for what cannot be opened."""
    found: list[Fact] = []
    titles: list[str] = []  # the nearest first
    for starts, text in _passages(open_document(path).paragraphs):
        if len(text) <= HEADING and not re.search("[。；，]", text):
            titles.insert(0, text)
        found += _facts(text, starts, catalog, is_plan(titles))
    return found


def compare(facts: Sequence[Fact], source: Source | None) -> list[Compared]:
    """The indicators that the facts name, in the order of the catalog, with this year's value from `source`.

    Of several facts on one indicator the best fitting one is compared, of equal ones the first; targets only
    where nothing was done. Masked figures have nothing to compare.
    """
    by_name: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.indicator and not fact.quantity.masked:
            by_name.setdefault(fact.indicator.name, []).append(fact)
    found = []
    for group in by_name.values():
        group.sort(key=lambda f: (f.value is None, f.planned, -f.score))
        indicator = group[0].indicator
        assert indicator is not None
        found.append(Compared(indicator, tuple(group), _now(source, indicator)))
    return sorted(found, key=lambda c: c.indicator.id)


def _now(source: Source | None, indicator: Indicator) -> Decimal | None:
    figure = source.figures.get(indicator.name) if source else None
    if figure is None or figure.value is None:
        return None
    return Decimal(figure.value) * (100 if indicator.denominator else 1)


def write_workbook(
    out: Path, document: Path, facts: Sequence[Fact], compared: Sequence[Compared], catalog: Catalog,
    source: Source | None,
) -> None:  # fmt: skip
    """The facts and the comparison as a workbook. Raises CannotRun when it cannot be written."""
    now = f"{source.unit.get('unit_name') or source.path}{source.year}年的台账" if source else ""
    write_facts(out, document.stem, facts, compared, catalog.indicators.values(), now)


# ---------------------------------------------------------------------- reading


def _passages(paragraphs: Sequence[Paragraph]) -> Iterator[tuple[list[tuple[int, int]], str]]:
    """Paragraphs as text, those that a page break cut in two put together again.

    With each text go the starts of its pieces as (position, paragraph number), in order.
    """
    text, starts = "", list[tuple[int, int]]()
    last: Paragraph | None = None
    for p in paragraphs:
        if last and not _goes_on(last, p):
            yield starts, text
            text, starts = "", []
        starts.append((len(text), p.number))
        text, last = text + p.text, p
    if text:
        yield starts, text


def _goes_on(before: Paragraph, p: Paragraph) -> bool:
    """Whether a line broken off in mid-sentence is continued by the next paragraph."""
    end = before.text.rstrip()
    title = before.number == 1 and not re.search("[，。；：、]", end)
    whole = title or len(end) < BROKEN or end[-1] in "。！？；：…”》）*" or before.level is not None or before.in_table
    return not whole and not re.match(
        r"\s*(?:[（(][一二三四五六七八九十\d]+[)）]|[一二三四五六七八九十]+、|\d+[.、．])", p.text
    )


def _facts(text: str, starts: list[tuple[int, int]], catalog: Catalog, planned: bool) -> Iterator[Fact]:
    found = quantities(text)
    spans = sentences(text)
    n = 0
    for at, q in enumerate(found):
        while n < len(spans) - 1 and spans[n].end <= q.start:
            n += 1
        number = next(number for position, number in reversed(starts) if position <= q.start)
        indicator, score, reason = recognise(q, context_of(text, found, at), catalog)
        value = in_unit(q, indicator) if indicator else q.value
        yield Fact(number, spans[n].text.strip(), q, indicator, score, reason, planned or q.target, value)


# ----------------------------------------------------------------- text and JSON


def as_text(facts: Sequence[Fact], compared: Sequence[Compared], output: Path | None) -> str:
    """What `dangjian extract` tells the clerk."""
    masked = sum(f.quantity.masked for f in facts)
    lines = [
        f"找到{len(facts) - masked}个数量"
        + (f"，另有{masked}个被遮蔽" if masked else "")
        + f"；对上{len(compared)}个指标。"
    ]
    if unnamed := sum(f.indicator is None and not f.quantity.masked for f in facts):
        lines.append(f"有{unnamed}个没有认出指标，已标黄，可在“数量清单”中从下拉名单选择。")
    if changed := [c for c in compared if c.change]:
        lines.append(f"与今年不同的有{len(changed)}个，见“逐项对照”。")
    return "\n".join([*lines, f"已生成：{output}"] if output else lines)


def as_json(path: Path, facts: Sequence[Fact], compared: Sequence[Compared]) -> dict[str, Any]:
    """What `dangjian extract --json` prints: every fact, the comparison, and how many of each there are."""
    return {
        "path": str(path),
        "facts": [_fact_json(f) for f in facts],
        "indicators": [
            {
                "id": c.indicator.id,
                "name": c.indicator.name,
                "title": c.indicator.title,
                "unit": c.indicator.classifier,
                "before": _plain(c.before),
                "now": _plain(c.now),
                "change": _plain(c.change),
                "paragraphs": [f.paragraph for f in c.facts],
            }
            for c in compared
        ],
        "summary": {
            "facts": len(facts),
            "masked": sum(f.quantity.masked for f in facts),
            "named": sum(f.indicator is not None for f in facts),
        },
    }


def _fact_json(f: Fact) -> Mapping[str, Any]:
    q = f.quantity
    return {
        "paragraph": f.paragraph,
        "sentence": f.sentence,
        "figure": q.text,
        "value": _plain(q.value),
        "high": _plain(q.high),
        "word": q.word,
        "approx": q.approx,
        "kind": q.kind,
        "masked": q.masked,
        "planned": f.planned,
        "counted": q.counted,
        "indicator": f.indicator.name if f.indicator else None,
        "confidence": f.confidence,
        "score": round(f.score, 2),
        "reason": f.reason,
    }


def _plain(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
