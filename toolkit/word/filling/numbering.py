"""Numbers headings and points, after everything empty is dropped.

一级 -> 一、  二级 -> （一）  三级 -> 1.  四级 -> （1）: each level restarts under the level above it.
条 -> 1.  never restarts. 其一 -> 一是: restarts at every heading or number; a single point prints nothing.
"""

from __future__ import annotations

import re

from ...wording.numerals import in_chinese
from ..edited.story import Story
from .session import NUMBERS

_LEVELS = [NUMBERS[name] for name in ("一级", "二级", "三级", "四级")]
_POINT, _ARTICLE = NUMBERS["其一"], NUMBERS["条"]
_ANY = re.compile(f"[{''.join(NUMBERS.values())}]")


def resolve_numbers(story: Story, heading_styles: frozenset[str]) -> None:
    """Replaces the marks of 一级 … 条 by their numbers, in place and in document order."""
    levels, articles = [0] * len(_LEVELS), 0
    points, tokens = [0], story.tokens  # number of points under each heading or number
    numbered: list[int] = []

    def number(mark: str) -> str:
        """Returns the number for a mark; 其一 keeps its mark until all points of its heading are counted."""
        nonlocal articles
        if mark == _POINT:
            points[-1] += 1
            return mark
        points.append(0)
        if mark == _ARTICLE:
            articles += 1
            return f"{articles}."
        level = _LEVELS.index(mark)
        levels[level] += 1
        levels[level + 1 :] = [0] * (len(levels) - level - 1)
        return _written(level, levels[level])

    for p in story.paragraphs:
        if p.setting.style in heading_styles:
            points.append(0)
        for token, run in p.nodes:
            if run and _ANY.search(tokens[token]):
                tokens[token] = _ANY.sub(lambda m: number(m[0]), tokens[token])
                numbered.append(token)
    words = (f"{in_chinese(i)}是" if n > 1 else "" for n in points for i in range(1, n + 1))
    for token in numbered:
        tokens[token] = re.sub(_POINT, lambda _: next(words), tokens[token])


def _written(level: int, n: int) -> str:
    return (f"{in_chinese(n)}、", f"（{in_chinese(n)}）", f"{n}.", f"（{n}）")[level]
