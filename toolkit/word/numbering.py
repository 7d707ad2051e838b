"""Numbers of headings and points, counted after everything empty is gone.

一级 -> 一、  二级 -> （一）  三级 -> 1.  四级 -> （1）: each restarts under the one above it.
条 -> 1.  never restarts. 其一 -> 一是: restarts at every heading number, and says nothing when
it would stand alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree

from .ooxml import find, q
from .session import NUMBERS
from .text import ParagraphText

_LEVELS = [NUMBERS[name] for name in ("一级", "二级", "三级", "四级")]
_POINT, _ARTICLE = NUMBERS["其一"], NUMBERS["条"]
_ANY = re.compile(f"[{''.join(NUMBERS.values())}]")
_DIGITS = "零一二三四五六七八九"


def chinese(n: int) -> str:
    """1-99 in Chinese numerals: 一, 十, 十二, 二十."""
    if n > 99:
        return str(n)
    tens, ones = divmod(n, 10)
    return ("" if not tens else ("" if tens == 1 else _DIGITS[tens]) + "十") + (_DIGITS[ones] if ones or not n else "")


def resolve_numbers(paragraphs: Iterable[etree._Element], heading_styles: frozenset[str]) -> None:
    """Replaces the marks of 一级 … 条 by their numbers, in document order."""
    made, points = _count(paragraphs, heading_styles)
    for group in points:
        if len(group) == 1:
            made[group[0]] = ""
    texts: dict[etree._Element, list[str]] = {}
    for (t, _), number in made.items():
        texts.setdefault(t, []).append(number)
    for t, numbers in texts.items():
        rest = iter(numbers)
        t.text = _ANY.sub(lambda _, rest=rest: next(rest), t.text or "")  # type: ignore[misc]


Key = tuple[etree._Element, int]


def _count(
    paragraphs: Iterable[etree._Element], heading_styles: frozenset[str]
) -> tuple[dict[Key, str], list[list[Key]]]:
    levels, articles = [0] * len(_LEVELS), 0
    made: dict[Key, str] = {}
    points: list[list[Key]] = [[]]
    for p in paragraphs:
        style = find(p, "string(w:pPr/w:pStyle/@w:val)")
        if str(style) in heading_styles:
            points.append([])
        for t, _ in ParagraphText(p).nodes:
            if t.tag != q("w:t"):
                continue
            for i, mark in enumerate(_ANY.findall(t.text or "")):
                key = (t, i)
                if mark == _POINT:
                    points[-1].append(key)
                    made[key] = f"{chinese(len(points[-1]))}是"
                    continue
                points.append([])
                if mark == _ARTICLE:
                    articles += 1
                    made[key] = f"{articles}."
                else:
                    level = _LEVELS.index(mark)
                    levels[level] += 1
                    levels[level + 1 :] = [0] * (len(levels) - level - 1)
                    made[key] = _written(level, levels[level])
    return made, points


def _written(level: int, n: int) -> str:
    return (f"{chinese(n)}、", f"（{chinese(n)}）", f"{n}.", f"（{n}）")[level]
