"""Divides running text into sentences and finds the names in quotation marks."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

NAME = 30  # characters; a longer quotation with a comma, semicolon or full stop is speech, not a name


@dataclass(frozen=True)
class Sentence:
    """One sentence, and its position in the text."""

    start: int
    text: str

    @property
    def end(self) -> int:
        """The position after its last character."""
        return self.start + len(self.text)


_SENTENCE = re.compile(r"[^。！？；]{1,100000}[。！？；]*[”’」』》）]{0,3}|[。！？；]+")


def sentences(text: str) -> list[Sentence]:
    """Returns the sentences with their end marks, and with closing quotes or brackets directly after these."""
    return [Sentence(m.start(), m.group()) for m in _SENTENCE.finditer(text) if m.group().strip()]


_QUOTED = re.compile(r"《[^《》\n]{1,80}》|“[^“”\n]{1,200}”|「[^「」\n]{1,200}」|‘[^‘’\n]{1,80}’" r'|"[^"\n]{1,40}"')


def names(text: str) -> list[tuple[int, int]]:
    """Returns the (start, end) spans of 《titles》 and quoted names; long quotations that are speech are omitted."""
    return list(_names(text))


def inside(spans: Sequence[tuple[int, int]], at: int) -> bool:
    """Returns whether a position is in one of the spans, which must be sorted and disjoint."""
    n = bisect_right(spans, (at, sys.maxsize)) - 1
    return n >= 0 and at < spans[n][1]


def _names(text: str) -> Iterator[tuple[int, int]]:
    for m in _QUOTED.finditer(text):
        inside = m.group()
        if inside[0] == "《" or len(inside) <= NAME or not re.search("[，。；]", inside):
            yield m.start(), m.end()
