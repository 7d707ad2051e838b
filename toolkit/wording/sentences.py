"""A running text cut into sentences, and the names in it that stand in quotation marks."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

NAME = 30  # characters: what stands in quotation marks and is longer and has a comma is speech, not a name


@dataclass(frozen=True)
class Sentence:
    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


_SENTENCE = re.compile(r"[^。！？；]{1,100000}[。！？；]*[”’」』》）]{0,3}|[。！？；]+")


def sentences(text: str) -> list[Sentence]:
    """The sentences with their end marks; a mark inside quotation marks or brackets ends one only with the quote."""
    return [Sentence(m.start(), m.group()) for m in _SENTENCE.finditer(text) if m.group().strip()]


_QUOTED = re.compile(r"《[^《》\n]{1,80}》|“[^“”\n]{1,200}”|「[^「」\n]{1,200}」|‘[^‘’\n]{1,80}’" r'|"[^"\n]{1,40}"')


def names(text: str) -> list[tuple[int, int]]:
    """What stands in 《》, and in quotation marks unless it is long and reads like speech, as (start, end)."""
    return list(_names(text))


def inside(spans: Sequence[tuple[int, int]], at: int) -> bool:
    """Whether a position is in one of the spans, which are in order and apart."""
    n = bisect_right(spans, (at, sys.maxsize)) - 1
    return n >= 0 and at < spans[n][1]


def _names(text: str) -> Iterator[tuple[int, int]]:
    for m in _QUOTED.finditer(text):
        inside = m.group()
        if inside[0] == "《" or len(inside) <= NAME or not re.search("[，。；]", inside):
            yield m.start(), m.end()
