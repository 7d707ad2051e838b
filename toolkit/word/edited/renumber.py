"""Numbers headings and points anew after paragraphs were moved: 一、 （一） 1. （1） 一是."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ...wording.numerals import in_chinese
from ..ooxml import q
from .edited import Edited

_HAN = "[一二三四五六七八九十]{1,3}"
# Level -> number at the start of a paragraph, and how it is written; 一是 has no level of its own.
_LEVELS = (
    (re.compile(rf"({_HAN})、"), "{}、", True),
    (re.compile(rf"[（(]({_HAN})[）)]"), "（{}）", True),
    (re.compile(r"(\d{1,2})[.．](?!\d)"), "{}.", False),
    (re.compile(r"[（(](\d{1,2})[）)]"), "（{}）", False),
)
_POINT = re.compile(rf"({_HAN})是")
ARTICLES = 2  # the level whose numbers run through a plan (条)


@dataclass(frozen=True)
class Number:
    """A number that is to be written differently; `start` and `end` are positions in the part's text."""

    start: int
    end: int
    old: str
    new: str


def renumbered(edited: Edited, closing: Collection[str], running: bool = False) -> Iterator[Number]:
    """Yields the numbers of one part that are out of order.

    `closing`: styles of paragraphs that begin an annex, where numbers start again. `running`: 1. 2. 3. never start again.
    Tables and numbers that Word makes itself are left alone.
    """
    counts, points = [0] * len(_LEVELS), 0
    for start, element in edited.paragraphs:
        if any(True for _ in element.iterancestors(q("w:tc"), q("w:txbxContent"))):
            continue
        style = element.find(f"{q('w:pPr')}/{q('w:pStyle')}")
        if style is not None and style.get(q("w:val")) in closing:
            counts, points = [0] * len(_LEVELS), 0
            continue
        low, high = edited.line(start)
        text = edited.text[low:high]
        at = low + len(text) - len(text.lstrip())
        if found := next(((n, m) for n, (p, _, _) in enumerate(_LEVELS) if (m := p.match(text.lstrip()))), None):
            level, m = found
            counts[level] += 1
            deeper = range(level + 1, len(counts))
            counts = [0 if n in deeper and not (running and n == ARTICLES) else c for n, c in enumerate(counts)]
            points = 0
            new = _LEVELS[level][1].format(in_chinese(counts[level]) if _LEVELS[level][2] else counts[level])
        elif m := _POINT.match(text.lstrip()):
            points += 1
            new = f"{in_chinese(points)}是"
        else:
            continue
        if new != m[0]:
            yield Number(at, at + m.end(), m[0], new)
