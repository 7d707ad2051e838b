"""Finds the sentences that two documents share: what was copied from one unit's report into another's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..wording.sentences import sentences
from .edited.paragraphs import Opened

SHORTEST = 14  # Chinese characters; shorter sentences are alike by chance
_HAN = re.compile(r"[^\u4e00-\u9fff]")


@dataclass(frozen=True)
class Shared:
    """One sentence in both documents: its text and paragraph here and there."""

    text: str
    paragraph: int
    other: str
    other_paragraph: int


def shared(a: Opened, b: Opened) -> Iterator[Shared]:
    """Yields the sentences of `a` that stand in `b` too, in the order of `a`; numbers and marks are not compared."""
    there: dict[str, tuple[str, int]] = {}
    for key, text, number in _sentences(b):
        there.setdefault(key, (text, number))
    for key, text, number in _sentences(a):
        if key in there:
            yield Shared(text, number, *there[key])


def _sentences(opened: Opened) -> Iterator[tuple[str, str, int]]:
    for p in opened.paragraphs:
        for s in sentences(p.text) if p.level is None else ():
            key = _HAN.sub("", s.text)
            if len(key) >= SHORTEST:
                yield key, s.text.strip(), p.number
