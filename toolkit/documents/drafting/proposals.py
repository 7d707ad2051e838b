"""What changes each year in an old report, each with the name that may print it in a template."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...model import Catalog
from ...word.edited.paragraphs import Opened, Paragraph
from ...wording.numerals import DIGITS, MULTIPLES
from ...wording.reading.facts import SURE_WORD, Fact, FactPlace
from ..extract import facts_of
from .printed import at_place, printed

FIGURE, YEAR, DATE, UNIT, TITLE, QUOTED, NUMBER = "数", "年份", "日期", "单位", "书名", "引号里的名称", "其他数字"
TAKEN, DOUBTFUL, LEFT = "已取", "待定", "留存"
PUT, KEEP, OPEN = "替换", "保留", "未定"
BARE_KINDS = (FIGURE, YEAR, DATE, NUMBER)  # if nobody decides, the old year's number stays in the template

Places = tuple[tuple[FactPlace, ...], ...]


@dataclass(frozen=True)
class Proposal:
    """One thing that may change each year; `places` are where it stands, each in one or two pieces.

    `name` is what a template would print there ("" if unknown), `lead` what stands before it.
    `choices` are other likely names. `decision`: PUT, KEEP or OPEN.
    """

    key: str
    kind: str
    text: str
    context: str
    places: Places
    state: str
    decision: str
    name: str = ""
    choices: tuple[str, ...] = ()
    reason: str = ""
    lead: str = ""

    @property
    def is_bare(self) -> bool:
        """Whether a number of the old year stays, and nobody has said that it may."""
        return self.decision == OPEN and self.kind in BARE_KINDS


def figures(catalog: Catalog, opened: Opened) -> Iterator[Proposal]:
    """Yields a proposal for each quantity of the report; its own bookmark says for certain what a figure states."""
    paragraphs, known = opened.paragraphs, printed(catalog, opened)
    seen: dict[int, int] = {}
    for fact in facts_of(catalog, paragraphs):
        seen[fact.paragraph] = n = seen.get(fact.paragraph, 0) + 1
        places, lead = _with_reach(fact, paragraphs)
        indicator = at_place(known, fact.places[0])
        state, decision, reason = (TAKEN, PUT, "原来就是由台账填的数") if indicator else _judged(fact)
        indicator = indicator or fact.indicator
        yield Proposal(
            f"{paragraphs[places[0].index].part.rpartition('/')[2].partition('.')[0]}{fact.paragraph}.{n}",
            FIGURE,
            fact.quantity.phrase,
            fact.sentence,
            (places,),
            state,
            decision,
            indicator.name if state == TAKEN and indicator else "",
            () if state == TAKEN else tuple(i.name for i in fact.choices or filter(None, (fact.indicator,))),
            reason,
            lead,
        )


def _with_reach(fact: Fact, paragraphs: Sequence[Paragraph]) -> tuple[tuple[FactPlace, ...], str]:
    """Returns the places of a figure; 达到 before a share goes too, for the share may print 达100%."""
    first = fact.places[0]
    before = paragraphs[first.index].text[: first.start]
    if fact.quantity.kind == "percent" and before.endswith("达到"):
        return (FactPlace(first.index, first.start - 2, first.end), *fact.places[1:]), "达"
    return fact.places, ""


def _judged(fact: Fact) -> tuple[str, str, str]:
    """Returns state, decision and reason for one quantity."""
    if fact.quantity.masked:
        return LEFT, OPEN, "原文遮蔽了这个数"
    if fact.planned and (fact.indicator or fact.choices):
        return DOUBTFUL, OPEN, "这是目标，不是完成数；台账里的数是完成数"
    if fact.confidence == SURE_WORD:
        return TAKEN, PUT, fact.reason
    if fact.choices:
        return DOUBTFUL, OPEN, fact.reason or "指标没有把握"
    if _is_prose(fact):
        return LEFT, KEEP, "汉字写的小数目，又没有对应的指标，是行文的一部分"
    return LEFT, OPEN, fact.reason or "没有对应的指标"


def _is_prose(fact: Fact) -> bool:
    """Whether it is a small number in Chinese numerals, such as 三支队伍."""
    value, first = fact.quantity.value, fact.quantity.text[:1]
    return value is not None and value <= 10 and (first in DIGITS or first in MULTIPLES)
