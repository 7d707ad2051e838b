"""Reads the text of a paragraph over its runs as one string; text that nobody reads is left out (visible.py)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from lxml import etree

from ..ooxml import XML_SPACE, q
from .visible import Runs

_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_P, _R, _T, _TAB, _BR = q("w:p"), q("w:r"), q("w:t"), q("w:tab"), q("w:br")


class ParagraphText:
    """One w:p as a string; tabs are \\t, breaks \\n. Text boxes inside are paragraphs of their own."""

    def __init__(self, p: etree._Element, unseen: Runs = frozenset()) -> None:
        """`unseen`: the runs of the part that nobody reads."""
        self.p, self.unseen = p, unseen
        self.nodes: list[tuple[etree._Element, int]] = []  # (w:t, w:tab or w:br; its position in the text)
        self.text = ""
        self.read()

    def read(self) -> None:
        """Reads `nodes` and `text` from the element."""
        self.nodes, pieces, at = [], [], 0
        for node in _own(self.p):
            if node.getparent() in self.unseen:
                continue
            piece = (node.text or "") if node.tag == _T else "\t" if node.tag == _TAB else "\n"
            self.nodes.append((node, at))
            pieces.append(piece)
            at += len(piece)
        self.text = "".join(pieces)

    def between(self, start: int, end: int) -> list[tuple[etree._Element, int]]:
        """Returns the nodes that begin from `start` on and before `end`."""
        first, last = (bisect_left(self.nodes, at, key=lambda found: found[1]) for at in (start, end))
        return self.nodes[first:last]

    def touched(self, start: int, end: int) -> list[tuple[etree._Element, int]]:
        """Returns the nodes that hold characters from `start` to `end`, and empty ones beside them."""
        first, last = (bisect_left(self.nodes, at, key=lambda found: found[1]) for at in (start + 1, end))
        if first:  # the node that begins last at or before `start`, and empty ones before it
            at = self.nodes[first - 1][1]
            first = bisect_left(self.nodes, at, key=lambda found: found[1])
        return self.nodes[first:last]


def _own(p: etree._Element) -> Iterator[etree._Element]:
    """Yields the texts, tabs and breaks in the runs of a paragraph, but not those of paragraphs inside it."""
    below = [iter(p)]
    while below:
        for node in below[-1]:
            if node.tag == _P:
                continue
            if node.tag in (_T, _TAB, _BR):
                if node.getparent().tag == _R:
                    yield node
            elif len(node):
                below.append(iter(node))
                break
        else:
            below.pop()


def is_copy(p: etree._Element) -> bool:
    """Returns whether a paragraph is in the copy of a text box that Word keeps for old programs."""
    return next(p.iterancestors(_FALLBACK), None) is not None


def put_text(held: ParagraphText, start: int, end: int, new: str) -> None:
    """Replaces text[start:end] by `new` in the run where it begins; runs and bookmarks keep their places.

    `held` is not read anew: what stands before `start` keeps its position, so replace from the end upwards.
    """
    for node, at in reversed(held.touched(start, end)):
        length = len(node.text or "") if node.tag == q("w:t") else 1
        a, b = max(start, at), min(end, at + length)
        if a >= b:
            continue
        if node.tag != q("w:t"):
            parent = node.getparent()
            if parent is not None:
                parent.remove(node)
            continue
        old = node.text or ""
        node.text = old[: a - at] + (new if a == start else "") + old[b - at :]
        if node.text != node.text.strip():
            node.set(XML_SPACE, "preserve")
